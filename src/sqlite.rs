//! Opening SQLite files the one way we open them: version checked, write-ahead log, every commit on the disk before it
//! is answered, numbered migrations. For the terminal's files and the server's.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::Migrations;

/// The oldest SQLite we run on: versions before it lose data when two connections write and checkpoint at once.
const OLDEST_VERSION: i32 = 3_051_003;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SqliteError {
    /// An SQLite with the WAL-reset bug.
    #[error("this program was built with SQLite {found}, which can lose data; build it with 3.51.3 or later")]
    Version {
        /// The version that was found.
        found: &'static str,
    },
    /// A newer program has written the file.
    #[error(
        "{} was written by a newer vafa (form {found}, this one knows {known}): install the newer version",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The form that was found.
        found: i64,
        /// The newest form that this program knows.
        known: i64,
    },
    /// The file is no database, or damaged.
    #[error("{} is damaged ({why})", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        why: String,
    },
    /// The disk is full.
    #[error("the disk that holds {} is full: free some space, nothing was written", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The folder or file cannot be written.
    #[error("{} cannot be written ({why}): check the folder's owner and whether its disk is read-only", path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// What SQLite or the system says.
        why: String,
    },
    /// Anything else.
    #[error("{}: {why}", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        why: String,
    },
}

impl SqliteError {
    /// Puts an error of SQLite into the words of whoever must act on it.
    pub fn of(path: &Path, error: &rusqlite::Error) -> SqliteError {
        use rusqlite::Error as Found;
        use rusqlite::ErrorCode as Code;
        let (path, why) = (path.to_owned(), on_one_line(&error.to_string()));
        // Our tables are strict and their single rows are made with them: another type, or none, is damage.
        if let Found::InvalidColumnType(..)
        | Found::FromSqlConversionFailure(..)
        | Found::IntegralValueOutOfRange(..)
        | Found::QueryReturnedNoRows
        | Found::SqlInputError { .. } = error
        {
            return SqliteError::Damaged { path, why };
        }
        match error.sqlite_error_code() {
            // The memory that readers and the writer share is a file, too, and SQLite has no other word for it.
            Some(Code::SystemIoFailure) if extended(error) == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => {
                SqliteError::Full { path }
            }
            Some(Code::DiskFull) => SqliteError::Full { path },
            Some(Code::NotADatabase | Code::DatabaseCorrupt) => SqliteError::Damaged { path, why },
            Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied) => {
                SqliteError::NotWritable { path, why }
            }
            _ => SqliteError::Other { path, why },
        }
    }
}

fn extended(error: &rusqlite::Error) -> Option<i32> {
    error.sqlite_error().map(|error| error.extended_code)
}

/// SQLite may quote a whole table in its reasons; whoever reads them wants a sentence.
pub fn on_one_line(why: &str) -> String {
    let words: Vec<&str> = why.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST_WHY).collect()
}

/// The most characters of a reason that SQLite gives.
const LONGEST_WHY: usize = 120;

/// How sure a commit must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// On the disk before it is answered: journals and the server's books.
    Synced,
    /// A power cut may lose the last commits, never tear one: what can be fetched again.
    Relaxed,
}

/// Opens a file for writing, makes it where it is missing and brings it to the newest form.
pub fn open(
    path: &Path,
    durability: Durability,
    migrations: &Migrations<'_>,
) -> Result<Connection, SqliteError> {
    check_version()?;
    let fail = |error: rusqlite::Error| SqliteError::of(path, &error);
    let mut connection = Connection::open(path).map_err(fail)?;
    connection.busy_timeout(Duration::from_secs(10)).map_err(fail)?;
    let synchronous = match durability {
        Durability::Synced => "FULL",
        Durability::Relaxed => "NORMAL",
    };
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .map_err(fail)?;
    connection
        .pragma_update(None, "synchronous", synchronous)
        .map_err(fail)?;
    connection
        .pragma_update(None, "foreign_keys", true)
        .map_err(fail)?;
    connection
        .pragma_update(None, "trusted_schema", false)
        .map_err(fail)?;
    connection.set_prepared_statement_cache_capacity(64);
    migrate(path, &mut connection, migrations)?;
    Ok(connection)
}

/// Opens a file beside the process that writes it. It must exist.
pub fn open_beside(path: &Path, migrations: &Migrations<'_>) -> Result<Connection, SqliteError> {
    check_version()?;
    let fail = |error: rusqlite::Error| SqliteError::of(path, &error);
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(fail)?;
    connection.busy_timeout(Duration::from_secs(10)).map_err(fail)?;
    match refuse_newer(path, &connection, migrations) {
        Ok(()) => Ok(connection),
        Err(error @ SqliteError::NotWritable { .. }) => open_unchanging(path).ok_or(error),
        Err(error) => Err(error),
    }
}

/// Opens a file that nobody can be writing: its folder is read-only, and no log lies beside it. SQLite would make the
/// log and what readers share even to read, and cannot.
fn open_unchanging(path: &Path) -> Option<Connection> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if std::fs::metadata(log).is_ok_and(|log| log.len() > 0) {
        return None;
    }
    let whole = std::path::absolute(path).ok()?;
    let plain = whole
        .to_str()?
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("file:{plain}?immutable=1"), flags).ok()
}

/// The version of SQLite that this program was built with.
pub fn version() -> &'static str {
    rusqlite::version()
}

fn check_version() -> Result<(), SqliteError> {
    if rusqlite::version_number() < OLDEST_VERSION {
        return Err(SqliteError::Version {
            found: rusqlite::version(),
        });
    }
    Ok(())
}

fn refuse_newer(
    path: &Path,
    connection: &Connection,
    migrations: &Migrations<'_>,
) -> Result<(), SqliteError> {
    let found: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| SqliteError::of(path, &error))?;
    let known = i64::from(migrations.pending_migrations(connection).unwrap_or(0)) + found;
    if known < found {
        return Err(SqliteError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    Ok(())
}

fn migrate(path: &Path, connection: &mut Connection, migrations: &Migrations<'_>) -> Result<(), SqliteError> {
    refuse_newer(path, connection, migrations)?;
    migrations.to_latest(connection).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => SqliteError::of(path, &err),
        other => SqliteError::Other {
            path: path.to_owned(),
            why: other.to_string(),
        },
    })
}
