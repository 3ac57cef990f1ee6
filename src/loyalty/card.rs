//! A scan becomes a card that can be trusted, or a reason why not; and what any scan means to this shop. Whether a member
//! holds the card is for the member store to say.

use std::fmt;

use super::scan::{self, Ai, Elements, Gtin, Kind, Label, Measure, Range, Scan, Settings, Unread};

/// The most characters of a card's number.
const LONGEST: usize = 32;

/// A member card's number: 1 to 32 characters of `0-9A-Z`. `Debug` shows the last four, so that no log holds a card.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardNumber {
    characters: [u8; LONGEST],
    length: u8,
}

impl CardNumber {
    /// Checks length and characters; a check digit is checked where the number is scanned.
    ///
    /// # Errors
    /// `Length` or `Characters`.
    pub fn parse(text: &str) -> Result<CardNumber, CardError> {
        let length = match u8::try_from(text.len()) {
            Ok(length @ 1..=32) => length,
            _ => return Err(CardError::Length),
        };
        if !text.bytes().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()) {
            return Err(CardError::Characters);
        }
        let mut characters = [0; LONGEST];
        characters[..text.len()].copy_from_slice(text.as_bytes());
        Ok(CardNumber { characters, length })
    }

    /// The whole number: to look it up and to write it to the journal, never to a log.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.characters[..usize::from(self.length)])
            .expect("a CardNumber is made of ASCII only")
    }

    /// The last four characters, all that a customer's screen or a receipt may show.
    pub fn last_four(&self) -> &str {
        let all = self.as_str();
        &all[all.len().saturating_sub(4)..]
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…{}", self.last_four())
    }
}

/// By which scheme a card's number was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardKind {
    /// A GS1 service relation number (AI 8018): 18 digits with a GS1 check digit.
    Gsrn,
    /// An article number of restricted circulation that the shop gives to members.
    InStore,
    /// A number with a Luhn digit (ISO/IEC 7812), bare or on a stripe.
    Luhn,
}

/// A card whose number was checked. It is not a payment card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Card {
    /// The number.
    pub number: CardNumber,
    /// How it was checked.
    pub kind: CardKind,
    /// Which issue of the card it is (AI 8019), where the card says so.
    pub srin: Option<u64>,
}

/// Why there is no card that can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// A digit was misread or mistyped.
    #[error(
        "the number is not read right: its last digit should be {expected}. Scan again, or type what is printed under the bars"
    )]
    CheckDigit {
        /// The digit that would be right.
        expected: u8,
    },
    /// A payment card. Nothing of it is kept.
    #[error(
        "this looks like a payment card, which we never read. Ask for the club card, or go on without one"
    )]
    PaymentCard,
    /// It was read, and is something else.
    #[error("this is not a club card. Scan the club card, or go on without one")]
    NotACard,
    /// An empty number, or one of more than 32 characters.
    #[error("a card's number has 1 to 32 characters. Scan the club card again")]
    Length,
    /// Something other than digits and capital letters.
    #[error("a card's number is made of digits and capital letters. Scan the club card again")]
    Characters,
    /// It could not be read at all.
    #[error(transparent)]
    Unread(Unread),
}

impl From<Unread> for CardError {
    fn from(fault: Unread) -> CardError {
        match fault {
            Unread::PaymentCard => CardError::PaymentCard,
            Unread::CheckDigit { expected } => CardError::CheckDigit { expected },
            other => CardError::Unread(other),
        }
    }
}

impl Card {
    /// The card in a scan: a GSRN, bare or as AI 8018; an in-store number; or a number with a Luhn digit.
    ///
    /// # Errors
    /// `NotACard` where the scan is something else.
    pub fn of(scan: &Scan, settings: &Settings) -> Result<Card, CardError> {
        match &scan.kind {
            Kind::Elements(elements) | Kind::DigitalLink(elements) => Card::in_elements(elements),
            Kind::Rcn { gtin, .. } if settings.is_in_store_card(*gtin) => Ok(Card {
                number: CardNumber::parse(scan::printed(gtin))?,
                kind: CardKind::InStore,
                srin: None,
            }),
            // A number of the length of goods that is in a range of the shop's cards: one card in ten ends so by chance.
            Kind::Gtin(gtin) if settings.is_luhn_card(*gtin) => Ok(Card {
                number: CardNumber::parse(scan::printed(gtin))?,
                kind: CardKind::Luhn,
                srin: None,
            }),
            Kind::Card(read) => {
                let kind = if settings.is_member_gsrn(read.number.as_str()) {
                    CardKind::Gsrn
                } else if settings.names_card(read.number.as_str()) {
                    CardKind::Luhn
                } else {
                    return Err(CardError::NotACard);
                };
                Ok(Card {
                    number: CardNumber::parse(read.number.as_str())?,
                    kind,
                    srin: None,
                })
            }
            _ => Err(CardError::NotACard),
        }
    }

