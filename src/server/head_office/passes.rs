//! Passes as the office handles them: giving out, withdrawing, and the keys that sign them.
//!
//! A key's private half is kept nowhere: it is worked out from the server's own key and a salt in the books. So the two
//! files that are backed up anyway are enough, the books alone, which more people copy, sign nothing, and there is no third
//! secret to lose.

use ed25519_dalek::SigningKey;

use super::HeadOffice;
use crate::loyalty::calendar::Day;
use crate::loyalty::id::MemberId;
use crate::loyalty::member::CardToken;
use crate::loyalty::pass::{IssuerKey, KeyList, Terms};
use crate::loyalty::said::quoted;
use crate::loyalty::scan::Settings;
use crate::server::database::{CardsOf, MemberCard, NewPass, PassKey};
use crate::server::{ServerError, keys, now};
use crate::wire::SignedKeys;

/// Keys are numbered in a byte, and no number is given twice.
const MOST_KEYS: u8 = 255;
/// Why a number is no card of ours: said of one that was typed, so without it.
const NO_GSRN: &str =
    "has no card with an 18-digit GSRN: give one with \"vafa import members FILE\" (columns id, card)";

/// Whom a pass is for.
#[derive(Clone, PartialEq, Eq)]
pub enum PassFor {
    /// The one GSRN card of a member.
    Member(MemberId),
    /// This card.
    Card(String),
}

/// A pass to be given out.
#[derive(Clone, PartialEq, Eq)]
pub struct PassWanted {
    /// For whom.
    pub who: PassFor,
    /// The program's number.
    pub program: u16,
    /// The tier.
    pub tier: u8,
    /// For how many days after today.
    pub days: u16,
    /// The public key of the phone that shall sign with it.
    pub phone: Option<[u8; 32]>,
}

/// A pass that was given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassIssued {
    /// Its text.
    pub text: String,
    /// Whose it is.
    pub member: MemberId,
    /// Its number among those of the card.
    pub srin: u16,
    /// The key that signed it.
    pub key_id: u8,
    /// Its first day.
    pub issued: Day,
    /// Its last day.
    pub expires: Day,
}

fn refused(why: impl Into<String>) -> ServerError {
    ServerError::Pass { why: why.into() }
}

impl HeadOffice {
    /// Gives out a pass. The first one makes the first key.
    pub fn issue_pass(&mut self, wanted: &PassWanted) -> Result<PassIssued, ServerError> {
        let card = self.card_for(&wanted.who)?;
        if card.member.blocked {
            return Err(refused(format!(
                "member {} is blocked, and tills would refuse the pass: import the member with blocked no first",
                quoted(card.member.id.as_str())
            )));
        }
        let today = self.today()?;
        let expires = today.plus_days(i32::from(wanted.days));
        let (Some(first), Some(last)) = (Terms::day(today), Terms::day(expires)) else {
            return Err(refused("a pass ends before June 2149: name fewer days"));
        };
        let key = self.signing_pass_key(today)?;
        let pass = NewPass {
            token: card.token,
            key_id: key.key.id,
            program: wanted.program,
            tier: wanted.tier,
            issued: today,
            expires,
            phone: wanted.phone,
        };
        let srin = self.books.number_pass(&pass, now())?.ok_or_else(|| {
            refused("this card has had as many passes as can be counted: give the member another card")
        })?;
        let terms = Terms {
            key_id: key.key.id,
            program: wanted.program,
            number: card.number.parse().map_err(|_| refused(NO_GSRN))?,
            srin,
            tier: wanted.tier,
            flags: 0,
            issued: first,
            expires: last,
            phone: wanted.phone,
        };
        let text = terms
            .sign(&self.private_half(&key.salt))
            .map_err(|error| refused(error.to_string()))?;
        Ok(PassIssued {
            text,
            member: card.member.id,
            srin,
            key_id: key.key.id,
            issued: today,
            expires,
        })
    }

    /// Withdraws all passes of a card, or of all of a member's cards. Answers how many cards had any.
    pub fn withdraw_passes(&mut self, who: &PassFor, reason: &str) -> Result<usize, ServerError> {
        let mut cards = 0;
        for card in self.cards_of(who)? {
            let withdrawn = self.books.withdraw_passes(&card.token, reason, now())?;
            cards += usize::from(withdrawn.is_some());
        }
        Ok(cards)
    }

    /// The keys that sign passes, oldest first.
    pub fn pass_keys(&self) -> Result<Vec<PassKey>, ServerError> {
        Ok(self.books.pass_keys()?)
    }

    /// Makes a new key, which signs from now on. Those before it stay in use for what they have signed.
    pub fn rotate_pass_key(&mut self) -> Result<PassKey, ServerError> {
        let today = self.today()?;
        self.make_pass_key(today)
    }

    /// Sets the last day on which a key's passes are taken; without one, the last day of any pass that it signed.
    pub fn retire_pass_key(&mut self, id: u8, last: Option<Day>) -> Result<PassKey, ServerError> {
        let today = self.today()?;
        self.change_pass_key(id, |key| {
            key.key.not_after = last.or(key.last_day).or(Some(today));
        })
    }

