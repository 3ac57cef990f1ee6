//! Rows of an import put into the books: an upsert, so that a row that was so already changes nothing and tells no
//! terminal anything. A card that has earned before its member was known brings its points along.

use rusqlite::{Connection, OptionalExtension, params};

use super::books::{account_named, account_of, grant, keep_purse, keep_transfer, purse_of};
use super::{feed, is_too_large, meta, unreadable};
use crate::loyalty::amount::Points;
use crate::loyalty::calendar::Day;
use crate::loyalty::goods::Goods;
use crate::loyalty::id::{MemberId, PurseId};
use crate::loyalty::ledger::{Account, LotMove, Transfer};
use crate::loyalty::member::{CardToken, Holder, Member};
use crate::server::database::{BalanceRow, Import, Imported, MemberRow, Progress};
use crate::wire::SiteRow;

/// Why an import stopped; nothing of it is kept.
pub enum Stopped {
    /// SQLite.
    Sql(rusqlite::Error),
    /// A row contradicts the books.
    Row {
        /// The line of the file.
        line: u64,
        /// What is wrong and what to do.
        why: String,
    },
}

impl From<rusqlite::Error> for Stopped {
    fn from(error: rusqlite::Error) -> Stopped {
        Stopped::Sql(error)
    }
}

impl Stopped {
    /// A purse that would hold too much is a matter of this row.
    fn at(self, line: u64) -> Stopped {
        match self {
            Stopped::Sql(error) if is_too_large(&error) => Stopped::Row {
                line,
                why: format!("{error}: correct the balance"),
            },
            other => other,
        }
    }
}

/// Puts all rows in.
pub fn import(
    connection: &Connection,
    rows: &Import,
    today: Day,
    progress: &mut Progress<'_>,
) -> Result<Imported, Stopped> {
    let mut done = Imported::default();
    let mut count = |changed: bool| {
        let which = if changed {
            &mut done.changed
        } else {
            &mut done.unchanged
        };
        *which += 1;
        progress(done.changed + done.unchanged);
    };
    for site in &rows.sites {
        count(put_site(connection, site)?);
    }
    for goods in &rows.goods {
        count(put_goods(connection, goods)?);
    }
    let card_key: [u8; 32] = meta(connection, "card_key")?.unwrap_or_default();
    for member in &rows.members {
        let put = put_member(connection, &card_key, member, today);
        count(put.map_err(|stopped| stopped.at(member.line))?);
    }
    for balance in &rows.balances {
        let put = put_balance(connection, balance, today);
        count(put.map_err(|stopped| stopped.at(balance.line))?);
    }
    Ok(done)
}

fn put_site(connection: &Connection, site: &SiteRow) -> rusqlite::Result<bool> {
    if super::enrol::site(connection, site.id.as_str())?.as_ref() == Some(site) {
        return Ok(false);
    }
    connection
        .prepare_cached(
            "INSERT INTO site (id, partner, timezone) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET partner = excluded.partner, timezone = excluded.timezone",
        )?
        .execute(params![site.id.as_str(), site.partner, site.timezone])?;
    feed::touch(connection, "site", site.id.as_str())?;
    Ok(true)
}

fn put_goods(connection: &Connection, goods: &Goods) -> rusqlite::Result<bool> {
    let listed = minicbor::to_vec(goods).expect("writing into memory cannot fail");
    let before: Option<Vec<u8>> = connection
        .prepare_cached("SELECT listed FROM goods WHERE sku = ?1")?
        .query_row([goods.sku.as_str()], |row| row.get(0))
        .optional()?;
    if before.as_ref() == Some(&listed) {
        return Ok(false);
    }
    connection
        .prepare_cached(
            "INSERT INTO goods (sku, listed) VALUES (?1, ?2)
             ON CONFLICT (sku) DO UPDATE SET listed = excluded.listed",
        )?
        .execute(params![goods.sku.as_str(), listed])?;
    feed::touch(connection, "goods", goods.sku.as_str())?;
    Ok(true)
}

fn put_member(
    connection: &Connection,
    card_key: &[u8; 32],
    row: &MemberRow,
    today: Day,
) -> Result<bool, Stopped> {
    let before = feed::member(connection, &row.id)?;
    let (mut member, mut phone) = before
        .clone()
        .unwrap_or_else(|| (Member::named(row.id.clone()), None));
    row.apply(&mut member, &mut phone);
    let person_changed = before.as_ref().map(|(person, _)| person) != Some(&member);
    let phone_changed = before.and_then(|(_, number)| number) != phone;
    if person_changed || phone_changed {
        let person = minicbor::to_vec(&member).expect("writing into memory cannot fail");
        connection
            .prepare_cached(
                "INSERT INTO member (id, person, phone) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET person = excluded.person, phone = excluded.phone",
            )?
            .execute(params![row.id.as_str(), person, phone])?;
        feed::keep_buyer(connection, &member)?;
    }
    let mut brought = false;
    let mut new_cards = Vec::new();
    for number in &row.cards {
        let token = CardToken::of(card_key, number);
        if put_card(connection, row, number, &token)? {
            brought |= bring_along(connection, &token, &row.id, today)?;
            new_cards.push(token);
        }
    }
    if person_changed || brought {
        feed::touch_cards(connection, &row.id)?;
    } else {
        for token in &new_cards {
            feed::touch_card(connection, token)?;
        }
    }
    Ok(person_changed || phone_changed || !new_cards.is_empty())
}

