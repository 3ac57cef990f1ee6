//! The one line of input for fingers, whatever screen is shown. Scans never pass through it: the keyboard has told them
//! apart before.

use tui_input::{Input, InputRequest};

use crate::device::{Source, content};
use crate::loyalty::scan::Settings;

/// A second Enter this soon after a line belongs to the first.
const SUFFIX_MS: u64 = 80;
/// After this pause a lone plus or minus is a key and not the first character of a text.
const SETTLE_MS: u64 = 60;
/// After this pause a lone digit answers a numbered question.
const SETTLE_DIGIT_MS: u64 = 250;
/// Nobody types longer lines.
const LONGEST: usize = 4096;

/// The line of input.
#[derive(Clone, Debug, Default)]
pub struct InputLine {
    input: Input,
    last_ms: Option<u64>,
    ended_ms: Option<u64>,
}

/// A text that reached a screen: typed and ended with Enter, or scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The text.
    pub text: String,
    /// Where it came from.
    pub source: Source,
    /// It can only be a scan.
    pub is_sure: bool,
}

impl Entered {
    /// What fingers typed.
    pub fn typed(text: impl Into<String>) -> Entered {
        Entered {
            text: text.into(),
            source: Source::Typed,
            is_sure: false,
        }
    }

    /// A scanner sent it.
    pub fn is_scan(&self) -> bool {
        self.source.is_scanner()
    }
}

/// What Enter came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The second key of one Enter: nothing.
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
        self.last_ms = Some(at_ms);
        if self.text().len() < LONGEST {
            self.input.handle(InputRequest::InsertChar(c));
        }
    }

    /// Takes the last character back.
    pub fn rubout(&mut self) {
        self.input.handle(InputRequest::DeletePrevChar);
    }

    /// Empties the line.
    pub fn clear(&mut self) {
        self.input.reset();
    }

    /// Puts text on the line.
    pub fn put(&mut self, text: &str) {
        self.input = Input::new(text.to_owned());
    }

    /// Enter, or a suffix that presses nothing.
    pub fn end(&mut self, at_ms: u64, may_press: bool) -> Ended {
        let text = trimmed(self.text()).to_owned();
        self.clear();
        if text.is_empty() {
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
        match signs(&text) {
            Some(signs) => Ended::Signs(signs),
            None => Ended::Entered(Entered::typed(text)),
        }
    }

    /// A scan arrives while something was typed. What was typed stays, unless it belongs to the scan: a number with its
    /// sign multiplies it, and the end of slow typing that arrived at once is typed.
    pub fn meet(&mut self, scan: Entered, is_typing_here: bool) -> Entered {
        let typed = self.text().to_owned();
        if typed.is_empty() {
            return scan;
        }
        let whole = format!("{typed}{}", scan.text);
        if typed.ends_with(['*', '×']) {
            self.clear();
            return Entered { text: whole, ..scan };
        }
        let is_whole_code = scan.source == Source::Keyboard && reads_as_code(&whole);
        let is_rest = !scan.is_sure && is_typing_here;
        if is_whole_code || is_rest {
            self.clear();
            return Entered::typed(whole);
        }
        scan
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

/// Can this only be a code, never an amount?
pub fn reads_as_code(text: &str) -> bool {
    content::reads_as_code(text, &Settings::default())
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

    fn scanned(text: &str, is_sure: bool) -> Entered {
        Entered {
            text: text.to_owned(),
            source: Source::Keyboard,
            is_sure,
        }
    }

    #[test]
    fn a_scan_leaves_typed_text_where_it_was_unless_it_belongs_to_it() {
        let code = scanned("8901764012273", true);
        for (on_line, scan, met, left) in [
            ("10", code.clone(), code.clone(), "10"),
            ("", code.clone(), code.clone(), ""),
            ("3*", code.clone(), scanned("3*8901764012273", true), ""),
            // Slow typing of which the end arrived at once.
            (
                "890176",
                scanned("4012273", false),
                Entered::typed("8901764012273"),
                "",
            ),
            ("cof", scanned("fee 250", false), Entered::typed("coffee 250"), ""),
        ] {
            let mut line = InputLine::default();
            line.put(on_line);
            assert_eq!(line.meet(scan, true), met, "{on_line}");
            assert_eq!(line.text(), left, "{on_line}");
        }
        let mut line = InputLine::default();
        line.put("20");
        let fast = scanned("ABC-123", false);
        assert_eq!(line.meet(fast.clone(), false), fast, "an amount takes no letters");
        assert_eq!(line.text(), "20");
    }

    #[test]
    fn the_second_key_of_one_enter_presses_nothing() {
        let mut line = InputLine::default();
        let end = typed(&mut line, "GUM", 0, 2);
        assert_eq!(line.end(end, true), Ended::Entered(Entered::typed("GUM")));
        assert_eq!(line.end(end + 1, false), Ended::Nothing, "LF after CR");
        assert_eq!(line.end(end + 2, true), Ended::Nothing, "CR after CR");
        assert_eq!(line.end(end + 900, true), Ended::Press, "the cashier's own Enter");
        assert_eq!(line.end(end + 1800, false), Ended::Nothing, "TAB never presses");
    }

    #[test]
    fn lone_signs_are_keys_and_the_sign_of_a_text_is_not() {
        let mut line = InputLine::default();
        line.push('+', 0);
        line.push('+', 120);
        assert_eq!(line.settle(130), None);
        assert_eq!(line.settle(200), Some(2));
        let end = typed(&mut line, "+12=", 1000, 2);
        assert_eq!(line.settle(end + 100), None);
        assert!(matches!(line.end(end, true), Ended::Entered(_)));
    }
}
