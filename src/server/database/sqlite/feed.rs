//! What terminals read: the feed, row by row as it is now, and who stands behind a card.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::books::{account_named, optional_day, purse_of};
use super::{count, counted, enrol, is_transient, passes, unreadable};
use crate::loyalty::amount::Points;
use crate::loyalty::calendar::{Day, Moment};
use crate::loyalty::goods::Goods;
use crate::loyalty::id::{MemberId, MembershipId, OrganisationId, PurseId, TerminalId};
use crate::loyalty::ledger::{Account, Purse};
use crate::loyalty::member::{CardToken, Held, Holder, Known, Member, Standing, grant};
use crate::server::database::SnapshotBase;
use crate::wire::{FEED_ROWS, FeedChange, FeedPage, FeedReply, Row, SignedBundle, hex, unhex};

/// A page ends where it holds so many bytes, well below what a terminal unpacks.
const PAGE_BYTES: usize = 2 * 1024 * 1024;
/// Terminals take no larger row.
const ROW_BYTES: usize = 1024 * 1024;

/// Notes that a row changed: the newest change takes the older one's place.
pub fn touch(connection: &Connection, kind: &str, key: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO feed (kind, key) VALUES (?1, ?2)")?
        .execute([kind, key])
        .map(drop)
}

/// Notes that a card or its member changed.
pub fn touch_card(connection: &Connection, token: &CardToken) -> rusqlite::Result<()> {
    touch(connection, "card", &hex(token.bytes()))
}

/// Notes that a member changed: all his cards.
pub fn touch_cards(connection: &Connection, member: &MemberId) -> rusqlite::Result<()> {
    let mut cards = connection.prepare_cached("SELECT token FROM card WHERE member = ?1 ORDER BY token")?;
    let tokens = cards
        .query_map([member.as_str()], |row| row.get(0).map(CardToken::from_bytes))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    tokens.iter().try_for_each(|token| touch_card(connection, token))
}

