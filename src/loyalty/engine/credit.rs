//! The desk at which rewards go into accounts: points, stamps, things of the catalogue, and what is for others than the
//! buyer. A sale, an activity and a due day all come here, so that a word means the same in each of them.

use super::super::amount::{LARGEST, Money, Points, Quantity, Rate};
use super::super::id::{CounterId, ProgramId, PurseId, RewardId};
use super::super::member::{Change, ForOther, Holder, Member};
use super::super::program::limit::stock;
use super::super::program::{Program, Recipient, Rule};
use super::super::quote::{Draw, Reason};
use super::offer::{Scene, organisation};
use super::room::{Room, pieces, taken, used};

/// The rule that gives.
#[derive(Clone, Copy)]
pub(super) struct Giver<'a> {
    pub program: &'a Program,
    /// The rule's place in its file.
    pub index: usize,
    pub rule: &'a Rule,
    /// What its limits left before this sale.
    pub room: &'a Room,
}

/// What accounts are credited with, as it comes together.
pub(super) struct Credit<'a, 'b> {
    scene: &'a Scene<'b>,
    /// On the buyer's own account; the member's, where nothing is bought.
    pub changes: Vec<Change>,
    /// On others.
    pub others: Vec<ForOther>,
    /// Draws that are due: what they may win is kept for them.
    pub draws: Vec<Draw>,
}

impl<'a, 'b> Credit<'a, 'b> {
    pub fn at(scene: &'a Scene<'b>) -> Credit<'a, 'b> {
        Credit {
            scene,
            changes: Vec::new(),
            others: Vec::new(),
            draws: Vec::new(),
        }
    }

    /// What the limits of a rule leave, after what others of its file gave just now.
    pub fn room(&self, by: Giver) -> Result<Room, Reason> {
        by.room.after(|shared| self.counted(&shared.counter))
    }

    /// What was counted just now under a name.
    fn counted(&self, wanted: &CounterId) -> i64 {
        let of_others = self.others.iter().flat_map(|other| &other.changes);
        let counted = |change: &Change| match change {
            Change::Count { counter, amount, .. } if counter == wanted => *amount,
            _ => 0,
        };
        self.changes.iter().chain(of_others).map(counted).sum()
    }

    /// To what earning into a purse is rounded.
    pub fn step(&self, purse: &PurseId) -> Points {
        self.scene.programs.purse(purse).step.unwrap_or(Points::ONE)
    }

    /// Puts points into the account that they are for, as far as the rule's limits go, and counts them on those. `units`
    /// are those of the goods for which they are given.
    pub fn points(
        &mut self,
        by: Giver,
        purse: &PurseId,
        amount: Points,
        units: Quantity,
        to: &Recipient,
    ) -> Result<Reason, Reason> {
        let most = self.room(by)?.amount.unwrap_or(amount);
        // No entry moves more: no shop comes near, but a mistyped file must not make one that cannot be booked.
        let most = most.min(Points::thousandths(LARGEST));
        let amount = amount.min(most).down_to(self.step(purse));
        if amount <= Points::ZERO {
            return Err(Reason::NothingLeft);
        }
        let why = self.put(&by.program.id, purse, amount, to)?;
        self.count(by, units, amount);
        Ok(why)
    }

    /// What a rule gave counts on its limits.
    pub fn count(&mut self, by: Giver, units: Quantity, amount: Points) {
        let used = used(self.scene, (by.program, by.index, by.rule), units, amount);
        self.changes.extend(used.own);
        for change in used.shop {
            self.for_other(Holder::Shop, change);
        }
    }

    /// How many pieces of a reward can still be given; nothing where there are enough.
    fn pieces(&self, reward: &RewardId) -> Result<Option<u64>, Reason> {
        let Some(pieces) = pieces(self.scene, reward)? else {
            return Ok(None);
        };
        let may_win = self
            .draws
            .iter()
            .filter(|draw| draw.among.contains(reward))
            .count();
        let taken = self.counted(&stock(reward)) + i64::try_from(may_win).unwrap_or(i64::MAX);
        match u64::try_from(pieces.saturating_sub(taken)) {
            Ok(left @ 1..) => Ok(Some(left)),
            _ => Err(Reason::GivenAway),
        }
    }

    /// The prizes of a draw that this place can still give, and which of them have a stock.
    pub fn prizes(&self, among: &[RewardId]) -> Result<(Vec<RewardId>, Vec<RewardId>), Reason> {
        let (mut left, mut counted, mut why) = (Vec::new(), Vec::new(), Reason::NothingLeft);
        for reward in among {
            match self.pieces(reward) {
                Ok(pieces) => {
                    left.push(reward.clone());
                    counted.extend(pieces.map(|_| reward.clone()));
                }
                Err(none) => why = none,
            }
        }
        match left.is_empty() {
            true => Err(why),
            false => Ok((left, counted)),
        }
    }

