//! Phases 1 to 5: what each offer takes off the bill, in the one order in which offers act. Units that an offer takes are
//! chosen next door: single ones in `units`, groups and sets in `groups`, amounts off the basket in `basket`.

mod basket;
mod groups;
mod reasons;
mod units;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::super::amount::{Money, Points, Quantity};
use super::super::basket::Basket;
use super::super::id::PurseId;
use super::super::program::reward::Cut;
use super::super::program::rule::{Beside, With};
use super::super::program::{Reward, Stage};
use super::super::quote::{Applied, LinePart, Reason};
use super::bill::{Bill, Exact, Take, Taken, of_price, share, times};
use super::later::{Chosen, Later};
use super::offer::{Offer, Refusal, StampCard};
use super::room::Room;
use units::off_each;

/// Discounts end with this phase; what follows takes nothing off.
pub(super) const LAST_DISCOUNT: u8 = 5;
const MEMBER_PRICES: u8 = 1;
const UNIT_OFFERS: u8 = 2;

/// A bill after all discounts.
pub(super) struct Priced {
    pub bill: Bill,
    pub applied: Vec<Applied>,
    pub refusals: Vec<Refusal>,
    /// What thresholds look at: what each line comes to after phase 2 and before phase 3.
    pub after_units: Vec<Money>,
    /// Units of each line that cost nothing any more, or that a card of stamps reduced: they earn no stamp.
    pub freed: Vec<Quantity>,
    /// What each offer gave: units, and money off.
    pub given: Vec<(Quantity, Money)>,
    /// Lines on which no other percentage may act.
    alone: Vec<bool>,
}

/// Works the discounts of these offers out. They stand in the order in which they act; `later` knows all offers.
pub(super) fn price(basket: &Basket, list: Bill, offers: &[&Offer], later: &Later) -> Priced {
    let mut pricing = Pricing {
        basket,
        offers,
        chosen: later.chosen(offers),
        later,
        priced: Priced {
            bill: list,
            applied: Vec::new(),
            refusals: Vec::new(),
            after_units: Vec::new(),
            freed: vec![Quantity::ZERO; basket.lines.len()],
            given: vec![(Quantity::ZERO, Money::ZERO); offers.len()],
            alone: vec![false; basket.lines.len()],
        },
    };
    let of_phase = |from: u8, to: u8| move |&k: &usize| (from..=to).contains(&offers[k].phase);
    let all = 0..offers.len();
    let member_prices: Vec<usize> = all.clone().filter(of_phase(0, MEMBER_PRICES)).collect();
    pricing.member_prices(&member_prices);
    for k in all.clone().filter(of_phase(UNIT_OFFERS, UNIT_OFFERS)) {
        pricing.offer(k);
    }
    pricing.priced.after_units = pricing.nets();
    for k in all.filter(of_phase(UNIT_OFFERS + 1, LAST_DISCOUNT)) {
        pricing.offer(k);
    }
    pricing.priced
}

impl Priced {
    /// Why an offer with a threshold gives nothing, by what lines come to after phase 2.
    pub fn unmet(&self, offer: &Offer) -> Option<Reason> {
        unmet(offer, &self.bill, &self.after_units)
    }
}

/// Why an offer with a threshold gives nothing, where lines come to so much. Reached at its value. `nets` is what it looks
/// at unless its file says otherwise.
fn unmet(offer: &Offer, bill: &Bill, nets: &[Money]) -> Option<Reason> {
    let rule_needs = &offer.rule.needs;
    let asks = rule_needs.total.is_some() || rule_needs.contains.iter().any(|one| one.amount.is_some());
    if !asks {
        return None;
    }
    let lines = bill.lines.iter();
    let nets: Cow<[Money]> = match rule_needs.total_at {
        Stage::ListPrice => lines.map(|line| line.gross).collect(),
        Stage::AfterUnitOffers => Cow::Borrowed(nets),
        Stage::WhatIsLeft => lines.map(|line| line.net).collect(),
    };
    if let Some(step) = rule_needs.total {
        let has = nets.iter().copied().sum();
        match step.missed(has) {
            Some(Beside::Short) => {
                return Some(Reason::NeedsTotal {
                    needs: step.from,
                    has,
                });
            }
            Some(Beside::Past) => return Some(Reason::PastIt),
            None => {}
        }
    }
    let amounts = rule_needs.contains.iter().zip(&offer.contains_on);
    amounts
        .filter_map(|(contains, on)| Some((contains, contains.amount?, on)))
        .find_map(|(contains, needs, on)| {
            let has = nets.iter().zip(on).filter(|(_, is_one)| **is_one);
            let has = has.map(|(net, _)| *net).sum();
            let goods = contains.goods.text();
            (has < needs).then_some(Reason::NeedsAmountOf { needs, has, goods })
        })
}

