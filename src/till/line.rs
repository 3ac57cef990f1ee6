//! The one line of input that scanner and fingers share, whatever screen is shown. What ended with Enter is read by its
//! content; how fast it came is only a hint, because a stalled screen makes slow typing look like a scan.

use tui_input::{Input, InputRequest};

use crate::loyalty::scan::{self, Kind, Settings, Unread};

/// Keys of a scanner follow each other faster than this.
const BURST_MS: u64 = 50;
/// Shorter bursts may be fingers.
const LEAST_BURST: usize = 6;
/// A second Enter this soon after a line belongs to the scanner's suffix.
const SUFFIX_MS: u64 = 80;
/// After this pause a lone plus or minus is a key and not the first character of a scan.
const SETTLE_MS: u64 = 60;
/// After this pause a lone digit answers a numbered question.
const SETTLE_DIGIT_MS: u64 = 250;
/// No code is longer; the rest of a jammed scanner is dropped.
const LONGEST: usize = 4096;

/// The line of input.
#[derive(Clone, Debug, Default)]
pub struct InputLine {
    input: Input,
    burst: usize,
    last_ms: Option<u64>,
    ended_ms: Option<u64>,
}

/// What ended with Enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The text.
    pub text: String,
    /// It came as fast as a scanner sends, and is as long as a scan.
    pub is_fast: bool,
}

/// What Enter came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The second character of a scanner's suffix: nothing.
    Nothing,
    /// Only plus and minus signs: so many more, or fewer.
    Signs(i64),
    /// A text.
    Entered(Entered),
    /// Nothing was on the line: the next step.
    Press,
}

impl InputLine {
    /// What is on the line.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Is nothing on the line?
    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Takes a character.
    pub fn push(&mut self, c: char, at_ms: u64) {
        let is_fast = self
            .last_ms
            .is_some_and(|last| at_ms.saturating_sub(last) <= BURST_MS);
        self.burst = if is_fast && !self.is_empty() {
            self.burst + 1
        } else {
            1
        };
        self.last_ms = Some(at_ms);
        if self.text().len() < LONGEST {
            self.input.handle(InputRequest::InsertChar(c));
        }
    }

    /// Takes the last character back.
    pub fn rubout(&mut self) {
        self.burst = 0;
        self.input.handle(InputRequest::DeletePrevChar);
    }

    /// Empties the line.
    pub fn clear(&mut self) {
        self.burst = 0;
        self.input.reset();
    }

    /// Puts text on the line, as if it had been typed slowly.
    pub fn put(&mut self, text: &str) {
        self.input = Input::new(text.to_owned());
        self.burst = 0;
    }

    /// Enter, or a suffix that presses nothing.
    pub fn end(&mut self, at_ms: u64, may_press: bool) -> Ended {
        let text = trimmed(self.text()).to_owned();
        if text.is_empty() {
            self.clear();
            let is_suffix = self
                .ended_ms
                .is_some_and(|end| at_ms.saturating_sub(end) <= SUFFIX_MS);
            return if may_press && !is_suffix {
                Ended::Press
            } else {
                Ended::Nothing
            };
        }
        self.ended_ms = Some(at_ms);
        if let Some(signs) = signs(&text) {
            self.clear();
            return Ended::Signs(signs);
        }
        let length = self.text().chars().count();
        let burst = self.burst.min(length);
        let is_fast = burst >= LEAST_BURST && at_ms.saturating_sub(self.last_ms.unwrap_or(0)) <= BURST_MS;
        if is_fast && burst < length && !reads_as_code(&text) {
            let (before, scan) = split_at_char(self.text(), length - burst);
            let (before, scan) = (before.to_owned(), trimmed(scan).to_owned());
            if reads_as_code(&scan) && !before.ends_with(['*', 'x']) {
                self.put(&before);
                return Ended::Entered(Entered { text: scan, is_fast });
            }
        }
        self.clear();
        Ended::Entered(Entered {
            text,
            is_fast: is_fast && burst == length,
        })
    }

    /// Plus and minus signs that stand alone for a moment are keys.
    pub fn settle(&mut self, at_ms: u64) -> Option<i64> {
        let signs = signs(self.text())?;
        let is_quiet = self
            .last_ms
            .is_none_or(|last| at_ms.saturating_sub(last) >= SETTLE_MS);
        is_quiet.then(|| {
            self.clear();
            signs
        })
    }

