//! A reward: what a rule gives, and how that is worked out.

use super::super::amount::{Money, Points, Price, Rate};
use super::super::id::{MembershipId, PurseId};

/// What a rule gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reward {
    /// Its own price for the goods, where that is lower than the list's (phase 1).
    Price(Price),
    /// A percentage off the goods as a member's price (phase 1) or as an offer on units (phase 2).
    PercentOffGoods {
        /// The share taken off.
        off: Rate,
    },
    /// So much off each unit of the goods (phase 2).
    AmountOffUnit(Price),
    /// Of every group of `needs.every` units, dearest first, the last is reduced by this share; 100 % makes it free
    /// (phase 2).
    CheapestOfGroup {
        /// The share taken off the cheapest.
        off: Rate,
    },
    /// A percentage off all the goods of the basket (phase 3).
    PercentOffBasket {
        /// The share taken off.
        off: Rate,
    },
    /// An amount off the basket (phase 4).
    AmountOffBasket(Money),
    /// Points for what is spent on the goods (phase 8): `points` for each `per`, rounded down to the purse's step.
    Earn {
        /// Into which purse.
        purse: PurseId,
        /// So many points…
        points: Points,
        /// …for each of these.
        per: EarnBase,
    },
    /// A membership that counts from the next sale on (phase 8).
    Membership(MembershipId),
}

/// For what points are earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarnBase {
    /// For each such amount, net of discounts and without what a purse paid.
    Amount(Money),
    /// For each such price of a finer unit than the currency's. Not used by money purses.
    Unit(super::super::amount::Quantity),
}