struct Pricing<'a, 'b> {
    basket: &'a Basket,
    offers: &'a [&'a Offer<'b>],
    later: &'a Later,
    chosen: Chosen,
    priced: Priced,
}

impl Pricing<'_, '_> {
    /// Phase 1: of all prices that a customer may have, each line takes the lowest.
    fn member_prices(&mut self, members: &[usize]) {
        let nets = self.nets();
        let mut lowest: BTreeMap<usize, (Exact, usize)> = BTreeMap::new();
        let mut unmet_before = BTreeSet::new();
        for &k in members {
            if let Some(why) = unmet(self.offers[k], &self.priced.bill, &nets) {
                self.refuse(k, why);
                unmet_before.insert(k);
                continue;
            }
            for line in self.lines_of(k) {
                let unit = of_price(self.basket.lines[line].price);
                let off = off_each(&self.offers[k].rule.gives, unit);
                if off > lowest.get(&line).map_or(0, |best| best.0) {
                    lowest.insert(line, (off, k));
                }
            }
        }
        for &k in members.iter().filter(|k| !unmet_before.contains(k)) {
            let own = lowest.iter().filter(|(_, best)| best.1 == k);
            let takes: Vec<Take> = own.map(|(&line, best)| self.whole_line(line, best.0)).collect();
            self.settle(k, &takes, None, 0);
        }
    }

    /// What each line comes to now.
    fn nets(&self) -> Vec<Money> {
        let lines = self.priced.bill.lines.iter().zip(&self.basket.lines);
        // What a program adds reaches no threshold.
        lines
            .map(|(line, of)| {
                if of.added_by.is_none() {
                    line.net
                } else {
                    Money::ZERO
                }
            })
            .collect()
    }

    fn whole_line(&self, line: usize, off: Exact) -> Take {
        Take {
            line,
            run: 0,
            quantity: self.basket.lines[line].quantity,
            off,
        }
    }

    /// One offer of the phases 2 to 5.
    fn offer(&mut self, k: usize) {
        let offer = self.offers[k];
        if let Some(why) = self.room(k).err().or_else(|| self.not_held(k)) {
            return self.refuse(k, why);
        }
        let (phase, bill) = (offer.phase, &self.priced.bill);
        let why = if phase > UNIT_OFFERS {
            self.priced.unmet(offer)
        } else {
            unmet(offer, &self.priced.bill, &self.nets())
        };
        if let Some(why) = why {
            return self.refuse(k, why);
        }
        let taken = match (phase, offer.stacks()) {
            (UNIT_OFFERS, true) => Some(Taken::Shared),
            (UNIT_OFFERS, false) => Some(Taken::Alone),
            _ => None,
        };
        match &offer.rule.gives {
            Reward::UnitsOfGroup { .. } => {
                if let Some((takes, reduced)) = self.units_of_group(k) {
                    self.settle(k, &takes, taken, reduced);
                }
            }
            Reward::WholeGroup { cut } => self.whole_groups(k, *cut, taken),
            Reward::Price(_) | Reward::PercentOffGoods { .. } | Reward::AmountOffUnit(_) => {
                let takes = self.each_unit(k);
                self.settle(k, &takes, taken, 0);
            }
            Reward::PercentOffBasket { off } => {
                let lines = self.lines_of(k).into_iter();
                let percent = |line: usize| match offer.rule.settings.of_list_price {
                    true => self.percent_of(line, *off, bill.lines[line].gross, true),
                    false => self.percent_of(line, *off, bill.lines[line].net, false),
                };
                let exacts: Vec<(usize, Exact)> = lines.map(|line| (line, percent(line))).collect();
                self.charge(k, exacts, 0);
            }
            Reward::AmountOffBasket(_) | Reward::AmountPer { .. } | Reward::BasketPrice(_) => {
                self.amount_off(k);
            }
            Reward::ForStamps { off } => self.for_stamps(k, *off),
            _ => {}
        }
    }

    /// Stamps that the units fill a card with that are paid, as it looks now.
    fn stamps_earned(&self, card: &StampCard) -> Points {
        let paid = |line: usize| {
            let quantity = self.basket.lines[line].quantity - self.priced.freed[line];
            quantity.units() / 1000
        };
        card.fills.iter().map(|fill| fill.stamps(paid)).sum()
    }

