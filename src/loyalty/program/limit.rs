//! How much a rule, or all rules of a file together, give at most: in a sale, by member and period, for a single code, or
//! in all. What is given in all is dealt out to terminals in shares, so that no two of them give the same thing twice.

use std::collections::BTreeMap;

use super::super::amount::{Points, Quantity};
use super::super::calendar::Period;
use super::super::id::{CounterId, ProgramId, RewardId};
use super::past::name;
use super::reward::{EARNING, EarnBase};
use super::{Program, ProgramSet, Reward, Rule};

/// How much is given at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// To whom, and in which days.
    pub per: Per,
    /// So much.
    pub most: Most,
}

/// What a limit holds for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// One sale.
    Sale,
    /// One member, in these days.
    Member(Period),
    /// Each single code of the rule's list, for everybody together.
    Code,
    /// Everybody together.
    Total,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Most {
    /// Units of the goods.
    Units(Quantity),
    /// Money off, or units of a purse.
    Amount(Points),
    /// How often the rule gives.
    Times(u32),
}

impl Most {
    /// As it is counted: thousandths of units and amounts, times as they are.
    pub fn units(&self) -> i64 {
        match self {
            Most::Units(units) => units.units(),
            Most::Amount(amount) => amount.units(),
            Most::Times(times) => i64::from(*times),
        }
    }
}

impl Limit {
    /// The name under which it is counted. `index` is the rule's place in its file; none for a limit of the whole file.
    /// Nothing is counted of a limit that holds for one sale.
    pub fn counter(&self, program: &ProgramId, index: Option<usize>, code: &str) -> Option<CounterId> {
        let place = index.map_or_else(|| program.to_string(), |index| format!("{program}/{index}"));
        let what = match self.most {
            Most::Units(_) => "units",
            Most::Amount(_) => "amount",
            Most::Times(_) => "times",
        };
        let text = match self.per {
            Per::Sale => return None,
            Per::Member(Period::Ever) => format!("limit {place} {what} ever"),
            Per::Member(_) => format!("limit {place} {what}"),
            Per::Code => format!("code {place} {what} {code}"),
            Per::Total => format!("total {place} {what}"),
        };
        Some(name(&text))
    }
}

impl Rule {
    /// Does what the rule gives count on a limit of this kind?
    pub fn keeps(&self, most: &Most) -> bool {
        let in_a_sale = self.needs.activity.is_none();
        let in_units = match &self.gives {
            Reward::PercentOffGoods { .. } | Reward::AmountOffUnit(_) => self.phase != Some(1),
            Reward::UnitsOfGroup { .. } | Reward::ForStamps { .. } => true,
            Reward::Stamp { .. } => in_a_sale,
            Reward::Earn { per, .. } => matches!(per, EarnBase::Unit(_)) && in_a_sale,
            _ => false,
        };
        let in_amounts = self.gives.phase() < EARNING
            || matches!(
                self.gives,
                Reward::Earn { .. } | Reward::Stamp { .. } | Reward::Back { .. } | Reward::Share { .. }
            );
        match most {
            Most::Units(_) => in_units,
            Most::Amount(_) => in_amounts,
            Most::Times(_) => in_amounts || matches!(self.gives, Reward::Issue { .. } | Reward::Draw { .. }),
        }
    }
}

/// The name under which it is counted how many of a reward with a stock were given.
pub fn stock(reward: &RewardId) -> CounterId {
    name(&format!("stock {reward}"))
}

/// A code as it is compared: upper and lower case alike, and without the spaces around it.
pub fn normal(code: &str) -> String {
    code.trim().to_uppercase()
}

impl Program {
    /// All limits with the place of their rule; none for those of the whole file.
    fn all_limits(&self) -> impl Iterator<Item = (Option<usize>, &Limit)> {
        let of_rules = self.rules.iter().enumerate();
        let of_rules =
            of_rules.flat_map(|(index, rule)| rule.limits.iter().map(move |limit| (Some(index), limit)));
        self.limits.iter().map(|limit| (None, limit)).chain(of_rules)
    }
}

impl ProgramSet {
    /// What there is in all for everybody together, by the counter that counts what was given of it (on the account of the
    /// shop, [`Holder::Shop`](super::super::member::Holder::Shop)): limits in all, and stocks of rewards. Thousandths of
    /// units and amounts, times and pieces as they are. Whoever quotes puts into `Basket::dealt` what the place that sells
    /// may still give of each: a story all that is left, a terminal what is left of the share that the server dealt to it,
    /// so that the shares of all terminals never sum to more than the total.
    pub fn totals(&self) -> BTreeMap<CounterId, i64> {
        let mut totals = BTreeMap::new();
        for program in &self.programs {
            let in_all = program.all_limits().filter(|(_, limit)| limit.per == Per::Total);
            for (index, limit) in in_all {
                let counter = limit.counter(&program.id, index, "");
                totals.extend(counter.map(|counter| (counter, limit.most.units())));
            }
            for (reward, terms) in &program.rewards {
                let pieces = terms
                    .stock
                    .map(|pieces| i64::try_from(pieces).unwrap_or(i64::MAX));
                totals.extend(pieces.map(|pieces| (stock(reward), pieces)));
            }
        }
        totals
    }

    /// The same for what single codes give, of the codes that are shown: a list may hold very many, and a terminal needs a
    /// share of those only that lie before it.
    pub fn totals_of(&self, codes: &[String]) -> BTreeMap<CounterId, i64> {
        let mut totals = BTreeMap::new();
        for code in codes.iter().map(|code| normal(code)) {
            for program in &self.programs {
                let by_code = program.all_limits().filter(|(_, limit)| limit.per == Per::Code);
                for (index, limit) in by_code {
                    let mut rules = program.rules.iter().enumerate();
                    let knows = rules.any(|(n, rule)| {
                        index.is_none_or(|index| index == n) && rule.needs.codes.contains(&code)
                    });
                    let counter = limit.counter(&program.id, index, &code).filter(|_| knows);
                    totals.extend(counter.map(|counter| (counter, limit.most.units())));
                }
            }
        }
        totals
    }

    /// Does any rule name this code?
    pub fn knows_code(&self, code: &str) -> bool {
        self.index.knows_code(&normal(code))
    }
}
