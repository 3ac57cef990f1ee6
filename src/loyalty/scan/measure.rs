//! Prices, weights and counts that scales write into an article's number. Layouts are national, so without a region
//! nothing is read.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Gtin, Settings, Unread};

/// A number with a fixed count of decimals, as printed on a label: `units` of 10^-`decimals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scaled {
    /// The digits without the decimal point.
    pub units: u32,
    /// How many of them stand behind the point.
    pub decimals: u8,
}

impl Scaled {
    /// The same with so many decimals; half of what is lost goes away from zero.
    pub fn with_decimals(self, decimals: u32) -> Option<i64> {
        let (units, own) = (i64::from(self.units), u32::from(self.decimals));
        match own.checked_sub(decimals) {
            Some(lost) => {
                let by = 10_i64.checked_pow(lost)?;
                Some((units + by / 2) / by)
            }
            None => units.checked_mul(10_i64.checked_pow(decimals - own)?),
        }
    }
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
    /// How many digits of the article's 13 name it, prefix included.
    pub item_digits: usize,
}

impl Measure {
    /// The digits that name the article, with their prefix of two and without: what a catalogue may have it under.
    pub fn item(&self) -> [&str; 2] {
        let digits = &self.article.as_str()[1..=self.item_digits];
        [digits, &digits[2..]]
    }
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

/// Reads the measure in a number with prefix 20 to 29, if the shop's region writes one for it.
pub(super) fn read(gtin: Gtin, settings: &Settings) -> Result<Option<Measure>, Unread> {
    let Some((region, thirteen)) = settings.rcn_region.zip(gtin.thirteen()) else {
        return Ok(None);
    };
    let digits = thirteen.as_bytes();
    let prefix = (digits[0] - b'0') * 10 + (digits[1] - b'0');
    let Some(layout) = layout(region, prefix) else {
        return Ok(None);
    };
    let value = &digits[layout.item + usize::from(layout.inner_check)..12];
    if layout.inner_check {
        let expected = inner_check_digit(value);
        if digits[layout.item] - b'0' != expected {
            return Err(Unread::MeasureCheckDigit { expected });
        }
    }
    let units = value
        .iter()
        .fold(0, |units, digit| units * 10 + u32::from(digit - b'0'));
    let mut article = [b'0'; 13];
    article[1..=layout.item].copy_from_slice(&digits[..layout.item]);
    Ok(Some(Measure {
        amount: (layout.amount)(units),
        article: Gtin::completed(article),
        item_digits: layout.item,
    }))
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

/// A weight of the inner check digit (GS1 General Specifications, 7.9). "Minus" takes the tens of the product
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

    fn of(digits: &str, settings: &Settings) -> Result<Option<Measure>, Unread> {
        read(Gtin::parse(digits).expect("a right number"), settings)
    }

    fn in_region(region: Region) -> Settings {
        Settings {
            rcn_region: Some(region),
            ..Settings::default()
        }
    }

    fn measured(digits: &str, region: Region) -> (String, String) {
        match of(digits, &in_region(region)) {
            Ok(Some(Measure { amount, article, .. })) => {
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
    fn a_label_that_was_misread_is_refused() {
        let fault = Unread::MeasureCheckDigit { expected: 9 };
        assert_eq!(of("2511118000120", &in_region(Region::De)), Err(fault));
    }

    #[test]
    fn weighed_goods_are_looked_up_without_their_weight() {
        assert_eq!(measured("2302148210869", Region::No).1, "02302148200006");
    }

    #[test]
    fn a_prefix_the_region_does_not_measure_is_only_a_number() {
        assert!(matches!(of("2088060112343", &in_region(Region::Fi)), Ok(None)));
        assert!(matches!(of("2302148210869", &Settings::default()), Ok(None)));
    }
}
