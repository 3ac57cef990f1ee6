//! The terminal's two files and its only SQL. journal.db holds what only this terminal knows and is never thrown away;
//! cache.db holds what the server can give again. One process writes them at a time; others read beside it.

mod anchor;
mod cache;
mod drafts;
mod identity;
mod journal;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::sqlite::SqliteError;
use crate::wire::SignedBundle;

pub use cache::{Cache, CacheBuild, CacheMark, CacheWriter, CardRow, RowResult, sku_spellings};
pub use drafts::Draft;
pub use identity::{Identity, Keys};
pub use journal::{Answered, Journal, ShownCode, SoldAs, Waiting};

/// The journal's file name inside a terminal's folder.
pub const JOURNAL: &str = "journal.db";
/// The cache's file name inside a terminal's folder.
pub const CACHE: &str = "cache.db";
const LOCK: &str = "terminal.lock";
const LOCK_TRIES: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(30);
/// SQLite takes a file of fewer bytes for one that is to be made.
const SMALLEST: u64 = 512;
/// What a terminal's files take before the first sale, and some sales.
const ROOM: usize = 1024 * 1024;

/// Why a terminal's folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process writes it.
    #[error(
        "another vafa (a till, a replay or a sync) is at work in {}: end it first, then try again",
        folder.display()
    )]
    Busy {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder is no terminal yet.
    #[error(
        "{} is no terminal yet: get a code with \"vafa server code --site ID\" and run \"vafa enrol URL CODE\"",
        folder.display()
    )]
    NotEnrolled {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder is a terminal already.
    #[error("{} is terminal {terminal} already: use another folder with --data", folder.display())]
    Enrolled {
        /// The folder.
        folder: PathBuf,
        /// Its name.
        terminal: String,
    },
    /// The journal does not hold together.
    #[error(
        "the journal {} is damaged ({why}). Nothing was written. Keep the folder as it is, enrol this machine in a new \
         folder to go on selling, and give the office what \"vafa journal export\" can still read",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        why: String,
    },
    /// The key file is missing or not readable.
    #[error("the key file {} {why}: put it back from where it was moved, or enrol this machine in a new folder", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The folder or a file in it cannot be made or opened.
    #[error("{} cannot be written ({why}): check the folder's owner and whether its disk is full or read-only", path.display())]
    Folder {
        /// The path.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// SQLite refuses.
    #[error(transparent)]
    Sqlite(#[from] SqliteError),
}

/// A terminal's folder, open for writing by this process alone.
pub struct Store {
    /// What only this terminal knows.
    pub journal: Journal,
    /// What the server can give again.
    pub cache: Cache,
    /// Who this terminal is.
    pub identity: Identity,
    /// Its secrets.
    pub keys: Keys,
    folder: PathBuf,
    _lock: File,
}

impl Store {
    /// Opens the folder of an enrolled terminal. The cache is made anew where it is missing or broken; a journal that
    /// does not hold together is refused and left as it is.
    pub fn open(folder: &Path) -> Result<Store, StoreError> {
        has_journal(folder)?;
        let lock = lock(folder)?;
        // Checked by reading alone: opening for writing would fold a damaged log into the file.
        let reader = Journal::beside(folder)?;
        let identity = reader.identity()?.ok_or_else(|| StoreError::NotEnrolled {
            folder: folder.to_owned(),
        })?;
        reader.check_recent(&identity)?;
        drop(reader);
        let journal = Journal::open(&folder.join(JOURNAL))?;
        let keys = Keys::load(folder)?;
        let cache = Cache::open_or_heal(&folder.join(CACHE))?;
        Ok(Store {
            journal,
            cache,
            identity,
            keys,
            folder: folder.to_owned(),
            _lock: lock,
        })
    }

    /// Makes a folder a terminal's, with its first programs. Refused where it is one already.
    pub fn create(
        folder: &Path,
        identity: Identity,
        keys: Keys,
        bundle: &SignedBundle,
    ) -> Result<Store, StoreError> {
        make_folder(folder)?;
        let lock = lock(folder)?;
        let mut journal = Journal::open(&folder.join(JOURNAL))?;
        if let Some(before) = journal.identity()? {
            let terminal = before.post.terminal.to_string();
            return Err(StoreError::Enrolled {
                folder: folder.to_owned(),
                terminal,
            });
        }
        keys.save(folder)?;
        let cache = Cache::open_or_heal(&folder.join(CACHE))?;
        // Last: a folder that is not finished is no terminal's.
        journal.become_terminal(&identity, bundle)?;
        Ok(Store {
            journal,
            cache,
            identity,
            keys,
            folder: folder.to_owned(),
            _lock: lock,
        })
    }

    /// Refuses early, before any code is used up, a folder that is a terminal already or cannot be written.
    pub fn can_be_made(folder: &Path) -> Result<(), StoreError> {
        make_folder(folder)?;
        let _lock = lock(folder)?;
        if !folder.join(JOURNAL).exists() {
            return has_room(folder);
        }
        match Journal::open(&folder.join(JOURNAL))?.identity()? {
            None => has_room(folder),
            Some(before) => Err(StoreError::Enrolled {
                folder: folder.to_owned(),
                terminal: before.post.terminal.to_string(),
            }),
        }
    }

    /// The terminal's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts a freshly built cache in the place of the old one.
    pub fn swap_cache(&mut self, built: &Path) -> Result<(), StoreError> {
        self.cache.swap(built)
    }
}

/// Makes the folder where it is missing, for its owner alone: it holds keys, and what members bought.
fn make_folder(folder: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    made.map_err(|error| StoreError::Folder {
        path: folder.to_owned(),
        why: error.to_string(),
    })
}

/// Is there a journal to open? One that is too short would be made anew in silence; beside a key it was cut off.
fn has_journal(folder: &Path) -> Result<(), StoreError> {
    let path = folder.join(JOURNAL);
    match std::fs::metadata(&path) {
        Ok(file) if file.len() >= SMALLEST => Ok(()),
        Ok(file) if Keys::load(folder).is_ok() => Err(StoreError::Damaged {
            path,
            why: format!("only {} bytes of it are left", file.len()),
        }),
        _ => Err(StoreError::NotEnrolled {
            folder: folder.to_owned(),
        }),
    }
}

/// Is there room for a terminal's files? A machine that cannot keep what it was told would have used up its code.
fn has_room(folder: &Path) -> Result<(), StoreError> {
    let path = folder.join("room.tmp");
    let tried = std::fs::write(&path, vec![0; ROOM]);
    let removed = std::fs::remove_file(&path);
    tried.and(removed).map_err(|error| StoreError::Folder {
        path: folder.to_owned(),
        why: error.to_string(),
    })
}

fn lock(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join(LOCK);
    let failed = |error: std::io::Error| StoreError::Folder {
        path: path.clone(),
        why: error.to_string(),
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(failed)?;
    // A process that has just been ended holds the lock for a moment longer.
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
    Err(StoreError::Busy {
        folder: folder.to_owned(),
    })
}
