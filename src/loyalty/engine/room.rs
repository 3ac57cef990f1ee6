//! What the limits of a rule still leave, and what a sale counts on them: by member, for a single code, and for everybody
//! together. What is given to everybody together is known as the share that was dealt to this place.

use std::collections::BTreeSet;

use super::super::amount::{Points, Quantity};
use super::super::calendar::Period;
use super::super::id::{CounterId, RewardId};
use super::super::member::Change;
use super::super::program::limit::{self, Limit, Most, Per};
use super::super::program::past::Whose;
use super::super::program::{Program, Rule};
use super::super::quote::Reason;
use super::offer::Scene;
use super::past::{bucket, ever};

/// What the limits of a rule leave in one sale; nothing stated is no limit.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    /// Units of the goods.
    pub units: Option<Quantity>,
    /// Money off, or units of a purse.
    pub amount: Option<Points>,
    /// What the rule shares with the others of its file.
    pub shared: Vec<Shared>,
}

/// A limit of a whole file, and what was left of it before this sale.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    /// Under which name it is counted.
    pub counter: CounterId,
    limit: Limit,
    left: i64,
    /// Units of the rule that are one time.
    each: Option<i64>,
}

impl Room {
    /// What is left after what other rules of the file gave in this very sale.
    pub fn after(&self, given: impl Fn(&Shared) -> i64) -> Result<Room, Reason> {
        let mut room = self.clone();
        for shared in &self.shared {
            room.narrow(
                shared.limit,
                shared.left.saturating_sub(given(shared)),
                shared.each,
            )?;
        }
        Ok(room)
    }

    /// What is left of stamps, of which each unit gives so many.
    pub fn most_stamps(&self, each: Points) -> Option<Points> {
        let of_units = self.units.map(|units| {
            let units = units.units() / 1000;
            Points::thousandths(each.units().saturating_mul(units))
        });
        of_units.into_iter().chain(self.amount).min()
    }

    fn narrow(&mut self, limit: Limit, left: i64, each: Option<i64>) -> Result<(), Reason> {
        if left <= 0 {
            return Err(match limit.per {
                Per::Sale | Per::Member(_) => Reason::LimitReached,
                Per::Code | Per::Total => Reason::GivenAway,
            });
        }
        let units = match limit.most {
            // Each group, each full card and each step is one time.
            Most::Times(_) => each.map(|units| left.saturating_mul(units).saturating_mul(1000)),
            Most::Units(_) => Some(left),
            Most::Amount(_) => None,
        };
        let units = units.map(Quantity::thousandths);
        if let Some(left) = units {
            self.units = Some(self.units.map_or(left, |other| other.min(left)));
        }
        if let Most::Amount(_) = limit.most {
            let left = Points::thousandths(left);
            self.amount = Some(self.amount.map_or(left, |other| other.min(left)));
        }
        Ok(())
    }
}

impl Shared {
    /// What a rule that gave so much counts on this limit.
    pub fn counted(&self, rule: &Rule, units: Quantity, amount: Points) -> i64 {
        counted(rule, self.limit.most, units, amount)
    }
}

/// What is left of a rule's limits, and of those of its file; why there is nothing, where one of them is used up.
pub(super) fn room(scene: &Scene, program: &Program, index: usize, rule: &Rule) -> Result<Room, Reason> {
    let code = code(scene, program, index, rule)?.unwrap_or_default();
    let each = rule.units_each_time();
    let mut room = Room::default();
    for limit in &rule.limits {
        let left = left(scene, program, Some(index), limit, &code)?;
        room.narrow(*limit, left, each)?;
    }
    for limit in program.limits.iter().filter(|limit| rule.keeps(&limit.most)) {
        let left = left(scene, program, None, limit, &code)?;
        room.narrow(*limit, left, each)?;
        let shared = |counter| Shared {
            counter,
            limit: *limit,
            left,
            each,
        };
        room.shared
            .extend(limit.counter(&program.id, None, &code).map(shared));
    }
    Ok(room)
}

/// What is left of a limit before this sale.
fn left(
    scene: &Scene,
    program: &Program,
    index: Option<usize>,
    limit: &Limit,
    code: &str,
) -> Result<i64, Reason> {
    let most = limit.most.units();
    let Some(counter) = limit.counter(&program.id, index, code) else {
        return Ok(most);
    };
    match limit.per {
        Per::Sale => Ok(most),
        Per::Member(_) if scene.basket.buyer.is_none() => Err(Reason::NeedsMember),
        Per::Member(within) => {
            let standing = scene.standing(Whose::Member);
            let used = standing.map_or(0, |standing| standing.counted(&counter, within.days(scene.today)));
            Ok(most.saturating_sub(used))
        }
        Per::Code | Per::Total => {
            let dealt = scene.basket.dealt.get(&counter).copied();
            dealt.ok_or(Reason::NotDealt).map(|dealt| dealt.min(most))
        }
    }
}

