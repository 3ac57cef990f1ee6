//! journal.db: entries, and what must be found again without opening them. A sale is one transaction with one sync:
//! number, hash, entry, effects and the closed draft land together or not at all.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ed25519_dalek::{SigningKey, VerifyingKey};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use rusqlite_migration::{M, Migrations};

use super::anchor::{self, Anchor};
use super::drafts::{self, Draft};
use super::{Identity, StoreError};
use crate::loyalty::amount::Money;
use crate::loyalty::calendar::{Moment, Zone};
use crate::loyalty::id::{BasketId, PartnerId, SaleId, SiteId, TerminalId};
use crate::loyalty::journal::{Body, Clock, Entry, Hash, Head, Return, Sealed};
use crate::loyalty::ledger::Account;
use crate::loyalty::member::{Change, Holder};
use crate::loyalty::sale::Sale;
use crate::loyalty::terminal::{
    self, Append, Distrust, Epoch, Post, Sold, TakeBack, TerminalChange, TerminalMemory,
};
use crate::sqlite::{self, Durability, SqliteError};
use crate::wire::SignedBundle;

static MIGRATIONS: LazyLock<Migrations<'static>> =
    LazyLock::new(|| Migrations::new(vec![M::up(include_str!("migrations/journal-001.sql"))]));