    /// Reads a scan of which a card is expected.
    ///
    /// # Errors
    /// Why there is no card; never with a digit of it.
    pub fn read(raw: &str, settings: &Settings) -> Result<Card, CardError> {
        Card::of(&scan::read(raw, settings)?, settings)
    }

    fn in_elements(elements: &Elements) -> Result<Card, CardError> {
        let number = elements.get(Ai::GSRN).ok_or(CardError::NotACard)?;
        let srin = elements.get(Ai::SRIN).and_then(|digits| digits.parse().ok());
        Ok(Card {
            number: CardNumber::parse(number)?,
            kind: CardKind::Gsrn,
            srin,
        })
    }
}

/// What a scan means to this shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A member's card.
    Member(Card),
    /// Goods that are for sale under this number.
    Goods(Gtin),
    /// Goods with a price, weight or count in their number.
    Measured(Measure),
    /// Goods of an element string, perhaps with a price, weight or count.
    Labelled(Label),
    /// A coupon, of the maker or of the shop.
    Coupon,
    /// A paper worth money that the shop itself gave out, such as a receipt for empties.
    Voucher,
    /// The number of one who serves (AI 8017), and no member's.
    Staff,
    /// One of our signed passes by its looks; its signature is still to be checked.
    Pass,
    /// Nothing that a till can use.
    Unknown,
}

impl Meaning {
    /// What a scan means, by the shop's settings. A member's card wins over the goods it might also be.
    pub fn of(scan: &Scan, settings: &Settings) -> Meaning {
        if let Ok(card) = Card::of(scan, settings) {
            return Meaning::Member(card);
        }
        match &scan.kind {
            Kind::Elements(elements) | Kind::DigitalLink(elements) => {
                Meaning::of_elements(elements, settings)
            }
            Kind::Rcn { gtin, measure } => match (settings.range_of(*gtin), measure) {
                (Some(Range::Coupon), _) => Meaning::Coupon,
                (Some(Range::Voucher), _) => Meaning::Voucher,
                (_, Some(measure)) => Meaning::Measured(*measure),
                (_, None) => Meaning::Goods(*gtin),
            },
            Kind::Gtin(gtin) | Kind::UpcE(gtin) => match settings.range_of(*gtin) {
                Some(Range::Coupon) => Meaning::Coupon,
                Some(Range::Voucher) => Meaning::Voucher,
                _ => Meaning::Goods(*gtin),
            },
            Kind::EuroCoupon(coupon) if settings.range_of(coupon.gtin()) == Some(Range::Voucher) => {
                Meaning::Voucher
            }
            Kind::EuroCoupon(_) => Meaning::Coupon,
            Kind::Plain(text) if scan::is_pass(text) => Meaning::Pass,
            Kind::Card(_) | Kind::Plain(_) => Meaning::Unknown,
        }
    }

