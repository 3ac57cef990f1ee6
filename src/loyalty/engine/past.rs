//! What a rule asks of the past.

use super::super::amount::{Money, Points, Quantity};
use super::super::calendar::{Day, Period};
use super::super::id::CounterId;
use super::super::member::Standing;
use super::super::program::past::{Metric, Past};
use super::super::program::{Program, Rule};
use super::super::quote::Reason;
use super::offer::{Scene, matches};

/// The day under which a sum is kept that is only ever asked for as a whole.
pub(super) fn bucket(is_ever: bool, today: Day) -> Day {
    if is_ever { ever() } else { today }
}

/// The day of all sums that are not kept day by day.
pub(super) fn ever() -> Day {
    Day::parse("0001-01-01").expect("a day")
}

/// Why the past keeps a rule from applying.
pub(super) fn missing(scene: &Scene, rule: &Rule) -> Option<Reason> {
    rule.needs.past.iter().find_map(|past| {
        // Whoever shows no card has no first order, but always the same one.
        if past.metric == Metric::Sales && scene.basket.buyer.is_none() {
            return Some(Reason::NeedsMember);
        }
        let has = sum(scene, past)
            + if past.with_this {
                this(scene, &past.metric)
            } else {
                0
            };
        if has < past.from {
            return Some(too_little(past, has));
        }
        let is_past = past.below.is_some_and(|below| below <= has);
        let is_between = past.every > 0 && (has + 1) % past.every != 0;
        (is_past || is_between).then_some(Reason::PastIt)
    })
}

fn sum(scene: &Scene, past: &Past) -> i64 {
    let standing = scene.standing(past.whose);
    standing.map_or(0, |standing| {
        of_period(standing, &past.metric, past.within, scene.today)
    })
}

/// What was counted in a period, seen from a day.
pub(super) fn of_period(standing: &Standing, metric: &Metric, within: Period, today: Day) -> i64 {
    standing.counted(&metric.counter(within), within.days(today))
}

/// What the basket itself adds, at list prices: a threshold that it takes part in is judged before any offer.
fn this(scene: &Scene, metric: &Metric) -> i64 {
    let lines = scene.basket.lines.iter();
    match metric {
        Metric::Bought(goods) => lines
            .filter(|line| matches(line, goods))
            .map(|line| line.quantity.units())
            .sum(),
        Metric::Spent(goods) => lines
            .filter(|line| matches(line, goods))
            .map(|line| line.gross(scene.programs.terms.currency).units())
            .sum(),
        Metric::Sales => 1,
        Metric::Earned(_) | Metric::EarnedInAll(_) => 0,
    }
}

fn too_little(past: &Past, has: i64) -> Reason {
    let needs = past.from;
    match &past.metric {
        Metric::Spent(_) => Reason::NeedsSpent {
            needs: Money::minor(needs),
            has: Money::minor(has),
        },
        Metric::Bought(_) => Reason::NeedsBought {
            needs: Quantity::thousandths(needs),
            has: Quantity::thousandths(has),
        },
        Metric::Earned(purse) | Metric::EarnedInAll(purse) => Reason::NeedsEarned {
            purse: purse.clone(),
            needs: Points::thousandths(needs),
            has: Points::thousandths(has),
        },
        Metric::Sales => Reason::PastIt,
    }
}

/// Marks what may count once only, such as a course that was finished.
pub(super) fn once(program: &Program, index: usize, value: &str) -> CounterId {
    super::super::program::past::name(&format!("once {}/{index} {value} ever", program.id))
}
