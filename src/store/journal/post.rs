//! Who this terminal is, as the server made it: one row, sealed with a hash over all of it.

use ed25519_dalek::VerifyingKey;
use rusqlite::{OptionalExtension, Row, params};

use super::{Journal, keep_bundle};
use crate::loyalty::calendar::Zone;
use crate::loyalty::id::{PartnerId, SiteId, TerminalId};
use crate::loyalty::journal::Head;
use crate::loyalty::terminal::Post;
use crate::store::{Identity, StoreError};
use crate::wire::SignedBundle;

/// The hour at which a day of business begins, where the configuration names none.
const DAY_BEGINS_H: i8 = 4;

impl Journal {
    /// Keeps what the server made of this machine, with the programs it sells by: both or neither.
    pub(in crate::store) fn become_terminal(
        &mut self,
        identity: &Identity,
        bundle: &SignedBundle,
    ) -> Result<(), StoreError> {
        let Identity {
            url,
            post,
            partner,
            server_key,
        } = identity;
        // A folder may hold the anchor of a journal that was taken away.
        self.anchor.drop_at(Head::default());
        let seal = seal_of(identity);
        self.transact(|memory| {
            memory.0.execute(
                "INSERT INTO post VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    url,
                    post.shop,
                    post.terminal.as_str(),
                    post.site.as_str(),
                    partner.as_ref().map(PartnerId::as_str),
                    post.zone.name(),
                    server_key.as_bytes(),
                    seal
                ],
            )?;
            keep_bundle(memory.0, bundle)
        })
    }

    /// Notes another address of the same server.
    pub fn move_to(&mut self, url: &str) -> Result<(), StoreError> {
        let Some(identity) = self.identity()? else {
            return Ok(());
        };
        let moved = Identity {
            url: url.to_owned(),
            ..identity
        };
        let seal = seal_of(&moved);
        self.sql(|c| c.execute("UPDATE post SET url = ?1, seal = ?2", params![url, seal]))
            .map(|_| ())
    }

    /// Who this terminal is; nothing before it is enrolled.
    pub fn identity(&self) -> Result<Option<Identity>, StoreError> {
        let row = |row: &Row<'_>| {
            let text = |i| row.get::<_, String>(i);
            Ok((
                text(0)?,
                text(1)?,
                text(2)?,
                text(3)?,
                row.get::<_, Option<String>>(4)?,
                text(5)?,
                row.get(6)?,
                row.get::<_, [u8; 32]>(7)?,
            ))
        };
        let sql = "SELECT url, shop, terminal, site, partner, timezone, server_key, seal FROM post";
        let found = self.sql(|c| c.query_row(sql, [], row).optional())?;
        let Some((url, shop, terminal, site, partner, timezone, server_key, seal)) = found else {
            return Ok(None);
        };
        let read = || -> Option<Identity> {
            let post = Post {
                shop,
                terminal: TerminalId::parse(&terminal).ok()?,
                site: SiteId::parse(&site).ok()?,
                zone: Zone::named(&timezone).ok()?,
                day_begins_h: DAY_BEGINS_H,
            };
            let partner = partner.and_then(|name| PartnerId::parse(&name).ok());
            Some(Identity {
                url,
                post,
                partner,
                server_key: VerifyingKey::from_bytes(&server_key).ok()?,
            })
        };
        read()
            .filter(|identity| seal_of(identity) == seal)
            .map(Some)
            .ok_or_else(|| self.does_not_hold("who this terminal is cannot be read"))
    }
}

/// A hash over all that says who the terminal is, so that a flipped bit does not make it another.
fn seal_of(identity: &Identity) -> [u8; 32] {
    let Identity {
        url,
        post,
        partner,
        server_key,
    } = identity;
    let partner = partner.as_ref().map(PartnerId::as_str);
    let names = (
        url,
        &post.shop,
        post.terminal.as_str(),
        post.site.as_str(),
        partner,
        post.zone.name(),
    );
    let bytes = minicbor::to_vec((names, minicbor::bytes::ByteArray::from(server_key.to_bytes())));
    *blake3::hash(&bytes.expect("writing into memory cannot fail")).as_bytes()
}
