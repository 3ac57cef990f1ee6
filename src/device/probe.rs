//! What a scanner really sends, byte by byte, and what is to be set for it. Pure: bytes and the times at which they were
//! read come in, rows of text go out. Digits are not shown before the burst they came in is known to hold no payment card.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::layout::{self, Fit, Found, Gs};
use super::{LONGEST, Settings, without_prefix};
use crate::loyalty::card::Meaning;
use crate::loyalty::scan::{self, Kind, Unread};

/// What is looked at.
pub struct Probe {
    settings: Settings,
    open: BTreeMap<String, Burst>,
    seen: BTreeMap<String, Seen>,
}

#[derive(Default)]
struct Burst {
    bytes: Zeroizing<Vec<u8>>,
    gaps_ms: Vec<u64>,
    last_ms: u64,
    is_ended: bool,
}

/// What one source has shown so far.
#[derive(Default)]
struct Seen {
    scans: usize,
    gaps_ms: Vec<u64>,
    suffixes: BTreeMap<&'static str, usize>,
    prefixes: BTreeMap<String, usize>,
    found: Option<Found>,
}

/// What is told of a burst that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where it came from, how long it was and how fast.
    pub head: String,
    /// Each byte: its value, its name, and the milliseconds since the one before.
    pub cells: Vec<String>,
    /// What it is, or why it is nothing.
    pub verdict: String,
}