    /// What the customer does not hold, of what an offer would use up: a full card, or something that was issued to him.
    fn not_held(&self, k: usize) -> Option<Reason> {
        let offer = self.offers[k];
        let is_card = !matches!(offer.rule.gives, Reward::ForStamps { .. });
        if let Some(card) = offer.card.as_ref().filter(|_| is_card) {
            let has = card.has - self.stamps_used(&card.purse) + self.stamps_earned(card);
            if has < card.full {
                let (more, purse) = (card.full - has, card.purse.clone());
                return Some(Reason::NeedsUnits { more, purse });
            }
        }
        let reward = offer.rule.needs.entitlement.as_ref()?;
        let given = self.offers.iter().zip(&self.priced.given);
        let used = given.filter(|(other, given)| {
            other.rule.needs.entitlement.as_ref() == Some(reward) && !given.1.is_zero()
        });
        let is_held = u64::try_from(used.count()).is_ok_and(|used| used < offer.held);
        let reward = reward.clone();
        (!is_held).then_some(Reason::NeedsEntitlement { reward })
    }

    /// The lines that an offer acts on now.
    fn lines_of(&self, k: usize) -> Vec<usize> {
        let lines = self.offers[k].lines();
        lines.filter(|line| self.acts_now(k, *line)).collect()
    }

    /// No percentage falls on goods that another one wants for itself.
    fn acts_now(&self, k: usize, line: usize) -> bool {
        let offer = self.offers[k];
        let is_percentage = matches!(
            offer.rule.gives,
            Reward::PercentOffGoods { .. }
                | Reward::PercentOffBasket { .. }
                | Reward::UnitsOfGroup {
                    cut: Cut::Share(_),
                    ..
                }
                | Reward::WholeGroup { cut: Cut::Share(_) }
        );
        !is_percentage || !self.priced.alone[line] || offer.rule.with == With::Alone
    }

    /// Charges what the taken units save, and cuts them out of their runs.
    fn settle(&mut self, k: usize, takes: &[Take], taken: Option<Taken>, reduced: u64) {
        // No unit falls below the floor of its goods, whatever the others of its line leave.
        let least = |line: usize| of_price(self.basket.lines[line].goods.floor_price.unwrap_or_default());
        let unit = |take: &Take| self.priced.bill.lines[take.line].runs[take.run].unit;
        let above = |take: &Take| Take {
            off: take.off.min((unit(take) - least(take.line)).max(0)),
            ..*take
        };
        let has_floors = takes
            .iter()
            .any(|take| self.basket.lines[take.line].goods.floor_price.is_some());
        let is_more = |take: &Take| take.off > unit(take);
        let takes: Cow<[Take]> = match has_floors || takes.iter().any(is_more) {
            true => takes.iter().map(above).collect(),
            false => Cow::Borrowed(takes),
        };
        let takes = &takes[..];
        // Line by line: units of one line stand together once they are sorted, and mostly they are.
        let mut by_line: Vec<(usize, (Exact, Quantity))> = Vec::with_capacity(takes.len());
        let for_stamps = matches!(self.offers[k].rule.gives, Reward::ForStamps { .. });
        for take in takes {
            if take.off > 0 {
                self.priced.given[k].0 += take.quantity;
                if for_stamps || take.off >= self.priced.bill.lines[take.line].runs[take.run].unit {
                    self.priced.freed[take.line] += take.quantity;
                }
            }
            by_line.push((take.line, (times(take.off, take.quantity), take.quantity)));
        }
        by_line.sort_by_key(|(line, _)| *line);
        by_line.dedup_by(|later, first| {
            let is_same = later.0 == first.0;
            if is_same {
                first.1.0 += later.1.0;
                first.1.1 += later.1.1;
            }
            is_same
        });
        let percent = match self.offers[k].rule.gives {
            Reward::PercentOffGoods { off } if !self.offers[k].rule.settings.of_list_price => Some(off),
            _ => None,
        };
        let bill = &self.priced.bill;
        let exacts = by_line
            .into_iter()
            .map(|(line, (saved, quantity))| match percent {
                // A percentage of whole lines is one of what they cost, so that 100 % leaves nothing.
                Some(rate) if quantity == bill.lines[line].quantity => {
                    (line, share(bill.exact(bill.lines[line].net), rate))
                }
                _ => (line, saved),
            });
        let exacts: Vec<(usize, Exact)> = exacts.collect();
        self.priced.bill.cut(takes, taken);
        self.charge(k, exacts, reduced);
    }

