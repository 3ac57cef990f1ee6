//! A reward: what a rule gives, and how that is worked out.

use super::super::amount::{Money, Points, Price, Quantity, Rate};
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

/// For what points are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarnBase {
    /// For each such amount spent, net of discounts and without what a purse paid.
    Amount(Money),
    /// For each such quantity of the goods: a piece, a litre.
    Unit(Quantity),
}

impl Reward {
    /// The phase in which it acts unless a rule says otherwise.
    pub fn phase(&self) -> u8 {
        match self {
            Reward::Price(_) => 1,
            Reward::PercentOffGoods { .. } | Reward::AmountOffUnit(_) | Reward::CheapestOfGroup { .. } => 2,
            Reward::PercentOffBasket { .. } => 3,
            Reward::AmountOffBasket(_) => 4,
            Reward::Earn { .. } | Reward::Membership(_) => 8,
        }
    }

    /// May a rule move it to this phase? Only what prices single units can be a member's price, and only discounts move.
    pub fn may_act_in(&self, phase: u8) -> bool {
        match self {
            Reward::Price(_) | Reward::PercentOffGoods { .. } | Reward::AmountOffUnit(_) => {
                (1..=5).contains(&phase)
            }
            Reward::CheapestOfGroup { .. } | Reward::PercentOffBasket { .. } | Reward::AmountOffBasket(_) => {
                (2..=5).contains(&phase)
            }
            Reward::Earn { .. } | Reward::Membership(_) => phase == 8,
        }
    }
}
