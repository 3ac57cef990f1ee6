//! No digit of a payment card comes out of `vafa scan`, whatever way it came in; and nothing that is sent to it makes it
//! stop: one answer a line. The real program is asked, so that all that it prints is seen.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output, Stdio};

use serde_json::json;

fn vafa(folder: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vafa"));
    command.arg("--data").arg(folder).arg("scan");
    command
}

/// A number of this beginning and length whose last digit is its Luhn digit.
fn number(start: &str, length: usize, filler: &str) -> String {
    let payload = &format!("{start}{filler}")[..length - 1];
    let sum: u32 = payload
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    format!("{payload}{}", (10 - sum % 10) % 10)
}

/// Every range of payment cards, in lengths that are not also those of goods.
fn payment_cards() -> Vec<String> {
    let starts = [
        "4", "51", "55", "2221", "2720", "34", "37", "300", "305", "309", "36", "38", "39", "3528", "3589",
        "6011", "644", "649", "65", "62", "60", "81", "82", "508", "50", "56", "69",
    ];
    let fillers = ["728193645201837465", "390517264839105726"];
    let mut cards = vec![number("1", 15, fillers[0])];
    for start in starts {
        for (length, filler) in [(15, fillers[0]), (16, fillers[1]), (19, fillers[0])] {
            cards.push(number(start, length, filler));
        }
    }
    cards
}

/// The ways by which a card's number can come in.
fn routes(card: &str) -> Vec<String> {
    let in_groups = |gap: &str| {
        let groups: Vec<&str> = [0..4, 4..8, 8..12, 12..card.len()]
            .into_iter()
            .map(|at| &card[at])
            .collect();
        groups.join(gap)
    };
    let (spaced, dashed, dotted) = (in_groups(" "), in_groups("-"), in_groups("."));
    vec![
        card.to_owned(),
        format!("  {card}\r\n"),
        spaced.clone(),
        dashed.clone(),
        dotted,
        format!("card {card} 12/27"),
        format!("]C0{card}"),
        format!("]Q1{spaced}"),
        format!("]A0{dashed}"),
        format!("]L0PAN/{card}/x"),
        format!("]C121{card}"),
        format!("]C110{card}"),
        format!("]e099{card}\x1d10A"),
        format!("]C199PAN{card}X"),
        format!("]C121{dashed}"),
        format!("(21){card}"),
        format!("(10)A(99){dashed}"),
        format!("]E05901234123457|]e021{card}"),
        format!("https://a.example/01/12312312312333/21/{card}"),
        format!("]Q1https://a.example/01/12312312312333?99={card}"),
        format!("https://a.example/8004/{card}"),
        format!("%B{card}^SMITH/JOHN^2712101?"),
        format!("%B{spaced}^SMITH/JOHN^2712101?"),
        format!(";{card}=2712101?"),
        format!(";{card}"),
        format!("%E?;{card}=2712101?+E?"),
        format!("LP1{card}"),
        format!("]Q1LP1{card}"),
    ]
}

fn longest_row_of_digits(text: &str) -> usize {
    text.split(|letter: char| !letter.is_ascii_digit())
        .map(str::len)
        .max()
        .unwrap_or(0)
}

fn shows_nothing(output: &Output, what: &str) {
    for printed in [&output.stdout, &output.stderr] {
        let printed = String::from_utf8_lossy(printed);
        assert!(longest_row_of_digits(&printed) < 6, "{what}: {printed}");
    }
}

#[test]
fn no_digit_of_a_payment_card_comes_out_whatever_way_it_came_in() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let batch = folder.path().join("scans.jsonl");
    let mut lines = Vec::new();
    for card in payment_cards() {
        for raw in routes(&card) {
            for config in [
                json!({}),
                json!({"expect_card": true}),
                json!({"assume_gs1": true}),
                json!({"card_prefixes": ["9"]}),
            ] {
                lines.push(json!({"raw": raw, "config": config}).to_string());
            }
        }
    }
    std::fs::write(&batch, lines.join("\n")).expect("a file of scans");
    let output = vafa(folder.path())
        .args(["--json", "--batch"])
        .arg(&batch)
        .output()
        .expect("vafa runs");
    shows_nothing(&output, "batch");
    let answers = String::from_utf8(output.stdout).expect("answers are text");
    assert_eq!(answers.lines().count(), lines.len());
    for (line, answer) in lines.iter().zip(answers.lines()) {
        assert!(answer.contains(r#""ok":false"#), "{line} was answered {answer}");
    }

    let card = number("4", 16, "728193645201837465");
    for raw in routes(&card) {
        for shape in [&["--json"][..], &[]] {
            let output = vafa(folder.path())
                .args(shape)
                .arg(&raw)
                .output()
                .expect("vafa runs");
            assert_eq!(output.status.code(), Some(1), "{raw:?}");
            shows_nothing(&output, &raw);
        }
    }
}

#[test]
fn nor_does_one_that_was_typed_where_none_belongs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let card = number("4", 16, "728193645201837465");
    let wrong = [
        vec!["--batch", &card],
        vec!["one", &card],
        vec!["--no-such-option", &card],
    ];
    for arguments in wrong {
        let output = vafa(folder.path()).args(&arguments).output().expect("vafa runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        shows_nothing(&output, &arguments.join(" "));
    }
    let output = Command::new(env!("CARGO_BIN_EXE_vafa"))
        .arg(&card)
        .output()
        .expect("vafa runs");
    shows_nothing(&output, "as a command");

    let batch = folder.path().join("scans.jsonl");
    let lines = [
        json!({"raw": "1", "config": {"rcn_region": card}}),
        json!({"raw": "1", "config": {"min_len": card}}),
        json!({"raw": "1", "config": card}),
        json!({"raw": {"pan": card}}),
        json!(card),
    ]
    .map(|line| line.to_string());
    std::fs::write(&batch, lines.join("\n")).expect("a file of scans");
    let output = vafa(folder.path())
        .arg("--batch")
        .arg(&batch)
        .output()
        .expect("vafa runs");
    shows_nothing(&output, "settings");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).lines().count(),
        lines.len()
    );
}

