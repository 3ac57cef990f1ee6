//! Phases 1 to 5: what each offer takes off the bill, in the one order in which offers act.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::super::amount::{Money, Points, Quantity, Rate};
use super::super::basket::Basket;
use super::super::id::PurseId;
use super::super::program::Reward;
use super::super::program::rule::{Who, With};
use super::super::quote::{Applied, LinePart, Reason};
use super::bill::{Bill, Exact, Take, Taken, of_price, share, times};
use super::offer::{Offer, Refusal, pieces};
use super::room::Room;

/// Discounts end with this phase; what follows takes nothing off.
pub(super) const LAST_DISCOUNT: u8 = 5;
const MEMBER_PRICES: u8 = 1;
const UNIT_OFFERS: u8 = 2;

/// A bill after all discounts.
pub(super) struct Priced {
    pub bill: Bill,
    pub applied: Vec<Applied>,
    pub refusals: Vec<Refusal>,
    /// What thresholds look at: the total after phase 2 and before phase 3.
    pub after_units: Money,
    /// Units of each line that a card of stamps freed: they earn no stamp.
    pub freed: Vec<Quantity>,
    /// What each offer gave: units, and money off.
    pub given: Vec<(Quantity, Money)>,
    /// Lines on which no other percentage may act.
    alone: Vec<bool>,
}

