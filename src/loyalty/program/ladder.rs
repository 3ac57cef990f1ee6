//! Ladders: tiers that are reached by what a member or an organisation did, and kept for a time.

use super::super::calendar::{Day, Period};
use super::super::id::CounterId;
use super::super::member::{Counted, Member, Standing, Tier};
use super::past::{Metric, Whose};

/// A ladder of tiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// What leads up it; nothing where its tiers come with groups only.
    pub counts: Option<Metric>,
    /// Over which days it is summed, and for how long a tier is kept.
    pub within: Period,
    /// Whose tiers.
    pub whose: Whose,
    /// The sale that reaches a tier is judged with it.
    pub with_this: bool,
    /// The tiers, from the lowest to the highest.
    pub levels: Vec<Level>,
}

/// One tier of a ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Its name.
    pub name: String,
    /// Reached at this value of what is counted.
    pub from: Option<i64>,
    /// Held by whoever is in this group.
    pub group: Option<String>,
}

impl Ladder {
    /// The counter that leads up it.
    pub fn counter(&self) -> Option<CounterId> {
        self.counts.as_ref().map(|metric| metric.counter(self.within))
    }

    /// The tier held on a day: the one that the past reached, judged again at the end of each period that has gone since;
    /// or a higher one that comes with a group or that everybody has. It is worked out from what was counted, so that a
    /// return leaves what the other sales reach. `kept` is what was noted of somebody whose past is not known here.
    pub fn tier(
        &self,
        member: Option<&Member>,
        standing: &Standing,
        kept: Option<&Tier>,
        on: Day,
    ) -> Option<Tier> {
        let past = self.counter().and_then(|counter| standing.counters.get(&counter));
        let reached = match past {
            Some(past) => self.reached(&Past::of(past), on),
            None => kept.and_then(|tier| self.judged(&Past::default(), tier.clone(), on)),
        };
        let given = self.levels.iter().rposition(|level| {
            let in_group = |group| member.is_some_and(|member| member.is_in_group(group, on));
            level.from == Some(0) || level.group.as_ref().is_some_and(|group| in_group(group))
        });
        let given = given.map(|at| Tier {
            name: self.levels[at].name.clone(),
            since: on,
            until: None,
        });
        let place = |tier: &Option<Tier>| tier.as_ref().and_then(|tier| self.place(&tier.name));
        if place(&reached) >= place(&given) {
            reached
        } else {
            given
        }
    }

    /// Day by day: a tier rises as soon as it is reached, and falls only at the end of its period.
    fn reached(&self, past: &Past, on: Day) -> Option<Tier> {
        let mut held: Option<Tier> = None;
        for day in past.sums.iter().map(|(day, _)| *day).filter(|day| *day <= on) {
            held = held.and_then(|tier| self.judged(past, tier, day));
            held = self.higher(past, held.as_ref(), day).or(held);
        }
        held.and_then(|tier| self.judged(past, tier, on))
    }

    /// A tier is kept to the end of its period, and then judged: by that period where the calendar gives it, else by the
    /// days or months that end with the day after. What reached it on its first day does not count once more.
    fn judged(&self, past: &Past, tier: Tier, on: Day) -> Option<Tier> {
        let mut tier = tier;
        while let Some(last) = tier.until.filter(|last| *last < on) {
            let since = last.plus_days(1);
            let judged_on = match self.within {
                Period::Days(_) | Period::Months(_) => since,
                _ => last,
            };
            let name = self.level(past, judged_on)?.name.clone();
            tier = Tier {
                name,
                since,
                until: self.within.ends(since),
            };
        }
        Some(tier)
    }

    /// The level that the past of a day comes to, of those above the lowest.
    fn level(&self, past: &Past, on: Day) -> Option<&Level> {
        let sum = past.sum(self.within.days(on));
        let is_reached = |level: &&Level| level.from.is_some_and(|from| 0 < from && from <= sum);
        self.levels.iter().rev().find(is_reached)
    }

    fn higher(&self, past: &Past, held: Option<&Tier>, on: Day) -> Option<Tier> {
        let level = self.level(past, on)?;
        let held = held.and_then(|tier| self.place(&tier.name));
        (self.place(&level.name) > held).then(|| Tier {
            name: level.name.clone(),
            since: on,
            until: self.within.ends(on),
        })
    }

    /// The tier that this past newly reaches on a day, where it is higher than the one held.
    pub fn raised(&self, standing: &Standing, held: Option<&Tier>, on: Day) -> Option<Tier> {
        let past = standing.counters.get(&self.counter()?)?;
        self.higher(&Past::of(past), held, on)
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.levels.iter().position(|level| level.name == name)
    }
}

/// What was counted, day by day, as the sum up to and including each day.
#[derive(Default)]
struct Past {
    sums: Vec<(Day, i64)>,
}

impl Past {
    fn of(counted: &Counted) -> Past {
        let mut sum = 0_i64;
        let sums = counted.iter().map(|(day, amount)| {
            sum = sum.saturating_add(*amount);
            (*day, sum)
        });
        Past { sums: sums.collect() }
    }

    fn sum(&self, (from, to): (Option<Day>, Day)) -> i64 {
        let up_to = |is_before: &dyn Fn(Day) -> bool| {
            let days = self.sums.partition_point(|(day, _)| is_before(*day));
            days.checked_sub(1).map_or(0, |last| self.sums[last].1)
        };
        let before = from.map_or(0, |from| up_to(&|day| day < from));
        up_to(&|day| day <= to) - before
    }
}
