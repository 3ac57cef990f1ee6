//! Who holds the card, and how he stands: purses, memberships, tiers and entitlements as far as this place knows them.

use std::collections::BTreeMap;

use minicbor::decode::{self, Decoder};
use minicbor::{Decode, Encode};

use super::amount::{Money, Points};
use super::calendar::{Day, Moment};
use super::id::{
    CharityId, CounterId, LadderId, MemberId, MembershipId, OrganisationId, ProgramId, PurseId, RewardId,
};

/// A card number as sync and journal know it: keyed BLAKE3 of the number, so that a stolen disk lists no cards. The
/// number itself never leaves the machine that scanned it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct CardToken(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

impl CardToken {
    /// The token of a card number under the shop's key.
    pub fn of(shop_key: &[u8; 32], number: &str) -> CardToken {
        let hash = blake3::keyed_hash(shop_key, number.as_bytes());
        let mut token = [0; 16];
        token.copy_from_slice(&hash.as_bytes()[..16]);
        CardToken(token)
    }

    /// A token as it came from a file.
    pub const fn from_bytes(bytes: [u8; 16]) -> CardToken {
        CardToken(bytes)
    }

    /// The whole token.
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The first 63 bits as a whole number: the key under which a terminal's cache finds the card.
    pub fn short(&self) -> i64 {
        let mut first = [0; 8];
        first.copy_from_slice(&self.0[..8]);
        i64::from_be_bytes(first) & i64::MAX
    }
}

impl std::fmt::Debug for CardToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CardToken(..{:02x}{:02x})", self.0[14], self.0[15])
    }
}

/// Whose account a movement concerns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Holder {
    /// A member the server knows.
    #[n(0)]
    Member(#[n(0)] MemberId),
    /// A card nobody here knows yet: it earns, and is credited when its member becomes known.
    #[n(1)]
    Card(#[n(0)] CardToken),
    /// A company that buys.
    #[n(2)]
    Organisation(#[n(0)] OrganisationId),
    /// The shop itself: its account counts what all customers were given together, of limits in all and of stocks.
    #[n(3)]
    Shop,
}

/// A group a member belongs to, such as students, and the last day of its proof.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Group {
    /// The group's name.
    #[n(0)]
    pub name: String,
    /// The last day, included; without one it does not end.
    #[n(1)]
    pub until: Option<Day>,
}

/// A person with a card. Only what a till needs: no address, no telephone number.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Member {
    /// The server's id.
    #[n(0)]
    pub id: MemberId,
    /// What the cashier may call him.
    #[n(1)]
    pub name: Option<String>,
    /// The day of birth.
    #[n(2)]
    pub birthday: Option<Day>,
    /// Since when he is a member.
    #[n(3)]
    pub enrolled: Option<Day>,
    /// Groups with a proof.
    #[n(4)]
    pub groups: Vec<Group>,
    /// The organisation he buys for. It was any text once: one that is no name is none, and what else the record says stays
    /// readable.
    #[cbor(n(5), default, decode_with = "organisation_or_none")]
    pub organisation: Option<OrganisationId>,
    /// What he has agreed to.
    #[n(6)]
    pub consents: Vec<String>,
    /// What he likes.
    #[n(7)]
    pub interests: Vec<String>,
    /// A blocked member's cards are refused.
    #[n(8)]
    pub blocked: bool,
    /// The member who brought him.
    #[n(9)]
    pub brought_by: Option<MemberId>,
}

fn organisation_or_none<Ctx>(
    d: &mut Decoder<'_>,
    ctx: &mut Ctx,
) -> Result<Option<OrganisationId>, decode::Error> {
    let text: Option<&str> = d.decode_with(ctx)?;
    Ok(text.and_then(|text| OrganisationId::parse(text).ok()))
}

impl Member {
    /// A member of whom nothing is known but the id.
    pub fn named(id: MemberId) -> Member {
        Member {
            id,
            name: None,
            birthday: None,
            enrolled: None,
            groups: Vec::new(),
            organisation: None,
            consents: Vec::new(),
            interests: Vec::new(),
            blocked: false,
            brought_by: None,
        }
    }

    /// Is the proof for this group still good on that day? Its last day counts.
    pub fn is_in_group(&self, name: &str, on: Day) -> bool {
        self.groups
            .iter()
            .any(|group| group.name == name && group.until.is_none_or(|last| on <= last))
    }
}

