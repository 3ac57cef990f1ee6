//! Taking everything anew: parts are fetched into files (going on where a broken line stopped), checked by their hash
//! against the signed list, and built into a new cache beside the one in use.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::client::{Line, LineError};
use super::take;
use crate::store::{CacheBuild, CacheMark};
use crate::wire::{Manifest, Row, SignedBundle, SignedKeys};

/// The most bytes of one row; a snapshot never holds more than a few rows in memory.
const ROW_BYTES: usize = 1024 * 1024;
/// How many rows go into one transaction.
const ROWS_AT_ONCE: usize = 10_000;

/// A new cache, ready to be swapped in.
#[derive(Debug)]
pub struct Built {
    /// The file.
    pub file: PathBuf,
    /// The list it was built from.
    pub manifest: Manifest,
    /// What of its rows the journal keeps.
    pub signed: Signed,
}

/// Signed documents among the rows, the newest of each kind.
#[derive(Debug, Default)]
pub struct Signed {
    /// Programs.
    pub bundle: Option<SignedBundle>,
    /// The keys that sign passes.
    pub pass_keys: Option<SignedKeys>,
}

impl Signed {
    fn take(&mut self, row: Row) {
        match row {
            Row::Bundle(newer)
                if self
                    .bundle
                    .as_ref()
                    .is_none_or(|older| older.version < newer.version) =>
            {
                self.bundle = Some(newer);
            }
            Row::PassKeys(newer)
                if self
                    .pass_keys
                    .as_ref()
                    .is_none_or(|older| older.version < newer.version) =>
            {
                self.pass_keys = Some(newer);
            }
            _ => {}
        }
    }
}

/// Fetches and builds.
pub async fn take(line: &Line, folder: &Path, manifest: Manifest) -> Result<Built, LineError> {
    let parts = folder.join("snapshot");
    let failed = |path: &Path, why: String| LineError::File {
        path: path.to_owned(),
        why,
    };
    std::fs::create_dir_all(&parts).map_err(|error| failed(&parts, error.to_string()))?;
    let mut files = Vec::new();
    for part in &manifest.parts {
        let file = parts.join(crate::wire::hex(&part.hash));
        line.fetch_part(part, &file).await?;
        files.push(file);
    }
    let file = folder.join("cache.new.db");
    let mut build = CacheBuild::begin(&file).map_err(|error| failed(&file, error.to_string()))?;
    let mut signed = Signed::default();
    for part in &files {
        take_part(part, &manifest, &mut build, &mut signed)?;
    }
    let mark = CacheMark {
        epoch: Some(manifest.epoch),
        cursor: manifest.version,
        last_sync: None,
    };
    build
        .finish(mark)
        .map_err(|error| failed(&file, error.to_string()))?;
    // The parts have done their work; what cannot be removed is removed the next time.
    let _ = std::fs::remove_dir_all(&parts);
    Ok(Built {
        file,
        manifest,
        signed,
    })
}

fn take_part(
    part: &Path,
    manifest: &Manifest,
    build: &mut CacheBuild,
    signed: &mut Signed,
) -> Result<(), LineError> {
    let failed = |why: String| LineError::File {
        path: part.to_owned(),
        why,
    };
    let file = std::fs::File::open(part).map_err(|error| failed(error.to_string()))?;
    let stream = zstd::stream::read::Decoder::new(file).map_err(|error| failed(error.to_string()))?;
    let mut rows = Rows {
        stream,
        buffer: Vec::new(),
        start: 0,
        is_at_end: false,
    };
    loop {
        let mut page = Vec::new();
        while page.len() < ROWS_AT_ONCE {
            match rows.next().map_err(|error| failed(error.to_string()))? {
                Some(row) => page.push(row),
                None => break,
            }
        }
        if page.is_empty() {
            return Ok(());
        }
        let stored = build.take_in(|writer| {
            page.iter()
                .try_for_each(|row| take::row(writer, row, manifest.version, manifest.reflected))
        });
        stored.map_err(|error| failed(error.to_string()))?;
        page.into_iter().for_each(|row| signed.take(row));
    }
}

/// Rows one after the other, out of a stream.
struct Rows<R> {
    stream: R,
    buffer: Vec<u8>,
    start: usize,
    is_at_end: bool,
}

impl<R: Read> Rows<R> {
    fn next(&mut self) -> std::io::Result<Option<Row>> {
        loop {
            let mut decoder = minicbor::Decoder::new(&self.buffer[self.start..]);
            match decoder.decode::<Row>() {
                Ok(row) => {
                    self.start += decoder.position();
                    return Ok(Some(row));
                }
                Err(_) if self.is_at_end && self.start == self.buffer.len() => return Ok(None),
                Err(error) if self.is_at_end || !error.is_end_of_input() => {
                    return Err(std::io::Error::other(error.to_string()));
                }
                Err(_) => self.fill()?,
            }
        }
    }

    fn fill(&mut self) -> std::io::Result<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        if self.buffer.len() > ROW_BYTES {
            return Err(std::io::Error::other("a row is larger than any of ours"));
        }
        let before = self.buffer.len();
        let mut chunk = (&mut self.stream).take(64 * 1024);
        chunk.read_to_end(&mut self.buffer)?;
        self.is_at_end = self.buffer.len() == before;
        Ok(())
    }
}
