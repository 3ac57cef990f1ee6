//! What a member or an organisation of a story has: purses with their lots, and all the rest as a standing.

use std::collections::BTreeMap;

use crate::loyalty::amount::Points;
use crate::loyalty::calendar::{Day, Moment};
use crate::loyalty::id::{MemberId, PurseId};
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

    /// What purses hold, debts included.
    pub fn balances(&self) -> BTreeMap<PurseId, Points> {
        let purses = self.purses.iter();
        purses
            .map(|(name, purse)| (name.clone(), purse.balance()))
            .collect()
    }

    /// Books changes in their order. Answers the lots that paid, purse by purse.
    pub fn book(
        &mut self,
        changes: &[Change],
        origin: &Origin<'_>,
    ) -> Result<BTreeMap<PurseId, Vec<LotMove>>, String> {
        let mut drawn: BTreeMap<PurseId, Vec<LotMove>> = BTreeMap::new();
        let today = origin.today;
        for change in changes {
            match change {
                Change::Spend { purse, amount } => {
                    let moves = self
                        .purse(purse)
                        .spend(*amount, today)
                        .map_err(|short| short.to_string())?;
                    drawn.entry(purse.clone()).or_default().extend(moves);
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
                Change::Restore { purse, amount } => {
                    let skipped = origin.restored.get(purse).copied().unwrap_or(Points::ZERO);
                    let moves = origin.drawn.get(purse).map_or(&[][..], Vec::as_slice);
                    self.purse(purse)
                        .restore(&part_of(moves, skipped, *amount), today);
                }
                Change::Turn { purse, amount } if *amount > Points::ZERO => {
                    self.purse(purse)
                        .spend(*amount, today)
                        .map_err(|short| short.to_string())?;
                }
                Change::Turn { purse, amount } => {
                    self.purse(purse)
                        .earn(Points::ZERO - *amount, today, None, origin.number);
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
