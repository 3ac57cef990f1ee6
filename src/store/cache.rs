//! cache.db: goods, cards with their members, sites, as of a cursor of the server's feed. It may vanish at any time:
//! then it is made anew, and until the next sync the till sells by open price.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use minicbor::{Decode, Encode};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use rusqlite_migration::{M, Migrations};

use super::StoreError;
use crate::loyalty::calendar::Moment;
use crate::loyalty::goods::Goods;
use crate::loyalty::id::Sku;
use crate::loyalty::member::{CardToken, Known};
use crate::loyalty::terminal::Epoch;
use crate::sqlite::{self, Durability, SqliteError};

static MIGRATIONS: LazyLock<Migrations<'static>> = LazyLock::new(|| {
    Migrations::new(vec![
        M::up(include_str!("migrations/cache-001.sql")),
        M::up(include_str!("migrations/cache-002.sql")),
    ])
});

/// The cache's file.
pub struct Cache {
    connection: Connection,
    path: PathBuf,
}

/// Where the cache stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CacheMark {
    /// The server's incarnation that its rows came from.
    pub epoch: Option<Epoch>,
    /// The version of the feed up to which it is complete; 0 for an empty cache.
    pub cursor: u64,
    /// The last signed answer of the server.
    pub last_sync: Option<Moment>,
}

/// What the cache keeps of a card.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct CardRow {
    /// The whole token.
    #[n(0)]
    pub token: CardToken,
    /// The version of the feed that brought it.
    #[n(1)]
    pub version: u64,
    /// This terminal's entries up to here are part of the standing.
    #[n(2)]
    pub reflected: u64,
    /// The member.
    #[n(3)]
    pub known: Known,
}

impl Cache {
    /// Opens the cache. One that is missing is made; one that is broken is put aside and made anew.
    pub fn open_or_heal(path: &Path) -> Result<Cache, StoreError> {
        match Cache::open(path) {
            Err(SqliteError::Damaged { .. } | SqliteError::Other { .. } | SqliteError::Newer { .. }) => {
                remove(path)?;
                Ok(Cache::open(path)?)
            }
            other => Ok(other?),
        }
    }

    fn open(path: &Path) -> Result<Cache, SqliteError> {
        let connection = sqlite::open(path, Durability::Relaxed, &MIGRATIONS)?;
        let cache = Cache {
            connection,
            path: path.to_owned(),
        };
        // A broken page shows at the first look-ups rather than in front of a customer.
        cache.mark()?;
        cache.card(&CardToken::from_bytes([0; 16]))?;
        cache.goods("")?;
        Ok(cache)
    }

    /// Opens the cache of a folder beside the process that writes it, to read only.
    pub fn beside(folder: &Path) -> Result<Cache, SqliteError> {
        let path = folder.join(super::CACHE);
        let connection = sqlite::open_beside(&path, &MIGRATIONS)?;
        let cache = Cache { connection, path };
        cache.mark()?;
        Ok(cache)
    }

    fn failed(&self, error: &rusqlite::Error) -> SqliteError {
        SqliteError::of(&self.path, error)
    }

    fn open_row<T: for<'b> Decode<'b, ()>>(&self, row: &[u8]) -> Result<T, SqliteError> {
        opened(row).ok_or_else(|| SqliteError::Damaged {
            path: self.path.clone(),
            why: "a row is not what was written".to_owned(),
        })
    }

    /// Puts a freshly built file in the place of this one.
    pub(super) fn swap(&mut self, built: &Path) -> Result<(), StoreError> {
        let failed = |error: std::io::Error| StoreError::Folder {
            path: built.to_owned(),
            why: error.to_string(),
        };
        // The old file stays whole until the new one takes its name in one step; only its log must go before.
        self.connection =
            Connection::open_in_memory().map_err(|error| SqliteError::of(&self.path, &error))?;
        let swapped = remove_ending(&self.path, "-wal")
            .and_then(|()| remove_ending(&self.path, "-shm"))
            .and_then(|()| std::fs::rename(built, &self.path).map_err(failed));
        *self = Cache::open_or_heal(&self.path)?;
        swapped
    }

