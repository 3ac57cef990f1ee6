//! A push taken in: one transaction, and in it a savepoint for each entry.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::{Connection, params};

use super::books::{Books, Source, keep, sale_number};
use super::due::{self, Concerned, Due};
use super::programs::Programs;
use super::{count, counted, feed, is_too_large, is_transient};
use crate::loyalty::calendar::{Moment, Zone};
use crate::loyalty::id::TerminalId;
use crate::loyalty::journal::{Body, Head, Sealed};
use crate::loyalty::member::Holder;
use crate::loyalty::office::{self, OfficeMemory, Outcome, Received};
use crate::server::database::{Push, Pushed};

/// Takes a push in. Each entry has a savepoint of its own: one that cannot be kept is put aside and delays no other.
pub fn push(connection: &Connection, push: &Push<'_>, programs: &mut Programs) -> rusqlite::Result<Pushed> {
    let mut results = Vec::with_capacity(push.entries.len());
    let mut due = Due {
        connection,
        programs,
        zone: push.zone,
        now: push.now,
        acting: BTreeMap::new(),
    };
    // Most entries are of this month, and by then what it brought has been posted.
    let is_waiting = due::is_waiting(connection, push.zone, push.now)?;
    let this_month = push.zone.midnight(push.now.day(push.zone).first_of(1));
    let mut late: BTreeMap<Holder, Moment> = BTreeMap::new();
    for (seq, sealed) in (push.from..).zip(push.entries) {
        if is_waiting && let Some(concerned) = concerned(connection, sealed)? {
            due.before(&concerned)?;
        }
        match take_in(connection, push, seq, sealed)? {
            Taken::As(outcome) => {
                if !matches!(outcome, Outcome::Quarantined(_))
                    && let Some(concerned) = concerned(connection, sealed)?
                    && (is_waiting || concerned.at < this_month)
                {
                    for holder in concerned.holders {
                        let at = late.entry(holder).or_insert(concerned.at);
                        *at = concerned.at.min(*at);
                    }
                }
                results.push((seq, outcome));
            }
            Taken::Gap(need) => return Ok(Pushed::Gap { need }),
            Taken::Fork => {
                for (seq, sealed) in (push.from..).zip(push.entries).filter(|(at, _)| *at >= seq) {
                    keep_fork(connection, push, seq, sealed)?;
                }
                return Ok(Pushed::Fork { seq });
            }
        }
    }
    due.after(&late)?;
    Ok(Pushed::Taken {
        through: Books(connection).through(push.terminal)?,
        results,
        version: feed::version(connection)?,
    })
}

/// Whom an entry concerns; nobody where that cannot be read, which is no reason for the next entry to wait.
fn concerned(connection: &Connection, sealed: &Sealed) -> rusqlite::Result<Option<Concerned>> {
    match Concerned::of(connection, sealed) {
        Err(error) if !is_transient(&error) => Ok(None),
        found => found,
    }
}

enum Taken {
    As(Outcome),
    Gap(u64),
    Fork,
}

fn take_in(connection: &Connection, push: &Push<'_>, seq: u64, sealed: &Sealed) -> rusqlite::Result<Taken> {
    connection.execute_batch("SAVEPOINT one_entry")?;
    let number = next_number(connection)?;
    let tried = catch_unwind(AssertUnwindSafe(|| {
        receive(
            connection,
            push.terminal,
            seq,
            sealed,
            number,
            push.zone,
            push.now,
        )
    }));
    let taken = match tried {
        Ok(Ok(taken)) => taken,
        Ok(Err(error)) if is_transient(&error) => return Err(error),
        Ok(Err(error)) => {
            let code = if is_too_large(&error) {
                "too_large"
            } else {
                "constraint"
            };
            put_aside(connection, push, seq, sealed, number, code)?
        }
        Err(_) => put_aside(connection, push, seq, sealed, number, "panic")?,
    };
    connection.execute_batch("RELEASE one_entry")?;
    Ok(taken)
}

