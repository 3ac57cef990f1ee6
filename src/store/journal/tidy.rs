//! Folding the write-ahead log into the file: when nobody waits, and in a long run before it grows large.

use super::Journal;
use crate::store::StoreError;

/// A write-ahead log of so many pages is folded into the file at the next quiet moment…
const PAGES_WHEN_IDLE: i64 = 256;
/// …and one of so many pages at once. A log that is written over again and again needs no new room on the disk, and a
/// sale then waits for its data alone, not for the file system's own journal.
const PAGES_AT_ONCE: i64 = 1000;
/// So many sales without a quiet moment, and the log is looked at.
const LOOK_AFTER: u64 = 64;

impl Journal {
    /// Folds the write-ahead log into the file when it has grown and nobody waits. The first page of a log that begins
    /// anew costs a sync of its own: it is written here, so that the next sale waits for one only.
    pub fn tidy_when_idle(&mut self) -> Result<(), StoreError> {
        self.checkpoint_over(PAGES_WHEN_IDLE)?;
        if self.unfolded_pages()? <= 0 {
            // A change that leaves nothing behind, but SQLite writes its page.
            self.transact(|memory| {
                let connection = memory.0;
                connection.execute("INSERT INTO draft VALUES ('', 0, x'')", [])?;
                connection.execute("DELETE FROM draft WHERE basket = ''", [])
            })?;
        }
        Ok(())
    }

    /// The same in a long run without a quiet moment, where the log has grown large.
    pub fn tidy_when_large(&mut self) -> Result<(), StoreError> {
        if self.appended < LOOK_AFTER {
            return Ok(());
        }
        self.appended = 0;
        self.checkpoint_over(PAGES_AT_ONCE)
    }

    /// Never waits for whoever reads beside: what cannot be folded now is folded at the next quiet moment. The log's
    /// file keeps its size and is written over, which is faster than to let it grow each time.
    fn checkpoint_over(&mut self, pages: i64) -> Result<(), StoreError> {
        if self.unfolded_pages()? > pages {
            self.sql(|c| c.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())))?;
        }
        Ok(())
    }

    /// How many pages of the log are not in the file yet.
    fn unfolded_pages(&self) -> Result<i64, StoreError> {
        self.sql(|c| {
            c.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?
                .query_row([], |row| Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?))
        })
    }
}
