//! What this terminal may give of that which all customers share: limits in all, single codes, stocks of prizes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Counter, CounterError};
use crate::loyalty::id::CounterId;
use crate::loyalty::program::limit;
use crate::store::StoreError;

impl Counter {
    /// What was dealt to this terminal and is left of it, of all that a basket with these codes may ask for.
    pub(super) fn dealt(&self, codes: &[String]) -> Result<BTreeMap<CounterId, i64>, StoreError> {
        if self.totals.is_empty() && codes.is_empty() {
            return Ok(BTreeMap::new());
        }
        let codes = self.programs.totals_of(codes);
        let shares = self.store.journal.shares()?.into_iter();
        let dealt = shares.filter_map(|share| {
            let is_asked = self.totals.contains(&share.counter) || codes.contains_key(&share.counter);
            let left = share.left().filter(|_| is_asked)?;
            Some((share.counter, left))
        });
        Ok(dealt.collect())
    }

    /// Notes of which totals this terminal needs a share; answers whether the server has not been asked for one of them.
    pub(super) fn wish_for_shares(&mut self) -> Result<bool, CounterError> {
        let shown = &self.draft.basket.codes;
        if self.totals.is_empty() && shown.is_empty() {
            return Ok(false);
        }
        let codes = shown.iter().flat_map(|code| {
            let of_code = self.programs.totals_of(std::slice::from_ref(code));
            let counters: Vec<CounterId> = of_code.into_keys().collect();
            counters.into_iter().map(|counter| (counter, limit::normal(code)))
        });
        let codes: Vec<(CounterId, String)> = codes.collect();
        let is_open = self.store.journal.wish(&self.totals, &codes)?;
        if let Some(sync) = self.sync.as_mut().filter(|_| is_open) {
            sync.wake();
        }
        Ok(is_open)
    }

    /// Single codes that no basket shows any more may be shown at another terminal, and what no program names is of no use here.
    /// A disk without room keeps nobody from selling: it goes back later.
    pub(super) fn give_shares_back(&mut self) {
        let Ok(drafts) = self.store.journal.drafts() else {
            return;
        };
        let held = drafts.iter().flat_map(|draft| &draft.basket.codes);
        let shown = self.draft.basket.codes.iter().chain(held);
        let shown: BTreeSet<String> = shown.map(|code| limit::normal(code)).collect();
        let (post, clock) = (&self.store.identity.post, self.watch.clock());
        let _ = self
            .store
            .journal
            .give_shares_back(post, self.bundle, &self.totals, &shown, clock);
    }
}
