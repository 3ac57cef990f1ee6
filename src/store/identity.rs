//! Who this terminal is, and its secrets: the signing key never leaves the key file, which only its owner may read.

use std::io::Write;
use std::path::Path;

use ed25519_dalek::{SigningKey, VerifyingKey};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::StoreError;
use crate::loyalty::id::PartnerId;
use crate::loyalty::program::Site;
use crate::loyalty::terminal::Post;

const FILE: &str = "terminal.key";

/// Who this terminal is, as the server made it.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The server's address.
    pub url: String,
    /// Shop, terminal, site and zone.
    pub post: Post,
    /// The partner of a coalition that runs the site.
    pub partner: Option<PartnerId>,
    /// The key by which the server's words are known.
    pub server_key: VerifyingKey,
}

impl Identity {
    /// The site, as the engine asks for it.
    pub fn site(&self) -> Site {
        Site {
            id: self.post.site.clone(),
            partner: self.partner.clone(),
            zone: self.post.zone.clone(),
        }
    }
}

/// The terminal's secrets.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Keys {
    seed: [u8; 32],
    card_key: [u8; 32],
}

impl Keys {
    /// Keeps a seed made on this machine, and the shop's card key.
    pub fn new(seed: [u8; 32], card_key: [u8; 32]) -> Keys {
        Keys { seed, card_key }
    }

    /// The key that signs requests and heads.
    pub fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(&self.seed)
    }

    /// The key under which card numbers become tokens.
    pub fn card_key(&self) -> &[u8; 32] {
        &self.card_key
    }

    /// Reads the key file.
    pub fn load(folder: &Path) -> Result<Keys, StoreError> {
        let path = folder.join(FILE);
        let wrong = |why: String| StoreError::Key {
            path: path.clone(),
            why,
        };
        let mut bytes = std::fs::read(&path).map_err(|error| wrong(format!("cannot be read ({error})")))?;
        let halves = bytes
            .split_at_checked(32)
            .and_then(|(a, b)| Some((a.try_into().ok()?, b.try_into().ok()?)));
        let keys = halves.map(|(seed, card_key)| Keys { seed, card_key });
        bytes.zeroize();
        keys.ok_or_else(|| wrong("is not one of vafa's".to_owned()))
    }

    /// Writes the key file, readable by its owner alone, and waits until it is on the disk.
    pub(super) fn save(&self, folder: &Path) -> Result<(), StoreError> {
        use std::os::unix::fs::OpenOptionsExt;
        let path = folder.join(FILE);
        let mut options = std::fs::File::options();
        let written = options
            .create(true)
            .write(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| {
                file.write_all(&self.seed)?;
                file.write_all(&self.card_key)?;
                file.sync_all()
            });
        written.map_err(|error| StoreError::Folder {
            path,
            why: error.to_string(),
        })
    }
}
