//! All that a terminal has done: no gap in its numbers, canonical bytes, each entry sealed to the one before.
//!
//! An entry is deterministic CBOR (RFC 8949, 4.2: shortest forms, keys in rising order, no indefinite lengths); its
//! hash is BLAKE3 over those bytes, which hold the hash of the entry before. The bytes are kept and sent as they are
//! and never encoded again. The head of the chain is signed with Ed25519 (RFC 8032) at each push.

use std::collections::BTreeMap;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

use super::amount::{Money, Quantity};
use super::calendar::{Day, Moment};
use super::engine::Bound;
use super::id::{BasketId, CounterId, SaleId, SiteId, TerminalId};
use super::member::{Change, ForOther, Holder};
use super::sale::Sale;

/// The version of the form of entries that this program writes.
pub const FORM: u16 = 1;

/// A BLAKE3 hash.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Hash(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]);

impl Hash {
    /// The hash that stands before the first entry.
    pub const START: Hash = Hash([0; 32]);

    /// The hash of some bytes.
    pub fn of(bytes: &[u8]) -> Hash {
        Hash(*blake3::hash(bytes).as_bytes())
    }

    /// A hash as a file or a message holds it.
    pub const fn from_bytes(bytes: [u8; 32]) -> Hash {
        Hash(bytes)
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// The end of a chain: the last number and its hash. Before the first entry it is 0 and `Hash::START`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Head {
    /// The last number.
    #[n(0)]
    pub seq: u64,
    /// The hash of that entry.
    #[n(1)]
    pub hash: Hash,
}

impl Head {
    /// What is signed: a name for the purpose, the terminal, the number and the hash.
    fn signed_bytes(&self, terminal: &TerminalId) -> Vec<u8> {
        let mut bytes = b"vafa journal head 1\0".to_vec();
        bytes.extend_from_slice(terminal.as_str().as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(&self.seq.to_be_bytes());
        bytes.extend_from_slice(self.hash.bytes());
        bytes
    }

    /// Signs this head with the terminal's key.
    pub fn sign(&self, terminal: &TerminalId, key: &SigningKey) -> [u8; 64] {
        key.sign(&self.signed_bytes(terminal)).to_bytes()
    }

    /// Did this terminal sign this head?
    pub fn is_signed(&self, terminal: &TerminalId, key: &VerifyingKey, signature: &[u8; 64]) -> bool {
        key.verify_strict(&self.signed_bytes(terminal), &Signature::from_bytes(signature))
            .is_ok()
    }
}

/// The clocks of a terminal when it wrote an entry. Wall time may be wrong and is kept as a claim; money never depends
/// on its order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Clock {
    /// What the clock on the wall said.
    #[n(0)]
    pub wall: Moment,
    /// Milliseconds since this run of the program began.
    #[n(1)]
    pub mono_ms: u64,
    /// Which run of the program that was: a random number.
    #[n(2)]
    pub boot: u64,
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Entry {
    /// The form of the entry.
    #[n(0)]
    pub form: u16,
    /// The shop that the terminal belongs to.
    #[n(1)]
    pub shop: String,
    /// Who wrote it.
    #[n(2)]
    pub terminal: TerminalId,
    /// Its number, without a gap from 1.
    #[n(3)]
    pub seq: u64,
    /// The hash of the entry before.
    #[n(4)]
    pub previous: Hash,
    /// What kind of body follows: "sale", "return", "activity", "draw_commit", "draw_reveal", "share_back"; a server keeps kinds
    /// that it does not know.
    #[n(5)]
    pub kind: String,
    /// Hybrid logical time: never goes back inside the chain. Milliseconds since 1970 shifted by 16 bits, and a count.
    #[n(6)]
    pub hlc: u64,
    /// The terminal's clocks.
    #[n(7)]
    pub clock: Clock,
    /// Seconds east of UTC at the site.
    #[n(8)]
    pub offset_s: i32,
    /// The day of business it belongs to, fixed by the terminal.
    #[n(9)]
    pub business_day: Day,
    /// The version of the bundle of programs.
    #[n(10)]
    pub bundle: u64,
    /// Whose account it concerns.
    #[n(11)]
    pub holder: Option<Holder>,
    /// The body, as the bytes of its kind.
    #[cbor(n(12), with = "minicbor::bytes")]
    pub body: Vec<u8>,
}

/// What an entry tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A sale that was paid.
    Sale(Box<Sale>),
    /// Goods taken back.
    Return(Box<Return>),
    /// Something that a member did outside of a sale.
    Activity(Box<ActivityDone>),
    /// A secret that will decide draws, sealed before anybody buys.
    DrawCommit(Box<DrawCommit>),
    /// The secret, once it decides no more.
    DrawReveal(Box<DrawReveal>),
    /// What is left of a share goes back.
    ShareBack(Box<ShareBack>),
}

/// What is left of a share of a total goes back to the server: this terminal gives none of it any more.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ShareBack {
    /// Of what.
    #[n(0)]
    pub counter: CounterId,
    /// How much, above zero.
    #[n(1)]
    pub amount: i64,
}