#[test]
fn hostile_lines_get_an_answer_each() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let batch = folder.path().join("scans.jsonl");
    let long = |piece: &str, count: usize| json!({"raw": piece.repeat(count)}).to_string().into_bytes();
    let lines: Vec<Vec<u8>> = vec![
        long("1", 1_000_000),
        long("1 ", 500_000),
        long("11260401", 125_000),
        long("]C1", 300_000),
        long("%?;?", 250_000),
        long("\u{1d}", 200_000),
        long("é", 500_000),
        [b"[".repeat(100_000), b"]".repeat(100_000)].concat(),
        [b"{\"raw\":".repeat(50_000), b"1".to_vec()].concat(),
        [b"{\"raw\":\"1\",\"config\":".to_vec(), b"[".repeat(100_000)].concat(),
        b"\xff\xfe\xfd".to_vec(),
        b"{\"raw\":\"\xc3\x28\"}".to_vec(),
        b"{\"raw\":\"\\ud800\"}".to_vec(),
        b"{\"raw\":\"\\u0000\"}".to_vec(),
        b"\x00".to_vec(),
        b"null".to_vec(),
        b"{}".to_vec(),
        b"{\"raw\":1}".to_vec(),
        b"{\"raw\":null}".to_vec(),
        b"{\"raw\":\"1\",\"config\":7}".to_vec(),
        b"{\"raw\":\"1\",\"config\":{\"min_len\":-1}}".to_vec(),
        b"{\"raw\":\"1\",\"config\":{\"max_len\":99999999999999999999}}".to_vec(),
        b"{\"raw\":\"1\",\"config\":{\"card_prefixes\":\"9\"}}".to_vec(),
        b"{\"raw\":\"1\",\"config\":{\"card_prefixes\":[9]}}".to_vec(),
        b"{\"raw\":\"1\",\"config\":{\"rcn_region\":\"xx\"}}".to_vec(),
        b"{\"raw\":\"1\",\"config\":{\"eight_digits_are\":8}}".to_vec(),
        b"{\"raw\":\"1\",\"config\":{\"expect_card\":\"yes\"}}".to_vec(),
        b"{\"raw\":\"1\",\"config\":{\"gs_substitute\":\"\"}}".to_vec(),
        b"{\"raw\":\"5901234123457\",\"config\":null}".to_vec(),
    ];
    std::fs::write(&batch, lines.join(&b'\n')).expect("a file of scans");
    let output = vafa(folder.path())
        .args(["--json", "--batch"])
        .arg(&batch)
        .output()
        .expect("vafa runs");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let answers: Vec<serde_json::Value> = String::from_utf8(output.stdout)
        .expect("answers are text")
        .lines()
        .map(|answer| serde_json::from_str(answer).expect("an answer is JSON"))
        .collect();
    assert_eq!(answers.len(), lines.len());
    let (last, others) = answers.split_last().expect("there are answers");
    assert_eq!(last["gtin14"], "05901234123457");
    assert!(others.iter().all(|answer| answer["ok"] == false), "{others:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_crash_leaves_no_core_file() {
    use std::io::Write;

    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut child = vafa(folder.path())
        .args(["--batch", "/dev/stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("vafa starts");
    // Once it has answered, it is past its start; then it waits for the next line.
    let mut scans = child.stdin.take().expect("it is piped");
    scans
        .write_all(b"{\"raw\":\"5901234123457\"}\n")
        .expect("it reads");
    let limits = format!("/proc/{}/limits", child.id());
    let is_set = || {
        let limits = std::fs::read_to_string(&limits).expect("Linux tells of limits");
        let core = limits.lines().find(|line| line.starts_with("Max core file size"));
        let words: Vec<&str> = core.expect("a line of core files").split_whitespace().collect();
        words[4..6] == ["0", "0"]
    };
    assert!((0..1_000).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        is_set()
    }));
    let abort = Command::new("kill")
        .args(["-ABRT", &child.id().to_string()])
        .status();
    assert!(abort.expect("kill runs").success());
    let ended = child.wait().expect("it ends");
    assert_eq!(ended.signal(), Some(6));
    assert!(!ended.core_dumped());
}
