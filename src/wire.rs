//! What terminal and server say to each other, and its version. Bodies are deterministic CBOR, packed with zstd;
//! entries travel as sealed bytes. Every request and every reply is signed, so that neither a login page, a proxy nor a
//! wrong server can be taken for an answer. JSON is never spoken here.

mod pass_keys;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::loyalty::calendar::Moment;
use crate::loyalty::goods::Goods;
use crate::loyalty::id::{CounterId, SiteId, TerminalId};
use crate::loyalty::journal::Head;
use crate::loyalty::member::{CardToken, Known};
use crate::loyalty::office::Outcome;
use crate::loyalty::terminal::Epoch;
pub use pass_keys::SignedKeys;

/// The version of this protocol.
pub const PROTOCOL: u16 = 1;
/// The type of every body; a reply of another type is not ours.
pub const CONTENT_TYPE: &str = "application/vnd.vafa+cbor";
/// The most entries of one push.
pub const PUSH_ENTRIES: usize = 500;
/// The most bytes of entries in one push, before packing.
pub const PUSH_BYTES: usize = 256 * 1024;
/// The most bytes of a packed request.
pub const REQUEST_BYTES: usize = 1024 * 1024;
/// The most bytes of an unpacked body, in either direction.
pub const BODY_BYTES: usize = 8 * 1024 * 1024;
/// The most rows of one page of the feed.
pub const FEED_ROWS: usize = 1000;
/// The generation of rows that this program reads (`Row::generation`). A terminal says it with every request for rows,
/// because it cannot read a page that holds a row of a later one; who says nothing reads the first.
pub const ROWS: u16 = 2;

/// Paths of the protocol.
pub mod path {
    /// A new machine becomes a terminal: `EnrolRequest`, unsigned; proof by the one-time code.
    pub const ENROL: &str = "/v1/enrol";
    /// Where both stand: `HelloRequest`, `HelloReply`.
    pub const HELLO: &str = "/v1/hello";
    /// Entries: `PushRequest`, `PushReply`.
    pub const PUSH: &str = "/v1/push";
    /// Shares of what all customers have in common: `SharesRequest`, `SharesReply`.
    pub const SHARES: &str = "/v1/shares";
    /// Changes after a cursor: GET with `?from=` and `&rows=`, `FeedReply`.
    pub const FEED: &str = "/v1/feed";
    /// All that a new terminal needs: GET with `?rows=`, `Manifest`.
    pub const SNAPSHOT: &str = "/v1/snapshot";
    /// A part of a snapshot by its hash in hex, below this path: GET, resumable by Range; checked by its hash.
    pub const SNAPSHOT_PART: &str = "/v1/snapshot/part";
}

/// Names of the headers that carry a signature.
pub mod header {
    /// Which terminal asks.
    pub const TERMINAL: &str = "vafa-terminal";
    /// Sixteen random bytes in hex, new for each request; the reply carries the same.
    pub const NONCE: &str = "vafa-nonce";
    /// The asker's wall clock, in milliseconds since 1970.
    pub const TIME: &str = "vafa-time";
    /// The signature in hex.
    pub const SIGNATURE: &str = "vafa-signature";
}

/// A body that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Not what was announced.
    #[error("the message cannot be read ({why})")]
    Unreadable {
        /// What the decoder stumbled over.
        why: String,
    },
    /// Larger than any message of ours.
    #[error("the message is larger than the {most} bytes that are allowed")]
    TooLarge {
        /// The most bytes.
        most: usize,
    },
    /// The signature is not that of the expected key.
    #[error("the message is not signed by the key that was expected")]
    NotSigned,
}

/// Packs a message.
pub fn pack<T: Encode<()>>(message: &T) -> Vec<u8> {
    let plain = minicbor::to_vec(message).expect("writing into memory cannot fail");
    zstd::bulk::compress(&plain, 1).expect("compressing in memory cannot fail")
}

/// Unpacks a message, never to more than `BODY_BYTES`.
pub fn unpack<T: for<'b> Decode<'b, ()>>(packed: &[u8]) -> Result<T, WireError> {
    let plain = zstd::bulk::decompress(packed, BODY_BYTES).map_err(|error| {
        let larger = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten();
        if larger.is_some_and(|size| size > BODY_BYTES as u64) {
            return WireError::TooLarge { most: BODY_BYTES };
        }
        WireError::Unreadable {
            why: error.to_string(),
        }
    })?;
    minicbor::decode(&plain).map_err(|error| WireError::Unreadable {
        why: error.to_string(),
    })
}

