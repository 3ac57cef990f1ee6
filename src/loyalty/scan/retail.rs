//! Numbers of goods: GTIN-8, -12, -13 and -14, UPC-E, restricted circulation numbers, and the prices and weights that
//! scales write into them. Layouts of scale labels are national, so without a region no measure is read.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::coupon::EuroCoupon;
use super::{Kind, Settings, Unread};

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

/// A number with a fixed count of decimals, as printed on a label: `units` of 10^-`decimals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scaled {
    /// The digits without the decimal point.
    pub units: u32,
    /// How many of them stand behind the point.
    pub decimals: u8,
}

impl fmt::Display for Scaled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10u32.pow(u32::from(self.decimals));
        match self.decimals {
            0 => write!(f, "{}", self.units),
            decimals => write!(
                f,
                "{}.{:0width$}",
                self.units / scale,
                self.units % scale,
                width = usize::from(decimals)
            ),
        }
    }
}

/// What a scale wrote into an article's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// The price of the piece, in the shop's currency.
    Price(Scaled),
    /// The weight in kilograms.
    WeightKg(Scaled),
    /// How many pieces.
    Count(u32),
}

/// A measured article: what was measured, and the number under which the goods are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The price, weight or count.
    pub amount: Amount,
    /// The number with the measure set to zero and its check digit made anew: the same for every piece of this article.
    pub article: Gtin,
}

/// A country whose scale labels the shop uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // ISO 3166 letters
pub enum Region {
    #[serde(alias = "DK")]
    Dk,
    #[serde(alias = "DE")]
    De,
    #[serde(alias = "GB")]
    Gb,
    #[serde(alias = "NO")]
    No,
    #[serde(alias = "SE")]
    Se,
    #[serde(alias = "FI")]
    Fi,
    #[serde(alias = "EE")]
    Ee,
    #[serde(alias = "LV")]
    Lv,
    #[serde(alias = "LT")]
    Lt,
}

/// What 8 digits without an identifier are. EAN-8 and UPC-E look alike, and each has its own check digit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EightDigits {
    /// EAN-8.
    #[default]
    Ean8,
    /// UPC-E with its number system and check digit.
    #[serde(alias = "upc_e", alias = "upc-e")]
    Upce,
}

/// The GS1 check digit of a number, given the digits before it (General Specifications, 7.9.1): from the right weights
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
            b'0' | b'2' => Kind::Rcn {
                gtin,
                measure: None,
            },
            _ => Kind::Gtin(gtin),
        });
    }
    let Some(thirteen) = gtin.thirteen() else {
        return Ok(Kind::Gtin(gtin));
    };
    Ok(match &thirteen.as_bytes()[..3] {
        [b'0', b'2' | b'4', _] => Kind::Rcn {
            gtin,
            measure: None,
        },
        [b'2', _, _] => Kind::Rcn {
            gtin,
            measure: measure(gtin, settings)?,
        },
        b"981" | b"982" => Kind::EuroCoupon(EuroCoupon::of(gtin)),
        _ => Kind::Gtin(gtin),
    })
}

