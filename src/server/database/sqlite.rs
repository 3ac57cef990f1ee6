//! The server's books in one SQLite file. Here is the trait, method by method; the SQL lies by meaning in the files
//! below: entries in `push`, accounts in `books`, terminals and codes in `enrol`, what terminals read in `feed`, imports in
//! `import`, what falls due in `due`, draws in `draws`, shares in `shares`, reports and checks in `audit`.

mod audit;
mod books;
mod draws;
mod due;
mod enrol;
mod feed;
mod import;
mod passes;
mod programs;
mod push;
mod shares;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::{FromSql, ToSql, Type};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use rusqlite_migration::{M, Migrations};

use super::{
    CardsOf, Database, DatabaseError, Enrolled, Identity, Import, ImportMode, Imported, MemberCard, NewCode,
    NewPass, PassKey, Progress, Push, Pushed, RowSink, SnapshotBase, SyncReport, Terminal,
};
use due::Due;
use programs::Programs;

use crate::loyalty::amount::Points;
use crate::loyalty::calendar::{Day, Moment, Zone};
use crate::loyalty::id::{MemberId, PurseId, TerminalId};
use crate::loyalty::journal::Head;
use crate::loyalty::member::CardToken;
use crate::loyalty::settlement::Moved;
use crate::sqlite::{Durability, SqliteError, open};
use crate::wire::{EnrolRequest, FeedReply, SharesReply, SharesRequest, SignedBundle, SignedKeys};

/// How long a writer waits for another process.
const WAIT_S: u64 = 45;
/// A backup is at most so many publications old: a terminal that names a greater version is not believed.
const BUNDLES_LOST: u64 = 1_000;

/// The books in a file.
pub struct SqliteBooks {
    path: PathBuf,
    connection: Connection,
    programs: Programs,
}

impl SqliteBooks {
    /// Opens the file, makes it where it is missing and brings it to the newest form.
    pub fn open(path: &Path) -> Result<SqliteBooks, DatabaseError> {
        let migrations = Migrations::new(vec![
            M::up(include_str!("migrations/001_first.sql")),
            M::up(include_str!("migrations/002_passes.sql")),
            M::up(include_str!("migrations/003_standing.sql")),
            M::up_with_hook(include_str!("migrations/004_due.sql"), |tx| {
                Ok(feed::keep_buyers(tx)?)
            }),
            M::up(include_str!("migrations/005_draws.sql")),
            M::up(include_str!("migrations/006_shares.sql")),
        ]);
        let connection = open(path, Durability::Synced, &migrations)?;
        connection
            .busy_timeout(Duration::from_secs(WAIT_S))
            .map_err(|error| SqliteError::of(path, &error))?;
        Ok(SqliteBooks {
            path: path.to_owned(),
            connection,
            programs: Programs::default(),
        })
    }

    fn fail(&self, error: &rusqlite::Error) -> DatabaseError {
        fail(&self.path, error)
    }

    fn read<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, DatabaseError> {
        self.connection
            .unchecked_transaction()
            .and_then(|tx| ask(&tx))
            .map_err(|error| self.fail(&error))
    }

    fn write<T>(
        &mut self,
        act: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, DatabaseError> {
        let path = self.path.clone();
        let done = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|tx| {
                let done = act(&tx)?;
                tx.commit()?;
                Ok(done)
            });
        done.map_err(|error| fail(&path, &error))
    }
}

impl SqliteBooks {
    /// Writes something that asks the programs, too.
    fn write_with<T>(
        &mut self,
        act: impl FnOnce(&Transaction<'_>, &mut Programs) -> rusqlite::Result<T>,
    ) -> Result<T, DatabaseError> {
        let mut programs = std::mem::take(&mut self.programs);
        let done = self.write(|tx| act(tx, &mut programs));
        self.programs = programs;
        done
    }
}

fn fail(path: &Path, error: &rusqlite::Error) -> DatabaseError {
    use rusqlite::ErrorCode as Code;
    match error.sqlite_error_code() {
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => DatabaseError::Busy { waited_s: WAIT_S },
        _ => DatabaseError::File(SqliteError::of(path, error)),
    }
}

/// Another try may succeed: the disk is full, or another process is in the way. Whatever else goes wrong would go wrong
/// again.
fn is_transient(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode as Code;
    matches!(
        error.sqlite_error_code(),
        Some(
            Code::DatabaseBusy
                | Code::DatabaseLocked
                | Code::DiskFull
                | Code::SystemIoFailure
                | Code::OutOfMemory
                | Code::ReadOnly
                | Code::CannotOpen
        )
    )
}

/// A purse would hold more than can be added up safely.
#[derive(Debug, thiserror::Error)]
#[error("the purse would hold more than can be added up")]
struct TooLarge;

fn is_too_large(error: &rusqlite::Error) -> bool {
    matches!(error, rusqlite::Error::ToSqlConversionFailure(why) if why.is::<TooLarge>())
}

/// A value of our own file that cannot be read: the file was changed by somebody else.
fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, Box::new(error))
}