    /// Starts the cache anew after it broke while it was open.
    pub fn heal(&mut self) -> Result<(), StoreError> {
        self.connection =
            Connection::open_in_memory().map_err(|error| SqliteError::of(&self.path, &error))?;
        let removed = remove(&self.path);
        *self = Cache::open(&self.path)?;
        removed
    }

    /// Where the cache stands.
    pub fn mark(&self) -> Result<CacheMark, SqliteError> {
        let sql = "SELECT epoch, cursor, last_sync FROM mark";
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| {
                statement.query_row([], |row| {
                    let epoch: Option<[u8; 16]> = row.get(0)?;
                    let last_sync: Option<i64> = row.get(2)?;
                    Ok(CacheMark {
                        epoch: epoch.map(Epoch),
                        cursor: row.get::<_, i64>(1)?.unsigned_abs(),
                        last_sync: last_sync.map(Moment::from_millis),
                    })
                })
            })
            .map_err(|error| self.failed(&error))
    }

    /// The member of a card.
    pub fn card(&self, token: &CardToken) -> Result<Option<CardRow>, SqliteError> {
        let found: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT body FROM card WHERE token = ?1")
            .and_then(|mut statement| statement.query_row([token.short()], |row| row.get(0)).optional())
            .map_err(|error| self.failed(&error))?;
        let row: Option<CardRow> = found.map(|row| self.open_row(&row)).transpose()?;
        Ok(row.filter(|row| row.token == *token))
    }

    /// The least number of this card's passes that is still good; none where no pass of it was withdrawn.
    pub fn least_pass(&self, token: &CardToken) -> Result<Option<u16>, SqliteError> {
        self.connection
            .prepare_cached("SELECT least FROM withdrawn WHERE token = ?1")
            .and_then(|mut statement| statement.query_row([token.short()], |row| row.get(0)).optional())
            .map_err(|error| self.failed(&error))
    }

    /// An article by its sku.
    pub fn goods(&self, sku: &str) -> Result<Option<Goods>, SqliteError> {
        let found: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT body FROM goods WHERE sku = ?1")
            .and_then(|mut statement| statement.query_row([sku], |row| row.get(0)).optional())
            .map_err(|error| self.failed(&error))?;
        found.map(|row| self.open_row(&row)).transpose()
    }

    /// A site: its partner and its zone's name.
    pub fn site(&self, id: &str) -> Result<Option<(Option<String>, String)>, SqliteError> {
        self.connection
            .prepare_cached("SELECT partner, timezone FROM site WHERE id = ?1")
            .and_then(|mut statement| {
                statement
                    .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
            })
            .map_err(|error| self.failed(&error))
    }

    /// All sites, with their zones' names.
    pub fn sites(&self) -> Result<Vec<(String, String)>, SqliteError> {
        let query = || -> rusqlite::Result<Vec<(String, String)>> {
            let mut statement = self.connection.prepare("SELECT id, timezone FROM site")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        };
        query().map_err(|error| self.failed(&error))
    }

    /// Articles whose name holds these letters, by name; at most `most`.
    pub fn goods_named(&self, letters: &str, most: usize) -> Result<Vec<Goods>, SqliteError> {
        let pattern = letters.replace(['%', '_', '\\'], "");
        let query = || -> rusqlite::Result<Vec<Vec<u8>>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT body FROM goods WHERE name LIKE ?1 OR sku LIKE ?2 ORDER BY name LIMIT ?3",
            )?;
            let limit = i64::try_from(most).unwrap_or(i64::MAX);
            let rows = statement.query_map(
                params![format!("%{pattern}%"), format!("{pattern}%"), limit],
                |row| row.get::<_, Vec<u8>>(0),
            )?;
            rows.collect()
        };
        let rows = query().map_err(|error| self.failed(&error))?;
        rows.iter().map(|row| self.open_row(row)).collect()
    }

    /// How many cards and how many goods there are.
    pub fn counts(&self) -> Result<(u64, u64), SqliteError> {
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
        let counts = self
            .connection
            .query_row("SELECT cards, goods FROM mark", [], row);
        counts
            .map(|(cards, goods)| (cards.unsigned_abs(), goods.unsigned_abs()))
            .map_err(|error| self.failed(&error))
    }

    /// Takes in rows and moves the cursor, together or not at all. A row that is here already in a newer version stays.
    pub fn take_in<F>(&mut self, mark: CacheMark, rows: F) -> Result<(), SqliteError>
    where
        F: FnOnce(&CacheWriter<'_>) -> rusqlite::Result<()>,
    {
        let path = self.path.clone();
        let failed = |error: rusqlite::Error| SqliteError::of(&path, &error);
        let tx = self.connection.transaction().map_err(failed)?;
        let writer = CacheWriter {
            tx: &tx,
            cards: Cell::new(0),
            goods: Cell::new(0),
        };
        rows(&writer).map_err(failed)?;
        let (cards, goods) = (writer.cards.get(), writer.goods.get());
        tx.execute(
            "UPDATE mark SET epoch = ?1, cursor = ?2, last_sync = coalesce(?3, last_sync),
                cards = cards + ?4, goods = goods + ?5",
            params![
                mark.epoch.map(|epoch| epoch.0),
                i64::try_from(mark.cursor).unwrap_or(i64::MAX),
                mark.last_sync.map(Moment::millis),
                cards,
                goods
            ],
        )
        .map_err(failed)?;
        tx.commit().map_err(failed)
    }

    /// Notes a signed answer of the server.
    pub fn heard(&mut self, at: Moment) -> Result<(), SqliteError> {
        self.connection
            .execute("UPDATE mark SET last_sync = ?1", [at.millis()])
            .map(|_| ())
            .map_err(|error| SqliteError::of(&self.path, &error))
    }
}

