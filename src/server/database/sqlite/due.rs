//! What falls due on the first day of a month, a quarter or a year. A sweep goes through all holders day by day and in
//! parts, so that no terminal waits for it; whoever sends an entry before his turn has come is served first. Each holder
//! gets what a day brings once. An entry that belongs before a day and arrives behind it is made good by the difference.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::books::{Books, Source, account_named, account_of, keep};
use super::programs::Programs;
use super::{feed, is_transient, meta, set_meta, shares, unreadable};
use crate::loyalty::calendar::{Day, Moment, Zone};
use crate::loyalty::engine;
use crate::loyalty::id::{MemberId, OrganisationId, SiteId};
use crate::loyalty::journal::{Body, Sealed};
use crate::loyalty::ledger::Account;
use crate::loyalty::member::{ForOther, Holder, Known, Member};
use crate::loyalty::office::{OfficeMemory, due};
use crate::loyalty::program::{ProgramSet, Site};

/// Up to which day everything has been posted.
const THROUGH: &str = "due_through";
/// The name of the last account of the sweep that is under way.
const AT: &str = "due_at";
/// So many due days behind an entry are looked at when it comes late: the longest look back of a rule that ends is the whole
/// year before.
const LATEST: usize = 25;

/// The hand that posts: the books, the programs, the shop's zone and the clock.
pub struct Due<'a> {
    pub connection: &'a Connection,
    pub programs: &'a mut Programs,
    pub zone: &'a Zone,
    pub now: Moment,
    /// Programs that act on a day, as far as they were looked for.
    pub acting: BTreeMap<Day, Option<Arc<ProgramSet>>>,
}

/// Is there a day that is not worked through?
pub fn is_waiting(connection: &Connection, zone: &Zone, now: Moment) -> rusqlite::Result<bool> {
    let through = through(connection)?;
    Ok(through.is_none_or(|through| through < now.day(zone).first_of(1)))
}

fn through(connection: &Connection) -> rusqlite::Result<Option<Day>> {
    let day: Option<String> = meta(connection, THROUGH)?;
    day.map(|day| super::day_of(&day)).transpose()
}