/// How many entries before the head are checked whenever a journal is opened for writing.
const CHECKED_AT_OPEN: u64 = 20_000;
/// A journal of at most so many bytes is checked whole whenever it is opened for writing.
const BYTES_CHECKED_AT_OPEN: u64 = 32 * 1024 * 1024;
/// A write-ahead log of so many pages is folded into the file at the next quiet moment…
const PAGES_WHEN_IDLE: i64 = 256;
/// …and one of so many pages at once. A log that is written over again and again needs no new room on the disk, and a
/// sale then waits for its data alone, not for the file system's own journal.
const PAGES_AT_ONCE: i64 = 1000;
/// So many sales without a quiet moment, and the log is looked at.
const LOOK_AFTER: u64 = 64;
/// The hour at which a day of business begins, where the configuration names none.
const DAY_BEGINS_H: i8 = 4;

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

    /// Keeps what the server made of this machine, with the programs it sells by: both or neither.
    pub(super) fn become_terminal(
        &mut self,
        identity: &Identity,
        bundle: &SignedBundle,
    ) -> Result<(), StoreError> {
        let Identity {
            url,
            post,
            partner,
            server_key,
        } = identity;
        // A folder may hold the anchor of a journal that was taken away.
        self.anchor.drop_at(Head::default());
        let seal = seal_of(identity);
        self.transact(|memory| {
            memory.0.execute(
                "INSERT INTO post VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    url,
                    post.shop,
                    post.terminal.as_str(),
                    post.site.as_str(),
                    partner.as_ref().map(PartnerId::as_str),
                    post.zone.name(),
                    server_key.as_bytes(),
                    seal
                ],
            )?;
            keep_bundle(memory.0, bundle)
        })
    }

    /// Notes another address of the same server.
    pub fn move_to(&mut self, url: &str) -> Result<(), StoreError> {
        let Some(identity) = self.identity()? else {
            return Ok(());
        };
        let moved = Identity {
            url: url.to_owned(),
            ..identity
        };
        let seal = seal_of(&moved);
        self.sql(|c| c.execute("UPDATE post SET url = ?1, seal = ?2", params![url, seal]))
            .map(|_| ())
    }

    /// Who this terminal is; nothing before it is enrolled.
    pub fn identity(&self) -> Result<Option<Identity>, StoreError> {
        let row = |row: &Row<'_>| {
            let text = |i| row.get::<_, String>(i);
            Ok((
                text(0)?,
                text(1)?,
                text(2)?,
                text(3)?,
                row.get::<_, Option<String>>(4)?,
                text(5)?,
                row.get(6)?,
                row.get::<_, [u8; 32]>(7)?,
            ))
        };
        let sql = "SELECT url, shop, terminal, site, partner, timezone, server_key, seal FROM post";
        let found = self.sql(|c| c.query_row(sql, [], row).optional())?;
        let Some((url, shop, terminal, site, partner, timezone, server_key, seal)) = found else {
            return Ok(None);
        };
        let read = || -> Option<Identity> {
            let post = Post {
                shop,
                terminal: TerminalId::parse(&terminal).ok()?,
                site: SiteId::parse(&site).ok()?,
                zone: Zone::named(&timezone).ok()?,
                day_begins_h: DAY_BEGINS_H,
            };
            let partner = partner.and_then(|name| PartnerId::parse(&name).ok());
            Some(Identity {
                url,
                post,
                partner,
                server_key: VerifyingKey::from_bytes(&server_key).ok()?,
            })
        };
        read()
            .filter(|identity| seal_of(identity) == seal)
            .map(Some)
            .ok_or_else(|| self.does_not_hold("who this terminal is cannot be read"))
    }

    /// A journal that does not hold together, for this reason.
    pub fn does_not_hold(&self, why: &str) -> StoreError {
        StoreError::Damaged {
            path: self.path.clone(),
            why: sqlite::on_one_line(why),
        }
    }

    /// Records a sale. When this answers, it is on the disk.
    pub fn sell(&mut self, post: &Post, bundle: u64, sale: Sale, clock: Clock) -> Result<SoldAs, StoreError> {
        let (sold, head) = self.transact(|memory| {
            let sold = terminal::sell(memory, post, bundle, sale, clock)?;
            let (id, changes, was_before) = match sold {
                Sold::New(id, changes) => (id, changes, false),
                Sold::Before(id) => (id, Vec::new(), true),
            };
            let head = keep(memory.0, &changes)?;
            Ok((SoldAs { id, was_before }, head))
        })?;
        self.committed(head);
        Ok(sold)
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
        let sql = "SELECT bytes FROM entry WHERE kind IN ('sale', 'return') ORDER BY seq DESC LIMIT 1";
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

    /// Checks what can be checked before a customer waits, whenever a journal is opened for writing: the end of the chain,
    /// and of a file that is not large, everything. The whole of any file is checked by `vafa journal verify`.
    pub(super) fn check_recent(&self, identity: &Identity) -> Result<(), StoreError> {
        self.check_ends()?;
        let size = std::fs::metadata(&self.path).map_or(0, |file| file.len());
        if size <= BYTES_CHECKED_AT_OPEN {
            return self.check_all(identity, |_| {});
        }
        let head = self.head()?;
        let first = head.seq.saturating_sub(CHECKED_AT_OPEN) + 1;
        self.verify_from(first, &identity.post.terminal, |_| {})
    }

    /// Checks the marks against the chain: nothing that was noted may lie behind its end or name another entry.
    fn check_ends(&self) -> Result<(), StoreError> {
        // Read before the head: a till that sells meanwhile moves both.
        let noted = anchor::last(&self.path).unwrap_or_default();
        let acked = self.acked()?;
        let reflected: i64 = self.sql(|c| c.query_row("SELECT reflected FROM mark", [], |row| row.get(0)))?;
        let head = self.head()?;
        if noted.seq > head.seq {
            let lost = noted.seq - head.seq;
            return Err(self.does_not_hold(&format!(
                "its last {lost} entries are missing: the log beside it was removed or damaged"
            )));
        }
        let is_ours = |mark: Head| -> Result<bool, StoreError> {
            let hash = self.sql(|c| Memory(c).hash_at(mark.seq))?;
            Ok(mark.seq == 0 || hash == Some(mark.hash))
        };
        if !is_ours(noted)? || !is_ours(acked)? || reflected > signed(head.seq) {
            return Err(self.does_not_hold("what is noted of its entries is not in it"));
        }
        Ok(())
    }

    /// Checks everything: the file's own structure, the chain from first to last, the effects against the entries that
    /// made them, and the signatures of the programs. Calls back for each good entry.
    pub fn check_all(&self, identity: &Identity, mut good: impl FnMut(&Entry)) -> Result<(), StoreError> {
        self.check_ends()?;
        let structure: String =
            self.sql(|c| c.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)))?;
        if structure != "ok" {
            return Err(self.does_not_hold(&structure));
        }
        let reflected: i64 = self.sql(|c| c.query_row("SELECT reflected FROM mark", [], |row| row.get(0)))?;
        let mut wrong = None;
        self.verify_from(1, &identity.post.terminal, |entry| {
            let has_effects = signed(entry.seq) > reflected;
            let is_ours = self.row_is_that_of(entry).unwrap_or(false)
                && (!has_effects || self.effects_are_those_of(entry).unwrap_or(false));
            if !is_ours {
                wrong = wrong.or(Some(entry.seq));
            }
            good(entry);
        })?;
        if let Some(seq) = wrong {
            return Err(
                self.does_not_hold(&format!("what is kept of entry {seq} is not what the entry says"))
            );
        }
        let is_signed = |bundle: &SignedBundle| bundle.open(&identity.server_key).is_ok();
        match self.bundles()?.iter().find(|bundle| !is_signed(bundle)) {
            None => Ok(()),
            Some(bundle) => Err(self.does_not_hold(&format!(
                "the programs of version {} are not as they were signed",
                bundle.version
            ))),
        }
    }

    /// Is what can be found without opening an entry what the entry says?
    fn row_is_that_of(&self, entry: &Entry) -> Result<bool, StoreError> {
        let (basket, source, answers) = match entry.body() {
            Ok(Body::Sale(sale)) => (Some(sale.basket.id), sale.source, None),
            Ok(Body::Return(back)) => (None, None, back.sale.place().map(|(_, seq)| signed(seq))),
            Err(_) => return Ok(false),
        };
        let sql = "SELECT 1 FROM entry WHERE seq = ?1 AND kind = ?2 AND hlc = ?3
                   AND basket IS ?4 AND source IS ?5 AND answers IS ?6";
        let basket = basket.as_ref().map(BasketId::as_str);
        let (seq, hlc) = (signed(entry.seq), signed(entry.hlc));
        self.sql(|c| {
            c.prepare_cached(sql)?
                .exists(params![seq, entry.kind, hlc, basket, source, answers])
        })
    }

    /// Are the effects that are kept of an entry those that its body names?
    fn effects_are_those_of(&self, entry: &Entry) -> Result<bool, StoreError> {
        let (Some(holder), Ok(body)) = (&entry.holder, entry.body()) else {
            return Ok(true);
        };
        let kept = self.sql(|c| {
            let sql = "SELECT change FROM effect WHERE holder = ?1 AND seq = ?2 ORDER BY n";
            let mut statement = c.prepare_cached(sql)?;
            let name = Account::Holder(holder.clone()).name();
            let rows =
                statement.query_map(params![name, signed(entry.seq)], |row| row.get::<_, Vec<u8>>(0))?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        })?;
        let named = body
            .changes()
            .iter()
            .filter_map(|change| minicbor::to_vec(change).ok());
        Ok(kept.into_iter().eq(named))
    }

    /// Checks entries from a number on: hashes as stored, numbers, links, and the baskets and sources that are kept
    /// beside them. Calls back for each good one.
    pub fn verify_from(
        &self,
        first: u64,
        terminal: &TerminalId,
        mut good: impl FnMut(&Entry),
    ) -> Result<(), StoreError> {
        let mut before = match first {
            0 | 1 => Head::default(),
            _ => {
                let hash = self.sql(|c| Memory(c).hash_at(first - 1))?;
                Head {
                    seq: first - 1,
                    hash: hash.ok_or_else(|| self.does_not_hold("an entry is missing"))?,
                }
            }
        };
        self.each_from(first, |stored, sealed| {
            let seq = before.seq + 1;
            let broken = |what: &str| Err(self.does_not_hold(&format!("entry {seq}: {what}")));
            if stored != sealed.hash() {
                return broken("its bytes are not those that were written");
            }
            let entry = match sealed.follows(&before, terminal) {
                Ok(entry) => entry,
                Err(error) => return Err(self.does_not_hold(&error.to_string())),
            };
            before = Head { seq, hash: stored };
            good(&entry);
            Ok(())
        })
    }

    /// Reads entries as they are stored, with the hash beside them.
    pub fn each_from(
        &self,
        first: u64,
        mut each: impl FnMut(Hash, Sealed) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let failed = |error: rusqlite::Error| damaged(&self.path, SqliteError::of(&self.path, &error));
        let sql = "SELECT hash, bytes FROM entry WHERE seq >= ?1 ORDER BY seq";
        let mut statement = self.connection.prepare(sql).map_err(failed)?;
        let mut rows = statement.query([signed(first)]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let hash = row.get(0).map(Hash::from_bytes).map_err(failed)?;
            each(hash, Sealed::from_bytes(row.get(1).map_err(failed)?))?;
        }
        Ok(())
    }
}