    fn put(
        &mut self,
        program: &ProgramId,
        purse: &PurseId,
        amount: Points,
        to: &Recipient,
    ) -> Result<Reason, Reason> {
        let terms = self.scene.programs.purse(purse);
        let earn = |amount| Change::Earn {
            purse: purse.clone(),
            amount,
            program: program.clone(),
            expires: terms.last_day(self.scene.today),
        };
        let own = |points| Reason::Earned {
            purse: purse.clone(),
            points,
        };
        let theirs = |points| Reason::EarnedForOther {
            purse: purse.clone(),
            points,
        };
        let buying = organisation(self.scene).cloned().map(Holder::Organisation);
        let holder = match to {
            Recipient::Buyer => {
                self.changes.push(earn(amount));
                return Ok(own(amount));
            }
            Recipient::Organisation | Recipient::Split { .. } => buying.ok_or(Reason::NeedsOrganisation)?,
            Recipient::Agent => {
                let agent = self.scene.basket.agent.clone();
                agent.map(Holder::Member).ok_or(Reason::NeedsAgent)?
            }
            Recipient::Referrer => {
                let by = self.scene.known.and_then(|known| known.member.brought_by.clone());
                by.map(Holder::Member).ok_or(Reason::NotBrought)?
            }
        };
        let others = match to {
            Recipient::Split {
                organisation,
                consent,
            } if self.may_share(consent.as_deref()) => split(amount, *organisation, self.step(purse)),
            _ => amount,
        };
        if others > Points::ZERO {
            self.for_other(holder, earn(others));
        }
        let rest = amount - others;
        if rest <= Points::ZERO {
            return Ok(theirs(others));
        }
        self.changes.push(earn(rest));
        Ok(own(rest))
    }

    /// Only a person shares with his organisation, and only where he has agreed to it.
    fn may_share(&self, consent: Option<&str>) -> bool {
        let is_person = matches!(self.scene.basket.buyer, Some(Holder::Member(_)));
        let agrees =
            |member: &Member| consent.is_none_or(|consent| member.consents.iter().any(|has| has == consent));
        is_person && self.scene.known.is_some_and(|known| agrees(&known.member))
    }

    /// Whoever it is for may be the buyer himself: an agent who buys for himself, an organisation without a member.
    pub fn for_other(&mut self, holder: Holder, change: Change) {
        if self.scene.basket.buyer.as_ref() == Some(&holder) {
            return self.changes.push(change);
        }
        match self.others.iter_mut().find(|other| other.holder == holder) {
            Some(other) => other.changes.push(change),
            None => self.others.push(ForOther {
                holder,
                changes: vec![change],
            }),
        }
    }

    /// Things of the catalogue: so many, or so many for each full card of stamps where the rule asks for stamps.
    pub fn issue(
        &mut self,
        by: Giver,
        reward: &RewardId,
        quantity: u64,
        to: &Recipient,
    ) -> Result<Reason, Reason> {
        let holder = match to {
            Recipient::Organisation => {
                let name = organisation(self.scene).ok_or(Reason::NeedsOrganisation)?;
                Some(Holder::Organisation(name.clone()))
            }
            _ => None,
        };
        let stocked = self.pieces(reward)?;
        let most = match stocked.map(|left| left / quantity.max(1)) {
            Some(0) => return Err(Reason::GivenAway),
            most => most.unwrap_or(u64::MAX),
        };
        let quantity = quantity.saturating_mul(self.full_cards(by.rule, most)?);
        let change = Change::Issue {
            reward: reward.clone(),
            quantity,
            program: by.program.id.clone(),
        };
        match holder {
            Some(holder) => self.for_other(holder, change),
            None => self.changes.push(change),
        }
        let given = i64::try_from(quantity).unwrap_or(i64::MAX);
        self.count(
            by,
            Quantity::ZERO,
            Points::thousandths(given.saturating_mul(1000)),
        );
        if stocked.is_some() {
            self.for_other(Holder::Shop, taken(reward, given));
        }
        let terms = self.scene.programs.reward(reward);
        let name = terms.and_then(|(_, terms)| terms.name.clone());
        Ok(Reason::Issued {
            reward: name.unwrap_or_else(|| reward.to_string()),
            quantity,
        })
    }

    /// How many full cards a rule can use up, with the stamps that came in just now; one where it needs none.
    /// There may be things for so many at most.
    fn full_cards(&mut self, rule: &Rule, most: u64) -> Result<u64, Reason> {
        let Some((purse, full)) = &rule.needs.stamps else {
            return Ok(1);
        };
        let has = self.holds(purse);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let cards = (has.units() / full.units().max(1)).clamp(0, most);
        if cards == 0 {
            return Err(Reason::NeedsStamps {
                more: *full - has,
                purse: purse.clone(),
                goods: rule.needs.goods.text(),
            });
        }
        self.turn(purse, Points::thousandths(full.units().saturating_mul(cards)));
        Ok(u64::try_from(cards).unwrap_or_default())
    }

    /// What a purse holds, with what is on the desk.
    fn holds(&self, purse: &PurseId) -> Points {
        let before = self.scene.known.map(|known| known.standing.balance(purse));
        let now = self.changes.iter().map(|change| match change {
            Change::Earn {
                purse: into, amount, ..
            } if into == purse => *amount,
            Change::Turn { purse: of, amount } if of == purse => Points::ZERO - *amount,
            _ => Points::ZERO,
        });
        // What comes in just now may count from the next sale on only.
        let later = self.scene.programs.purse(purse).next_sale;
        let now = now.filter(|now| !later || *now < Points::ZERO);
        before.unwrap_or_default() + now.sum()
    }

    /// Stamps become a reward.
    pub fn turn(&mut self, purse: &PurseId, amount: Points) {
        self.changes.push(Change::Turn {
            purse: purse.clone(),
            amount,
        });
    }
}

/// The first of two shares, to the purse's step, by the largest remainder; of equal ones the first takes the rest.
fn split(amount: Points, share: Rate, step: Points) -> Points {
    let steps = amount.units() / step.units().max(1);
    let one = i128::from(Rate::ONE.units());
    let parts = Money::minor(steps).split(&[i128::from(share.units()), one - i128::from(share.units())]);
    let first = parts.first().map_or(0, |part| part.units());
    // What is finer than a step stays with the first.
    Points::thousandths(first * step.units() + amount.units() % step.units().max(1))
}
