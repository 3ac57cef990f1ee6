//! Money, prices, quantities, points and rates: whole numbers and exact decimals, how they round, how a sum is split.
//! Text in a person's language belongs to `words`; here a number is plain decimal text ("12.50").

use std::fmt;

use minicbor::{Decode, Encode};

use super::said::quoted;

/// Every amount of the shop stays below this many smallest units, so that a basket's sums cannot overflow.
pub const LARGEST: i64 = 1_000_000_000_000_000;

/// A number that cannot be taken: what was found and what would be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not a plain decimal number.
    #[error("{found} is not a number: write digits with at most {decimals} decimals, such as 12.50")]
    NotANumber {
        /// What was found, in quotes; never a card's number.
        found: String,
        /// How many decimals are accepted.
        decimals: u32,
    },
    /// More decimals than the unit has.
    #[error("{found} has too many decimals: at most {decimals} are kept")]
    TooFine {
        /// What was found, in quotes; never a card's number.
        found: String,
        /// How many decimals are accepted.
        decimals: u32,
    },
    /// Larger than any shop's amount.
    #[error("{found} is too large for an amount")]
    TooLarge {
        /// What was found, in quotes; never a card's number.
        found: String,
    },
    /// The currency is not one of ISO 4217, or has more than three decimals.
    #[error("\"{found}\" is not a currency vafa knows: write an ISO 4217 code such as EUR, INR or JPY")]
    Currency {
        /// The text as it was found.
        found: String,
    },
}

/// The shop's one currency: its ISO 4217 code and how many decimals its minor unit has (0, 2 or 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Currency {
    code: iso_currency::Currency,
    decimals: u32,
}

impl Currency {
    /// Looks a code up in ISO 4217. Arithmetic follows ISO, not a locale's display digits.
    pub fn of(code: &str) -> Result<Currency, AmountError> {
        let unknown = || AmountError::Currency {
            found: code.to_owned(),
        };
        let currency = iso_currency::Currency::from_code(code).ok_or_else(unknown)?;
        let decimals = currency.exponent().map_or(0, u32::from);
        if decimals > 3 {
            return Err(unknown());
        }
        Ok(Currency {
            code: currency,
            decimals,
        })
    }

    /// The ISO 4217 code, such as "INR".
    pub fn code(self) -> &'static str {
        self.code.code()
    }

    /// Decimals of the minor unit: 0, 2 or 3.
    pub fn decimals(self) -> u32 {
        self.decimals
    }

    /// The sign a customer knows, such as "₹"; the code where ISO has none.
    pub fn symbol(self) -> String {
        self.code.symbol().to_string()
    }

    /// Reads decimal text as money of this currency.
    pub fn money(self, text: &str) -> Result<Money, AmountError> {
        parse_decimal(text, self.decimals).map(Money)
    }

    /// Money as plain decimal text: "12.50", or "12" where the currency has no decimals.
    pub fn text(self, money: Money) -> String {
        decimal_text(money.0, self.decimals, true)
    }

    /// How many thousandths one minor unit is: the step of a purse that holds money.
    pub fn step(self) -> Points {
        Points(10_i64.pow(3 - self.decimals))
    }
}

/// Whole minor units of the shop's one currency. Never a float: a cent lost here is a cent somebody hunts for at
/// closing time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Money(#[n(0)] i64);

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);

    /// So many minor units (cents, paise, yen).
    pub const fn minor(units: i64) -> Money {
        Money(units)
    }

    /// The minor units.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Is there nothing?
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// This share, rounded once: half a cent goes away from zero, so that a return gives back just what the sale took.
    pub fn share(self, rate: Rate) -> Money {
        Money(divide_half_away(
            i128::from(self.0) * i128::from(rate.0),
            i128::from(Rate::ONE.0),
        ))
    }

    /// Splits this sum over weights by largest remainder, ties to the earlier weight: the parts always add up to the
    /// sum. Without any weight everything falls on the first part.
    pub fn split(self, weights: &[i128]) -> Vec<Money> {
        let total: i128 = weights.iter().sum();
        if total == 0 {
            let mut parts = vec![Money::ZERO; weights.len()];
            if let Some(first) = parts.first_mut() {
                *first = self;
            }
            return parts;
        }
        let sum = i128::from(self.0);
        let mut parts: Vec<i128> = weights.iter().map(|weight| sum * weight / total).collect();
        let rest = sum - parts.iter().sum::<i128>();
        if rest != 0 {
            let remainder = |(part, weight): (&i128, &i128)| (sum * weight - part * total).abs();
            let remainders: Vec<i128> = parts.iter().zip(weights).map(remainder).collect();
            let mut order: Vec<usize> = (0..weights.len()).collect();
            // Who gets one more is all that matters, not in which order: there are fewer rests than parts.
            let many = rest.unsigned_abs() as usize;
            if (1..order.len()).contains(&many) {
                order.select_nth_unstable_by_key(many - 1, |&i| (-remainders[i], i));
            }
            for &i in order.iter().take(many) {
                parts[i] += rest.signum();
            }
        }
        parts.into_iter().map(|part| Money(clamp(part))).collect()
    }
}

