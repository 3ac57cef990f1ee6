//! Passes: keys, numbers of passes, what was withdrawn.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::books::optional_day;
use super::{count, counted, day_of, feed, unreadable};
use crate::loyalty::calendar::{Day, Moment};
use crate::loyalty::id::MemberId;
use crate::loyalty::member::CardToken;
use crate::loyalty::pass::IssuerKey;
use crate::server::database::{CardsOf, MemberCard, NewPass, PassKey};
use crate::wire::{SignedKeys, hex};

/// The keys, oldest first.
pub fn keys(connection: &Connection) -> rusqlite::Result<Vec<PassKey>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, salt, public_key, not_before, not_after, revoked, reason,
             (SELECT count(*) FROM pass WHERE key = id), (SELECT max(expires) FROM pass WHERE key = id)
         FROM pass_key ORDER BY id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(PassKey {
            key: IssuerKey {
                id: row.get(0)?,
                public: row.get(2)?,
                not_before: day_of(&row.get::<_, String>(3)?)?,
                not_after: optional_day(row.get(4)?)?,
                revoked: row.get(5)?,
            },
            salt: row.get(1)?,
            reason: row.get(6)?,
            passes: count(row.get(7)?),
            last_day: optional_day(row.get(8)?)?,
        })
    })?;
    rows.collect()
}

/// The newest list.
pub fn list(connection: &Connection) -> rusqlite::Result<Option<SignedKeys>> {
    connection
        .prepare_cached("SELECT version, bytes, signature FROM pass_keys ORDER BY version DESC LIMIT 1")?
        .query_row([], |row| {
            Ok(SignedKeys {
                version: count(row.get(0)?),
                bytes: row.get(1)?,
                signature: row.get(2)?,
            })
        })
        .optional()
}

/// Keeps a key and the list with it; false where another list came in between.
pub fn keep_key(
    connection: &Connection,
    kept: &PassKey,
    before: u64,
    signed: &SignedKeys,
    now: Moment,
) -> rusqlite::Result<bool> {
    if list(connection)?.map_or(0, |newest| newest.version) != before {
        return Ok(false);
    }
    let key = &kept.key;
    connection.execute(
        "INSERT INTO pass_key (id, salt, public_key, not_before, not_after, revoked, reason)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET not_after = excluded.not_after, revoked = excluded.revoked,
             reason = excluded.reason",
        params![
            key.id,
            kept.salt,
            key.public,
            key.not_before.to_string(),
            key.not_after.as_ref().map(Day::to_string),
            key.revoked,
            kept.reason
        ],
    )?;
    connection.execute(
        "INSERT INTO pass_keys (version, bytes, signature, made_at) VALUES (?1, ?2, ?3, ?4)",
        params![
            counted(signed.version),
            signed.bytes,
            signed.signature,
            now.millis()
        ],
    )?;
    feed::touch(connection, "pass_keys", "")?;
    Ok(true)
}

/// Cards with their members.
pub fn cards(connection: &Connection, of: &CardsOf) -> rusqlite::Result<Vec<MemberCard>> {
    let read = |row: &Row<'_>| Ok((row.get(0)?, CardToken::from_bytes(row.get(1)?), row.get(2)?));
    let found: Vec<(String, CardToken, String)> = match of {
        CardsOf::Member(member) => connection
            .prepare_cached("SELECT number, token, member FROM card WHERE member = ?1 ORDER BY number")?
            .query_map([member.as_str()], read)?
            .collect::<rusqlite::Result<_>>()?,
        CardsOf::Card(token) => connection
            .prepare_cached("SELECT number, token, member FROM card WHERE token = ?1")?
            .query_map([token.bytes()], read)?
            .collect::<rusqlite::Result<_>>()?,
    };
    let mut cards = Vec::new();
    for (number, token, member) in found {
        let id = MemberId::parse(&member).map_err(unreadable)?;
        if let Some((member, _)) = feed::member(connection, &id)? {
            cards.push(MemberCard {
                number,
                token,
                member,
            });
        }
    }
    Ok(cards)
}

/// The last number of a card's passes, 0 where none was given out, and the least that is good.
fn numbers(connection: &Connection, card: &CardToken) -> rusqlite::Result<(u16, u16)> {
    let last = connection
        .prepare_cached("SELECT coalesce(max(srin), 0) FROM pass WHERE token = ?1")?
        .query_row([card.bytes()], |row| row.get(0))?;
    Ok((last, least(connection, card)?.unwrap_or(1)))
}

/// The least number of a card's passes that is good, where some were withdrawn.
pub fn least(connection: &Connection, card: &CardToken) -> rusqlite::Result<Option<u16>> {
    connection
        .prepare_cached("SELECT least FROM withdrawn WHERE token = ?1")?
        .query_row([card.bytes()], |row| row.get(0))
        .optional()
}

/// Notes a pass; its number follows the last one's. The last number of all is never given out: to withdraw it there would
/// have to be one above it.
pub fn number_pass(connection: &Connection, pass: &NewPass, now: Moment) -> rusqlite::Result<Option<u16>> {
    let (last, least) = numbers(connection, &pass.token)?;
    let Some(srin) = last.max(least - 1).checked_add(1).filter(|srin| *srin < u16::MAX) else {
        return Ok(None);
    };
    connection.execute(
        "INSERT INTO pass (token, srin, key, program, tier, issued, expires, phone, made_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            pass.token.bytes(),
            srin,
            pass.key_id,
            pass.program,
            pass.tier,
            pass.issued.to_string(),
            pass.expires.to_string(),
            pass.phone,
            now.millis()
        ],
    )?;
    Ok(Some(srin))
}

/// Withdraws what was given out for a card.
pub fn withdraw(
    connection: &Connection,
    card: &CardToken,
    reason: &str,
    now: Moment,
) -> rusqlite::Result<Option<u16>> {
    let (last, before) = numbers(connection, card)?;
    let least = last.saturating_add(1);
    if least <= before {
        return Ok(None);
    }
    connection.execute(
        "INSERT OR REPLACE INTO withdrawn (token, least, reason, made_at) VALUES (?1, ?2, ?3, ?4)",
        params![card.bytes(), least, reason, now.millis()],
    )?;
    feed::touch(connection, "least_pass", &hex(card.bytes()))?;
    Ok(Some(least))
}
