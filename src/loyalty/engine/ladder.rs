//! What a sale adds to the past, and which tiers that reaches.

use std::collections::{BTreeMap, BTreeSet};

use super::super::amount::{Money, Points, Quantity};
use super::super::id::PurseId;
use super::super::member::{Change, Standing};
use super::super::program::index::Lines;
use super::super::program::past::{Metric, Whose};
use super::offer::{Scene, acts_on};
use super::past::bucket;
use super::pricing::Priced;

/// What a sale counts for its buyer, or for the organisation that he buys for.
pub(super) fn counts(
    scene: &Scene,
    priced: &Priced,
    paid: Money,
    base_points: &BTreeMap<PurseId, Points>,
    whose: Whose,
) -> Vec<Change> {
    let reached = scene.programs.index.metrics_for(scene.basket, base_points.keys());
    let reached = reached.into_iter().filter(|((of, _), _)| *of == whose);
    let counted = reached.map(|(key, lines)| {
        let counting = &scene.programs.metrics[key];
        Change::Count {
            counter: key.1.clone(),
            day: bucket(counting.is_ever, scene.today),
            amount: amount(scene, priced, paid, base_points, (&counting.metric, lines)),
        }
    });
    counted
        .filter(|change| !matches!(change, Change::Count { amount: 0, .. }))
        .collect()
}

fn amount(
    scene: &Scene,
    priced: &Priced,
    paid: Money,
    base_points: &BTreeMap<PurseId, Points>,
    (metric, lines): (&Metric, Lines),
) -> i64 {
    let basket = scene.basket;
    match metric {
        Metric::Spent(goods) => {
            let lines = acts_on(basket, goods, lines).into_iter();
            let net: Money = lines.map(|line| priced.bill.lines[line].net).sum();
            base(net, priced, paid).units()
        }
        Metric::Bought(goods) => {
            let lines = acts_on(basket, goods, lines).into_iter();
            lines.map(|line| basket.lines[line].quantity.units()).sum()
        }
        Metric::Earned(purse) => base_points.get(purse).map_or(0, |points| points.units()),
        Metric::Sales => i64::from(basket.lines.iter().any(|line| line.quantity > Quantity::ZERO)),
    }
}

/// The share of an amount that no purse paid: what purses pay is borne by all goods in proportion. Whole minor units.
pub(super) fn base(net: Money, priced: &Priced, paid: Money) -> Money {
    let total = i128::from(priced.bill.total().units());
    let in_money = (total - i128::from(paid.units())).max(0);
    if total == 0 {
        return Money::ZERO;
    }
    Money::minor(i64::try_from(i128::from(net.units()) * in_money / total).unwrap_or(i64::MAX))
}

/// The tiers that the past reaches with this sale in it: on ladders of which something is counted, now or before.
pub(super) fn reached(scene: &Scene, counts: &[Change], whose: Whose) -> Vec<Change> {
    let index = &scene.programs.index;
    let before = scene.standing(whose).map(|standing| &standing.counters);
    let mut after = Standing::default();
    let mut ladders = BTreeSet::new();
    for (counter, counted) in before.into_iter().flatten() {
        if !index.counted_by(counter).is_empty() {
            ladders.extend(index.counted_by(counter));
            after.counters.insert(counter.clone(), counted.clone());
        }
    }
    for change in counts {
        if let Change::Count { counter, .. } = change {
            ladders.extend(index.counted_by(counter));
        }
        after.apply(change, scene.at);
    }
    let raised = ladders.into_iter().filter_map(|(program, id)| {
        let ladder = &scene.programs.programs[*program].ladders[id];
        let is_theirs = ladder.whose == whose;
        let tier = is_theirs.then(|| ladder.raised(&after, scene.tier(id).as_ref(), scene.today))??;
        Some(Change::Reach {
            ladder: id.clone(),
            tier,
        })
    });
    raised.collect()
}