    fn charge(&mut self, k: usize, exacts: Vec<(usize, Exact)>, reduced: u64) {
        let room = match self.room(k) {
            Ok(room) => room,
            Err(why) => return self.refuse(k, why),
        };
        let mut exacts = within_limit(&room, exacts);
        self.in_order(k, &mut exacts);
        let (amount, parts) = self.priced.bill.take_off(&exacts);
        if amount.is_zero() {
            return self.refuse(k, Reason::NothingLeft);
        }
        self.apply(k, amount, parts, reduced);
    }

    /// What the limits of an offer leave, after what others of its file gave before it.
    fn room(&self, k: usize) -> Result<Room, Reason> {
        let offer = self.offers[k];
        offer.room.after(|shared| {
            let given = self.offers.iter().zip(&self.priced.given);
            let of_file =
                given.filter(|(other, given)| other.program.id == offer.program.id && !given.1.is_zero());
            of_file
                .map(|(other, (units, money))| {
                    let amount = self.priced.bill.in_purse(*money);
                    shared.counted(other.rule, *units, amount)
                })
                .sum()
        })
    }

    fn apply(&mut self, k: usize, amount: Money, parts: Vec<LinePart>, reduced: u64) {
        let offer = self.offers[k];
        self.priced.given[k].1 += amount;
        if offer.rule.with == With::Alone {
            parts
                .iter()
                .for_each(|part| self.priced.alone[part.line as usize] = true);
        }
        self.priced.applied.push(Applied {
            program: offer.program.id.clone(),
            amount,
            parts,
            why: reasons::why(offer, reduced),
        });
    }

    fn refuse(&mut self, k: usize, why: Reason) {
        let refusal = self.offers[k].refuse(why);
        self.priced.refusals.push(refusal);
    }

    /// Equal remainders go by line order. But where a later rule acts on one of two lines only, those that it passes
    /// over come first whatever their order, so that the order of key presses cannot change a total.
    fn in_order(&self, k: usize, exacts: &mut [(usize, Exact)]) {
        let floor = |line: usize| self.basket.lines[line].goods.floor_price;
        exacts.sort_unstable_by(|&(a, _), &(b, _)| {
            let by_rules = self.passed_over(k, a, b);
            by_rules.then_with(|| floor(b).cmp(&floor(a))).then(a.cmp(&b))
        });
    }

    /// Lines that a later rule passes over come first.
    fn passed_over(&self, k: usize, a: usize, b: usize) -> Ordering {
        self.later.compare(self.offers[k], &self.chosen, a, b)
    }

    /// At one price: whose reduction leaves the customer with the least to pay. What later rules pass over, then what
    /// bears the higher tax, then what may fall lower.
    fn best_reduced(&self, k: usize, a: usize, b: usize) -> Ordering {
        let goods = |line: usize| &self.basket.lines[line].goods;
        self.passed_over(k, a, b)
            .then_with(|| goods(b).tax_rate.cmp(&goods(a).tax_rate))
            .then_with(|| goods(a).floor_price.cmp(&goods(b).floor_price))
    }
}

/// What an offer would take off, cut in proportion to what its limit leaves.
fn within_limit(room: &Room, exacts: Vec<(usize, Exact)>) -> Vec<(usize, Exact)> {
    let sum: Exact = exacts.iter().map(|&(_, exact)| exact).sum();
    let most = room
        .amount
        .map(|most| i128::from(most.units()) * 1_000_000_000_000);
    match most.filter(|most| *most < sum) {
        // 10²³ of the exact scale and a limit of 10¹⁸ points would not fit a product: thousandths are enough here.
        Some(most) => exacts
            .iter()
            .map(|&(line, exact)| {
                (
                    line,
                    exact / 1_000_000 * (most / 1_000_000) / (sum / 1_000_000).max(1) * 1_000_000,
                )
            })
            .collect(),
        None => exacts,
    }
}

/// Stamps that an offer has used up where it gave so much, and of which purse.
pub(super) fn stamps_used(offer: &Offer, (units, money): (Quantity, Money)) -> Option<(PurseId, Points)> {
    let card = offer.card.as_ref().filter(|_| !money.is_zero())?;
    // A group of units costs a card for each that was reduced, everything else one.
    let cards = match offer.rule.gives {
        Reward::ForStamps { .. } => units.units() / 1000,
        _ => 1,
    };
    let used = card.full.units().saturating_mul(cards);
    Some((card.purse.clone(), Points::thousandths(used)))
}