/// A membership held: since when, and to which last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Held {
    /// It counts for sales that start from this moment on, but for the one that granted it.
    #[n(0)]
    pub since: Moment,
    /// The last day, included; none means for ever.
    #[n(1)]
    pub until: Option<Day>,
}

/// A tier of a ladder, as it was reached.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Tier {
    /// The level's name.
    #[n(0)]
    pub name: String,
    /// The day on which it was reached.
    #[n(1)]
    pub since: Day,
    /// The last day on which it is kept; then it is judged again.
    #[n(2)]
    pub until: Option<Day>,
}

/// A sum kept day by day: whole minor units, thousandths of points or quantities, or times, by what is counted.
pub type Counted = BTreeMap<Day, i64>;

/// How a member stands at a moment: all that rules may ask about him. Sums only; the lots behind them are the ledger's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Standing {
    /// What can be spent, by purse. A purse that holds nothing may be missing.
    #[n(0)]
    pub purses: BTreeMap<PurseId, Points>,
    /// Rights that last.
    #[n(1)]
    pub memberships: BTreeMap<MembershipId, Held>,
    /// The tier reached on each ladder; a ladder's lowest tier, and one that comes with a group, need not be here.
    #[n(2)]
    pub tiers: BTreeMap<LadderId, Tier>,
    /// Things issued and not used yet.
    #[n(3)]
    pub entitlements: BTreeMap<RewardId, u64>,
    /// The past, as far as programs ask for it.
    #[n(4)]
    #[cbor(default)]
    pub counters: BTreeMap<CounterId, Counted>,
}

impl Standing {
    /// What a purse holds.
    pub fn balance(&self, purse: &PurseId) -> Points {
        self.purses.get(purse).copied().unwrap_or_default()
    }

    /// Does he hold this membership for a sale that starts at this moment, on this day? The sale that grants it is judged by the standing before it.
    pub fn holds(&self, membership: &MembershipId, at: Moment, on: Day) -> bool {
        let held = self.memberships.get(membership);
        held.is_some_and(|held| held.since <= at && held.until.is_none_or(|last| on <= last))
    }

    /// What was counted from one day to another, both included.
    pub fn counted(&self, counter: &CounterId, (from, to): (Option<Day>, Day)) -> i64 {
        let days = self.counters.get(counter).into_iter().flatten();
        days.filter(|(day, _)| from.is_none_or(|from| from <= **day) && **day <= to)
            .fold(0, |sum: i64, (_, amount)| sum.saturating_add(*amount))
    }

    /// Takes a change into account, as the till does with its own sales until the server's answer reflects them.
    pub fn apply(&mut self, change: &Change, at: Moment) {
        match change {
            Change::Earn { purse, amount, .. } | Change::Restore { purse, amount, .. } => {
                *self.purses.entry(purse.clone()).or_default() += *amount;
            }
            Change::Spend { purse, amount } | Change::TakeBack { purse, amount, .. } => {
                *self.purses.entry(purse.clone()).or_default() -= *amount;
            }
            Change::Grant {
                membership, until, ..
            } => {
                grant(
                    &mut self.memberships,
                    membership,
                    Held {
                        since: at,
                        until: *until,
                    },
                );
            }
            Change::Revoke {
                membership, since, ..
            } => revoke(&mut self.memberships, membership, *since),
            Change::Count { counter, day, amount } => {
                let days = self.counters.entry(counter.clone()).or_default();
                let sum = days.entry(*day).or_default();
                *sum = sum.saturating_add(*amount);
            }
            Change::Issue { reward, quantity, .. } => {
                let held = self.entitlements.entry(reward.clone()).or_default();
                *held = held.saturating_add(*quantity);
            }
            Change::Withdraw { reward, quantity } => {
                let held = self.entitlements.entry(reward.clone()).or_default();
                *held = held.saturating_sub(*quantity);
            }
            Change::Reach { ladder, tier } => {
                self.tiers.insert(ladder.clone(), tier.clone());
            }
            Change::Leave {
                ladder,
                since,
                back_to,
            } => {
                if self.tiers.get(ladder).is_some_and(|tier| tier.since == *since) {
                    self.tiers.remove(ladder);
                    self.tiers
                        .extend(back_to.clone().map(|tier| (ladder.clone(), tier)));
                }
            }
            Change::Turn { purse, amount } => {
                *self.purses.entry(purse.clone()).or_default() -= *amount;
            }
            Change::Use { reward, quantity } => {
                let held = self.entitlements.entry(reward.clone()).or_default();
                let less = i128::from(*held) - i128::from(*quantity);
                *held = u64::try_from(less.max(0)).unwrap_or(u64::MAX);
            }
            Change::Donate { .. } | Change::Brought { .. } => {}
        }
    }
}

