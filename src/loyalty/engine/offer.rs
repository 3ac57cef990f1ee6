//! Which rules may apply to this basket and this customer, and why the others may not.

use super::super::amount::Quantity;
use super::super::basket::{Basket, Line};
use super::super::calendar::Day;
use super::super::goods::Unit;
use super::super::member::Known;
use super::super::program::rule::{Needs, Place, Selector, Who, With};
use super::super::program::{Program, ProgramSet, Reward, Rule, Site};
use super::super::quote::{Declined, Reason};
use super::super::shown::Identified;

/// All that a rule may ask about.
pub(super) struct Scene<'a> {
    pub basket: &'a Basket,
    /// The customer, where he is known here.
    pub known: Option<&'a Known>,
    pub programs: &'a ProgramSet,
    pub site: &'a Site,
    /// The day of the sale in the shop's zone.
    pub today: Day,
}

/// A rule whose conditions hold, and the lines that it acts on.
pub(super) struct Offer<'a> {
    pub program: &'a Program,
    pub rule: &'a Rule,
    /// The rule's place in its file.
    pub index: usize,
    pub phase: u8,
    /// For each line of the basket: does it act on it?
    pub acts_on: Vec<bool>,
}

/// The program's and the rule's place, by which answers are sorted.
pub(super) type Turn = (i64, String, usize);

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
            With::Default | With::Stack => None,
        }
    }

    /// Inside a phase: priority, then id, then the order of the file.
    pub fn turn(&self) -> Turn {
        turn(self.program, self.index)
    }

    /// The lines it acts on.
    pub fn lines(&self) -> impl Iterator<Item = usize> {
        let acting = self.acts_on.iter().enumerate().filter(|(_, acts)| **acts);
        acting.map(|(line, _)| line)
    }

    /// Why it gave nothing.
    pub fn refuse(&self, why: Reason) -> Refusal {
        refuse(self.program, self.index, why)
    }
}

/// Sorts the rules of all programs into offers, in the order in which they act, and refusals.
pub(super) fn sort_out<'a>(scene: &Scene<'a>) -> (Vec<Offer<'a>>, Vec<Refusal>) {
    let (mut offers, mut refusals) = (Vec::new(), Vec::new());
    let now = scene.basket.opened.in_zone(&scene.site.zone);
    for program in &scene.programs.programs {
        let is_valid = program.window.contains(now);
        for (index, rule) in program.rules.iter().enumerate() {
            let missing = if is_valid && rule.when.contains(now) {
                missing(scene, rule)
            } else {
                Some(Reason::NotNow)
            };
            match missing {
                Some(why) => refusals.push(refuse(program, index, why)),
                None => offers.push(Offer {
                    program,
                    rule,
                    index,
                    phase: rule.phase.unwrap_or(rule.gives.phase()),
                    acts_on: acts_on(scene.basket, &rule.needs.goods),
                }),
            }
        }
    }
    offers.sort_by_cached_key(|offer| (offer.phase, offer.turn()));
    (offers, refusals)
}

fn turn(program: &Program, index: usize) -> Turn {
    (program.priority, program.id.as_str().to_owned(), index)
}

fn refuse(program: &Program, index: usize, why: Reason) -> Refusal {
    Refusal {
        turn: turn(program, index),
        declined: Declined {
            program: program.id.clone(),
            why,
        },
    }
}

/// What keeps a rule from applying, of all that does not depend on other rules.
fn missing(scene: &Scene, rule: &Rule) -> Option<Reason> {
    if !is_here(&rule.at, scene.site) {
        return Some(Reason::NotHere);
    }
    let unmet = rule.who.iter().find_map(|who| unmet(scene, who));
    unmet
        .or_else(|| not_in_this_way(scene.basket, rule))
        .or_else(|| nobody_to_credit(scene, rule))
        .or_else(|| missing_goods(scene.basket, &rule.needs))
}

fn is_here(at: &Place, site: &Site) -> bool {
    let everywhere = at.sites.is_empty() && at.partners.is_empty();
    let partner = site.partner.as_ref();
    everywhere || at.sites.contains(&site.id) || partner.is_some_and(|own| at.partners.contains(own))
}

