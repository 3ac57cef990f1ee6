//! A number that came without an identifier, typed or scanned: goods, a card, or nothing this shop knows.

use std::fmt;

use super::retail::EightDigits;
use super::{CardRead, Kind, Settings, Unread, payment, retail};

/// The digits of a card. `Debug` shows the last four, and there is no `Display`: who wants all of them must say so.
#[derive(Clone, PartialEq, Eq)]
pub struct Digits(String);

impl Digits {
    /// All digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn four(digits: [u8; 4]) -> Digits {
        Digits(digits.iter().map(|&digit| char::from(digit)).collect())
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…{}", &self.0[self.0.len().saturating_sub(4)..])
    }
}

/// Reads what has no identifier, is not empty, and is neither a stripe, a link nor bracketed.
pub(super) fn read(text: &str, settings: &Settings) -> Result<Kind, Unread> {
    if !text.bytes().all(|c| c.is_ascii_digit()) {
        if payment::hides_in(text, settings) {
            return Err(Unread::PaymentCard);
        }
        return Err(if settings.expect_card {
            Unread::NonNumeric { ai: None }
        } else {
            Unread::Unrecognised
        });
    }
    if settings.expect_card {
        return expected_card(text, settings);
    }
    let goods = match text.len() {
        6..=8 if settings.eight_digits_are == EightDigits::Upce => return retail::read_upce(text),
        8 | 12..=14 => retail::read(text, settings),
        18 => gsrn(text, settings),
        _ => Err(Unread::Unrecognised),
    };
    match goods {
        // Only a number that is no goods is looked at as a card; a label whose weight was misread has its check digit.
        Err(fault @ Unread::MeasureCheckDigit { .. }) => Err(fault),
        Err(fault) => own_card(text, settings).unwrap_or(Err(fault)),
        goods => goods,
    }
}

/// Where the cashier was asked for a card, goods are no answer, but for a member card with a shop's own article number.
fn expected_card(text: &str, settings: &Settings) -> Result<Kind, Unread> {
    if matches!(text.len(), 8 | 12..=14)
        && let Ok(kind @ Kind::Rcn { gtin, .. }) = retail::read(text, settings)
        && settings.is_in_store_card(gtin)
    {
        return Ok(kind);
    }
    card(text, settings).map(|number| Kind::Card(CardRead::bare(number)))
}

/// A card of this shop by its prefix or as a GSRN; none if the number says nothing of a card at all.
fn own_card(text: &str, settings: &Settings) -> Option<Result<Kind, Unread>> {
    if payment::must_refuse(text, settings) || payment::hides_in(text, settings) {
        return Some(Err(Unread::PaymentCard));
    }
    settings
        .names_card(text)
        .then(|| card(text, settings).map(|number| Kind::Card(CardRead::bare(number))))
}

/// A number of a text barcode, if the shop has named its prefix.
pub(super) fn configured_card(text: &str, settings: &Settings) -> Option<CardRead> {
    let digits = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let named = digits && (settings.names_card(text) || settings.names_gsrn(text) && is_gsrn(text));
    named
        .then(|| card(text, settings).ok())
        .flatten()
        .map(CardRead::bare)
}

/// Checks the number of a card: characters, payment ranges, length, prefix, and the check digit of its kind.
pub(super) fn card(text: &str, settings: &Settings) -> Result<Digits, Unread> {
    let digits = text.as_bytes();
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(Unread::NonNumeric { ai: None });
    }
    let named_gsrn = settings.names_gsrn(text) && is_gsrn(text);
    if !named_gsrn && payment::must_refuse(text, settings) {
        return Err(Unread::PaymentCard);
    }
    if !(settings.min_len..=settings.max_len).contains(&digits.len()) {
        return Err(Unread::Length { ai: None });
    }
    if settings.is_member_gsrn(text) {
        return Ok(Digits(text.to_owned()));
    }
    if !settings.card_prefixes.is_empty() && !settings.names_card(text) {
        return Err(Unread::Unrecognised);
    }
    match digits.split_last() {
        Some((last, payload)) if payment::luhn_digit(payload) == last - b'0' => Ok(Digits(text.to_owned())),
        Some((_, payload)) => Err(Unread::CheckDigit {
            expected: payment::luhn_digit(payload),
        }),
        None => Err(Unread::Length { ai: None }),
    }
}