impl Due<'_> {
    fn today(&self) -> Day {
        self.now.day(self.zone)
    }

    /// Goes on with the sweep: so many holders at most. Answers whether there is more.
    pub fn sweep(&mut self, most: usize) -> rusqlite::Result<bool> {
        let last = self.today().first_of(1);
        let Some(through) = through(self.connection)? else {
            // What lies before these books began is nobody's claim.
            set_meta(self.connection, THROUGH, last.to_string())?;
            return Ok(false);
        };
        if last <= through {
            return Ok(false);
        }
        let day = through.first_of(1).plus_months(1);
        let Some(programs) = self.acting(day)? else {
            return self.done_with(day).map(|()| day < last);
        };
        let at: String = meta(self.connection, AT)?.unwrap_or_default();
        let holders = holders(self.connection, &at, most)?;
        for holder in &holders {
            let name = Account::Holder(holder.clone()).name();
            if self.ahead(&name)?.is_none_or(|ahead| ahead < day) {
                self.serve(&programs, holder, day)?;
            }
        }
        match holders.last().filter(|_| holders.len() == most) {
            Some(last) => {
                set_meta(self.connection, AT, Account::Holder(last.clone()).name())?;
                Ok(true)
            }
            None => self.done_with(day).map(|()| day < last),
        }
    }

    fn done_with(&mut self, day: Day) -> rusqlite::Result<()> {
        set_meta(self.connection, THROUGH, day.to_string())?;
        set_meta(self.connection, AT, "")?;
        self.connection
            .execute("DELETE FROM due_ahead WHERE day <= ?1", [day.to_string()])
            .map(drop)
    }

    /// The programs in force when a day began, where one of their rules acts on it.
    fn acting(&mut self, day: Day) -> rusqlite::Result<Option<Arc<ProgramSet>>> {
        if let Some(acting) = self.acting.get(&day) {
            return Ok(acting.clone());
        }
        let at = self.zone.midnight(day);
        let set = self.programs.in_force(self.connection, at)?;
        let set = set.filter(|set| {
            let rules = set.programs.iter().flat_map(|program| &program.rules);
            rules
                .filter_map(|rule| rule.each)
                .any(|each| each.days(day).0 == Some(day))
        });
        self.acting.insert(day, set.clone());
        Ok(set)
    }

    /// The last day that is done for an account before the others.
    fn ahead(&self, name: &str) -> rusqlite::Result<Option<Day>> {
        let day: Option<String> = self
            .connection
            .prepare_cached(
                "SELECT day FROM due_ahead JOIN account ON account.id = due_ahead.account WHERE account.name = ?1",
            )?
            .query_row([name], |row| row.get(0))
            .optional()?;
        day.map(|day| super::day_of(&day)).transpose()
    }

    /// Posts for one holder, in a savepoint of its own: an account that cannot be booked keeps neither the others nor the
    /// entries that wait from their turn.
    fn serve(&mut self, programs: &ProgramSet, holder: &Holder, day: Day) -> rusqlite::Result<()> {
        self.connection.execute_batch("SAVEPOINT one_holder")?;
        let tried = catch_unwind(AssertUnwindSafe(|| self.post(programs, holder, day)));
        let why = match tried {
            Ok(Ok(())) => None,
            Ok(Err(error)) if is_transient(&error) => return Err(error),
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("panic".to_owned()),
        };
        if let Some(why) = why {
            self.connection.execute_batch("ROLLBACK TO one_holder")?;
            let account = Account::Holder(holder.clone()).name();
            tracing::error!(account, %day, why, "what fell due on this account is not posted");
        }
        self.connection.execute_batch("RELEASE one_holder")
    }

    fn post(&mut self, programs: &ProgramSet, holder: &Holder, day: Day) -> rusqlite::Result<()> {
        let before = self.given(holder, day)?;
        let Some(known) = self.known(holder, day)? else {
            return Ok(());
        };
        let at = self.zone.midnight(day);
        let known = due::known_before(known, holder, &before, at);
        let office = Site {
            id: SiteId::parse("shop").expect("a name"),
            partner: None,
            zone: self.zone.clone(),
        };
        let mut dealt = shares::free(self.connection, programs)?;
        for (counter, given) in shares::of_shop(&before) {
            *dealt.entry(counter.clone()).or_default() += given;
        }
        let now = engine::due(day, &known, holder, programs, &office, &dealt);
        let now = due::given(holder, now);
        let mut more = due::beyond(now, &before);
        if more.is_empty() {
            return Ok(());
        }
        due::reachable(&mut more, self.today());
        for change in due::post(&Books(self.connection), &more, at, day)? {
            keep(self.connection, Source::Due, self.zone, &change)?;
        }
        shares::office_used(self.connection, &more)?;
        let account = account_of(self.connection, &Account::Holder(holder.clone()))?;
        let body = minicbor::to_vec(&more).expect("writing into memory cannot fail");
        self.connection
            .prepare_cached(
                "INSERT INTO due (account, day, n, body, made_at)
                 SELECT ?1, ?2, COUNT(*), ?3, ?4 FROM due WHERE account = ?1 AND day = ?2",
            )?
            .execute(params![account, day.to_string(), body, self.now.millis()])
            .map(drop)
    }

    /// What a day has brought a holder so far.
    fn given(&self, holder: &Holder, day: Day) -> rusqlite::Result<Vec<ForOther>> {
        let name = Account::Holder(holder.clone()).name();
        let Some(account) = account_named(self.connection, &name)? else {
            return Ok(Vec::new());
        };
        let mut bodies = self
            .connection
            .prepare_cached("SELECT body FROM due WHERE account = ?1 AND day = ?2 ORDER BY n")?;
        let mut rows = bodies.query(params![account, day.to_string()])?;
        let mut given = Vec::new();
        while let Some(row) = rows.next()? {
            let bytes: Vec<u8> = row.get(0)?;
            let part: Vec<ForOther> = minicbor::decode(&bytes).map_err(unreadable)?;
            given.extend(part);
        }
        Ok(given)
    }

    /// A holder as rules ask about him; an organisation stands for itself.
    fn known(&self, holder: &Holder, day: Day) -> rusqlite::Result<Option<Known>> {
        match holder {
            Holder::Member(id) => feed::known(self.connection, id, day).map(Some),
            Holder::Organisation(name) => {
                let standing = feed::standing(self.connection, holder, day)?;
                let member = Member {
                    organisation: Some(name.clone()),
                    ..Member::named(MemberId::parse(name.as_str()).map_err(unreadable)?)
                };
                Ok(Some(Known {
                    member,
                    standing: standing.clone(),
                    organisation: Some(standing),
                }))
            }
            _ => Ok(None),
        }
    }

    /// Before an entry is booked: what its holders are due from days that began before it, where the sweep has not come to
    /// them yet.
    pub fn before(&mut self, entry: &Concerned) -> rusqlite::Result<()> {
        let Some(through) = through(self.connection)? else {
            return Ok(());
        };
        let last = entry.at.day(self.zone).min(self.today()).first_of(1);
        for holder in &entry.holders {
            let name = Account::Holder(holder.clone()).name();
            let done = self.ahead(&name)?.map_or(through, |ahead| ahead.max(through));
            let mut day = done.first_of(1).plus_months(1);
            while day <= last {
                if let Some(programs) = self.acting(day)? {
                    self.serve(&programs, holder, day)?;
                }
                let account = account_of(self.connection, &Account::Holder(holder.clone()))?;
                self.connection
                    .prepare_cached("INSERT OR REPLACE INTO due_ahead (account, day) VALUES (?1, ?2)")?
                    .execute(params![account, day.to_string()])?;
                day = day.plus_months(1);
            }
        }
        Ok(())
    }

    /// After entries are booked that belong before days which are done: what these days bring in addition. `late` names the
    /// earliest moment of each holder's.
    pub fn after(&mut self, late: &BTreeMap<Holder, Moment>) -> rusqlite::Result<()> {
        let Some(through) = through(self.connection)? else {
            return Ok(());
        };
        for (holder, at) in late {
            let name = Account::Holder(holder.clone()).name();
            let done = self.ahead(&name)?.map_or(through, |ahead| ahead.max(through));
            let mut day = at.day(self.zone).first_of(1);
            for _ in 0..LATEST {
                day = day.plus_months(1);
                if day > done {
                    break;
                }
                if let Some(programs) = self.acting(day)? {
                    self.serve(&programs, holder, day)?;
                }
            }
        }
        Ok(())
    }
}

