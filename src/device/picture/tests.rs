//! Pictures of codes that another program has drawn (zint, by way of its Python package), as they are and as a phone sees
//! them; and files that are no pictures.

use std::fs;
use std::path::PathBuf;

use super::*;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/pictures")
        .join(name)
}

fn codes_of(name: &str) -> Vec<String> {
    read(&fixture(name)).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

const LINK: &str = "]Q1https://id.example/8018/950600013430000016/8019/3";
const GS1_128: &str = "]C10109501101530003310300075010A1\x1d17260400";

#[test]
fn each_kind_of_code_is_read_with_its_identifier() {
    for (name, code) in [
        ("ean13.png", "]E05901234123457"),
        ("ean13-rgba.png", "]E05901234123457"),
        ("ean13-photo.jpg", "]E05901234123457"),
        ("ean13-upright.jpg", "]E05901234123457"),
        ("ean13-with-add-on.png", "]E3978020137962451299"),
        ("ean8.png", "]E496385074"),
        ("upca.png", "]E00036000291452"),
        ("upce.png", "]E00042100005264"),
        ("code128.png", "]C0CLUB-2041"),
        ("gs1-128.png", GS1_128),
        ("gs1-128-photo.jpg", GS1_128),
        ("qr-link.png", LINK),
        ("qr-palette.png", LINK),
        ("qr-photo.jpg", LINK),
        // 8018 is not among the AIs of a fixed length: a separator stands behind it.
        ("qr-gs1.png", "]Q38018950600013430000016\x1d80193"),
        ("qr-inverted.png", "]Q15901234123457"),
    ] {
        assert_eq!(codes_of(name), [code], "{name}");
    }
    assert!(codes_of("nothing.png").is_empty());
}

#[test]
fn several_codes_in_one_picture_are_all_read() {
    let mut codes = codes_of("five-codes.jpg");
    codes.sort();
    assert_eq!(
        codes,
        [
            "]E04006381333931",
            "]E05901234123457",
            "]Q15901234123457",
            "]Q1CLUB",
            "]Q1https://id.example/01/09506000134352",
        ]
    );
}

/// Turned about its middle onto a larger page; `quarter` turns of 90 degrees would lose nothing, these do.
fn turned(picture: &Grey, degrees: f64) -> Grey {
    let side = picture.width + picture.height;
    let (sin, cos) = degrees.to_radians().sin_cos();
    let middle = side as f64 / 2.0;
    let mut pixels = vec![230; side * side];
    for y in 0..side {
        for x in 0..side {
            let (dx, dy) = (x as f64 - middle, y as f64 - middle);
            let from_x = dx * cos + dy * sin + picture.width as f64 / 2.0;
            let from_y = dy * cos - dx * sin + picture.height as f64 / 2.0;
            if from_x >= 0.0 && from_y >= 0.0 {
                let (from_x, from_y) = (from_x as usize, from_y as usize);
                if from_x < picture.width && from_y < picture.height {
                    pixels[y * side + x] = picture.pixels[from_y * picture.width + from_x];
                }
            }
        }
    }
    Grey {
        width: side,
        height: side,
        pixels,
    }
}

/// Noise from a small generator, so that a run that fails fails again.
fn noisy(picture: &Grey, most: i32) -> Grey {
    let mut state = 0x2545_f491_u32;
    let pixels = picture.pixels.iter().map(|&pixel| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let off = (state % (2 * most as u32 + 1)) as i32 - most;
        (i32::from(pixel) * 3 / 4 + 32 + off).clamp(0, 255) as u8
    });
    Grey {
        pixels: pixels.collect(),
        ..*picture
    }
}

fn inverted(picture: &Grey) -> Grey {
    Grey {
        pixels: picture.pixels.iter().map(|pixel| 255 - pixel).collect(),
        ..*picture
    }
}