/// Notes that an organisation changed: all cards of those who buy for it.
pub fn touch_buyers(connection: &Connection, organisation: &OrganisationId) -> rusqlite::Result<()> {
    let mut buyers =
        connection.prepare_cached("SELECT member FROM buyer WHERE organisation = ?1 ORDER BY member")?;
    let members = buyers
        .query_map([organisation.as_str()], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    for member in members {
        touch_cards(connection, &MemberId::parse(&member).map_err(unreadable)?)?;
    }
    Ok(())
}

/// Keeps for whom a member buys.
pub fn keep_buyer(connection: &Connection, member: &Member) -> rusqlite::Result<()> {
    let id = member.id.as_str();
    connection
        .prepare_cached("DELETE FROM buyer WHERE member = ?1")?
        .execute([id])?;
    if let Some(organisation) = &member.organisation {
        connection
            .prepare_cached("INSERT INTO buyer (organisation, member) VALUES (?1, ?2)")?
            .execute([organisation.as_str(), id])?;
    }
    Ok(())
}

/// The same for all members of books that did not keep it.
pub fn keep_buyers(connection: &Connection) -> rusqlite::Result<()> {
    let mut members = connection.prepare("SELECT person FROM member")?;
    let mut rows = members.query([])?;
    while let Some(row) = rows.next()? {
        let person: Vec<u8> = row.get(0)?;
        if let Ok(member) = minicbor::decode::<Member>(&person) {
            keep_buyer(connection, &member)?;
        }
    }
    Ok(())
}

/// Notes that standings changed by the day alone: lots whose last day was `told` or later and is past today.
pub fn touch_lapsed(connection: &Connection, told: &str, today: &str) -> rusqlite::Result<()> {
    let mut lapsed = connection.prepare_cached(
        "SELECT DISTINCT substr(account.name, 8) FROM lot JOIN account ON account.id = lot.account
         WHERE lot.expires >= ?1 AND lot.expires < ?2 AND lot.rest > 0 AND account.name LIKE 'member:%'",
    )?;
    let members = lapsed
        .query_map([told, today], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    for member in members {
        touch_cards(connection, &MemberId::parse(&member).map_err(unreadable)?)?;
    }
    Ok(())
}

/// The newest version.
pub fn version(connection: &Connection) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("SELECT COALESCE(MAX(version), 0) FROM feed")?
        .query_row([], |row| row.get(0))
        .map(count)
}

/// A page of changes after a cursor. Rows of a later generation than the terminal reads are passed over: it takes everything
/// anew when it is upgraded.
pub fn page(
    connection: &Connection,
    terminal: &TerminalId,
    from: u64,
    generation: u16,
    today: Day,
) -> rusqlite::Result<FeedReply> {
    let newest = version(connection)?;
    if from > newest {
        return Ok(FeedReply::MustRefetch);
    }
    let mut lines = connection
        .prepare_cached("SELECT version, kind, key FROM feed WHERE version > ?1 ORDER BY version LIMIT ?2")?;
    let mut rows = lines.query(params![counted(from), counted(FEED_ROWS as u64)])?;
    let (mut changes, mut bytes, mut full) = (Vec::new(), 0, false);
    let (mut passed, mut last) = (0, from);
    while let Some(line) = rows.next()? {
        let version = count(line.get(0)?);
        let good = read_good(connection, line, today)?;
        if let Some((row, size)) = good.filter(|(row, _)| row.generation() <= generation) {
            bytes += size;
            if bytes > PAGE_BYTES && !changes.is_empty() {
                full = true;
                break;
            }
            changes.push(FeedChange { version, row });
        }
        (passed, last) = (passed + 1, version);
    }
    let more = full || passed == FEED_ROWS;
    let to = if more { last } else { newest };
    Ok(FeedReply::Page(FeedPage {
        from,
        to,
        more: to < newest,
        reflected: enrol::through(connection, terminal)?.seq,
        changes,
    }))
}

/// All rows, one by one, until the taker has enough.
pub fn everything(
    connection: &Connection,
    today: Day,
    take: &mut dyn FnMut(Row) -> bool,
) -> rusqlite::Result<SnapshotBase> {
    let mut lines = connection.prepare_cached("SELECT version, kind, key FROM feed ORDER BY version")?;
    let mut rows = lines.query([])?;
    while let Some(line) = rows.next()? {
        let Some((row, _)) = read_good(connection, line, today)? else {
            continue;
        };
        let gone = matches!(row, Row::GoodsGone(_) | Row::CardGone(_));
        if !gone && !take(row) {
            break;
        }
    }
    Ok(SnapshotBase {
        version: version(connection)?,
        through: enrol::all_through(connection)?.into_iter().collect(),
    })
}

/// The row that a line of the feed names, and its size. One that cannot be read, or is larger than terminals take, is
/// left out: it must not keep everything else from them. What it says is not for the log.
fn read_good(
    connection: &Connection,
    line: &rusqlite::Row<'_>,
    today: Day,
) -> rusqlite::Result<Option<(Row, usize)>> {
    let (version, kind, key): (i64, String, String) = (line.get(0)?, line.get(1)?, line.get(2)?);
    match read(connection, &kind, &key, today) {
        Ok(row) => {
            let size = minicbor::to_vec(&row)
                .expect("writing into memory cannot fail")
                .len();
            if size <= ROW_BYTES {
                return Ok(Some((row, size)));
            }
            tracing::warn!(
                version,
                kind,
                size,
                "a row of the feed is too large and is left out"
            );
        }
        Err(error) if is_transient(&error) => return Err(error),
        Err(_) => tracing::warn!(version, kind, "a row of the feed cannot be read and is left out"),
    }
    Ok(None)
}

/// A row as it is now.
fn read(connection: &Connection, kind: &str, key: &str, today: Day) -> rusqlite::Result<Row> {
    let missing = || rusqlite::Error::QueryReturnedNoRows;
    Ok(match kind {
        "site" => Row::Site(enrol::site(connection, key)?.ok_or_else(missing)?),
        "goods" => match goods(connection, key)? {
            Some(goods) => Row::Goods(goods),
            None => Row::GoodsGone(key.to_owned()),
        },
        "card" => {
            let token = CardToken::from_bytes(unhex(key).ok_or_else(missing)?);
            match owner(connection, &token)? {
                Some(member) => Row::Card(token, Box::new(known(connection, &member, today)?)),
                None => Row::CardGone(token),
            }
        }
        "pass_keys" => Row::PassKeys(passes::list(connection)?.ok_or_else(missing)?),
        "least_pass" => {
            let token = CardToken::from_bytes(unhex(key).ok_or_else(missing)?);
            Row::LeastPass(token, passes::least(connection, &token)?.ok_or_else(missing)?)
        }
        _ => Row::Bundle(bundle(connection)?.ok_or_else(missing)?),
    })
}

fn goods(connection: &Connection, sku: &str) -> rusqlite::Result<Option<Goods>> {
    let listed: Option<Vec<u8>> = connection
        .prepare_cached("SELECT listed FROM goods WHERE sku = ?1")?
        .query_row([sku], |row| row.get(0))
        .optional()?;
    listed
        .map(|bytes| minicbor::decode(&bytes).map_err(unreadable))
        .transpose()
}

/// Whose card it is.
pub fn owner(connection: &Connection, card: &CardToken) -> rusqlite::Result<Option<MemberId>> {
    let member: Option<String> = connection
        .prepare_cached("SELECT member FROM card WHERE token = ?1")?
        .query_row([card.bytes()], |row| row.get(0))
        .optional()?;
    member
        .map(|id| MemberId::parse(&id).map_err(unreadable))
        .transpose()
}

/// A member as he is kept, with his telephone number.
pub fn member(connection: &Connection, id: &MemberId) -> rusqlite::Result<Option<(Member, Option<String>)>> {
    let kept: Option<(Vec<u8>, Option<String>)> = connection
        .prepare_cached("SELECT person, phone FROM member WHERE id = ?1")?
        .query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    kept.map(|(person, phone)| Ok((minicbor::decode(&person).map_err(unreadable)?, phone)))
        .transpose()
}

/// A member with his standing.
pub fn known(connection: &Connection, id: &MemberId, today: Day) -> rusqlite::Result<Known> {
    let member = member(connection, id)?.map_or_else(|| Member::named(id.clone()), |(member, _)| member);
    let standing = standing(connection, &Holder::Member(id.clone()), today)?;
    let organisation = match &member.organisation {
        Some(name) => Some(standing_of_organisation(connection, name, today)?),
        None => None,
    };
    Ok(Known {
        member,
        standing,
        organisation,
    })
}

fn standing_of_organisation(
    connection: &Connection,
    name: &OrganisationId,
    today: Day,
) -> rusqlite::Result<Standing> {
    standing(connection, &Holder::Organisation(name.clone()), today)
}

/// How a holder stands: what lies in tables of its own, and the rest beside it.
pub fn standing(connection: &Connection, holder: &Holder, today: Day) -> rusqlite::Result<Standing> {
    let name = Account::Holder(holder.clone()).name();
    Ok(match account_named(connection, &name)? {
        Some(account) => Standing {
            purses: purses(connection, account, today)?,
            memberships: memberships(connection, account)?,
            ..super::books::standing_of(connection, account)?
        },
        None => Standing::default(),
    })
}

/// What an account's purses hold on a day, lapsed lots left out, the debt taken off.
pub fn purses(
    connection: &Connection,
    account: i64,
    today: Day,
) -> rusqlite::Result<BTreeMap<PurseId, Points>> {
    let mut names = connection.prepare_cached("SELECT purse FROM purse WHERE account = ?1")?;
    let names = names
        .query_map([account], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    names
        .into_iter()
        .map(|name| {
            let purse = purse_of(connection, account, &name)?;
            Ok((
                PurseId::parse(&name).map_err(unreadable)?,
                standing_of(purse, today),
            ))
        })
        .collect()
}

fn standing_of(mut purse: Purse, today: Day) -> Points {
    purse.expire(today);
    purse.balance()
}

/// Every membership of an account, one for each sale that gave it.
pub fn grants(connection: &Connection, account: i64) -> rusqlite::Result<Vec<(MembershipId, Held)>> {
    let mut rows =
        connection.prepare_cached("SELECT membership, since, until FROM membership WHERE account = ?1")?;
    let rows = rows.query_map([account], |row| {
        let membership = MembershipId::parse(&row.get::<_, String>(0)?).map_err(unreadable)?;
        let held = Held {
            since: Moment::from_millis(row.get(1)?),
            until: optional_day(row.get(2)?)?,
        };
        Ok((membership, held))
    })?;
    rows.collect()
}

/// The memberships of an account: of several of one name the one that counts.
fn memberships(connection: &Connection, account: i64) -> rusqlite::Result<BTreeMap<MembershipId, Held>> {
    let mut held = BTreeMap::new();
    for (membership, one) in grants(connection, account)? {
        grant(&mut held, &membership, one);
    }
    Ok(held)
}

/// The newest bundle.
pub fn bundle(connection: &Connection) -> rusqlite::Result<Option<SignedBundle>> {
    connection
        .prepare_cached("SELECT version, bytes, signature FROM bundle ORDER BY version DESC LIMIT 1")?
        .query_row([], |row| {
            Ok(SignedBundle {
                version: count(row.get(0)?),
                bytes: row.get(1)?,
                signature: row.get(2)?,
            })
        })
        .optional()
}
