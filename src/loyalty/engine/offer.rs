//! Which rules may apply to this basket and this customer, and why the others may not.

use std::collections::BTreeMap;

use super::super::amount::{Points, Quantity, Rate};
use super::super::basket::{Basket, Line};
use super::super::calendar::{Day, Moment};
use super::super::goods::Unit;
use super::super::id::{LadderId, MembershipId, OrganisationId, PurseId};
use super::super::member::{Held, Known, Standing, Tier};
use super::super::program::index::Lines;
use super::super::program::limit::normal;
use super::super::program::past::Whose;
use super::super::program::reward::{Cut, EARNING};
use super::super::program::rule::{Beside, Contains, Place, Portion, Selector, Who, With};
use super::super::program::{Ladder, Program, ProgramSet, Reward, Rule, Site};
use super::super::quote::{Declined, Reason};
use super::super::shown::Identified;
use super::credit::Giver;
use super::reached::Reached;
use super::room::{Room, room};
use super::{gifts, past};

/// All that a rule may ask about.
#[derive(Clone)]
pub(super) struct Scene<'a> {
    pub basket: &'a Basket,
    /// The customer, where he is known here.
    pub known: Option<&'a Known>,
    pub programs: &'a ProgramSet,
    pub site: &'a Site,
    /// The moment by which rules are judged.
    pub at: Moment,
    /// Its day in the shop's zone.
    pub today: Day,
    /// What counts at once of what this very sale reaches.
    pub reached: Reached,
}

impl<'a> Scene<'a> {
    /// Looks at a basket that a customer brings.
    pub fn of(
        basket: &'a Basket,
        known: Option<&'a Known>,
        programs: &'a ProgramSet,
        site: &'a Site,
    ) -> Scene<'a> {
        Scene::at(
            basket.opened,
            basket,
            known.filter(|_| basket.buyer.is_some()),
            programs,
            site,
        )
    }

    /// The same at another moment: what is done outside of a sale has an empty basket.
    pub fn at(
        at: Moment,
        basket: &'a Basket,
        known: Option<&'a Known>,
        programs: &'a ProgramSet,
        site: &'a Site,
    ) -> Scene<'a> {
        Scene {
            basket,
            known,
            programs,
            site,
            at,
            today: at.day(&programs.terms.zone),
            reached: Reached::default(),
        }
    }

    /// The tier held on a ladder before this moment.
    pub fn tier(&self, ladder: &LadderId) -> Option<Tier> {
        let declared = self.programs.index.ladder(ladder).iter().rev();
        let mut declared = declared.filter_map(|at| self.programs.programs[*at].ladders.get(ladder));
        declared.find_map(|terms| tier(self.known?, (ladder, terms), self.today))
    }

    /// How somebody stands.
    pub fn standing(&self, whose: Whose) -> Option<&'a Standing> {
        let known = self.known?;
        match whose {
            Whose::Member => Some(&known.standing),
            Whose::Organisation => known.organisation.as_ref(),
        }
    }

    /// Does the basket hold goods that begin or extend this membership, for somebody who can have it?
    pub fn sells(&self, membership: &MembershipId) -> Quantity {
        let Some(terms) = self
            .programs
            .membership(membership)
            .filter(|_| self.basket.buyer.is_some())
        else {
            return Quantity::ZERO;
        };
        if terms.whose == Whose::Organisation && organisation(self).is_none() {
            return Quantity::ZERO;
        }
        let lines = self.basket.lines.iter();
        let sold = lines.filter(|line| terms.sold_as.contains(&line.goods.sku));
        sold.map(|line| line.quantity).sum()
    }

    /// The membership as it is held before this sale.
    pub fn held(&self, membership: &MembershipId) -> Option<Held> {
        match self.programs.membership(membership) {
            Some(terms) => terms.held(membership, self.standing(terms.whose)?, self.today),
            None => self.standing(Whose::Member)?.memberships.get(membership).copied(),
        }
    }

    /// Does the customer hold this membership, or begin it with this basket?
    pub fn holds(&self, membership: &MembershipId) -> bool {
        let is_good = |held: Held| held.since <= self.at && held.until.is_none_or(|last| self.today <= last);
        self.held(membership).is_some_and(is_good)
            || self.sells(membership) > Quantity::ZERO
            || self.reached.memberships.contains(membership)
    }
}

