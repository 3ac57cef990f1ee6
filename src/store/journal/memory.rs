//! What the rules of `loyalty::terminal` may ask, and the changes that they decide on.

use rusqlite::{Connection, OptionalExtension, params};

use super::signed;
use crate::loyalty::calendar::Day;
use crate::loyalty::id::{BasketId, SaleId};
use crate::loyalty::journal::{Hash, Head, Sealed};
use crate::loyalty::ledger::Account;
use crate::loyalty::terminal::{Append, Drawing, TerminalChange, TerminalMemory};
use crate::store::drafts;

/// What the rules of `loyalty::terminal` may ask, over a connection or the transaction in which they decide.
pub(super) struct Memory<'a>(pub(super) &'a Connection);

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

    fn drawing(&self) -> rusqlite::Result<Option<Drawing>> {
        self.0
            .prepare_cached("SELECT commit_seq, since, secret, drawn FROM drawing WHERE is_shown = 0")?
            .query_row([], |row| {
                let since: String = row.get(1)?;
                Ok(Drawing {
                    commit: row.get::<_, i64>(0)?.unsigned_abs(),
                    since: Day::parse(&since).unwrap_or_else(|_| Day::after_1970(0)),
                    secret: row.get(2)?,
                    drawn: row.get::<_, i64>(3)?.unsigned_abs(),
                })
            })
            .optional()
    }
}

/// Keeps changes. Answers the new end of the chain, where there is one.
pub(super) fn keep(connection: &Connection, changes: &[TerminalChange]) -> rusqlite::Result<Option<Head>> {
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
            TerminalChange::Commit {
                commit,
                since,
                secret,
            } => {
                connection
                    .prepare_cached("INSERT INTO drawing VALUES (?1, ?2, ?3, 0, 0)")?
                    .execute(params![signed(*commit), since.to_string(), secret])?;
            }
            TerminalChange::Draw => {
                connection
                    .prepare_cached("UPDATE drawing SET drawn = drawn + 1 WHERE is_shown = 0")?
                    .execute([])?;
            }
            TerminalChange::Reveal => {
                connection
                    .prepare_cached("UPDATE drawing SET is_shown = 1 WHERE is_shown = 0")?
                    .execute([])?;
            }
        }
    }
    Ok(head)
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
    for (counter, used) in &append.shares {
        connection
            .prepare_cached(
                "INSERT INTO share (counter, used) VALUES (?1, ?2)
                 ON CONFLICT (counter) DO UPDATE SET used = used + excluded.used",
            )?
            .execute(params![counter.as_str(), used])?;
    }
    if let Some(basket) = &append.basket {
        drafts::close(connection, basket)?;
    }
    Ok(())
}
