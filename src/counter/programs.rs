//! Programs as the server published them: the newest bundle that this version understands is the one that counts; a
//! sale is taken back by the one it was made with.

use std::rc::Rc;
use std::sync::Arc;

use super::{Counter, CounterError};
use crate::loyalty::program::{ProgramSet, Reward, Terms, file};
use crate::store::{Store, StoreError};
use crate::wire::Bundle;

/// Why there are no programs to sell by.
#[derive(Debug, thiserror::Error)]
pub enum ProgramsError {
    /// Not one bundle is readable.
    #[error(
        "none of the programs that the server published can be read ({why}): install the version of the server"
    )]
    None {
        /// What is wrong with the newest.
        why: String,
    },
    /// The one a sale was made with is not here.
    #[error("the programs of version {version}, by which this sale was made, are not here")]
    Missing {
        /// The version.
        version: u64,
    },
    /// The files.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The newest bundle that can be read, with its version.
pub(super) fn newest(store: &Store) -> Result<(u64, ProgramSet), ProgramsError> {
    let mut first_why = String::new();
    for signed in store.journal.bundles()? {
        let read = signed
            .open(&store.identity.server_key)
            .map_err(|error| error.to_string())
            .and_then(|bundle| read(&bundle));
        match read {
            Ok(set) => return Ok((signed.version, set)),
            Err(why) if first_why.is_empty() => first_why = why,
            Err(_) => {}
        }
    }
    Err(ProgramsError::None { why: first_why })
}

/// A bundle's files as programs.
pub(super) fn read(bundle: &Bundle) -> Result<ProgramSet, String> {
    let terms =
        Terms::of(&bundle.currency, &bundle.timezone, &bundle.price_basis).map_err(|e| e.to_string())?;
    file::read_all(&bundle.files, terms).map_err(|mistakes| mistakes.into_iter().next().unwrap_or_default())
}

impl Counter {
    /// The programs of a version, for a sale that was made with them.
    pub(super) fn programs_of(&mut self, version: u64) -> Result<Rc<ProgramSet>, CounterError> {
        if version == self.bundle {
            return Ok(Rc::clone(&self.programs));
        }
        if let Some(set) = self.older.get(&version) {
            return Ok(Rc::clone(set));
        }
        let bundles = self.store.journal.bundles()?;
        let signed = bundles.iter().find(|bundle| bundle.version == version);
        let bundle = signed.and_then(|signed| signed.open(&self.store.identity.server_key).ok());
        let set = bundle.and_then(|bundle| read(&bundle).ok()).map(Rc::new);
        let set = set.ok_or(ProgramsError::Missing { version })?;
        self.older.insert(version, Rc::clone(&set));
        Ok(set)
    }

    /// What the programs of all bundles that are loaded call themselves; the newest name counts.
    pub(super) fn name_programs(&mut self) {
        let sets = self.older.values().chain([&self.programs]);
        let programs = sets.flat_map(|set| &set.programs);
        let names = programs.map(|program| (program.id.clone(), program.name.clone()));
        self.names = Arc::new(names.collect());
        let programs = self.programs.programs.iter();
        let rewards = programs.flat_map(|program| &program.rewards);
        let named = rewards.filter_map(|(id, terms)| Some((id.clone(), terms.name.clone()?)));
        self.rewards = Arc::new(named.collect());
    }

    /// Names what the programs give in all, and wishes for shares of it.
    pub(super) fn name_totals(&mut self) -> Result<(), CounterError> {
        self.totals = self.programs.totals().into_keys().collect();
        self.wish_for_shares()?;
        Ok(())
    }

    /// Sees to it that this terminal is committed to a secret for draws before anybody buys, and that one which has done its
    /// work is shown. A disk without room keeps nobody from selling: a sale that draws sees to it again.
    pub(super) fn keep_draws(&mut self) {
        let rules = self.programs.programs.iter().flat_map(|program| &program.rules);
        let does_draw = rules
            .into_iter()
            .any(|rule| matches!(rule.gives, Reward::Draw { .. }));
        let (post, clock) = (&self.store.identity.post, self.watch.clock());
        let _ = self.store.journal.keep_draws(post, self.bundle, does_draw, clock);
    }

    /// Takes up newer programs, where they have arrived, and newer keys of passes. A basket that is open is quoted by them
    /// from now on.
    pub(super) fn take_up_programs(&mut self) -> Result<(), CounterError> {
        self.take_up_pass_keys()?;
        let (version, set) = newest(&self.store)?;
        if version != self.bundle {
            self.older.insert(self.bundle, Rc::clone(&self.programs));
            self.bundle = version;
            self.programs = Rc::new(set);
            self.name_programs();
            self.keep_draws();
            self.name_totals()?;
        }
        self.requote()
    }
}
