//! What the books keep of passes: the issuer's keys, what was given out, what was withdrawn.

use crate::loyalty::calendar::Day;
use crate::loyalty::id::MemberId;
use crate::loyalty::member::{CardToken, Member};
use crate::loyalty::pass::IssuerKey;

/// A key that signs passes, as the books keep it.
#[derive(Clone, PartialEq, Eq)]
pub struct PassKey {
    /// What terminals get.
    pub key: IssuerKey,
    /// With the server's own key it makes the private half.
    pub salt: [u8; 32],
    /// Why it was withdrawn.
    pub reason: Option<String>,
    /// How many passes it signed.
    pub passes: u64,
    /// The last day of any pass that it signed.
    pub last_day: Option<Day>,
}

/// A card of a member, for which passes can be given out.
#[derive(Clone, PartialEq, Eq)]
pub struct MemberCard {
    /// The number as it was imported.
    pub number: String,
    /// Its token.
    pub token: CardToken,
    /// The member.
    pub member: Member,
}

/// Whose cards are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardsOf {
    /// All cards of a member.
    Member(MemberId),
    /// One card.
    Card(CardToken),
}

/// A pass to be given out; its number among those of the card is still to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPass {
    /// The card.
    pub token: CardToken,
    /// Which key signs it.
    pub key_id: u8,
    /// The program's number.
    pub program: u16,
    /// The tier.
    pub tier: u8,
    /// Its first day.
    pub issued: Day,
    /// Its last day.
    pub expires: Day,
    /// The phone that signs with it.
    pub phone: Option<[u8; 32]>,
}
