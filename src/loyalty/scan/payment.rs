//! Payment cards, so that they can be refused: the number ranges of ISO/IEC 7812 issuers and the Luhn check. Nothing here
//! keeps a digit, and no answer names one.

use zeroize::Zeroizing;

use super::Settings;
use super::number::is_gsrn;
use super::retail::check_digit_is_right;

/// The shortest and the longest card number of any payment scheme, in digits.
const LENGTHS: std::ops::RangeInclusive<usize> = 12..=19;
/// How long a row of digits is that may be a card's number with something behind it.
const LONG_ROW: std::ops::RangeInclusive<usize> = 20..=40;

/// The digit that makes a number pass Luhn (ISO/IEC 7812-1 annex B), given the digits before it.
pub(super) fn luhn_digit(payload: &[u8]) -> u8 {
    let sum: u32 = payload
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            let doubled = if place % 2 == 0 { digit * 2 } else { digit };
            doubled / 10 + doubled % 10
        })
        .sum();
    ((10 - sum % 10) % 10) as u8
}

/// Whether the last digit of an all-digit number is its Luhn digit.
pub(super) fn passes_luhn(digits: &[u8]) -> bool {
    digits
        .split_last()
        .is_some_and(|(last, payload)| luhn_digit(payload) == last - b'0')
}

/// Whether an all-digit number lies in a range that a payment scheme hands out. Says nothing of Luhn.
pub(super) fn is_in_payment_range(digits: &[u8]) -> bool {
    if !LENGTHS.contains(&digits.len()) {
        return false;
    }
    let first = |count: usize| {
        digits[..count]
            .iter()
            .fold(0, |number, digit| number * 10 + u16::from(digit - b'0'))
    };
    let (one, two, three, four) = (first(1), first(2), first(3), first(4));
    one == 4
        || matches!(two, 51..=55 | 34 | 37 | 36 | 38 | 39 | 62 | 65 | 60 | 81 | 82 | 50 | 56..=69)
        || matches!(three, 300..=305 | 309 | 508 | 644..=649)
        || matches!(four, 2221..=2720 | 3528..=3589 | 6011)
        || one == 1 && digits.len() == 15
}

/// Whether numbers that begin so may be payment cards: whether the range of a scheme takes in this beginning, or begins
/// with it.
pub fn is_range(prefix: &str) -> bool {
    let stretched = |with: char, length: usize| -> Vec<u8> {
        prefix
            .chars()
            .chain(std::iter::repeat(with))
            .take(length)
            .map(|c| c as u8)
            .collect()
    };
    let all_digits = prefix.bytes().all(|digit| digit.is_ascii_digit());
    // A beginning of fewer than four digits is tried with all that may follow it.
    let fillings = 10_usize.pow(4_u32.saturating_sub(u32::try_from(prefix.len()).unwrap_or(4)));
    all_digits
        && [15, 16].into_iter().any(|length| {
            let mut digits = stretched('0', length);
            (0..fillings).any(|filling| {
                let tail = format!("{filling:0width$}", width = 4_usize.saturating_sub(prefix.len()));
                if prefix.len() < 4 {
                    digits[prefix.len()..4].copy_from_slice(tail.as_bytes());
                }
                is_in_payment_range(&digits)
            })
        })
}

/// Whether a typed or scanned number must be taken for a payment card: a scheme's range, Luhn right, and not a prefix
/// of the shop's own cards.
pub(super) fn must_refuse(digits: &str, settings: &Settings) -> bool {
    is_in_payment_range(digits.as_bytes()) && passes_luhn(digits.as_bytes()) && !settings.names_card(digits)
}

/// As `must_refuse`, but a number of a length of goods whose GS1 check digit is right is goods.
fn is_card(digits: &str, settings: &Settings) -> bool {
    let goods = matches!(digits.len(), 12..=14) && check_digit_is_right(digits.as_bytes());
    let own_gsrn = settings.names_gsrn(digits) && is_gsrn(digits);
    !goods && !own_gsrn && must_refuse(digits, settings)
}

/// Whether a long row of digits begins with a card's number, as where a date follows without a gap. UATP's 1 is left out:
/// half of all GS1 rows begin so.
fn begins_with_card(digits: &str, settings: &Settings) -> bool {
    LONG_ROW.contains(&digits.len())
        && !digits.starts_with('1')
        && (13..=19).any(|length| is_card(&digits[..length], settings))
}

/// Whether a payment card's number stands somewhere in a text: in one piece, in groups with anything but letters between
/// them, beside other digits, or at the beginning of a longer row.
pub fn hides_in(text: &str, settings: &Settings) -> bool {
    let text = text.strip_prefix("LP1").unwrap_or(text);
    sequences(text).iter().any(|groups| {
        let whole = Zeroizing::new(groups.concat());
        let is_ours = LENGTHS.contains(&whole.len())
            && (settings.names_card(&whole) && passes_luhn(whole.as_bytes())
                || settings.names_gsrn(&whole) && is_gsrn(&whole));
        stand_alone(groups, settings) || !is_ours && groups.len() > 1 && join(groups, settings)
    })
}

/// Whether a name of something, such as a sale's, is a payment card's number: as `hides_in`, but groups are joined only
/// where they are those that cards have, for such names are often made of a till, a day and a count.
pub fn is_name_of(text: &str, settings: &Settings) -> bool {
    sequences(text).iter().any(|groups| {
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        let as_printed = match lengths.as_slice() {
            [4, 6, 4 | 5] | [8, 8] => true,
            [4, 4, 4, rest @ ..] => rest.iter().all(|length| *length <= 4),
            _ => false,
        };
        stand_alone(groups, settings) || as_printed && join(groups, settings)
    })
}