/// What a basket was sold as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldAs {
    /// The sale.
    pub id: SaleId,
    /// It was sold before; nothing was written.
    pub was_before: bool,
}

/// What the rules of `loyalty::terminal` may ask, over a connection or the transaction in which they decide.
struct Memory<'a>(&'a Connection);

impl TerminalMemory for Memory<'_> {
    type Error = rusqlite::Error;

    fn head(&self) -> rusqlite::Result<(Head, u64)> {
        let found = self
            .0
            .prepare_cached("SELECT seq, hash, hlc FROM entry ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| {
                let head = Head {
                    seq: row.get::<_, i64>(0)?.unsigned_abs(),
                    hash: Hash::from_bytes(row.get(1)?),
                };
                Ok((head, row.get::<_, i64>(2)?.unsigned_abs()))
            })
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    fn acked(&self) -> rusqlite::Result<Head> {
        self.0
            .prepare_cached("SELECT acked_seq, acked_hash FROM mark")?
            .query_row([], |row| {
                Ok(Head {
                    seq: row.get::<_, i64>(0)?.unsigned_abs(),
                    hash: Hash::from_bytes(row.get(1)?),
                })
            })
    }

    fn hash_at(&self, seq: u64) -> rusqlite::Result<Option<Hash>> {
        self.0
            .prepare_cached("SELECT hash FROM entry WHERE seq = ?1")?
            .query_row([signed(seq)], |row| row.get(0).map(Hash::from_bytes))
            .optional()
    }

    fn sale_of(&self, basket: &BasketId) -> rusqlite::Result<Option<SaleId>> {
        let found = self
            .0
            .prepare_cached("SELECT seq, hash, bytes FROM entry WHERE basket = ?1")?
            .query_row([basket.as_str()], |row| {
                Ok((
                    row.get::<_, i64>(0)?.unsigned_abs(),
                    row.get::<_, [u8; 32]>(1)?,
                    row.get::<_, Vec<u8>>(2)?,
                ))
            })
            .optional()?;
        Ok(found.and_then(|(seq, hash, bytes)| {
            let terminal = Sealed::from_bytes(bytes).open().ok()?.terminal;
            Some(SaleId::of(&terminal, seq, &hash))
        }))
    }
}

