//! Accounts, purses and lots: the memory that the office's rules ask, and the changes they make.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::programs::Programs;
use super::{TooLarge, count, counted, day_of, draws, feed, shares, unreadable};
use crate::loyalty::amount::{LARGEST, Points};
use crate::loyalty::calendar::{Day, Zone};
use crate::loyalty::id::{CounterId, MemberId, MembershipId, PurseId, SiteId, TerminalId};
use crate::loyalty::journal::{Hash, Head};
use crate::loyalty::ledger::{Account, Lot, LotMove, Purse, Transfer};
use crate::loyalty::member::{CardToken, Held, Holder, Member, Standing};
use crate::loyalty::office::shares::Dealt;
use crate::loyalty::office::{Booked, Committed, DrawnSale, OfficeChange, OfficeMemory, Outcome};
use crate::loyalty::program::ProgramSet;

/// No purse holds or owes more thousandths than this, so that sums over many purses stay exact.
const LARGEST_PURSE: i64 = LARGEST * 100;

/// What the office remembers, inside one transaction.
pub struct Books<'a>(pub &'a Connection);

/// Where a change comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An entry, by its number here.
    Entry(u64),
    /// A day on which something fell due.
    Due,
}

impl Source {
    fn entry(self) -> Option<u64> {
        match self {
            Source::Entry(number) => Some(number),
            Source::Due => None,
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Source::Entry(_) => "entry",
            Source::Due => "due",
        }
    }
}

/// Keeps one change.
pub fn keep(
    connection: &Connection,
    source: Source,
    zone: &Zone,
    change: &OfficeChange,
) -> rusqlite::Result<()> {
    let entry = source.entry();
    match change {
        OfficeChange::Site(site) => super::enrol::keep_site(connection, site, zone),
        OfficeChange::Transfer(line, transfer) => {
            keep_transfer(connection, entry, *line, transfer, source.reason())
        }
        OfficeChange::Purse {
            holder,
            purse,
            now,
            opened,
            moved,
        } => {
            let account = account_of(connection, &Account::Holder(holder.clone()))?;
            keep_purse(connection, entry, account, purse, now, opened, moved)
        }
        OfficeChange::Grant(holder, membership, held) => {
            let account = account_of(connection, &Account::Holder(holder.clone()))?;
            grant(connection, account, membership, held)
        }
        OfficeChange::Revoke(holder, membership, since) => {
            let account = account_of(connection, &Account::Holder(holder.clone()))?;
            connection
                .prepare_cached(
                    "DELETE FROM membership WHERE account = ?1 AND membership = ?2 AND since = ?3",
                )?
                .execute(params![account, membership.as_str(), since.millis()])
                .map(drop)
        }
        OfficeChange::Touched(Holder::Member(member)) => feed::touch_cards(connection, member),
        OfficeChange::Touched(Holder::Organisation(name)) => feed::touch_buyers(connection, name),
        OfficeChange::Touched(Holder::Card(_) | Holder::Shop) => Ok(()),
        OfficeChange::Standing(holder, standing) => {
            let account = account_of(connection, &Account::Holder(holder.clone()))?;
            let bytes = minicbor::to_vec(standing.as_ref()).expect("writing into memory cannot fail");
            connection
                .prepare_cached("INSERT OR REPLACE INTO standing (account, body) VALUES (?1, ?2)")?
                .execute(params![account, bytes])
                .map(drop)
        }
        OfficeChange::Brought { friend, by } => brought(connection, friend, by),
        OfficeChange::Share {
            terminal,
            counter,
            used,
            back,
        } => shares::keep(connection, terminal, counter, *used, *back),
        OfficeChange::Committed { .. } | OfficeChange::Drawn { .. } | OfficeChange::Shown { .. } => {
            draws::keep(connection, change)
        }
    }
}