/// What writing a row came to. The error gets the file's name when the page ends.
pub type RowResult = rusqlite::Result<()>;

/// Writes rows of one page.
pub struct CacheWriter<'a> {
    tx: &'a Transaction<'a>,
    cards: Cell<i64>,
    goods: Cell<i64>,
}

impl CacheWriter<'_> {
    /// A card and its member.
    pub fn card(&self, row: &CardRow) -> rusqlite::Result<()> {
        let there: Option<Vec<u8>> = self
            .tx
            .prepare_cached("SELECT body FROM card WHERE token = ?1")?
            .query_row([row.token.short()], |found| found.get(0))
            .optional()?;
        if there.is_none() {
            self.cards.set(self.cards.get() + 1);
        }
        let there: Option<CardRow> = there.and_then(|row| opened(&row));
        if there.is_some_and(|there| there.token == row.token && there.version > row.version) {
            return Ok(());
        }
        let body = closed(row);
        self.tx
            .prepare_cached("INSERT OR REPLACE INTO card (token, body) VALUES (?1, ?2)")?
            .execute(params![row.token.short(), body])?;
        Ok(())
    }

    /// A card that is none any more.
    pub fn card_gone(&self, token: &CardToken) -> rusqlite::Result<()> {
        let gone = self
            .tx
            .prepare_cached("DELETE FROM card WHERE token = ?1")?
            .execute([token.short()])?;
        self.cards.set(self.cards.get() - i64::from(gone > 0));
        Ok(())
    }

    /// Passes of a card below a number were withdrawn. What was withdrawn once stays so.
    pub fn least_pass(&self, token: &CardToken, least: u16) -> rusqlite::Result<()> {
        self.tx
            .prepare_cached(
                "INSERT INTO withdrawn (token, least) VALUES (?1, ?2)
                 ON CONFLICT (token) DO UPDATE SET least = max(least, excluded.least)",
            )?
            .execute(params![token.short(), least])?;
        Ok(())
    }

    /// An article.
    pub fn goods(&self, goods: &Goods) -> rusqlite::Result<()> {
        let body = closed(goods);
        let is_new = !self
            .tx
            .prepare_cached("SELECT 1 FROM goods WHERE sku = ?1")?
            .exists([goods.sku.as_str()])?;
        self.goods.set(self.goods.get() + i64::from(is_new));
        self.tx
            .prepare_cached("INSERT OR REPLACE INTO goods (sku, name, body) VALUES (?1, ?2, ?3)")?
            .execute(params![goods.sku.as_str(), goods.name, body])?;
        Ok(())
    }

    /// An article that is no longer sold.
    pub fn goods_gone(&self, sku: &str) -> rusqlite::Result<()> {
        let gone = self
            .tx
            .prepare_cached("DELETE FROM goods WHERE sku = ?1")?
            .execute([sku])?;
        self.goods.set(self.goods.get() - i64::from(gone > 0));
        Ok(())
    }

    /// A site.
    pub fn site(&self, id: &str, partner: Option<&str>, timezone: &str) -> rusqlite::Result<()> {
        self.tx
            .prepare_cached("INSERT OR REPLACE INTO site (id, partner, timezone) VALUES (?1, ?2, ?3)")?
            .execute(params![id, partner, timezone])?;
        Ok(())
    }
}