/// What a terminal commits to: the secret cannot be another one afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DrawCommit {
    /// BLAKE3 of the secret, with a name for the purpose.
    #[n(0)]
    pub commitment: Hash,
}

impl DrawCommit {
    /// The commitment to a secret.
    pub fn to(secret: &[u8; 32]) -> DrawCommit {
        let bytes = [b"vafa draw commitment 1\0".as_slice(), secret].concat();
        DrawCommit {
            commitment: Hash::of(&bytes),
        }
    }
}

/// A secret that has decided draws, for the server to work them out again.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DrawReveal {
    /// The number of the entry that committed to it.
    #[n(0)]
    pub commit: u64,
    /// The secret.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub secret: [u8; 32],
    /// How many sales it decided.
    #[n(2)]
    pub drawn: u64,
}

impl std::fmt::Debug for DrawReveal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DrawReveal(commit {}, {} sales)", self.commit, self.drawn)
    }
}

/// Goods of one sale taken back: what was promised to the customer then.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Return {
    /// The sale.
    #[n(0)]
    pub sale: SaleId,
    /// What comes back.
    #[n(1)]
    pub lines: Vec<ReturnedLine>,
    /// Money given back.
    #[n(2)]
    pub refund: Money,
    /// The part of the value that went back to purses.
    #[n(3)]
    pub to_purses: Money,
    /// What it does to the buyer's account.
    #[n(4)]
    pub changes: Vec<Change>,
    /// What it does to other accounts.
    #[n(5)]
    #[cbor(default)]
    pub others: Vec<ForOther>,
}

/// Something that a member did outside of a sale, and what was promised to him for it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ActivityDone {
    /// Its own id, as a basket has one: a double press records it once.
    #[n(0)]
    pub id: BasketId,
    /// When.
    #[n(1)]
    pub at: Moment,
    /// Where.
    #[n(2)]
    pub site: SiteId,
    /// The word for it: "packaging-return".
    #[n(3)]
    pub kind: String,
    /// How many.
    #[n(4)]
    pub quantity: Quantity,
    /// What else was told about it.
    #[n(5)]
    pub attributes: BTreeMap<String, String>,
    /// What it does to the member's account.
    #[n(6)]
    pub changes: Vec<Change>,
    /// What it does to other accounts.
    #[n(7)]
    pub others: Vec<ForOther>,
    /// The limits on which that rests.
    #[n(8)]
    pub bounds: Vec<Bound>,
    /// The version of the server's data that this terminal knew the member from.
    #[n(9)]
    pub as_of: u64,
}

/// A returned line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ReturnedLine {
    /// The line's index in the sale.
    #[n(0)]
    pub line: u32,
    /// How many of it.
    #[n(1)]
    pub quantity: Quantity,
    /// Its share of the value given back.
    #[n(2)]
    pub value: Money,
}

/// An entry's bytes with their hash: what is stored, sent and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    bytes: Vec<u8>,
    hash: Hash,
}

/// Bytes that are no entry this program understands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The bytes do not decode.
    #[error("the bytes are no journal entry ({why})")]
    Unreadable {
        /// What the decoder stumbled over.
        why: String,
    },
    /// A kind or form of a newer program.
    #[error("an entry of kind \"{kind}\" in form {form} was written by a newer vafa: upgrade this one")]
    NeedsUpgrade {
        /// The kind.
        kind: String,
        /// The form.
        form: u16,
    },
    /// The chain does not hold here.
    #[error("entry {seq} does not follow the one before it: {what}")]
    Broken {
        /// The number at which it breaks.
        seq: u64,
        /// What does not fit.
        what: &'static str,
    },
}

