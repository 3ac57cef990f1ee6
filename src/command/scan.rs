//! `vafa scan`: what a scan means, as JSON or in a sentence.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::civil::Date;
use serde_json::{Map, Value, json};
use zeroize::{Zeroize, Zeroizing};

use crate::device::listen::Line;
use crate::device::picture;
use crate::loyalty::card::Meaning;
use crate::loyalty::scan::{self, Amount, Digits, Elements, Kind, Scan, Settings, Unread};
use crate::till::look::Look;
use crate::till::probe;
use crate::till::scanners::Scanners;

/// What `vafa scan` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct ScanArgs {
    /// Answer in JSON; a batch is always answered so.
    #[arg(long)]
    pub json: bool,
    /// Read JSON lines {"raw": "...", "config": {...}} from a file, and answer each with a line.
    #[arg(long, value_name = "FILE", conflicts_with = "raw")]
    pub batch: Option<PathBuf>,
    /// Read the codes in a PNG or JPEG (QR, EAN, UPC, Code 128), and answer each with a line. The status is 1 where
    /// none is found, or one of them is refused.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["raw", "batch"])]
    pub image: Option<PathBuf>,
    /// Show live what a scanner sends, byte by byte, find a wrong keyboard layout, and say what to set in config.toml. In a
    /// terminal, or on a pipe.
    #[arg(long, conflicts_with_all = ["raw", "batch", "image", "json"])]
    pub test: bool,
    /// With --test: listen to this serial port, too; may be repeated. [scanner] serial is listened to anyway.
    #[arg(long, value_name = "PATH", requires = "test", conflicts_with_all = ["raw", "batch", "image"])]
    pub serial: Vec<PathBuf>,
    /// With --test: grab this input device and listen to it, too; may be repeated. So is [scanner] hid.
    #[arg(long, value_name = "PATH", requires = "test", conflicts_with_all = ["raw", "batch", "image"])]
    pub hid: Vec<PathBuf>,
    /// What the scanner sent; control characters as they are, or written \x1d, \r, \n, \t.
    #[arg(required_unless_present_any = ["batch", "test", "image"], allow_hyphen_values = true)]
    pub raw: Option<String>,
}

/// Answers on standard output. The exit status is 0 where the scan is good, 1 where it is not, and 0 for a batch.
///
/// # Errors
/// A batch that cannot be read, or an output that is closed.
pub fn run(args: &ScanArgs, place: &super::Place) -> anyhow::Result<u8> {
    if args.test {
        return test(args, place);
    }
    let settings = &crate::counter::scan_settings(&place.config()?);
    let today = jiff::Zoned::now().date();
    let mut out = io::stdout().lock();
    if let Some(file) = &args.batch {
        let lines = File::open(file)
            .map_err(|error| super::BadInput(format!("{} cannot be read ({error})", file.display())))?;
        answer_lines(
            BufReader::new(lines),
            settings,
            today,
            &mut io::BufWriter::new(out),
        )
        .with_context(|| file.display().to_string())?;
        return Ok(0);
    }
    let scans = match &args.image {
        Some(file) => in_picture(file)?,
        None => vec![unescape(args.raw.as_deref().unwrap_or_default())],
    };
    let mut are_good = true;
    for raw in scans.into_iter().map(Zeroizing::new) {
        let answer = answer(&raw, settings, today);
        are_good &= answer["ok"] == true;
        if args.json {
            writeln!(out, "{answer}")?;
        } else {
            writeln!(out, "{}", in_words(&answer))?;
        }
    }
    Ok(u8::from(!are_good))
}

/// The codes in a picture; none is an error of its own.
fn in_picture(file: &Path) -> anyhow::Result<Vec<String>> {
    let codes = picture::read(file).map_err(super::BadInput::of)?;
    anyhow::ensure!(
        !codes.is_empty(),
        "no code was found in {}: take the picture closer, sharper and with paper around the code",
        file.display()
    );
    Ok(codes)
}

/// The scanner test, with the scanners of the configuration and those that were named.
fn test(args: &ScanArgs, place: &super::Place) -> anyhow::Result<u8> {
    let config = place.config()?;
    let mut scanners = Scanners::of(&config);
    let serial = args
        .serial
        .iter()
        .map(|path| Line::Serial(path.clone(), config.scanner.baud));
    let hid = args.hid.iter().map(|path| Line::Hid(path.clone()));
    let named: Vec<Line> = serial
        .chain(hid)
        .filter(|line| !scanners.lines.contains(line))
        .collect();
    scanners.lines.extend(named);
    probe::run(&scanners, Look::of_environment())?;
    Ok(0)
}