/// Notes who brought a member, unless somebody did before.
fn brought(connection: &Connection, friend: &MemberId, by: &MemberId) -> rusqlite::Result<()> {
    let Some((member, _)) = feed::member(connection, friend)? else {
        return Ok(());
    };
    if member.brought_by.is_some() {
        return Ok(());
    }
    let member = Member {
        brought_by: Some(by.clone()),
        ..member
    };
    let person = minicbor::to_vec(&member).expect("writing into memory cannot fail");
    connection
        .prepare_cached("UPDATE member SET person = ?2 WHERE id = ?1")?
        .execute(params![friend.as_str(), person])
        .map(drop)
}

/// What an account has besides purses and memberships.
pub fn standing_of(connection: &Connection, account: i64) -> rusqlite::Result<Standing> {
    let kept: Option<Vec<u8>> = connection
        .prepare_cached("SELECT body FROM standing WHERE account = ?1")?
        .query_row([account], |row| row.get(0))
        .optional()?;
    kept.map_or_else(
        || Ok(Standing::default()),
        |bytes| minicbor::decode(&bytes).map_err(unreadable),
    )
}

/// Gives a membership, beside others of its name: each sale that gave one may be returned.
pub fn grant(
    connection: &Connection,
    account: i64,
    membership: &MembershipId,
    held: &Held,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO membership (account, membership, since, until) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            account,
            membership.as_str(),
            held.since.millis(),
            held.until.map(|last| last.to_string())
        ])
        .map(drop)
}

/// The number of an account, which is opened where it is missing.
pub fn account_of(connection: &Connection, account: &Account) -> rusqlite::Result<i64> {
    let name = account.name();
    if let Some(id) = account_named(connection, &name)? {
        return Ok(id);
    }
    connection
        .prepare_cached("INSERT INTO account (name) VALUES (?1)")?
        .insert([&name])
}

/// The number of an account, if it was opened.
pub fn account_named(connection: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM account WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}

/// Writes a transfer. One that comes from no entry names its reason.
pub fn keep_transfer(
    connection: &Connection,
    entry: Option<u64>,
    line: u32,
    transfer: &Transfer,
    reason: &str,
) -> rusqlite::Result<()> {
    let source = account_of(connection, &transfer.from)?;
    let target = account_of(connection, &transfer.to)?;
    connection
        .prepare_cached(
            "INSERT INTO transfer (entry, line, purse, source, target, amount, day, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            entry.map(counted),
            line,
            transfer.purse.as_str(),
            source,
            target,
            transfer.amount.units(),
            transfer.day.to_string(),
            reason
        ])
        .map(drop)
}

/// Writes a purse as it is now, with the lots that were opened and those that moved.
pub fn keep_purse(
    connection: &Connection,
    entry: Option<u64>,
    account: i64,
    purse: &PurseId,
    now: &Purse,
    opened: &[Lot],
    moved: &[LotMove],
) -> rusqlite::Result<()> {
    let largest = Points::thousandths(LARGEST_PURSE);
    if now.balance() > largest || now.balance() < -largest || now.debt() > largest {
        return Err(rusqlite::Error::ToSqlConversionFailure(Box::new(TooLarge)));
    }
    connection
        .prepare_cached(
            "INSERT INTO purse (account, purse, balance, debt, last_lot) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (account, purse) DO UPDATE
             SET balance = excluded.balance, debt = excluded.debt, last_lot = excluded.last_lot",
        )?
        .execute(params![
            account,
            purse.as_str(),
            now.balance().units(),
            now.debt().units(),
            now.last_id()
        ])?;
    for lot in opened {
        connection
            .prepare_cached(
                "INSERT INTO lot (account, purse, id, earned, expires, origin, rest)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                account,
                purse.as_str(),
                lot.id,
                lot.earned.to_string(),
                lot.expires.map(|last| last.to_string()),
                counted(lot.origin),
                lot.left.units()
            ])?;
        keep_move(connection, entry, account, purse, lot.id, lot.left)?;
    }
    for one in moved {
        connection
            .prepare_cached("UPDATE lot SET rest = rest + ?4 WHERE account = ?1 AND purse = ?2 AND id = ?3")?
            .execute(params![account, purse.as_str(), one.lot, one.amount.units()])?;
        keep_move(connection, entry, account, purse, one.lot, one.amount)?;
    }
    Ok(())
}

