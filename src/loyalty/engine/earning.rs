//! Phase 8: points for what was paid, stamps, memberships, things of the catalogue, shares for a charity; what the sale
//! adds to the past, and the tiers that it reaches with that.

use std::collections::BTreeMap;

use super::super::amount::{Money, Points, Quantity, Rate};
use super::super::id::{CounterId, MembershipId, OrganisationId, PurseId, RewardId};
use super::super::member::{Change, ForOther, Holder};
use super::super::program::limit::stock;
use super::super::program::past::Whose;
use super::super::program::{EarnBase, MembershipTerms, Recipient, Reward};
use super::super::quote::{Applied, Draw, Reason};
use super::ladder;
use super::offer::{Offer, Refusal, Scene, organisation};
use super::pricing::{Priced, stamps_used};
use super::room::{Room, pieces, taken, used};

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
pub(super) fn earn(scene: &Scene, offers: &[&Offer], priced: &Priced, paid: Money) -> Earned {
    let mut desk = Earning {
        scene,
        offers,
        priced,
        paid,
        earned: Earned::default(),
        base_points: BTreeMap::new(),
    };
    desk.limits_of_discounts();
    // Stamps come before what uses them up, and what waits for a tier comes when it is known.
    let is_now = |k: &usize| {
        offers[*k].phase == super::super::program::reward::EARNING && offers[*k].rule.needs.reaches.is_none()
    };
    let is_stamp = |k: &usize| matches!(offers[*k].rule.gives, Reward::Stamp { .. });
    for k in (0..offers.len()).filter(|k| is_now(k) && is_stamp(k)) {
        desk.offer(k);
    }
    desk.turned();
    for k in (0..offers.len()).filter(|k| is_now(k) && !is_stamp(k)) {
        desk.offer(k);
    }
    desk.sold_memberships();
    desk.past();
    let waits = |k: &usize| offers[*k].rule.needs.reaches.is_some();
    for k in (0..offers.len()).filter(waits) {
        desk.offer(k);
    }
    desk.tips();
    desk.earned
}

struct Earning<'a, 'b> {
    scene: &'a Scene<'b>,
    offers: &'a [&'a Offer<'b>],
    priced: &'a Priced,
    paid: Money,
    earned: Earned,
    /// What was earned into each purse before tiers raised it.
    base_points: BTreeMap<PurseId, Points>,
}

