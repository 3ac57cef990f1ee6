//! What rules ask about the past: what is counted, over which days, and how much of it there must be.

use super::super::calendar::{Day, Moment, Period};
use super::super::id::{CounterId, MembershipId, PurseId};
use super::super::member::{Held, Standing};
use super::MembershipTerms;
use super::rule::Selector;

/// Something that every sale counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Money spent on goods: the base of earning, in minor units.
    Spent(Selector),
    /// A quantity of goods, in thousandths.
    Bought(Selector),
    /// Points earned into a purse at the base rate, in thousandths: spending them never lowers it, a tier never raises it.
    Earned(PurseId),
    /// Points earned into a purse in all, with what tiers add, in thousandths.
    EarnedInAll(PurseId),
    /// Sales.
    Sales,
}

/// Whose past.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// The buyer's.
    #[default]
    Member,
    /// That of the organisation he buys for.
    Organisation,
}

/// What must have been: so much, in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Of what.
    pub metric: Metric,
    /// Whose.
    pub whose: Whose,
    /// At least so much; reached at its value.
    pub from: i64,
    /// Less than so much, where a next step takes over.
    pub below: Option<i64>,
    /// Each so many: of sales, this one included. 0 where it does not matter.
    pub every: i64,
    /// In which days.
    pub within: Period,
    /// Whether the basket itself counts.
    pub with_this: bool,
}

/// Characters of a counter's readable name; a hash makes longer ones one of their kind.
const READABLE: usize = 40;

impl Metric {
    /// The name under which it is counted. What is only ever asked for as a whole is kept as one sum, under a name of its
    /// own, and not day by day.
    pub fn counter(&self, within: Period) -> CounterId {
        let text = match self {
            Metric::Spent(goods) => format!("spent {}", goods.canonical()),
            Metric::Bought(goods) => format!("bought {}", goods.canonical()),
            Metric::Earned(purse) => format!("earned {purse}"),
            Metric::EarnedInAll(purse) => format!("earned in all {purse}"),
            Metric::Sales => "sales".to_owned(),
        };
        let text = match within {
            Period::Ever => format!("{} ever", text.trim_end()),
            _ => text.trim_end().to_owned(),
        };
        name(&text)
    }
}

/// A counter's name: the text itself where it is short enough for one.
pub(in crate::loyalty) fn name(text: &str) -> CounterId {
    if let Ok(id) = CounterId::parse(text) {
        return id;
    }
    let readable: String = text.chars().filter(|c| !c.is_control()).take(READABLE).collect();
    let hash = blake3::hash(text.as_bytes()).to_hex();
    CounterId::parse(&format!("{} {}", readable.trim(), &hash[..16]))
        .expect("short, and without control characters")
}

impl MembershipTerms {
    /// Under which name it is counted what was bought of a membership: months; pieces where it has no end.
    pub fn counter(id: &MembershipId) -> CounterId {
        name(&format!("member {id}"))
    }

    /// The membership as it is held on a day. One that is sold follows from what was bought, each piece from the end of the
    /// one before, so that any of them may come back in any order.
    pub fn held(&self, id: &MembershipId, standing: &Standing, on: Day) -> Option<Held> {
        let bought = standing.counters.get(&MembershipTerms::counter(id));
        let Some(bought) = bought.filter(|_| !self.sold_as.is_empty()) else {
            return standing.memberships.get(id).copied();
        };
        let since = Moment::default();
        let mut until: Option<Day> = None;
        for (day, amount) in bought.iter().filter(|(day, amount)| **day <= on && **amount > 0) {
            if self.months.is_none() {
                return Some(Held { since, until: None });
            }
            let begins = until
                .filter(|last| day <= last)
                .map_or(*day, |last| last.plus_days(1));
            let months = i32::try_from(*amount).unwrap_or(i32::MAX).min(MOST_MONTHS);
            until = Some(begins.plus_months(months).plus_days(-1));
        }
        until.map(|last| Held {
            since,
            until: Some(last),
        })
    }
}

/// A membership is sold for so many months at most.
const MOST_MONTHS: i32 = 12_000;