/// Keeps changes. Answers the new end of the chain, where there is one.
fn keep(connection: &Connection, changes: &[TerminalChange]) -> rusqlite::Result<Option<Head>> {
    let mut head = None;
    for change in changes {
        match change {
            TerminalChange::Append(append) => {
                append_entry(connection, append)?;
                head = Some(Head {
                    seq: append.seq,
                    hash: append.sealed.hash(),
                });
            }
            TerminalChange::Acknowledge(head) => {
                connection
                    .prepare_cached("UPDATE mark SET acked_seq = ?1, acked_hash = ?2")?
                    .execute(params![signed(head.seq), head.hash.bytes()])?;
            }
            TerminalChange::Meet(epoch) => {
                connection
                    .prepare_cached("UPDATE mark SET epoch = ?1 WHERE epoch IS NOT ?1")?
                    .execute([epoch.0])?;
            }
        }
    }
    Ok(head)
}

fn keep_bundle(connection: &Connection, bundle: &SignedBundle) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO bundle VALUES (?1, ?2, ?3)";
    let row = params![signed(bundle.version), bundle.bytes, bundle.signature];
    connection.execute(sql, row).map(|_| ())
}

fn append_entry(connection: &Connection, append: &Append) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO entry (seq, kind, hlc, hash, basket, source, answers, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            signed(append.seq),
            append.kind,
            signed(append.hlc),
            append.sealed.hash().bytes(),
            append.basket.as_ref().map(BasketId::as_str),
            append.source,
            append.answers.map(signed),
            append.sealed.bytes()
        ])?;
    if let Some(holder) = &append.holder {
        let name = Account::Holder(holder.clone()).name();
        let mut statement = connection.prepare_cached("INSERT INTO effect VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for (n, change) in (0_i64..).zip(&append.changes) {
            let bytes = minicbor::to_vec(change).expect("writing into memory cannot fail");
            statement.execute(params![name, signed(append.seq), n, append.at.millis(), bytes])?;
        }
    }
    if let Some(basket) = &append.basket {
        drafts::close(connection, basket)?;
    }
    Ok(())
}

/// A hash over all that says who the terminal is, so that a flipped bit does not make it another.
fn seal_of(identity: &Identity) -> [u8; 32] {
    let Identity {
        url,
        post,
        partner,
        server_key,
    } = identity;
    let partner = partner.as_ref().map(PartnerId::as_str);
    let names = (
        url,
        &post.shop,
        post.terminal.as_str(),
        post.site.as_str(),
        partner,
        post.zone.name(),
    );
    let bytes = minicbor::to_vec((names, minicbor::bytes::ByteArray::from(server_key.to_bytes())));
    *blake3::hash(&bytes.expect("writing into memory cannot fail")).as_bytes()
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