impl<'b> Earning<'_, 'b> {
    /// What phases 1 to 5 gave counts on its limits.
    fn limits_of_discounts(&mut self) {
        for (k, offer) in self.offers.iter().enumerate() {
            let (units, money) = self.priced.given[k];
            if money.is_zero() {
                continue;
            }
            let amount = self.priced.bill.in_purse(money);
            self.count(offer, units, amount);
            if let Some(reward) = &offer.rule.needs.entitlement {
                self.earned.changes.push(Change::Use {
                    reward: reward.clone(),
                    quantity: 1,
                });
            }
        }
    }

    fn offer(&mut self, k: usize) {
        let offer = self.offers[k];
        let given = match self.priced.unmet(offer) {
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
        if let Some((ladder, tier)) = &offer.rule.needs.reaches {
            let reaches = |change: &Change| matches!(change, Change::Reach { ladder: on, tier: now } if on == ladder && now.name == *tier);
            let of_others = self.earned.others.iter().flat_map(|other| &other.changes);
            if !self.earned.changes.iter().chain(of_others).any(reaches) {
                return Err(Reason::DoesNotReach { tier: tier.clone() });
            }
        }
        self.room(offer)?;
        match &offer.rule.gives {
            Reward::Membership(membership) => Ok(self.begin(offer, membership)),
            Reward::Earn {
                purse,
                points,
                per,
                to,
            } => self.points(offer, purse, *points, *per, to),
            Reward::Stamp { purse, stamps } => self.stamps(offer, purse, *stamps),
            Reward::Times { purse, times } => self.times(purse, *times),
            Reward::Back { purse, share } => self.back(offer, purse, *share),
            Reward::Issue { reward, quantity, to } => {
                let most = match self.pieces(reward)?.map(|left| left / quantity) {
                    Some(0) => return Err(Reason::GivenAway),
                    most => most,
                };
                let cards = self.full_cards(offer, most.unwrap_or(u64::MAX))?;
                self.issue(offer, reward, quantity.saturating_mul(cards), to)
            }
            Reward::Donate { share, charity } => {
                let amount = self.base_of(offer).share(*share);
                if amount.is_zero() {
                    return Err(Reason::NothingLeft);
                }
                let charity = charity.clone();
                self.earned.changes.push(Change::Donate {
                    charity: charity.clone(),
                    amount,
                    program: offer.program.id.clone(),
                });
                Ok(Reason::Donated { charity, amount })
            }
            Reward::Draw { chance, among } => {
                let (among, counted) = self.prizes(among)?;
                self.count(offer, Quantity::ZERO, Points::ZERO);
                self.earned.draws.push(Draw {
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

    fn count(&mut self, offer: &Offer, units: Quantity, amount: Points) {
        let rule = (offer.program, offer.index, offer.rule);
        let used = used(self.scene, rule, units, amount);
        self.earned.changes.extend(used.own);
        for change in used.shop {
            self.for_other(Holder::Shop, change);
        }
    }

    /// What the limits of an offer leave, after what others of its file gave in this sale.
    fn room(&self, offer: &Offer) -> Result<Room, Reason> {
        offer.room.after(|shared| self.counted(&shared.counter))
    }

    /// What this sale has counted so far under a name.
    fn counted(&self, wanted: &CounterId) -> i64 {
        let of_others = self.earned.others.iter().flat_map(|other| &other.changes);
        let counted = |change: &Change| match change {
            Change::Count { counter, amount, .. } if counter == wanted => *amount,
            _ => 0,
        };
        self.earned.changes.iter().chain(of_others).map(counted).sum()
    }

    /// How many pieces of a reward can still be given; nothing where there are enough. What a draw of this sale may win is
    /// kept for it.
    fn pieces(&self, reward: &RewardId) -> Result<Option<u64>, Reason> {
        let Some(pieces) = pieces(self.scene, reward)? else {
            return Ok(None);
        };
        let draws = self.earned.draws.iter();
        let may_win = draws.filter(|draw| draw.among.contains(reward)).count();
        let taken = self.counted(&stock(reward)) + i64::try_from(may_win).unwrap_or(i64::MAX);
        match u64::try_from(pieces.saturating_sub(taken)) {
            Ok(left @ 1..) => Ok(Some(left)),
            _ => Err(Reason::GivenAway),
        }
    }

    /// The prizes of a draw that this place can still give, and which of them have a stock.
    fn prizes(&self, among: &[RewardId]) -> Result<(Vec<RewardId>, Vec<RewardId>), Reason> {
        let (mut left, mut counted, mut why) = (Vec::new(), Vec::new(), Reason::NothingLeft);
        for reward in among {
            // Each draw of this sale before this one may win the last.
            let draws = self.earned.draws.iter();
            let before = draws.filter(|draw| draw.counted.contains(reward)).count();
            match self.pieces(reward) {
                Ok(Some(pieces)) if usize::try_from(pieces).is_ok_and(|pieces| pieces <= before) => {
                    why = Reason::GivenAway;
                }
                Ok(pieces) => {
                    left.push(reward.clone());
                    counted.extend(pieces.map(|_| reward.clone()));
                }
                Err(none) => why = none,
            }
        }
        if left.is_empty() {
            Err(why)
        } else {
            Ok((left, counted))
        }
    }

    /// What was spent on the offer's goods, without what purses paid.
    fn base_of(&self, offer: &Offer) -> Money {
        let net: Money = offer.lines().map(|line| self.priced.bill.lines[line].net).sum();
        ladder::base(net, self.priced, self.paid)
    }

    /// Points for what was spent on the offer's goods, so many times over. Rounded down once, to the purse's step.
    fn worth(&self, offer: &Offer, points: Points, per: EarnBase, times: Rate, step: Points) -> Points {
        let total = i128::from(self.priced.bill.total().units());
        let in_money = (total - i128::from(self.paid.units())).max(0);
        let (base, per) = match per {
            EarnBase::Amount(per) => {
                let net: Money = offer.lines().map(|line| self.priced.bill.lines[line].net).sum();
                (net.units(), per.units())
            }
            EarnBase::Unit(per) => (self.units_of(offer).units(), per.units()),
            EarnBase::Once => return points,
        };
        if total == 0 || per <= 0 {
            return Points::ZERO;
        }
        // Saturating: no shop comes near, but a mistyped file must not stop a till.
        let points = i128::from(points.units()).saturating_mul(i128::from(base));
        let points = points
            .saturating_mul(in_money)
            .saturating_mul(i128::from(times.units()));
        let points = points / (total * i128::from(per)) / i128::from(Rate::ONE.units());
        Points::thousandths(i64::try_from(points).unwrap_or(i64::MAX)).down_to(step)
    }

    /// How many times over a purse is filled: the highest multiple of those that apply.
    fn multiple(&self, into: &PurseId) -> Rate {
        let times = self.offers.iter().filter_map(|offer| match &offer.rule.gives {
            Reward::Times { purse, times } if purse == into => Some(*times),
            _ => None,
        });
        times.max().unwrap_or(Rate::ONE)
    }

    /// The units that an offer gives points for: those of its goods, as far as its limit goes.
    fn units_of(&self, offer: &Offer) -> Quantity {
        let room = self.room(offer).unwrap_or_default();
        let sold = offer.lines().map(|line| self.scene.basket.lines[line].quantity);
        let sold: Quantity = sold.sum();
        room.units.map_or(sold, |most| sold.min(most))
    }

    fn points(
        &mut self,
        offer: &Offer,
        purse: &PurseId,
        points: Points,
        per: EarnBase,
        to: &Recipient,
    ) -> Result<Reason, Reason> {
        let step = self.scene.programs.purse(purse).step.unwrap_or(Points::ONE);
        let base = self.worth(offer, points, per, Rate::ONE, step);
        let mut amount = match per {
            EarnBase::Once => base,
            _ => self.worth(offer, points, per, self.multiple(purse), step),
        };
        if let Some(most) = self.room(offer)?.amount {
            amount = amount.min(most.down_to(step));
        }
        if amount <= Points::ZERO {
            return Err(match per {
                EarnBase::Amount(per) => Reason::TooLittleToEarn { per },
                _ => Reason::NothingLeft,
            });
        }
        *self.base_points.entry(purse.clone()).or_default() += base;
        self.count(offer, self.units_of(offer), amount);
        self.credit(offer, purse, amount, to)
    }

    /// Puts points into the account that they are for.
    fn credit(
        &mut self,
        offer: &Offer,
        purse: &PurseId,
        amount: Points,
        to: &Recipient,
    ) -> Result<Reason, Reason> {
        let known = self.scene.known;
        let earn = |amount| Change::Earn {
            purse: purse.clone(),
            amount,
            program: offer.program.id.clone(),
            expires: self.scene.programs.purse(purse).last_day(self.scene.today),
        };
        let earned = |points| Reason::Earned {
            purse: purse.clone(),
            points,
        };
        let for_other = |points| Reason::EarnedForOther {
            purse: purse.clone(),
            points,
        };
        let of_organisation = organisation(self.scene).cloned();
        match to {
            Recipient::Buyer => {
                let change = earn(amount);
                self.earned.changes.push(change);
                Ok(earned(amount))
            }
            Recipient::Organisation => {
                let organisation = of_organisation.ok_or(Reason::NeedsOrganisation)?;
                let change = earn(amount);
                self.for_other(Holder::Organisation(organisation), change);
                Ok(for_other(amount))
            }
            Recipient::Agent => {
                let agent = self.scene.basket.agent.clone().ok_or(Reason::NothingLeft)?;
                let change = earn(amount);
                self.for_other(Holder::Member(agent), change);
                Ok(for_other(amount))
            }
            Recipient::Referrer => {
                let by = known
                    .and_then(|known| known.member.brought_by.clone())
                    .ok_or(Reason::NotBrought)?;
                let change = earn(amount);
                self.for_other(Holder::Member(by), change);
                Ok(for_other(amount))
            }
            Recipient::Split {
                organisation: share,
                consent,
            } => {
                let organisation = of_organisation.ok_or(Reason::NeedsOrganisation)?;
                let step = self.scene.programs.purse(purse).step.unwrap_or(Points::ONE);
                let is_person = matches!(self.scene.basket.buyer, Some(Holder::Member(_)));
                let may = |member: &super::super::member::Member| {
                    consent
                        .as_ref()
                        .is_none_or(|consent| member.consents.contains(consent))
                };
                let shares_it = is_person && known.is_some_and(|known| may(&known.member));
                let theirs = if shares_it {
                    split(amount, *share, step)
                } else {
                    amount
                };
                let (theirs_change, own) = (earn(theirs), amount - theirs);
                let own_change = earn(own);
                if theirs > Points::ZERO {
                    self.for_other(Holder::Organisation(organisation), theirs_change);
                }
                if own <= Points::ZERO {
                    return Ok(for_other(theirs));
                }
                self.earned.changes.push(own_change);
                Ok(earned(own))
            }
        }
    }

    /// Whoever it is for may be the buyer himself: an agent who buys for himself, an organisation without a member.
    fn for_other(&mut self, holder: Holder, change: Change) {
        if self.scene.basket.buyer.as_ref() == Some(&holder) {
            return self.earned.changes.push(change);
        }
        match self.earned.others.iter_mut().find(|other| other.holder == holder) {
            Some(other) => other.changes.push(change),
            None => self.earned.others.push(ForOther {
                holder,
                changes: vec![change],
            }),
        }
    }

    /// A stamp for each unit that was paid.
    fn stamps(&mut self, offer: &Offer, purse: &PurseId, stamps: Points) -> Result<Reason, Reason> {
        let units: i64 = offer
            .lines()
            .map(|line| {
                let paid = self.scene.basket.lines[line].quantity - self.priced.freed[line];
                paid.units() / 1000
            })
            .sum();
        let mut amount = Points::thousandths(stamps.units().saturating_mul(units));
        if let Some(most) = self.room(offer)?.most_stamps(stamps) {
            amount = amount.min(most);
        }
        if amount > Points::ZERO {
            let units = amount.units() / stamps.units().max(1);
            self.count(offer, Quantity::whole(units), amount);
            self.credit(offer, purse, amount, &Recipient::Buyer)?;
        }
        if amount <= Points::ZERO {
            return Err(Reason::NothingLeft);
        }
        Ok(Reason::Earned {
            purse: purse.clone(),
            points: amount,
        })
    }

    /// Stamps that reduced units in this sale are used up, once all that it earns are there.
    fn turned(&mut self) {
        for (k, offer) in self.offers.iter().enumerate() {
            if let Some((purse, used)) = stamps_used(offer, self.priced.given[k]) {
                self.turn(&purse, used);
            }
        }
    }

    fn turn(&mut self, purse: &PurseId, amount: Points) {
        self.earned.changes.push(Change::Turn {
            purse: purse.clone(),
            amount,
        });
    }

    /// How many full cards a reward that needs stamps can use, with the stamps of this sale; one where it needs none.
    /// There may be things for so many at most.
    fn full_cards(&mut self, offer: &Offer, most: u64) -> Result<u64, Reason> {
        let Some(card) = &offer.card else { return Ok(1) };
        let later = self.scene.programs.purse(&card.purse).next_sale;
        let now: Points = self
            .earned
            .changes
            .iter()
            .map(|change| in_purse(change, &card.purse))
            .filter(|now| !later || *now < Points::ZERO)
            .sum();
        let has = card.has + now;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let cards = (has.units() / card.full.units().max(1)).clamp(0, most);
        if cards == 0 {
            let purse = card.purse.clone();
            return Err(Reason::NeedsStamps {
                more: card.full - has,
                purse,
            });
        }
        let used = Points::thousandths(card.full.units().saturating_mul(cards));
        self.turn(&card.purse.clone(), used);
        Ok(u64::try_from(cards).unwrap_or_default())
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

    /// A share of what was spent, as money of a purse; rounded down to its step.
    fn back(&mut self, offer: &Offer, purse: &PurseId, share: Rate) -> Result<Reason, Reason> {
        let terms = self.scene.programs.purse(purse);
        let minor = self.scene.programs.terms.currency.step();
        let base = i128::from(self.base_of(offer).units()) * i128::from(minor.units());
        let exact = base * i128::from(share.units()) / i128::from(Rate::ONE.units());
        let step = terms.step.unwrap_or(Points::ONE);
        let mut amount = Points::thousandths(i64::try_from(exact).unwrap_or(i64::MAX)).down_to(step);
        if let Some(most) = self.room(offer)?.amount {
            amount = amount.min(most.down_to(step));
        }
        if amount <= Points::ZERO {
            return Err(Reason::NothingLeft);
        }
        self.count(offer, Quantity::ZERO, amount);
        self.credit(offer, purse, amount, &Recipient::Buyer)
    }

    fn issue(
        &mut self,
        offer: &Offer,
        reward: &RewardId,
        quantity: u64,
        to: &Recipient,
    ) -> Result<Reason, Reason> {
        let change = Change::Issue {
            reward: reward.clone(),
            quantity,
            program: offer.program.id.clone(),
        };
        match (to, organisation(self.scene)) {
            (Recipient::Organisation, Some(name)) => {
                self.for_other(Holder::Organisation(name.clone()), change)
            }
            (Recipient::Organisation, None) => return Err(Reason::NeedsOrganisation),
            _ => self.earned.changes.push(change),
        }
        let pieces = i64::try_from(quantity).unwrap_or(i64::MAX);
        self.count(
            offer,
            Quantity::ZERO,
            Points::thousandths(pieces.saturating_mul(1000)),
        );
        if matches!(super::room::pieces(self.scene, reward), Ok(Some(_))) {
            self.for_other(Holder::Shop, taken(reward, pieces));
        }
        let terms = self.scene.programs.reward(reward);
        let name = terms.and_then(|(_, terms)| terms.name.clone());
        Ok(Reason::Issued {
            reward: name.unwrap_or_else(|| reward.to_string()),
            quantity,
        })
    }

    fn begin(&mut self, offer: &Offer, membership: &MembershipId) -> Reason {
        let terms = offer.program.memberships.get(membership);
        let months = terms.and_then(|terms| terms.months);
        let change = Change::Grant {
            membership: membership.clone(),
            program: offer.program.id.clone(),
            until: months.map(|months| self.scene.today.plus_months(months).plus_days(-1)),
        };
        self.earned.changes.push(change);
        if terms.is_some_and(|terms| !terms.sold_as.is_empty()) {
            let count = self.months_of(membership, months.unwrap_or(1));
            self.earned.changes.push(count);
        }
        let membership = membership.clone();
        Reason::MembershipBegins { membership }
    }

    /// So many months of a membership, to be counted: what is held follows from them.
    fn months_of(&self, membership: &MembershipId, months: i32) -> Change {
        Change::Count {
            counter: MembershipTerms::counter(membership),
            day: self.scene.today,
            amount: i64::from(months),
        }
    }

    /// Goods that are a membership: it begins, or goes on from its old end.
    fn sold_memberships(&mut self) {
        let all = self.scene.programs.programs.iter();
        let all = all.flat_map(|program| {
            program
                .memberships
                .iter()
                .map(move |(id, terms)| (program, id, terms))
        });
        for (program, id, terms) in all {
            let sold = self.scene.sells(id).units() / 1000;
            if sold <= 0 {
                continue;
            }
            let held = self
                .scene
                .held(id)
                .filter(|held| held.until.is_none_or(|last| self.scene.today <= last));
            let begins = held
                .and_then(|held| held.until)
                .map_or(self.scene.today, |last| last.plus_days(1));
            let months = |months: i32| {
                i32::try_from(sold)
                    .unwrap_or(i32::MAX)
                    .saturating_mul(months)
                    .min(12_000)
            };
            let until = terms
                .months
                .map(|each| begins.plus_months(months(each)).plus_days(-1));
            let grant = Change::Grant {
                membership: id.clone(),
                program: program.id.clone(),
                until,
            };
            let count = self.months_of(id, months(terms.months.unwrap_or(1)));
            match (terms.whose, organisation(self.scene)) {
                (Whose::Member, _) => self.earned.changes.extend([grant, count]),
                (Whose::Organisation, Some(name)) => {
                    self.for_other(Holder::Organisation(name.clone()), grant);
                    self.for_other(Holder::Organisation(name.clone()), count);
                }
                (Whose::Organisation, None) => continue,
            }
            self.earned.applied.push(Applied {
                program: program.id.clone(),
                amount: Money::ZERO,
                parts: Vec::new(),
                why: Reason::MembershipBegins {
                    membership: id.clone(),
                },
            });
        }
    }

    /// The sale becomes a part of the past, and may reach tiers with that.
    fn past(&mut self) {
        let counted = |whose| ladder::counts(self.scene, self.priced, self.paid, &self.base_points, whose);
        let mut own = Vec::new();
        if self.scene.basket.buyer.is_some() {
            own = counted(Whose::Member);
            let reached = ladder::reached(self.scene, &own, Whose::Member);
            self.earned.changes.extend(own.iter().cloned());
            self.earned.changes.extend(reached);
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
                self.for_other(Holder::Organisation(OrganisationId::clone(&name)), change);
            }
        }
    }

    /// A line that goes with points that were earned.
    fn tips(&mut self) {
        for program in &self.scene.programs.programs {
            let earned =
                |change: &Change| matches!(change, Change::Earn { program: by, .. } if *by == program.id);
            if let Some(tip) = program
                .tip
                .clone()
                .filter(|_| self.earned.changes.iter().any(earned))
            {
                self.earned.messages.push(tip);
            }
        }
    }
}

/// What a change adds to a purse of the buyer.
fn in_purse(change: &Change, wanted: &PurseId) -> Points {
    match change {
        Change::Earn { purse, amount, .. } if purse == wanted => *amount,
        Change::Turn { purse, amount } if purse == wanted => Points::ZERO - *amount,
        _ => Points::ZERO,
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
