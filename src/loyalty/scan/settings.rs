//! What a shop says about its scanners, labels and cards.

use serde::{Deserialize, Serialize};

use super::{EightDigits, Gtin, Region, number};

/// How scans are read. Every field has a default, and the defaults read what needs no knowledge of the shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whether AIs must stand beside those they need and not beside those they exclude. Off: such codes are in use.
    pub check_associations: bool,
    /// A scan without an identifier is an element string. For scanners that send none and read GS1 codes only.
    pub assume_gs1: bool,
    /// What the scanner types where GS belongs, if it cannot send that: often `|`, `~` or `^`.
    pub gs_substitute: Option<String>,
    /// Whose layout the shop's scale labels have. None: a number of this shop has no price or weight in it.
    pub rcn_region: Option<Region>,
    /// What 8 digits without an identifier are.
    pub eight_digits_are: EightDigits,
    /// Whether a Digital Link may give a GTIN with 8, 12 or 13 digits.
    pub dl_zero_suppressed_gtin: bool,
    /// The cashier was asked for a card: a number is a card, and goods are no answer.
    pub expect_card: bool,
    /// Beginnings of the shop's own card numbers that end in a Luhn digit. They win over payment ranges. Empty: a
    /// number that passes Luhn reads as a card where one is expected or swiped, but it is nobody's: no member has it.
    pub card_prefixes: Vec<String>,
    /// The fewest digits of a card's number.
    pub min_len: usize,
    /// The most digits of a card's number. ISO/IEC 7812 allows 19.
    pub max_len: usize,
    /// Beginnings of members' GSRNs. Empty: any bare number of 18 digits with a right GS1 check digit is a member's card,
    /// unless it may be a payment card's; a beginning that is named here wins over that.
    pub gsrn_prefixes: Vec<String>,
    /// Beginnings, on the form with 13 digits (02, 04, 20 to 29), of numbers that are member cards of this shop. 04, a
    /// UPC-A that starts with 4, is what such cards have of old. Empty: none are.
    pub in_store_prefixes: Vec<String>,
    /// Beginnings, on the form with 13 digits, of numbers that are coupons.
    pub coupon_prefixes: Vec<String>,
    /// Beginnings, on the form with 13 digits, of numbers that are the shop's own vouchers.
    pub voucher_prefixes: Vec<String>,
    /// AIs that make an element string a coupon.
    pub coupon_identifiers: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            check_associations: false,
            assume_gs1: false,
            gs_substitute: None,
            rcn_region: None,
            eight_digits_are: EightDigits::Ean8,
            dl_zero_suppressed_gtin: false,
            expect_card: false,
            card_prefixes: Vec::new(),
            min_len: 8,
            max_len: 19,
            gsrn_prefixes: Vec::new(),
            in_store_prefixes: vec!["04".to_owned()],
            coupon_prefixes: ["05", "981", "982", "983", "99"].map(str::to_owned).to_vec(),
            voucher_prefixes: vec!["980".to_owned()],
            coupon_identifiers: ["255", "8110", "8112"].map(str::to_owned).to_vec(),
        }
    }
}

/// What the shop has made of a range of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::loyalty) enum Range {
    /// Member cards.
    Member,
    /// Coupons.
    Coupon,
    /// Vouchers.
    Voucher,
}

impl Settings {
    /// Whether a bare number is a member's GSRN: 18 digits, a right GS1 check digit, and a prefix of the shop if it has any.
    pub fn is_member_gsrn(&self, digits: &str) -> bool {
        number::is_gsrn(digits) && (self.gsrn_prefixes.is_empty() || self.names_gsrn(digits))
    }

    /// Whether the shop has named this beginning of a GSRN.
    pub(super) fn names_gsrn(&self, digits: &str) -> bool {
        begins_with_one(&self.gsrn_prefixes, digits)
    }

    /// Whether the shop has said that numbers beginning so are its own cards.
    pub(in crate::loyalty) fn names_card(&self, digits: &str) -> bool {
        begins_with_one(&self.card_prefixes, digits)
    }

    /// Whether a number of restricted circulation is a member card of this shop.
    pub fn is_in_store_card(&self, number: Gtin) -> bool {
        self.range_of(number) == Some(Range::Member)
    }

    /// Which of the shop's ranges a number lies in. Of two that take it in, the longer beginning wins: it was said more
    /// exactly.
    pub(in crate::loyalty) fn range_of(&self, number: Gtin) -> Option<Range> {
        let digits = number.thirteen()?;
        let ranges = [
            (&self.in_store_prefixes, Range::Member),
            (&self.coupon_prefixes, Range::Coupon),
            (&self.voucher_prefixes, Range::Voucher),
        ];
        let fitting = ranges.into_iter().flat_map(|(prefixes, range)| {
            let fit = prefixes.iter().filter(|prefix| begins_with(prefix, digits));
            fit.map(move |prefix| (prefix.len(), range))
        });
        fitting.max_by_key(|(length, _)| *length).map(|(_, range)| range)
    }

    /// Whether a number of a length of goods, with a right check digit, is one of the shop's Luhn cards all the same.
    pub(in crate::loyalty) fn is_luhn_card(&self, number: Gtin) -> bool {
        let digits = printed(&number);
        self.names_card(digits)
            && (self.min_len..=self.max_len).contains(&digits.len())
            && super::payment::passes_luhn(digits.as_bytes())
    }
}

/// A number of restricted circulation as it stands under the bars: 8 digits, 12 for a UPC-A, else 13.
pub(in crate::loyalty) fn printed(number: &Gtin) -> &str {
    let digits = number.as_str();
    match digits.as_bytes() {
        [b'0', b'0', b'0', b'0', b'0', b'0', ..] => &digits[6..],
        [b'0', b'0', ..] => &digits[2..],
        _ => &digits[1..],
    }
}

fn begins_with_one(prefixes: &[String], digits: &str) -> bool {
    prefixes.iter().any(|prefix| begins_with(prefix, digits))
}

fn begins_with(prefix: &str, digits: &str) -> bool {
    !prefix.is_empty() && digits.starts_with(prefix)
}
