//! Secrets that decide draws: made on this machine, kept beside the entries that commit to them.

use super::memory::{Memory, keep};
use super::{Journal, StoreError};
use crate::loyalty::journal::Clock;
use crate::loyalty::terminal::{self, Post};

impl Journal {
    /// Commits to a secret where programs draw and there is none, and shows one that has done its work; then the next is
    /// committed to. A machine without chance draws nothing until it has some.
    pub fn keep_draws(
        &mut self,
        post: &Post,
        bundle: u64,
        does_draw: bool,
        clock: Clock,
    ) -> Result<(), StoreError> {
        // One that is shown makes room for the next.
        while self.sql(|c| terminal::draws_wait(&Memory(c), post, does_draw, clock))? {
            let mut chance = [0; 32];
            if getrandom::fill(&mut chance).is_err() {
                return Ok(());
            }
            let head = self.transact(|memory| {
                let changes = terminal::keep_draws(memory, post, bundle, does_draw, chance, clock)?;
                keep(memory.0, &changes)
            })?;
            self.committed(head);
        }
        Ok(())
    }
}
