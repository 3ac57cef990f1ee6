//! The issuer's public keys: which there are, from when to when each is in use, and which were withdrawn. Terminals get
//! the list as one signed document; how it is signed and kept is theirs.

use std::fmt;

use minicbor::{Decode, Encode};

use super::super::calendar::Day;
use super::{KEY, PassError};

/// One key of the issuer.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct IssuerKey {
    /// Its number, which stands in each pass that it signed. Never given to another key.
    #[n(0)]
    pub id: u8,
    /// The Ed25519 public key.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub public: [u8; KEY],
    /// The first day on which its passes are taken.
    #[n(2)]
    pub not_before: Day,
    /// The last such day; none while nobody has set one.
    #[n(3)]
    pub not_after: Option<Day>,
    /// Withdrawn: nothing that it signed is taken, whatever the day.
    #[n(4)]
    pub revoked: bool,
}

impl fmt::Debug for IssuerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, ..] = self.public;
        write!(f, "issuer key {} ({a:02x}{b:02x}…)", self.id)
    }
}

impl IssuerKey {
    /// Are its passes taken on this day?
    ///
    /// # Errors
    /// `KeyRevoked` or `KeyRetired`.
    pub fn is_in_use(&self, today: Day) -> Result<(), PassError> {
        if self.revoked {
            return Err(PassError::KeyRevoked);
        }
        let is_over = self.not_after.is_some_and(|last| today > last);
        if today < self.not_before || is_over {
            return Err(PassError::KeyRetired);
        }
        Ok(())
    }
}

/// All keys of the issuer, as the server's key signs them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct KeyList {
    /// Rises with every list; a terminal never goes back to a lower one.
    #[n(0)]
    pub version: u64,
    /// The shop it is for.
    #[n(1)]
    pub shop: String,
    /// The keys, each number once.
    #[n(2)]
    pub keys: Vec<IssuerKey>,
}

impl KeyList {
    /// The key of this number.
    pub fn key(&self, id: u8) -> Option<&IssuerKey> {
        self.keys.iter().find(|key| key.id == id)
    }
}