impl Probe {
    /// Nothing was seen yet.
    pub fn new(settings: Settings) -> Probe {
        Probe {
            settings,
            open: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    /// Takes bytes of a source. Answers the bursts that are over.
    pub fn feed(&mut self, source: &str, bytes: &[u8], at_ms: u64) -> Vec<Told> {
        let mut told = self.tick(at_ms);
        for byte in bytes {
            let is_end = matches!(byte, b'\r' | b'\n' | b'\t');
            let is_over = self
                .open
                .get(source)
                .is_some_and(|burst| burst.is_ended && !is_end || burst.bytes.len() == LONGEST);
            if is_over {
                told.extend(self.close(source));
            }
            let burst = self.open.entry(source.to_owned()).or_default();
            let gap_ms = if burst.bytes.is_empty() {
                0
            } else {
                at_ms.saturating_sub(burst.last_ms)
            };
            burst.gaps_ms.push(gap_ms);
            if burst.bytes.capacity() == 0 {
                // It does not grow, which would leave a copy.
                burst.bytes.reserve_exact(LONGEST);
            }
            burst.bytes.push(*byte);
            burst.last_ms = at_ms;
            burst.is_ended = is_end;
        }
        told
    }

    /// Nothing came until now.
    pub fn tick(&mut self, now_ms: u64) -> Vec<Told> {
        let patience = self.settings.idle_flush_ms;
        let quiet = self
            .open
            .iter()
            .filter(|(_, burst)| now_ms.saturating_sub(burst.last_ms) > patience);
        let quiet: Vec<String> = quiet.map(|(source, _)| source.clone()).collect();
        quiet.iter().filter_map(|source| self.close(source)).collect()
    }

    /// All that is still open is over.
    pub fn end(&mut self) -> Vec<Told> {
        self.tick(u64::MAX)
    }

    /// How many bytes have come that are not told yet.
    pub fn waiting(&self) -> usize {
        self.open.values().map(|burst| burst.bytes.len()).sum()
    }

    fn close(&mut self, source: &str) -> Option<Told> {
        let burst = self.open.remove(source)?;
        let text = burst.text(&self.settings).map(Zeroizing::new);
        let length = text.as_ref().map_or(0, |text| text.chars().count());
        let is_long = length >= self.settings.least_length;
        let found = text.as_deref().and_then(|text| layout::examine(text));
        let read = text.as_deref().map(|text| scan::read(text, &self.settings.scan));
        let is_payment = matches!(read, Some(Err(Unread::PaymentCard)))
            || text
                .as_deref()
                .is_some_and(|text| scan::hides_payment_card(text, &self.settings.scan));
        // A row of digits without an end may be a part of a payment card's number.
        let is_code = matches!(&read, Some(Ok(scan)) if is_long && !matches!(scan.kind, Kind::Plain(_)));
        let may_be_shown = found.is_some() || !is_payment && (burst.is_ended || is_code);

        let verdict = match (&read, &found) {
            _ if burst.bytes.len() >= LONGEST => {
                "too long for any code: the scanner never ends it".to_owned()
            }
            (None, _) => "bytes that are no text: the baud rate or the parity is wrong".to_owned(),
            (_, Some(found)) => format!("the test code: {}", in_words(found)),
            _ if length == 0 => "an end alone: nothing".to_owned(),
            _ if is_payment => "a payment card: refused, and never shown".to_owned(),
            _ if !is_long => format!(
                "fewer than {} characters: typed by hand",
                self.settings.least_length
            ),
            (Some(Ok(scan)), _) => {
                let means = Meaning::of(scan, &self.settings.scan);
                let end = if burst.is_ended { "" } else { ", without an end" };
                format!("{}, means {}{end}", scan.kind.name(), means.name())
            }
            (Some(Err(why)), _) => why.to_string(),
        };
        if is_long && !is_payment {
            self.seen
                .entry(source.to_owned())
                .or_default()
                .note(&burst, found);
        }
        let bytes = burst.bytes.len();
        let head = match burst.median_ms() {
            Some(median) => format!("{source}: {bytes} bytes, {median} ms apart"),
            None => format!("{source}: 1 byte"),
        };
        Some(Told {
            head,
            cells: burst.cells(may_be_shown),
            verdict,
        })
    }

    /// What has been found out, in sentences.
    pub fn findings(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for (source, seen) in &self.seen {
            let s = if seen.scans == 1 { "" } else { "s" };
            let speed = median(&seen.gaps_ms).map_or_else(String::new, |ms| {
                format!(", {ms} ms between keys, at most {}", seen.slowest_ms())
            });
            let prefix = seen.prefix().map_or("no prefix".to_owned(), |prefix| {
                format!("prefix {}", named(prefix))
            });
            let suffix = seen.suffix().unwrap_or("more than one");
            rows.push(format!(
                "{source}: {} scan{s}, {prefix}, suffix {suffix}{speed}",
                seen.scans
            ));
            match &seen.found {
                Some(found) => rows.push(format!("{source}: {}", in_words(found))),
                None if source == "keyboard" => {
                    rows.push("scan the test code to check keyboard layout and GS".to_owned());
                }
                None => {}
            }
        }
        if rows.is_empty() {
            rows.push("Nothing that looks like a scan has come yet.".to_owned());
        }
        rows
    }

    /// What config.toml should say, line by line; only what differs from what it says now.
    pub fn config(&self) -> Vec<String> {
        let mut rows: Vec<String> = Vec::new();
        let mut say = |row: String| {
            if !rows.contains(&row) {
                rows.push(row);
            }
        };
        for (source, seen) in &self.seen {
            // A scanner with a line of its own needs none, and fingers beside it have none.
            if let Some(prefix) = seen.prefix().filter(|_| source == "keyboard") {
                say(format!("prefix = {}", quoted(prefix)));
            }
            if let Some(suffix) = seen.suffix().filter(|suffix| *suffix == "none") {
                say(format!("suffix = \"{suffix}\""));
            }
            let (kind, path) = source.split_once(' ').unwrap_or((source, ""));
            match kind {
                "serial" | "hid" => say(format!("{kind} = [\"{path}\"]")),
                _ if seen.slowest_ms() > self.settings.key_gap_ms => {
                    say(format!(
                        "key_gap_ms = {}",
                        (seen.slowest_ms() + 10).next_multiple_of(10)
                    ));
                }
                _ => {}
            }
            if let Some(Gs::Substitute(text)) = seen.found.as_ref().map(|found| &found.gs)
                && text.chars().count() == 1
            {
                say(format!("gs_substitute = {}", quoted(text)));
            }
        }
        if !rows.is_empty() {
            rows.insert(0, "[scanner]".to_owned());
        }
        rows
    }
}

impl Burst {
    /// What was sent, without what framed it; nothing where it is no text.
    fn text(&self, settings: &Settings) -> Option<String> {
        let text = std::str::from_utf8(&self.bytes).ok()?;
        let text = text.trim_matches(['\r', '\n', '\t']);
        let text = without_prefix(text, &settings.prefix);
        // Alt with a number, as terminals send it; another ESC is nothing.
        let text = text
            .replace("\u{1b}0\u{1b}2\u{1b}9", "\u{1d}")
            .replace('\u{1b}', "");
        Some(text)
    }

    fn median_ms(&self) -> Option<u64> {
        median(self.gaps_ms.get(1..)?)
    }

    fn cells(&self, is_shown: bool) -> Vec<String> {
        let cell = |(byte, gap): (&u8, &u64)| match byte {
            // The upper half of a digit's value is that of all digits.
            b'0'..=b'9' if !is_shown => format!("3. # +{gap}"),
            byte => format!("{byte:02x} {} +{gap}", name(*byte)),
        };
        self.bytes.iter().zip(&self.gaps_ms).map(cell).collect()
    }

    fn suffix(&self) -> &'static str {
        match self.bytes.as_slice() {
            [.., b'\r', b'\n'] => "crlf",
            [.., b'\r'] => "cr",
            [.., b'\n'] => "lf",
            [.., b'\t'] => "tab",
            _ => "none",
        }
    }
}

impl Seen {
    fn note(&mut self, burst: &Burst, found: Option<Found>) {
        const MOST: usize = 1000;
        self.scans += 1;
        if self.gaps_ms.len() < MOST {
            self.gaps_ms.extend(burst.gaps_ms.iter().skip(1));
        }
        *self.suffixes.entry(burst.suffix()).or_default() += 1;
        let prefix = burst
            .bytes
            .iter()
            .take_while(|byte| **byte < 0x20 && **byte != 0x1b);
        let prefix: String = prefix.map(|byte| char::from(*byte)).collect();
        *self.prefixes.entry(prefix).or_default() += 1;
        self.found = found.or(self.found.take());
    }

