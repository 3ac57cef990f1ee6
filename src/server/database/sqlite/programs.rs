//! The bundles of the books as programs, each read once.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};

use super::{count, counted};
use crate::loyalty::calendar::Moment;
use crate::loyalty::program::{ProgramSet, Terms, file};
use crate::wire::Bundle;

/// Programs by the version of their bundle. A bundle never changes, so what was read once stays right; one that this program
/// cannot read any more gives nothing.
#[derive(Default)]
pub struct Programs {
    read: BTreeMap<u64, Option<Arc<ProgramSet>>>,
}

impl Programs {
    /// The programs that were in force at a moment: the newest that had been published by then.
    pub fn in_force(
        &mut self,
        connection: &Connection,
        at: Moment,
    ) -> rusqlite::Result<Option<Arc<ProgramSet>>> {
        let version: Option<i64> = connection
            .prepare_cached("SELECT MAX(version) FROM bundle WHERE made_at <= ?1")?
            .query_row([at.millis()], |row| row.get(0))?;
        match version {
            Some(version) => self.of(connection, count(version)),
            None => Ok(None),
        }
    }

    /// The programs that were published last.
    pub fn newest(&mut self, connection: &Connection) -> rusqlite::Result<Option<Arc<ProgramSet>>> {
        let version: Option<i64> = connection
            .prepare_cached("SELECT MAX(version) FROM bundle")?
            .query_row([], |row| row.get(0))?;
        match version {
            Some(version) => self.of(connection, count(version)),
            None => Ok(None),
        }
    }

    /// The programs of a version.
    pub fn of(&mut self, connection: &Connection, version: u64) -> rusqlite::Result<Option<Arc<ProgramSet>>> {
        if let Some(read) = self.read.get(&version) {
            return Ok(read.clone());
        }
        let bytes: Option<Vec<u8>> = connection
            .prepare_cached("SELECT bytes FROM bundle WHERE version = ?1")?
            .query_row([counted(version)], |row| row.get(0))
            .optional()?;
        let set = bytes.and_then(|bytes| read(&bytes)).map(Arc::new);
        self.read.insert(version, set.clone());
        Ok(set)
    }
}

fn read(bytes: &[u8]) -> Option<ProgramSet> {
    let bundle: Bundle = minicbor::decode(bytes).ok()?;
    let terms = Terms::of(&bundle.currency, &bundle.timezone, &bundle.price_basis).ok()?;
    file::read_all(&bundle.files, terms).ok()
}