/// A bare GSRN with the shop's prefix; with no prefix set, any.
fn gsrn(text: &str, settings: &Settings) -> Result<Kind, Unread> {
    if settings.is_member_gsrn(text) {
        return card(text, settings).map(|number| Kind::Card(CardRead::bare(number)));
    }
    if settings.gsrn_prefixes.is_empty() || settings.names_gsrn(text) {
        return Err(Unread::CheckDigit {
            expected: retail::check_digit(&text.as_bytes()[..17]),
        });
    }
    Err(Unread::Unrecognised)
}

/// 18 digits whose last is the GS1 check digit.
pub(super) fn is_gsrn(text: &str) -> bool {
    text.len() == 18
        && text.bytes().all(|c| c.is_ascii_digit())
        && retail::check_digit_is_right(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str, settings: &Settings) -> Result<&'static str, Unread> {
        read(text, settings).map(|kind| kind.name())
    }

    fn strings(prefixes: &[&str]) -> Vec<String> {
        prefixes.iter().map(|prefix| (*prefix).to_owned()).collect()
    }

    #[test]
    fn a_bare_number_by_its_length_and_prefix() {
        let plain = Settings::default();
        let own = Settings {
            card_prefixes: strings(&["9356"]),
            gsrn_prefixes: strings(&["9506"]),
            ..Settings::default()
        };
        for (text, settings, expected) in [
            ("5901234123457", &plain, Ok("gtin")),
            ("123456789012345675", &plain, Ok("card")),
            (
                "123456789012345670",
                &plain,
                Err(Unread::CheckDigit { expected: 5 }),
            ),
            ("123456789012345675", &own, Err(Unread::Unrecognised)),
            ("950600013430000016", &own, Ok("card")),
            ("9356001234567898", &own, Ok("card")),
            ("9356001234567899", &own, Err(Unread::CheckDigit { expected: 8 })),
            ("9356001234567898", &plain, Err(Unread::Unrecognised)),
            ("4111111111111111", &plain, Err(Unread::PaymentCard)),
            ("4222222222222", &plain, Err(Unread::PaymentCard)),
            ("4111 1111 1111 1111", &plain, Err(Unread::PaymentCard)),
            ("4111111111111112", &plain, Err(Unread::Unrecognised)),
            ("12345", &plain, Err(Unread::Unrecognised)),
            ("ABC", &plain, Err(Unread::Unrecognised)),
            ("०१२३४५६७", &plain, Err(Unread::Unrecognised)),
        ] {
            assert_eq!(kind(text, settings), expected, "{text}");
        }
    }

    /// Its 13 digits end in the GS1 check digit, so it is goods, though it lies in 2221 to 2720 and passes Luhn.
    #[test]
    fn a_label_with_a_misread_weight_is_no_payment_card() {
        let german = Settings {
            rcn_region: Some(crate::loyalty::scan::Region::De),
            ..Settings::default()
        };
        let (label, fault) = ("2643212018753", Unread::MeasureCheckDigit { expected: 1 });
        assert!(payment::must_refuse(label, &german));
        assert_eq!(kind(label, &german), Err(fault));
    }

    #[test]
    fn where_a_card_is_expected() {
        let any = Settings {
            expect_card: true,
            ..Settings::default()
        };
        let own = Settings {
            expect_card: true,
            card_prefixes: strings(&["4992"]),
            in_store_prefixes: strings(&["04"]),
            ..Settings::default()
        };
        for (text, settings, expected) in [
            ("49927398716", &any, Ok("card")),
            ("49927398716", &own, Ok("card")),
            ("79927398713", &own, Err(Unread::Unrecognised)),
            ("416000336108", &own, Ok("rcn")),
            ("0000000", &any, Err(Unread::Length { ai: None })),
            ("49927398717", &any, Err(Unread::CheckDigit { expected: 6 })),
            ("4992739871X", &any, Err(Unread::NonNumeric { ai: None })),
            ("30569309025904", &any, Err(Unread::PaymentCard)),
            ("12345678901234567897", &any, Err(Unread::Length { ai: None })),
        ] {
            assert_eq!(kind(text, settings), expected, "{text}");
        }
    }

    #[test]
    fn debug_shows_the_last_four() {
        assert_eq!(format!("{:?}", Digits("49927398716".to_owned())), "…8716");
        assert_eq!(format!("{:?}", Digits("16".to_owned())), "…16");
    }
}