    /// The one suffix of all scans.
    fn suffix(&self) -> Option<&'static str> {
        only(&self.suffixes).copied()
    }

    /// The one prefix of all scans, if it is not empty.
    fn prefix(&self) -> Option<&str> {
        only(&self.prefixes)
            .map(String::as_str)
            .filter(|prefix| !prefix.is_empty())
    }

    fn slowest_ms(&self) -> u64 {
        self.gaps_ms.iter().copied().max().unwrap_or(0)
    }
}

fn only<K>(counts: &BTreeMap<K, usize>) -> Option<&K> {
    match counts.len() {
        1 => counts.keys().next(),
        _ => None,
    }
}

fn median(gaps_ms: &[u64]) -> Option<u64> {
    let mut sorted = gaps_ms.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}

fn in_words(found: &Found) -> String {
    let mut words = match &found.fit {
        Fit::Same => "the keyboard layout is right".to_owned(),
        Fit::Differ(pairs) => {
            let pairs = pairs.iter().map(|(scanner, host)| {
                format!("the scanner types for {scanner}, this machine reads {host}: set the scanner to keyboard country {host}, or this machine to {scanner}")
            });
            format!(
                "wrong keyboard layout: {}",
                pairs.collect::<Vec<_>>().join("; or ")
            )
        }
        Fit::Unexplained => {
            "wrong keyboard layout, of no country known here: set scanner and machine to United States"
                .to_owned()
        }
    };
    if found.has_caps {
        words.push_str("; caps lock is on: switch it off");
    }
    words.push_str(&match &found.gs {
        Gs::Arrives => "; GS arrives".to_owned(),
        Gs::Dropped => {
            "; GS does not arrive: set the scanner to send it, or a substitute such as |".to_owned()
        }
        Gs::Substitute(text) => format!("; GS arrives as {}", named(text)),
    });
    words
}

/// Control characters by their names in ASCII.
fn name(byte: u8) -> String {
    const CONTROL: [&str; 32] = [
        "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO",
        "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS",
        "RS", "US",
    ];
    match byte {
        0..=31 => CONTROL[usize::from(byte)].to_owned(),
        b' ' => "SP".to_owned(),
        0x7f => "DEL".to_owned(),
        0x80.. => "..".to_owned(),
        byte => char::from(byte).to_string(),
    }
}

fn named(text: &str) -> String {
    let names: Vec<String> = text.bytes().map(name).collect();
    names.join(" ")
}

