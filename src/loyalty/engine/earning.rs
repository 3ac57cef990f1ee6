//! Phase 8: points for what was paid, stamps, memberships, things of the catalogue, shares for a charity; what the sale
//! adds to the past, and the tiers that it reaches with that.

use std::collections::{BTreeMap, BTreeSet};

use super::super::amount::{Money, Points, Quantity, Rate};
use super::super::id::{OrganisationId, PurseId};
use super::super::member::{Change, ForOther, Holder};
use super::super::program::index;
use super::super::program::past::Whose;
use super::super::program::reward::EARNING;
use super::super::program::{EarnBase, Recipient, Reward};
use super::super::quote::{Applied, Draw, Reason};
use super::base::{Base, PaidBy};
use super::credit::Credit;
use super::offer::{Offer, Refusal, Scene, organisation};
use super::pricing::{Priced, stamps_used};
use super::room::Room;
use super::{ladder, membership};

/// What phase 8 adds to a quote.
#[derive(Default)]
pub(super) struct Earned {
    pub applied: Vec<Applied>,
    pub refusals: Vec<Refusal>,
    pub changes: Vec<Change>,
    pub others: Vec<ForOther>,
    pub messages: Vec<String>,
    pub needs_approval: bool,
    pub draws: Vec<Draw>,
}

/// What the buyer, and others, are credited with. `paid` is what purses pay of the bill.
pub(super) fn earn(scene: &Scene, offers: &[&Offer], priced: &Priced, paid: PaidBy) -> Earned {
    let mut earning = Earning {
        scene,
        offers,
        base: Base { scene, priced, paid },
        desk: Credit::at(scene),
        earned: Earned::default(),
        points: BTreeMap::new(),
    };
    earning.limits_of_discounts();
    // Stamps come before what uses them up, and what waits for a tier comes when it is known.
    let is_now = |k: &usize| offers[*k].phase == EARNING && offers[*k].rule.needs.reaches.is_none();
    let is_stamp = |k: &usize| matches!(offers[*k].rule.gives, Reward::Stamp { .. });
    for k in (0..offers.len()).filter(|k| is_now(k) && is_stamp(k)) {
        earning.offer(k);
    }
    earning.turned();
    for k in (0..offers.len()).filter(|k| is_now(k) && !is_stamp(k)) {
        earning.offer(k);
    }
    let sold = membership::sold(&mut earning.desk, scene);
    earning.earned.applied.extend(sold);
    earning.past();
    let waits = |k: &usize| offers[*k].rule.needs.reaches.is_some();
    for k in (0..offers.len()).filter(waits) {
        earning.offer(k);
    }
    earning.tips();
    Earned {
        changes: earning.desk.changes,
        others: earning.desk.others,
        draws: earning.desk.draws,
        ..earning.earned
    }
}

struct Earning<'a, 'b> {
    scene: &'a Scene<'b>,
    offers: &'a [&'a Offer<'b>],
    base: Base<'a, 'b>,
    desk: Credit<'a, 'b>,
    /// All but the changes, which are on the desk.
    earned: Earned,
    points: ladder::EarnedPoints,
}

