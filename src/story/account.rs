//! What a member or an organisation of a story has: purses with their lots, and all the rest as a standing.

use std::collections::BTreeMap;

use crate::loyalty::amount::Points;
use crate::loyalty::calendar::{Day, Moment};
use crate::loyalty::id::{CounterId, MemberId, PurseId};
use crate::loyalty::ledger::{LotMove, Purse, part_of};
use crate::loyalty::member::{Change, Standing};

/// An account.
#[derive(Default)]
pub(super) struct Account {
    pub purses: BTreeMap<PurseId, Purse>,
    /// Everything but purses.
    rest: Standing,
    pub brought_by: Option<MemberId>,
}

/// The entry that changes belong to: its number, when it was, and what an earlier return gave back of it.
pub(super) struct Origin<'a> {
    pub number: u64,
    pub at: Moment,
    pub today: Day,
    /// The lots that paid for the sale that a return answers.
    pub drawn: &'a BTreeMap<PurseId, Vec<LotMove>>,
    /// What earlier returns have restored of them.
    pub restored: &'a BTreeMap<PurseId, Points>,
    /// The lots whose stamps became rewards in that sale, and what earlier returns gave back of them.
    pub turned: &'a BTreeMap<PurseId, Vec<LotMove>>,
    pub turned_back: &'a BTreeMap<PurseId, Points>,
}

/// The lots that an entry drew on, purse by purse.
#[derive(Default)]
pub(super) struct Drawn {
    /// To pay.
    pub paid: BTreeMap<PurseId, Vec<LotMove>>,
    /// For stamps that became rewards.
    pub turned: BTreeMap<PurseId, Vec<LotMove>>,
}

impl Account {
    /// How the account stands on a day.
    pub fn standing(&self, on: Day) -> Standing {
        let purses = self.purses.iter();
        Standing {
            purses: purses
                .map(|(name, purse)| (name.clone(), purse.spendable(on)))
                .collect(),
            ..self.rest.clone()
        }
    }

    /// All that was counted under a name.
    pub fn counted(&self, counter: &CounterId) -> i64 {
        let days = self.rest.counters.get(counter).into_iter().flatten();
        days.map(|(_, amount)| amount).sum()
    }

    /// What purses hold, debts included.
    pub fn balances(&self) -> BTreeMap<PurseId, Points> {
        let purses = self.purses.iter();
        purses
            .map(|(name, purse)| (name.clone(), purse.balance()))
            .collect()
    }

    /// Books changes in their order. Answers the lots that were drawn on.
    pub fn book(&mut self, changes: &[Change], origin: &Origin<'_>) -> Result<Drawn, String> {
        let mut drawn = Drawn::default();
        let today = origin.today;
        for change in changes {
            match change {
                Change::Spend { purse, amount } => {
                    let moves = self
                        .purse(purse)
                        .spend(*amount, today)
                        .map_err(|short| short.to_string())?;
                    drawn.paid.entry(purse.clone()).or_default().extend(moves);
                }
                Change::Earn {
                    purse,
                    amount,
                    expires,
                    ..
                } => {
                    self.purse(purse).earn(*amount, today, *expires, origin.number);
                }
                Change::TakeBack { purse, amount, .. } => {
                    self.purse(purse).take_back(*amount, origin.number);
                }
                Change::Restore { purse, amount, days } => {
                    let skipped = origin.restored.get(purse).copied().unwrap_or(Points::ZERO);
                    let moves = origin.drawn.get(purse).map_or(&[][..], Vec::as_slice);
                    self.purse(purse)
                        .restore(&part_of(moves, skipped, *amount), today, *days);
                }
                Change::Turn { purse, amount } if *amount > Points::ZERO => {
                    let moves = self
                        .purse(purse)
                        .spend(*amount, today)
                        .map_err(|short| short.to_string())?;
                    drawn.turned.entry(purse.clone()).or_default().extend(moves);
                }
                Change::Turn { purse, amount } => {
                    let back = Points::ZERO - *amount;
                    let skipped = origin.turned_back.get(purse).copied().unwrap_or(Points::ZERO);
                    let moves = origin.turned.get(purse).map_or(&[][..], Vec::as_slice);
                    let part = part_of(moves, skipped, back);
                    let rest = back - part.iter().map(|one| Points::ZERO - one.amount).sum();
                    self.purse(purse).restore(&part, today, None);
                    self.purse(purse).earn(rest, today, None, origin.number);
                }
                Change::Brought { by } => {
                    self.brought_by.get_or_insert_with(|| by.clone());
                }
                other => self.rest.apply(other, origin.at),
            }
        }
        Ok(drawn)
    }

    fn purse(&mut self, purse: &PurseId) -> &mut Purse {
        self.purses.entry(purse.clone()).or_default()
    }
}