/// The code that a rule takes: of those that were shown the first, by the alphabet, that has something left. Nothing where
/// the rule asks for none.
fn code(scene: &Scene, program: &Program, index: usize, rule: &Rule) -> Result<Option<String>, Reason> {
    if rule.needs.codes.is_empty() {
        return Ok(None);
    }
    let shown: BTreeSet<String> = scene
        .basket
        .codes
        .iter()
        .map(|code| limit::normal(code))
        .collect();
    let of_rule = rule.limits.iter().map(|limit| (Some(index), limit));
    let limits: Vec<(Option<usize>, &Limit)> = of_rule
        .chain(program.limits.iter().map(|limit| (None, limit)))
        .filter(|(_, limit)| limit.per == Per::Code)
        .collect();
    let mut why = Reason::NeedsCode;
    for code in shown.into_iter().filter(|code| rule.needs.codes.contains(code)) {
        let wrong =
            limits.iter().find_map(
                |(index, limit)| match left(scene, program, *index, limit, &code) {
                    Ok(1..) => None,
                    Ok(_) => Some(Reason::CodeUsed { code: code.clone() }),
                    Err(why) => Some(why),
                },
            );
        match wrong {
            None => return Ok(Some(code)),
            // The first that was shown says why, where none of them will do.
            Some(wrong) if why == Reason::NeedsCode => why = wrong,
            Some(_) => {}
        }
    }
    Err(why)
}

/// What a rule gave, counted on its limits: on the account of the buyer, and on that of the shop.
#[derive(Debug, Default)]
pub(super) struct Used {
    pub own: Vec<Change>,
    pub shop: Vec<Change>,
}

/// Counts what a rule gave on its limits, and on those of its file.
pub(super) fn used(
    scene: &Scene,
    (program, index, rule): (&Program, usize, &Rule),
    units: Quantity,
    amount: Points,
) -> Used {
    let mut used = Used::default();
    if rule.limits.is_empty() && program.limits.is_empty() {
        return used;
    }
    let code = code(scene, program, index, rule)
        .ok()
        .flatten()
        .unwrap_or_default();
    let of_rule = rule.limits.iter().map(|limit| (Some(index), limit));
    let of_file = program.limits.iter().filter(|limit| rule.keeps(&limit.most));
    for (index, limit) in of_rule.chain(of_file.map(|limit| (None, limit))) {
        let Some(counter) = limit.counter(&program.id, index, &code) else {
            continue;
        };
        let amount = counted(rule, limit.most, units, amount);
        if amount == 0 {
            continue;
        }
        let (is_ever, account) = match limit.per {
            Per::Member(period) => (period == Period::Ever, &mut used.own),
            _ => (true, &mut used.shop),
        };
        account.push(Change::Count {
            counter,
            day: bucket(is_ever, scene.today),
            amount,
        });
    }
    used
}

fn counted(rule: &Rule, most: Most, units: Quantity, amount: Points) -> i64 {
    match most {
        Most::Times(_) => rule
            .units_each_time()
            .map_or(1, |each| units.units().div_euclid(1000 * each)),
        Most::Units(_) => units.units(),
        Most::Amount(_) => amount.units(),
    }
}

/// How many pieces of a reward this place may still give; nothing where there are enough of them.
pub(super) fn pieces(scene: &Scene, reward: &RewardId) -> Result<Option<i64>, Reason> {
    let terms = scene.programs.reward(reward);
    let Some(stock) = terms.and_then(|(_, terms)| terms.stock) else {
        return Ok(None);
    };
    let dealt = scene.basket.dealt.get(&limit::stock(reward)).copied();
    let stock = i64::try_from(stock).unwrap_or(i64::MAX);
    dealt.ok_or(Reason::NotDealt).map(|dealt| Some(dealt.min(stock)))
}

/// So many pieces of a reward with a stock are given.
pub(super) fn taken(reward: &RewardId, pieces: i64) -> Change {
    Change::Count {
        counter: limit::stock(reward),
        day: ever(),
        amount: pieces,
    }
}
