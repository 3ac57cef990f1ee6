//! `[passes]`: what each way of showing who one is may do.

use serde::{Deserialize, Serialize};

use crate::loyalty::amount::{AmountError, Currency};
use crate::loyalty::shown::{Allowed, Spend, Ways};

/// What each way of showing who one is may do here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Passes {
    /// A card's number that was typed by hand.
    pub typed: Vec<May>,
    /// A printed card that was scanned or swiped.
    pub card: Vec<May>,
    /// A signed pass on paper or as a picture.
    pub pass: Vec<May>,
    /// A signed pass whose phone signed the time.
    pub phone: Vec<May>,
    /// What `spend-some` comes to, in money of the shop, for one basket.
    pub spend_limit: String,
}

/// A thing that may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum May {
    /// Earn points, begin memberships.
    Earn,
    /// Have prices and discounts that only members get.
    Prices,
    /// Pay from purses up to `spend_limit`.
    SpendSome,
    /// Pay any amount from purses.
    Spend,
}

impl Passes {
    /// The same as the rules take it, in the shop's currency.
    ///
    /// # Errors
    /// `spend_limit` is no amount of that currency.
    pub fn ways(&self, currency: Currency) -> Result<Ways, AmountError> {
        let limit = currency.money(&self.spend_limit)?;
        let allowed = |may: &[May]| Allowed {
            earn: may.contains(&May::Earn),
            prices: may.contains(&May::Prices),
            spend: if may.contains(&May::Spend) {
                Spend::Any
            } else if may.contains(&May::SpendSome) {
                Spend::UpTo(limit)
            } else {
                Spend::Nothing
            },
        };
        Ok(Ways {
            typed: allowed(&self.typed),
            card: allowed(&self.card),
            pass: allowed(&self.pass),
            phone: allowed(&self.phone),
        })
    }
}

impl Default for Passes {
    fn default() -> Passes {
        Passes {
            typed: vec![May::Earn, May::Prices],
            card: vec![May::Earn, May::Prices, May::SpendSome],
            pass: vec![May::Earn, May::Prices, May::SpendSome],
            phone: vec![May::Earn, May::Prices, May::Spend],
            spend_limit: "0".to_owned(),
        }
    }
}
