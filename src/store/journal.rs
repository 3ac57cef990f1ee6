//! journal.db: entries, and what must be found again without opening them. A sale is one transaction with one sync:
//! number, hash, entry, effects and the closed draft land together or not at all.

mod check;
mod draws;
mod memory;
mod passes;
mod post;
mod shares;
mod tidy;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ed25519_dalek::SigningKey;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use rusqlite_migration::{M, Migrations};

use memory::{Memory, keep};
pub use passes::ShownCode;

use super::StoreError;
use super::anchor::Anchor;
use super::drafts::{self, Draft};
use crate::loyalty::amount::Money;
use crate::loyalty::calendar::Moment;
use crate::loyalty::id::{BasketId, SaleId, TerminalId};
use crate::loyalty::journal::{ActivityDone, Body, Clock, Head, Return, Sealed};
use crate::loyalty::ledger::Account;
use crate::loyalty::member::{Change, Holder};
use crate::loyalty::sale::Sale;
use crate::loyalty::terminal::{self, Distrust, Epoch, Post, Sold, TakeBack, TerminalMemory};
use crate::sqlite::{self, Durability, SqliteError};
use crate::wire::SignedBundle;

static MIGRATIONS: LazyLock<Migrations<'static>> = LazyLock::new(|| {
    Migrations::new(vec![
        M::up(include_str!("migrations/journal-001.sql")),
        M::up(include_str!("migrations/journal-002.sql")),
        M::up(include_str!("migrations/journal-003.sql")),
        M::up(include_str!("migrations/journal-004.sql")),
    ])
});

/// The journal's file.
pub struct Journal {
    connection: Connection,
    path: PathBuf,
    anchor: Anchor,
    appended: u64,
}

/// Entries that the server has not answered for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub entries: u64,
    /// When the oldest was written.
    pub oldest: Option<Moment>,
}

/// What returns have taken of a sale so far: their bodies, oldest first.
pub type Answered = Vec<Return>;

impl Journal {
    /// Opens the file for writing, makes it where it is missing.
    pub(super) fn open(path: &Path) -> Result<Journal, StoreError> {
        let connection =
            sqlite::open(path, Durability::Synced, &MIGRATIONS).map_err(|error| damaged(path, error))?;
        let anchor = Anchor::beside(path);
        let journal = Journal {
            connection,
            path: path.to_owned(),
            anchor,
            appended: 0,
        };
        // Checkpoints run when nobody waits, never inside a sale.
        journal.sql(|c| c.pragma_update(None, "wal_autocheckpoint", 0))?;
        Ok(journal)
    }

    /// Opens the file beside the process that writes it, to read only.
    pub fn beside(folder: &Path) -> Result<Journal, StoreError> {
        super::has_journal(folder)?;
        let path = folder.join(super::JOURNAL);
        let connection = sqlite::open_beside(&path, &MIGRATIONS).map_err(|error| damaged(&path, error))?;
        Ok(Journal {
            connection,
            path,
            anchor: Anchor::none(),
            appended: 0,
        })
    }