impl Sealed {
    /// Seals an entry: its bytes are fixed from now on.
    pub fn seal(entry: &Entry) -> Sealed {
        let bytes = minicbor::to_vec(entry).expect("writing into memory cannot fail");
        Sealed {
            hash: Hash::of(&bytes),
            bytes,
        }
    }

    /// Takes bytes as they came from a file or a terminal, and hashes them.
    pub fn from_bytes(bytes: Vec<u8>) -> Sealed {
        Sealed {
            hash: Hash::of(&bytes),
            bytes,
        }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Their hash.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Opens the entry.
    pub fn open(&self) -> Result<Entry, JournalError> {
        minicbor::decode(&self.bytes).map_err(|error| JournalError::Unreadable {
            why: error.to_string(),
        })
    }

    /// Opens the entry and checks that it is the next one after this head.
    pub fn follows(&self, head: &Head, terminal: &TerminalId) -> Result<Entry, JournalError> {
        let entry = self.open()?;
        let seq = head.seq + 1;
        let broken = |what| Err(JournalError::Broken { seq, what });
        if entry.seq != seq {
            return broken("its number is another");
        }
        if entry.previous != head.hash {
            return broken("it was sealed to another entry");
        }
        if entry.terminal != *terminal {
            return broken("another terminal wrote it");
        }
        Ok(entry)
    }
}

impl Entry {
    /// What the entry tells.
    pub fn body(&self) -> Result<Body, JournalError> {
        let unreadable = |error: minicbor::decode::Error| JournalError::Unreadable {
            why: error.to_string(),
        };
        match (self.form, self.kind.as_str()) {
            (FORM, "sale") => minicbor::decode(&self.body)
                .map(|sale| Body::Sale(Box::new(sale)))
                .map_err(unreadable),
            (FORM, "return") => minicbor::decode(&self.body)
                .map(|back| Body::Return(Box::new(back)))
                .map_err(unreadable),
            (FORM, "draw_commit") => minicbor::decode(&self.body)
                .map(|commit| Body::DrawCommit(Box::new(commit)))
                .map_err(unreadable),
            (FORM, "draw_reveal") => minicbor::decode(&self.body)
                .map(|reveal| Body::DrawReveal(Box::new(reveal)))
                .map_err(unreadable),
            (FORM, "share_back") => minicbor::decode(&self.body)
                .map(|back| Body::ShareBack(Box::new(back)))
                .map_err(unreadable),
            (FORM, "activity") => minicbor::decode(&self.body)
                .map(|done| Body::Activity(Box::new(done)))
                .map_err(unreadable),
            _ => Err(JournalError::NeedsUpgrade {
                kind: self.kind.clone(),
                form: self.form,
            }),
        }
    }
}

impl Body {
    /// The name of the kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Body::Sale(_) => "sale",
            Body::Return(_) => "return",
            Body::DrawCommit(_) => "draw_commit",
            Body::DrawReveal(_) => "draw_reveal",
            Body::ShareBack(_) => "share_back",
            Body::Activity(_) => "activity",
        }
    }

    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = match self {
            Body::Sale(sale) => minicbor::to_vec(sale),
            Body::Return(back) => minicbor::to_vec(back),
            Body::DrawCommit(commit) => minicbor::to_vec(commit),
            Body::DrawReveal(reveal) => minicbor::to_vec(reveal),
            Body::ShareBack(back) => minicbor::to_vec(back),
            Body::Activity(done) => minicbor::to_vec(done),
        };
        bytes.expect("writing into memory cannot fail")
    }

    /// What it does to the buyer's account.
    pub fn changes(&self) -> &[Change] {
        match self {
            Body::Sale(sale) => &sale.quote.changes,
            Body::Return(back) => &back.changes,
            Body::DrawCommit(_) | Body::DrawReveal(_) | Body::ShareBack(_) => &[],
            Body::Activity(done) => &done.changes,
        }
    }

    /// What it does to other accounts.
    pub fn others(&self) -> &[ForOther] {
        match self {
            Body::Sale(sale) => &sale.quote.others,
            Body::Return(back) => &back.others,
            Body::DrawCommit(_) | Body::DrawReveal(_) | Body::ShareBack(_) => &[],
            Body::Activity(done) => &done.others,
        }
    }
}