/// The tier held on each ladder.
pub(super) fn tiers(known: Option<&Known>, programs: &ProgramSet, today: Day) -> BTreeMap<LadderId, Tier> {
    let Some(known) = known else {
        return BTreeMap::new();
    };
    let held = |(id, ladder)| Some((LadderId::clone(id), tier(known, (id, ladder), today)?));
    programs.ladders().filter_map(held).collect()
}

fn tier(known: &Known, (id, ladder): (&LadderId, &Ladder), today: Day) -> Option<Tier> {
    let (member, standing) = match ladder.whose {
        Whose::Member => (Some(&known.member), &known.standing),
        Whose::Organisation => (None, known.organisation.as_ref()?),
    };
    ladder.tier(member, standing, standing.tiers.get(id), today)
}

/// A rule whose conditions hold, and the lines that it acts on.
pub(super) struct Offer<'a> {
    pub program: &'a Program,
    pub rule: &'a Rule,
    /// The rule's place in its file.
    pub index: usize,
    pub phase: u8,
    /// Inside a phase: priority, then id, then the order of the file.
    pub turn: Turn,
    /// Its place among all offers for this basket, in the order in which they act.
    pub place: usize,
    /// For each line of the basket: does it act on it?
    pub acts_on: Vec<bool>,
    /// The lines on which it does, in order.
    on: Vec<usize>,
    /// The same for each of the goods that the basket must contain.
    pub contains_on: Vec<Vec<bool>>,
    /// The same for each portion of its set.
    pub set_on: Vec<Vec<bool>>,
    /// What its limits leave in this sale.
    pub room: Room,
    /// The stamp card that its reward uses up.
    pub card: Option<StampCard>,
    /// How many the customer holds of what its reward uses up.
    pub held: u64,
}

/// A purse of stamps of which so many make a full card.
#[derive(Clone, Debug)]
pub(super) struct StampCard {
    pub purse: PurseId,
    /// Stamps of a full card.
    pub full: Points,
    /// What the purse holds before this sale.
    pub has: Points,
    /// The rules that fill it in this sale.
    pub fills: Vec<Fill>,
}

/// A rule that puts stamps on a card.
#[derive(Clone, Debug)]
pub(super) struct Fill {
    /// So many for each unit that is paid…
    pub each: Points,
    /// …of these lines…
    pub acts_on: Vec<bool>,
    /// …and so many in all at most.
    pub most: Option<Points>,
}

impl Fill {
    /// What it gives for so many paid units of each line.
    pub fn stamps(&self, paid: impl Fn(usize) -> i64) -> Points {
        let lines = (0..self.acts_on.len()).filter(|line| self.acts_on[*line]);
        let units = lines.map(paid).fold(0_i64, i64::saturating_add);
        let all = Points::thousandths(self.each.units().saturating_mul(units));
        self.most.map_or(all, |most| all.min(most))
    }
}

impl StampCard {
    /// Stamps that a unit of this line would earn if it were paid.
    pub fn each(&self, line: usize) -> i64 {
        let fills = self.fills.iter().filter(|fill| fill.acts_on[line]);
        fills.map(|fill| fill.each.units()).sum()
    }
}

/// A rule's place among all of the set: priority, then the program's id, then the order of the file.
pub(super) type Turn = usize;

/// A refusal with the place of its rule.
pub(super) struct Refusal {
    pub turn: Turn,
    pub declined: Declined,
}

impl Offer<'_> {
    /// Does it share units with others that stack?
    pub fn stacks(&self) -> bool {
        self.rule.with == With::Stack
    }

    /// The group of which only one applies.
    pub fn group(&self) -> Option<&str> {
        match &self.rule.with {
            With::OneOf(group) => Some(group),
            With::Default | With::Stack | With::Alone => None,
        }
    }

    /// The lines it acts on.
    pub fn lines(&self) -> impl Iterator<Item = usize> {
        self.on.iter().copied()
    }

    /// The rule, as the desk of accounts asks for it.
    pub fn giver(&self) -> Giver<'_> {
        Giver {
            program: self.program,
            index: self.index,
            rule: self.rule,
            room: &self.room,
        }
    }

    /// Why it gave nothing.
    pub fn refuse(&self, why: Reason) -> Refusal {
        refuse(self.program, self.turn, why)
    }
}

/// Of which rules a quote tells why they gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Of those that the goods of the basket and the place reach: what other programs there are costs nothing.
    Reached,
    /// Of every rule.
    Everywhere,
}