    /// Withdraws a key with all that it signed.
    pub fn revoke_pass_key(&mut self, id: u8, reason: &str) -> Result<PassKey, ServerError> {
        self.change_pass_key(id, |key| {
            key.key.revoked = true;
            key.reason = Some(reason.to_owned());
        })
    }

    fn cards_of(&self, who: &PassFor) -> Result<Vec<MemberCard>, ServerError> {
        let of = match who {
            PassFor::Member(member) => CardsOf::Member(member.clone()),
            PassFor::Card(number) => CardsOf::Card(CardToken::of(&self.identity.card_key, number)),
        };
        let cards = self.books.cards(&of)?;
        match (cards.is_empty(), who) {
            (true, PassFor::Member(member)) => {
                Err(refused(format!("member {} {NO_GSRN}", quoted(member.as_str()))))
            }
            (true, PassFor::Card(_)) => Err(refused(
                "no member has this card: give it to one with \"vafa import members FILE\" (columns id, card)",
            )),
            _ => Ok(cards),
        }
    }

    fn card_for(&self, who: &PassFor) -> Result<MemberCard, ServerError> {
        let any_gsrn = Settings::default();
        let mut cards = self.cards_of(who)?;
        cards.retain(|card| any_gsrn.is_member_gsrn(&card.number));
        match (cards.len(), who) {
            (0, PassFor::Member(member)) => {
                Err(refused(format!("member {} {NO_GSRN}", quoted(member.as_str()))))
            }
            (0, PassFor::Card(_)) => Err(refused(
                "this card's number is no GSRN (18 digits with a GS1 check digit), and a pass can hold no other",
            )),
            (1, _) => Ok(cards.remove(0)),
            (many, _) => Err(refused(format!(
                "{many} of this member's cards have a GSRN: name the one that is meant with --card"
            ))),
        }
    }

    /// The newest key that is in use and has no end; made where there is none.
    fn signing_pass_key(&mut self, today: Day) -> Result<PassKey, ServerError> {
        let keys = self.books.pass_keys()?;
        let good = keys
            .into_iter()
            .rev()
            .find(|key| key.key.is_in_use(today).is_ok() && key.key.not_after.is_none());
        match good {
            Some(key) => Ok(key),
            None => self.make_pass_key(today),
        }
    }

    fn make_pass_key(&mut self, today: Day) -> Result<PassKey, ServerError> {
        let salt = keys::random()?;
        let public = self.private_half(&salt).verifying_key().to_bytes();
        self.publish_pass_keys(|keys| {
            let last = keys.last().map_or(0, |key| key.key.id);
            if last == MOST_KEYS {
                return Err(refused(
                    "all 255 numbers of keys were given out: withdraw no more, and ask for a new format",
                ));
            }
            let key = PassKey {
                key: IssuerKey {
                    id: last + 1,
                    public,
                    not_before: today,
                    not_after: None,
                    revoked: false,
                },
                salt,
                reason: None,
                passes: 0,
                last_day: None,
            };
            keys.push(key.clone());
            Ok(key)
        })
    }

    fn change_pass_key(&mut self, id: u8, change: impl Fn(&mut PassKey)) -> Result<PassKey, ServerError> {
        self.publish_pass_keys(|keys| {
            let key = keys.iter_mut().find(|key| key.key.id == id).ok_or_else(|| {
                refused(format!(
                    "there is no key {id}: \"vafa pass key list\" shows those there are"
                ))
            })?;
            change(key);
            Ok(key.clone())
        })
    }

    /// Changes one key and signs the list anew. Another command that does the same at this moment is waited for by trying
    /// again.
    fn publish_pass_keys(
        &mut self,
        mut change: impl FnMut(&mut Vec<PassKey>) -> Result<PassKey, ServerError>,
    ) -> Result<PassKey, ServerError> {
        loop {
            let before = self.books.pass_key_list()?.map_or(0, |list| list.version);
            let mut keys = self.books.pass_keys()?;
            let changed = change(&mut keys)?;
            // Seconds, so that books put back from a backup do not repeat a version that terminals have.
            let seconds = u64::try_from(now().millis() / 1000).unwrap_or(0);
            let list = KeyList {
                version: seconds.max(before + 1),
                shop: self.identity.shop.clone(),
                keys: keys.iter().map(|key| key.key).collect(),
            };
            let signed = SignedKeys::sign(&list, &self.key);
            if self.books.keep_pass_key(&changed, before, &signed, now())? {
                return Ok(changed);
            }
        }
    }

    fn private_half(&self, salt: &[u8; 32]) -> SigningKey {
        let mut material = [0; 64];
        material[..32].copy_from_slice(self.key.as_bytes());
        material[32..].copy_from_slice(salt);
        let secret = blake3::derive_key("vafa 2026-11 key that signs passes", &material);
        zeroize::Zeroize::zeroize(&mut material);
        SigningKey::from_bytes(&secret)
    }
}
