//! Reports, and the books checked against themselves: what a cache says must be what the transfers add up to.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension};

use super::{count, feed, unreadable};
use crate::loyalty::amount::Points;
use crate::loyalty::calendar::{Day, Moment};
use crate::loyalty::id::{MemberId, PartnerId, PurseId, SiteId, TerminalId};
use crate::loyalty::journal::{Body, Hash, Sealed};
use crate::loyalty::settlement::{Moved, Party};
use crate::server::database::{SyncReport, TerminalReport};

/// How the terminals stand.
pub fn sync_report(connection: &Connection) -> rusqlite::Result<SyncReport> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get(0)).map(count);
    let mut terminals = connection.prepare(
        "SELECT id, site, through_seq, last_seen, program_version, revoked FROM terminal ORDER BY number",
    )?;
    let terminals = terminals
        .query_map([], |row| {
            Ok(TerminalReport {
                terminal: TerminalId::parse(&row.get::<_, String>(0)?).map_err(unreadable)?,
                site: SiteId::parse(&row.get::<_, String>(1)?).map_err(unreadable)?,
                through: count(row.get(2)?),
                last_seen: Moment::from_millis(row.get(3)?),
                program_version: row.get(4)?,
                revoked: row.get(5)?,
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(SyncReport {
        entries: number("SELECT COUNT(*) FROM entry")?,
        sales: number("SELECT COUNT(*) FROM entry WHERE kind = 'sale' AND outcome < 2")?,
        quarantined: number("SELECT COUNT(*) FROM entry WHERE outcome = 2")?,
        exceptions: number("SELECT COUNT(*) FROM entry WHERE outcome = 1")?,
        forks: number("SELECT COUNT(*) FROM fork")?,
        draws: super::draws::report(connection)?,
        terminals,
    })
}

/// What moved between lots of one partner's and entries of another's. Where a sale was stands in the sale; what answers it
/// is settled where the sale was.
pub fn moves_between_partners(connection: &Connection) -> rusqlite::Result<Vec<Moved>> {
    let partners = partners(connection)?;
    let mut moves = connection.prepare(
        "SELECT lot_move.purse, lot.origin, COALESCE(entry.answers, entry.number), SUM(lot_move.amount)
         FROM lot_move
         JOIN lot ON lot.account = lot_move.account AND lot.purse = lot_move.purse AND lot.id = lot_move.lot
         JOIN entry ON entry.number = lot_move.entry
         WHERE lot.origin <> COALESCE(entry.answers, entry.number)
         GROUP BY 1, 2, 3",
    )?;
    let mut places: HashMap<i64, Party> = HashMap::new();
    let mut place = |number: i64| -> rusqlite::Result<Party> {
        if let Some(party) = places.get(&number) {
            return Ok(party.clone());
        }
        let site = site_of(connection, number)?;
        let party = site.and_then(|site| partners.get(&site).cloned().flatten());
        places.insert(number, party.clone());
        Ok(party)
    };
    let mut rows = moves.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let (issuer, at) = (place(row.get(1)?)?, place(row.get(2)?)?);
        let amount = Points::thousandths(row.get(3)?);
        if issuer != at && amount != Points::ZERO {
            let purse = PurseId::parse(&row.get::<_, String>(0)?).map_err(unreadable)?;
            all.push(Moved {
                purse,
                issuer,
                at,
                amount,
            });
        }
    }
    Ok(all)
}

fn partners(connection: &Connection) -> rusqlite::Result<HashMap<String, Party>> {
    let mut sites = connection.prepare("SELECT id, partner FROM site")?;
    let sites = sites.query_map([], |row| {
        let partner: Option<String> = row.get(1)?;
        let partner = partner.map(|name| PartnerId::parse(&name).map_err(unreadable));
        Ok((row.get(0)?, partner.transpose()?))
    })?;
    sites.collect()
}

/// The site of a sale; of an entry of another kind that of its terminal. Nothing for lots that no entry opened.
fn site_of(connection: &Connection, number: i64) -> rusqlite::Result<Option<String>> {
    let mut entry = connection.prepare_cached(
        "SELECT entry.kind, entry.bytes, terminal.site FROM entry
         JOIN terminal ON terminal.id = entry.terminal WHERE entry.number = ?1",
    )?;
    let found: Option<(String, Vec<u8>, String)> = entry
        .query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((kind, bytes, terminal)) = found else {
        return Ok(None);
    };
    let body = (kind == "sale").then(|| Sealed::from_bytes(bytes).open().and_then(|entry| entry.body()));
    match body {
        Some(Ok(Body::Sale(sale))) => Ok(Some(sale.basket.site.as_str().to_owned())),
        _ => Ok(Some(terminal)),
    }
}

/// What members' purses hold on a day.
pub fn balances(
    connection: &Connection,
    today: Day,
) -> rusqlite::Result<BTreeMap<MemberId, BTreeMap<PurseId, Points>>> {
    let mut accounts =
        connection.prepare("SELECT id, substr(name, 8) FROM account WHERE name LIKE 'member:%'")?;
    let mut rows = accounts.query([])?;
    let mut all = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let member = MemberId::parse(&row.get::<_, String>(1)?).map_err(unreadable)?;
        let mut purses = feed::purses(connection, row.get(0)?, today)?;
        purses.retain(|_, points| *points != Points::ZERO);
        if !purses.is_empty() {
            all.insert(member, purses);
        }
    }
    Ok(all)
}

/// Each query lists what contradicts itself, a sentence a row.
const CHECKS: &[&str] = &[
    "SELECT 'account ' || account.name || ', purse ' || purse.purse || ': the balance says ' || purse.balance
         || ' thousandths and the transfers come to ' || purse_sum.total
     FROM purse JOIN account ON account.id = purse.account
     JOIN (SELECT account, purse, SUM(amount) AS total FROM
             (SELECT target AS account, purse, amount FROM transfer
              UNION ALL SELECT source, purse, -amount FROM transfer)
           GROUP BY account, purse) AS purse_sum
         ON purse_sum.account = purse.account AND purse_sum.purse = purse.purse
     WHERE purse_sum.total <> purse.balance",
    "SELECT 'account ' || account.name || ', purse ' || purse.purse || ': the balance says ' || purse.balance
         || ' thousandths and no transfer does'
     FROM purse JOIN account ON account.id = purse.account
     WHERE purse.balance <> 0 AND NOT EXISTS (SELECT 1 FROM transfer
         WHERE transfer.purse = purse.purse AND purse.account IN (transfer.source, transfer.target))",
    "SELECT 'account ' || account.name || ': ' || transfer_sum.total || ' thousandths of the purse '
         || transfer_sum.purse || ' have moved and no balance says so'
     FROM (SELECT account, purse, SUM(amount) AS total FROM
             (SELECT target AS account, purse, amount FROM transfer
              UNION ALL SELECT source, purse, -amount FROM transfer)
           GROUP BY account, purse) AS transfer_sum
     JOIN account ON account.id = transfer_sum.account
     WHERE transfer_sum.total <> 0 AND (account.name LIKE 'member:%' OR account.name LIKE 'card:%')
         AND NOT EXISTS (SELECT 1 FROM purse
             WHERE purse.account = transfer_sum.account AND purse.purse = transfer_sum.purse)",
    "SELECT 'account ' || account.name || ', purse ' || purse.purse || ': its lots less its debt come to '
         || (COALESCE(lots.rest, 0) - purse.debt) || ' thousandths and the balance says ' || purse.balance
     FROM purse JOIN account ON account.id = purse.account
     LEFT JOIN (SELECT account, purse, SUM(rest) AS rest FROM lot GROUP BY account, purse) AS lots
         ON lots.account = purse.account AND lots.purse = purse.purse
     WHERE COALESCE(lots.rest, 0) - purse.debt <> purse.balance",
    "SELECT 'account ' || account.name || ', purse ' || lot.purse || ', lot ' || lot.id || ': it holds ' || lot.rest
         || ' thousandths and its movements come to ' || COALESCE(moves.amount, 0)
     FROM lot JOIN account ON account.id = lot.account
     LEFT JOIN (SELECT account, purse, lot, SUM(amount) AS amount FROM lot_move GROUP BY account, purse, lot) AS moves
         ON moves.account = lot.account AND moves.purse = lot.purse AND moves.lot = lot.id
     WHERE COALESCE(moves.amount, 0) <> lot.rest",
    "SELECT 'terminal ' || terminal.id || ': ' || COUNT(entry.number) || ' entries are kept and its journal is taken '
         || 'in up to ' || terminal.through_seq
     FROM terminal LEFT JOIN entry ON entry.terminal = terminal.id
     GROUP BY terminal.id
     HAVING COUNT(entry.number) <> terminal.through_seq OR COALESCE(MAX(entry.seq), 0) <> terminal.through_seq",
];

/// Checks the books against themselves. The two sides of a transfer are one row, so that every purse's accounts sum to
/// zero by form; what can go wrong is a cache, a lot or a number.
pub fn audit(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut findings = Vec::new();
    for check in CHECKS {
        let mut query = connection.prepare(check)?;
        for finding in query.query_map([], |row| row.get(0))? {
            findings.push(finding?);
        }
    }
    let mut entries = connection.prepare("SELECT terminal, seq, hash, bytes FROM entry")?;
    let mut rows = entries.query([])?;
    while let Some(row) = rows.next()? {
        let hash: [u8; 32] = row.get(2)?;
        if Sealed::from_bytes(row.get(3)?).hash() != Hash::from_bytes(hash) {
            let (terminal, seq): (String, i64) = (row.get(0)?, row.get(1)?);
            findings.push(format!(
                "entry {seq} of terminal {terminal}: its bytes were changed"
            ));
        }
    }
    Ok(findings)
}