/// As a text of TOML.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
            '"' | '\\' => format!("\\{c}"),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::super::Country;
    use super::*;

    fn told(bytes: &[u8]) -> Told {
        let mut probe = Probe::new(Settings::default());
        for (at_ms, byte) in (0..).step_by(3).zip(bytes) {
            assert!(probe.feed("keyboard", &[*byte], at_ms).is_empty());
        }
        probe.end().remove(0)
    }

    #[test]
    fn a_scan_is_told_byte_by_byte() {
        let told = told(b"\x02]C10108901764012273\x1d10A\r\n");
        assert_eq!(told.head, "keyboard: 26 bytes, 3 ms apart");
        assert_eq!(told.cells[0], "02 STX +0");
        assert_eq!(told.cells[1], "5d ] +3");
        assert_eq!(told.cells[20], "1d GS +3");
        assert_eq!(told.cells.last().map(String::as_str), Some("0a LF +3"));
        assert_eq!(told.verdict, "elements, means product");
    }

    #[test]
    fn a_payment_card_is_told_without_a_digit() {
        for sent in [
            "4111111111111111\r",
            ";4111111111111111=2512101?\r",
            "%B4111111111111111^X/Y^2512101?\r",
            "4111 1111 1111 1111\r",
            "4111111111111111",
            "41111111",
            "4111111111",
        ] {
            let told = told(sent.as_bytes());
            let digits = told
                .cells
                .iter()
                .filter(|cell| cell.starts_with("34 ") || cell.starts_with("31 "));
            assert_eq!(digits.count(), 0, "{sent}: {told:?}");
            assert!(!told.verdict.contains("411"), "{sent}: {told:?}");
        }
    }

    #[test]
    fn verdicts() {
        for (sent, verdict) in [
            (b"8901764012273\r".as_slice(), "gtin, means product"),
            (b"8901764012273", "gtin, means product, without an end"),
            (
                b"\xff\xfe\x80\x81\x82\x83\r",
                "bytes that are no text: the baud rate or the parity is wrong",
            ),
            (b"x", "fewer than 6 characters: typed by hand"),
            (b"\r", "an end alone: nothing"),
        ] {
            assert_eq!(told(sent).verdict, verdict, "{sent:?}");
        }
        assert!(
            told(b"8901764012274\r").verdict.contains("digit"),
            "{:?}",
            told(b"8901764012274\r")
        );
    }

    #[test]
    fn the_advice_can_be_copied() {
        let mut probe = Probe::new(Settings::default());
        for (n, code) in [
            "8901764012273",
            "5901234123457",
            "TEST azqwym AQ 0129 -=;'[]/\\@#\"|<_?&~END",
        ]
        .iter()
        .enumerate()
        {
            let mut at_ms = 5000 * u64::try_from(n).expect("small");
            for byte in format!("\u{2}{code}").bytes() {
                probe.feed("keyboard", &[byte], at_ms);
                at_ms += 70;
            }
            probe.feed("serial /dev/ttyACM0", format!("{code}\r").as_bytes(), at_ms);
        }
        probe.end();
        assert_eq!(
            probe.config(),
            [
                "[scanner]",
                "prefix = \"\\u0002\"",
                "suffix = \"none\"",
                "key_gap_ms = 80",
                "gs_substitute = \"~\"",
                "serial = [\"/dev/ttyACM0\"]",
            ]
        );
        let findings = probe.findings().join("\n");
        assert!(
            findings.contains("keyboard: 3 scans, prefix STX, suffix none, 70 ms"),
            "{findings}"
        );
        assert!(findings.contains("GS arrives as ~"), "{findings}");
    }

    #[test]
    fn a_wrong_layout_is_named() {
        let typed: String = layout::typed(Country::Us, Country::De)
            .into_iter()
            .filter(|c| *c != '\0')
            .collect();
        let told = told(format!("{typed}\u{1d}END\r").as_bytes());
        assert!(
            told.verdict
                .contains("set the scanner to keyboard country Germany"),
            "{}",
            told.verdict
        );
        assert!(
            told.cells.iter().any(|cell| cell.starts_with("30 0")),
            "its digits are shown"
        );
    }
}
