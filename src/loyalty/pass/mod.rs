//! A member's pass: a card that proves itself. The issuer signs it, so that nobody can make one up; the form for phones
//! also carries the phone's own public key, and the phone signs the time, so that a copy of its screen is worth nothing a
//! minute later. All of it is checked without a line. What a pass may do here is for `shown`; whether it was withdrawn or
//! shown before, whoever remembers that says.

mod keys;
mod text;

use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::calendar::{Day, Moment};
use super::card::{Card, CardKind, CardNumber};
use super::scan::Settings;
pub use keys::{IssuerKey, KeyList};
pub use text::looks_like_one;

/// The version byte of the form that is printed or shown as it is.
const STATIC: u8 = 1;
/// The version byte of the form that a phone signs.
const PHONE: u8 = 2;
/// What both forms begin with: version to expiry.
const BODY: usize = 20;
/// An Ed25519 public key.
const KEY: usize = 32;
/// An Ed25519 signature.
const SIGNATURE: usize = 64;
/// A static pass: body and the issuer's signature.
const STATIC_BYTES: usize = BODY + SIGNATURE;
/// What a phone keeps: body, the phone's key, the issuer's signature over both.
const HELD_BYTES: usize = BODY + KEY + SIGNATURE;
/// What a phone shows: what it keeps, the time step, its signature.
const SHOWN_BYTES: usize = HELD_BYTES + STEP + SIGNATURE;
/// A time step.
const STEP: usize = 4;
/// How long a phone's code is shown, in milliseconds.
const STEP_MS: i64 = 30_000;
/// So many steps may phone and till be apart.
const STEPS_APART: u32 = 1;
/// The largest number of 18 digits.
const LARGEST_NUMBER: u64 = 999_999_999_999_999_999;

/// Why a pass is not taken. Each is a sentence for the cashier that fits on one line of the screen; none has a character of
/// the pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassError {
    /// Letters that no pass is made of.
    #[error("pass not read right: switch Caps Lock off, then scan again")]
    Letters,
    /// Bits behind the last whole byte: no pass of ours ends so.
    #[error("pass not read right, its last letter cannot be: scan again")]
    LastLetter,
    /// Too short or too long.
    #[error("pass not read whole, or with something behind it: scan again")]
    Length,
    /// A newer form.
    #[error("a pass of form {version}, too new for this till: take the card")]
    Version {
        /// The form that was found.
        version: u8,
    },
    /// What a phone keeps, not what it shows.
    #[error("this part of a pass stays in the phone: scan what its app shows")]
    NotShown,
    /// The number is no member's: more than 18 digits, or a wrong check digit.
    #[error("the pass holds no member's number: take the card, tell the office")]
    Number,
    /// It ends before it begins.
    #[error("the pass ends before it begins: take the card, tell the office")]
    Dates,
    /// Nobody here knows the key.
    #[error("no key here fits this pass: let the till sync, else it is forged")]
    UnknownKey,
    /// The key's days have not come, or have gone.
    #[error("this pass's key is not in use today: the office gives a new pass")]
    KeyRetired,
    /// The key was stolen or lost.
    #[error("this pass's key was withdrawn: the office gives a new pass")]
    KeyRevoked,
    /// The issuer's signature does not fit.
    #[error("forged or damaged pass, its signature is wrong: scan again")]
    Forged,
    /// Its last day is over.
    #[error("this pass was good until {last}: the office gives a new one")]
    Expired {
        /// The last day on which it was good.
        last: Day,
    },
    /// Its first day is to come.
    #[error("this pass is good from {first} on: is the till's date right?")]
    NotYet {
        /// The first day on which it is good.
        first: Day,
    },
    /// Withdrawn, or a newer one was given out.
    #[error("this pass was replaced by a newer one: ask for that, or the card")]
    Replaced,
    /// The phone's signature does not fit.
    #[error("forged or damaged phone code: scan again, from the phone itself")]
    PhoneForged,
    /// The code is older or newer than the till's clock allows.
    #[error("an old picture, or a clock is off: open the pass on the phone anew")]
    OtherMinute,
    /// The same code was shown for another basket.
    #[error("this code was shown already: in half a minute there is a new one")]
    ShownBefore,
}

