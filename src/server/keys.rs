//! What lies beside the books and not in them: the server's signing key, and its incarnation. A backup of the books
//! alone can therefore not be taken for the server it was copied from.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;

use super::ServerError;
use crate::loyalty::terminal::Epoch;
use crate::wire::{hex, unhex};

/// Fills an array by chance.
pub fn random<const N: usize>() -> Result<[u8; N], ServerError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| ServerError::Chance {
        why: error.to_string(),
    })?;
    Ok(bytes)
}

/// Where the key is.
pub fn key_path(data: &Path) -> PathBuf {
    data.join("server.key")
}

/// Reads the signing key; none where there is no such file.
pub fn read_key(data: &Path) -> Result<Option<SigningKey>, ServerError> {
    let path = key_path(data);
    let Some(text) = read(&path)? else {
        return Ok(None);
    };
    let secret = unhex::<32>(text.trim()).ok_or(ServerError::KeyFile { path })?;
    Ok(Some(SigningKey::from_bytes(&secret)))
}

/// Makes a new signing key. An existing file is never overwritten.
pub fn make_key(data: &Path) -> Result<SigningKey, ServerError> {
    let key = SigningKey::from_bytes(&random()?);
    let path = key_path(data);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = |mut file: File| {
        file.write_all(hex(key.as_bytes()).as_bytes())?;
        file.sync_all()
    };
    options
        .open(&path)
        .and_then(write)
        .map_err(|error| ServerError::file(&path, &error))?;
    Ok(key)
}

/// The server's incarnation and how often it was started in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incarnation {
    /// What terminals compare.
    pub epoch: Epoch,
    /// Starts counted; the books count them too, and books that know of fewer were put back from a backup.
    pub starts: u64,
}

/// Reads the incarnation; none where there is no such file, or one that cannot be read: then a new one begins.
pub fn read_incarnation(data: &Path) -> Result<Option<Incarnation>, ServerError> {
    let text = read(&data.join("server.epoch"))?.unwrap_or_default();
    let mut words = text.split_whitespace();
    let (epoch, starts) = (
        words.next().and_then(unhex),
        words.next().and_then(|n| n.parse().ok()),
    );
    Ok(epoch.zip(starts).map(|(epoch, starts)| Incarnation {
        epoch: Epoch(epoch),
        starts,
    }))
}

/// Writes the incarnation: the file is whole at every moment.
pub fn write_incarnation(data: &Path, incarnation: &Incarnation) -> Result<(), ServerError> {
    let path = data.join("server.epoch");
    let text = format!("{} {}\n", hex(&incarnation.epoch.0), incarnation.starts);
    replace(&path, text.as_bytes()).map_err(|error| ServerError::file(&path, &error))
}

/// Puts a file in another's place, all or nothing.
pub fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

fn read(path: &Path) -> Result<Option<String>, ServerError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ServerError::file(path, &error)),
    }
}
