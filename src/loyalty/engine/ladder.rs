//! What a sale adds to the past, and which tiers that reaches.

use std::collections::BTreeMap;

use super::super::amount::{Money, Points, Quantity};
use super::super::id::PurseId;
use super::super::member::{Change, Standing};
use super::super::program::past::{Metric, Whose};
use super::offer::{Scene, matches};
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
    let metrics = scene.programs.metrics.iter().filter(|((of, _), _)| *of == whose);
    let counted = metrics.map(|((_, counter), counting)| Change::Count {
        counter: counter.clone(),
        day: bucket(counting.is_ever, scene.today),
        amount: amount(scene, priced, paid, base_points, &counting.metric),
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
    metric: &Metric,
) -> i64 {
    let lines = scene.basket.lines.iter().enumerate();
    match metric {
        Metric::Spent(goods) => {
            let net: Money = lines
                .filter(|(_, line)| matches(line, goods))
                .map(|(n, _)| priced.bill.lines[n].net)
                .sum();
            base(net, priced, paid).units()
        }
        Metric::Bought(goods) => lines
            .filter(|(_, line)| matches(line, goods))
            .map(|(_, line)| line.quantity.units())
            .sum(),
        Metric::Earned(purse) => base_points.get(purse).map_or(0, |points| points.units()),
        Metric::Sales => i64::from(
            scene
                .basket
                .lines
                .iter()
                .any(|line| line.quantity > Quantity::ZERO),
        ),
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