/// What the signature of a request covers.
pub struct RequestParts<'a> {
    /// GET or POST.
    pub method: &'a str,
    /// Path and query, as asked for.
    pub path: &'a str,
    /// Which terminal asks.
    pub terminal: &'a str,
    /// The nonce in hex.
    pub nonce: &'a str,
    /// The wall clock in milliseconds, as text.
    pub time: &'a str,
    /// The packed body.
    pub body: &'a [u8],
}

impl RequestParts<'_> {
    fn signed_bytes(&self) -> Vec<u8> {
        let RequestParts {
            method,
            path,
            terminal,
            nonce,
            time,
            body,
        } = self;
        let body = blake3::hash(body).to_hex();
        format!("vafa request {PROTOCOL}\n{method}\n{path}\n{body}\n{terminal}\n{nonce}\n{time}").into_bytes()
    }

    /// Signs the request with the terminal's key.
    pub fn sign(&self, key: &SigningKey) -> String {
        hex(&key.sign(&self.signed_bytes()).to_bytes())
    }

    /// Did the holder of this key sign it?
    pub fn check(&self, key: &VerifyingKey, signature: &str) -> Result<(), WireError> {
        check(key, &self.signed_bytes(), signature)
    }
}

/// What the signature of a reply covers.
pub struct ReplyParts<'a> {
    /// The HTTP status.
    pub status: u16,
    /// Path and query, as asked for.
    pub path: &'a str,
    /// The request's nonce in hex.
    pub nonce: &'a str,
    /// The packed body.
    pub body: &'a [u8],
}

impl ReplyParts<'_> {
    fn signed_bytes(&self) -> Vec<u8> {
        let ReplyParts {
            status,
            path,
            nonce,
            body,
        } = self;
        format!(
            "vafa reply {PROTOCOL}\n{status}\n{path}\n{}\n{nonce}",
            blake3::hash(body).to_hex()
        )
        .into_bytes()
    }

    /// Signs the reply with the server's key.
    pub fn sign(&self, key: &SigningKey) -> String {
        hex(&key.sign(&self.signed_bytes()).to_bytes())
    }

    /// Did the server sign it?
    pub fn check(&self, key: &VerifyingKey, signature: &str) -> Result<(), WireError> {
        check(key, &self.signed_bytes(), signature)
    }
}

fn check(key: &VerifyingKey, bytes: &[u8], signature: &str) -> Result<(), WireError> {
    let signature: [u8; 64] = unhex(signature).ok_or(WireError::NotSigned)?;
    key.verify_strict(bytes, &Signature::from_bytes(&signature))
        .map_err(|_| WireError::NotSigned)
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hex of exactly N bytes.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; N];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(bytes)
}

/// A machine asks to become a terminal. The code itself does not travel: `proof` is BLAKE3 of the terminal's public
/// key, keyed with the code.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnrolRequest {
    /// The first characters of the code, by which the server finds it.
    #[n(0)]
    pub hint: String,
    /// The terminal's Ed25519 public key, made on the terminal.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub public_key: [u8; 32],
    /// The proof that the terminal knows the code.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub proof: [u8; 32],
    /// The version of the program.
    #[n(3)]
    pub program_version: String,
}

/// The server makes the machine a terminal. `proof` is BLAKE3 over server key and terminal key, keyed with the code: a
/// wrong server cannot make it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnrolReply {
    /// The shop's id.
    #[n(0)]
    pub shop: String,
    /// The terminal's name from now on.
    #[n(1)]
    pub terminal: TerminalId,
    /// Where it stands.
    #[n(2)]
    pub site: SiteRow,
    /// The server's Ed25519 public key.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub server_key: [u8; 32],
    /// The key under which card numbers become tokens.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub card_key: [u8; 32],
    /// The server's incarnation.
    #[n(5)]
    pub epoch: Epoch,
    /// The programs and terms of the shop.
    #[n(6)]
    pub bundle: SignedBundle,
    /// The proof that the server knows the code.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub proof: [u8; 32],
}

/// The characters of a one-time code: Crockford's base 32, which leaves out letters that look like digits.
pub const CODE_LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// So many characters of a code find it on the server; they are no secret.
pub const CODE_HINT: usize = 4;

/// A code as it is compared: letters are read in Crockford's way, so that case, dashes, O for 0 and I or L for 1 do not
/// matter.
pub fn plain_code(code: &str) -> String {
    let read = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(read)
        .collect()
}