/// Whether a value of GS1 data holds a payment card's number: one that fills it, its separators apart, or one in a piece
/// beside letters. Groups beside letters are not joined: serials and lots are often made of such.
pub(super) fn is_in_value(value: &str, settings: &Settings) -> bool {
    let is_long_card = |digits: &str| digits.len() > 12 && is_card(digits, settings);
    let sequences = sequences(value);
    let fills = match sequences.as_slice() {
        [groups] if groups.len() > 1 && !value.chars().any(char::is_alphabetic) => {
            is_long_card(&Zeroizing::new(groups.concat()))
        }
        _ => false,
    };
    fills || sequences.iter().flatten().any(|group| is_long_card(group))
}

fn stand_alone(groups: &[&str], settings: &Settings) -> bool {
    groups
        .iter()
        .any(|group| is_card(group, settings) || begins_with_card(group, settings))
}

/// Whether some neighbouring groups are a card's number together.
fn join(groups: &[&str], settings: &Settings) -> bool {
    // Never grows, so that no copy of a card is left behind.
    let mut digits = Zeroizing::new(String::with_capacity(*LENGTHS.end()));
    (0..groups.len()).any(|from| {
        digits.clear();
        for group in &groups[from..] {
            if digits.len() + group.len() > *LENGTHS.end() {
                return false;
            }
            digits.push_str(group);
            if is_card(&digits, settings) {
                return true;
            }
        }
        false
    })
}

/// The groups of digits of a text. Those with no letter between them are one sequence.
fn sequences(text: &str) -> Vec<Vec<&str>> {
    let mut sequences = vec![Vec::new()];
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (between, from) = rest.split_at(start);
        if between.chars().any(char::is_alphanumeric) {
            sequences.push(Vec::new());
        }
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (group, behind) = from.split_at(end);
        if let Some(last) = sequences.last_mut() {
            last.push(group);
        }
        rest = behind;
    }
    sequences.retain(|groups| !groups.is_empty());
    sequences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luhn_by_the_book() {
        for number in [
            "49927398716",
            "78949",
            "0000000",
            "4111111111111111",
            "9356001234567898",
        ] {
            assert!(passes_luhn(number.as_bytes()), "{number}");
        }
        for number in ["49927398717", "4992739871", "79927398710", ""] {
            assert!(!passes_luhn(number.as_bytes()), "{number}");
        }
    }

    #[test]
    fn the_edges_of_the_payment_ranges() {
        let padded = |start: &str| format!("{start:0<16}");
        for start in [
            "4", "51", "55", "2221", "2720", "34", "37", "300", "305", "309", "36", "38", "39", "3528",
            "3589", "6011", "644", "649", "65", "62", "60", "81", "82", "508", "50", "56", "69",
        ] {
            assert!(is_in_payment_range(padded(start).as_bytes()), "{start}");
        }
        for start in [
            "1", "2220", "2721", "306", "308", "3527", "3590", "31", "33", "35", "70", "80", "83", "9356",
            "0",
        ] {
            assert!(!is_in_payment_range(padded(start).as_bytes()), "{start}");
        }
        assert!(is_in_payment_range(b"100000000000000"), "UATP has 15 digits");
        assert!(!is_in_payment_range(b"41111111111"), "11 digits are too few");
        assert!(
            !is_in_payment_range(b"41111111111111111111"),
            "20 digits are too many"
        );
    }

    #[test]
    fn a_card_is_found_in_a_text() {
        let settings = Settings::default();
        assert!(hides_in("PAN 4111 1111 1111 1111, thanks", &settings));
        assert!(hides_in("4111-1111-1111-1111", &settings));
        assert!(!hides_in("4111111111111112", &settings));
        assert!(!hides_in("order 12, table 4", &settings));
        let own = Settings {
            card_prefixes: vec!["4111".to_owned()],
            ..Settings::default()
        };
        assert!(!hides_in("4111111111111111", &own));
        assert!(!hides_in("4111 1111 1111 1111", &own));
    }

    #[test]
    fn neighbours_and_gaps_hide_no_card() {
        let settings = Settings::default();
        for text in [
            "4111111111111111 12/25 123",
            "4111111111111111 123",
            "tel 12 4111111111111111",
            "4111111111111111 4111111111111111",
            "41111111111111112512",
            "4111.1111.1111.1111",
            "4111_1111_1111_1111",
            "4111/1111/1111/1111",
            "4111  1111  1111  1111",
            "4111 - 1111 - 1111 - 1111",
            "4111\u{a0}1111\u{a0}1111\u{a0}1111",
            "4111\u{2013}1111\u{2013}1111\u{2013}1111",
            "4111\t1111\t1111\t1111",
            "12 4111 1111 1111 1111 12/25",
            "X4111111111111111",
            "LP14111111111111111",
            ";4111111111111111=2512?",
        ] {
            assert!(hides_in(text, &settings), "{text}");
        }
        for text in [
            "4006381333931",
            "4006381333931 4006381333931",
            "950600013430000016",
            "123456789012345675",
            "2026-02-10 12:00:00",
            "411111111111x1111",
            "31198570044",
            "1029743",
        ] {
            assert!(!hides_in(text, &settings), "{text}");
        }
    }

    #[test]
    fn a_name_is_a_card_only_as_cards_are_written() {
        let settings = Settings::default();
        for name in [
            "4111111111111111",
            "R4111111111111111",
            "4111 1111 1111 1111",
            "3782-822463-10005",
        ] {
            assert!(is_name_of(name, &settings), "{name}");
        }
        for name in [
            "31198570044",
            "1029743",
            "4006381333931",
            "4111111111111112",
            "7000000000000000005",
            "4-111111111111-111",
        ] {
            assert!(!is_name_of(name, &settings), "{name}");
        }
    }
}
