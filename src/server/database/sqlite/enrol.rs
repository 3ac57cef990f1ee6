//! Sites, one-time codes and terminals.

use rusqlite::{Connection, OptionalExtension, params};

use super::{count, feed, unreadable};
use crate::loyalty::calendar::{Moment, Zone};
use crate::loyalty::id::{SiteId, TerminalId};
use crate::loyalty::journal::{Hash, Head};
use crate::server::database::{Enrolled, NewCode, Terminal};
use crate::wire::{EnrolRequest, SiteRow, terminal_proof};

/// A code may be mistyped so often.
const TRIES: i64 = 5;

/// Makes a site that nobody has named before, in the shop's zone.
pub fn keep_site(connection: &Connection, site: &SiteId, zone: &Zone) -> rusqlite::Result<()> {
    let made = connection
        .prepare_cached("INSERT OR IGNORE INTO site (id, partner, timezone) VALUES (?1, NULL, ?2)")?
        .execute(params![site.as_str(), zone.name()])?;
    if made > 0 {
        feed::touch(connection, "site", site.as_str())?;
    }
    Ok(())
}

/// A site.
pub fn site(connection: &Connection, id: &str) -> rusqlite::Result<Option<SiteRow>> {
    connection
        .prepare_cached("SELECT partner, timezone FROM site WHERE id = ?1")?
        .query_row([id], |row| {
            Ok(SiteRow {
                id: SiteId::parse(id).map_err(unreadable)?,
                partner: row.get(0)?,
                timezone: row.get(1)?,
            })
        })
        .optional()
}

/// Keeps a code; false where its hint is taken by one that is still good.
pub fn keep_code(
    connection: &Connection,
    code: &NewCode,
    zone: &Zone,
    now: Moment,
) -> rusqlite::Result<bool> {
    connection.execute("DELETE FROM enrol_code WHERE expires_at <= ?1", [now.millis()])?;
    keep_site(connection, &code.site, zone)?;
    let made = connection.execute(
        "INSERT OR IGNORE INTO enrol_code (hint, key, site, expires_at, tries_left) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            code.hint,
            code.key,
            code.site.as_str(),
            code.expires_at.millis(),
            TRIES
        ],
    )?;
    Ok(made > 0)
}

struct Code {
    key: [u8; 32],
    site: String,
    tries_left: i64,
    used_by: Option<String>,
}

/// Checks the proof, burns the code and makes the terminal.
pub fn enrol(connection: &Connection, ask: &EnrolRequest, now: Moment) -> rusqlite::Result<Enrolled> {
    let code = connection
        .query_row(
            "SELECT key, site, tries_left, used_by FROM enrol_code WHERE hint = ?1 AND expires_at > ?2",
            params![ask.hint, now.millis()],
            |row| {
                Ok(Code {
                    key: row.get(0)?,
                    site: row.get(1)?,
                    tries_left: row.get(2)?,
                    used_by: row.get(3)?,
                })
            },
        )
        .optional()?;
    let Some(code) = code.filter(|code| code.tries_left > 0) else {
        return Ok(Enrolled::NotValid);
    };
    // blake3 compares hashes in constant time.
    let wanted = blake3::Hash::from_bytes(terminal_proof(&code.key, &ask.public_key));
    if wanted != blake3::Hash::from_bytes(ask.proof) {
        connection.execute(
            "UPDATE enrol_code SET tries_left = tries_left - 1 WHERE hint = ?1",
            [&ask.hint],
        )?;
        return Ok(Enrolled::NotValid);
    }
    let known: Option<String> = connection
        .query_row(
            "SELECT id FROM terminal WHERE public_key = ?1",
            [ask.public_key],
            |row| row.get(0),
        )
        .optional()?;
    let id = match (code.used_by, known) {
        (None, None) => make_terminal(connection, ask, &code.site, now)?,
        // The answer was lost, and the same machine asks again.
        (Some(user), Some(known)) if user == known => known,
        _ => return Ok(Enrolled::NotValid),
    };
    let terminal = TerminalId::parse(&id).map_err(unreadable)?;
    let site = site(connection, &code.site)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(Enrolled::Done {
        terminal,
        site,
        code_key: code.key,
    })
}

fn make_terminal(
    connection: &Connection,
    ask: &EnrolRequest,
    site: &str,
    now: Moment,
) -> rusqlite::Result<String> {
    let number: i64 =
        connection.query_row("SELECT COALESCE(MAX(number), 0) + 1 FROM terminal", [], |row| {
            row.get(0)
        })?;
    let id = format!("t{number}");
    connection.execute(
        "INSERT INTO terminal
             (number, id, public_key, site, through_hash, enrolled_at, last_seen, program_version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)",
        params![
            number,
            id,
            ask.public_key,
            site,
            Hash::START.bytes(),
            now.millis(),
            ask.program_version
        ],
    )?;
    connection.execute(
        "UPDATE enrol_code SET used_by = ?2 WHERE hint = ?1",
        params![ask.hint, id],
    )?;
    Ok(id)
}

/// A terminal.
pub fn terminal(connection: &Connection, terminal: &TerminalId) -> rusqlite::Result<Option<Terminal>> {
    connection
        .prepare_cached("SELECT public_key, revoked, through_seq, through_hash FROM terminal WHERE id = ?1")?
        .query_row([terminal.as_str()], |row| {
            Ok(Terminal {
                public_key: row.get(0)?,
                revoked: row.get(1)?,
                through: Head {
                    seq: count(row.get(2)?),
                    hash: Hash::from_bytes(row.get(3)?),
                },
            })
        })
        .optional()
}

/// Up to where a terminal's journal has been taken in; a terminal that is not known has sent nothing.
pub fn through(connection: &Connection, id: &TerminalId) -> rusqlite::Result<Head> {
    Ok(terminal(connection, id)?
        .map(|known| known.through)
        .unwrap_or_default())
}

/// Notes that a terminal was here.
pub fn seen(
    connection: &Connection,
    terminal: &TerminalId,
    program_version: Option<&str>,
    now: Moment,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE terminal SET last_seen = ?2, program_version = COALESCE(?3, program_version) WHERE id = ?1",
        )?
        .execute(params![terminal.as_str(), now.millis(), program_version])
        .map(drop)
}

/// Up to where every terminal's journal has been taken in.
pub fn all_through(connection: &Connection) -> rusqlite::Result<Vec<(TerminalId, u64)>> {
    let mut terminals = connection.prepare_cached("SELECT id, through_seq FROM terminal")?;
    let rows = terminals.query_map([], |row| {
        let id = TerminalId::parse(&row.get::<_, String>(0)?).map_err(unreadable)?;
        Ok((id, count(row.get(1)?)))
    })?;
    rows.collect()
}
