//! Payment cards, so that they can be refused: the number ranges of ISO/IEC 7812 issuers and the Luhn check. Nothing here
//! keeps a digit, and no answer names one.

use super::Settings;
use super::retail::check_digit_is_right;

/// The shortest and the longest card number of any payment scheme, in digits.
const LENGTHS: std::ops::RangeInclusive<usize> = 12..=19;

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

/// Whether a typed or scanned number must be taken for a payment card: a scheme's range, Luhn right, and not a prefix
/// of the shop's own cards.
pub(super) fn must_refuse(digits: &str, settings: &Settings) -> bool {
    is_in_payment_range(digits.as_bytes()) && passes_luhn(digits.as_bytes()) && !settings.names_card(digits)
}

/// Whether a payment card's number stands somewhere in a text, written in one piece or in groups with one space or dash
/// between. A number of a length of goods whose GS1 check digit is right is goods.
pub(super) fn hides_in(text: &str, settings: &Settings) -> bool {
    let mut run = String::new();
    let mut gap = false;
    for letter in text.chars().chain([char::MAX]) {
        if letter.is_ascii_digit() {
            run.push(letter);
            gap = false;
        } else if matches!(letter, ' ' | '-') && !run.is_empty() && !gap {
            gap = true;
        } else {
            let goods = matches!(run.len(), 12..=14) && check_digit_is_right(run.as_bytes());
            if !goods && must_refuse(&run, settings) {
                return true;
            }
            run.clear();
            gap = false;
        }
    }
    false
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
    }
}
