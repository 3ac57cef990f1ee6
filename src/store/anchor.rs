//! Where the journal's chain ends, in a file of its own: a few bytes written after each commit and never waited for. A
//! journal that ends before its anchor has lost entries that a customer's receipt names, because its log was removed or
//! damaged, and it says so instead of giving their numbers out again.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::loyalty::journal::{Hash, Head};

const FILE: &str = "journal.anchor";
const HEAD_BYTES: usize = 40;
const CHECK_BYTES: usize = 8;

/// The anchor of the journal that is being written.
pub(super) struct Anchor(Option<File>);

impl Anchor {
    /// Opens the anchor beside a journal, to be moved. Without one the journal is only less well watched.
    pub(super) fn beside(journal: &Path) -> Anchor {
        Anchor(
            File::options()
                .create(true)
                .write(true)
                .truncate(false)
                .open(path(journal))
                .ok(),
        )
    }

    /// A journal that nobody moves on from here.
    pub(super) fn none() -> Anchor {
        Anchor(None)
    }

    /// Notes the new end. What cannot be noted leaves an older anchor, which claims less.
    pub(super) fn drop_at(&self, head: Head) {
        if let Some(file) = &self.0 {
            let mut bytes = [0; HEAD_BYTES + CHECK_BYTES];
            bytes[..8].copy_from_slice(&head.seq.to_be_bytes());
            bytes[8..HEAD_BYTES].copy_from_slice(head.hash.bytes());
            let check = blake3::hash(&bytes[..HEAD_BYTES]);
            bytes[HEAD_BYTES..].copy_from_slice(&check.as_bytes()[..CHECK_BYTES]);
            let _ = file.write_all_at(&bytes, 0);
        }
    }
}

/// The end that was noted last, if there is a whole note.
pub(super) fn last(journal: &Path) -> Option<Head> {
    let bytes = std::fs::read(path(journal)).ok()?;
    let (head, check) = bytes.split_at_checked(HEAD_BYTES)?;
    if check != &blake3::hash(head).as_bytes()[..CHECK_BYTES] {
        return None;
    }
    let (seq, hash) = head.split_at_checked(8)?;
    Some(Head {
        seq: u64::from_be_bytes(seq.try_into().ok()?),
        hash: Hash::from_bytes(hash.try_into().ok()?),
    })
}

fn path(journal: &Path) -> PathBuf {
    journal.with_file_name(FILE)
}