/// Sorts the rules of all programs into offers, in the order in which they act, and refusals.
pub(super) fn sort_out<'a>(scene: &Scene<'a>, look: Look) -> (Vec<Offer<'a>>, Vec<Refusal>) {
    let (mut offers, mut refusals) = (Vec::new(), Vec::new());
    let index = &scene.programs.index;
    let reached = match look {
        Look::Reached => index.rules_for(scene.basket, scene.site),
        Look::Everywhere => (0..index.rules.len()).map(|turn| (turn, Lines::All)).collect(),
    };
    let now = scene.basket.opened.in_zone(&scene.site.zone);
    for (turn, lines) in reached {
        let (program, index) = index.rules[turn];
        let program = &scene.programs.programs[program];
        let rule = &program.rules[index];
        let on = acted_on(scene.basket, program, rule, lines);
        let missing = if program.window.contains(now) && rule.when.contains(now) {
            missing(scene, rule, &on)
        } else {
            Some(Reason::NotNow)
        };
        let room = match missing {
            None => room(scene, program, index, rule),
            Some(why) => Err(why),
        };
        match room {
            Err(why) => refusals.push(refuse(program, turn, why)),
            Ok(room) => {
                let mut acts_on = vec![false; scene.basket.lines.len()];
                on.iter().for_each(|line| acts_on[*line] = true);
                offers.push(Offer {
                    room,
                    program,
                    rule,
                    index,
                    phase: rule.phase.unwrap_or(rule.gives.phase()),
                    turn,
                    place: 0,
                    acts_on,
                    on,
                    contains_on: (rule.needs.contains.iter())
                        .map(|contains| is_on(scene.basket, &contains.goods))
                        .collect(),
                    set_on: (rule.needs.set.iter())
                        .map(|portion| is_on(scene.basket, &portion.goods))
                        .collect(),
                    card: None,
                    held: held(scene, rule),
                });
            }
        }
    }
    offers.sort_by_key(|offer| (offer.phase, offer.turn));
    let cards: Vec<Option<StampCard>> = offers
        .iter()
        .map(|offer| stamp_card(scene, offer, &offers))
        .collect();
    for (place, (offer, card)) in offers.iter_mut().zip(cards).enumerate() {
        (offer.place, offer.card) = (place, card);
    }
    (offers, refusals)
}

/// How many the customer holds of what a rule uses up.
fn held(scene: &Scene, rule: &Rule) -> u64 {
    let reward = rule.needs.entitlement.as_ref();
    let standing = scene.standing(Whose::Member);
    let held = reward
        .zip(standing)
        .and_then(|(reward, standing)| standing.entitlements.get(reward));
    held.copied().unwrap_or(0)
}

fn stamp_card(scene: &Scene, offer: &Offer, offers: &[Offer]) -> Option<StampCard> {
    let (purse, full) = offer.rule.needs.stamps.clone()?;
    // Units that count from the next sale on are not there yet.
    let later = scene.programs.purse(&purse).next_sale;
    let fills = offers
        .iter()
        .filter(|_| !later)
        .filter_map(|other| match &other.rule.gives {
            Reward::Stamp { purse: into, stamps } if *into == purse => Some(Fill {
                each: *stamps,
                acts_on: other.acts_on.clone(),
                most: other.room.most_stamps(*stamps),
            }),
            _ => None,
        });
    Some(StampCard {
        full,
        has: scene
            .known
            .map_or(Points::ZERO, |known| known.standing.balance(&purse)),
        fills: fills.collect(),
        purse,
    })
}

fn refuse(program: &Program, turn: Turn, why: Reason) -> Refusal {
    Refusal {
        turn,
        declined: Declined {
            program: program.id.clone(),
            why,
        },
    }
}

/// What keeps a rule from applying, of all that does not depend on other rules.
fn missing(scene: &Scene, rule: &Rule, on: &[usize]) -> Option<Reason> {
    if !is_here(&rule.at, scene.site) {
        return Some(Reason::NotHere);
    }
    if !has_code(scene.basket, rule) {
        return Some(Reason::NeedsCode);
    }
    who_is_missing(scene, rule)
        .or_else(|| not_in_this_way(scene.basket, rule))
        .or_else(|| nobody_to_credit(scene, rule))
        .or_else(|| missing_goods(scene.basket, rule, on))
        .or_else(|| past::missing(scene, rule))
}