/// Answers each line of a batch with a line. An empty line is passed over; one that is not what is asked for gets an answer
/// that says so, and the batch goes on.
///
/// # Errors
/// Only of reading and writing.
pub fn answer_lines(
    mut lines: impl BufRead,
    settings: &Settings,
    today: Date,
    out: &mut impl Write,
) -> io::Result<()> {
    // One buffer for all lines, wiped before each: a payment card that was refused does not stay in memory.
    let mut line = Zeroizing::new(Vec::with_capacity(4096));
    for at in 1.. {
        line.zeroize();
        if lines.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let text = std::str::from_utf8(&line).map_err(|_| "it is not UTF-8".to_owned());
        let answer = match text.and_then(|text| parse_line(text, settings)) {
            Ok((raw, settings)) => answer(&raw, &settings, today),
            Err(fault) => {
                json!({"ok": false, "err": Unread::Unrecognised.code(), "why": format!("line {at}: {fault}")})
            }
        };
        writeln!(out, "{answer}")?;
    }
    out.flush()
}

/// The answer to one scan, in the shapes that `vafa scan --json` promises.
pub fn answer(raw: &str, settings: &Settings, today: Date) -> Value {
    match scan::read(raw, settings) {
        Ok(scan) => good(&scan, Meaning::of(&scan, settings), today),
        Err(Unread::PaymentCard) => {
            json!({"ok": false, "err": Unread::PaymentCard.code(), "why": Unread::PaymentCard.to_string()})
        }
        Err(fault) => {
            let mut answer = json!({"ok": false, "err": fault.code(), "why": fault.to_string()});
            if let Some(sym) = scan::symbology(raw) {
                answer["sym"] = sym.to_string().into();
            }
            answer
        }
    }
}

fn good(scan: &Scan, meaning: Meaning, today: Date) -> Value {
    let mut answer = json!({"ok": true, "kind": scan.kind.name(), "means": meaning.name()});
    if let Some(sym) = scan.sym {
        answer["sym"] = sym.to_string().into();
    }
    match &scan.kind {
        Kind::Elements(elements) | Kind::DigitalLink(elements) => add_elements(&mut answer, elements, today),
        Kind::Gtin(gtin) | Kind::UpcE(gtin) => answer["gtin14"] = gtin.as_str().into(),
        Kind::Rcn { gtin, measure } => {
            answer["gtin14"] = gtin.as_str().into();
            if let Some(measure) = measure {
                add_amount(&mut answer, measure.amount);
                answer["article"] = measure.article.as_str().into();
            }
        }
        Kind::EuroCoupon(coupon) => {
            answer["issuer"] = coupon.issuer().into();
            answer["ref"] = coupon.reference().into();
            answer["value"] = coupon.value().to_string().into();
            answer["currency"] = "EUR".into();
        }
        Kind::Card(card) => {
            answer["number"] = card.number.as_str().into();
            if let Some(track) = card.track {
                answer["track"] = track.into();
            }
            if let Some(expiry) = card.expiry.as_ref().map(Digits::as_str) {
                answer["exp"] = expiry.into();
            }
        }
        Kind::Plain(text) => answer["text"] = text.as_str().into(),
    }
    if let Some(beside) = &scan.beside {
        add_elements(&mut answer, beside, today);
    }
    answer
}

fn add_elements(answer: &mut Value, elements: &Elements, today: Date) {
    answer["elements"] = elements
        .iter()
        .map(|element| json!([element.ai.to_string(), element.value]))
        .collect();
    let dates: Map<String, Value> = elements
        .dates(today)
        .map(|(ai, date)| (ai.to_string(), date.to_string().into()))
        .collect();
    if !dates.is_empty() {
        answer["dates"] = dates.into();
    }
}

fn add_amount(answer: &mut Value, amount: Amount) {
    match amount {
        Amount::Price(price) => answer["price"] = price.to_string().into(),
        Amount::WeightKg(weight) => answer["weight_kg"] = weight.to_string().into(),
        Amount::Count(count) => answer["count"] = count.into(),
    }
}

/// One line of a batch: what was scanned, and the shop's settings with the line's own laid over them.
fn parse_line(line: &str, settings: &Settings) -> Result<(Zeroizing<String>, Settings), String> {
    let mut line: Value = serde_json::from_str(line).map_err(|_| "it is not JSON".to_owned())?;
    let Some(Value::String(raw)) = line.get_mut("raw").map(Value::take) else {
        return Err("it has no text \"raw\"".to_owned());
    };
    let raw = Zeroizing::new(raw);
    let own = match line.get("config") {
        None | Some(Value::Null) => return Ok((raw, settings.clone())),
        Some(Value::Object(own)) => own,
        Some(_) => return Err("its \"config\" is not an object".to_owned()),
    };
    let mut merged = serde_json::to_value(settings).map_err(|fault| fault.to_string())?;
    for (key, value) in own {
        merged[key] = value.clone();
    }
    let merged = serde_json::from_value(merged).map_err(|fault| {
        // What was found is named, but not where it may be a card's number.
        let fault = fault.to_string();
        match scan::hides_payment_card(&fault, settings) {
            true => "its \"config\" holds what no setting can be".to_owned(),
            false => format!("its \"config\": {fault}"),
        }
    })?;
    Ok((raw, merged))
}

