//! Numbers of goods: GTIN-8, -12, -13 and -14, UPC-E, and restricted circulation numbers. What a scale writes into these
//! is in `measure`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::coupon::EuroCoupon;
use super::{Kind, Settings, Unread, measure};

/// A trade item number, written with 14 digits whatever its length on the pack (GS1 General Specifications, 3.3.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gtin([u8; 14]);

impl Gtin {
    /// The 14 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a Gtin is made of ASCII digits only")
    }

    /// Reads 8, 12, 13 or 14 digits.
    ///
    /// # Errors
    /// `Length`, `NonNumeric`, or `CheckDigit` with the digit that would be right.
    pub fn parse(digits: &str) -> Result<Gtin, Unread> {
        if !matches!(digits.len(), 8 | 12 | 13 | 14) {
            return Err(Unread::Length { ai: None });
        }
        Gtin::of(digits.as_bytes())
    }

    fn of(digits: &[u8]) -> Result<Gtin, Unread> {
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(Unread::NonNumeric { ai: None });
        }
        let (last, payload) = digits.split_last().ok_or(Unread::Length { ai: None })?;
        let expected = check_digit(payload);
        if expected != last - b'0' {
            return Err(Unread::CheckDigit { expected });
        }
        let mut fourteen = [b'0'; 14];
        fourteen[14 - digits.len()..].copy_from_slice(digits);
        Ok(Gtin(fourteen))
    }

    /// The number with these first 13 digits; its check digit is made here.
    pub(super) fn completed(thirteen: [u8; 13]) -> Gtin {
        let mut fourteen = [b'0' + check_digit(&thirteen); 14];
        fourteen[..13].copy_from_slice(&thirteen);
        Gtin(fourteen)
    }

    /// The form with 13 digits; none for a case or a pallet, whose number does not begin with 0.
    pub fn thirteen(&self) -> Option<&str> {
        self.as_str().strip_prefix('0')
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What 8 digits without an identifier are. EAN-8 and UPC-E look alike, and each has its own check digit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EightDigits {
    /// EAN-8.
    #[default]
    #[serde(alias = "ean-8", alias = "gtin8", alias = "gtin")]
    Ean8,
    /// UPC-E with its number system and check digit.
    #[serde(alias = "upc_e", alias = "upc-e")]
    Upce,
}

/// The GS1 check digit of a number, given the digits before it (GS1 General Specifications, 7.9): from the right weights
/// 3, 1, 3, …
pub(super) fn check_digit(payload: &[u8]) -> u8 {
    let sum: u32 = payload
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| u32::from(digit - b'0') * if place % 2 == 0 { 3 } else { 1 })
        .sum();
    ((10 - sum % 10) % 10) as u8
}

/// Whether the last digit of an all-digit number is its GS1 check digit.
pub(super) fn check_digit_is_right(digits: &[u8]) -> bool {
    digits
        .split_last()
        .is_some_and(|(last, payload)| check_digit(payload) == last - b'0')
}

/// Reads the 8, 12, 13 or 14 digits of a GTIN and tells what its prefix makes of it.
pub(super) fn read(digits: &str, settings: &Settings) -> Result<Kind, Unread> {
    let gtin = Gtin::parse(digits)?;
    if digits.len() == 8 {
        // EAN-8 with 0 or 2 in front is for use inside one company.
        return Ok(match digits.as_bytes()[0] {
            b'0' | b'2' => Kind::Rcn { gtin, measure: None },
            _ => Kind::Gtin(gtin),
        });
    }
    let Some(thirteen) = gtin.thirteen() else {
        return Ok(Kind::Gtin(gtin));
    };
    Ok(match &thirteen.as_bytes()[..3] {
        [b'0', b'2' | b'4', _] => Kind::Rcn { gtin, measure: None },
        [b'2', _, _] => Kind::Rcn {
            gtin,
            measure: measure::read(gtin, settings)?,
        },
        b"981" | b"982" => Kind::EuroCoupon(EuroCoupon::of(gtin)),
        _ => Kind::Gtin(gtin),
    })
}

/// Reads a UPC-E: number system, six digits, and the check digit of the UPC-A that it stands for. Some scanners leave out
/// the check digit, or number system 0 as well.
pub(super) fn read_upce(digits: &str) -> Result<Kind, Unread> {
    let (system, [a, b, c, d, e, last], check) = match *digits.as_bytes() {
        [a, b, c, d, e, last] => (b'0', [a, b, c, d, e, last], None),
        [system, a, b, c, d, e, last] => (system, [a, b, c, d, e, last], None),
        [system, a, b, c, d, e, last, check] => (system, [a, b, c, d, e, last], Some(check)),
        _ => return Err(Unread::Length { ai: None }),
    };
    if !matches!(system, b'0' | b'1') {
        return Err(Unread::BadNumberSystem);
    }
    let zero = b'0';
    let item = match last {
        b'0'..=b'2' => [a, b, last, zero, zero, zero, zero, c, d, e],
        b'3' => [a, b, c, zero, zero, zero, zero, zero, d, e],
        b'4' => [a, b, c, d, zero, zero, zero, zero, zero, e],
        _ => [a, b, c, d, e, zero, zero, zero, zero, last],
    };
    let mut upca = [system; 12];
    upca[1..11].copy_from_slice(&item);
    upca[11] = check.unwrap_or_else(|| b'0' + check_digit(&upca[..11]));
    Gtin::of(&upca).map(Kind::UpcE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_decide_the_kind() {
        let kind = |digits| read(digits, &Settings::default()).map(|kind| kind.name());
        assert_eq!(kind("416000336108"), Ok("rcn"));
        assert_eq!(kind("02345673"), Ok("rcn"));
        assert_eq!(kind("96385074"), Ok("gtin"));
        assert_eq!(kind("12345678901231"), Ok("gtin"));
        assert_eq!(kind("9813765030011"), Ok("coupon_eur"));
        assert_eq!(kind("5901234123458"), Err(Unread::CheckDigit { expected: 7 }));
    }

    #[test]
    fn upce_stands_for_a_upca() {
        for (upce, gtin14) in [
            ("02345147", "00023450000017"),
            ("08679339", "00086700000939"),
            ("14252611", "00142100005261"),
            ("04252614", "00042100005264"),
            ("425261", "00042100005264"),
            ("1425261", "00142100005261"),
        ] {
            assert!(
                matches!(read_upce(upce), Ok(Kind::UpcE(gtin)) if gtin.as_str() == gtin14),
                "{upce}"
            );
        }
        assert_eq!(read_upce("24252614").err(), Some(Unread::BadNumberSystem));
    }
}
