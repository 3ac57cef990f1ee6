//! What a sale adds to the past, and which tiers that reaches.

use std::collections::{BTreeMap, BTreeSet};

use super::super::amount::{Money, Points, Quantity};
use super::super::id::PurseId;
use super::super::member::{Change, Standing};
use super::super::program::index::Lines;
use super::super::program::past::{Metric, Whose};
use super::base::Base;
use super::offer::{Scene, acts_on};
use super::past::bucket;

/// What was earned into each purse: at the base rate, and in all.
pub(super) type EarnedPoints = BTreeMap<PurseId, (Points, Points)>;

/// What a sale counts for its buyer, or for the organisation that he buys for.
pub(super) fn counts(base: &Base, points: &EarnedPoints, whose: Whose) -> Vec<Change> {
    let scene = base.scene;
    let reached = scene.programs.index.metrics_for(scene.basket, points.keys());
    let reached = reached.into_iter().filter(|((of, _), _)| *of == whose);
    let counted = reached.map(|(key, lines)| {
        let counting = &scene.programs.metrics[key];
        Change::Count {
            counter: key.1.clone(),
            day: bucket(counting.is_ever, scene.today),
            amount: amount(base, points, (&counting.metric, lines)),
        }
    });
    counted
        .filter(|change| !matches!(change, Change::Count { amount: 0, .. }))
        .collect()
}

fn amount(base: &Base, points: &EarnedPoints, (metric, lines): (&Metric, Lines)) -> i64 {
    let (basket, bill) = (base.scene.basket, &base.priced.bill);
    match metric {
        Metric::Spent(goods) => {
            let lines = acts_on(basket, goods, lines).into_iter();
            let net: Money = lines.map(|line| bill.lines[line].net).sum();
            base.without_purses(net).units()
        }
        Metric::Bought(goods) => {
            let lines = acts_on(basket, goods, lines).into_iter();
            lines.map(|line| basket.lines[line].quantity.units()).sum()
        }
        Metric::Earned(purse) => points.get(purse).map_or(0, |points| points.0.units()),
        Metric::EarnedInAll(purse) => points.get(purse).map_or(0, |points| points.1.units()),
        Metric::Sales => i64::from(basket.lines.iter().any(|line| line.quantity > Quantity::ZERO)),
    }
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