/// The characters by which the server finds a code.
pub fn code_hint(code: &str) -> String {
    plain_code(code).chars().take(CODE_HINT).collect()
}

/// The last character of a code, from those before it: one wrong character, or two neighbours exchanged, make another.
/// None where a character is not of the alphabet.
pub fn code_check(plain: &str) -> Option<char> {
    let double = |sum: u8| (sum << 1) ^ (if sum & 16 == 0 { 0 } else { 0b10_0101 });
    let sum = plain.bytes().try_fold(0_u8, |sum, letter| {
        let digit = CODE_LETTERS.iter().position(|one| *one == letter)?;
        Some(double(sum) ^ u8::try_from(digit).ok()?)
    })?;
    Some(char::from(CODE_LETTERS[usize::from(double(sum) & 31)]))
}

/// Was the code typed right? Tells before anything is sent.
pub fn code_is_whole(code: &str) -> bool {
    let plain = plain_code(code);
    let Some((last, rest)) = plain.char_indices().next_back().map(|(at, c)| (c, &plain[..at])) else {
        return false;
    };
    rest.len() > CODE_HINT && code_check(rest) == Some(last)
}

/// The key that a one-time code stands for.
pub fn code_key(code: &str) -> [u8; 32] {
    blake3::derive_key(
        "vafa 2026-11 one-time enrolment code",
        plain_code(code).as_bytes(),
    )
}

/// The terminal's proof of a code.
pub fn terminal_proof(code_key: &[u8; 32], terminal_key: &[u8; 32]) -> [u8; 32] {
    *blake3::keyed_hash(code_key, &[b"terminal".as_slice(), terminal_key].concat()).as_bytes()
}

/// The server's proof of a code, over all that the terminal will trust from now on: the reply with an empty proof.
pub fn server_proof(code_key: &[u8; 32], terminal_key: &[u8; 32], reply: &EnrolReply) -> [u8; 32] {
    let bare = EnrolReply {
        proof: [0; 32],
        ..reply.clone()
    };
    let bytes = minicbor::to_vec(bare).expect("writing into memory cannot fail");
    *blake3::keyed_hash(code_key, &[b"server".as_slice(), terminal_key, &bytes].concat()).as_bytes()
}

/// A set of program files with the shop's terms, as the server published it. Signed over `bytes`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedBundle {
    /// Rises with every publication; a terminal never goes back to a lower one.
    #[n(0)]
    pub version: u64,
    /// A `Bundle`.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
    /// The server key's signature.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// What a bundle holds.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Bundle {
    /// The same version as outside.
    #[n(0)]
    pub version: u64,
    /// The shop it is for.
    #[n(1)]
    pub shop: String,
    /// ISO 4217.
    #[n(2)]
    pub currency: String,
    /// The shop's zone, in which purses and birthdays are judged.
    #[n(3)]
    pub timezone: String,
    /// tax_inclusive or tax_exclusive.
    #[n(4)]
    pub price_basis: String,
    /// File names and texts.
    #[n(5)]
    pub files: Vec<(String, String)>,
}

impl SignedBundle {
    /// Signs a bundle with the server's key.
    pub fn sign(bundle: &Bundle, key: &SigningKey) -> SignedBundle {
        let bytes = minicbor::to_vec(bundle).expect("writing into memory cannot fail");
        let signature = key
            .sign(&[b"vafa bundle 1\0".as_slice(), &bytes].concat())
            .to_bytes();
        SignedBundle {
            version: bundle.version,
            bytes,
            signature,
        }
    }

    /// Opens it, if the server signed it.
    pub fn open(&self, key: &VerifyingKey) -> Result<Bundle, WireError> {
        let signed = [b"vafa bundle 1\0".as_slice(), &self.bytes].concat();
        key.verify_strict(&signed, &Signature::from_bytes(&self.signature))
            .map_err(|_| WireError::NotSigned)?;
        let bundle: Bundle = minicbor::decode(&self.bytes).map_err(|error| WireError::Unreadable {
            why: error.to_string(),
        })?;
        if bundle.version == self.version {
            Ok(bundle)
        } else {
            Err(WireError::NotSigned)
        }
    }
}