fn meta<T: FromSql>(connection: &Connection, key: &str) -> rusqlite::Result<Option<T>> {
    connection
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()
}

fn set_meta(connection: &Connection, key: &str, value: impl ToSql) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
        .execute(rusqlite::params![key, value])
        .map(drop)
}

/// Keeps the greatest version that terminals know, if a lost part of these books may have published it.
fn note_bundle(connection: &Connection, version: u64) -> rusqlite::Result<()> {
    let published = feed::bundle(connection)?.map_or(0, |newest| newest.version);
    let before = meta(connection, "bundle_seen")?.map_or(0, count);
    if version > published.max(before) && version - published <= BUNDLES_LOST {
        set_meta(connection, "bundle_seen", counted(version))?;
    }
    Ok(())
}

/// Numbers that count things: SQLite keeps them signed.
fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn counted(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn day_of(text: &str) -> rusqlite::Result<Day> {
    Day::parse(text).map_err(unreadable)
}

impl Database for SqliteBooks {
    fn identity(&self) -> Result<Option<Identity>, DatabaseError> {
        self.read(|connection| {
            let (shop, card_key) = (meta(connection, "shop")?, meta(connection, "card_key")?);
            let server_public = meta(connection, "server_public")?;
            Ok(match (shop, card_key, server_public) {
                (Some(shop), Some(card_key), Some(server_public)) => Some(Identity {
                    shop,
                    card_key,
                    server_public,
                }),
                _ => None,
            })
        })
    }

    fn found(&mut self, identity: &Identity) -> Result<(), DatabaseError> {
        self.write(|tx| {
            set_meta(tx, "shop", &identity.shop)?;
            set_meta(tx, "card_key", identity.card_key)?;
            set_meta(tx, "server_public", identity.server_public)
        })
    }

    fn count_start(&mut self, at_least: u64) -> Result<u64, DatabaseError> {
        self.write(|tx| {
            let before = count(meta::<i64>(tx, "starts")?.unwrap_or(0));
            let now = before.max(at_least) + 1;
            set_meta(tx, "starts", counted(now))?;
            Ok(now)
        })
    }

    fn starts(&self) -> Result<u64, DatabaseError> {
        self.read(|connection| Ok(count(meta::<i64>(connection, "starts")?.unwrap_or(0))))
    }

    fn keep_code(&mut self, code: &NewCode, zone: &Zone, now: Moment) -> Result<bool, DatabaseError> {
        self.write(|tx| enrol::keep_code(tx, code, zone, now))
    }

    fn enrol(&mut self, ask: &EnrolRequest, now: Moment) -> Result<Enrolled, DatabaseError> {
        self.write(|tx| enrol::enrol(tx, ask, now))
    }

    fn terminal(&self, terminal: &TerminalId) -> Result<Option<Terminal>, DatabaseError> {
        self.read(|connection| enrol::terminal(connection, terminal))
    }

    fn seen(
        &mut self,
        terminal: &TerminalId,
        program_version: &str,
        now: Moment,
    ) -> Result<(), DatabaseError> {
        self.write(|tx| enrol::seen(tx, terminal, Some(program_version), now))
    }

    fn heard(
        &mut self,
        terminal: &TerminalId,
        heads: &[Head],
        bundle: u64,
        now: Moment,
    ) -> Result<bool, DatabaseError> {
        self.write(|tx| {
            note_bundle(tx, bundle)?;
            push::note_forks(tx, terminal, heads, now)
        })
    }

    fn bundle_seen(&self) -> Result<u64, DatabaseError> {
        self.read(|connection| Ok(count(meta(connection, "bundle_seen")?.unwrap_or(0))))
    }

    fn push(&mut self, push: &Push<'_>) -> Result<Pushed, DatabaseError> {
        self.write_with(|tx, programs| {
            let pushed = push::push(tx, push, programs)?;
            enrol::seen(tx, push.terminal, None, push.now)?;
            Ok(pushed)
        })
    }

    fn deal(&mut self, terminal: &TerminalId, ask: &SharesRequest) -> Result<SharesReply, DatabaseError> {
        self.write_with(|tx, programs| shares::deal(tx, terminal, ask, programs))
    }

    fn fall_due(&mut self, zone: &Zone, now: Moment, most: usize) -> Result<bool, DatabaseError> {
        if !self.read(|connection| due::is_waiting(connection, zone, now))? {
            return Ok(false);
        }
        self.write_with(|connection, programs| {
            let mut due = Due {
                connection,
                programs,
                zone,
                now,
                acting: BTreeMap::new(),
            };
            due.sweep(most)
        })
    }

    fn feed(
        &self,
        terminal: &TerminalId,
        from: u64,
        rows: u16,
        today: Day,
    ) -> Result<FeedReply, DatabaseError> {
        self.read(|connection| feed::page(connection, terminal, from, rows, today))
    }

    fn tell_lapsed(&mut self, today: Day) -> Result<(), DatabaseError> {
        let told: Option<String> = self.read(|connection| meta(connection, "lapsed_told"))?;
        if told.as_deref() == Some(today.to_string().as_str()) {
            return Ok(());
        }
        self.write(|tx| {
            feed::touch_lapsed(tx, &told.unwrap_or_default(), &today.to_string())?;
            set_meta(tx, "lapsed_told", today.to_string())
        })
    }

    fn version(&self) -> Result<u64, DatabaseError> {
        self.read(feed::version)
    }

    fn snapshot(&self, today: Day, take: &mut RowSink<'_>) -> Result<SnapshotBase, DatabaseError> {
        let mut refused = None;
        let base = self.read(|connection| {
            feed::everything(connection, today, &mut |row| {
                if refused.is_none()
                    && let Err(error) = take(row)
                {
                    refused = Some(error);
                }
                refused.is_none()
            })
        })?;
        refused.map_or(Ok(base), Err)
    }

    fn bundle(&self) -> Result<Option<SignedBundle>, DatabaseError> {
        self.read(feed::bundle)
    }

    fn publish(&mut self, bundle: &SignedBundle, now: Moment) -> Result<(), DatabaseError> {
        self.write(|tx| {
            tx.execute(
                "INSERT INTO bundle (version, bytes, signature, made_at) VALUES (?1, ?2, ?3, ?4)",
                rusqlite::params![
                    counted(bundle.version),
                    bundle.bytes,
                    bundle.signature,
                    now.millis()
                ],
            )?;
            feed::touch(tx, "bundle", "")
        })
    }

    fn import(
        &mut self,
        rows: &Import,
        mode: ImportMode,
        progress: &mut Progress<'_>,
    ) -> Result<Imported, DatabaseError> {
        let path = self.path.clone();
        let tx = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| fail(&path, &error))?;
        let imported = import::import(&tx, rows, mode.today, progress).map_err(|stopped| match stopped {
            import::Stopped::Sql(error) => fail(&path, &error),
            import::Stopped::Row { line, why } => DatabaseError::Row { line, why },
        })?;
        if !mode.dry_run {
            tx.commit().map_err(|error| fail(&path, &error))?;
        }
        Ok(imported)
    }

    fn pass_keys(&self) -> Result<Vec<PassKey>, DatabaseError> {
        self.read(passes::keys)
    }

    fn pass_key_list(&self) -> Result<Option<SignedKeys>, DatabaseError> {
        self.read(passes::list)
    }

    fn keep_pass_key(
        &mut self,
        key: &PassKey,
        before: u64,
        list: &SignedKeys,
        now: Moment,
    ) -> Result<bool, DatabaseError> {
        self.write(|tx| passes::keep_key(tx, key, before, list, now))
    }

    fn cards(&self, of: &CardsOf) -> Result<Vec<MemberCard>, DatabaseError> {
        self.read(|connection| passes::cards(connection, of))
    }

    fn number_pass(&mut self, pass: &NewPass, now: Moment) -> Result<Option<u16>, DatabaseError> {
        self.write(|tx| passes::number_pass(tx, pass, now))
    }

    fn withdraw_passes(
        &mut self,
        card: &CardToken,
        reason: &str,
        now: Moment,
    ) -> Result<Option<u16>, DatabaseError> {
        self.write(|tx| passes::withdraw(tx, card, reason, now))
    }

    fn moves_between_partners(&self) -> Result<Vec<Moved>, DatabaseError> {
        self.read(audit::moves_between_partners)
    }

    fn sync_report(&self) -> Result<SyncReport, DatabaseError> {
        self.read(audit::sync_report)
    }

    fn balances(&self, today: Day) -> Result<BTreeMap<MemberId, BTreeMap<PurseId, Points>>, DatabaseError> {
        self.read(|connection| audit::balances(connection, today))
    }

    fn audit(&self) -> Result<Vec<String>, DatabaseError> {
        self.read(|connection| {
            let mut findings = audit::audit(connection)?;
            findings.extend(shares::audit(connection, &mut Programs::default())?);
            Ok(findings)
        })
    }

    fn checkpoint(&mut self) -> Result<(), DatabaseError> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(|error| self.fail(&error))
    }
}