    fn sql<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        work(&self.connection).map_err(|error| damaged(&self.path, SqliteError::of(&self.path, &error)))
    }

    /// A journal that does not hold together, for this reason.
    pub fn does_not_hold(&self, why: &str) -> StoreError {
        StoreError::Damaged {
            path: self.path.clone(),
            why: sqlite::on_one_line(why),
        }
    }

    /// Records a sale, and decides what it draws. When this answers, it is on the disk.
    pub fn sell(&mut self, post: &Post, bundle: u64, sale: Sale, clock: Clock) -> Result<SoldAs, StoreError> {
        let drew = !sale.quote.draws.is_empty();
        if drew {
            self.keep_draws(post, bundle, true, clock)?;
        }
        let (sold, head) = self.transact(|memory| {
            let sold = terminal::sell(memory, post, bundle, sale, clock)?;
            let (id, changes, was_before) = match sold {
                Sold::New(id, changes) => (id, changes, false),
                Sold::Before(id) => (id, Vec::new(), true),
            };
            let head = keep(memory.0, &changes)?;
            let sale = None;
            let sold = SoldAs { id, was_before, sale };
            Ok((sold, head))
        })?;
        self.committed(head);
        let sale = match drew {
            true => self.sale_at(&sold.id)?,
            false => None,
        };
        Ok(SoldAs { sale, ..sold })
    }

    /// A sale as it was recorded.
    fn sale_at(&self, id: &SaleId) -> Result<Option<Box<Sale>>, StoreError> {
        let Some((_, seq)) = id.place() else {
            return Ok(None);
        };
        let body = self
            .entry(seq)?
            .and_then(|sealed| sealed.open().ok()?.body().ok());
        Ok(match body {
            Some(Body::Sale(sale)) => Some(sale),
            _ => None,
        })
    }

    /// Records a return. When this answers, it is on the disk.
    pub fn give_back(&mut self, post: &Post, back: TakeBack, clock: Clock) -> Result<SaleId, StoreError> {
        let (id, head) = self.transact(|memory| {
            let (id, changes) = terminal::give_back(memory, post, back, clock)?;
            Ok((id, keep(memory.0, &changes)?))
        })?;
        self.committed(head);
        Ok(id)
    }

    /// Records an activity of a member. When this answers, it is on the disk.
    pub fn note_activity(
        &mut self,
        post: &Post,
        bundle: u64,
        (done, holder): (ActivityDone, Holder),
        clock: Clock,
    ) -> Result<SoldAs, StoreError> {
        let (noted, head) = self.transact(|memory| {
            let (id, changes, was_before) =
                match terminal::note_activity(memory, post, bundle, done, holder, clock)? {
                    Sold::New(id, changes) => (id, changes, false),
                    Sold::Before(id) => (id, Vec::new(), true),
                };
            let head = keep(memory.0, &changes)?;
            let sale = None;
            let noted = SoldAs { id, was_before, sale };
            Ok((noted, head))
        })?;
        self.committed(head);
        Ok(noted)
    }

    fn committed(&mut self, head: Option<Head>) {
        self.appended += 1;
        if let Some(head) = head {
            self.anchor.drop_at(head);
        }
    }

    /// Hears a signed word of the server on what it holds of this journal.
    pub fn hear(&mut self, epoch: Epoch, through: Head) -> Result<Result<(), Distrust>, StoreError> {
        self.transact(|memory| match terminal::hear(memory, epoch, through)? {
            Ok(changes) => keep(memory.0, &changes).map(|_| Ok(())),
            Err(distrust) => Ok(Err(distrust)),
        })
    }

    fn transact<T>(
        &mut self,
        work: impl FnOnce(&Memory<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let path = self.path.clone();
        let failed = |error: rusqlite::Error| damaged(&path, SqliteError::of(&path, &error));
        let tx = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        let done = work(&Memory(&tx)).map_err(failed)?;
        tx.commit().map_err(failed)?;
        Ok(done)
    }

    /// The end of the chain.
    pub fn head(&self) -> Result<Head, StoreError> {
        self.sql(|c| Memory(c).head()).map(|(head, _)| head)
    }

    /// Up to where the server has answered.
    pub fn acked(&self) -> Result<Head, StoreError> {
        self.sql(|c| Memory(c).acked())
    }

    /// The server's incarnation that was met last.
    pub fn epoch(&self) -> Result<Option<Epoch>, StoreError> {
        let epoch: Option<[u8; 16]> =
            self.sql(|c| c.query_row("SELECT epoch FROM mark", [], |row| row.get(0)))?;
        Ok(epoch.map(Epoch))
    }

    /// The sale that a basket became.
    pub fn sale_of(&self, basket: &BasketId) -> Result<Option<SaleId>, StoreError> {
        self.sql(|c| Memory(c).sale_of(basket))
    }

    /// Entries from a number on: at most so many, and at most so many bytes (but one at least).
    pub fn entries_from(&self, seq: u64, most: usize, bytes: usize) -> Result<Vec<Sealed>, StoreError> {
        self.sql(|c| {
            let mut statement =
                c.prepare_cached("SELECT bytes FROM entry WHERE seq >= ?1 ORDER BY seq LIMIT ?2")?;
            let mut rows = statement.query(params![signed(seq), i64::try_from(most).unwrap_or(i64::MAX)])?;
            let (mut entries, mut size) = (Vec::new(), 0);
            while let Some(row) = rows.next()? {
                let sealed = Sealed::from_bytes(row.get(0)?);
                size += sealed.bytes().len();
                if !entries.is_empty() && size > bytes {
                    break;
                }
                entries.push(sealed);
            }
            Ok(entries)
        })
    }

    /// One entry, with its source where it was a recorded sale.
    pub fn entry(&self, seq: u64) -> Result<Option<Sealed>, StoreError> {
        Ok(self
            .entries_from(seq, 1, usize::MAX)?
            .pop()
            .filter(|one| one.open().is_ok_and(|e| e.seq == seq)))
    }

    /// The last entry that has a receipt.
    pub fn last_receipt(&self) -> Result<Option<Sealed>, StoreError> {
        let sql =
            "SELECT bytes FROM entry WHERE kind IN ('sale', 'return', 'activity') ORDER BY seq DESC LIMIT 1";
        let bytes = self.sql(|c| c.query_row(sql, [], |row| row.get(0)).optional())?;
        Ok(bytes.map(Sealed::from_bytes))
    }

    /// What returns have taken of a sale so far.
    pub fn answered(&self, sale: u64) -> Result<Answered, StoreError> {
        let bodies = self.sql(|c| {
            let mut statement =
                c.prepare_cached("SELECT bytes FROM entry WHERE answers = ?1 ORDER BY seq")?;
            let rows = statement.query_map([signed(sale)], |row| row.get::<_, Vec<u8>>(0))?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        })?;
        let mut returns = Vec::new();
        for bytes in bodies {
            let body = Sealed::from_bytes(bytes).open().and_then(|entry| entry.body());
            match body {
                Ok(Body::Return(back)) => returns.push(*back),
                _ => return Err(self.does_not_hold("a return cannot be read")),
            }
        }
        Ok(returns)
    }

    /// This terminal's own changes of an account that a copy of the server's data as of `reflected` does not show.
    pub fn effects(&self, holder: &Holder, reflected: u64) -> Result<Vec<(u64, Moment, Change)>, StoreError> {
        self.sql(|c| {
            let mut statement = c.prepare_cached(
                "SELECT seq, at, change FROM effect WHERE holder = ?1 AND seq > ?2 ORDER BY seq, n",
            )?;
            let name = Account::Holder(holder.clone()).name();
            let rows = statement.query_map(params![name, signed(reflected)], |row| {
                Ok((
                    row.get::<_, i64>(0)?.unsigned_abs(),
                    row.get(1)?,
                    row.get::<_, Vec<u8>>(2)?,
                ))
            })?;
            let mut effects = Vec::new();
            for row in rows {
                let (seq, at, change) = row?;
                if let Ok(change) = minicbor::decode(&change) {
                    effects.push((seq, Moment::from_millis(at), change));
                }
            }
            Ok(effects)
        })
    }

    /// Forgets effects that every complete copy of the server's data shows from now on.
    pub fn reflected(&mut self, through: u64) -> Result<(), StoreError> {
        let before: i64 = self.sql(|c| c.query_row("SELECT reflected FROM mark", [], |row| row.get(0)))?;
        if signed(through) <= before {
            return Ok(());
        }
        self.transact(|memory| {
            memory
                .0
                .execute("DELETE FROM effect WHERE seq <= ?1", [signed(through)])?;
            memory
                .0
                .execute("UPDATE mark SET reflected = ?1", [signed(through)])?;
            Ok(())
        })
    }

    /// What waits for the server.
    pub fn waiting(&self) -> Result<Waiting, StoreError> {
        let (head, acked) = (self.head()?, self.acked()?);
        let entries = head.seq.saturating_sub(acked.seq);
        let oldest = self.entry(acked.seq + 1)?.and_then(|sealed| sealed.open().ok());
        Ok(Waiting {
            entries,
            oldest: oldest.map(|entry| entry.clock.wall),
        })
    }

    /// The total of the sales with these numbers, both included.
    pub fn sales_total(&self, first: u64, last: u64) -> Result<Money, StoreError> {
        let mut total = Money::ZERO;
        let mut next = first;
        while next <= last {
            let most = usize::try_from(last - next).unwrap_or(usize::MAX).min(499) + 1;
            let page = self.entries_from(next, most, usize::MAX)?;
            if page.is_empty() {
                break;
            }
            next += page.len() as u64;
            for sealed in &page {
                if let Ok(Body::Sale(sale)) = sealed.open().and_then(|entry| entry.body()) {
                    total += sale.quote.total;
                }
            }
        }
        Ok(total)
    }

    /// Signs the head for the server, and keeps the signature where there is room: a full disk must not keep sales from
    /// the server.
    pub fn sign(&self, head: Head, terminal: &TerminalId, key: &SigningKey) -> Result<[u8; 64], StoreError> {
        let signature = head.sign(terminal, key);
        let kept = self.sql(|c| {
            c.prepare_cached("INSERT OR REPLACE INTO signed_head VALUES (?1, ?2)")?
                .execute(params![signed(head.seq), signature])
        });
        match kept {
            Ok(_) | Err(StoreError::Sqlite(SqliteError::Full { .. })) => Ok(signature),
            Err(error) => Err(error),
        }
    }

    /// All heads that were signed, in order.
    pub fn signed_heads(&self) -> Result<Vec<(u64, [u8; 64])>, StoreError> {
        self.sql(|c| {
            let mut statement = c.prepare("SELECT seq, signature FROM signed_head ORDER BY seq")?;
            let rows =
                statement.query_map([], |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?)))?;
            rows.collect()
        })
    }

    /// Keeps a basket that is not paid yet.
    pub fn keep_draft(&mut self, draft: &Draft) -> Result<(), StoreError> {
        self.sql(|c| drafts::keep(c, draft))
    }

    /// Forgets a basket that was emptied.
    pub fn close_draft(&mut self, basket: &BasketId) -> Result<(), StoreError> {
        self.sql(|c| drafts::close(c, basket))
    }

    /// Baskets that are not paid yet, oldest first.
    pub fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        self.sql(drafts::all)
    }

    /// One of them.
    pub fn draft(&self, basket: &BasketId) -> Result<Option<Draft>, StoreError> {
        self.sql(|c| drafts::one(c, basket))
    }

    /// Keeps a bundle of programs; all that sales were made with stay.
    pub fn keep_bundle(&mut self, bundle: &SignedBundle) -> Result<(), StoreError> {
        self.sql(|c| keep_bundle(c, bundle))
    }

    /// The bundles that are kept, newest first.
    pub fn bundles(&self) -> Result<Vec<SignedBundle>, StoreError> {
        self.sql(|c| {
            let mut statement =
                c.prepare("SELECT version, bytes, signature FROM bundle ORDER BY version DESC")?;
            let rows = statement.query_map([], |row| {
                let version = row.get::<_, i64>(0)?.unsigned_abs();
                Ok(SignedBundle {
                    version,
                    bytes: row.get(1)?,
                    signature: row.get(2)?,
                })
            })?;
            rows.collect()
        })
    }
}

/// What a basket was sold as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldAs {
    /// The sale.
    pub id: SaleId,
    /// It was sold before; nothing was written.
    pub was_before: bool,
    /// The sale with its draws decided, where it drew.
    pub sale: Option<Box<Sale>>,
}

fn keep_bundle(connection: &Connection, bundle: &SignedBundle) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO bundle VALUES (?1, ?2, ?3)";
    let row = params![signed(bundle.version), bundle.bytes, bundle.signature];
    connection.execute(sql, row).map(|_| ())
}

/// SQLite's numbers have a sign; ours stay far below where that matters.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn damaged(path: &Path, error: SqliteError) -> StoreError {
    match error {
        SqliteError::Damaged { why, .. } => StoreError::Damaged {
            path: path.to_owned(),
            why,
        },
        other => StoreError::Sqlite(other),
    }
}