impl Held {
    /// Does this one last longer? One without an end lasts longest; of two that end together the older counts.
    pub fn outlasts(&self, other: &Held) -> bool {
        match (self.until, other.until) {
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (own, others) => own > others || (own == others && self.since < other.since),
        }
    }
}

/// Gives a membership: of several that were given the one that lasts longest counts.
pub fn grant(memberships: &mut BTreeMap<MembershipId, Held>, membership: &MembershipId, now: Held) {
    let held = memberships.entry(membership.clone()).or_insert(now);
    if now.outlasts(held) {
        *held = now;
    }
}

/// Takes back the membership that a sale at this moment gave; one that another sale gave stays.
pub fn revoke(memberships: &mut BTreeMap<MembershipId, Held>, membership: &MembershipId, since: Moment) {
    if memberships
        .get(membership)
        .is_some_and(|held| held.since == since)
    {
        memberships.remove(membership);
    }
}

/// A member with his standing, as this place knows them: what a rule may ask about the customer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Known {
    /// Who he is.
    #[n(0)]
    pub member: Member,
    /// How he stands.
    #[n(1)]
    pub standing: Standing,
    /// How the organisation stands that he buys for.
    #[n(2)]
    pub organisation: Option<Standing>,
}

impl Known {
    /// What an entry of the journal may keep, enough to quote the same sale again: no name, and of the birthday only
    /// whether it was that day.
    pub fn as_recorded(&self, on: Day) -> Known {
        let birthday = self.member.birthday;
        let birthday = birthday.and_then(|born| on.birthday_to_record(born));
        Known {
            member: Member {
                name: None,
                birthday,
                ..self.member.clone()
            },
            standing: self.standing.clone(),
            organisation: self.organisation.clone(),
        }
    }
}

