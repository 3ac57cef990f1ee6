//! GS1 element strings: application identifiers (AIs) and their values, one after the other. The table of AIs is in
//! `gs1_table`, the checks of values in `gs1_rules`.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;

use super::gs1_rules::Rule;
use super::gs1_table::{Letters, Part, Row, digits_of, row_of};
use super::{Settings, Unread, date};

/// The separator that a scanner sends for FNC1.
const GS: u8 = 0x1D;

/// An application identifier: the two to four digits that say what the value behind them is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ai(u16);

impl Ai {
    /// 01, the number of an article.
    pub const GTIN: Ai = Ai(1);
    /// 255, the number of a coupon.
    pub const GCN: Ai = Ai(255);
    /// 8018, the number of the one who receives a service: a loyalty member.
    pub const GSRN: Ai = Ai(8018);
    /// 8019, which issue of the card it is.
    pub const SRIN: Ai = Ai(8019);
    const DIGSIG: Ai = Ai(8030);

    /// The AI with this number, if there is one; 1 is AI 01.
    pub fn of(number: u16) -> Option<Ai> {
        row_of(number).map(|_| Ai(number))
    }

    /// Reads an AI that stands alone, as between brackets or in a link.
    pub(super) fn parse(digits: &str) -> Option<Ai> {
        let leading = leading_two(digits.as_bytes())?;
        let all_digits = digits.bytes().all(|digit| digit.is_ascii_digit());
        if !all_digits || digits.len() != digits_of(leading) {
            return None;
        }
        Ai::of(digits.parse().ok()?)
    }

    /// The AI's number, as 8018; AI 01 is 1.
    pub fn number(self) -> u16 {
        self.0
    }

    pub(super) fn row(self) -> &'static Row {
        row_of(self.0).expect("an Ai is made only of numbers that the table has")
    }
}

impl fmt::Display for Ai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

impl fmt::Debug for Ai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An AI and its checked value. `Debug` hides the value: it may be a member's number.
#[derive(Clone, PartialEq, Eq)]
pub struct Element {
    /// What it is.
    pub ai: Ai,
    /// Its value, as it was scanned.
    pub value: String,
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({})…{}", self.ai, self.value.len())
    }
}

/// The elements of one scan, in the order in which they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elements(Vec<Element>);

impl Elements {
    pub(super) fn of(elements: Vec<Element>) -> Elements {
        Elements(elements)
    }

    /// The first value of an AI.
    pub fn get(&self, ai: Ai) -> Option<&str> {
        self.iter()
            .find(|element| element.ai == ai)
            .map(|element| element.value.as_str())
    }

    /// All of them in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Element> {
        self.0.iter()
    }

    /// The dates among them (best before, expiry, …), with the century that they have today.
    pub fn dates(&self, today: Date) -> impl Iterator<Item = (Ai, Date)> {
        self.iter().filter_map(move |element| {
            let [
                Part {
                    rules: [Rule::YymmD0 | Rule::Yymmdd],
                    ..
                },
            ] = element.ai.row().shape
            else {
                return None;
            };
            Some((element.ai, date::resolve(&element.value, today)?))
        })
    }

    /// Checks that each AI has the partners it needs and none that it forbids (General Specifications, 4.13 and 4.14).
    pub(super) fn check_associations(&self) -> Result<(), Unread> {
        for (at, element) in self.iter().enumerate() {
            let (ai, row) = (element.ai, element.ai.row());
            if self.0[at + 1..]
                .iter()
                .any(|later| later.ai == ai && later.value != element.value)
            {
                return Err(Unread::Clash { ai, with: ai });
            }
            let excluded = |other: &&Element| {
                other.ai != ai
                    && row
                        .excludes
                        .split(',')
                        .any(|pattern| matches(other.ai, pattern))
            };
            if let Some(other) = self.iter().find(excluded) {
                return Err(Unread::Clash { ai, with: other.ai });
            }
            let has = |pattern: &str| {
                self.iter()
                    .any(|other| other.ai != ai && matches(other.ai, pattern))
            };
            if !row.needs.is_empty() && !row.needs.split(',').any(|group| group.split('+').all(has))
            {
                return Err(Unread::Association {
                    ai,
                    needs: row.needs,
                });
            }
        }
        self.check_signed_serial()
    }

    /// A signature (8030) over a kind of document, coupon or asset means one of them, so its serial must be there.
    fn check_signed_serial(&self) -> Result<(), Unread> {
        if self.get(Ai::DIGSIG).is_none() {
            return Ok(());
        }
        for (ai, without_serial) in [(Ai(253), 13), (Ai::GCN, 13), (Ai(8003), 14)] {
            if self
                .get(ai)
                .is_some_and(|value| value.len() == without_serial)
            {
                return Err(Unread::Association {
                    ai: Ai::DIGSIG,
                    needs: "the serial number of what is signed",
                });
            }
        }
        Ok(())
    }
}

