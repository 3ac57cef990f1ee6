//! GS1 element strings: application identifiers (AIs) and their values, one after the other. The table of AIs is in
//! `gs1_table`, the checks of values in `gs1_rules`.

use std::borrow::Cow;

use super::elements::leading_two;
use super::gs1_table::{Letters, Part, Row, digits_of};
use super::{Ai, Element, Elements, Gtin, Settings, Unread};

/// The separator that a scanner sends for FNC1.
const GS: u8 = 0x1D;

/// Reads an element string as scanners send it: no FNC1 in front, GS between.
pub(super) fn read(data: &str, settings: &Settings) -> Result<Elements, Unread> {
    let data = match substitute(settings) {
        Some(substitute) if data.contains(substitute) => Cow::Owned(data.replace(substitute, "\x1D")),
        _ => Cow::Borrowed(data),
    };
    let data = ascii(data);
    let bytes = data.as_bytes();
    let mut elements = Vec::with_capacity(4);
    let (mut at, mut end) = (0, 0);
    loop {
        while bytes.get(at) == Some(&GS) {
            at += 1; // also after a fixed length, doubled, or at the end
        }
        if at == bytes.len() {
            break;
        }
        let ai = leading_ai(&bytes[at..])?;
        let from = at + digits_of(usize::from(bytes[at] - b'0') * 10 + usize::from(bytes[at + 1] - b'0'));
        if end < from {
            let length = bytes[from..].iter().position(|&byte| byte == GS);
            end = length.map_or(bytes.len(), |length| from + length);
        }
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

/// Each character that is not ASCII becomes one that no value may hold, so that the value it stands in says what is wrong.
fn ascii(data: Cow<'_, str>) -> Cow<'_, str> {
    const NOWHERE: char = '\x7F';
    match data.is_ascii() {
        true => data,
        false => data
            .chars()
            .map(|c| if c.is_ascii() { c } else { NOWHERE })
            .collect(),
    }
}

/// Reads the second part of a composite. The number of its first part is its partner where partners are asked for.
pub(super) fn read_beside(gtin: Gtin, data: &str, settings: &Settings) -> Result<Elements, Unread> {
    let alone = Settings {
        check_associations: false,
        gs_substitute: settings.gs_substitute.clone(),
        ..Settings::default()
    };
    let second = read(data, &alone)?;
    if settings.check_associations {
        let first = Element {
            ai: Ai::GTIN,
            value: gtin.as_str().to_owned(),
        };
        let both = std::iter::once(first).chain(second.iter().cloned()).collect();
        Elements::of(both).check_associations()?;
    }
    Ok(second)
}

/// Whether a separator stands in a text: then it is an element string, whether an identifier says so or not.
pub(super) fn has_separator(text: &str, settings: &Settings) -> bool {
    text.as_bytes().contains(&GS) || substitute(settings).is_some_and(|substitute| text.contains(substitute))
}

fn substitute(settings: &Settings) -> Option<&str> {
    settings
        .gs_substitute
        .as_deref()
        .filter(|substitute| !substitute.is_empty())
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
    let elements = Elements::of(elements);
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
    let value = ascii(Cow::Borrowed(value));
    match check_value(ai, row, &value)? {
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
            |c| c.is_ascii_alphanumeric() || matches!(c, b'!' | b'"' | b'%'..=b'/' | b':'..=b'?' | b'_'),
            value,
        ),
        Letters::Y => all(
            |c| c.is_ascii_digit() || c.is_ascii_uppercase() || matches!(c, b'#' | b'-' | b'/'),
            value,
        ),
        Letters::Z => {
            let bare = value.trim_end_matches('=');
            let padding = value.len() - bare.len();
            // Padding is counted as GS1's reference checks count it: the whole is a multiple of three.
            let padded = padding == 0 || padding <= 2 && value.len().is_multiple_of(3);
            padded && all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'), bare)
        }
    };
    if ok { Ok(()) } else { Err(Unread::Charset { ai }) }
}

fn leading_ai(bytes: &[u8]) -> Result<Ai, Unread> {
    let digits = leading_two(bytes).map_or(0, digits_of);
    let text = bytes
        .get(..digits)
        .and_then(|digits| std::str::from_utf8(digits).ok());
    text.and_then(Ai::parse).ok_or(Unread::UnknownAi)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ai(number: u16) -> Ai {
        Ai::of(number).expect("an AI of the table")
    }

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
        let expected = owned(&[("01", "12312312312333"), ("10", "ABC123"), ("99", "TESTING")]);
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
        for (data, fault) in [
            ("", Unread::Empty),
            ("\x1D", Unread::Empty),
            ("891234", Unread::UnknownAi),
            ("8", Unread::UnknownAi),
            ("8A", Unread::UnknownAi),
            ("801", Unread::UnknownAi),
            ("01", Unread::Length { ai: Some(ai(1)) }),
            ("01A2345678901231", Unread::NonNumeric { ai: Some(ai(1)) }),
            ("10A^B", Unread::Charset { ai: ai(10) }),
            ("10é", Unread::Charset { ai: ai(10) }),
            ("011234567890123\u{967}", Unread::NonNumeric { ai: Some(ai(1)) }),
            ("é", Unread::UnknownAi),
            ("2421234567", Unread::Length { ai: Some(ai(242)) }),
            ("80191234567890\x1D8018", Unread::Length { ai: Some(ai(8018)) }),
            (
                "17261301",
                Unread::Value {
                    ai: ai(17),
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
            gs_substitute: Some("|".to_owned()),
            ..Settings::default()
        };
        let elements = read("10AB|8019123|", &settings).expect("two elements");
        assert_eq!(
            (elements.get(ai(10)), elements.get(Ai::SRIN)),
            (Some("AB"), Some("123"))
        );
    }

    #[test]
    fn typed_brackets() {
        let read = |text| read_bracketed(text, &Settings::default());
        assert_eq!(
            read("(10)LOT\\(7)A").map(|e| e.get(ai(10)).map(str::to_owned)),
            Ok(Some("LOT(7)A".to_owned()))
        );
        for (text, fault) in [
            ("(01)095201234567881(10)A", Unread::Length { ai: Some(ai(1)) }),
            ("(10)(17)260400", Unread::Length { ai: Some(ai(10)) }),
            ("(17)2604(10)A", Unread::Length { ai: Some(ai(17)) }),
            ("(8O18)1", Unread::UnknownAi),
            ("()1", Unread::UnknownAi),
            ("(8018", Unread::Unrecognised),
        ] {
            assert_eq!(read(text), Err(fault), "{text}");
        }
    }
}
