//! What was scanned. `read` takes the characters of a scanner, a keyboard or a stripe reader and says what kind of thing
//! they are; each scheme has a file of its own. What a thing means to this shop (a member, goods, …) is for `card`.
//!
//! Pure: no clock, no file, and a link is never opened. The digits of a payment card that was refused are in no answer.

mod aim;
mod coupon;
mod date;
mod digital_link;
mod elements;
mod gs1;
mod gs1_codes;
mod gs1_rows;
mod gs1_rules;
mod gs1_table;
mod measure;
mod number;
mod payment;
mod retail;
mod settings;
mod stripe;
mod unread;

use std::fmt;

pub use aim::Aim;
pub use coupon::{CouponFault, EuroCoupon};
pub use elements::{Ai, Element, Elements};
pub use measure::{Amount, Measure, Region, Scaled};
pub use number::Digits;
pub use retail::{EightDigits, Gtin};
pub use settings::Settings;
pub(super) use settings::printed;
pub use unread::{Unread, UriFault};

use aim::Carries;

/// One scan, read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The scanner's word for the kind of barcode, if it sent one.
    pub sym: Option<Aim>,
    /// What was read.
    pub kind: Kind,
}

/// What kind of thing was scanned.
#[derive(Clone, PartialEq, Eq)]
pub enum Kind {
    /// A GS1 element string.
    Elements(Elements),
    /// A GS1 Digital Link.
    DigitalLink(Elements),
    /// An article's number.
    Gtin(Gtin),
    /// A number of restricted circulation: of this shop, perhaps with a measure in it.
    Rcn {
        /// The number as it was scanned.
        gtin: Gtin,
        /// Price, weight or count, where the region writes one for this prefix.
        measure: Option<Measure>,
    },
    /// A UPC-E; the number is that of the UPC-A that it stands for.
    UpcE(Gtin),
    /// A coupon in euros.
    EuroCoupon(EuroCoupon),
    /// A card: a bare number or a stripe.
    Card(CardRead),
    /// A text that is nothing else.
    Plain(String),
}

/// A card's number, checked, with what a stripe says beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardRead {
    /// The number; it passes the check of its kind and is no payment card.
    pub number: Digits,
    /// The track that it came from, 1 or 2, if it came from a stripe.
    pub track: Option<u8>,
    /// When the card expires, as YYMM.
    pub expiry: Option<Digits>,
}

impl CardRead {
    fn bare(number: Digits) -> CardRead {
        CardRead {
            number,
            track: None,
            expiry: None,
        }
    }
}

impl Kind {
    /// The word for the kind in answers: `elements`, `digital_link`, `gtin`, `rcn`, `upce`, `coupon_eur`, `card`, `plain`.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Elements(_) => "elements",
            Kind::DigitalLink(_) => "digital_link",
            Kind::Gtin(_) => "gtin",
            Kind::Rcn { .. } => "rcn",
            Kind::UpcE(_) => "upce",
            Kind::EuroCoupon(_) => "coupon_eur",
            Kind::Card(_) => "card",
            Kind::Plain(_) => "plain",
        }
    }
}

impl fmt::Debug for Kind {
    /// Hides members' numbers and texts, which may be passes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Elements(elements) | Kind::DigitalLink(elements) => {
                write!(f, "{} {elements:?}", self.name())
            }
            Kind::Gtin(gtin) | Kind::UpcE(gtin) => write!(f, "{} {gtin}", self.name()),
            // A shop's own number may be a member's.
            Kind::Rcn { gtin, measure } => write!(f, "rcn …{} {measure:?}", &gtin.as_str()[10..]),
            Kind::EuroCoupon(coupon) => write!(f, "coupon_eur {}", coupon.gtin()),
            Kind::Card(card) => write!(f, "{card:?}"),
            Kind::Plain(text) => write!(f, "plain, {} characters", text.chars().count()),
        }
    }
}