fn keep_move(
    connection: &Connection,
    entry: Option<u64>,
    account: i64,
    purse: &PurseId,
    lot: u32,
    amount: Points,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO lot_move (entry, account, purse, lot, amount) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            entry.map(counted),
            account,
            purse.as_str(),
            lot,
            amount.units()
        ])
        .map(drop)
}

/// A purse with the lots that still hold something.
pub fn purse_of(connection: &Connection, account: i64, purse: &str) -> rusqlite::Result<Purse> {
    let kept: Option<(i64, u32)> = connection
        .prepare_cached("SELECT debt, last_lot FROM purse WHERE account = ?1 AND purse = ?2")?
        .query_row(params![account, purse], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((debt, last_lot)) = kept else {
        return Ok(Purse::default());
    };
    let mut lots = connection.prepare_cached(
        "SELECT id, earned, expires, rest, origin FROM lot WHERE account = ?1 AND purse = ?2 AND rest > 0
         ORDER BY id",
    )?;
    let lots = lots
        .query_map(params![account, purse], |row| {
            Ok(Lot {
                id: row.get(0)?,
                earned: day_of(&row.get::<_, String>(1)?)?,
                expires: optional_day(row.get(2)?)?,
                left: Points::thousandths(row.get(3)?),
                origin: count(row.get(4)?),
            })
        })?
        .collect::<rusqlite::Result<Vec<Lot>>>()?;
    Ok(Purse::kept(lots, Points::thousandths(debt), last_lot))
}

/// A day that may be missing.
pub fn optional_day(text: Option<String>) -> rusqlite::Result<Option<Day>> {
    text.map(|text| day_of(&text)).transpose()
}

/// The number of a sale that is booked.
pub fn sale_number(
    connection: &Connection,
    terminal: &TerminalId,
    seq: u64,
) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT number FROM entry WHERE terminal = ?1 AND seq = ?2 AND kind = 'sale' AND outcome < 2",
        )?
        .query_row(params![terminal.as_str(), counted(seq)], |row| row.get(0))
        .optional()
}

