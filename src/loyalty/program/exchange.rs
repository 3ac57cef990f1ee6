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
    in_circles(&mut exchanges);
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
        return Err(SetError::ManyCircles {
            file: one.file.to_owned(),
            reward: one.reward.clone(),
            many: exchanges.len(),
            most: MOST_IN_CIRCLES,
        });
    }
    let purses: BTreeSet<&PurseId> = exchanges.iter().map(|one| one.from).collect();
    let place: BTreeMap<&PurseId, usize> = purses.iter().enumerate().map(|(n, purse)| (*purse, n)).collect();
    for start in 0..purses.len() {
        // The most that one unit of this purse becomes, in so many steps as there are purses at most.
        let mut best = vec![0; purses.len()];
        best[start] = UNIT;
        for _ in 0..purses.len() {
            let before = best.clone();
            for one in &exchanges {
                let to = place[one.to];
                let becomes = best[place[one.from]].saturating_mul(one.gives) / one.costs.max(1);
                best[to] = becomes.max(best[to]);
                if to == start && becomes > UNIT {
                    return Err(circle(one));
                }
            }
            if best == before {
                break;
            }
        }
    }
    Ok(())
}

/// Leaves only what can lie in a circle: exchanges from a purse that is filled by others of them, into one that is emptied.
fn in_circles(exchanges: &mut Vec<Exchange>) {
    let mut out_of: BTreeMap<&PurseId, Vec<usize>> = BTreeMap::new();
    let mut into: BTreeMap<&PurseId, Vec<usize>> = BTreeMap::new();
    for (n, one) in exchanges.iter().enumerate() {
        out_of.entry(one.from).or_default().push(n);
        into.entry(one.to).or_default().push(n);
    }
    let left = |purse: &PurseId| {
        (
            into.get(purse).map_or(0, Vec::len),
            out_of.get(purse).map_or(0, Vec::len),
        )
    };
    let all: BTreeSet<&PurseId> = into.keys().chain(out_of.keys()).copied().collect();
    let mut counts: BTreeMap<&PurseId, (usize, usize)> =
        all.iter().map(|purse| (*purse, left(purse))).collect();
    let mut ends: Vec<&PurseId> = all.into_iter().collect();
    let mut stays = vec![true; exchanges.len()];
    while let Some(purse) = ends.pop() {
        let (filled, emptied) = counts[purse];
        if filled > 0 && emptied > 0 {
            continue;
        }
        let gone = into.get(purse).into_iter().chain(out_of.get(purse)).flatten();
        for n in gone {
            if std::mem::take(&mut stays[*n]) {
                let one = &exchanges[*n];
                counts.entry(one.from).and_modify(|(_, emptied)| *emptied -= 1);
                counts.entry(one.to).and_modify(|(filled, _)| *filled -= 1);
                ends.extend([one.from, one.to]);
            }
        }
    }
    let mut stays = stays.into_iter();
    exchanges.retain(|_| stays.next().unwrap_or(false));
}