impl<'a> IntoIterator for &'a Elements {
    type Item = &'a Element;
    type IntoIter = std::slice::Iter<'a, Element>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Reads an element string as scanners send it: no FNC1 in front, GS between.
pub(super) fn read(data: &str, settings: &Settings) -> Result<Elements, Unread> {
    let data = match settings.gs_substitute {
        Some(substitute) if data.contains(substitute) => {
            Cow::Owned(data.replace(substitute, "\x1D"))
        }
        _ => Cow::Borrowed(data),
    };
    if !data.is_ascii() {
        return Err(Unread::Charset { ai: None });
    }
    let bytes = data.as_bytes();
    let mut elements = Vec::with_capacity(4);
    let mut at = 0;
    loop {
        while bytes.get(at) == Some(&GS) {
            at += 1; // also after a fixed length, doubled, or at the end
        }
        if at == bytes.len() {
            break;
        }
        let ai = leading_ai(&bytes[at..])?;
        let from =
            at + digits_of(usize::from(bytes[at] - b'0') * 10 + usize::from(bytes[at + 1] - b'0'));
        let end = bytes[from..]
            .iter()
            .position(|&byte| byte == GS)
            .map_or(bytes.len(), |length| from + length);
        let row = ai.row();
        at = from + check_value(ai, row, &data[from..end])?;
        if at < end && !row.is_predefined_length() {
            return Err(Unread::Length { ai: Some(ai) });
        }
        elements.push(Element {
            ai,
            value: data[from..at].to_owned(),
        });
    }
    finish(elements, settings)
}

/// Reads the form that people type and labels print: `(01)09520123456788(17)260400`. `\(` is a bracket in a value.
pub(super) fn read_bracketed(text: &str, settings: &Settings) -> Result<Elements, Unread> {
    let mut elements = Vec::with_capacity(4);
    let mut rest = text;
    while !rest.is_empty() {
        let inner = rest.strip_prefix('(').ok_or(Unread::Unrecognised)?;
        let (digits, behind) = inner.split_once(')').ok_or(Unread::Unrecognised)?;
        let ai = Ai::parse(digits).ok_or(Unread::UnknownAi)?;
        let end = behind
            .match_indices('(')
            .map(|(at, _)| at)
            .find(|&at| !behind[..at].ends_with('\\'))
            .unwrap_or(behind.len());
        let value = behind[..end].replace("\\(", "(");
        check_whole_value(ai, &value)?;
        elements.push(Element { ai, value });
        rest = &behind[end..];
    }
    finish(elements, settings)
}

fn finish(elements: Vec<Element>, settings: &Settings) -> Result<Elements, Unread> {
    if elements.is_empty() {
        return Err(Unread::Empty);
    }
    let elements = Elements(elements);
    if settings.check_associations {
        elements.check_associations()?;
    }
    Ok(elements)
}

/// Checks a value that stands alone, so that nothing may be left over.
pub(super) fn check_whole_value(ai: Ai, value: &str) -> Result<(), Unread> {
    let row = ai.row();
    let length = |count: fn(&Part) -> u8| {
        row.shape
            .iter()
            .map(|part| usize::from(count(part)))
            .sum::<usize>()
    };
    let (min, max) = (
        length(|part| if part.optional { 0 } else { part.min }),
        length(|part| part.max),
    );
    if !(min..=max).contains(&value.chars().count()) {
        return Err(Unread::Length { ai: Some(ai) });
    }
    if !value.is_ascii() {
        return Err(Unread::Charset { ai: Some(ai) });
    }
    match check_value(ai, row, value)? {
        used if used == value.len() => Ok(()),
        _ => Err(Unread::Length { ai: Some(ai) }),
    }
}

/// Checks as much of an ASCII text as the AI can take, and says how much that is.
fn check_value(ai: Ai, row: &Row, text: &str) -> Result<usize, Unread> {
    let mut at = 0;
    for part in row.shape {
        let length = (text.len() - at).min(usize::from(part.max));
        if length == 0 && part.optional {
            continue;
        }
        if length < usize::from(part.min) {
            return Err(Unread::Length { ai: Some(ai) });
        }
        let value = &text[at..at + length];
        check_letters(ai, part.letters, value)?;
        for rule in part.rules {
            rule.check(ai, value)?;
        }
        at += length;
    }
    Ok(at)
}

fn check_letters(ai: Ai, letters: Letters, value: &str) -> Result<(), Unread> {
    let all = |allowed: fn(u8) -> bool, value: &str| value.bytes().all(allowed);
    let ok = match letters {
        Letters::N => {
            return if all(|c| c.is_ascii_digit(), value) {
                Ok(())
            } else {
                Err(Unread::NonNumeric { ai: Some(ai) })
            };
        }
        Letters::X => all(
            |c| {
                c.is_ascii_alphanumeric()
                    || matches!(c, b'!' | b'"' | b'%'..=b'/' | b':'..=b'?' | b'_')
            },
            value,
        ),
        Letters::Y => all(
            |c| c.is_ascii_digit() || c.is_ascii_uppercase() || matches!(c, b'#' | b'-' | b'/'),
            value,
        ),
        Letters::Z => {
            let bare = value.trim_end_matches('=');
            let padding = value.len() - bare.len();
            let padded =
                padding == 0 || padding <= 2 && (value.len() % 3 == 0 || value.len() % 4 == 0);
            padded
                && all(
                    |c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'),
                    bare,
                )
        }
    };
    if ok {
        Ok(())
    } else {
        Err(Unread::Charset { ai: Some(ai) })
    }
}

fn leading_two(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', ..] => {
            Some(usize::from(tens - b'0') * 10 + usize::from(ones - b'0'))
        }
        _ => None,
    }
}

