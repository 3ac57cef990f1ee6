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
mod label;
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
pub use label::Label;
pub use measure::{Amount, Measure, Region, Scaled};
pub use number::Digits;
pub use payment::{
    hides_in as hides_payment_card, is_name_of as is_payment_card_as_name, is_range as is_payment_range,
};
pub use retail::{EightDigits, Gtin};
pub use settings::Settings;
pub(super) use settings::{Range, printed};
pub use unread::{Unread, UriFault};

use aim::Carries;

/// One scan, read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The scanner's word for the kind of barcode, if it sent one.
    pub sym: Option<Aim>,
    /// What was read.
    pub kind: Kind,
    /// What the second part of a composite says beside an EAN or UPC: lot, expiry and the like.
    pub beside: Option<Elements>,
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
    let mut scan = read_any(trimmed(raw), settings)?;
    let of_kind = match &mut scan.kind {
        Kind::Elements(elements) | Kind::DigitalLink(elements) => Some(elements),
        _ => None,
    };
    for elements in of_kind.into_iter().chain(&mut scan.beside) {
        if elements.hold_payment_card(settings) {
            elements.wipe();
            return Err(Unread::PaymentCard);
        }
    }
    Ok(scan)
}

/// No barcode and no burst of a stripe reader holds more characters: the largest QR code has 7 089 digits.
const LONGEST: usize = 8_000;
/// What scanners put between an EAN or UPC and the second part of its composite.
const COMPOSITE: &str = "|]e0";

fn read_any(text: &str, settings: &Settings) -> Result<Scan, Unread> {
    if text.is_empty() {
        return Err(Unread::Empty);
    }
    if text.len() > LONGEST {
        return Err(Unread::Length { ai: None });
    }
    if !text.starts_with(']') {
        return read_bare(text, settings).map(|kind| Scan {
            sym: None,
            kind,
            beside: None,
        });
    }
    let (aim, carries, data) = aim::split(text)?;
    if let (Carries::Ean13 | Carries::Ean8, Some((number, second))) = (carries, data.split_once(COMPOSITE)) {
        let kind = read_ean(carries, number, settings)?;
        let beside = gs1::read_beside(Gtin::parse(number)?, second, settings)?;
        return Ok(Scan {
            sym: Some(aim),
            kind,
            beside: Some(beside),
        });
    }
    let kind = match carries {
        Carries::Elements => gs1::read(data, settings).map(Kind::Elements)?,
        Carries::Ean13 | Carries::Ean8 => read_ean(carries, data, settings)?,
        Carries::Ean13AndAddOn if matches!(data.len(), 15 | 18) && data.is_ascii() => {
            retail::read(&data[..13], settings)?
        }
        Carries::Ean13AndAddOn => return Err(Unread::Length { ai: None }),
        Carries::Itf14 if Gtin::parse(data).is_ok_and(|_| data.len() == 14) => retail::read(data, settings)?,
        Carries::TextOrLink if digital_link::looks_like_one(data) => {
            digital_link::read(data, settings).map(Kind::DigitalLink)?
        }
        Carries::Itf14 | Carries::TextOrLink | Carries::Text => read_text(data, settings)?,
    };
    Ok(Scan {
        sym: Some(aim),
        kind,
        beside: None,
    })
}

fn read_ean(carries: Carries, data: &str, settings: &Settings) -> Result<Kind, Unread> {
    match (carries, data.len()) {
        (Carries::Ean13, 13) | (Carries::Ean8, 8) => retail::read(data, settings),
        // Digits of other scripts are counted as digits and are none.
        (Carries::Ean13, _) if data.chars().count() == 13 => Err(Unread::NonNumeric { ai: None }),
        (Carries::Ean8, _) if data.chars().count() == 8 => Err(Unread::NonNumeric { ai: None }),
        _ => Err(Unread::Length { ai: None }),
    }
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
    let has_separator = gs1::has_separator(text, settings);
    if settings.assume_gs1 || has_separator {
        let elements = gs1::read(text, settings);
        // A card's number may happen to read as an AI and its value; only a check digit of its own says that it is one.
        let vouched = matches!(&elements, Ok(elements) if has_separator || elements.have_check_digit());
        return match vouched || !payment::hides_in(text, settings) {
            true => elements.map(Kind::Elements),
            false => Err(Unread::PaymentCard),
        };
    }
    if is_pass(text) && !payment::hides_in(text, settings) {
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
mod tests;