fn unmet(scene: &Scene, who: &Who) -> Option<Reason> {
    let (at, today) = (scene.basket.opened, scene.today);
    let holds = |membership| {
        let standing = scene.known.map(|known| &known.standing);
        standing.is_some_and(|standing| standing.holds(membership, at, today))
    };
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
        Who::Birthday => {
            let born = member.and_then(|member| member.birthday);
            let is_birthday = born.is_some_and(|born| today.is_birthday_of(born));
            (!is_birthday).then_some(Reason::NotBirthday)
        }
    }
}

/// What the way in which the buyer was identified does not give. Offers for everybody are for him, too.
fn not_in_this_way(basket: &Basket, rule: &Rule) -> Option<Reason> {
    let Identified { shown, allowed } = basket.identified.filter(|_| basket.buyer.is_some())?;
    let is_credit = matches!(rule.gives, Reward::Earn { .. } | Reward::Membership(_));
    let is_for_members = rule.who.iter().any(|who| match who {
        Who::Members | Who::Group(_) | Who::Holds(_) | Who::Birthday => true,
        Who::Strangers | Who::Lacks(_) => false,
    });
    match is_credit {
        true => (!allowed.earn).then_some(Reason::NoEarning { shown }),
        false => (is_for_members && !allowed.prices).then_some(Reason::NoMemberPrices { shown }),
    }
}

/// What goes to an account needs somebody who has one, and a membership somebody who has not begun it.
fn nobody_to_credit(scene: &Scene, rule: &Rule) -> Option<Reason> {
    let is_credit = matches!(rule.gives, Reward::Earn { .. } | Reward::Membership(_));
    if is_credit && scene.basket.buyer.is_none() {
        return Some(Reason::NeedsMember);
    }
    let Reward::Membership(membership) = &rule.gives else {
        return None;
    };
    let held = scene.known?.standing.memberships.get(membership)?;
    let why = Reason::HasMembership {
        membership: membership.clone(),
    };
    held.until.is_none_or(|last| scene.today <= last).then_some(why)
}

fn missing_goods(basket: &Basket, needs: &Needs) -> Option<Reason> {
    let matching = || basket.lines.iter().filter(|line| matches(line, &needs.goods));
    let goods = || needs.goods.text();
    if needs.every > 0 {
        let has: Quantity = matching().map(|line| pieces(line, line.quantity)).sum();
        let needed = Quantity::whole(i64::from(needs.every));
        let why = Reason::NeedsGoods {
            needs: needed,
            has,
            goods: goods(),
        };
        return (has < needed).then_some(why);
    }
    let has: Quantity = matching().map(|line| line.quantity).sum();
    if has.units() == 0
        && let Some(why) = wrong_price(basket, &needs.goods)
    {
        return Some(why);
    }
    let needed = needs.quantity.unwrap_or_default();
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

fn acts_on(basket: &Basket, goods: &Selector) -> Vec<bool> {
    basket.lines.iter().map(|line| matches(line, goods)).collect()
}

fn matches(line: &Line, wanted: &Selector) -> bool {
    let goods = &line.goods;
    let brand = goods.brand.as_ref();
    (wanted.skus.is_empty() || wanted.skus.contains(&goods.sku))
        && (wanted.categories.is_empty() || wanted.categories.iter().any(|category| goods.is_in(category)))
        && (wanted.brands.is_empty() || brand.is_some_and(|brand| wanted.brands.contains(brand)))
        && wanted.unit.as_ref().is_none_or(|unit| goods.unit.label() == unit)
        && wanted.on_sale.is_none_or(|on_sale| goods.on_sale == on_sale)
}

/// The whole pieces in a quantity: litres and kilograms have none.
pub(super) fn pieces(line: &Line, quantity: Quantity) -> Quantity {
    match line.goods.unit {
        Unit::Litre | Unit::Kilogram => Quantity::ZERO,
        Unit::Each | Unit::Other(_) => Quantity::whole(quantity.units() / 1000),
    }
}
