//! The list of the keys that sign passes, as one document under the server's signature.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

use super::WireError;
use crate::loyalty::pass::KeyList;

/// What is signed begins with this.
const PURPOSE: &[u8] = b"vafa pass keys 1\0";

/// A list of keys as the server published it. Signed over `bytes`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedKeys {
    /// Rises with every list; a terminal never goes back to a lower one.
    #[n(0)]
    pub version: u64,
    /// A `KeyList`.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
    /// The server key's signature.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

impl SignedKeys {
    /// Signs a list with the server's key.
    pub fn sign(list: &KeyList, key: &SigningKey) -> SignedKeys {
        let bytes = minicbor::to_vec(list).expect("writing into memory cannot fail");
        let signature = key.sign(&[PURPOSE, &bytes].concat()).to_bytes();
        SignedKeys {
            version: list.version,
            bytes,
            signature,
        }
    }

    /// Opens it, if the server signed it for this shop.
    ///
    /// # Errors
    /// `NotSigned`, or `Unreadable`.
    pub fn open(&self, key: &VerifyingKey, shop: &str) -> Result<KeyList, WireError> {
        let signed = [PURPOSE, &self.bytes].concat();
        key.verify_strict(&signed, &Signature::from_bytes(&self.signature))
            .map_err(|_| WireError::NotSigned)?;
        let list: KeyList = minicbor::decode(&self.bytes).map_err(|error| WireError::Unreadable {
            why: error.to_string(),
        })?;
        match list.version == self.version && list.shop == shop {
            true => Ok(list),
            false => Err(WireError::NotSigned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_opened_with_the_servers_key_for_its_shop_only() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let list = KeyList {
            version: 3,
            shop: "here".to_owned(),
            keys: Vec::new(),
        };
        let signed = SignedKeys::sign(&list, &key);
        assert_eq!(signed.open(&key.verifying_key(), "here"), Ok(list));
        assert!(signed.open(&key.verifying_key(), "there").is_err());
        assert!(
            signed
                .open(&SigningKey::from_bytes(&[8; 32]).verifying_key(), "here")
                .is_err()
        );
        let raised = SignedKeys { version: 4, ..signed };
        assert_eq!(
            raised.open(&key.verifying_key(), "here"),
            Err(WireError::NotSigned)
        );
    }
}
