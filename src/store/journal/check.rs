//! Does the journal hold together? Everything here only reads, so that a damaged file stays as it is.

use rusqlite::params;

use super::{Journal, Memory, damaged, signed};
use crate::loyalty::id::{BasketId, TerminalId};
use crate::loyalty::journal::{Body, Entry, Hash, Head, Sealed};
use crate::loyalty::ledger::Account;
use crate::loyalty::terminal::TerminalMemory;
use crate::sqlite::SqliteError;
use crate::store::{Identity, StoreError, anchor};
use crate::wire::SignedBundle;

/// How many entries before the head are checked whenever a journal is opened for writing.
const CHECKED_AT_OPEN: u64 = 20_000;
/// A journal of at most so many bytes is checked whole whenever it is opened for writing.
const BYTES_CHECKED_AT_OPEN: u64 = 32 * 1024 * 1024;

impl Journal {
    /// Checks what can be checked before a customer waits, whenever a journal is opened for writing: the end of the chain,
    /// and of a file that is not large, everything. The whole of any file is checked by `vafa journal verify`.
    pub(in crate::store) fn check_recent(&self, identity: &Identity) -> Result<(), StoreError> {
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
            Ok(Body::DrawCommit(_) | Body::DrawReveal(_) | Body::ShareBack(_)) => (None, None, None),
            Ok(Body::Activity(done)) => (Some(done.id), None, None),
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