    /// The word for it in answers.
    pub fn name(&self) -> &'static str {
        match self {
            Meaning::Member(_) => "member",
            Meaning::Goods(_) | Meaning::Measured(_) | Meaning::Labelled(_) => "product",
            Meaning::Coupon => "coupon",
            Meaning::Voucher => "voucher",
            Meaning::Pass => "pass",
            Meaning::Staff | Meaning::Unknown => "unknown",
        }
    }

    fn of_elements(elements: &Elements, settings: &Settings) -> Meaning {
        // Numbers are compared, not texts: this runs for every scan of a batch.
        let names = |element: &scan::Element| {
            let mut identifiers = settings.coupon_identifiers.iter();
            identifiers.any(|identifier| identifier.parse() == Ok(element.ai.number()))
        };
        if elements.iter().any(names) {
            return Meaning::Coupon;
        }
        if let Some(label) = Label::of(elements) {
            return Meaning::Labelled(label);
        }
        match elements.iter().any(|element| element.ai.number() == 8017) {
            true => Meaning::Staff,
            false => Meaning::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop() -> Settings {
        Settings {
            gsrn_prefixes: vec!["9506".to_owned()],
            in_store_prefixes: vec!["29".to_owned(), "04".to_owned()],
            card_prefixes: vec!["9356".to_owned()],
            ..Settings::default()
        }
    }

    #[test]
    fn the_ways_to_show_a_card() {
        for (raw, number, kind, srin) in [
            ("950600013430000016", "950600013430000016", CardKind::Gsrn, None),
            (
                "]C18018950600013430000016\x1D80190012",
                "950600013430000016",
                CardKind::Gsrn,
                Some(12),
            ),
            (
                "]Q1https://id.example/8018/950600013430000016/8019/3",
                "950600013430000016",
                CardKind::Gsrn,
                Some(3),
            ),
            ("2900000000018", "2900000000018", CardKind::InStore, None),
            ("416000336108", "416000336108", CardKind::InStore, None),
            ("]E00416000336108", "416000336108", CardKind::InStore, None),
            ("9356001234567898", "9356001234567898", CardKind::Luhn, None),
            (
                ";9356001234567898=9912?",
                "9356001234567898",
                CardKind::Luhn,
                None,
            ),
        ] {
            let card = Card::read(raw, &shop()).unwrap_or_else(|fault| panic!("{raw}: {fault}"));
            assert_eq!(
                (card.number.as_str(), card.kind, card.srin),
                (number, kind, srin),
                "{raw}"
            );
        }
    }

    #[test]
    fn what_is_no_card() {
        for (raw, fault) in [
            ("5901234123457", CardError::NotACard),
            ("2000000000008", CardError::NotACard),
            ("5901234123458", CardError::CheckDigit { expected: 7 }),
            ("4111111111111111", CardError::PaymentCard),
            ("%B4111111111111112^A/B^2512101?", CardError::PaymentCard),
            ("123456789012345675", CardError::Unread(Unread::Unrecognised)),
        ] {
            assert_eq!(Card::read(raw, &shop()).expect_err(raw), fault, "{raw}");
        }
        let nothing_named = Settings::default();
        let swiped = Card::read(";79927398713=2512?", &nothing_named);
        assert_eq!(swiped, Err(CardError::NotACard), "no prefix is named");
    }

    #[test]
    fn what_a_scan_means() {
        for (raw, means) in [
            ("950600013430000016", "member"),
            ("5901234123457", "product"),
            ("2000000000008", "product"),
            ("]C101123456789012312112345", "product"),
            ("]C12551234567890128", "coupon"),
            ("]C18110012345612345611110123", "coupon"),
            ("9813765030011", "coupon"),
            ("9900000000004", "coupon"),
            ("9800000000007", "voucher"),
            ("LP1AEAQAAINGE22Z672", "pass"),
            ("]C18017795260646688514634", "unknown"),
            ("]Q1hello", "unknown"),
        ] {
            let scan = scan::read(raw, &shop()).unwrap_or_else(|fault| panic!("{raw}: {fault}"));
            assert_eq!(Meaning::of(&scan, &shop()).name(), means, "{raw}");
        }
    }

    #[test]
    fn ranges_are_the_shops_to_name() {
        let own = Settings {
            coupon_prefixes: vec!["59".to_owned(), "2912".to_owned()],
            voucher_prefixes: vec!["5901".to_owned(), "0416".to_owned()],
            coupon_identifiers: vec!["8112".to_owned()],
            ..shop()
        };
        for (raw, means) in [
            // Of two ranges the longer beginning wins.
            ("5901234123457", "voucher"),
            ("416000336108", "voucher"),
            ("2900000000018", "member"),
            // No range of this shop any more.
            ("9900000000004", "product"),
            ("]C12551234567890128", "unknown"),
            // A card of the shop, though its length and last digit would do for goods.
            ("9356000000023", "member"),
        ] {
            let scan = scan::read(raw, &own).unwrap_or_else(|fault| panic!("{raw}: {fault}"));
            assert_eq!(Meaning::of(&scan, &own).name(), means, "{raw}");
        }
    }

    #[test]
    fn a_number_is_1_to_32_digits_and_capitals() {
        assert!(CardNumber::parse(&"A1".repeat(16)).is_ok());
        assert_eq!(CardNumber::parse(""), Err(CardError::Length));
        assert_eq!(CardNumber::parse(&"1".repeat(33)), Err(CardError::Length));
        assert_eq!(CardNumber::parse("abc"), Err(CardError::Characters));
    }

    #[test]
    fn debug_shows_the_last_four() {
        let card = Card::read("950600013430000016", &shop()).expect("a member's card");
        assert_eq!(format!("{:?}", card.number), "…0016");
        assert!(!format!("{card:?}").contains("95060"));
    }
}
