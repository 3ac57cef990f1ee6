//! What rules ask about the past: what is counted, over which days, and how much of it there must be.

use super::super::calendar::Period;
use super::super::id::{CounterId, PurseId};
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
