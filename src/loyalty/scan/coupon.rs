//! Coupons: the two North American grammars that AI 8110 and 8112 carry, and the euro coupons of EAN-13 prefixes 981 and
//! 982. Whether a coupon is honoured, and for what, is decided by programs.

use std::fmt;

use super::{Gtin, Scaled};

/// A common-currency coupon in euros (GS1 General Specifications): issuer, reference and value in 13 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EuroCoupon(Gtin);

impl EuroCoupon {
    /// `gtin` must begin with 981 or 982 on its 13-digit form.
    pub(super) fn of(gtin: Gtin) -> EuroCoupon {
        EuroCoupon(gtin)
    }

    /// The number as it stands on the coupon, with 14 digits.
    pub fn gtin(&self) -> Gtin {
        self.0
    }

    /// Seven digits: the prefix and the number of the issuer.
    pub fn issuer(&self) -> &str {
        &self.0.as_str()[1..8]
    }

    /// Two digits by which the issuer tells its coupons apart.
    pub fn reference(&self) -> &str {
        &self.0.as_str()[8..10]
    }

    /// Euros off: one decimal for prefix 981, two for 982. Zero means that the goods are free.
    pub fn value(&self) -> Scaled {
        let digits = self.0.as_str().as_bytes();
        let units = digits[10..13]
            .iter()
            .fold(0, |units, digit| units * 10 + u32::from(digit - b'0'));
        Scaled {
            units,
            decimals: digits[3] - b'0',
        }
    }
}

/// What is wrong in a North American coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CouponFault {
    /// It ends before this field, or within it.
    Truncated(&'static str),
    /// This field holds a code that the grammar does not know.
    Code(&'static str),
    /// This date is not in the calendar.
    Date(&'static str),
    /// It ends before it begins.
    ExpiryBeforeStart,
    /// Something is left over behind the last field.
    LeftOver,
    /// Something other than a digit stands in it.
    NonNumeric,
}

impl fmt::Display for CouponFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CouponFault::Truncated(field) => write!(f, "it ends too early, in its {field}"),
            CouponFault::Code(field) => write!(f, "its {field} has a code that is not in use"),
            CouponFault::Date(field) => write!(f, "its {field} is not in the calendar"),
            CouponFault::ExpiryBeforeStart => f.write_str("it expires before it starts"),
            CouponFault::LeftOver => f.write_str("something is left over at its end"),
            CouponFault::NonNumeric => f.write_str("it may hold digits only"),
        }
    }
}

/// Checks the North American coupon of AI 8110 (GS1 US, Application Guideline for DataBar Expanded coupons).
pub(super) fn check_8110(coupon: &str) -> Result<(), CouponFault> {
    let mut rest = Digits::of(coupon)?;
    rest.counted("company prefix", 0..=6, 6)?;
    rest.take(6, "offer code")?;
    rest.counted("save value", 1..=5, 0)?;
    rest.purchase()?;
    if rest.begins('1') {
        rest.code("additional purchase rules", |rule| rule <= 3)?;
        rest.purchase()?;
        rest.other_company()?;
    }
    if rest.begins('2') {
        rest.purchase()?;
        rest.other_company()?;
    }
    let expiry = if rest.begins('3') {
        Some(rest.date("expiry date")?)
    } else {
        None
    };
    let start = if rest.begins('4') {
        Some(rest.date("start date")?)
    } else {
        None
    };
    if let (Some(expiry), Some(start)) = (expiry, start)
        && expiry < start
    {
        return Err(CouponFault::ExpiryBeforeStart);
    }
    if rest.begins('5') {
        rest.counted("serial number", 0..=9, 6)?;
    }
    if rest.begins('6') {
        rest.counted("retailer", 1..=7, 6)?;
    }
    if rest.begins('9') {
        rest.code("save value", |code| matches!(code, 0..=2 | 5 | 6))?;
        rest.code("save value item", |item| item <= 2)?;
        rest.code("store coupon flag", |_| true)?;
        rest.code("don't-multiply flag", |flag| flag <= 1)?;
    }
    rest.end()
}

/// Checks the positive offer file of AI 8112 (GS1 US).
pub(super) fn check_8112(offer: &str) -> Result<(), CouponFault> {
    let mut rest = Digits::of(offer)?;
    rest.code("format", |format| format <= 1)?;
    rest.counted("funder", 0..=6, 6)?;
    rest.take(6, "offer code")?;
    rest.counted("serial number", 0..=9, 6)?;
    rest.end()
}

/// The digits of a coupon that are still to be read.
struct Digits<'a>(&'a str);

