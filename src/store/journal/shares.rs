//! Shares of what all customers have in common: what this terminal may give of each total.

use std::collections::BTreeSet;

use rusqlite::{Row, params};

use super::memory::keep;
use super::{Journal, StoreError};
use crate::loyalty::id::CounterId;
use crate::loyalty::journal::Clock;
use crate::loyalty::terminal::{self, Post, Share};

impl Journal {
    /// All that is held or wished for.
    pub fn shares(&self) -> Result<Vec<Share>, StoreError> {
        self.sql(|c| {
            let mut statement =
                c.prepare_cached("SELECT counter, dealt, used, code FROM share ORDER BY counter")?;
            let rows = statement.query_map([], read)?;
            Ok(rows
                .collect::<rusqlite::Result<Vec<_>>>()?
                .into_iter()
                .flatten()
                .collect())
        })
    }

    /// Notes which totals the programs name, and codes that were shown with what is counted of each. Answers whether there is
    /// one of which the server has not been asked.
    pub fn wish(&mut self, totals: &[CounterId], codes: &[(CounterId, String)]) -> Result<bool, StoreError> {
        let held = self.shares()?;
        let is_open = held.iter().any(|share| {
            let is_needed = share.code.is_some() || totals.contains(&share.counter);
            is_needed && share.dealt.is_none()
        });
        let of = |counter: &CounterId| held.iter().find(|share| share.counter == *counter);
        let totals: Vec<&CounterId> = totals.iter().filter(|counter| of(counter).is_none()).collect();
        let is_wished = |counter: &CounterId| of(counter).is_some_and(|share| share.code.is_some());
        let codes: Vec<_> = codes.iter().filter(|(counter, _)| !is_wished(counter)).collect();
        if totals.is_empty() && codes.is_empty() {
            return Ok(is_open);
        }
        self.transact(|memory| {
            let mut statement = memory.0.prepare_cached(
                "INSERT INTO share (counter, code) VALUES (?1, ?2)
                     ON CONFLICT (counter) DO UPDATE SET code = excluded.code",
            )?;
            for counter in &totals {
                statement.execute(params![counter.as_str(), None::<&str>])?;
            }
            for (counter, code) in &codes {
                statement.execute(params![counter.as_str(), code])?;
            }
            Ok(true)
        })
    }

    /// Keeps what the server says it has dealt in all. A smaller number than before is an older word and changes nothing.
    pub fn dealt(&mut self, shares: &[(CounterId, i64)]) -> Result<(), StoreError> {
        if shares.is_empty() {
            return Ok(());
        }
        self.transact(|memory| {
            let mut statement = memory.0.prepare_cached(
                "UPDATE share SET dealt = ?2 WHERE counter = ?1 AND (dealt IS NULL OR dealt < ?2)",
            )?;
            for (counter, dealt) in shares {
                statement.execute(params![counter.as_str(), dealt])?;
            }
            Ok(())
        })
    }

    /// Gives back what is left of shares that nobody needs here any more: of single codes that no basket shows, and of what no
    /// program names.
    pub fn give_shares_back(
        &mut self,
        post: &Post,
        bundle: u64,
        totals: &[CounterId],
        shown: &BTreeSet<String>,
        clock: Clock,
    ) -> Result<(), StoreError> {
        for share in self.shares()? {
            let is_shown = share.code.as_ref().is_some_and(|code| shown.contains(code));
            if is_shown || totals.contains(&share.counter) {
                continue;
            }
            let has_left = share.left().is_some_and(|left| left > 0);
            if !has_left && share.code.is_none() {
                continue;
            }
            let head = self.transact(|memory| {
                let changes = terminal::give_share_back(memory, post, bundle, &share, clock)?;
                let head = keep(memory.0, &changes)?;
                // Asked for again when it is shown again; what was used of it stays counted.
                memory
                    .0
                    .prepare_cached("UPDATE share SET code = NULL WHERE counter = ?1")?
                    .execute([share.counter.as_str()])?;
                Ok(head)
            })?;
            if head.is_some() {
                self.committed(head);
            }
        }
        Ok(())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Option<Share>> {
    let counter: String = row.get(0)?;
    Ok(CounterId::parse(&counter).ok().map(|counter| Share {
        counter,
        dealt: row.get(1).unwrap_or_default(),
        used: row.get(2).unwrap_or_default(),
        code: row.get(3).unwrap_or_default(),
    }))
}