/// A cache under construction beside the one in use: a snapshot is taken into it and then swapped in whole.
pub struct CacheBuild {
    cache: Cache,
}

impl CacheBuild {
    /// Begins in an empty file; what an earlier attempt left there is removed.
    pub fn begin(path: &Path) -> Result<CacheBuild, StoreError> {
        remove(path)?;
        Ok(CacheBuild {
            cache: Cache::open(path)?,
        })
    }

    /// Takes in rows.
    pub fn take_in<F>(&mut self, rows: F) -> Result<(), SqliteError>
    where
        F: FnOnce(&CacheWriter<'_>) -> rusqlite::Result<()>,
    {
        self.cache.take_in(CacheMark::default(), rows)
    }

    /// Ends with the mark of the snapshot, everything in one file.
    pub fn finish(mut self, mark: CacheMark) -> Result<(), SqliteError> {
        self.cache.take_in(mark, |_| Ok(()))?;
        let Cache { connection, path } = self.cache;
        // Closing would fold the log into the file, too, but keep silent where the disk is full.
        connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(|error| SqliteError::of(&path, &error))?;
        connection
            .close()
            .map_err(|(_, error)| SqliteError::of(&path, &error))
    }
}

/// A sku as a scanner may read it: as it is, and where it is a GTIN, without the zeros in front.
pub fn sku_spellings(text: &str) -> Vec<Sku> {
    let mut spellings = vec![text];
    if text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        for length in [13, 12, 8] {
            if let Some((zeros, rest)) = text.split_at_checked(text.len().saturating_sub(length))
                && rest.len() == length
                && !zeros.is_empty()
                && zeros.bytes().all(|byte| byte == b'0')
            {
                spellings.push(rest);
            }
        }
    }
    spellings
        .into_iter()
        .filter_map(|text| Sku::parse(text).ok())
        .collect()
}

/// How many bytes of its hash follow a row: a disk that flips bits would otherwise sell at another price.
const CHECK: usize = 4;

fn closed<T: Encode<()>>(row: &T) -> Vec<u8> {
    let mut bytes = minicbor::to_vec(row).expect("writing into memory cannot fail");
    let hash = blake3::hash(&bytes);
    bytes.extend_from_slice(&hash.as_bytes()[..CHECK]);
    bytes
}

fn opened<T: for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Option<T> {
    let (row, check) = bytes.split_at_checked(bytes.len().checked_sub(CHECK)?)?;
    let is_whole = blake3::hash(row).as_bytes()[..CHECK] == *check;
    is_whole.then(|| minicbor::decode(row).ok()).flatten()
}

fn remove(path: &Path) -> Result<(), StoreError> {
    ["", "-wal", "-shm"]
        .into_iter()
        .try_for_each(|ending| remove_ending(path, ending))
}

fn remove_ending(path: &Path, ending: &str) -> Result<(), StoreError> {
    let mut file = path.as_os_str().to_owned();
    file.push(ending);
    match std::fs::remove_file(&file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::Folder {
            path: file.into(),
            why: error.to_string(),
        }),
        _ => Ok(()),
    }
}