/// A price of one unit of goods, in ten-thousandths of the currency's major unit: finer than a cent, as fuel needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Price(#[n(0)] i64);

impl Price {
    /// Decimals of a price.
    pub const DECIMALS: u32 = 4;

    /// Reads "1.799".
    pub fn parse(text: &str) -> Result<Price, AmountError> {
        parse_decimal(text, Price::DECIMALS).map(Price)
    }

    /// So many ten-thousandths.
    pub const fn ten_thousandths(units: i64) -> Price {
        Price(units)
    }

    /// The ten-thousandths.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// What a quantity costs: qty × price, half away from zero to the minor unit.
    pub fn times(self, quantity: Quantity, currency: Currency) -> Money {
        Money(divide_half_away(
            self.exactly(quantity),
            Price::minor_unit(currency),
        ))
    }

    /// What a quantity costs, exactly, in ten-millionths of the major unit.
    pub fn exactly(self, quantity: Quantity) -> i128 {
        i128::from(self.0) * i128::from(quantity.0)
    }

    /// One minor unit of the currency on the scale of `exactly`.
    pub fn minor_unit(currency: Currency) -> i128 {
        10_i128.pow(Price::DECIMALS + Quantity::DECIMALS - currency.decimals())
    }

    /// Plain decimal text, with at least the decimals of the currency.
    pub fn text(self, currency: Currency) -> String {
        let mut text = decimal_text(self.0, Price::DECIMALS, true);
        let shortest = text.len() - (Price::DECIMALS - currency.decimals()) as usize;
        while text.len() > shortest && text.ends_with('0') {
            text.pop();
        }
        text.trim_end_matches('.').to_owned()
    }
}

/// Pieces, litres or kilograms, in thousandths. Positive in a sale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Quantity(#[n(0)] i64);

impl Quantity {
    /// Decimals of a quantity.
    pub const DECIMALS: u32 = 3;
    /// One piece.
    pub const ONE: Quantity = Quantity(1000);
    /// Nothing.
    pub const ZERO: Quantity = Quantity(0);

    /// Reads "2" or "32.45".
    pub fn parse(text: &str) -> Result<Quantity, AmountError> {
        parse_decimal(text, Quantity::DECIMALS).map(Quantity)
    }

    /// So many thousandths.
    pub const fn thousandths(units: i64) -> Quantity {
        Quantity(units)
    }

    /// So many whole pieces.
    pub const fn whole(pieces: i64) -> Quantity {
        Quantity(pieces * 1000)
    }

    /// The thousandths.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// How many whole pieces it is, where it is whole.
    pub const fn pieces(self) -> Option<i64> {
        if self.0 % 1000 == 0 {
            Some(self.0 / 1000)
        } else {
            None
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal_text(self.0, Quantity::DECIMALS, false))
    }
}

/// What a purse holds, in thousandths of its unit: points, miles, stamps, or money in a money purse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Points(#[n(0)] i64);

impl Points {
    /// Decimals of a purse.
    pub const DECIMALS: u32 = 3;
    /// Nothing.
    pub const ZERO: Points = Points(0);
    /// One whole point: the step of points, stamps and miles.
    pub const ONE: Points = Points(1000);

