//! `vafa scan --image`: answers, sentences and exit statuses, as a script sees them.

use std::path::{Path, PathBuf};

use assert_cmd::Command;

fn picture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/pictures")
        .join(name)
}

/// Exit status, standard output and standard error.
fn scan(file: &Path, config: &str) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("config.toml"), config).expect("a file");
    let out = Command::cargo_bin("vafa")
        .expect("the program")
        .args(["scan", "--json", "--image"])
        .arg(file)
        .arg("--data")
        .arg(folder.path())
        .output()
        .expect("it ran");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (out.status.code(), text(out.stdout), text(out.stderr))
}

#[test]
fn each_code_is_a_line_and_the_configuration_says_what_it_means() {
    let (status, out, _) = scan(&picture("five-codes.jpg"), "");
    assert_eq!((status, out.lines().count()), (Some(0), 5), "{out}");
    assert!(
        out.lines().all(|line| line.starts_with(r#"{"ok":true,"kind":""#)),
        "{out}"
    );
    let (_, out, _) = scan(&picture("ean13.png"), "");
    assert_eq!(
        out,
        "{\"ok\":true,\"kind\":\"gtin\",\"means\":\"product\",\"sym\":\"]E0\",\"gtin14\":\"05901234123457\"}\n"
    );
    let (_, out, _) = scan(&picture("ean13.png"), "[scan]\ncoupon_prefixes = [\"5901\"]\n");
    assert!(out.contains(r#""means":"coupon""#), "{out}");
}

#[test]
fn a_payment_card_in_a_picture_is_refused_and_not_shown() {
    let (status, out, err) = scan(&picture("qr-payment-card.png"), "");
    assert_eq!(status, Some(1));
    assert!(out.starts_with(r#"{"ok":false,"err":"payment_card""#), "{out}");
    assert!(!out.contains("1111") && !err.contains("1111"), "{out}{err}");
}

#[test]
fn what_cannot_be_answered_is_a_sentence_and_a_status() {
    for (file, status, word) in [
        (picture("nothing.png"), 1, "no code was found in "),
        (picture("missing.png"), 2, "cannot be read"),
        (PathBuf::from(file!()), 2, "neither a PNG nor a JPEG"),
    ] {
        let (found, out, err) = scan(&file, "");
        assert_eq!((found, out.as_str()), (Some(status), ""), "{err}");
        assert!(err.contains(word) && err.lines().count() == 1, "{err}");
    }
    let (status, _, err) = scan(&picture("ean13.png"), "[scan]\nregion = \"xx\"\n");
    assert_eq!(status, Some(2));
    assert!(err.contains("config.toml, line 2: region is \"xx\""), "{err}");
}

/// Such a row is longer than the library can count. What it says when it gives up is not for a cashier, and may be digits.
#[test]
fn a_library_that_gives_up_says_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("wide.png");
    let (width, height) = (140_000_u32, 3_u32);
    let row: Vec<u8> = (0..width)
        .map(|x| if x < width / 2 || x % 2 == 1 { 255 } else { 0 })
        .collect();
    let mut encoder = png::Encoder::new(std::fs::File::create(&file).expect("a file"), width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&row.repeat(3)).expect("pixels");
    writer.finish().expect("an end");

    let (status, out, err) = scan(&file, "");
    assert_eq!((status, out.as_str()), (Some(1), ""), "{err}");
    assert!(
        err.contains("no code was found in ") && err.lines().count() == 1,
        "{err}"
    );
}
