//! Single units: the same off each of them, the cheapest or dearest of a group or of the basket, and what full cards of
//! stamps reduce.

use super::super::super::amount::{Money, Points, Quantity, Rate};
use super::super::super::id::PurseId;
use super::super::super::program::Reward;
use super::super::super::program::reward::{Cut, Pick};
use super::super::super::quote::Reason;
use super::super::bill::{Exact, Take, Taken, of_price, share, times};
use super::super::gifts;
use super::super::offer::pieces;
use super::groups::{self, Candidate};
use super::{Pricing, UNIT_OFFERS, stamps_used};

impl Pricing<'_, '_> {
    /// Full cards of stamps reduce the cheapest units; those that are paid fill the card further.
    pub(super) fn for_stamps(&mut self, k: usize, off: Rate) {
        let Some(card) = &self.offers[k].card else { return };
        let mut free = self.pieces_of(k);
        free.sort_by(|a, b| {
            a.off
                .cmp(&b.off)
                .then_with(|| self.best_reduced(k, a.line, b.line))
                .then(a.line.cmp(&b.line))
        });
        // All that is paid in this sale fills the card, too: a unit that it frees costs a card and its own stamps.
        let has = card.has - self.stamps_used(&card.purse);
        let mut stamps = (has + self.stamps_earned(card)).units();
        let room = self.room(k).unwrap_or_default();
        let mut left = room.units.map_or(i64::MAX, |units| units.units() / 1000);
        let full = card.full;
        let (mut reduced, mut takes) = (0, Vec::new());
        for &take in &free {
            let cost = full.units().saturating_add(card.each(take.line)).max(1);
            let here = (stamps / cost).max(0).min(left).min(take.quantity.units() / 1000);
            stamps -= here * cost;
            left -= here;
            reduced += here;
            if here > 0 {
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
            let goods = self.offers[k].rule.needs.goods.text();
            return self.refuse(k, Reason::NeedsStamps { more, purse, goods });
        }
        let from_this_sale = reduced.saturating_mul(full.units()) - has.units();
        takes.extend(self.fill_with(k, &takes, from_this_sale));
        self.settle(
            k,
            &takes,
            Some(Taken::Alone),
            u64::try_from(reduced).unwrap_or_default(),
        );
    }

    /// The paid units whose stamps a card uses in the same sale: they take part in the offer, so that no later one frees
    /// them, too. Those that later offers pass over go first.
    fn fill_with(&self, k: usize, reduced: &[Take], stamps: i64) -> Vec<Take> {
        let Some(card) = &self.offers[k].card else {
            return Vec::new();
        };
        let mut lines: Vec<usize> = (0..self.basket.lines.len())
            .filter(|line| card.each(*line) > 0)
            .collect();
        lines.sort_by(|&a, &b| self.passed_over(k, a, b).then(a.cmp(&b)));
        let mut wanted = stamps;
        let mut takes = Vec::new();
        for line in lines {
            let each = card.each(line);
            for (run, quantity, _) in self.free_runs(k, line) {
                let is_here = |one: &&Take| (one.line, one.run) == (line, run);
                let gone: Quantity = reduced.iter().filter(is_here).map(|one| one.quantity).sum();
                let left = (quantity - gone).units() / 1000;
                let here = left.min((wanted + each - 1) / each);
                if here > 0 {
                    wanted -= here.saturating_mul(each);
                    takes.push(Take {
                        line,
                        run,
                        quantity: Quantity::whole(here),
                        off: 0,
                    });
                }
            }
        }
        takes
    }

    /// A share of what a line costs, or of its list price: of each unit no more than it still costs above its floor.
    pub(super) fn percent_of(&self, line: usize, off: Rate, base: Money, of_list_price: bool) -> Exact {
        let whole = share(self.priced.bill.exact(base), off);
        let bought = &self.basket.lines[line];
        if !of_list_price && bought.goods.floor_price.is_none() {
            return whole;
        }
        let floor = of_price(bought.goods.floor_price.unwrap_or_default());
        let list = of_price(bought.price);
        let runs = self.priced.bill.lines[line].runs.iter();
        let units = runs.map(|run| {
            let price = if of_list_price { list } else { run.unit };
            times(share(price, off).min((run.unit - floor).max(0)), run.quantity)
        });
        units.sum::<Exact>().min(whole)
    }

    /// Stamps that offers before this one have used up.
    pub(super) fn stamps_used(&self, purse: &PurseId) -> Points {
        let used = self.offers.iter().zip(&self.priced.given);
        used.map(|(offer, given)| stamps_used(offer, *given))
            .filter_map(|used| used.filter(|(of, _)| of == purse))
            .map(|(_, used)| used)
            .sum()
    }

    /// The whole pieces that an offer may act on; `off` holds what one costs.
    pub(super) fn pieces_of(&self, k: usize) -> Vec<Take> {
        let mut pieces_of = Vec::new();
        for line in self.lines_of(k).into_iter().filter(|line| !self.is_added(*line)) {
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

    /// In phase 2 a unit takes part in one offer, or in several that all stack; later phases act on whatever is left to
    /// pay.
    fn free_runs(&self, k: usize, line: usize) -> impl Iterator<Item = (usize, Quantity, Exact)> {
        let offer = self.offers[k];
        self.priced.bill.free_runs(line, move |taken| {
            offer.phase > UNIT_OFFERS || taken == Taken::No || (offer.stacks() && taken == Taken::Shared)
        })
    }

    /// The same off every unit that is free.
    pub(super) fn each_unit(&self, k: usize) -> Vec<Take> {
        let offer = self.offers[k];
        let mut takes = Vec::new();
        for line in self.lines_of(k) {
            for (run, quantity, unit) in self.free_runs(k, line) {
                let off = match offer.rule.settings.of_list_price {
                    true => off_each(&offer.rule.gives, of_price(self.basket.lines[line].price)).min(unit),
                    false => off_each(&offer.rule.gives, unit),
                };
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
            takes.sort_by(|a, b| {
                let by_off = b.off.cmp(&a.off);
                let by_gain = by_off.then_with(|| self.best_reduced(k, a.line, b.line));
                by_gain.then(a.line.cmp(&b.line))
            });
            for take in &mut takes {
                take.quantity = take.quantity.min(left);
                left -= take.quantity;
            }
            takes.retain(|take| take.quantity > Quantity::ZERO);
        }
        takes
    }

    /// Units of groups, of sets or of the whole basket, and how many of them are reduced. Nothing where it is said already
    /// why there are none.
    pub(super) fn units_of_group(&mut self, k: usize) -> Option<(Vec<Take>, u64)> {
        let offer = self.offers[k];
        let Reward::UnitsOfGroup { cut, pick, units, .. } = &offer.rule.gives else {
            return None;
        };
        let (cut, units) = (*cut, i64::from(*units));
        let needs = &offer.rule.needs;
        let Formed { chosen, missing } = if needs.triggers().next().is_some() {
            self.for_triggers(k, units)
        } else if !needs.set.is_empty() {
            self.of_sets(k, units)
        } else if needs.every > 0 {
            self.of_groups(k, *pick, units)
        } else {
            self.of_basket(k, *pick, units)
        };
        let mut takes = chosen;
        takes.extend(self.added(k, missing));
        if takes.is_empty() && missing > 0 {
            return None;
        }
        let mut reduced = 0;
        for take in &mut takes {
            let is_reduced = std::mem::take(&mut take.is_reduced);
            take.take.off = if is_reduced { off_of(cut, take.take.off) } else { 0 };
            if is_reduced {
                reduced += take.take.quantity.units() / 1000;
            }
        }
        let takes = takes.into_iter().map(|chosen| chosen.take);
        let takes = takes.filter(|take| take.quantity > Quantity::ZERO).collect();
        Some((takes, u64::try_from(reduced).unwrap_or_default()))
    }

    /// Dearest first, in groups of so many: the last of each, or the dearest of all, as many as there are groups. Units of
    /// an unfinished group stay free. Which of several units at one price is reduced is the customer's gain: those that
    /// later offers pass over go first, and units that stay free are those that later offers may still act on.
    fn of_groups(&self, k: usize, pick: Pick, units: i64) -> Formed {
        let offer = self.offers[k];
        let free = self.dearest_first(k);
        let every = i64::from(offer.rule.needs.every.max(1));
        let all: i64 = free.iter().map(whole).sum();
        let most = self.most_times(k, units);
        let groups = (all / every).min(most);
        let mut in_groups = groups * every;
        // What was bought may make another group with units that are added.
        let rest = all - in_groups;
        let mut missing = 0;
        if gifts::adds(offer.rule) && groups < most && rest >= every - units {
            missing = every - rest;
            in_groups += rest;
        }
        // How many of the first so many units are reduced.
        let reduced_of = |place: i64| match pick {
            Pick::Cheapest => place / every * units + (place % every - (every - units)).max(0),
            Pick::Dearest => place.min(groups * units),
        };
        let (mut chosen, mut at) = (Vec::new(), 0);
        for same_price in free.chunk_by(|a, b| a.off == b.off) {
            let here: i64 = same_price.iter().map(whole).sum();
            let end = in_groups.min(at + here);
            let mut reduced = reduced_of(end) - reduced_of(at);
            let mut paid = end - at - reduced;
            for run in same_price {
                let here = whole(run);
                let less = here.min(reduced);
                let full = (here - less).min(paid);
                (reduced, paid) = (reduced - less, paid - full);
                chosen.push(Chosen::of(run, less, true));
                chosen.push(Chosen::of(run, full, false));
            }
            at = end;
        }
        Formed { chosen, missing }
    }

    /// All units of the basket are one group: the cheapest or the dearest of them. Only what is reduced takes part.
    fn of_basket(&self, k: usize, pick: Pick, units: i64) -> Formed {
        let mut free = self.dearest_first(k);
        if pick == Pick::Cheapest {
            // A stable sort: of one price the best reduced stay first.
            free.sort_by_key(|run| run.off);
        }
        let mut left = units.min(self.most_times(k, units).saturating_mul(units));
        let mut chosen = Vec::new();
        for run in &free {
            let here = whole(run).min(left);
            left -= here;
            chosen.push(Chosen::of(run, here, true));
        }
        let missing = if gifts::adds(self.offers[k].rule) { left } else { 0 };
        Formed { chosen, missing }
    }

    /// Units that the basket does not have: an offer adds them to it, or has added them when it was sold.
    fn added(&mut self, k: usize, missing: i64) -> Vec<Chosen> {
        let offer = self.offers[k];
        let mut missing = missing.min(gifts::MOST_ADDED);
        if missing <= 0 {
            return Vec::new();
        }
        let may_grow = self.priced.bill.may_grow;
        let mut lines = offer.lines();
        let Some(line) = lines.find(|line| self.is_added(*line)) else {
            if may_grow {
                let goods = offer.rule.needs.goods.text();
                self.refuse(k, Reason::GiftUnknown { goods });
            }
            return Vec::new();
        };
        if may_grow {
            let price = self.basket.lines[line].price;
            self.priced.bill.grow(line, Quantity::whole(missing), price);
        }
        let mut added = Vec::new();
        for (run, quantity, unit) in self.free_runs(k, line) {
            let here = (quantity.units() / 1000).min(missing);
            missing -= here;
            let take = Take {
                line,
                run,
                quantity,
                off: unit,
            };
            added.push(Chosen::of(&take, here, true));
        }
        added
    }

    /// Was this line added by a program? Its units make no groups with those that were bought.
    fn is_added(&self, line: usize) -> bool {
        self.basket.lines[line].added_by.is_some()
    }

    /// The free pieces of an offer, dearest first; at one price those first whose reduction is best for the customer.
    pub(super) fn dearest_first(&self, k: usize) -> Vec<Take> {
        let mut free = self.pieces_of(k);
        free.sort_by(|a, b| {
            let by_price = b.off.cmp(&a.off);
            by_price
                .then_with(|| self.best_reduced(k, a.line, b.line))
                .then((b.line, b.run).cmp(&(a.line, a.run)))
        });
        free
    }

    /// How often an offer may still give, where it reduces so many units each time.
    pub(super) fn most_times(&self, k: usize, units: i64) -> i64 {
        let room = self.room(k).unwrap_or_default().units;
        room.map_or(i64::MAX, |room| room.units() / 1000 / units.max(1))
    }

    /// Of each whole set, dearest units first, the cheapest.
    fn of_sets(&self, k: usize, units: i64) -> Formed {
        let portions = self.portions(k);
        let candidates = self.candidates(k, &self.offers[k].set_on);
        let sets = groups::whole(&candidates, &portions).min(self.most_times(k, units));
        let chosen = groups::cheapest_of_sets(&candidates, &portions, sets, units);
        Formed { chosen, missing: 0 }
    }

    /// For each so many of what the basket must contain, units of the goods. The units that count take part and are paid.
    fn for_triggers(&self, k: usize, units: i64) -> Formed {
        let offer = self.offers[k];
        let (mut on, mut every) = (Vec::new(), Vec::new());
        for (n, contains) in offer.rule.needs.triggers() {
            on.push(offer.contains_on[n].clone());
            every.push(i64::from(contains.every));
        }
        on.push(offer.acts_on.clone());
        let candidates = self.candidates(k, &on);
        let most = self.most_times(k, units);
        groups::for_triggers(&candidates, &every, units, most, gifts::adds(offer.rule))
    }

    /// The free pieces of lines that any of these takes in, dearest first, with the ones that do.
    pub(super) fn candidates(&self, k: usize, on: &[Vec<bool>]) -> Vec<Candidate> {
        let mut free = Vec::new();
        for line in 0..self.basket.lines.len() {
            let fits = (0..on.len())
                .filter(|n| on[*n][line])
                .fold(0, |mask, n| mask | 1 << n);
            if fits == 0 || self.is_added(line) {
                continue;
            }
            let acts = self.acts_now(k, line);
            for (run, quantity, unit) in self.free_runs(k, line) {
                let take = Take {
                    line,
                    run,
                    quantity: pieces(&self.basket.lines[line], quantity),
                    off: unit,
                };
                if take.quantity > Quantity::ZERO && acts {
                    free.push(Candidate { take, fits });
                }
            }
        }
        free.sort_by(|one, other| {
            let (a, b) = (&one.take, &other.take);
            let by_price = b.off.cmp(&a.off);
            by_price
                .then_with(|| self.best_reduced(k, a.line, b.line))
                .then(one.fits.cmp(&other.fits))
                .then((b.line, b.run).cmp(&(a.line, a.run)))
        });
        free
    }

    /// Pieces of each portion of an offer's set.
    pub(super) fn portions(&self, k: usize) -> Vec<i64> {
        let set = self.offers[k].rule.needs.set.iter();
        set.map(|portion| i64::from(portion.pieces)).collect()
    }
}

/// The units of groups, and how many are missing that may be added.
#[derive(Clone, Debug, Default)]
pub(super) struct Formed {
    pub chosen: Vec<Chosen>,
    pub missing: i64,
}

/// Units that take part in an offer; `take.off` is what one costs until it is known what is taken off.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chosen {
    pub take: Take,
    pub is_reduced: bool,
}

impl Chosen {
    pub fn of(run: &Take, pieces: i64, is_reduced: bool) -> Chosen {
        Chosen {
            take: Take {
                quantity: Quantity::whole(pieces),
                ..*run
            },
            is_reduced,
        }
    }
}

/// How many whole pieces.
pub(super) fn whole(take: &Take) -> i64 {
    take.quantity.units() / 1000
}

/// What is taken off a unit that costs this.
pub(super) fn off_of(cut: Cut, unit: Exact) -> Exact {
    match cut {
        Cut::Share(off) => share(unit, off),
        Cut::Amount(off) => of_price(off).min(unit),
        Cut::To(price) => (unit - of_price(price)).max(0),
    }
}

/// What a reward takes off one unit that costs this.
pub(super) fn off_each(reward: &Reward, unit: Exact) -> Exact {
    match reward {
        Reward::Price(own) => (unit - of_price(*own)).max(0),
        Reward::AmountOffUnit(off) => of_price(*off).min(unit),
        Reward::PercentOffGoods { off } => share(unit, *off),
        _ => 0,
    }
}