/// Reads one scan as the scanner sent it, white space around it included.
///
/// # Errors
/// Says what is wrong and what to do about it; never what was scanned.
pub fn read(raw: &str, settings: &Settings) -> Result<Scan, Unread> {
    let text = trimmed(raw);
    if text.is_empty() {
        return Err(Unread::Empty);
    }
    if !text.starts_with(']') {
        return read_bare(text, settings).map(|kind| Scan { sym: None, kind });
    }
    let (aim, carries, data) = aim::split(text)?;
    let kind = match carries {
        Carries::Elements => gs1::read(data, settings).map(Kind::Elements)?,
        Carries::Ean13 if data.len() == 13 => retail::read(data, settings)?,
        Carries::Ean8 if data.len() == 8 => retail::read(data, settings)?,
        Carries::Ean13AndAddOn if matches!(data.len(), 15 | 18) && data.is_ascii() => {
            retail::read(&data[..13], settings)?
        }
        Carries::Ean13 | Carries::Ean8 | Carries::Ean13AndAddOn => {
            return Err(Unread::Length { ai: None });
        }
        Carries::Itf14 if Gtin::parse(data).is_ok_and(|_| data.len() == 14) => retail::read(data, settings)?,
        Carries::TextOrLink if digital_link::looks_like_one(data) => {
            digital_link::read(data, settings).map(Kind::DigitalLink)?
        }
        Carries::Itf14 | Carries::TextOrLink | Carries::Text => read_text(data, settings)?,
    };
    Ok(Scan { sym: Some(aim), kind })
}

/// The identifier in front of a scan, good or not: answers name it also where the rest could not be read.
pub fn symbology(raw: &str) -> Option<Aim> {
    aim::split(trimmed(raw)).ok().map(|(aim, _, _)| aim)
}

/// Line ends and blanks around a scan are the scanner's, not the code's. GS, another control character, is not.
fn trimmed(raw: &str) -> &str {
    raw.trim_matches(|letter: char| matches!(letter, ' ' | '\t'..='\r'))
}

fn read_bare(text: &str, settings: &Settings) -> Result<Kind, Unread> {
    if stripe::looks_like_one(text) {
        return stripe::read(text, settings).map(Kind::Card);
    }
    if digital_link::looks_like_one(text) {
        return digital_link::read(text, settings).map(Kind::DigitalLink);
    }
    if text.starts_with('(') {
        return gs1::read_bracketed(text, settings).map(Kind::Elements);
    }
    if settings.assume_gs1 || gs1::has_separator(text, settings) {
        return gs1::read(text, settings).map(Kind::Elements).map_err(|fault| {
            match payment::hides_in(text, settings) {
                true => Unread::PaymentCard,
                false => fault,
            }
        });
    }
    if is_pass(text) {
        return Ok(Kind::Plain(text.to_owned()));
    }
    number::read(text, settings)
}

/// A text barcode: a card where one is expected or the shop has named its prefix, else the text.
fn read_text(text: &str, settings: &Settings) -> Result<Kind, Unread> {
    if settings.expect_card && !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit()) {
        return number::read(text, settings);
    }
    if let Some(card) = number::configured_card(text, settings) {
        return Ok(Kind::Card(card));
    }
    if payment::hides_in(text, settings) {
        return Err(Unread::PaymentCard);
    }
    Ok(Kind::Plain(text.to_owned()))
}

