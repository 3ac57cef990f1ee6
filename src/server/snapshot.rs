//! Snapshots: all rows of the feed in a few packed files, named by their hash, for terminals that begin. One is made
//! from a single reading of the books and used again as long as little has changed: the feed gives the rest.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use minicbor::{Decode, Encode};

use super::database::DatabaseError;
use super::head_office::{open_database, zone_of};
use super::{Server, ServerError, hold, keys, now};
use crate::loyalty::id::TerminalId;
use crate::loyalty::terminal::Epoch;
use crate::wire::{FEED_ROWS, Manifest, Part, ROWS, Row, hex, unhex};

/// The most rows of a part.
const PART_ROWS: u64 = 100_000;
/// How hard zstd tries: a snapshot is made once and fetched by every new terminal.
const LEVEL: i32 = 6;

/// A snapshot that is there, with what it reflects of each terminal.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Kept {
    #[n(0)]
    epoch: Epoch,
    #[n(1)]
    version: u64,
    #[n(2)]
    through: BTreeMap<TerminalId, u64>,
    #[n(3)]
    parts: Vec<Part>,
    /// Parts of rows that not every terminal reads, by the generation of their rows.
    #[n(4)]
    #[cbor(default)]
    later: Vec<(u16, Part)>,
}

impl Kept {
    fn all_parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().chain(self.later.iter().map(|(_, part)| part))
    }
}

/// What a terminal must fetch that reads rows up to a generation.
pub fn manifest(server: &Server, terminal: &TerminalId, rows: u16) -> Result<Manifest, ServerError> {
    let _one_at_a_time = hold(&server.snapshots);
    let folder = folder(server);
    let newest = hold(&server.reader).version()?;
    let before = read_kept(&folder);
    let good = before
        .as_ref()
        .is_some_and(|kept| is_new_enough(kept, server.epoch(), newest));
    let kept = match before {
        Some(kept) if good => kept,
        before => make(server, &folder, before.as_ref())?,
    };
    let later = kept
        .later
        .into_iter()
        .filter(|(generation, _)| *generation <= rows);
    let later = later.map(|(_, part)| part);
    Ok(Manifest {
        epoch: kept.epoch,
        version: kept.version,
        reflected: kept.through.get(terminal).copied().unwrap_or(0),
        parts: kept.parts.into_iter().chain(later).collect(),
    })
}

/// The bytes of a part; none where there is no such part (any more).
pub fn part(server: &Server, hash: &str) -> Result<Option<Vec<u8>>, ServerError> {
    let Some(hash) = unhex::<32>(hash) else {
        return Ok(None);
    };
    let path = part_path(&folder(server), &hash);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ServerError::file(&path, &error)),
    }
}

fn folder(server: &Server) -> PathBuf {
    server.data.join("snapshots")
}

fn part_path(folder: &Path, hash: &[u8; 32]) -> PathBuf {
    folder.join(format!("{}.zst", hex(hash)))
}

/// A page of the feed more is cheaper than a new snapshot.
fn is_new_enough(kept: &Kept, epoch: Epoch, newest: u64) -> bool {
    kept.epoch == epoch && kept.version <= newest && newest - kept.version < FEED_ROWS as u64
}

fn read_kept(folder: &Path) -> Option<Kept> {
    let kept: Kept = minicbor::decode(&std::fs::read(folder.join("current")).ok()?).ok()?;
    let all_there = kept.all_parts().all(|part| {
        std::fs::metadata(part_path(folder, &part.hash)).is_ok_and(|file| file.len() == part.bytes)
    });
    all_there.then_some(kept)
}

