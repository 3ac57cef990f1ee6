//! A machine becomes a terminal: the key is made here and never leaves; the one-time code proves each side to the
//! other without travelling.

use std::path::Path;

use ed25519_dalek::{SigningKey, VerifyingKey};

use super::client::{self, LineError};
use crate::loyalty::calendar::Zone;
use crate::loyalty::id::{PartnerId, TerminalId};
use crate::loyalty::terminal::Post;
use crate::store::{Identity, Keys, Store, StoreError};

/// Why a machine did not become a terminal.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The line, or the server's no.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The reply names something this program cannot use.
    #[error(
        "the server's answer cannot be used ({what}): check that server and terminal have the same version"
    )]
    Unusable {
        /// What.
        what: &'static str,
    },
    /// The machine gives no random numbers.
    #[error("this machine gives no random numbers ({why}), so no key can be made")]
    NoChance {
        /// What the system says.
        why: String,
    },
    /// The code was mistyped.
    #[error("the code is not typed right: type it as \"vafa server code\" printed it")]
    Mistyped,
    /// The thread of the line cannot be started.
    #[error("the line cannot be started ({0})")]
    Thread(std::io::Error),
}

/// Makes the machine with this folder a terminal of the server at `url`. Answers its name.
pub fn enrol(url: &str, code: &str, folder: &Path) -> Result<TerminalId, EnrolError> {
    client::address(url)?;
    if !crate::wire::code_is_whole(code) {
        return Err(EnrolError::Mistyped);
    }
    Store::can_be_made(folder)?;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| EnrolError::NoChance {
        why: error.to_string(),
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(EnrolError::Thread)?;
    let reply = runtime.block_on(client::enrol(url, code, &SigningKey::from_bytes(&seed)))?;
    let unusable = |what| EnrolError::Unusable { what };
    let server_key = VerifyingKey::from_bytes(&reply.server_key).map_err(|_| unusable("its key"))?;
    reply
        .bundle
        .open(&server_key)
        .map_err(|_| unusable("its programs"))?;
    let identity = Identity {
        url: url.trim_end_matches('/').to_owned(),
        post: Post {
            shop: reply.shop,
            terminal: reply.terminal.clone(),
            site: reply.site.id,
            zone: Zone::named(&reply.site.timezone).map_err(|_| unusable("the site's time zone"))?,
            day_begins_h: 4,
        },
        partner: reply.site.partner.and_then(|name| PartnerId::parse(&name).ok()),
        server_key,
    };
    Store::create(folder, identity, Keys::new(seed, reply.card_key), &reply.bundle)?;
    Ok(reply.terminal)
}

/// Notes that the server of this terminal answers at another address now. It must still be the same server: it is known
/// by its key.
pub fn move_to(folder: &Path, url: &str) -> Result<(), EnrolError> {
    client::address(url)?;
    Store::open(folder)?.journal.move_to(url)?;
    Ok(())
}
