//! Settings: where well-known products disagree, a program file may choose. Each has the default that most shops mean.

use super::super::amount::Rate;

/// At which stage of a sale an amount is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// At list prices.
    ListPrice,
    /// After member prices and offers on units, before all that acts on the basket.
    #[default]
    AfterUnitOffers,
    /// What is left when the rule acts.
    WhatIsLeft,
}

/// What a rule that earns counts as spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What discounts took off.
    pub discounts: bool,
    /// What purses paid.
    pub purses: bool,
    /// What gift balances paid.
    pub gifts: bool,
    /// Tax: as it stands in the prices where nothing is stated.
    pub tax: Option<bool>,
}

impl Default for Counted {
    fn default() -> Counted {
        Counted {
            discounts: false,
            purses: false,
            gifts: true,
            tax: None,
        }
    }
}

/// How a rule works out what it gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// A percentage is one of the list price, whatever was taken off before.
    pub of_list_price: bool,
    /// What earning counts as spent.
    pub counted: Counted,
    /// Earning is rounded line by line instead of once for the sale.
    pub by_line: bool,
}

/// What a purse is to the tax when it pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PaysAs {
    /// Money: tax stands on the full amount.
    #[default]
    Tender,
    /// A discount: the taxable base falls by what it pays.
    Discount,
}

/// What the customer gets back for goods that he returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Returns {
    /// What he paid, less what the goods that he keeps would have cost.
    #[default]
    QuotedAgain,
    /// What he paid for these goods, as it is stored with their lines.
    InProportion,
}

impl Returns {
    /// The word of a program file.
    pub fn name(self) -> &'static str {
        match self {
            Returns::QuotedAgain => "quoted again",
            Returns::InProportion => "in proportion",
        }
    }
}

impl Counted {
    /// Is tax in the base, where prices hold it or not?
    pub fn with_tax(&self, is_in_prices: bool) -> bool {
        self.tax.unwrap_or(is_in_prices)
    }
}

/// The part of an amount that is tax, where the amount holds it: amount × rate ÷ (1 + rate).
pub(in crate::loyalty) fn tax_within(units: i64, rate: Rate) -> i64 {
    let (rate, whole) = (i128::from(rate.units()), i128::from(Rate::ONE.units()));
    super::super::amount::divide_half_away(i128::from(units) * rate, whole + rate)
}