/// Was one of the rule's codes shown, where it asks for any?
fn has_code(basket: &Basket, rule: &Rule) -> bool {
    let codes = &rule.needs.codes;
    codes.is_empty() || basket.codes.iter().any(|code| codes.contains(&normal(code)))
}

/// The first condition on the customer that does not hold. The rule that gives a membership is judged without it.
fn who_is_missing(scene: &Scene, rule: &Rule) -> Option<Reason> {
    match &rule.gives {
        Reward::Membership(_) if !scene.reached.is_empty() => {
            let before = Scene {
                reached: Reached::default(),
                ..scene.clone()
            };
            unmet_of(&before, &rule.who)
        }
        _ => unmet_of(scene, &rule.who),
    }
}

/// The first condition on the customer that does not hold.
pub(super) fn unmet_of(scene: &Scene, conditions: &[Who]) -> Option<Reason> {
    conditions.iter().find_map(|who| unmet(scene, who))
}

fn is_here(at: &Place, site: &Site) -> bool {
    let everywhere = at.sites.is_empty() && at.partners.is_empty();
    let partner = site.partner.as_ref();
    everywhere || at.sites.contains(&site.id) || partner.is_some_and(|own| at.partners.contains(own))
}

fn unmet(scene: &Scene, who: &Who) -> Option<Reason> {
    let today = scene.today;
    let holds = |membership| scene.holds(membership);
    let has_card = scene.basket.buyer.is_some();
    let member = scene.known.map(|known| &known.member);
    match who {
        Who::Members => (!has_card).then_some(Reason::NeedsMember),
        Who::Strangers => has_card.then_some(Reason::NeedsStranger),
        Who::Group(group) => {
            let is_in = member.is_some_and(|member| member.is_in_group(group, today));
            let group = group.clone();
            (!is_in).then_some(Reason::NeedsGroup { group })
        }
        Who::Holds(membership) => {
            let why = Reason::NeedsMembership {
                membership: membership.clone(),
            };
            (!holds(membership)).then_some(why)
        }
        Who::Lacks(membership) => {
            let why = Reason::HasMembership {
                membership: membership.clone(),
            };
            holds(membership).then_some(why)
        }
        Who::Birthday | Who::BirthdayInFebruary => {
            let is_today = |born| match who {
                Who::Birthday => today.is_birthday_of(born),
                _ => today.is_birthday_in_february_of(born),
            };
            let born = member.and_then(|member| member.birthday);
            (!born.is_some_and(is_today)).then_some(Reason::NotBirthday)
        }
        Who::Tier(ladder, tier) => {
            let at_once = scene.reached.tiers.get(ladder).cloned();
            let held = at_once.or_else(|| scene.tier(ladder));
            let is_there = held.is_some_and(|held| held.name == *tier);
            let tier = tier.clone();
            (!is_there).then_some(Reason::NeedsTier { tier })
        }
        Who::Organisation(wanted) => {
            let own = organisation(scene);
            let is_it = own.is_some_and(|own| wanted.as_ref().is_none_or(|wanted| wanted == own));
            (!is_it).then_some(Reason::NeedsOrganisation)
        }
        Who::Consent(consent) => {
            let has = member.is_some_and(|member| member.consents.contains(consent));
            let consent = consent.clone();
            (!has).then_some(Reason::NeedsConsent { consent })
        }
        Who::Interest(interest) => {
            let has = member.is_some_and(|member| member.interests.contains(interest));
            let interest = interest.clone();
            (!has).then_some(Reason::NeedsInterest { interest })
        }
        Who::Friend => {
            let was_brought = member.is_some_and(|member| member.brought_by.is_some());
            (!was_brought).then_some(Reason::NotBrought)
        }
    }
}

/// The organisation that buys: the basket's own, else the buyer's.
pub(super) fn organisation<'a>(scene: &Scene<'a>) -> Option<&'a OrganisationId> {
    let named = scene.basket.organisation.as_ref();
    named.or_else(|| scene.known.and_then(|known| known.member.organisation.as_ref()))
}

