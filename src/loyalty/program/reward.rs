//! A reward: what a rule gives, and how that is worked out.

use super::super::amount::{Money, Points, Price, Quantity, Rate};
use super::super::id::{CharityId, MembershipId, PurseId, RewardId};

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
    /// Of every group of `needs.every` units, dearest first, or of each `needs.set`, some are reduced (phase 2). Without
    /// either all units of the basket are one group.
    UnitsOfGroup {
        /// By how much each of them.
        cut: Cut,
        /// Which ones.
        pick: Pick,
        /// How many of each group.
        units: u32,
        /// Units that are not in the basket are added to it.
        add: bool,
    },
    /// Whole groups of `needs.every` units, dearest first, or whole sets are reduced (phase 2). A group that would gain
    /// nothing is left alone.
    WholeGroup {
        /// By how much each group.
        cut: Cut,
    },
    /// A percentage off all the goods of the basket (phase 3).
    PercentOffBasket {
        /// The share taken off.
        off: Rate,
    },
    /// An amount off the basket (phase 4).
    AmountOffBasket(Money),
    /// An amount off the basket for each so much of the goods (phase 4).
    AmountPer {
        /// The amount.
        off: Money,
        /// For each of these.
        per: EarnBase,
    },
    /// One price for all the goods of the basket together, where that is lower (phase 4).
    BasketPrice(Money),
    /// Points for what is spent on the goods (phase 8): `points` for each `per`, rounded down to the purse's step.
    Earn {
        /// Into which purse.
        purse: PurseId,
        /// So many points…
        points: Points,
        /// …for each of these.
        per: EarnBase,
        /// Into whose.
        to: Recipient,
    },
    /// A membership that counts from the next sale on (phase 8).
    Membership(MembershipId),
    /// Stamps for each unit that is paid (phase 8): one that is free earns none.
    Stamp {
        /// Into which purse.
        purse: PurseId,
        /// So many for each unit.
        stamps: Points,
    },
    /// A unit reduced for each full card of stamps, which it uses up; 100 % makes it free (phase 2).
    ForStamps {
        /// The share taken off.
        off: Rate,
    },
    /// What a base rule earns into a purse, so many times over (phase 8); of several the highest counts.
    Times {
        /// Into which purse.
        purse: PurseId,
        /// How many times the base.
        times: Rate,
    },
    /// A share of what was spent, into a purse of money (phase 8).
    Back {
        /// Into which purse.
        purse: PurseId,
        /// The share.
        share: Rate,
    },
    /// A share of a cost that an activity names, divided by a number that it names (B10).
    Share {
        /// Into which purse.
        purse: PurseId,
        /// The share.
        share: Rate,
        /// The attribute with the amount.
        of: String,
        /// The attribute by which it is divided.
        over: Option<String>,
    },
    /// Something of the catalogue (phase 8).
    Issue {
        /// What.
        reward: RewardId,
        /// How many.
        quantity: u64,
        /// To whom.
        to: Recipient,
    },
    /// The member whom this attribute of an activity names was brought by the one who tells of it.
    Bring {
        /// The attribute with the friend's id.
        attribute: String,
    },
    /// One of several rewards, by chance (phase 8).
    Draw {
        /// How likely a win is.
        chance: Rate,
        /// Of these one is won, each as likely as the other.
        among: Vec<RewardId>,
    },
    /// A share of what was spent goes to a charity (phase 8).
    Donate {
        /// The share.
        share: Rate,
        /// To which.
        charity: CharityId,
    },
    /// A line on the screen.
    Message(String),
    /// A supervisor must agree to the sale.
    Approval,
}

/// By how much something is reduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// By a share; all of it makes it free.
    Share(Rate),
    /// By an amount.
    Amount(Price),
    /// To a price of its own.
    To(Price),
}

/// Which units of a group are reduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// The cheapest.
    Cheapest,
    /// The dearest.
    Dearest,
}

