//! What a rule asks of the past, what its limits still leave, and what a sale adds to the past.

use super::super::amount::{Money, Points, Quantity};
use super::super::calendar::{Day, Period};
use super::super::id::CounterId;
use super::super::member::{Change, Standing};
use super::super::program::past::{Metric, Past, Whose};
use super::super::program::rule::{Limit, Most};
use super::super::program::{Program, Reward, Rule};
use super::super::quote::Reason;
use super::offer::{Scene, matches};

/// The day under which a sum is kept that is only ever asked for as a whole.
pub(super) fn bucket(is_ever: bool, today: Day) -> Day {
    let first = Day::parse("0001-01-01").expect("a day");
    if is_ever { first } else { today }
}

/// What the limits of a rule leave in one sale; nothing stated is no limit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Room {
    /// Units of the goods.
    pub units: Option<Quantity>,
    /// Money off, or units of a purse.
    pub amount: Option<Points>,
}

/// Why the past keeps a rule from applying.
pub(super) fn missing(scene: &Scene, rule: &Rule) -> Option<Reason> {
    rule.needs.past.iter().find_map(|past| {
        let has = sum(scene, past)
            + if past.with_this {
                this(scene, &past.metric)
            } else {
                0
            };
        if has < past.from {
            return Some(too_little(past, has));
        }
        past.below
            .is_some_and(|below| below <= has)
            .then_some(Reason::PastIt)
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
        Metric::Earned(_) => 0,
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
        Metric::Earned(purse) => Reason::NeedsEarned {
            purse: purse.clone(),
            needs: Points::thousandths(needs),
            has: Points::thousandths(has),
        },
        Metric::Sales => Reason::PastIt,
    }
}

/// The counter of a rule's limit.
pub(super) fn counter(program: &Program, index: usize, limit: &Limit) -> CounterId {
    let what = match limit.most {
        Most::Units(_) => "units",
        Most::Amount(_) => "amount",
        Most::Times(_) => "times",
    };
    let ever = if limit.within == Some(Period::Ever) {
        " ever"
    } else {
        ""
    };
    super::super::program::past::name(&format!("limit {}/{index} {what}{ever}", program.id))
}

/// What is left of a rule's limits; none where one of them is used up.
pub(super) fn room(scene: &Scene, program: &Program, index: usize, rule: &Rule) -> Option<Room> {
    let mut room = Room::default();
    for limit in &rule.limits {
        let used = limit.within.map_or(0, |within| {
            let standing = scene.standing(Whose::Member);
            standing.map_or(0, |standing| {
                standing.counted(&counter(program, index, limit), within.days(scene.today))
            })
        });
        match limit.most {
            Most::Times(most) => {
                let left = i64::from(most) - used;
                if left <= 0 {
                    return None;
                }
                // Each group, and each full card, is one time.
                if is_by_group(rule) {
                    let left = Quantity::whole(left);
                    room.units = Some(room.units.map_or(left, |other| other.min(left)));
                }
            }
            Most::Units(most) => {
                let left = Quantity::thousandths(most.units().saturating_sub(used));
                if left <= Quantity::ZERO {
                    return None;
                }
                room.units = Some(room.units.map_or(left, |other| other.min(left)));
            }
            Most::Amount(most) => {
                let left = Points::thousandths(most.units().saturating_sub(used));
                if left <= Points::ZERO {
                    return None;
                }
                room.amount = Some(room.amount.map_or(left, |other| other.min(left)));
            }
        }
    }
    Some(room)
}

fn is_by_group(rule: &Rule) -> bool {
    matches!(
        rule.gives,
        Reward::CheapestOfGroup { .. } | Reward::ForStamps { .. }
    )
}

/// What a rule gave, counted on its limits.
pub(super) fn used(
    scene: &Scene,
    (program, index, rule): (&Program, usize, &Rule),
    units: Quantity,
    amount: Points,
) -> Vec<Change> {
    let limits = rule
        .limits
        .iter()
        .filter_map(|limit| Some((limit, limit.within?)));
    limits
        .map(|(limit, within)| Change::Count {
            counter: counter(program, index, limit),
            day: bucket(within == Period::Ever, scene.today),
            amount: match limit.most {
                Most::Times(_) if is_by_group(rule) => units.units() / 1000,
                Most::Times(_) => 1,
                Most::Units(_) => units.units(),
                Most::Amount(_) => amount.units(),
            },
        })
        .filter(|change| !matches!(change, Change::Count { amount: 0, .. }))
        .collect()
}

/// Marks what may count once only, such as a course that was finished.
pub(super) fn once(program: &Program, index: usize, value: &str) -> CounterId {
    super::super::program::past::name(&format!("once {}/{index} {value} ever", program.id))
}
