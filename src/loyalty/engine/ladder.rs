//! What a sale adds to the past, and which tiers that reaches.

use std::collections::BTreeMap;

use super::super::amount::{Money, Points, Quantity};
use super::super::id::PurseId;
use super::super::member::{Change, Standing};
use super::super::program::past::{Metric, Whose};
use super::base::Base;
use super::offer::{Scene, matches};
use super::past::bucket;

/// What was earned into each purse: at the base rate, and in all.
pub(super) type EarnedPoints = BTreeMap<PurseId, (Points, Points)>;

/// What a sale counts for its buyer, or for the organisation that he buys for.
pub(super) fn counts(base: &Base, points: &EarnedPoints, whose: Whose) -> Vec<Change> {
    let scene = base.scene;
    let metrics = scene.programs.metrics.iter().filter(|((of, _), _)| *of == whose);
    let counted = metrics.map(|((_, counter), counting)| Change::Count {
        counter: counter.clone(),
        day: bucket(counting.is_ever, scene.today),
        amount: amount(base, points, &counting.metric),
    });
    counted
        .filter(|change| !matches!(change, Change::Count { amount: 0, .. }))
        .collect()
}

fn amount(base: &Base, points: &EarnedPoints, metric: &Metric) -> i64 {
    let (scene, bill) = (base.scene, &base.priced.bill);
    let lines = scene.basket.lines.iter().enumerate();
    match metric {
        Metric::Spent(goods) => {
            let net: Money = lines
                .filter(|(_, line)| matches(line, goods))
                .map(|(n, _)| bill.lines[n].net)
                .sum();
            base.without_purses(net).units()
        }
        Metric::Bought(goods) => lines
            .filter(|(_, line)| matches(line, goods))
            .map(|(_, line)| line.quantity.units())
            .sum(),
        Metric::Earned(purse) => points.get(purse).map_or(0, |points| points.0.units()),
        Metric::EarnedInAll(purse) => points.get(purse).map_or(0, |points| points.1.units()),
        Metric::Sales => i64::from(
            scene
                .basket
                .lines
                .iter()
                .any(|line| line.quantity > Quantity::ZERO),
        ),
    }
}

/// The tiers that the past reaches with this sale in it.
pub(super) fn reached(scene: &Scene, counts: &[Change], whose: Whose) -> Vec<Change> {
    let mut after: Standing = scene.standing(whose).cloned().unwrap_or_default();
    for change in counts {
        after.apply(change, scene.at);
    }
    let ladders = scene
        .programs
        .ladders()
        .filter(|(_, ladder)| ladder.whose == whose);
    let raised = ladders.filter_map(|(id, ladder)| {
        let tier = ladder.raised(&after, scene.tiers.get(id), scene.today)?;
        Some(Change::Reach {
            ladder: id.clone(),
            tier,
        })
    });
    raised.collect()
}
