//! What becomes what: stored value is filled by money alone, and no circle of exchanges makes something out of nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::super::id::{PurseId, RewardId, Sku};
use super::catalogue::Into as Becomes;
use super::{Program, PurseTerms, SetError};

/// Goods that are stored value, by what fills which purse. A purse of that kind takes nothing else in.
pub(super) fn stored_value(
    files: &[(String, Program)],
    purses: &BTreeMap<PurseId, PurseTerms>,
) -> Result<BTreeMap<Sku, PurseId>, SetError> {
    let is_gift = |purse: &PurseId| purses.get(purse).is_some_and(|terms| terms.is_gift);
    let mut sold_as: BTreeMap<Sku, PurseId> = BTreeMap::new();
    for (file, program) in files {
        let earned = program.rules.iter().filter_map(|rule| rule.gives.purse());
        let becomes = program.rewards.values().filter_map(|terms| match &terms.into {
            Becomes::Purse(purse, _) => Some(purse),
            _ => None,
        });
        if let Some(purse) = earned.chain(becomes).find(|purse| is_gift(purse)) {
            return Err(SetError::FilledGift {
                file: file.clone(),
                purse: purse.clone(),
            });
        }
        for (purse, terms) in &program.purses {
            for sku in &terms.sold_as {
                let other = sold_as.insert(sku.clone(), purse.clone());
                if other.is_some_and(|other| other != *purse) {
                    return Err(sold_twice(file, sku));
                }
            }
        }
    }
    for (file, program) in files {
        let memberships = program.memberships.values().flat_map(|terms| &terms.sold_as);
        if let Some(sku) = memberships.into_iter().find(|sku| sold_as.contains_key(*sku)) {
            return Err(sold_twice(file, sku));
        }
    }
    Ok(sold_as)
}

fn sold_twice(file: &str, sku: &Sku) -> SetError {
    SetError::SoldTwice {
        file: file.to_owned(),
        sku: sku.clone(),
    }
}

/// A reward that turns units of one purse into units of another.
struct Exchange<'a> {
    file: &'a str,
    reward: &'a RewardId,
    from: &'a PurseId,
    to: &'a PurseId,
    costs: i128,
    gives: i128,
}

/// So many exchanges that lie in circles are looked through at most.
const MOST_IN_CIRCLES: usize = 200;
/// One unit, while it is followed round a circle.
const UNIT: i128 = 1_000_000_000_000;

/// Circles of exchanges that end with more than they began with.
pub(super) fn circles(files: &[(String, Program)]) -> Result<(), SetError> {
    let all = files.iter().flat_map(|(file, program)| {
        program.rewards.iter().filter_map(move |(reward, terms)| {
            let ((from, costs), Becomes::Purse(to, gives)) = (terms.cost.as_ref()?, &terms.into) else {
                return None;
            };
            let (costs, gives) = (i128::from(costs.units()), i128::from(gives.units()));
            Some(Exchange {
                file,
                reward,
                from,
                to,
                costs,
                gives,
            })
        })
    });
    let mut exchanges: Vec<Exchange> = all.collect();
    // Only what is both reached and left again can lie in a circle.
    loop {
        let from: BTreeSet<&PurseId> = exchanges.iter().map(|one| one.from).collect();
        let to: BTreeSet<&PurseId> = exchanges.iter().map(|one| one.to).collect();
        let before = exchanges.len();
        exchanges.retain(|one| to.contains(one.from) && from.contains(one.to));
        if exchanges.len() == before {
            break;
        }
    }
    let circle = |one: &Exchange| SetError::Circle {
        file: one.file.to_owned(),
        reward: one.reward.clone(),
        purse: one.from.clone(),
    };
    if let Some(one) = exchanges.iter().find(|one| one.from == one.to) {
        return Err(SetError::IntoItself {
            file: one.file.to_owned(),
            reward: one.reward.clone(),
            purse: one.from.clone(),
        });
    }
    if let Some(one) = exchanges.first().filter(|_| exchanges.len() > MOST_IN_CIRCLES) {
        return Err(circle(one));
    }
    for start in exchanges.iter().map(|one| one.from).collect::<BTreeSet<_>>() {
        // The most that one unit of this purse becomes, in so many steps as there are purses at most.
        let mut best: BTreeMap<&PurseId, i128> = BTreeMap::from([(start, UNIT)]);
        for _ in 0..exchanges.len() {
            for one in &exchanges {
                let Some(has) = best.get(one.from).copied() else {
                    continue;
                };
                let becomes = has.saturating_mul(one.gives) / one.costs.max(1);
                let now = best.entry(one.to).or_insert(0);
                *now = becomes.max(*now);
                if one.to == start && becomes > UNIT {
                    return Err(circle(one));
                }
            }
        }
    }
    Ok(())
}