/// What the way in which the buyer was identified does not give. Offers for everybody are for him, too.
fn not_in_this_way(basket: &Basket, rule: &Rule) -> Option<Reason> {
    let Identified { shown, allowed } = basket.identified.filter(|_| basket.buyer.is_some())?;
    // A unit that is free for stamps is taken off the bill: it needs an account, and it is no earning.
    let is_credit = rule.gives.is_credit() && rule.gives.phase() == EARNING;
    let is_for_members = rule
        .who
        .iter()
        .any(|who| !matches!(who, Who::Strangers | Who::Lacks(_)));
    match is_credit {
        true => (!allowed.earn).then_some(Reason::NoEarning { shown }),
        false => (is_for_members && !allowed.prices).then_some(Reason::NoMemberPrices { shown }),
    }
}

/// What goes to an account needs somebody who has one, and a membership somebody who has not begun it.
fn nobody_to_credit(scene: &Scene, rule: &Rule) -> Option<Reason> {
    if rule.gives.is_credit() && scene.basket.buyer.is_none() {
        return Some(Reason::NeedsMember);
    }
    let Reward::Membership(membership) = &rule.gives else {
        return None;
    };
    let held = scene.held(membership)?;
    let why = Reason::HasMembership {
        membership: membership.clone(),
    };
    held.until.is_none_or(|last| scene.today <= last).then_some(why)
}

/// Goods that are not there, or that must not be. `on` are the lines that the reward acts on.
fn missing_goods(basket: &Basket, rule: &Rule, on: &[usize]) -> Option<Reason> {
    let needs = &rule.needs;
    let is_there = |goods: &&Selector| {
        let mut lines = basket.lines.iter();
        lines.any(|line| line.quantity > Quantity::ZERO && matches(line, goods))
    };
    if let Some(goods) = needs.lacks.iter().find(is_there) {
        return Some(Reason::HasGoods { goods: goods.text() });
    }
    let others = needs.contains.iter();
    let mut missing = others.filter_map(|contains| not_contained(basket, contains));
    if let Some(why) = missing.next() {
        return Some(why);
    }
    let of_set = |portion: &Portion| {
        let has = pieces_of(basket, &portion.goods);
        let needs = Quantity::whole(i64::from(portion.pieces));
        let goods = portion.goods.text();
        (has < needs).then_some(Reason::NeedsGoods { needs, has, goods })
    };
    match needs.set.is_empty() {
        false => needs.set.iter().find_map(of_set),
        true => missing_of_own(basket, rule, on),
    }
}

fn pieces_of(basket: &Basket, goods: &Selector) -> Quantity {
    let matching = basket.lines.iter().filter(|line| matches(line, goods));
    matching.map(|line| pieces(line, line.quantity)).sum()
}

/// What the basket must contain besides the goods that the reward acts on. Amounts are judged when the offer acts.
fn not_contained(basket: &Basket, contains: &Contains) -> Option<Reason> {
    let matching = basket.lines.iter().filter(|line| matches(line, &contains.goods));
    let (has, needs) = match contains.every {
        0 => (
            matching.map(|line| line.quantity).sum(),
            contains.quantity.unwrap_or_default(),
        ),
        every => {
            let every = Quantity::whole(i64::from(every));
            (
                pieces_of(basket, &contains.goods),
                contains.quantity.unwrap_or_default().max(every),
            )
        }
    };
    let is_short = has < needs || (has.units() == 0 && contains.amount.is_none());
    let goods = contains.goods.text();
    let needs = if needs.units() == 0 { Quantity::ONE } else { needs };
    is_short.then_some(Reason::NeedsGoods { needs, has, goods })
}

/// What is missing of the goods that the reward acts on.
fn missing_of_own(basket: &Basket, rule: &Rule, on: &[usize]) -> Option<Reason> {
    let needs = &rule.needs;
    let matching = || on.iter().map(|line| &basket.lines[*line]);
    let goods = || needs.goods.text();
    let (is_free, adds) = match &rule.gives {
        Reward::UnitsOfGroup { cut, units, add, .. } => {
            (*cut == Cut::Share(Rate::ONE), add.then_some(i64::from(*units)))
        }
        _ => (false, None),
    };
    if needs.every > 0 {
        let has = match adds {
            None => matching().map(|line| pieces(line, line.quantity)).sum(),
            Some(_) => pieces_of(basket, &needs.goods),
        };
        // Units that are added need not be there.
        let needed = Quantity::whole(i64::from(needs.every) - adds.unwrap_or(0));
        let goods = goods();
        let more = needed - has;
        return (has < needed).then_some(match is_free && has > Quantity::ZERO {
            true => Reason::MoreForFree { more, goods },
            false => Reason::NeedsGoods {
                needs: needed,
                has,
                goods,
            },
        });
    }
    if adds.is_some() {
        return None;
    }
    let has: Quantity = matching().map(|line| line.quantity).sum();
    if has.units() == 0
        && let Some(why) = wrong_price(basket, &needs.goods)
    {
        return Some(why);
    }
    let step = needs.quantity;
    if step.and_then(|step| step.missed(has)) == Some(Beside::Past) {
        return Some(Reason::PastIt);
    }
    let needed = step.map_or(Quantity::ZERO, |step| step.from);
    if has < needed || (has.units() == 0 && needs.goods.names_goods()) {
        return Some(Reason::NeedsGoods {
            needs: needed.max(Quantity::ONE),
            has,
            goods: goods(),
        });
    }
    (has.units() == 0).then_some(Reason::NothingLeft)
}