#[test]
fn turned_blurred_noisy_and_inverted_pictures_are_read() {
    for (name, code) in [
        ("ean13.png", "]E05901234123457"),
        ("code128.png", "]C0CLUB-2041"),
        ("qr-link.png", LINK),
    ] {
        let picture = load::grey(&fixture(name)).expect("a picture");
        for degrees in [90.0, 203.0] {
            assert_eq!(
                codes(&turned(&picture, degrees)),
                [code],
                "{name} turned by {degrees}"
            );
        }
        assert_eq!(codes(&picture.smoothed()), [code], "{name} blurred");
        assert_eq!(codes(&noisy(&picture, 24)), [code], "{name} noisy");
        assert_eq!(codes(&inverted(&picture)), [code], "{name} inverted");
        let worn = noisy(&turned(&picture, 17.0).smoothed(), 12);
        assert_eq!(codes(&worn), [code], "{name} turned, blurred and noisy");
    }
}

#[test]
fn noise_alone_holds_no_code_and_takes_no_minutes() {
    let paper = Grey {
        width: 350,
        height: 250,
        pixels: vec![128; 87_500],
    };
    let began = std::time::Instant::now();
    assert_eq!(codes(&noisy(&paper, 127)), Vec::<String>::new());
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
}

#[test]
fn a_picture_of_a_pixel_or_a_line_is_no_trouble() {
    for (width, height) in [(1, 1), (2, 2), (1, 300), (300, 1), (7, 3), (41, 41)] {
        let dark_and_light = (0..width * height).map(|at| if at % 2 == 0 { 0 } else { 255 });
        let picture = Grey {
            width,
            height,
            pixels: dark_and_light.collect(),
        };
        assert!(codes(&picture).is_empty(), "{width} x {height}");
    }
}

#[test]
fn files_that_are_no_pictures_earn_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("a file");
        path
    };
    let png = fs::read(fixture("qr-link.png")).expect("a picture");
    let jpeg = fs::read(fixture("qr-photo.jpg")).expect("a picture");
    // 60 000 by 60 000 pixels in a header of a few bytes: what it says is refused before anything is unpacked.
    let mut bomb = png.clone();
    bomb[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
    let crc = crc32(&bomb[12..29]).to_be_bytes();
    bomb[29..33].copy_from_slice(&crc);
    let mut wide = jpeg.clone();
    let frame = wide
        .windows(2)
        .position(|two| matches!(two, [0xFF, 0xC0 | 0xC2]))
        .expect("a frame");
    wide[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    let huge = folder.path().join("huge.png");
    fs::File::create(&huge)
        .and_then(|file| file.set_len(MOST_BYTES + 1))
        .expect("a file of holes");
    for (path, word) in [
        (folder.path().join("missing.png"), "cannot be read"),
        (folder.path().to_owned(), "it is no file"),
        (PathBuf::from("/dev/zero"), "it is no file"),
        (file("empty", b""), "neither a PNG nor a JPEG"),
        (
            file("text.png", b"hello, this is no picture"),
            "neither a PNG nor a JPEG",
        ),
        (file("gif", b"GIF89a\x01\0\x01\0"), "neither a PNG nor a JPEG"),
        (file("head.png", &png[..20]), "broken PNG"),
        (file("half.png", &png[..png.len() / 2]), "broken PNG"),
        (file("head.jpg", &jpeg[..30]), "broken JPEG"),
        (file("bomb.png", &bomb), "60000 x 60000 pixels"),
        (file("wide.jpg", &wide), "65535 x 65535 pixels"),
        (huge, "a picture may have at most"),
    ] {
        let sentence = read(&path).map_or_else(|fault| fault.to_string(), |codes| format!("{codes:?}"));
        assert!(sentence.contains(word), "{}: {sentence}", path.display());
        assert!(!sentence.contains('\n'), "{sentence}");
    }
}

#[test]
fn broken_bytes_end_in_an_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("broken");
    for name in ["ean13.png", "qr-palette.png", "ean13-upright.jpg"] {
        let whole = fs::read(fixture(name)).expect("a picture");
        let mut state = 7_u32;
        for _ in 0..8 {
            let mut bytes = whole.clone();
            for _ in 0..4 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = 8 + state as usize % (bytes.len() - 8);
                bytes[at] = (state >> 24) as u8;
            }
            fs::write(&path, &bytes).expect("a file");
            // A picture, a sentence, or a code that was not hit: anything but a panic or a wait.
            let _ = read(&path);
        }
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    })
}