/// Where the terminal stands.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HelloRequest {
    /// The end of its journal.
    #[n(0)]
    pub head: Head,
    /// Up to where it believes the server to have answered.
    #[n(1)]
    pub acked: Head,
    /// The incarnation of the server that it knows.
    #[n(2)]
    pub epoch: Option<Epoch>,
    /// The versions of this protocol that it speaks: least and greatest.
    #[n(3)]
    pub protocol: (u16, u16),
    /// The version of the program.
    #[n(4)]
    pub program_version: String,
    /// Its wall clock.
    #[n(5)]
    pub wall: Moment,
    /// The version of the feed that its cache holds; 0 for an empty cache.
    #[n(6)]
    pub cursor: u64,
    /// The version of its bundle.
    #[n(7)]
    pub bundle: u64,
}

/// Where the server stands.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HelloReply {
    /// Its incarnation.
    #[n(0)]
    pub epoch: Epoch,
    /// Up to where it has taken in this terminal's journal.
    #[n(1)]
    pub through: Head,
    /// Its clock.
    #[n(2)]
    pub time: Moment,
    /// The version of the protocol to speak.
    #[n(3)]
    pub protocol: u16,
    /// The newest version of the feed.
    #[n(4)]
    pub version: u64,
    /// The oldest cursor that the feed can still serve; below it a snapshot is needed.
    #[n(5)]
    pub floor: u64,
}

/// Entries of the terminal's journal, without a gap.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PushRequest {
    /// The incarnation of the server that was met at hello.
    #[n(0)]
    pub epoch: Epoch,
    /// The number of the first entry.
    #[n(1)]
    pub from: u64,
    /// The sealed bytes.
    #[n(2)]
    pub entries: Vec<ByteVec>,
    /// The last of these entries.
    #[n(3)]
    pub head: Head,
    /// The terminal's signature over that head.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// What became of each entry.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PushReply {
    /// The server's incarnation.
    #[n(0)]
    pub epoch: Epoch,
    /// Up to where it has taken in this terminal's journal.
    #[n(1)]
    pub through: Head,
    /// Number and outcome of each entry that was sent.
    #[n(2)]
    pub results: Vec<(u64, Outcome)>,
    /// The server's clock.
    #[n(3)]
    pub time: Moment,
    /// The newest version of the feed.
    #[n(4)]
    pub version: u64,
}

/// What a terminal holds of totals that all customers share, and which codes were shown to it. It asks only where its programs
/// have such totals; a server that published them knows the question.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SharesRequest {
    /// What it holds.
    #[n(0)]
    pub held: Vec<HeldShare>,
    /// Codes of which it wishes for a share.
    #[n(1)]
    pub codes: Vec<String>,
}

/// A share as a terminal holds it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HeldShare {
    /// Of what.
    #[n(0)]
    pub counter: CounterId,
    /// All that it knows to have been dealt to it.
    #[n(1)]
    pub dealt: i64,
    /// What it can still give of that.
    #[n(2)]
    pub left: i64,
}

/// What the server has dealt to a terminal in all, since the beginning: hearing it twice changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SharesReply {
    /// Total by total.
    #[n(0)]
    pub dealt: Vec<(CounterId, i64)>,
}

/// The feed's answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum FeedReply {
    /// A page of changes.
    #[n(0)]
    Page(#[n(0)] FeedPage),
    /// The cursor is older than the feed, or of another incarnation: take a snapshot.
    #[n(1)]
    MustRefetch,
}

/// Changes after a cursor.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FeedPage {
    /// The cursor that was asked for.
    #[n(0)]
    pub from: u64,
    /// The cursor after this page.
    #[n(1)]
    pub to: u64,
    /// There is more.
    #[n(2)]
    pub more: bool,
    /// This terminal's entries up to here are reflected in every row of this page.
    #[n(3)]
    pub reflected: u64,
    /// The changes.
    #[n(4)]
    pub changes: Vec<FeedChange>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FeedChange {
    /// Its version; a terminal takes it only where its own row is older.
    #[n(0)]
    pub version: u64,
    /// What is now, or what is gone.
    #[n(1)]
    pub row: Row,
}