/// What the issuer says of a pass. Debug shows no more than the last four digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Which of the issuer's keys signs it.
    pub key_id: u8,
    /// The program's number, as the issuer counts programs: for wallets; a till looks it up nowhere.
    pub program: u16,
    /// The member's service relation number (GSRN), 18 digits with leading zeros.
    pub number: u64,
    /// Which pass of this number it is: those below the least that is still good are withdrawn.
    pub srin: u16,
    /// The tier when it was given out: for wallets; a till takes the tier from its own data.
    pub tier: u8,
    /// None is defined. Whoever reads a pass passes over those that he does not know.
    pub flags: u8,
    /// The first day on which it is good, in days since 1970.
    pub issued: u16,
    /// The last day on which it is good, in days since 1970.
    pub expires: u16,
    /// The public key of the phone that must sign the time; none for the static form.
    pub phone: Option<[u8; KEY]>,
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = self.phone.map_or("pass", |_| "phone pass");
        write!(
            f,
            "{form} …{:04} key {} srin {}",
            self.number % 10_000,
            self.key_id,
            self.srin
        )
    }
}

impl Terms {
    /// The day as a pass holds it; none outside of 1970 to 2149.
    pub fn day(day: Day) -> Option<u16> {
        u16::try_from(day.since_1970()).ok()
    }

    fn first(&self) -> Day {
        Day::after_1970(self.issued)
    }

    fn last(&self) -> Day {
        Day::after_1970(self.expires)
    }

    fn digits(&self) -> String {
        format!("{:018}", self.number)
    }

    fn check(&self) -> Result<(), PassError> {
        if self.number > LARGEST_NUMBER || !Settings::default().is_member_gsrn(&self.digits()) {
            return Err(PassError::Number);
        }
        if self.expires < self.issued {
            return Err(PassError::Dates);
        }
        Ok(())
    }

    fn body(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(SHOWN_BYTES);
        body.extend([if self.phone.is_some() { PHONE } else { STATIC }, self.key_id]);
        body.extend(self.program.to_be_bytes());
        body.extend(self.number.to_be_bytes());
        body.extend(self.srin.to_be_bytes());
        body.extend([self.tier, self.flags]);
        body.extend(self.issued.to_be_bytes());
        body.extend(self.expires.to_be_bytes());
        body.extend(self.phone.iter().flatten());
        body
    }

    /// Signs a pass. Answers its text: of the static form what is shown, of the other what the phone keeps.
    ///
    /// # Errors
    /// `Number` or `Dates`: such a pass no till would take.
    pub fn sign(&self, key: &SigningKey) -> Result<String, PassError> {
        self.check()?;
        let mut bytes = self.body();
        let signature = key.sign(&issuer_signs(&bytes)).to_bytes();
        bytes.extend(signature);
        Ok(text::of(&bytes))
    }
}

fn issuer_signs(body: &[u8]) -> Vec<u8> {
    [b"LP1-pass\0".as_slice(), body].concat()
}

fn phone_signs(number: u64, step: u32) -> Vec<u8> {
    [
        b"LP1-phone\0".as_slice(),
        &number.to_be_bytes(),
        &step.to_be_bytes(),
    ]
    .concat()
}

/// The time step of a moment: half minutes since 1970.
pub fn step_of(at: Moment) -> u32 {
    u32::try_from(at.millis().div_euclid(STEP_MS)).unwrap_or(0)
}

/// A pass with the bytes that were signed. Nothing of it is proven.
struct Read {
    terms: Terms,
    body: Vec<u8>,
    signature: [u8; SIGNATURE],
    /// The time step and the phone's signature, where a phone shows it.
    code: Option<(u32, [u8; SIGNATURE])>,
}