/// The right goods, but all of them reduced where that must not be, or none of them where it must.
fn wrong_price(basket: &Basket, goods: &Selector) -> Option<Reason> {
    let on_sale = goods.on_sale?;
    let at_any_price = Selector {
        on_sale: None,
        ..goods.clone()
    };
    let is_there = |line: &Line| line.quantity > Quantity::ZERO && matches(line, &at_any_price);
    let why = if on_sale {
        Reason::OnlyReduced
    } else {
        Reason::OnlyFullPrice
    };
    basket.lines.iter().any(is_there).then_some(why)
}

/// The lines that a reward acts on: those of its goods, or of any portion of its set. `lines` are those that may be.
fn acted_on(basket: &Basket, program: &Program, rule: &Rule, lines: Lines) -> Vec<usize> {
    let set = &rule.needs.set;
    let all = basket.lines.iter().enumerate();
    if gifts::adds(rule) {
        let is_own =
            |line: &Line| matches(line, &rule.needs.goods) || gifts::is_added(line, &program.id, rule);
        return all.filter(|(_, line)| is_own(line)).map(|(n, _)| n).collect();
    }
    if set.is_empty() {
        return acts_on(basket, &rule.needs.goods, lines);
    }
    let of_set = |line: &Line| set.iter().any(|portion| matches(line, &portion.goods));
    all.filter(|(_, line)| of_set(line)).map(|(n, _)| n).collect()
}

/// Of these lines those with the goods.
pub(super) fn acts_on(basket: &Basket, goods: &Selector, lines: Lines) -> Vec<usize> {
    let is_meant = |line: &usize| matches(&basket.lines[*line], goods);
    match lines {
        Lines::All => (0..basket.lines.len()).filter(is_meant).collect(),
        Lines::Some(mut lines) => {
            lines.retain(is_meant);
            lines
        }
    }
}

/// For each line: is it of these goods?
fn is_on(basket: &Basket, goods: &Selector) -> Vec<bool> {
    basket.lines.iter().map(|line| matches(line, goods)).collect()
}

/// Does somebody who asks for these goods mean this line? What a program has added nobody means but its own rule.
pub(super) fn matches(line: &Line, wanted: &Selector) -> bool {
    line.added_by.is_none() && are_meant(line, wanted)
}

fn are_meant(line: &Line, wanted: &Selector) -> bool {
    let goods = &line.goods;
    let brand = goods.brand.as_ref();
    (wanted.skus.is_empty() || wanted.skus.contains(&goods.sku))
        && (wanted.categories.is_empty() || wanted.categories.iter().any(|category| goods.is_in(category)))
        && (wanted.brands.is_empty() || brand.is_some_and(|brand| wanted.brands.contains(brand)))
        && wanted.unit.as_ref().is_none_or(|unit| goods.unit.label() == unit)
        && wanted.on_sale.is_none_or(|on_sale| goods.on_sale == on_sale)
        && wanted.from_price.is_none_or(|from| from <= line.price)
        && wanted.below_price.is_none_or(|below| line.price < below)
        && !wanted.except.iter().any(|except| are_meant(line, except))
}

/// The whole pieces in a quantity: litres and kilograms have none.
pub(super) fn pieces(line: &Line, quantity: Quantity) -> Quantity {
    match line.goods.unit {
        Unit::Litre | Unit::Kilogram => Quantity::ZERO,
        Unit::Each | Unit::Other(_) => Quantity::whole(quantity.units() / 1000),
    }
}