fn make(server: &Server, folder: &Path, before: Option<&Kept>) -> Result<Kept, ServerError> {
    std::fs::create_dir_all(folder).map_err(|error| ServerError::file(folder, &error))?;
    // A connection of its own: a long reading must not keep others from theirs.
    let books = open_database(&server.data, &server.config)?;
    let mut writer = PartWriter {
        folder,
        open: BTreeMap::new(),
        parts: Vec::new(),
    };
    let today = now().day(&zone_of(books.as_ref())?);
    let base = books.snapshot(today, &mut |row| writer.take(&row))?;
    for generation in 1..=ROWS {
        writer.end_part(generation)?;
    }
    let (first, later) = writer
        .parts
        .into_iter()
        .partition(|(generation, _)| *generation == 1);
    let first: Vec<(u16, Part)> = first;
    let kept = Kept {
        epoch: server.epoch(),
        version: base.version,
        through: base.through,
        parts: first.into_iter().map(|(_, part)| part).collect(),
        later,
    };
    let bytes = minicbor::to_vec(&kept).expect("writing into memory cannot fail");
    let current = folder.join("current");
    keys::replace(&current, &bytes).map_err(|error| ServerError::file(&current, &error))?;
    remove_others(folder, before.into_iter().chain([&kept]));
    Ok(kept)
}

/// Takes out parts of older snapshots; those of the last one stay, for whoever is just fetching them.
fn remove_others<'a>(folder: &Path, stay: impl Iterator<Item = &'a Kept>) {
    let stay: BTreeSet<PathBuf> = stay
        .flat_map(Kept::all_parts)
        .map(|part| part_path(folder, &part.hash))
        .chain([folder.join("current")])
        .collect();
    let Ok(files) = std::fs::read_dir(folder) else {
        return;
    };
    for path in files.flatten().map(|file| file.path()) {
        if !stay.contains(&path)
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::warn!(file = %path.display(), %error, "an old part of a snapshot stays");
        }
    }
}

/// Writes rows into parts, those of each generation into parts of their own.
struct PartWriter<'a> {
    folder: &'a Path,
    open: BTreeMap<u16, OpenPart>,
    parts: Vec<(u16, Part)>,
}

struct OpenPart {
    packed: zstd::stream::write::Encoder<'static, Hashed>,
    rows: u64,
}

impl PartWriter<'_> {
    fn take(&mut self, row: &Row) -> Result<(), DatabaseError> {
        let fail = |error: io::Error| beside(self.folder, &error);
        let generation = row.generation();
        let part = match self.open.entry(generation) {
            Entry::Occupied(part) => part.into_mut(),
            Entry::Vacant(empty) => {
                let file = File::create(new_part(self.folder, generation)).map_err(fail)?;
                let hashed = Hashed {
                    file,
                    hash: blake3::Hasher::new(),
                    bytes: 0,
                };
                let packed = zstd::stream::write::Encoder::new(hashed, LEVEL).map_err(fail)?;
                empty.insert(OpenPart { packed, rows: 0 })
            }
        };
        let bytes = minicbor::to_vec(row).expect("writing into memory cannot fail");
        part.packed.write_all(&bytes).map_err(fail)?;
        part.rows += 1;
        if part.rows == PART_ROWS {
            self.end_part(generation)?;
        }
        Ok(())
    }

    fn end_part(&mut self, generation: u16) -> Result<(), DatabaseError> {
        let Some(part) = self.open.remove(&generation) else {
            return Ok(());
        };
        let fail = |error: io::Error| beside(self.folder, &error);
        let hashed = part.packed.finish().map_err(fail)?;
        hashed.file.sync_all().map_err(fail)?;
        let hash = *hashed.hash.finalize().as_bytes();
        let new = new_part(self.folder, generation);
        std::fs::rename(new, part_path(self.folder, &hash)).map_err(fail)?;
        let part = Part {
            hash,
            rows: part.rows,
            bytes: hashed.bytes,
        };
        self.parts.push((generation, part));
        Ok(())
    }
}

fn new_part(folder: &Path, generation: u16) -> PathBuf {
    folder.join(format!("part{generation}.new"))
}

fn beside(folder: &Path, error: &io::Error) -> DatabaseError {
    DatabaseError::Beside {
        what: format!("a snapshot in {}", folder.display()),
        why: error.to_string(),
    }
}

/// A file that is hashed while it is written.
struct Hashed {
    file: File,
    hash: blake3::Hasher,
    bytes: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