    /// Reads "123" or "4.5".
    pub fn parse(text: &str) -> Result<Points, AmountError> {
        parse_decimal(text, Points::DECIMALS).map(Points)
    }

    /// So many thousandths.
    pub const fn thousandths(units: i64) -> Points {
        Points(units)
    }

    /// So many whole points.
    pub const fn whole(points: i64) -> Points {
        Points(points * 1000)
    }

    /// The thousandths.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Is there nothing?
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Down to a whole number of steps.
    pub fn down_to(self, step: Points) -> Points {
        Points(self.0.div_euclid(step.0) * step.0)
    }

    /// Up to a whole number of steps.
    pub fn up_to(self, step: Points) -> Points {
        Points(-(-self.0).div_euclid(step.0) * step.0)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal_text(self.0, Points::DECIMALS, false))
    }
}

/// An exact decimal factor in hundred-millionths: 5 % is 5 000 000 of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Rate(#[n(0)] i64);

impl Rate {
    /// Decimals of a rate.
    pub const DECIMALS: u32 = 8;
    /// The whole: 100 %.
    pub const ONE: Rate = Rate(100_000_000);

    /// Reads "0.05" as a factor.
    pub fn parse(text: &str) -> Result<Rate, AmountError> {
        parse_decimal(text, Rate::DECIMALS).map(Rate)
    }

    /// Reads "5" or "5 %" as a percentage.
    pub fn percent(text: &str) -> Result<Rate, AmountError> {
        let number = text.trim().trim_end_matches('%').trim_end();
        parse_decimal(number, Rate::DECIMALS - 2).map(Rate)
    }

    /// The hundred-millionths.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// As a percentage without a sign: "5", "2.5".
    pub fn percent_text(self) -> String {
        decimal_text(self.0, Rate::DECIMALS - 2, false)
    }
}

macro_rules! sums {
    ($($kind:ident),*) => {$(
        impl std::ops::Add for $kind {
            type Output = $kind;
            fn add(self, other: $kind) -> $kind { $kind(self.0.saturating_add(other.0)) }
        }
        impl std::ops::Sub for $kind {
            type Output = $kind;
            fn sub(self, other: $kind) -> $kind { $kind(self.0.saturating_sub(other.0)) }
        }
        impl std::ops::Neg for $kind {
            type Output = $kind;
            fn neg(self) -> $kind { $kind(self.0.saturating_neg()) }
        }
        impl std::ops::AddAssign for $kind {
            fn add_assign(&mut self, other: $kind) { *self = *self + other; }
        }
        impl std::ops::SubAssign for $kind {
            fn sub_assign(&mut self, other: $kind) { *self = *self - other; }
        }
        impl std::iter::Sum for $kind {
            fn sum<I: Iterator<Item = $kind>>(all: I) -> $kind { all.fold($kind(0), |a, b| a + b) }
        }
    )*};
}
sums!(Money, Points, Quantity);

/// Divides and rounds half away from zero, once.
pub fn divide_half_away(value: i128, by: i128) -> i64 {
    let half = by.abs() / 2;
    let odd = by.abs() % 2;
    let rest = (value % by).abs();
    let up = rest > half || (odd == 0 && rest == half && rest != 0);
    let toward_zero = value / by;
    let sign = if (value < 0) == (by < 0) { 1 } else { -1 };
    clamp(if up { toward_zero + sign } else { toward_zero })
}