/// Whether a text is one of our signed passes by its looks: `LP1` and base32 (RFC 4648). The signature is checked by whoever
/// honours it.
pub fn is_pass(text: &str) -> bool {
    text.strip_prefix("LP1")
        .is_some_and(|body| !body.is_empty() && body.bytes().all(|c| matches!(c, b'A'..=b'Z' | b'2'..=b'7')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind(raw: &str) -> Result<&'static str, Unread> {
        read(raw, &Settings::default()).map(|scan| scan.kind.name())
    }

    #[test]
    fn the_identifier_decides_where_there_is_one() {
        for (raw, expected) in [
            ("]E05901234123457\r\n", Ok("gtin")),
            ("]E0", Err(Unread::Length { ai: None })),
            ("]E0590123412345A", Err(Unread::NonNumeric { ai: None })),
            ("]E496385074", Ok("gtin")),
            ("]E402345673", Ok("rcn")),
            ("]E3590123412345712", Ok("gtin")),
            ("]E112", Ok("plain")),
            ("]I112345678901231", Ok("gtin")),
            ("]I012345678901231", Ok("plain")),
            ("]C1", Err(Unread::Empty)),
            ("]Q1", Ok("plain")),
            ("]Q3https://a/01/12312312312333", Err(Unread::UnknownAi)),
            ("]C0https://a/01/12312312312333", Ok("plain")),
            ("]d1https://a/01/12312312312333", Ok("digital_link")),
            ("https://a/01/12312312312333", Ok("digital_link")),
            ("]Q1PAN 4111111111111111", Err(Unread::PaymentCard)),
            ("\t\r\n", Err(Unread::Empty)),
            ("LP1AEAQAAINGE", Ok("plain")),
        ] {
            assert_eq!(kind(raw), expected, "{raw}");
        }
    }

    #[test]
    fn a_text_barcode_with_a_prefix_of_ours_is_a_card() {
        let settings = Settings {
            gsrn_prefixes: vec!["9506".to_owned()],
            ..Settings::default()
        };
        let scan = read("]A0950600013430000016", &settings).expect("a member's number");
        assert_eq!(scan.kind.name(), "card");
        assert_eq!(kind("]A0950600013430000016"), Ok("plain"));
        let expecting = Settings {
            expect_card: true,
            ..Settings::default()
        };
        assert_eq!(
            read("]C049927398716", &expecting).map(|scan| scan.kind.name()),
            Ok("card")
        );
    }

    /// Numbers of payment ranges with a right Luhn digit, of every length that is not one of goods.
    fn payment_number() -> impl Strategy<Value = String> {
        let start = prop::sample::select(vec![
            "4", "51", "2221", "34", "37", "36", "3528", "6011", "65", "62", "60", "81", "508", "50", "69",
        ]);
        (
            start,
            prop::sample::select(vec![15usize, 16, 17, 19]),
            "[0-9]{18}",
        )
            .prop_map(|(start, length, filler)| {
                let payload = format!("{start}{filler}")[..length - 1].to_owned();
                let last = payment::luhn_digit(payload.as_bytes());
                format!("{payload}{last}")
            })
    }

    fn any_settings() -> impl Strategy<Value = Settings> {
        (
            any::<[bool; 4]>(),
            prop::option::of(prop::sample::select(vec![
                Region::De,
                Region::Dk,
                Region::Gb,
                Region::Se,
            ])),
            0..30usize,
        )
            .prop_map(
                |(
                    [
                        check_associations,
                        assume_gs1,
                        expect_card,
                        dl_zero_suppressed_gtin,
                    ],
                    rcn_region,
                    max_len,
                )| Settings {
                    check_associations,
                    assume_gs1,
                    expect_card,
                    dl_zero_suppressed_gtin,
                    rcn_region,
                    max_len,
                    gs_substitute: Some("|".to_owned()),
                    ..Settings::default()
                },
            )
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(raw in any::<String>(), settings in any_settings()) {
            let _ = read(&raw, &settings);
        }

        #[test]
        fn nothing_that_looks_like_a_scan_makes_it_panic(
            raw in r"(\](C1|Q1|Q3|E0|E4|E3|e0|I1|A0)|%B|;|\(|https://a/)?([0-9]{1,24}|[0-9A-Z=^?/&()%\x1D|é]{0,40}){0,3}",
            settings in any_settings(),
        ) {
            if let Err(fault) = read(&raw, &settings) {
                prop_assert!(!fault.to_string().is_empty());
            }
        }

        #[test]
        fn a_payment_card_is_never_echoed(
            number in payment_number(),
            around in prop::sample::select(vec![("", ""), ("", "\r\n"), ("]Q1", ""), ("]C0card ", " x"), ("%B", "^A/B^2512101?"), (";", "=2512?"), (";", "")]),
            expect_card in any::<bool>(),
        ) {
            let settings = Settings { expect_card, ..Settings::default() };
            let answer = read(&format!("{}{number}{}", around.0, around.1), &settings);
            prop_assert_eq!(answer.as_ref().err(), Some(&Unread::PaymentCard));
            let fault = answer.expect_err("refused above");
            let shown = format!("{fault} {fault:?}");
            prop_assert!(!shown.contains(&number[..4]) && !shown.contains(&number[number.len() - 4..]));
        }
    }
}
