//! Things of the catalogue that are asked for: redeemed for points, or used up.

use std::collections::BTreeMap;

use super::super::amount::{LARGEST, Money, Points, divide_half_away};
use super::super::calendar::Moment;
use super::super::id::{CounterId, PurseId, RewardId};
use super::super::member::{Change, ForOther, Holder, Known};
use super::super::program::catalogue::Into as Becomes;
use super::super::program::{ProgramSet, Site};
use super::super::quote::Reason;
use super::offer::{Scene, unmet_of};
use super::outside::{Done, nothing_bought};
use super::room::{pieces, taken};

/// What a member asks of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// When.
    pub at: Moment,
    /// What.
    pub reward: RewardId,
    /// How many.
    pub quantity: u64,
    /// A supervisor agreed.
    pub is_approved: bool,
    /// How much the place where it is asked for may still give of each total: see
    /// [`ProgramSet::totals`](super::super::program::ProgramSet::totals).
    pub dealt: BTreeMap<CounterId, i64>,
}

/// Why something of the catalogue is not given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedeemRefusal {
    /// No program has it.
    #[error("no program offers {reward}")]
    Unknown {
        /// What was asked for.
        reward: RewardId,
    },
    /// It has no price: rules give it.
    #[error("{reward} cannot be redeemed: it is given by its program only")]
    NotForPoints {
        /// What was asked for.
        reward: RewardId,
    },
    /// Not for this member.
    #[error("not for this member")]
    NotFor(Reason),
    /// A supervisor must agree.
    #[error("{reward} needs somebody's approval: name who approves it")]
    NeedsApproval {
        /// What was asked for.
        reward: RewardId,
    },
    /// The place where it is asked for was dealt no share of the stock.
    #[error("the office has dealt this place no share of {reward}")]
    NotDealt {
        /// What was asked for.
        reward: RewardId,
    },
    /// Too few are left.
    #[error("{left} of {reward} are left, {wanted} were asked for")]
    OutOfStock {
        /// What was asked for.
        reward: RewardId,
        /// How many are left.
        left: u64,
        /// How many were asked for.
        wanted: u64,
    },
    /// More than one purse holds would come of it.
    #[error("that many {reward} at once are more than a purse can hold: ask for fewer")]
    TooMany {
        /// What was asked for.
        reward: RewardId,
    },
    /// Too few points.
    #[error("{reward} costs {costs} of {purse}, which holds {has}")]
    TooFew {
        /// What was asked for.
        reward: RewardId,
        /// The purse that pays.
        purse: PurseId,
        /// What it costs.
        costs: Points,
        /// What is there.
        has: Points,
    },
}

/// Something held that is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// What.
    pub reward: RewardId,
    /// How many.
    pub quantity: u64,
}

/// Redeems points for something of the catalogue.
pub fn redeem(
    asked: &Asked,
    known: &Known,
    programs: &ProgramSet,
    site: &Site,
) -> Result<Done, RedeemRefusal> {
    let reward = asked.reward.clone();
    let Some((program, terms)) = programs.reward(&asked.reward) else {
        return Err(RedeemRefusal::Unknown { reward });
    };
    let Some((purse, cost)) = &terms.cost else {
        return Err(RedeemRefusal::NotForPoints { reward });
    };
    let holder = Holder::Member(known.member.id.clone());
    let basket = nothing_bought(asked.at, site, holder, &asked.dealt);
    let scene = Scene::at(asked.at, &basket, Some(known), programs, site);
    if let Some(why) = unmet_of(&scene, &terms.who) {
        return Err(RedeemRefusal::NotFor(why));
    }
    if !program.window.contains(asked.at.in_zone(&site.zone)) {
        return Err(RedeemRefusal::NotFor(Reason::NotNow));
    }
    if terms.needs_approval && !asked.is_approved {
        return Err(RedeemRefusal::NeedsApproval { reward });
    }
    let Ok(stock) = pieces(&scene, &reward) else {
        return Err(RedeemRefusal::NotDealt { reward });
    };
    let left = stock.map(|left| u64::try_from(left).unwrap_or_default());
    if let Some(left) = left.filter(|left| *left < asked.quantity) {
        let wanted = asked.quantity;
        return Err(RedeemRefusal::OutOfStock { reward, left, wanted });
    }
    let many = i64::try_from(asked.quantity).unwrap_or(i64::MAX);
    let times = |points: Points| Points::thousandths(points.units().saturating_mul(many));
    let (costs, has) = (times(*cost), known.standing.balance(purse));
    if costs > has {
        let purse = purse.clone();
        return Err(RedeemRefusal::TooFew {
            reward,
            purse,
            costs,
            has,
        });
    }
    if let Becomes::Purse(_, amount) = &terms.into
        && i128::from(amount.units()) * i128::from(many) > i128::from(LARGEST)
    {
        return Err(RedeemRefusal::TooMany { reward });
    }
    let mut done = Done::default();
    if stock.is_some() {
        done.others.push(ForOther {
            holder: Holder::Shop,
            changes: vec![taken(&reward, many)],
        });
    }
    done.changes.push(Change::Spend {
        purse: purse.clone(),
        amount: costs,
    });
    match &terms.into {
        Becomes::Entitlement => done.changes.push(Change::Issue {
            reward,
            quantity: asked.quantity,
            program: program.id.clone(),
        }),
        // Units of a purse are worth themselves to a charity: one for one of the currency.
        Becomes::Charity(charity) => done.changes.push(Change::Donate {
            charity: charity.clone(),
            amount: in_money(costs, programs),
            program: program.id.clone(),
        }),
        Becomes::Purse(into, amount) => done.changes.push(Change::Earn {
            purse: into.clone(),
            amount: times(*amount),
            program: program.id.clone(),
            expires: programs.purse(into).last_day(scene.today),
        }),
    }
    Ok(done)
}

fn in_money(points: Points, programs: &ProgramSet) -> Money {
    let step = programs.terms.currency.step().units();
    Money::minor(divide_half_away(
        i128::from(points.units()),
        i128::from(step.max(1)),
    ))
}