fn clamp(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

fn parse_decimal(text: &str, decimals: u32) -> Result<i64, AmountError> {
    let found = || quoted(text);
    let not_a_number = || AmountError::NotANumber {
        found: found(),
        decimals,
    };
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(part) || digits.ends_with('.') {
        return Err(not_a_number());
    }
    let part = part.trim_end_matches('0');
    if part.len() > decimals as usize {
        return Err(AmountError::TooFine {
            found: found(),
            decimals,
        });
    }
    let mut value: i64 = 0;
    let zeros = std::iter::repeat_n(b'0', decimals as usize - part.len());
    for digit in whole.bytes().chain(part.bytes()).chain(zeros) {
        value = value * 10 + i64::from(digit - b'0');
        if value > LARGEST {
            return Err(AmountError::TooLarge { found: found() });
        }
    }
    Ok(if negative { -value } else { value })
}

fn decimal_text(value: i64, decimals: u32, keep_zeros: bool) -> String {
    let scale = 10_u64.pow(decimals);
    let sign = if value < 0 { "-" } else { "" };
    let (whole, part) = (value.unsigned_abs() / scale, value.unsigned_abs() % scale);
    if decimals == 0 || (part == 0 && !keep_zeros) {
        return format!("{sign}{whole}");
    }
    let text = format!("{sign}{whole}.{part:0width$}", width = decimals as usize);
    if keep_zeros {
        text
    } else {
        text.trim_end_matches('0').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur() -> Currency {
        Currency::of("EUR").expect("EUR is in ISO 4217")
    }

    #[test]
    fn half_a_cent_goes_away_from_zero() {
        for (value, by, rounded) in [
            (5, 10, 1),
            (-5, 10, -1),
            (4, 10, 0),
            (15, 10, 2),
            (25, 10, 3),
            (1, 3, 0),
            (2, 3, 1),
        ] {
            assert_eq!(divide_half_away(value, by), rounded, "{value} / {by}");
        }
    }

    #[test]
    fn fuel_costs_price_times_litres() {
        for (price, litres, total) in [
            ("1.799", "40", 7196),
            ("1.459", "10.06", 1468),
            ("1.409", "10.06", 1417),
            ("101.94", "32.45", 330_795),
        ] {
            let price = Price::parse(price).expect("a price");
            let litres = Quantity::parse(litres).expect("a quantity");
            assert_eq!(price.times(litres, eur()), Money::minor(total));
        }
    }

    #[test]
    fn a_discount_is_split_by_largest_remainder() {
        let cases: [(i64, &[i128], &[i64]); 4] = [
            (1000, &[1, 1, 1], &[334, 333, 333]),
            (5, &[199, 1, 50], &[4, 0, 1]),
            (499, &[1299, 499, 2], &[360, 138, 1]),
            (7, &[0, 0], &[7, 0]),
        ];
        for (sum, weights, parts) in cases {
            let split: Vec<i64> = Money::minor(sum)
                .split(weights)
                .into_iter()
                .map(Money::units)
                .collect();
            assert_eq!(split, parts);
        }
    }

    #[test]
    fn text_and_back() {
        assert_eq!(eur().text(Money::minor(-1250)), "-12.50");
        assert_eq!(eur().money("12.5"), Ok(Money::minor(1250)));
        assert_eq!(
            Currency::of("JPY").map(|yen| yen.text(Money::minor(12))),
            Ok("12".to_owned())
        );
        assert_eq!(Quantity::thousandths(32_450).to_string(), "32.45");
        assert_eq!(
            Price::parse("1.799").map(|p| p.text(eur())),
            Ok("1.799".to_owned())
        );
        assert_eq!(Price::parse("2.5").map(|p| p.text(eur())), Ok("2.50".to_owned()));
        assert_eq!(
            Rate::percent("12.5 %").map(Rate::percent_text),
            Ok("12.5".to_owned())
        );
        for wrong in ["", "-", "1.", ".5", "1,5", "१", "1e3", "+1", " 1"] {
            assert!(
                matches!(eur().money(wrong), Err(AmountError::NotANumber { .. })),
                "{wrong}"
            );
        }
        let card = eur().money("4111111111111111").expect_err("no amount");
        assert_eq!(card.to_string(), "that number is too large for an amount");
        assert!(!format!("{card:?}").contains("1111"));
        assert!(matches!(eur().money("1.001"), Err(AmountError::TooFine { .. })));
        assert!(matches!(
            eur().money("99999999999999999999"),
            Err(AmountError::TooLarge { .. })
        ));
    }

    #[test]
    fn points_step_up_and_down() {
        assert_eq!(
            Points::thousandths(123_456).down_to(Points::ONE),
            Points::whole(123)
        );
        assert_eq!(
            Points::thousandths(123_456).up_to(Points::ONE),
            Points::whole(124)
        );
        assert_eq!(Points::whole(5).up_to(Points::ONE), Points::whole(5));
    }
}
