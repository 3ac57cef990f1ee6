//! What terminals committed to for draws, the sales that drew, and what came of looking at them again.

use rusqlite::{Connection, OptionalExtension, params};

use super::{count, counted, unreadable};
use crate::loyalty::id::TerminalId;
use crate::loyalty::journal::{Body, Hash, Sealed};
use crate::loyalty::office::{Committed, DrawnSale, OfficeChange};
use crate::server::database::DrawReport;

/// A secret, by the entry that commits to it.
pub fn committed(
    connection: &Connection,
    terminal: &TerminalId,
    commit: u64,
) -> rusqlite::Result<Option<Committed>> {
    connection
        .prepare_cached(
            "SELECT commitment, last, is_shown FROM committed WHERE terminal = ?1 AND commit_seq = ?2",
        )?
        .query_row(params![terminal.as_str(), counted(commit)], |row| {
            Ok(Committed {
                commitment: Hash::from_bytes(row.get(0)?),
                last: count(row.get(1)?),
                is_shown: row.get(2)?,
            })
        })
        .optional()
}

/// All sales that it decided, in order.
pub fn sales(
    connection: &Connection,
    terminal: &TerminalId,
    commit: u64,
) -> rusqlite::Result<Vec<DrawnSale>> {
    let mut entries = connection.prepare_cached(
        "SELECT entry.seq, entry.bytes FROM drawn
         JOIN entry ON entry.terminal = drawn.terminal AND entry.seq = drawn.seq
         WHERE drawn.terminal = ?1 AND drawn.commit_seq = ?2 ORDER BY drawn.seq",
    )?;
    let mut rows = entries.query(params![terminal.as_str(), counted(commit)])?;
    let mut sales = Vec::new();
    while let Some(row) = rows.next()? {
        let entry = Sealed::from_bytes(row.get(1)?).open().map_err(unreadable)?;
        if let Body::Sale(sale) = entry.body().map_err(unreadable)? {
            sales.push(DrawnSale {
                seq: count(row.get(0)?),
                bundle: entry.bundle,
                sale: *sale,
            });
        }
    }
    Ok(sales)
}

/// Keeps what the office decided about draws.
pub fn keep(connection: &Connection, change: &OfficeChange) -> rusqlite::Result<()> {
    match change {
        OfficeChange::Committed {
            terminal,
            commit,
            commitment,
        } => connection
            .prepare_cached("INSERT INTO committed (terminal, commit_seq, commitment) VALUES (?1, ?2, ?3)")?
            .execute(params![terminal.as_str(), counted(*commit), commitment.bytes()])
            .map(drop),
        OfficeChange::Drawn { terminal, drawn, seq } => {
            let (commit, number) = (counted(drawn.commit), counted(drawn.number));
            connection
                .prepare_cached(
                    "INSERT INTO drawn (terminal, seq, commit_seq, number) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![terminal.as_str(), counted(*seq), commit, number])?;
            connection
                .prepare_cached(
                    "UPDATE committed SET last = MAX(last, ?3) WHERE terminal = ?1 AND commit_seq = ?2",
                )?
                .execute(params![terminal.as_str(), commit, number])
                .map(drop)
        }
        OfficeChange::Shown {
            terminal,
            commit,
            wrong,
        } => {
            let secret = params![terminal.as_str(), counted(*commit)];
            connection
                .prepare_cached("UPDATE committed SET is_shown = 1 WHERE terminal = ?1 AND commit_seq = ?2")?
                .execute(secret)?;
            connection
                .prepare_cached("UPDATE drawn SET is_right = 1 WHERE terminal = ?1 AND commit_seq = ?2")?
                .execute(secret)?;
            let mut is_wrong = connection
                .prepare_cached("UPDATE drawn SET is_right = 0 WHERE terminal = ?1 AND seq = ?2")?;
            for seq in wrong {
                is_wrong.execute(params![terminal.as_str(), counted(*seq)])?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// How the draws stand.
pub fn report(connection: &Connection) -> rusqlite::Result<DrawReport> {
    let sql = "SELECT COUNT(*), COUNT(is_right), COUNT(CASE is_right WHEN 0 THEN 1 END) FROM drawn";
    connection.query_row(sql, [], |row| {
        Ok(DrawReport {
            decided: count(row.get(0)?),
            checked: count(row.get(1)?),
            wrong: count(row.get(2)?),
        })
    })
}