/// Works the discounts of these offers out. They stand in the order in which they act.
pub(super) fn price(basket: &Basket, list: Bill, offers: &[&Offer]) -> Priced {
    let mut pricing = Pricing {
        basket,
        offers,
        priced: Priced {
            bill: list,
            applied: Vec::new(),
            refusals: Vec::new(),
            after_units: Money::ZERO,
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
    pricing.priced.after_units = pricing.priced.bill.total();
    for k in all.filter(of_phase(UNIT_OFFERS + 1, LAST_DISCOUNT)) {
        pricing.offer(k);
    }
    pricing.priced
}

/// Why an offer with a threshold gives nothing, where the amount is below it. Reached at its value.
pub(super) fn below_threshold(offer: &Offer, amount: Money) -> Option<Reason> {
    let needs = offer.rule.needs.total?;
    (amount < needs).then_some(Reason::NeedsTotal { needs, has: amount })
}

struct Pricing<'a, 'b> {
    basket: &'a Basket,
    offers: &'a [&'a Offer<'b>],
    priced: Priced,
}

impl Pricing<'_, '_> {
    /// Phase 1: of all prices that a customer may have, each line takes the lowest.
    fn member_prices(&mut self, members: &[usize]) {
        let subtotal = self.priced.bill.total();
        let mut lowest: BTreeMap<usize, (Exact, usize)> = BTreeMap::new();
        for &k in members {
            if let Some(why) = below_threshold(self.offers[k], subtotal) {
                self.refuse(k, why);
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
        for &k in members {
            if below_threshold(self.offers[k], subtotal).is_some() {
                continue;
            }
            let own = lowest.iter().filter(|(_, best)| best.1 == k);
            let takes: Vec<Take> = own.map(|(&line, best)| self.whole_line(line, best.0)).collect();
            self.settle(k, &takes, None, 0);
        }
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
        if let Err(why) = self.room(k) {
            return self.refuse(k, why);
        }
        let (phase, bill) = (offer.phase, &self.priced.bill);
        let amount = if phase > UNIT_OFFERS {
            self.priced.after_units
        } else {
            bill.total()
        };
        if let Some(why) = below_threshold(offer, amount) {
            return self.refuse(k, why);
        }
        let taken = match (phase, offer.stacks()) {
            (UNIT_OFFERS, true) => Some(Taken::Shared),
            (UNIT_OFFERS, false) => Some(Taken::Alone),
            _ => None,
        };
        match &offer.rule.gives {
            Reward::CheapestOfGroup { off } => {
                let (takes, reduced) = self.cheapest(k, *off);
                self.settle(k, &takes, taken, reduced);
            }
            Reward::Price(_) | Reward::PercentOffGoods { .. } | Reward::AmountOffUnit(_) => {
                let takes = self.each_unit(k);
                self.settle(k, &takes, taken, 0);
            }
            Reward::PercentOffBasket { off } => {
                let lines = self.lines_of(k).into_iter();
                let nets = lines.map(|line| (line, bill.exact(bill.lines[line].net)));
                let exacts: Vec<(usize, Exact)> = nets.map(|(line, net)| (line, share(net, *off))).collect();
                self.charge(k, &exacts, 0);
            }
            Reward::AmountOffBasket(most) => {
                let exacts = self.by_net(k, *most);
                self.charge(k, &exacts, 0);
            }
            Reward::ForStamps { off } => self.for_stamps(k, *off),
            _ => {}
        }
    }

    /// The lines that an offer acts on now: no percentage falls on goods that another one wants for itself.
    fn lines_of(&self, k: usize) -> Vec<usize> {
        let offer = self.offers[k];
        let is_percentage = matches!(
            offer.rule.gives,
            Reward::PercentOffGoods { .. } | Reward::PercentOffBasket { .. } | Reward::CheapestOfGroup { .. }
        );
        let passes =
            |line: &usize| !is_percentage || !self.priced.alone[*line] || offer.rule.with == With::Alone;
        offer.lines().filter(passes).collect()
    }

    /// Full cards of stamps reduce the cheapest units; those that are paid fill the card further.
    fn for_stamps(&mut self, k: usize, off: Rate) {
        let Some(card) = &self.offers[k].card else { return };
        let mut free = self.pieces_of(k);
        free.sort_by(|a, b| {
            a.off
                .cmp(&b.off)
                .then_with(|| self.best_reduced(k, a.line, b.line))
                .then(a.line.cmp(&b.line))
        });
        // All that is paid in this sale fills the card, too: a unit that it frees costs a card and its own stamps.
        let paid = |line: usize| {
            let quantity = self.basket.lines[line].quantity - self.priced.freed[line];
            quantity.units() / 1000
        };
        let earned: Points = card.fills.iter().map(|fill| fill.stamps(paid)).sum();
        let has = card.has - self.stamps_used(&card.purse);
        let mut stamps = (has + earned).units();
        let room = self.room(k).unwrap_or_default();
        let mut left = room.units.map_or(i64::MAX, |units| units.units() / 1000);
        let full = card.full;
        let (mut reduced, mut takes) = (0, Vec::new());
        for take in free {
            let cost = full.units().saturating_add(card.each(take.line)).max(1);
            let here = (stamps / cost).max(0).min(left).min(take.quantity.units() / 1000);
            stamps -= here * cost;
            left -= here;
            reduced += here;
            if here > 0 {
                self.priced.freed[take.line] += Quantity::whole(here);
                takes.push(Take {
                    quantity: Quantity::whole(here),
                    off: share(take.off, off),
                    ..take
                });
            }
        }
        if reduced == 0 {
            let purse = card.purse.clone();
            // What is missing besides the stamps of the unit that would be free.
            let more = (full - has).max(Points::ZERO);
            return self.refuse(k, Reason::NeedsStamps { more, purse });
        }
        self.settle(
            k,
            &takes,
            Some(Taken::Alone),
            u64::try_from(reduced).unwrap_or_default(),
        );
    }

    /// Stamps that offers before this one have used up.
    fn stamps_used(&self, purse: &PurseId) -> Points {
        let used = self.offers.iter().zip(&self.priced.given);
        used.map(|(offer, given)| stamps_used(offer, *given))
            .filter_map(|used| used.filter(|(of, _)| of == purse))
            .map(|(_, used)| used)
            .sum()
    }

    /// The whole pieces that an offer may act on; `off` holds what one costs.
    fn pieces_of(&self, k: usize) -> Vec<Take> {
        let mut pieces_of = Vec::new();
        for line in self.lines_of(k) {
            for (run, quantity, unit) in self.free_runs(k, line) {
                pieces_of.push(Take {
                    line,
                    run,
                    quantity: pieces(&self.basket.lines[line], quantity),
                    off: unit,
                });
            }
        }
        pieces_of.retain(|take| take.quantity > Quantity::ZERO);
        pieces_of
    }

    /// So much off the basket, by what the lines still cost.
    fn by_net(&self, k: usize, most: Money) -> Vec<(usize, Exact)> {
        let bill = &self.priced.bill;
        let lines: Vec<usize> = self.offers[k].lines().collect();
        let nets: Vec<i128> = lines
            .iter()
            .map(|&l| i128::from(bill.lines[l].net.units()))
            .collect();
        let sum: i128 = nets.iter().sum();
        if sum == 0 {
            return Vec::new();
        }
        let amount = bill
            .exact(most)
            .min(bill.exact(Money::minor(i64::try_from(sum).unwrap_or(i64::MAX))));
        // A basket is at most 10¹¹ minor units and 10²³ of the exact scale: the product fits.
        lines
            .into_iter()
            .zip(nets.into_iter().map(|net| amount * net / sum))
            .collect()
    }

    /// In phase 2 a unit takes part in one offer, or in several that all stack; later phases act on whatever is left to
    /// pay.
    fn free_runs(&self, k: usize, line: usize) -> Vec<(usize, Quantity, Exact)> {
        let offer = self.offers[k];
        self.priced.bill.free_runs(line, |taken| {
            offer.phase > UNIT_OFFERS || taken == Taken::No || (offer.stacks() && taken == Taken::Shared)
        })
    }

    /// The same off every unit that is free.
    fn each_unit(&self, k: usize) -> Vec<Take> {
        let offer = self.offers[k];
        let mut takes = Vec::new();
        for line in self.lines_of(k) {
            for (run, quantity, unit) in self.free_runs(k, line) {
                let off = off_each(&offer.rule.gives, unit);
                takes.push(Take {
                    line,
                    run,
                    quantity,
                    off,
                });
            }
        }
        takes.retain(|take| take.off > 0);
        // A limit lets the units go first that save most.
        if let Some(mut left) = self.room(k).unwrap_or_default().units {
            takes.sort_by(|a, b| b.off.cmp(&a.off).then(a.line.cmp(&b.line)));
            for take in &mut takes {
                take.quantity = take.quantity.min(left);
                left -= take.quantity;
            }
            takes.retain(|take| take.quantity > Quantity::ZERO);
        }
        takes
    }

    /// Dearest first, in groups of so many, the last of each group reduced. Units of an unfinished group stay free.
    /// Which of several units at one price is reduced is the customer's gain: those that later offers pass over go
    /// first, and units that stay free are those that later offers may still act on.
    fn cheapest(&self, k: usize, rate: Rate) -> (Vec<Take>, u64) {
        let offer = self.offers[k];
        let mut free = self.pieces_of(k);
        let order = |a: &Take, b: &Take| {
            let by_price = b.off.cmp(&a.off);
            by_price
                .then_with(|| self.best_reduced(k, a.line, b.line))
                .then((b.line, b.run).cmp(&(a.line, a.run)))
        };
        free.sort_by(order);
        let every = i64::from(offer.rule.needs.every.max(1));
        let all: i64 = free.iter().map(|take| take.quantity.units() / 1000).sum();
        let room = self.room(k).unwrap_or_default();
        let most = room.units.map_or(i64::MAX, |units| units.units() / 1000);
        let in_groups = (all / every).min(most) * every;
        let (mut takes, mut at) = (Vec::new(), 0);
        for same_price in free.chunk_by(|a, b| a.off == b.off) {
            let here: i64 = same_price.iter().map(|take| take.quantity.units() / 1000).sum();
            let end = in_groups.min(at + here);
            let mut reduced = end / every - at / every;
            let mut paid = end - at - reduced;
            for run in same_price {
                let here = run.quantity.units() / 1000;
                let less = here.min(reduced);
                let full = (here - less).min(paid);
                (reduced, paid) = (reduced - less, paid - full);
                for (pieces, off) in [(less, share(run.off, rate)), (full, 0)] {
                    let quantity = Quantity::whole(pieces);
                    takes.push(Take {
                        quantity,
                        off,
                        ..*run
                    });
                }
            }
            at = end;
        }
        takes.retain(|take| take.quantity > Quantity::ZERO);
        (takes, u64::try_from(in_groups / every).unwrap_or_default())
    }

    /// Charges what the taken units save, and cuts them out of their runs.
    fn settle(&mut self, k: usize, takes: &[Take], taken: Option<Taken>, reduced: u64) {
        let mut by_line: BTreeMap<usize, (Exact, Quantity)> = BTreeMap::new();
        for take in takes {
            if take.off > 0 {
                self.priced.given[k].0 += take.quantity;
            }
            let of_line = by_line.entry(take.line).or_default();
            of_line.0 += times(take.off, take.quantity);
            of_line.1 += take.quantity;
        }
        let percent = match self.offers[k].rule.gives {
            Reward::PercentOffGoods { off } => Some(off),
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
        self.charge(k, &exacts, reduced);
    }

    fn charge(&mut self, k: usize, exacts: &[(usize, Exact)], reduced: u64) {
        let room = match self.room(k) {
            Ok(room) => room,
            Err(why) => return self.refuse(k, why),
        };
        let before = self.ranks(k);
        let exacts = within_limit(&room, exacts);
        let (amount, parts) = self.priced.bill.take_off(&exacts, &before);
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
            why: why(offer, reduced),
        });
    }

    fn refuse(&mut self, k: usize, why: Reason) {
        let refusal = self.offers[k].refuse(why);
        self.priced.refusals.push(refusal);
    }

    /// Equal remainders go by line order. But where a later rule acts on one of two lines only, those that it passes
    /// over come first whatever their order, so that the order of key presses cannot change a total.
    fn ranks(&self, k: usize) -> Vec<usize> {
        let mut lines: Vec<usize> = (0..self.basket.lines.len()).collect();
        lines.sort_by(|&a, &b| self.compare_after(k, a, b));
        let mut ranks = vec![0; lines.len()];
        for (rank, line) in lines.into_iter().enumerate() {
            ranks[line] = rank;
        }
        ranks
    }

    /// How the rules that act after this one tell two lines apart.
    fn compare_after(&self, k: usize, a: usize, b: usize) -> Ordering {
        let floor = |line: usize| self.basket.lines[line].goods.floor_price;
        self.passed_over(k, a, b).then_with(|| floor(b).cmp(&floor(a)))
    }

    /// Lines that a later rule passes over come first.
    fn passed_over(&self, k: usize, a: usize, b: usize) -> Ordering {
        let later = self.offers[k + 1..].iter();
        let orders = later.map(|offer| offer.acts_on[a].cmp(&offer.acts_on[b]));
        orders.fold(Ordering::Equal, Ordering::then)
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
fn within_limit(room: &Room, exacts: &[(usize, Exact)]) -> Vec<(usize, Exact)> {
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
        None => exacts.to_vec(),
    }
}

/// Stamps that an offer has used up where it gave so much, and of which purse.
pub(super) fn stamps_used(offer: &Offer, (units, money): (Quantity, Money)) -> Option<(PurseId, Points)> {
    let is_for_stamps = matches!(offer.rule.gives, Reward::ForStamps { .. }) && !money.is_zero();
    let card = offer.card.as_ref().filter(|_| is_for_stamps)?;
    let used = card.full.units().saturating_mul(units.units() / 1000);
    Some((card.purse.clone(), Points::thousandths(used)))
}

/// What a reward takes off one unit that costs this.
fn off_each(reward: &Reward, unit: Exact) -> Exact {
    match reward {
        Reward::Price(own) => (unit - of_price(*own)).max(0),
        Reward::AmountOffUnit(off) => of_price(*off).min(unit),
        Reward::PercentOffGoods { off } => share(unit, *off),
        _ => 0,
    }
}

fn why(offer: &Offer, reduced: u64) -> Reason {
    let goods = || offer.rule.needs.goods.text();
    match &offer.rule.gives {
        Reward::PercentOffGoods { off } => Reason::PercentOffGoods {
            off: *off,
            goods: goods(),
        },
        Reward::AmountOffUnit(_) => Reason::AmountOffUnit { goods: goods() },
        Reward::CheapestOfGroup { off } => Reason::CheapestOfGroup {
            every: offer.rule.needs.every,
            off: *off,
            units: reduced,
        },
        Reward::PercentOffBasket { off } => percent_of_basket(offer, *off),
        Reward::AmountOffBasket(_) => Reason::AmountOffBasket,
        Reward::ForStamps { .. } => Reason::ForStamps {
            units: reduced,
            stamps: offer.card.as_ref().map_or(Points::ZERO, |card| card.full),
        },
        _ => Reason::OwnPrice,
    }
}

fn percent_of_basket(offer: &Offer, off: Rate) -> Reason {
    let who = &offer.rule.who;
    if who.contains(&Who::Birthday) {
        Reason::BirthdayPercent { off }
    } else {
        let held = who.iter().find_map(|who| match who {
            Who::Holds(membership) => Some(membership.clone()),
            _ => None,
        });
        held.map_or(Reason::PercentOffBasket { off }, |held| Reason::CardPercent {
            off,
            membership: Some(held),
        })
    }
}