fn receive(
    connection: &Connection,
    terminal: &TerminalId,
    seq: u64,
    sealed: &Sealed,
    number: u64,
    zone: &Zone,
    now: Moment,
) -> rusqlite::Result<Taken> {
    let books = Books(connection);
    let (outcome, kind, changes) = match office::receive(&books, terminal, seq, sealed, number, zone)? {
        Received::Before(outcome) => return Ok(Taken::As(outcome)),
        Received::Gap(need) => return Ok(Taken::Gap(need)),
        Received::Fork(_) => return Ok(Taken::Fork),
        Received::New {
            outcome,
            kind,
            changes,
        } => (outcome, kind, changes),
    };
    let answers = match outcome {
        Outcome::Quarantined(_) => None,
        _ => answered(connection, terminal, sealed)?,
    };
    let entry = NewEntry {
        terminal,
        seq,
        sealed,
        number,
        kind: &kind,
        outcome: &outcome,
        answers,
        now,
    };
    entry.keep(connection)?;
    for change in &changes {
        keep(connection, Source::Entry(number), zone, change)?;
    }
    Ok(Taken::As(outcome))
}

fn put_aside(
    connection: &Connection,
    push: &Push<'_>,
    seq: u64,
    sealed: &Sealed,
    number: u64,
    code: &str,
) -> rusqlite::Result<Taken> {
    connection.execute_batch("ROLLBACK TO one_entry")?;
    let outcome = Outcome::Quarantined(code.to_owned());
    let kind = sealed.open().map(|entry| entry.kind).unwrap_or_default();
    let entry = NewEntry {
        terminal: push.terminal,
        seq,
        sealed,
        number,
        kind: &kind,
        outcome: &outcome,
        answers: None,
        now: push.now,
    };
    entry.keep(connection)?;
    Ok(Taken::As(outcome))
}

fn next_number(connection: &Connection) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("SELECT COALESCE(MAX(number), 0) + 1 FROM entry")?
        .query_row([], |row| row.get(0))
        .map(count)
}

/// The number of the sale that a return answers, where it is one of this terminal's.
fn answered(
    connection: &Connection,
    terminal: &TerminalId,
    sealed: &Sealed,
) -> rusqlite::Result<Option<i64>> {
    let Ok(Body::Return(back)) = sealed.open().and_then(|entry| entry.body()) else {
        return Ok(None);
    };
    let Some((owner, seq)) = back.sale.place().filter(|(owner, _)| owner == terminal) else {
        return Ok(None);
    };
    sale_number(connection, &owner, seq)
}

struct NewEntry<'a> {
    terminal: &'a TerminalId,
    seq: u64,
    sealed: &'a Sealed,
    number: u64,
    kind: &'a str,
    outcome: &'a Outcome,
    answers: Option<i64>,
    now: Moment,
}

impl NewEntry<'_> {
    fn keep(&self, connection: &Connection) -> rusqlite::Result<()> {
        let (outcome, code) = match self.outcome {
            Outcome::Posted => (0, None),
            Outcome::Exception(code) => (1, Some(code)),
            Outcome::Quarantined(code) => (2, Some(code)),
        };
        let hash = self.sealed.hash();
        connection
            .prepare_cached(
                "INSERT INTO entry (number, terminal, seq, hash, kind, bytes, outcome, code, answers, received_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                counted(self.number),
                self.terminal.as_str(),
                counted(self.seq),
                hash.bytes(),
                self.kind,
                self.sealed.bytes(),
                outcome,
                code,
                self.answers,
                self.now.millis()
            ])?;
        connection
            .prepare_cached("UPDATE terminal SET through_seq = ?2, through_hash = ?3 WHERE id = ?1")?
            .execute(params![self.terminal.as_str(), counted(self.seq), hash.bytes()])?;
        Ok(())
    }
}

fn keep_fork(connection: &Connection, push: &Push<'_>, seq: u64, sealed: &Sealed) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO fork (terminal, seq, hash, bytes, received_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (terminal, seq, hash) DO UPDATE SET bytes = excluded.bytes",
        )?
        .execute(params![
            push.terminal.as_str(),
            counted(seq),
            sealed.hash().bytes(),
            sealed.bytes(),
            push.now.millis()
        ])
        .map(drop)
}

/// Compares what a terminal says of its journal with what is kept of it. An entry of another hash is noted for the
/// office; its bytes may follow with a push.
pub fn note_forks(
    connection: &Connection,
    terminal: &TerminalId,
    heads: &[Head],
    now: Moment,
) -> rusqlite::Result<bool> {
    let mut forked = false;
    for head in heads {
        let kept = Books(connection).outcome(terminal, head.seq)?;
        if kept.is_none_or(|(hash, _)| hash == head.hash) {
            continue;
        }
        forked = true;
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO fork (terminal, seq, hash, bytes, received_at) VALUES (?1, ?2, ?3, x'', ?4)",
            )?
            .execute(params![
                terminal.as_str(),
                counted(head.seq),
                head.hash.bytes(),
                now.millis()
            ])?;
    }
    Ok(forked)
}