/// Whom an entry concerns, and when it was.
pub struct Concerned {
    /// When.
    pub at: Moment,
    /// The buyer, others, and the buyer's organisation: unknown cards left out.
    pub holders: Vec<Holder>,
}

impl Concerned {
    /// Looks into an entry; none where it cannot be read, or concerns nobody.
    pub fn of(connection: &Connection, sealed: &Sealed) -> rusqlite::Result<Option<Concerned>> {
        let Ok((entry, body)) = sealed.open().and_then(|entry| Ok((entry.clone(), entry.body()?))) else {
            return Ok(None);
        };
        let at = match &body {
            Body::Sale(sale) => sale.basket.opened,
            _ => entry.clock.wall,
        };
        let others = body.others().iter().map(|other| &other.holder);
        let mut holders = Vec::new();
        for holder in entry.holder.iter().chain(others) {
            let holder = match holder {
                Holder::Card(token) => Books(connection).owner(token)?.map(Holder::Member),
                Holder::Shop => None,
                known => Some(known.clone()),
            };
            if let Some(Holder::Member(id)) = &holder
                && let Some((member, _)) = feed::member(connection, id)?
            {
                holders.extend(member.organisation.map(Holder::Organisation));
            }
            holders.extend(holder);
        }
        holders.sort();
        holders.dedup();
        Ok((!holders.is_empty()).then_some(Concerned { at, holders }))
    }
}

/// The next holders of the sweep after a name: all members, then organisations that have an account.
fn holders(connection: &Connection, after: &str, most: usize) -> rusqlite::Result<Vec<Holder>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut holders = Vec::new();
    if !after.starts_with("organisation:") {
        let after = after.strip_prefix("member:").unwrap_or_default();
        let mut members =
            connection.prepare_cached("SELECT id FROM member WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        for id in members.query_map(params![after, most], |row| row.get::<_, String>(0))? {
            holders.push(Holder::Member(MemberId::parse(&id?).map_err(unreadable)?));
        }
    }
    let rest = most - i64::try_from(holders.len()).unwrap_or(most);
    let after = if after.starts_with("organisation:") {
        after
    } else {
        "organisation:"
    };
    let mut organisations = connection.prepare_cached(
        "SELECT name FROM account WHERE name > ?1 AND name LIKE 'organisation:%' ORDER BY name LIMIT ?2",
    )?;
    for name in organisations.query_map(params![after, rest], |row| row.get::<_, String>(0))? {
        let name = name?;
        let name = name.strip_prefix("organisation:").unwrap_or(&name);
        holders.push(Holder::Organisation(
            OrganisationId::parse(name).map_err(unreadable)?,
        ));
    }
    Ok(holders)
}