fn leading_ai(bytes: &[u8]) -> Result<Ai, Unread> {
    let digits = leading_two(bytes).map_or(0, digits_of);
    let text = bytes
        .get(..digits)
        .and_then(|digits| std::str::from_utf8(digits).ok());
    text.and_then(Ai::parse).ok_or(Unread::UnknownAi)
}

/// Whether an AI is of a pattern such as `01` or `31nn`.
fn matches(ai: Ai, pattern: &str) -> bool {
    let fixed = pattern.trim_end_matches('n');
    let Ok(number) = fixed.parse::<u16>() else {
        return false;
    };
    match pattern.len() - fixed.len() {
        0 => ai.0 == number,
        1 => ai.0 / 10 == number && ai.0 >= 1000,
        _ => ai.0 / 100 == number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(data: &str) -> Result<Vec<(String, String)>, Unread> {
        let elements = read(data, &Settings::default())?;
        Ok(elements
            .iter()
            .map(|element| (element.ai.to_string(), element.value.clone()))
            .collect())
    }

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(ai, value)| ((*ai).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn values_end_where_their_length_or_a_gs_says() {
        let expected = owned(&[
            ("01", "12312312312333"),
            ("10", "ABC123"),
            ("99", "TESTING"),
        ]);
        for data in [
            "011231231231233310ABC123\x1D99TESTING",
            "0112312312312333\x1D10ABC123\x1D\x1D99TESTING\x1D",
            "\x1D011231231231233310ABC123\x1D99TESTING",
        ] {
            assert_eq!(read_all(data), Ok(expected.clone()), "{data:?}");
        }
        assert_eq!(
            read_all("8019123\x1D4101234567890128"),
            Ok(owned(&[("8019", "123"), ("410", "1234567890128")]))
        );
    }

    #[test]
    fn each_fault_has_its_name() {
        let ai = |number| Ai::of(number);
        for (data, fault) in [
            ("", Unread::Empty),
            ("\x1D", Unread::Empty),
            ("891234", Unread::UnknownAi),
            ("8", Unread::UnknownAi),
            ("8A", Unread::UnknownAi),
            ("801", Unread::UnknownAi),
            ("01", Unread::Length { ai: ai(1) }),
            ("01A2345678901231", Unread::NonNumeric { ai: ai(1) }),
            ("10A^B", Unread::Charset { ai: ai(10) }),
            ("10é", Unread::Charset { ai: None }),
            ("2421234567", Unread::Length { ai: ai(242) }),
            ("80191234567890\x1D8018", Unread::Length { ai: ai(8018) }),
            (
                "17261301",
                Unread::Value {
                    ai: Ai(17),
                    wants: "a day of the calendar",
                },
            ),
            ("8018123456789012345670", Unread::CheckDigit { expected: 5 }),
        ] {
            assert_eq!(read_all(data), Err(fault), "{data:?}");
        }
    }

    #[test]
    fn a_lost_gs_can_be_typed_as_another_key() {
        let settings = Settings {
            gs_substitute: Some('|'),
            ..Settings::default()
        };
        let elements = read("10AB|8019123|", &settings).expect("two elements");
        assert_eq!(
            (elements.get(Ai(10)), elements.get(Ai::SRIN)),
            (Some("AB"), Some("123"))
        );
    }

    #[test]
    fn partners_are_asked_for_only_where_the_shop_wants_it() {
        let strict = Settings {
            check_associations: true,
            ..Settings::default()
        };
        for (data, right) in [
            ("2551234567890128\x1D81111234", true),
            ("81111234", false),
            ("2551234567890128\x1D81111234\x1D39400050", false),
            ("8018123456789012345675\x1D8019123", true),
            ("8018123456789012345675\x1D8017795260646688514634", false),
            ("2551234567890128\x1D8030ABC123", false),
            ("25512345678901281\x1D8030ABC123", true),
            ("0112345678901231310200012331030000123", false),
            ("011234567890123110A\x1D10B", false),
            ("011234567890123110A\x1D10A", true),
        ] {
            assert_eq!(read(data, &strict).is_ok(), right, "{data:?}");
            assert!(
                read(data, &Settings::default()).is_ok() || data.contains("31020"),
                "{data:?}"
            );
        }
    }

    #[test]
    fn typed_brackets() {
        let read = |text| read_bracketed(text, &Settings::default());
        assert_eq!(
            read("(10)12345\\(11)991225").map(|e| e.get(Ai(10)).map(str::to_owned)),
            Ok(Some("12345(11)991225".to_owned()))
        );
        for (text, fault) in [
            (
                "(01)123456789012312(10)12345",
                Unread::Length { ai: Some(Ai(1)) },
            ),
            ("(10)(11)987654", Unread::Length { ai: Some(Ai(10)) }),
            ("(17)9(90)217", Unread::Length { ai: Some(Ai(17)) }),
            ("(1A)12345", Unread::UnknownAi),
            ("()1", Unread::UnknownAi),
            ("(8018", Unread::Unrecognised),
        ] {
            assert_eq!(read(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn patterns_stand_for_ais() {
        assert!(matches(Ai(3102), "310n") && matches(Ai(3102), "31nn") && matches(Ai(1), "01"));
        assert!(
            !matches(Ai(310), "31n")
                && !matches(Ai(3202), "31nn")
                && !matches(Ai(10), "01")
                && !matches(Ai(1), "")
        );
    }

    #[test]
    fn debug_shows_no_value() {
        let elements = read("8018123456789012345675", &Settings::default()).expect("a member");
        assert!(!format!("{elements:?}").contains("12345"));
    }
}
