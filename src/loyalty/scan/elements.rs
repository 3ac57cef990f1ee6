//! The elements of GS1 data: application identifiers (AIs) with their values, however they were written. Reading them
//! is for `gs1` and `digital_link`.

use std::fmt;

use jiff::civil::Date;
use zeroize::Zeroize;

use super::gs1_rules::Rule;
use super::gs1_table::{Letters, Part, Row, digits_of, row_of};
use super::{Settings, Unread, date, payment};

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

    /// Whether one of them is a key with a check digit, which was found right.
    pub(super) fn have_check_digit(&self) -> bool {
        let is_key = |element: &Element| {
            let parts = element.ai.row().shape.iter();
            parts.flat_map(|part| part.rules).any(|rule| *rule == Rule::Csum)
        };
        self.iter().any(is_key)
    }

    /// Overwrites every value: one of them must not stay in memory.
    pub(super) fn wipe(&mut self) {
        self.0.iter_mut().for_each(|element| element.value.zeroize());
    }

    /// Whether a value that may be any text, such as a serial, or an amount without bounds is a payment card's number. Keys
    /// have their own check digit, and so have the numbers of telephones (8040, 8041), which is Luhn's.
    pub(super) fn hold_payment_card(&self, settings: &Settings) -> bool {
        self.iter().any(|element| {
            let longest_other = match element.ai.row().shape {
                [Part { letters, .. }, ..] if *letters != Letters::N => 12,
                // The 13 digits of a NATO stock number have no check digit: one in thirty would look like a card.
                [Part { rules: [], .. }, ..] if !matches!(element.ai.0, 8040 | 8041) => 13,
                _ => return false,
            };
            element.value.len() > longest_other && payment::is_in_value(&element.value, settings)
        })
    }

    /// Checks that each AI has the partners it needs and none that it forbids.
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
                other.ai != ai && row.excludes.split(',').any(|pattern| matches(other.ai, pattern))
            };
            if let Some(other) = self.iter().find(excluded) {
                return Err(Unread::Clash { ai, with: other.ai });
            }
            let has = |pattern: &str| {
                self.iter()
                    .any(|other| other.ai != ai && matches(other.ai, pattern))
            };
            if !row.needs.is_empty() && !row.needs.split(',').any(|group| group.split('+').all(has)) {
                return Err(Unread::Association { ai, needs: row.needs });
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
            if self.get(ai).is_some_and(|value| value.len() == without_serial) {
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

/// The number that two digits in front make.
pub(super) fn leading_two(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', ..] => {
            Some(usize::from(tens - b'0') * 10 + usize::from(ones - b'0'))
        }
        _ => None,
    }
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
    use super::super::{Settings, gs1::read};
    use super::*;

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
    fn an_amount_that_is_a_payment_card_is_seen() {
        let holds = |data: &str| {
            let elements = read(data, &Settings::default()).expect("elements");
            elements.hold_payment_card(&Settings::default())
        };
        assert!(holds("3902378282246310005") && holds("8043411111111111111118"));
        // A telephone's Luhn digit, a stock number, an amount that is none, keys.
        assert!(!holds("8040353011133330001") && !holds("70014222222222222") && !holds("39021050"));
        assert!(!holds("8018411111111111111116"));
    }

    #[test]
    fn debug_shows_no_value() {
        let elements = read("8018123456789012345675", &Settings::default()).expect("a member");
        assert!(!format!("{elements:?}").contains("12345"));
    }
}