impl OfficeMemory for Books<'_> {
    type Error = rusqlite::Error;

    fn through(&self, terminal: &TerminalId) -> rusqlite::Result<Head> {
        super::enrol::through(self.0, terminal)
    }

    fn outcome(&self, terminal: &TerminalId, seq: u64) -> rusqlite::Result<Option<(Hash, Outcome)>> {
        self.0
            .prepare_cached("SELECT hash, outcome, code FROM entry WHERE terminal = ?1 AND seq = ?2")?
            .query_row(params![terminal.as_str(), counted(seq)], |row| {
                let code: Option<String> = row.get(2)?;
                let outcome = match (row.get::<_, i64>(1)?, code) {
                    (0, _) => Outcome::Posted,
                    (1, code) => Outcome::Exception(code.unwrap_or_default()),
                    (_, code) => Outcome::Quarantined(code.unwrap_or_default()),
                };
                Ok((Hash::from_bytes(row.get(0)?), outcome))
            })
            .optional()
    }

    fn owner(&self, card: &CardToken) -> rusqlite::Result<Option<MemberId>> {
        feed::owner(self.0, card)
    }

    fn knows_site(&self, site: &SiteId) -> rusqlite::Result<bool> {
        self.0
            .prepare_cached("SELECT 1 FROM site WHERE id = ?1")?
            .exists([site.as_str()])
    }

    fn purse(&self, holder: &Holder, purse: &PurseId) -> rusqlite::Result<Purse> {
        match account_named(self.0, &Account::Holder(holder.clone()).name())? {
            Some(account) => purse_of(self.0, account, purse.as_str()),
            None => Ok(Purse::default()),
        }
    }

    fn standing(&self, holder: &Holder) -> rusqlite::Result<Standing> {
        match account_named(self.0, &Account::Holder(holder.clone()).name())? {
            Some(account) => standing_of(self.0, account),
            None => Ok(Standing::default()),
        }
    }

    fn booked(&self, terminal: &TerminalId, seq: u64) -> rusqlite::Result<Option<Booked>> {
        let Some(number) = sale_number(self.0, terminal, seq)? else {
            return Ok(None);
        };
        let mut booked = Booked {
            number: count(number),
            ..Booked::default()
        };
        self.earned_and_restored(number, &mut booked)?;
        self.spent(number, &mut booked)?;
        Ok(Some(booked))
    }

    fn committed(&self, terminal: &TerminalId, commit: u64) -> rusqlite::Result<Option<Committed>> {
        draws::committed(self.0, terminal, commit)
    }

    fn drawn_sales(&self, terminal: &TerminalId, commit: u64) -> rusqlite::Result<Vec<DrawnSale>> {
        draws::sales(self.0, terminal, commit)
    }

    fn dealt(&self, terminal: &TerminalId, counter: &CounterId) -> rusqlite::Result<Dealt> {
        shares::dealt_to(self.0, terminal.as_str(), counter)
    }

    fn programs(&self, bundle: u64) -> rusqlite::Result<Option<Arc<ProgramSet>>> {
        Programs::default().of(self.0, bundle)
    }
}

impl Books<'_> {
    fn earned_and_restored(&self, number: i64, booked: &mut Booked) -> rusqlite::Result<()> {
        let mut transfers = self.0.prepare_cached(
            "SELECT transfer.purse, source.name, target.name, transfer.amount
             FROM transfer
             JOIN account AS source ON source.id = transfer.source
             JOIN account AS target ON target.id = transfer.target
             WHERE transfer.entry = ?1 OR transfer.entry IN (SELECT number FROM entry WHERE answers = ?1)",
        )?;
        let mut rows = transfers.query([number])?;
        while let Some(row) = rows.next()? {
            let purse = PurseId::parse(&row.get::<_, String>(0)?).map_err(unreadable)?;
            let (source, target): (String, String) = (row.get(1)?, row.get(2)?);
            let amount = Points::thousandths(row.get(3)?);
            if source.starts_with("issued:") {
                *booked.earned.entry(purse).or_default() += amount;
            } else if target.starts_with("issued:") {
                let left = booked.earned.entry(purse).or_default();
                *left -= amount;
            } else if source == Account::Redeemed.name() {
                *booked.restored.entry(purse).or_default() += amount;
            }
        }
        Ok(())
    }

    fn spent(&self, number: i64, booked: &mut Booked) -> rusqlite::Result<()> {
        let mut moves = self.0.prepare_cached(
            "SELECT lot_move.purse, lot_move.lot, lot.earned, lot.expires, lot.origin, lot_move.amount
             FROM lot_move
             JOIN lot ON lot.account = lot_move.account AND lot.purse = lot_move.purse AND lot.id = lot_move.lot
             WHERE lot_move.entry = ?1 AND lot_move.amount < 0
             ORDER BY lot_move.id",
        )?;
        let mut rows = moves.query([number])?;
        while let Some(row) = rows.next()? {
            let purse = PurseId::parse(&row.get::<_, String>(0)?).map_err(unreadable)?;
            booked.spent.entry(purse).or_default().push(LotMove {
                lot: row.get(1)?,
                earned: day_of(&row.get::<_, String>(2)?)?,
                expires: optional_day(row.get(3)?)?,
                origin: count(row.get(4)?),
                amount: Points::thousandths(row.get(5)?),
            });
        }
        Ok(())
    }
}
