//! Passes at the counter: proved without the line, by the keys that the server signed; refused where they were withdrawn
//! or where the same code was shown for another basket.

use super::view::Scanned;
use super::{Counter, CounterError};
use crate::loyalty::member::CardToken;
use crate::loyalty::pass::{self, KeyList, PassError};
use crate::loyalty::scan::{Kind, Scan};
use crate::loyalty::shown::Shown;
use crate::sqlite::SqliteError;
use crate::store::{ShownCode, Store, StoreError};

/// The keys that sign passes, where the server has given some.
pub(super) fn newest_keys(store: &Store) -> Result<Option<KeyList>, StoreError> {
    let identity = &store.identity;
    let signed = store.journal.pass_keys()?;
    Ok(signed.and_then(|signed| signed.open(&identity.server_key, &identity.post.shop).ok()))
}

impl Counter {
    /// Takes up a newer list of keys, where one has arrived.
    pub(super) fn take_up_pass_keys(&mut self) -> Result<(), CounterError> {
        self.pass_keys = newest_keys(&self.store)?;
        Ok(())
    }

    /// Takes in whoever shows the pass in this scan. A phone's code is good for one basket; scanned again into the same one it changes
    /// nothing.
    pub(super) fn show_pass(&mut self, scan: &Scan) -> Result<Scanned, CounterError> {
        let Kind::Plain(text) = &scan.kind else {
            return Err(PassError::Letters.into());
        };
        let now = self.watch.wall();
        let proven = pass::prove(text, self.pass_keys.as_ref(), now, now.day(self.zone()))?;
        let token = CardToken::of(self.store.keys.card_key(), proven.card.number.as_str());
        let shown = match proven.step {
            Some(_) => Shown::Phone,
            None => Shown::Pass,
        };
        let identified = match self.withdrawn(&token)? {
            Withdrawn::Below(least) => {
                proven.is_current(least)?;
                self.ways.of(shown)
            }
            Withdrawn::NobodyKnows => self.ways.of(shown).unchecked(),
        };
        let code = proven.step.map(|step| ShownCode { token, step });
        let number = proven.card.number;
        self.take_in(number.as_str(), number.last_four(), identified, code)?;
        Ok(Scanned::Buyer)
    }

    /// How a card's number is shown: by a scanner, or by fingers (`scan_typed`).
    pub(super) fn shown_as_card(&self) -> Shown {
        match self.is_typed {
            true => Shown::Typed,
            false => Shown::Card,
        }
    }

    /// A cache that was never filled says nothing of what was withdrawn.
    fn withdrawn(&mut self, token: &CardToken) -> Result<Withdrawn, CounterError> {
        let cache = &self.store.cache;
        let asked = cache.mark().and_then(|mark| match mark.cursor {
            0 => Ok(Withdrawn::NobodyKnows),
            _ => cache.least_pass(token).map(Withdrawn::Below),
        });
        match asked {
            Ok(withdrawn) => Ok(withdrawn),
            Err(SqliteError::Damaged { .. }) => {
                self.store.cache.heal()?;
                Ok(Withdrawn::NobodyKnows)
            }
            Err(error) => Err(StoreError::from(error).into()),
        }
    }
}

/// What this terminal knows of withdrawn passes of a card.
enum Withdrawn {
    /// Those below this number; none where there are none.
    Below(Option<u16>),
    /// Nothing, until it has synced.
    NobodyKnows,
}