impl Read {
    fn of(pass: &str) -> Result<Read, PassError> {
        let bytes = text::bytes(pass)?;
        let mut rest = bytes.as_slice();
        let version = *rest.first().ok_or(PassError::Length)?;
        match (version, bytes.len()) {
            (STATIC, STATIC_BYTES) | (PHONE, HELD_BYTES | SHOWN_BYTES) => {}
            (STATIC | PHONE, _) => return Err(PassError::Length),
            _ => return Err(PassError::Version { version }),
        }
        let [_, key_id] = take(&mut rest)?;
        let program = u16::from_be_bytes(take(&mut rest)?);
        let number = u64::from_be_bytes(take(&mut rest)?);
        let srin = u16::from_be_bytes(take(&mut rest)?);
        let [tier, flags] = take(&mut rest)?;
        let issued = u16::from_be_bytes(take(&mut rest)?);
        let expires = u16::from_be_bytes(take(&mut rest)?);
        let phone = match version {
            PHONE => Some(take(&mut rest)?),
            _ => None,
        };
        let body = bytes[..bytes.len() - rest.len()].to_vec();
        let signature = take(&mut rest)?;
        let code = match rest.is_empty() {
            true => None,
            false => Some((u32::from_be_bytes(take(&mut rest)?), take(&mut rest)?)),
        };
        let terms = Terms {
            key_id,
            program,
            number,
            srin,
            tier,
            flags,
            issued,
            expires,
            phone,
        };
        terms.check()?;
        Ok(Read {
            terms,
            body,
            signature,
            code,
        })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], PassError> {
    let (first, others) = rest.split_first_chunk().ok_or(PassError::Length)?;
    *rest = others;
    Ok(*first)
}

/// A pass whose signatures, days and time are right. Whether it was withdrawn is still to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The member's card, as if it had been scanned.
    pub card: Card,
    /// What the issuer says.
    pub terms: Terms,
    /// The time step that the phone signed; none for the static form.
    pub step: Option<u32>,
}

/// Reads a pass and proves it: known key, in use on this day, right signature, in its days by the shop's calendar; of a
/// phone also its signature over a time step that is at most one from the till's.
///
/// # Errors
/// The first thing that is not right.
pub fn prove(pass: &str, keys: Option<&KeyList>, now: Moment, today: Day) -> Result<Proven, PassError> {
    let read = Read::of(pass)?;
    let terms = read.terms;
    if terms.phone.is_some() && read.code.is_none() {
        return Err(PassError::NotShown);
    }
    let key = keys
        .and_then(|keys| keys.key(terms.key_id))
        .ok_or(PassError::UnknownKey)?;
    verify(&key.public, &issuer_signs(&read.body), &read.signature).ok_or(PassError::Forged)?;
    key.is_in_use(today)?;
    if today < terms.first() {
        return Err(PassError::NotYet { first: terms.first() });
    }
    if today > terms.last() {
        return Err(PassError::Expired { last: terms.last() });
    }
    if let (Some(phone), Some((step, signature))) = (terms.phone, read.code) {
        verify(&phone, &phone_signs(terms.number, step), &signature).ok_or(PassError::PhoneForged)?;
        if step.abs_diff(step_of(now)) > STEPS_APART {
            return Err(PassError::OtherMinute);
        }
    }
    Ok(Proven {
        card: Card {
            number: CardNumber::parse(&terms.digits()).map_err(|_| PassError::Number)?,
            kind: CardKind::Gsrn,
            srin: Some(u64::from(terms.srin)),
        },
        terms,
        step: read.code.map(|(step, _)| step),
    })
}

/// Right only if key and signature are in canonical form, so that a pass has one text and no other.
fn verify(key: &[u8; KEY], signed: &[u8], signature: &[u8; SIGNATURE]) -> Option<()> {
    let key = VerifyingKey::from_bytes(key).ok()?;
    key.verify_strict(signed, &Signature::from_bytes(signature)).ok()
}

impl Proven {
    /// Is it still good, where passes of this card below `least` were withdrawn?
    ///
    /// # Errors
    /// `Replaced`.
    pub fn is_current(&self, least: Option<u16>) -> Result<(), PassError> {
        match least.is_none_or(|least| self.terms.srin >= least) {
            true => Ok(()),
            false => Err(PassError::Replaced),
        }
    }
}

/// What a phone shows now: the pass that it keeps, the time step, and its signature over number and step. For whoever
/// writes the phone's side, and for tests.
///
/// # Errors
/// The text is not what a phone keeps, or the key is not the one that the issuer signed (`PhoneForged`).
pub fn present(held: &str, key: &SigningKey, step: u32) -> Result<String, PassError> {
    let read = Read::of(held)?;
    let phone = read.terms.phone.ok_or(PassError::Length)?;
    if key.verifying_key().to_bytes() != phone {
        return Err(PassError::PhoneForged);
    }
    let mut bytes = [read.body.as_slice(), &read.signature].concat();
    bytes.extend(step.to_be_bytes());
    bytes.extend(key.sign(&phone_signs(read.terms.number, step)).to_bytes());
    Ok(text::of(&bytes))
}

#[cfg(test)]
mod tests;
