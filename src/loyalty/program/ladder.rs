//! Ladders: tiers that are reached by what a member or an organisation did, and kept for a time.

use super::super::calendar::{Day, Period};
use super::super::id::CounterId;
use super::super::member::{Member, Standing, Tier};
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

    /// The tier held on a day: the one that was reached, judged again at the end of each period that has passed since;
    /// or a higher one that comes with a group or that everybody has.
    pub fn tier(
        &self,
        member: Option<&Member>,
        standing: &Standing,
        reached: Option<&Tier>,
        on: Day,
    ) -> Option<Tier> {
        let reached = reached.and_then(|tier| self.judged(standing, tier.clone(), on));
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

    /// A tier is kept to the end of its period, and then judged by that period.
    fn judged(&self, standing: &Standing, tier: Tier, on: Day) -> Option<Tier> {
        let mut tier = tier;
        while let Some(last) = tier.until.filter(|last| *last < on) {
            let name = self.level(standing, last)?.name.clone();
            let since = last.plus_days(1);
            tier = Tier {
                name,
                since,
                until: self.within.ends(since),
            };
        }
        Some(tier)
    }

    /// The level that the past of a day comes to, of those above the lowest.
    fn level(&self, standing: &Standing, on: Day) -> Option<&Level> {
        let sum = standing.counted(&self.counter()?, self.within.days(on));
        let above = self
            .levels
            .iter()
            .rev()
            .find(|level| level.from.is_some_and(|from| 0 < from && from <= sum));
        above
    }

    /// The tier that this past newly reaches on a day, where it is higher than the one held.
    pub fn raised(&self, standing: &Standing, held: Option<&Tier>, on: Day) -> Option<Tier> {
        let level = self.level(standing, on)?;
        let held = held.and_then(|tier| self.place(&tier.name));
        (self.place(&level.name) > held).then(|| Tier {
            name: level.name.clone(),
            since: on,
            until: self.within.ends(on),
        })
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.levels.iter().position(|level| level.name == name)
    }
}