/// What a sale or a return does to its buyer's account: the promise that the receipt prints and the server books.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Change {
    /// Points earned, into a lot of their own.
    #[n(0)]
    Earn {
        /// Which purse.
        #[n(0)]
        purse: PurseId,
        /// How much, above zero.
        #[n(1)]
        amount: Points,
        /// Which program gives it.
        #[n(2)]
        program: ProgramId,
        /// The lot's last day, included.
        #[n(3)]
        expires: Option<Day>,
    },
    /// Points spent as payment: the earliest expiry first, then the oldest.
    #[n(1)]
    Spend {
        /// Which purse.
        #[n(0)]
        purse: PurseId,
        /// How much, above zero.
        #[n(1)]
        amount: Points,
    },
    /// Points earned by a sale that a return takes back.
    #[n(2)]
    TakeBack {
        /// Which purse.
        #[n(0)]
        purse: PurseId,
        /// How much, above zero.
        #[n(1)]
        amount: Points,
        /// Which program had given it.
        #[n(2)]
        program: ProgramId,
    },
    /// Points spent on a sale that a return gives back, with the expiry they had.
    #[n(3)]
    Restore {
        /// Which purse.
        #[n(0)]
        purse: PurseId,
        /// How much, above zero.
        #[n(1)]
        amount: Points,
        /// They live so many days at least from now on; 30 where nothing is stated.
        #[n(2)]
        days: Option<i32>,
    },
    /// A membership that starts with this sale. One that is held already stays as it is.
    #[n(4)]
    Grant {
        /// Which membership.
        #[n(0)]
        membership: MembershipId,
        /// Which program gives it.
        #[n(1)]
        program: ProgramId,
        /// Its last day, included; none means for ever.
        #[n(2)]
        until: Option<Day>,
    },
    /// A membership that a return takes back, because the sale that gave it is undone.
    #[n(5)]
    Revoke {
        /// Which membership.
        #[n(0)]
        membership: MembershipId,
        /// Which program had given it.
        #[n(1)]
        program: ProgramId,
        /// The moment of the sale that gave it: one that another sale gave stays.
        #[n(2)]
        since: Moment,
    },
    /// The past grows: so much was spent, bought or used on a day. Below zero where a return gives it back.
    #[n(6)]
    Count {
        /// What is counted.
        #[n(0)]
        counter: CounterId,
        /// The day it counts for.
        #[n(1)]
        day: Day,
        /// How much.
        #[n(2)]
        amount: i64,
    },
    /// Something of the catalogue is held from now on, until it is used.
    #[n(7)]
    Issue {
        /// What.
        #[n(0)]
        reward: RewardId,
        /// How many.
        #[n(1)]
        quantity: u64,
        /// Which program gives it.
        #[n(2)]
        program: ProgramId,
    },
    /// Something held was used, or a return takes it back.
    #[n(8)]
    Withdraw {
        /// What.
        #[n(0)]
        reward: RewardId,
        /// How many.
        #[n(1)]
        quantity: u64,
    },
    /// A tier is reached.
    #[n(9)]
    Reach {
        /// On which ladder.
        #[n(0)]
        ladder: LadderId,
        /// The tier.
        #[n(1)]
        tier: Tier,
    },
    /// A tier that a returned sale had reached is left again, if it is still the one.
    #[n(10)]
    Leave {
        /// On which ladder.
        #[n(0)]
        ladder: LadderId,
        /// The day on which it had been reached.
        #[n(1)]
        since: Day,
        /// The tier before it.
        #[n(2)]
        back_to: Option<Tier>,
    },
    /// A share goes to a charity, at no cost to the buyer. Below zero where a return takes it back.
    #[n(11)]
    Donate {
        /// To which.
        #[n(0)]
        charity: CharityId,
        /// How much.
        #[n(1)]
        amount: Money,
        /// Which program gives it.
        #[n(2)]
        program: ProgramId,
    },
    /// Stamps turn into a reward, and back where the sale is returned (below zero).
    #[n(12)]
    Turn {
        /// Which purse.
        #[n(0)]
        purse: PurseId,
        /// How many stamps.
        #[n(1)]
        amount: Points,
    },
    /// This member was brought by another. The first one counts.
    #[n(13)]
    Brought {
        /// By whom.
        #[n(0)]
        by: MemberId,
    },
    /// A sale uses up something that was issued, and a return gives it back (below zero).
    #[n(14)]
    Use {
        /// What.
        #[n(0)]
        reward: RewardId,
        /// How many.
        #[n(1)]
        quantity: i64,
    },
}

/// What a sale or a return does to an account that is not the buyer's: an organisation's, an agent's, a friend's.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ForOther {
    /// Whose account.
    #[n(0)]
    pub holder: Holder,
    /// What it does.
    #[n(1)]
    pub changes: Vec<Change>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A member as the first version wrote him.
    fn written_before(organisation: Option<&str>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut e = minicbor::Encoder::new(&mut bytes);
        e.map(5 + u64::from(organisation.is_some()))
            .and_then(|e| e.u8(0)?.str("ana"))
            .and_then(|e| e.u8(4)?.array(0))
            .expect("memory");
        if let Some(organisation) = organisation {
            e.u8(5).and_then(|e| e.str(organisation)).expect("memory");
        }
        e.u8(6)
            .and_then(|e| e.array(0)?.u8(7)?.array(0)?.u8(8)?.bool(false))
            .expect("memory");
        bytes
    }

    #[test]
    fn a_member_from_before_is_read_whatever_his_organisation_was_called() {
        let long = "Gesellschaft fuer Kassen und Drucker ".repeat(3);
        for (written, read) in [
            (None, None),
            (Some("Acme Ltd"), Some("Acme Ltd")),
            (Some(long.as_str()), None),
            (Some(" "), None),
        ] {
            let member: Member = minicbor::decode(&written_before(written)).expect("a member");
            let organisation = member.organisation.as_ref().map(OrganisationId::as_str);
            assert_eq!((member.id.as_str(), organisation), ("ana", read));
            let again = minicbor::to_vec(&member).expect("memory");
            assert_eq!(minicbor::decode::<Member>(&again).expect("a member"), member);
        }
    }
}