/// To whose account something goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Recipient {
    /// The buyer's.
    #[default]
    Buyer,
    /// That of the organisation he buys for.
    Organisation,
    /// That of the member who sold.
    Agent,
    /// That of the member who brought him.
    Referrer,
    /// Shared: this share to the organisation, the rest to a buyer who may have it (with this consent, where one is
    /// named); all of it to the organisation where there is none.
    Split {
        /// The organisation's share.
        organisation: Rate,
        /// What must have been agreed to.
        consent: Option<String>,
    },
}

/// For what points are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarnBase {
    /// For each such amount spent, net of discounts and without what a purse paid.
    Amount(Money),
    /// For each such quantity of the goods, or of what was brought: a piece, a litre.
    Unit(Quantity),
    /// Once for the whole sale or activity.
    Once,
}

/// The phase of coupons and vouchers that act as a discount.
pub const COUPONS: u8 = 5;

/// The phase of everything that takes nothing off.
pub const EARNING: u8 = 8;

impl Reward {
    /// The phase in which it acts unless a rule says otherwise.
    pub fn phase(&self) -> u8 {
        match self {
            Reward::Price(_) => 1,
            Reward::PercentOffGoods { .. }
            | Reward::AmountOffUnit(_)
            | Reward::UnitsOfGroup { .. }
            | Reward::WholeGroup { .. }
            | Reward::ForStamps { .. } => 2,
            Reward::PercentOffBasket { .. } => 3,
            Reward::AmountOffBasket(_) | Reward::AmountPer { .. } | Reward::BasketPrice(_) => 4,
            Reward::Earn { .. }
            | Reward::Membership(_)
            | Reward::Stamp { .. }
            | Reward::Times { .. }
            | Reward::Back { .. }
            | Reward::Share { .. }
            | Reward::Issue { .. }
            | Reward::Bring { .. }
            | Reward::Draw { .. }
            | Reward::Donate { .. }
            | Reward::Message(_)
            | Reward::Approval => EARNING,
        }
    }

    /// Does it take a share or an amount off, whatever the units are? Such coupons act after all other offers.
    pub fn is_off_the_basket(&self) -> bool {
        matches!(
            self,
            Reward::PercentOffBasket { .. }
                | Reward::AmountOffBasket(_)
                | Reward::AmountPer { .. }
                | Reward::BasketPrice(_)
                | Reward::PercentOffGoods { .. }
        )
    }

    /// Does it need somebody who has an account?
    pub fn is_credit(&self) -> bool {
        match self {
            Reward::Earn { to, .. } => !matches!(to, Recipient::Agent),
            Reward::Membership(_)
            | Reward::Stamp { .. }
            | Reward::ForStamps { .. }
            | Reward::Times { .. }
            | Reward::Back { .. }
            | Reward::Share { .. }
            | Reward::Issue { .. }
            | Reward::Draw { .. } => true,
            _ => false,
        }
    }

    /// The purse that it fills.
    pub fn purse(&self) -> Option<&PurseId> {
        match self {
            Reward::Earn { purse, .. }
            | Reward::Stamp { purse, .. }
            | Reward::Times { purse, .. }
            | Reward::Back { purse, .. }
            | Reward::Share { purse, .. } => Some(purse),
            _ => None,
        }
    }

    /// May a rule move it to this phase? Only what prices single units can be a member's price, and only discounts move.
    pub fn may_act_in(&self, phase: u8) -> bool {
        match self {
            Reward::Price(_) | Reward::PercentOffGoods { .. } | Reward::AmountOffUnit(_) => {
                (1..=5).contains(&phase)
            }
            Reward::UnitsOfGroup { .. }
            | Reward::WholeGroup { .. }
            | Reward::ForStamps { .. }
            | Reward::PercentOffBasket { .. }
            | Reward::AmountOffBasket(_)
            | Reward::AmountPer { .. }
            | Reward::BasketPrice(_) => (2..=5).contains(&phase),
            _ => phase == EARNING,
        }
    }
}