    /// A digit that stands alone for a moment is the answer to a numbered question. Scanners that are slowed for old hosts
    /// send a key every 50 ms, so the moment is longer than theirs.
    pub fn settle_digit(&mut self, at_ms: u64) -> Option<char> {
        let digit = self.lone_digit()?;
        let is_quiet = self
            .last_ms
            .is_none_or(|last| at_ms.saturating_sub(last) >= SETTLE_DIGIT_MS);
        is_quiet.then(|| {
            self.clear();
            digit
        })
    }

    /// The digit that stands alone on the line.
    pub fn lone_digit(&self) -> Option<char> {
        let mut characters = self.text().chars();
        let digit = characters.next().filter(char::is_ascii_digit)?;
        characters.next().is_none().then_some(digit)
    }

    /// Is something on the line that `settle` decides?
    pub fn is_settling(&self) -> bool {
        signs(self.text()).is_some()
    }
}

/// Can this only be a code, never an amount? Numbers of goods and cards with a right check digit, element strings, links
/// and stripes; a payment card too, so that it is refused by the scan and never shown as a sum.
pub fn reads_as_code(text: &str) -> bool {
    let text = text.rsplit_once('*').map_or(text, |(_, code)| code);
    if text.chars().any(char::is_control) || text.starts_with([']', '%', ';', '(']) {
        return true;
    }
    match scan::read(text, &Settings::default()) {
        Ok(read) => !matches!(read.kind, Kind::Plain(_)),
        Err(fault) => fault == Unread::PaymentCard,
    }
}

fn signs(text: &str) -> Option<i64> {
    let one = |c| match c {
        '+' => Some(1),
        '-' => Some(-1),
        _ => None,
    };
    if text.is_empty() {
        return None;
    }
    text.chars().map(one).sum()
}

/// White space around a scan is the scanner's; a separator at its end belongs to the code.
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

fn split_at_char(text: &str, count: usize) -> (&str, &str) {
    let at = text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
    text.split_at(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &mut InputLine, text: &str, from_ms: u64, every_ms: u64) -> u64 {
        let mut at = from_ms;
        for c in text.chars() {
            line.push(c, at);
            at += every_ms;
        }
        at
    }

    fn entered(text: &str, is_fast: bool) -> Ended {
        Ended::Entered(Entered {
            text: text.to_owned(),
            is_fast,
        })
    }

    #[test]
    fn a_scan_leaves_typed_text_where_it_was() {
        let mut line = InputLine::default();
        typed(&mut line, "10", 0, 200);
        let end = typed(&mut line, "8901764012273", 1000, 2);
        assert_eq!(line.end(end, true), entered("8901764012273", true));
        assert_eq!(line.text(), "10");
    }

    #[test]
    fn a_number_typed_before_a_scan_multiplies_it() {
        let mut line = InputLine::default();
        typed(&mut line, "3*", 0, 200);
        let end = typed(&mut line, "8901764012273", 1000, 2);
        assert_eq!(line.end(end, true), entered("3*8901764012273", false));
    }

    #[test]
    fn slow_typing_that_arrives_late_is_whole() {
        let mut line = InputLine::default();
        typed(&mut line, "890176", 0, 200);
        let end = typed(&mut line, "4012273", 3000, 0);
        assert_eq!(line.end(end, true), entered("8901764012273", false));
    }

    #[test]
    fn the_second_character_of_a_suffix_presses_nothing() {
        let mut line = InputLine::default();
        let end = typed(&mut line, "GUM", 0, 2);
        assert_eq!(line.end(end, true), entered("GUM", false));
        assert_eq!(line.end(end + 1, false), Ended::Nothing, "LF after CR");
        assert_eq!(line.end(end + 2, true), Ended::Nothing, "CR after CR");
        assert_eq!(line.end(end + 900, true), Ended::Press, "the cashier's own Enter");
        assert_eq!(line.end(end + 1800, false), Ended::Nothing, "TAB never presses");
    }

    #[test]
    fn lone_signs_are_keys_and_the_sign_of_a_stripe_is_not() {
        let mut line = InputLine::default();
        line.push('+', 0);
        line.push('+', 120);
        assert_eq!(line.settle(130), None);
        assert_eq!(line.settle(200), Some(2));
        let end = typed(&mut line, "+123456789012=", 1000, 2);
        assert_eq!(line.settle(end + 100), None);
        assert!(matches!(line.end(end, true), Ended::Entered(_)));
    }

    #[test]
    fn amounts_do_not_read_as_codes() {
        for (text, is_code) in [
            ("8901764012273", true),
            ("8901764012274", false),
            ("184.20", false),
            ("500", false),
            ("100000", false),
            ("]C18018123456789012345675", true),
            ("3*8901764012273", true),
            ("0189017640122732\x1d10A", true),
        ] {
            assert_eq!(reads_as_code(text), is_code, "{text:?}");
        }
    }
}