/// Reads a UPC-E of 8 digits: number system, six digits, and the check digit of the UPC-A that it stands for.
pub(super) fn read_upce(digits: &str) -> Result<Kind, Unread> {
    let &[system, a, b, c, d, e, last, check] = digits.as_bytes() else {
        return Err(Unread::Length { ai: None });
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
    upca[11] = check;
    Gtin::of(&upca).map(Kind::UpcE)
}

/// How a region lays out the first 12 digits: item digits (with prefix), perhaps an inner check digit, then the value.
struct Layout {
    item: usize,
    inner_check: bool,
    amount: fn(u32) -> Amount,
}

fn layout(region: Region, prefix: u8) -> Option<Layout> {
    use Region::{De, Dk, Ee, Fi, Gb, Lt, Lv, No, Se};
    let layout = |item, inner_check, amount| {
        Some(Layout {
            item,
            inner_check,
            amount,
        })
    };
    match (region, prefix) {
        (Dk, 21..=24) => layout(6, false, price::<2>),
        (Dk, 26 | 28) => layout(6, false, weight::<3>),
        (Dk, 27) => layout(7, false, weight::<3>),
        (De, 22 | 23) => layout(6, true, price::<2>),
        (De, 25 | 26) => layout(6, true, Amount::Count),
        (De, 28 | 29) => layout(6, true, weight::<3>),
        (Gb, 20) => layout(7, true, price::<2>),
        (No | Se, 20) => layout(8, false, price::<2>),
        (No | Se, 21) => layout(8, false, price::<1>),
        (No | Se, 22) => layout(8, false, price::<0>),
        (No | Se | Fi | Ee | Lv | Lt, 23) => layout(8, false, weight::<3>),
        (No | Se | Fi | Ee | Lv | Lt, 24) => layout(8, false, weight::<2>),
        (No | Se | Fi | Ee | Lv | Lt, 25) => layout(8, false, weight::<1>),
        _ => None,
    }
}

fn price<const DECIMALS: u8>(units: u32) -> Amount {
    Amount::Price(Scaled {
        units,
        decimals: DECIMALS,
    })
}

fn weight<const DECIMALS: u8>(units: u32) -> Amount {
    Amount::WeightKg(Scaled {
        units,
        decimals: DECIMALS,
    })
}

fn measure(gtin: Gtin, settings: &Settings) -> Result<Option<Measure>, Unread> {
    let Some(region) = settings.rcn_region else {
        return Ok(None);
    };
    let digits = &gtin.0[1..];
    let prefix = (digits[0] - b'0') * 10 + (digits[1] - b'0');
    let Some(layout) = layout(region, prefix) else {
        return Ok(None);
    };
    let value_at = layout.item + usize::from(layout.inner_check);
    let value = &digits[value_at..12];
    if layout.inner_check {
        let expected = inner_check_digit(value);
        if digits[layout.item] - b'0' != expected {
            return Err(Unread::MeasureCheckDigit { expected });
        }
    }
    let units = value
        .iter()
        .fold(0, |units, digit| units * 10 + u32::from(digit - b'0'));
    let mut article = gtin.0;
    article[1 + layout.item..13].fill(b'0');
    article[13] = b'0' + check_digit(&article[..13]);
    Ok(Some(Measure {
        amount: (layout.amount)(units),
        article: Gtin(article),
    }))
}

/// A weight of the inner check digit (General Specifications, 7.9.2 to 7.9.4). "Minus" takes the tens of the product
/// away from it, "plus" adds them.
#[derive(Clone, Copy)]
enum Weight {
    TwoMinus,
    Three,
    FivePlus,
    FiveMinus,
}

fn weigh(digit: u8, weight: Weight) -> u8 {
    (match weight {
        Weight::TwoMinus => 2 * digit - 2 * digit / 10,
        Weight::Three => 3 * digit,
        Weight::FivePlus => 5 * digit + 5 * digit / 10,
        Weight::FiveMinus => 5 * digit - 5 * digit / 10,
    }) % 10
}

/// The check digit inside a label, over a price or weight of four or five digits.
fn inner_check_digit(value: &[u8]) -> u8 {
    use Weight::{FiveMinus, FivePlus, Three, TwoMinus};
    let sum = |weights: &[Weight]| -> u8 {
        value
            .iter()
            .zip(weights)
            .map(|(digit, &weight)| weigh(digit - b'0', weight))
            .sum()
    };
    if value.len() == 4 {
        return sum(&[TwoMinus, TwoMinus, Three, FiveMinus]) * 3 % 10;
    }
    let rest = (10 - sum(&[FivePlus, TwoMinus, FiveMinus, FivePlus, TwoMinus]) % 10) % 10;
    (0..10)
        .find(|&digit| weigh(digit, FiveMinus) == rest)
        .unwrap_or(0) // 5- reaches every digit once
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_region(region: Region) -> Settings {
        Settings {
            rcn_region: Some(region),
            ..Settings::default()
        }
    }

    fn measured(digits: &str, region: Region) -> (String, String) {
        match read(digits, &in_region(region)) {
            Ok(Kind::Rcn {
                measure: Some(Measure { amount, article }),
                ..
            }) => {
                let amount = match amount {
                    Amount::Price(price) => format!("price {price}"),
                    Amount::WeightKg(weight) => format!("{weight} kg"),
                    Amount::Count(count) => format!("{count} pieces"),
                };
                (amount, article.to_string())
            }
            other => panic!("no measure: {other:?}"),
        }
    }

    #[test]
    fn inner_check_digits_by_the_standard() {
        assert_eq!(inner_check_digit(b"2875"), 9);
        assert_eq!(inner_check_digit(b"14685"), 6);
    }

    #[test]
    fn a_label_says_price_weight_or_count_by_region() {
        for (digits, region, amount) in [
            ("2211114002394", Region::De, "price 2.39"),
            ("2511119000129", Region::De, "12 pieces"),
            ("2011122912346", Region::Gb, "price 12.34"),
            ("2288060112347", Region::Se, "price 1234"),
            ("2623570001505", Region::Dk, "0.150 kg"),
            ("2511111112349", Region::Lt, "123.4 kg"),
        ] {
            assert_eq!(measured(digits, region).0, amount, "{digits}");
        }
    }

    #[test]
    fn weighed_goods_are_looked_up_without_their_weight() {
        assert_eq!(measured("2302148210869", Region::No).1, "02302148200006");
    }

    #[test]
    fn a_prefix_the_region_does_not_measure_is_only_a_number() {
        assert!(matches!(
            read("2088060112343", &in_region(Region::Fi)),
            Ok(Kind::Rcn { measure: None, .. })
        ));
        assert!(matches!(
            read("2302148210869", &Settings::default()),
            Ok(Kind::Rcn { measure: None, .. })
        ));
    }

    #[test]
    fn prefixes_decide_the_kind() {
        let kind = |digits| read(digits, &Settings::default()).map(|kind| kind.name());
        assert_eq!(kind("416000336108"), Ok("rcn"));
        assert_eq!(kind("02345673"), Ok("rcn"));
        assert_eq!(kind("96385074"), Ok("gtin"));
        assert_eq!(kind("12345678901231"), Ok("gtin"));
        assert_eq!(kind("9813765030011"), Ok("coupon_eur"));
        assert_eq!(
            kind("5901234123458"),
            Err(Unread::CheckDigit { expected: 7 })
        );
    }

    #[test]
    fn upce_stands_for_a_upca() {
        for (upce, gtin14) in [
            ("02345147", "00023450000017"),
            ("08679339", "00086700000939"),
            ("14252611", "00142100005261"),
            ("04252614", "00042100005264"),
        ] {
            assert!(
                matches!(read_upce(upce), Ok(Kind::UpcE(gtin)) if gtin.as_str() == gtin14),
                "{upce}"
            );
        }
        assert_eq!(read_upce("24252614").err(), Some(Unread::BadNumberSystem));
    }
}