/// A row that a terminal's cache keeps.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Row {
    /// A site.
    #[n(0)]
    Site(#[n(0)] SiteRow),
    /// An article.
    #[n(1)]
    Goods(#[n(0)] Goods),
    /// An article that is no longer sold: its sku.
    #[n(2)]
    GoodsGone(#[n(0)] String),
    /// A card and its member.
    #[n(3)]
    Card(#[n(0)] CardToken, #[n(1)] Box<Known>),
    /// A card that is no card any more.
    #[n(4)]
    CardGone(#[n(0)] CardToken),
    /// Programs.
    #[n(5)]
    Bundle(#[n(0)] SignedBundle),
    /// The keys that sign passes.
    #[n(6)]
    PassKeys(#[n(0)] SignedKeys),
    /// Passes of this card below this number were withdrawn.
    #[n(7)]
    LeastPass(#[n(0)] CardToken, #[n(1)] u16),
}

impl Row {
    /// Since which generation of terminals it can be read: a new kind of row begins a new one (`ROWS`).
    pub fn generation(&self) -> u16 {
        match self {
            Row::PassKeys(_) | Row::LeastPass(..) => 2,
            _ => 1,
        }
    }
}

/// A site, as terminals know it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SiteRow {
    /// Its id.
    #[n(0)]
    pub id: SiteId,
    /// The partner that runs it.
    #[n(1)]
    pub partner: Option<String>,
    /// Its zone.
    #[n(2)]
    pub timezone: String,
}

/// What a snapshot consists of. Each part is a zstd stream of `Row`s, one after the other, and named by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Manifest {
    /// The server's incarnation.
    #[n(0)]
    pub epoch: Epoch,
    /// The version of the feed that it holds.
    #[n(1)]
    pub version: u64,
    /// This terminal's entries up to here are reflected in it.
    #[n(2)]
    pub reflected: u64,
    /// The parts.
    #[n(3)]
    pub parts: Vec<Part>,
}

/// A part of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Part {
    /// BLAKE3 of its packed bytes.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub hash: [u8; 32],
    /// How many rows.
    #[n(1)]
    pub rows: u64,
    /// How many packed bytes.
    #[n(2)]
    pub bytes: u64,
}

/// A refusal, signed like every reply (of an enrolment: unsigned, and it changes nothing).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Refused {
    /// A word for programs: "gap", "fork", "revoked", "unknown_terminal", "bad_signature", "protocol", "code",
    /// "epoch" (say hello first), "replayed", "unreadable", "too_large", "not_found", "slow", "unavailable".
    #[n(0)]
    pub code: String,
    /// The entry that is wanted next, for "gap".
    #[n(1)]
    pub need: Option<u64>,
    /// A sentence for people.
    #[n(2)]
    pub says: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_covers_every_part_of_a_request() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let parts = |path, body| RequestParts {
            method: "POST",
            path,
            terminal: "t1",
            nonce: "00",
            time: "1",
            body,
        };
        let signature = parts("/v1/push", b"x").sign(&key);
        assert_eq!(
            parts("/v1/push", b"x").check(&key.verifying_key(), &signature),
            Ok(())
        );
        assert!(
            parts("/v1/feed", b"x")
                .check(&key.verifying_key(), &signature)
                .is_err()
        );
        assert!(
            parts("/v1/push", b"y")
                .check(&key.verifying_key(), &signature)
                .is_err()
        );
        assert!(parts("/v1/push", b"x").check(&key.verifying_key(), "zz").is_err());
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let bomb = zstd::bulk::compress(&vec![0_u8; BODY_BYTES + 1], 19).expect("memory");
        assert_eq!(
            unpack::<Head>(&bomb),
            Err(WireError::TooLarge { most: BODY_BYTES })
        );
        assert!(matches!(
            unpack::<Head>(b"<html>"),
            Err(WireError::Unreadable { .. })
        ));
    }

    #[test]
    fn a_code_is_read_whatever_its_case_and_dashes() {
        assert_eq!(code_key("k7qx-9m2p-4t8wh"), code_key("K7QX9M2P4T8WH"));
        assert_ne!(code_key("K7QX9M2P4T8WH"), code_key("K7QX9M2P4T8WJ"));
        assert_eq!(code_key("0001-OIL"), code_key("0001-011"));
    }

    #[test]
    fn a_slip_in_a_code_is_seen_before_it_is_sent() {
        let plain = "K7QX9M2P4T8WH3VA";
        let code = format!("{plain}{}", code_check(plain).expect("letters of the alphabet"));
        assert!(code_is_whole(&code) && code_is_whole(&code.to_lowercase()));
        for at in 0..code.len() - 1 {
            let mut letters: Vec<char> = code.chars().collect();
            letters.swap(at, at + 1);
            let swapped: String = letters.iter().collect();
            assert_eq!(code_is_whole(&swapped), swapped == code, "{swapped}");
            let mut letters: Vec<char> = code.chars().collect();
            letters[at] = if letters[at] == 'Z' { 'Y' } else { 'Z' };
            let slipped: String = letters.iter().collect();
            assert!(!code_is_whole(&slipped), "{slipped}");
        }
    }
}
