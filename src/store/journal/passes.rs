//! What this terminal remembers of passes: the issuer's keys, so that passes prove themselves when the cache is gone, and
//! the codes of phones that were shown here, so that a picture of one is good for nothing.

use rusqlite::{OptionalExtension, params};

use super::{Journal, signed};
use crate::loyalty::member::CardToken;
use crate::store::{Draft, StoreError, drafts};
use crate::wire::SignedKeys;

/// Codes are remembered for a day of half minutes: a clock that is set back by hours opens none of them again.
const REMEMBERED: u32 = 24 * 60 * 2;

/// A code that a phone showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownCode {
    /// Whose card.
    pub token: CardToken,
    /// The half minute that the phone signed.
    pub step: u32,
}

impl Journal {
    /// The keys that sign passes, as the server signed them last.
    pub fn pass_keys(&self) -> Result<Option<SignedKeys>, StoreError> {
        self.sql(|c| {
            c.prepare_cached("SELECT version, bytes, signature FROM pass_keys")?
                .query_row([], |row| {
                    Ok(SignedKeys {
                        version: row.get::<_, i64>(0)?.unsigned_abs(),
                        bytes: row.get(1)?,
                        signature: row.get(2)?,
                    })
                })
                .optional()
        })
    }

    /// Keeps a newer list in the place of the last.
    pub fn keep_pass_keys(&mut self, keys: &SignedKeys) -> Result<(), StoreError> {
        let row = params![signed(keys.version), keys.bytes, keys.signature];
        self.sql(|c| c.execute("INSERT OR REPLACE INTO pass_keys VALUES (1, ?1, ?2, ?3)", row))
            .map(drop)
    }

    /// Keeps a basket together with the code by which its buyer was taken in, or neither. False where that code was
    /// shown for another basket before: nothing is kept then.
    pub fn keep_draft_shown(&mut self, draft: &Draft, code: ShownCode) -> Result<bool, StoreError> {
        let ShownCode { token, step } = code;
        self.transact(|memory| {
            let connection = memory.0;
            let before: Option<String> = connection
                .prepare_cached("SELECT basket FROM shown_code WHERE token = ?1 AND step = ?2")?
                .query_row(params![token.bytes(), step], |row| row.get(0))
                .optional()?;
            if before.is_some_and(|basket| basket != draft.basket.id.as_str()) {
                return Ok(false);
            }
            connection
                .prepare_cached("DELETE FROM shown_code WHERE step < ?1")?
                .execute([step.saturating_sub(REMEMBERED)])?;
            connection
                .prepare_cached("INSERT OR IGNORE INTO shown_code VALUES (?1, ?2, ?3)")?
                .execute(params![token.bytes(), step, draft.basket.id.as_str()])?;
            drafts::keep(connection, draft)?;
            Ok(true)
        })
    }
}