impl<'b> Earning<'_, 'b> {
    /// What phases 1 to 5 gave counts on its limits.
    fn limits_of_discounts(&mut self) {
        for (k, offer) in self.offers.iter().enumerate() {
            let (units, money) = self.base.priced.given[k];
            if money.is_zero() {
                continue;
            }
            let amount = self.base.priced.bill.in_purse(money);
            self.desk.count(offer.giver(), units, amount);
            if let Some(reward) = &offer.rule.needs.entitlement {
                self.desk.changes.push(Change::Use {
                    reward: reward.clone(),
                    quantity: 1,
                });
            }
        }
    }

    fn offer(&mut self, k: usize) {
        let offer = self.offers[k];
        let given = match self.base.priced.unmet(offer) {
            Some(why) => Err(why),
            None => self.give(offer),
        };
        match given {
            Err(why) => self.earned.refusals.push(offer.refuse(why)),
            Ok(why) => self.earned.applied.push(Applied {
                program: offer.program.id.clone(),
                amount: Money::ZERO,
                parts: Vec::new(),
                why,
            }),
        }
    }

    fn give(&mut self, offer: &Offer) -> Result<Reason, Reason> {
        self.reaches(offer)?;
        let room = self.desk.room(offer.giver())?;
        match &offer.rule.gives {
            Reward::Membership(membership) => {
                membership::begin(&mut self.desk, self.scene, offer.giver(), membership)
            }
            Reward::Earn {
                purse,
                points,
                per,
                to,
            } => self.points((offer, &room), purse, *points, *per, to),
            Reward::Stamp { purse, stamps } => self.stamps((offer, &room), purse, *stamps),
            Reward::Times { purse, times } => self.times(purse, *times),
            Reward::Back { purse, share } => {
                let amount = self.base.back(offer, *share, self.desk.step(purse));
                self.desk
                    .points(offer.giver(), purse, amount, Quantity::ZERO, &Recipient::Buyer)
            }
            Reward::Issue { reward, quantity, to } => self.desk.issue(offer.giver(), reward, *quantity, to),
            Reward::Donate { share, charity } => {
                let amount = self.base.of(offer).share(*share);
                if amount.is_zero() {
                    return Err(Reason::NothingLeft);
                }
                let charity = charity.clone();
                self.desk.changes.push(Change::Donate {
                    charity: charity.clone(),
                    amount,
                    program: offer.program.id.clone(),
                });
                Ok(Reason::Donated { charity, amount })
            }
            Reward::Draw { chance, among } => {
                let (among, counted) = self.desk.prizes(among)?;
                self.desk.count(offer.giver(), Quantity::ZERO, Points::ZERO);
                self.desk.draws.push(Draw {
                    program: offer.program.id.clone(),
                    rule: u32::try_from(offer.index).unwrap_or(u32::MAX),
                    chance: *chance,
                    among,
                    won: None,
                    counted,
                });
                Ok(Reason::DrawIsDue { chance: *chance })
            }
            Reward::Message(text) => {
                self.earned.messages.push(text.clone());
                Ok(Reason::Says { text: text.clone() })
            }
            Reward::Approval => {
                self.earned.needs_approval = true;
                Ok(Reason::NeedsApproval)
            }
            _ => Err(Reason::NothingLeft),
        }
    }

    /// Does this sale reach the tier that the rule waits for?
    fn reaches(&self, offer: &Offer) -> Result<(), Reason> {
        let Some((ladder, tier)) = &offer.rule.needs.reaches else {
            return Ok(());
        };
        let reaches = |change: &Change| matches!(change, Change::Reach { ladder: on, tier: now } if on == ladder && now.name == *tier);
        let of_others = self.desk.others.iter().flat_map(|other| &other.changes);
        match self.desk.changes.iter().chain(of_others).any(reaches) {
            true => Ok(()),
            false => Err(Reason::DoesNotReach { tier: tier.clone() }),
        }
    }

    /// How many times over a purse is filled: the highest multiple of those that apply.
    fn multiple(&self, into: &PurseId) -> Rate {
        let times = self.offers.iter().filter_map(|offer| match &offer.rule.gives {
            Reward::Times { purse, times } if purse == into => Some(*times),
            _ => None,
        });
        times.max().unwrap_or(Rate::ONE)
    }

    fn points(
        &mut self,
        (offer, room): (&Offer, &Room),
        purse: &PurseId,
        points: Points,
        per: EarnBase,
        to: &Recipient,
    ) -> Result<Reason, Reason> {
        // What is for the member who sold, or who brought the buyer, is not the buyer's to raise or to be judged by.
        let is_buyers = !matches!(to, Recipient::Agent | Recipient::Referrer);
        let step = self.desk.step(purse);
        let base = self.base.points((offer, room), points, per, Rate::ONE, step);
        let times = match per {
            EarnBase::Once => Rate::ONE,
            _ if !is_buyers => Rate::ONE,
            _ => self.multiple(purse),
        };
        let amount = self.base.points((offer, room), points, per, times, step);
        if let (EarnBase::Amount(per), true) = (per, amount <= Points::ZERO) {
            return Err(Reason::TooLittleToEarn { per });
        }
        let amount = room.amount.map_or(amount, |most| amount.min(most.down_to(step)));
        let why = self
            .desk
            .points(offer.giver(), purse, amount, self.base.units(offer, room), to)?;
        if is_buyers {
            let (at_base, in_all) = self.points.entry(purse.clone()).or_default();
            *at_base += base;
            *in_all += amount;
        }
        Ok(why)
    }

    /// A stamp for each unit that was paid.
    fn stamps(
        &mut self,
        (offer, room): (&Offer, &Room),
        purse: &PurseId,
        stamps: Points,
    ) -> Result<Reason, Reason> {
        let units: i64 = offer
            .lines()
            .map(|line| {
                let paid = self.scene.basket.lines[line].quantity - self.base.priced.freed[line];
                paid.units() / 1000
            })
            .sum();
        let all = Points::thousandths(stamps.units().saturating_mul(units));
        let amount = room.most_stamps(stamps).map_or(all, |most| all.min(most));
        let units = Quantity::whole(amount.units() / stamps.units().max(1));
        self.desk
            .points(offer.giver(), purse, amount, units, &Recipient::Buyer)
    }

    /// Stamps that reduced units in this sale are used up, once all that it earns are there.
    fn turned(&mut self) {
        for (k, offer) in self.offers.iter().enumerate() {
            if let Some((purse, used)) = stamps_used(offer, self.base.priced.given[k]) {
                self.desk.turn(&purse, used);
            }
        }
    }

    /// A multiple is given where the base is; here only whether there is a base.
    fn times(&mut self, purse: &PurseId, times: Rate) -> Result<Reason, Reason> {
        let fills =
            |offer: &&&Offer| matches!(&offer.rule.gives, Reward::Earn { purse: into, .. } if into == purse);
        if times < self.multiple(purse) || !self.offers.iter().any(|offer| fills(&offer)) {
            return Err(Reason::NothingLeft);
        }
        Ok(Reason::Multiplied {
            purse: purse.clone(),
            times,
        })
    }

    /// The sale becomes a part of the past, and may reach tiers with that.
    fn past(&mut self) {
        let counted = |whose| ladder::counts(&self.base, &self.points, whose);
        let mut own = Vec::new();
        if self.scene.basket.buyer.is_some() {
            own = counted(Whose::Member);
            let reached = ladder::reached(self.scene, &own, Whose::Member);
            self.desk.changes.extend(own.iter().cloned());
            self.desk.changes.extend(reached);
        }
        if let Some(name) = organisation(self.scene).cloned() {
            let counts = counted(Whose::Organisation);
            let reached = ladder::reached(self.scene, &counts, Whose::Organisation);
            // An organisation that buys without a member has one account, on which everything counts once.
            let is_buyer = self.scene.basket.buyer == Some(Holder::Organisation(name.clone()));
            let counts = counts
                .into_iter()
                .filter(|count| !is_buyer || !own.contains(count));
            for change in counts.chain(reached) {
                self.desk
                    .for_other(Holder::Organisation(OrganisationId::clone(&name)), change);
            }
        }
    }

    /// A line that goes with points that were earned.
    fn tips(&mut self) {
        let programs = &self.scene.programs.programs;
        let earned = self.desk.changes.iter().filter_map(|change| match change {
            Change::Earn { program, .. } => index::place(programs, program),
            _ => None,
        });
        let earned: BTreeSet<usize> = earned.collect();
        let tips = earned.into_iter().filter_map(|at| programs[at].tip.clone());
        self.earned.messages.extend(tips);
    }
}