/// Control characters that were written out, as a shell cannot type them.
fn unescape(raw: &str) -> String {
    let mut text = raw.to_owned();
    for (written, meant) in [
        ("\\x1d", "\x1D"),
        ("\\x1D", "\x1D"),
        ("\\r", "\r"),
        ("\\n", "\n"),
        ("\\t", "\t"),
    ] {
        if text.contains(written) {
            text = text.replace(written, meant);
        }
    }
    text
}

fn in_words(answer: &Value) -> String {
    if answer["ok"] != true {
        return answer["why"].as_str().unwrap_or_default().to_owned();
    }
    let parts = answer
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| *key != "ok");
    parts
        .map(|(key, value)| {
            format!(
                "{key}: {}",
                value.as_str().map_or_else(|| value.to_string(), str::to_owned)
            )
        })
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn answer_plainly(raw: &str) -> String {
        answer(raw, &Settings::default(), date(2026, 1, 1)).to_string()
    }

    #[test]
    fn answers_have_the_promised_shape() {
        assert_eq!(
            answer_plainly("]C18018123456789012345675\x1D8019123"),
            r#"{"ok":true,"kind":"elements","means":"member","sym":"]C1","elements":[["8018","123456789012345675"],["8019","123"]]}"#
        );
        assert!(answer_plainly("(17)260400").contains(r#""dates":{"17":"2026-04-30"}"#));
        let refused = answer_plainly("4111111111111111");
        assert!(
            refused.starts_with(r#"{"ok":false,"err":"payment_card""#)
                && !refused.contains("4111")
                && !refused.contains("1111")
        );
    }

    #[test]
    fn a_batch_answers_line_by_line() {
        let lines = concat!(
            r#"{"raw":"2211114002394","config":{"rcn_region":"de"}}"#,
            "\n\n",
            r#"{"raw":"2211114002394"}"#,
            "\n{\n",
            r#"{"raw":"1","config":{"rcn_region":"xx"}}"#,
        );
        let mut out = Vec::new();
        answer_lines(lines.as_bytes(), &Settings::default(), date(2026, 1, 1), &mut out)
            .expect("a Vec takes all");
        let out = String::from_utf8(out).expect("JSON is UTF-8");
        let answers: Vec<&str> = out.lines().collect();
        assert_eq!(answers.len(), 4);
        assert!(answers[0].contains(r#""price":"2.39""#) && !answers[1].contains("price"));
        assert!(answers[2].contains("line 4") && answers[3].contains("config"));
    }

    #[test]
    fn a_payment_card_is_in_no_answer() {
        for before in [
            "",
            "]Q1",
            "]C0x",
            "]Q1LP1",
            "]L0tel 12 ",
            "(21)",
            "]C121",
            "https://a/01/12312312312333/21/",
            ";",
            "%B",
        ] {
            for number in ["4111111111111111", "4111.1111.1111.1111", "4111-1111-1111-1111"] {
                for behind in ["", " 12/25 123", "\t4111111111111111", "x"] {
                    if behind == "x" && before.contains("21") && !number.starts_with("41111") {
                        continue; // groups beside a letter are a serial
                    }
                    let answer = answer_plainly(&format!("{before}{number}{behind}"));
                    assert!(
                        answer.contains(r#""ok":false"#) && !answer.contains("1111"),
                        "{before}{number}{behind}: {answer}"
                    );
                }
            }
        }
        assert!(answer_plainly(";79927398713=2512?").contains(r#""means":"unknown""#));
    }

    #[test]
    fn a_line_that_is_no_text_does_not_end_the_batch() {
        let lines = b"\xff\xfe\n{\"raw\":\"5901234123457\"}\r\n";
        let mut out = Vec::new();
        answer_lines(lines.as_slice(), &Settings::default(), date(2026, 1, 1), &mut out)
            .expect("a Vec takes all");
        let out = String::from_utf8(out).expect("JSON is UTF-8");
        let answers: Vec<&str> = out.lines().collect();
        assert!(
            answers[0].starts_with(r#"{"ok":false,"err":"unrecognised""#),
            "{out}"
        );
        assert!(answers[1].contains("05901234123457"), "{out}");
    }

    #[test]
    fn control_characters_can_be_written() {
        assert_eq!(unescape(r"]C110A\x1d21B\r\t\^"), "]C110A\x1D21B\r\t\\^");
    }
}