impl<'a> Digits<'a> {
    fn of(coupon: &'a str) -> Result<Digits<'a>, CouponFault> {
        if coupon.bytes().all(|letter| letter.is_ascii_digit()) {
            Ok(Digits(coupon))
        } else {
            Err(CouponFault::NonNumeric)
        }
    }

    fn take(&mut self, count: usize, field: &'static str) -> Result<&'a str, CouponFault> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or(CouponFault::Truncated(field))?;
        self.0 = rest;
        Ok(taken)
    }

    fn digit(&mut self, field: &'static str) -> Result<u8, CouponFault> {
        Ok(self.take(1, field)?.as_bytes()[0] - b'0')
    }

    fn code(&mut self, field: &'static str, allowed: impl Fn(u8) -> bool) -> Result<u8, CouponFault> {
        let code = self.digit(field)?;
        if allowed(code) {
            Ok(code)
        } else {
            Err(CouponFault::Code(field))
        }
    }

    /// A field behind a digit that gives its length, less `base`.
    fn counted(
        &mut self,
        field: &'static str,
        lengths: std::ops::RangeInclusive<u8>,
        base: usize,
    ) -> Result<(), CouponFault> {
        let length = self.code(field, |length| lengths.contains(&length))?;
        self.take(usize::from(length) + base, field).map(drop)
    }

    fn purchase(&mut self) -> Result<(), CouponFault> {
        self.counted("purchase requirement", 1..=5, 0)?;
        self.code("purchase requirement", |code| code <= 4 || code == 9)?;
        self.take(3, "family code").map(drop)
    }

    /// The company of a further purchase; 9 says that it is the first one's.
    fn other_company(&mut self) -> Result<(), CouponFault> {
        if self.begins('9') {
            return Ok(());
        }
        self.counted("company prefix", 0..=6, 6)
    }

    fn date(&mut self, field: &'static str) -> Result<&'a str, CouponFault> {
        let date = self.take(6, field)?;
        if super::date::is_yymmdd(date) {
            Ok(date)
        } else {
            Err(CouponFault::Date(field))
        }
    }

    /// Steps over the digit that opens an optional field, if it is this one.
    fn begins(&mut self, opening: char) -> bool {
        match self.0.strip_prefix(opening) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn end(&self) -> Result<(), CouponFault> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(CouponFault::LeftOver)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Company 012345 (6 digits), offer 123456, save 1 of one digit, requirement 1, code 0, family 123.
    const PLAIN: &str = "012345612345611110123";

    #[test]
    fn optional_fields_come_in_their_order() {
        for ending in [
            "",
            "101101230123456",
            "101101239",
            "21101239",
            "10110123921101239",
            "3260101",
            "32601014251231",
            "50123456",
            "611234567",
            "90000",
            "96291",
            "3260101425123150123456",
        ] {
            assert_eq!(check_8110(&format!("{PLAIN}{ending}")), Ok(()), "{ending}");
        }
        for ending in [
            "1411012390",
            "10110123",
            "326010",
            "42601013260101",
            "5912345678901234",
            "60123456",
            "93000",
            "90300",
            "90002",
            "90",
            "7",
        ] {
            assert!(check_8110(&format!("{PLAIN}{ending}")).is_err(), "{ending}");
        }
    }

    #[test]
    fn faults_are_named() {
        for (coupon, fault) in [
            ("012345", CouponFault::Truncated("company prefix")),
            ("7", CouponFault::Code("company prefix")),
            ("01234561234560", CouponFault::Code("save value")),
            (
                "01234561234561111012314",
                CouponFault::Code("additional purchase rules"),
            ),
            (
                "01234561234561111012335006064500607",
                CouponFault::ExpiryBeforeStart,
            ),
            ("0123456123456111101233260230", CouponFault::Date("expiry date")),
            ("0123456123456111101237", CouponFault::LeftOver),
            ("01234A", CouponFault::NonNumeric),
        ] {
            assert_eq!(check_8110(coupon), Err(fault), "{coupon}");
        }
    }

    #[test]
    fn a_positive_offer_has_four_fields() {
        assert_eq!(check_8112("001234561234560123456"), Ok(()));
        assert_eq!(
            check_8112("201234561234560123456"),
            Err(CouponFault::Code("format"))
        );
        assert_eq!(
            check_8112("00123456123456012345"),
            Err(CouponFault::Truncated("serial number"))
        );
        assert_eq!(check_8112("0012345612345601234567"), Err(CouponFault::LeftOver));
    }

    #[test]
    fn a_euro_coupon_tells_issuer_reference_and_value() {
        let coupon = EuroCoupon::of(Gtin::parse("9813765030011").expect("a right number"));
        assert_eq!(
            (
                coupon.issuer(),
                coupon.reference(),
                coupon.value().to_string().as_str()
            ),
            ("9813765", "03", "0.1")
        );
        let coupon = EuroCoupon::of(Gtin::parse("9829999012501").expect("a right number"));
        assert_eq!(coupon.value().to_string(), "2.50");
    }
}