/// Gives a member a card; false where he has it already.
fn put_card(
    connection: &Connection,
    row: &MemberRow,
    number: &str,
    token: &CardToken,
) -> Result<bool, Stopped> {
    match feed::owner(connection, token)? {
        Some(owner) if owner == row.id => return Ok(false),
        Some(owner) => {
            return Err(Stopped::Row {
                line: row.line,
                why: format!(
                    "a card of member {} belongs to member {owner} already: leave it out here, or take it from \
                     {owner} first",
                    row.id
                ),
            });
        }
        None => {}
    }
    connection
        .prepare_cached("INSERT INTO card (token, member, number) VALUES (?1, ?2, ?3)")?
        .execute(params![token.bytes(), row.id.as_str(), number])?;
    Ok(true)
}

/// What a card has earned before anybody knew whose it was goes to its member: lots keep their days.
fn bring_along(
    connection: &Connection,
    token: &CardToken,
    member: &MemberId,
    today: Day,
) -> rusqlite::Result<bool> {
    let card = Account::Holder(Holder::Card(*token));
    let Some(from) = account_named(connection, &card.name())? else {
        return Ok(false);
    };
    let own = Account::Holder(Holder::Member(member.clone()));
    let to = account_of(connection, &own)?;
    let mut names = connection.prepare_cached("SELECT purse FROM purse WHERE account = ?1")?;
    let names = names
        .query_map([from], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    for name in names {
        let purse = PurseId::parse(&name).map_err(unreadable)?;
        bring_purse(connection, (from, &card), (to, &own), &purse, today)?;
    }
    for (membership, held) in feed::grants(connection, from)? {
        grant(connection, to, &membership, &held)?;
    }
    connection.execute("DELETE FROM membership WHERE account = ?1", [from])?;
    Ok(true)
}

fn bring_purse(
    connection: &Connection,
    (from, card): (i64, &Account),
    (to, own): (i64, &Account),
    purse: &PurseId,
    today: Day,
) -> rusqlite::Result<()> {
    let mut left = purse_of(connection, from, purse.as_str())?;
    let mut now = purse_of(connection, to, purse.as_str())?;
    let (balance, debt) = (left.balance(), left.debt());
    let emptied: Vec<LotMove> = left
        .lots()
        .iter()
        .map(|lot| LotMove {
            lot: lot.id,
            earned: lot.earned,
            expires: lot.expires,
            origin: lot.origin,
            amount: -lot.left,
        })
        .collect();
    // The debt goes first, so that it takes from the member's older lots as any debt of his would.
    let moved = now.take_back(debt, 0);
    let opened: Vec<_> = left
        .lots()
        .iter()
        .filter_map(|lot| now.earn(lot.left, lot.earned, lot.expires, lot.origin))
        .collect();
    left = crate::loyalty::ledger::Purse::kept(Vec::new(), Points::ZERO, left.last_id());
    if balance != Points::ZERO {
        let (source, target) = if balance > Points::ZERO {
            (card, own)
        } else {
            (own, card)
        };
        let transfer = Transfer {
            purse: purse.clone(),
            from: source.clone(),
            to: target.clone(),
            amount: balance.max(-balance),
            day: today,
        };
        keep_transfer(connection, None, 0, &transfer, "card became known")?;
    }
    keep_purse(connection, None, from, purse, &left, &[], &emptied)?;
    keep_purse(connection, None, to, purse, &now, &opened, &moved)
}

/// Moves so much from or to the opening that it comes to what the row states.
fn put_balance(connection: &Connection, row: &BalanceRow, today: Day) -> Result<bool, Stopped> {
    if feed::member(connection, &row.member)?.is_none() {
        return Err(Stopped::Row {
            line: row.line,
            why: format!("member \"{}\" is not known: import the members first", row.member),
        });
    }
    let own = Account::Holder(Holder::Member(row.member.clone()));
    let (account, opening) = (
        account_of(connection, &own)?,
        account_of(connection, &Account::Opening)?,
    );
    let before: i64 = connection
        .prepare_cached(
            "SELECT COALESCE(SUM(CASE WHEN source = ?2 THEN amount ELSE -amount END), 0) FROM transfer
             WHERE purse = ?3 AND ((source = ?2 AND target = ?1) OR (source = ?1 AND target = ?2))",
        )?
        .query_row(params![account, opening, row.purse.as_str()], |r| r.get(0))?;
    let more = row.amount - Points::thousandths(before);
    if more == Points::ZERO {
        return Ok(false);
    }
    let mut now = purse_of(connection, account, row.purse.as_str())?;
    let (mut opened, mut moved) = (Vec::new(), Vec::new());
    let (from, to) = if more > Points::ZERO {
        opened.extend(now.earn(more, today, row.expires, 0));
        (Account::Opening, own)
    } else {
        moved = now.take_back(-more, 0);
        (own, Account::Opening)
    };
    let transfer = Transfer {
        purse: row.purse.clone(),
        from,
        to,
        amount: more.max(-more),
        day: today,
    };
    keep_transfer(connection, None, 0, &transfer, "opening balance")?;
    keep_purse(connection, None, account, &row.purse, &now, &opened, &moved)?;
    feed::touch_cards(connection, &row.member)?;
    Ok(true)
}
