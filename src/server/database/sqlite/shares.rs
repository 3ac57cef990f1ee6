//! Shares of what all customers have in common: dealt in the one transaction that looks at what is left, so that all shares
//! of a total together never come to more than the total.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::programs::Programs;
use crate::loyalty::amount::LARGEST;
use crate::loyalty::id::{CounterId, TerminalId};
use crate::loyalty::member::{Change, ForOther, Holder};
use crate::loyalty::office::shares::{Dealt, more};
use crate::loyalty::program::ProgramSet;
use crate::wire::{HeldShare, SharesReply, SharesRequest};

/// Codes that one request may ask for.
const MOST_CODES: usize = 100;
/// The name under which the office keeps its own share.
const OFFICE: &str = "";

/// Deals a terminal what it may have of every total of the newest programs, and of the codes that were shown to it. Answers
/// all that was ever dealt to it of these.
pub fn deal(
    connection: &Connection,
    terminal: &TerminalId,
    ask: &SharesRequest,
    programs: &mut Programs,
) -> rusqlite::Result<SharesReply> {
    let Some(set) = programs.newest(connection)? else {
        return Ok(SharesReply { dealt: Vec::new() });
    };
    let mut totals = set.totals();
    totals.extend(set.totals_of(&ask.codes[..ask.codes.len().min(MOST_CODES)]));
    let terminals: i64 =
        connection.query_row("SELECT COUNT(*) FROM terminal WHERE revoked = 0", [], |row| {
            row.get(0)
        })?;
    let held: BTreeMap<&CounterId, &HeldShare> = ask.held.iter().map(|held| (&held.counter, held)).collect();
    let mut dealt = Vec::with_capacity(totals.len());
    for (counter, total) in totals {
        let before = dealt_to(connection, terminal.as_str(), &counter)?;
        let (known, left) = held
            .get(&counter)
            .map_or((0, 0), |held| (held.dealt.clamp(0, LARGEST), held.left));
        // Books put back from a backup have forgotten a part of what they dealt: the terminal has it, and may use it.
        let so_far = before.dealt.max(known);
        let used = known - left.clamp(0, known);
        let rest = rest(connection, &counter, total)? - (so_far - before.dealt);
        let now = so_far + more(total, rest, (so_far - used).max(0), terminals);
        if now != before.dealt {
            connection
                .prepare_cached(
                    "INSERT INTO share (counter, terminal, dealt) VALUES (?1, ?2, ?3)
                     ON CONFLICT (counter, terminal) DO UPDATE SET dealt = excluded.dealt",
                )?
                .execute(params![counter.as_str(), terminal.as_str(), now])?;
        }
        dealt.push((counter, now));
    }
    Ok(SharesReply { dealt })
}

/// What nobody holds of a total.
fn rest(connection: &Connection, counter: &CounterId, total: i64) -> rusqlite::Result<i64> {
    let held: i64 = connection
        .prepare_cached("SELECT COALESCE(SUM(dealt - back), 0) FROM share WHERE counter = ?1")?
        .query_row([counter.as_str()], |row| row.get(0))?;
    Ok(total.saturating_sub(held))
}

/// What the office itself may give of each total: what nobody holds.
pub fn free(connection: &Connection, set: &ProgramSet) -> rusqlite::Result<BTreeMap<CounterId, i64>> {
    let totals = set.totals().into_iter();
    totals
        .map(|(counter, total)| {
            let rest = rest(connection, &counter, total)?.max(0);
            Ok((counter, rest))
        })
        .collect()
}

/// What things that are given use of totals.
pub fn of_shop(given: &[ForOther]) -> impl Iterator<Item = (&CounterId, i64)> {
    let shop = given.iter().filter(|one| one.holder == Holder::Shop);
    shop.flat_map(|one| &one.changes)
        .filter_map(|change| match change {
            Change::Count { counter, amount, .. } => Some((counter, *amount)),
            _ => None,
        })
}

/// The office gave something itself: it deals that to itself, and it is used.
pub fn office_used(connection: &Connection, given: &[ForOther]) -> rusqlite::Result<()> {
    for (counter, amount) in of_shop(given) {
        connection
            .prepare_cached(
                "INSERT INTO share (counter, terminal, dealt, used) VALUES (?1, ?2, ?3, ?3)
                 ON CONFLICT (counter, terminal) DO UPDATE
                 SET dealt = dealt + excluded.dealt, used = used + excluded.used",
            )?
            .execute(params![counter.as_str(), OFFICE, amount])?;
    }
    Ok(())
}

/// What was dealt to a terminal.
pub fn dealt_to(connection: &Connection, terminal: &str, counter: &CounterId) -> rusqlite::Result<Dealt> {
    let dealt = connection
        .prepare_cached("SELECT dealt, back, used FROM share WHERE counter = ?1 AND terminal = ?2")?
        .query_row([counter.as_str(), terminal], |row| {
            Ok(Dealt {
                dealt: row.get(0)?,
                back: row.get(1)?,
                used: row.get(2)?,
            })
        })
        .optional()?;
    Ok(dealt.unwrap_or_default())
}

/// Notes what an entry used, and what it gave back.
pub fn keep(
    connection: &Connection,
    terminal: &TerminalId,
    counter: &CounterId,
    used: i64,
    back: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO share (counter, terminal) VALUES (?1, ?2)")?
        .execute([counter.as_str(), terminal.as_str()])?;
    // Nobody gives back what he was not dealt, or has used.
    connection
        .prepare_cached(
            "UPDATE share SET used = used + ?3, back = MAX(back, MIN(back + ?4, dealt - used - ?3))
             WHERE counter = ?1 AND terminal = ?2",
        )?
        .execute(params![counter.as_str(), terminal.as_str(), used, back])
        .map(drop)
}

/// Totals of which more was dealt than there is, or more used than was dealt: a sentence for each.
pub fn audit(connection: &Connection, programs: &mut Programs) -> rusqlite::Result<Vec<String>> {
    let mut findings = Vec::new();
    let mut overdrawn = connection.prepare(
        "SELECT counter, terminal, used, dealt - back FROM share WHERE used > dealt - back ORDER BY 1, 2",
    )?;
    let mut rows = overdrawn.query([])?;
    while let Some(row) = rows.next()? {
        let (counter, terminal): (String, String) = (row.get(0)?, row.get(1)?);
        let (used, held): (i64, i64) = (row.get(2)?, row.get(3)?);
        findings.push(format!(
            "terminal {terminal} used {used} of \"{counter}\" and was dealt {held}"
        ));
    }
    let Some(set) = programs.newest(connection)? else {
        return Ok(findings);
    };
    let over: BTreeSet<(CounterId, i64)> = set.totals().into_iter().collect();
    for (counter, total) in over {
        let used: i64 = connection.query_row(
            "SELECT COALESCE(SUM(used), 0) FROM share WHERE counter = ?1",
            [counter.as_str()],
            |row| row.get(0),
        )?;
        if used > total {
            findings.push(format!(
                "{used} of \"{counter}\" were given, and there are {total}"
            ));
        }
    }
    Ok(findings)
}
