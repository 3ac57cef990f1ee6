//! Groups and sets of units: how many whole ones a basket has, which units make them, and what is taken off them. Units
//! come dearest first; as many groups are made as can be, of the dearest units that do. So nobody gains by splitting a
//! basket, and the order of its lines does not matter.

use std::collections::BTreeMap;

use super::super::super::amount::Quantity;
use super::super::super::program::reward::Cut;
use super::super::super::quote::Reason;
use super::super::bill::{Exact, Take, Taken, of_price, share, times};
use super::Pricing;
use super::units::{Chosen, Formed, whole as pieces};

/// Equal units, and the portions of a set that they may be part of, a bit each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub take: Take,
    pub fits: usize,
}

impl Pricing<'_, '_> {
    /// Whole groups or sets at a price, or with something off. What is taken off all of them is split over all their units
    /// by price. A group that would gain nothing by a price stays free for others.
    pub(super) fn whole_groups(&mut self, k: usize, cut: Cut, taken: Option<Taken>) {
        let offer = self.offers[k];
        let (on, portions) = match offer.rule.needs.set.is_empty() {
            true => (
                vec![offer.acts_on.clone()],
                vec![i64::from(offer.rule.needs.every)],
            ),
            false => (offer.set_on.clone(), self.portions(k)),
        };
        let units = self.candidates(k, &on);
        let most = whole(&units, &portions).min(self.most_times(k, offer.rule.needs.group_size()));
        let worth = |groups: i64| {
            let chosen = choose(&units, &portions, groups);
            let costs = units.iter().zip(chosen);
            costs
                .map(|(unit, many)| unit.take.off * i128::from(many))
                .sum::<Exact>()
        };
        let groups = match cut {
            Cut::To(price) => {
                // The dearest groups come first: each next one is worth as much or less.
                let (mut some, mut too_many) = (0, most + 1);
                while too_many - some > 1 {
                    let middle = some + (too_many - some) / 2;
                    match worth(middle) - worth(middle - 1) > of_price(price) {
                        true => some = middle,
                        false => too_many = middle,
                    }
                }
                some
            }
            Cut::Share(_) | Cut::Amount(_) => most,
        };
        let all = worth(groups);
        let off = match cut {
            Cut::Share(rate) => share(all, rate),
            Cut::Amount(off) => of_price(off).saturating_mul(i128::from(groups)).min(all),
            Cut::To(price) => all - of_price(price) * i128::from(groups),
        };
        if off <= 0 {
            return self.refuse(k, Reason::NothingLeft);
        }
        let chosen = units.iter().zip(choose(&units, &portions, groups));
        let takes: Vec<Take> = chosen
            .filter(|(_, many)| *many > 0)
            .map(|(unit, many)| Take {
                quantity: Quantity::whole(many),
                off: part(off, unit.take.off, all),
                ..unit.take
            })
            .collect();
        let prices: BTreeMap<(usize, usize), Exact> = units
            .iter()
            .map(|unit| ((unit.take.line, unit.take.run), unit.take.off))
            .collect();
        let mut costs: BTreeMap<usize, Exact> = BTreeMap::new();
        for take in &takes {
            *costs.entry(take.line).or_default() += times(prices[&(take.line, take.run)], take.quantity);
        }
        let mut exacts: Vec<(usize, Exact)> = costs
            .into_iter()
            .map(|(line, cost)| (line, part(off, cost, all)))
            .collect();
        // What division leaves goes to the line that takes the first cent, so that the sum is exact.
        let left = off - exacts.iter().map(|(_, exact)| exact).sum::<Exact>();
        self.in_order(k, &mut exacts);
        if let Some(first) = exacts.first_mut() {
            first.1 += left;
        }
        self.priced.given[k].0 += takes.iter().map(|take| take.quantity).sum();
        self.priced.bill.cut(&takes, taken);
        self.charge(k, exacts, u64::try_from(groups).unwrap_or_default());
    }
}

/// The part of an amount that falls on `of` of `all`. Exact, but for sums that no shop reaches.
fn part(amount: Exact, of: Exact, all: Exact) -> Exact {
    let bits = |number: Exact| 128 - number.leading_zeros();
    let shift = (bits(amount) + bits(all)).saturating_sub(126);
    amount * (of >> shift) / (all >> shift).max(1)
}

/// Units of each kind: those that fit the same portions.
fn kinds(units: &[Candidate], portions: &[i64]) -> Vec<i64> {
    let mut kinds = vec![0; 1 << portions.len()];
    for unit in units {
        kinds[unit.fits] += pieces(&unit.take);
    }
    kinds
}

/// So many pieces of these portions make one group.
fn of_one(portions: &[i64], which: usize) -> i64 {
    let wanted = portions.iter().enumerate();
    wanted
        .filter(|(n, _)| which >> n & 1 == 1)
        .map(|(_, many)| many)
        .sum()
}

/// How many whole groups the units make: any choice of portions must find enough units that fit one of them (P. Hall,
/// "On Representatives of Subsets", 1935).
pub(super) fn whole(units: &[Candidate], portions: &[i64]) -> i64 {
    let kinds = kinds(units, portions);
    let choices = 1..1_usize << portions.len();
    let groups = choices.map(|which| {
        let supply = kinds.iter().enumerate().filter(|(fits, _)| fits & which != 0);
        supply.map(|(_, many)| many).sum::<i64>() / of_one(portions, which).max(1)
    });
    groups.min().unwrap_or(0)
}

/// How many of each unit go into so many groups: the dearest that still leave all groups whole.
fn choose(units: &[Candidate], portions: &[i64], groups: i64) -> Vec<i64> {
    let choices = 1_usize << portions.len();
    // Units that fit nothing but these portions cannot be more than the portions hold.
    let mut room: Vec<i64> = (0..choices)
        .map(|which| of_one(portions, which).saturating_mul(groups))
        .collect();
    let mut chosen = Vec::with_capacity(units.len());
    for unit in units {
        let around = (1..choices).filter(|which| which & unit.fits == unit.fits);
        let most = around.clone().map(|which| room[which]).min().unwrap_or(0);
        let many = pieces(&unit.take).min(most);
        around.for_each(|which| room[which] -= many);
        chosen.push(many);
    }
    chosen
}

/// Which portion each chosen unit fills: for each portion its units, dearest first.
fn assign(units: &[Candidate], chosen: &[i64], portions: &[i64], groups: i64) -> Vec<Vec<(usize, i64)>> {
    let choices = 1_usize << portions.len();
    let mut wanted: Vec<i64> = portions.iter().map(|many| many * groups).collect();
    // How many more units fit some of these portions than they want.
    let mut spare: Vec<i64> = (0..choices)
        .map(|which| {
            let fitting = units
                .iter()
                .zip(chosen)
                .filter(|(unit, _)| unit.fits & which != 0);
            fitting.map(|(_, many)| many).sum::<i64>() - of_one(portions, which) * groups
        })
        .collect();
    let mut filled: Vec<Vec<(usize, i64)>> = vec![Vec::new(); portions.len()];
    for (n, unit) in units.iter().enumerate() {
        let mut left = chosen[n];
        let mut open: Vec<usize> = (0..portions.len()).filter(|p| unit.fits >> p & 1 == 1).collect();
        while left > 0 && !open.is_empty() {
            // The portion that lags behind goes first, up to where the next one is: so each set gets its dearest units.
            let sets_left = |p: &usize| wanted[*p] / portions[*p];
            open.sort_by_key(|p| (-sets_left(p), *p));
            let portion = open[0];
            let next = open.get(1).map_or(0, &sets_left);
            let all: i64 = open.iter().map(|p| portions[*p]).sum();
            let ahead = (sets_left(&portion) - next).max(left / all).max(1);
            let level = ahead.saturating_mul(portions[portion]);
            let others = || (1..choices).filter(|which| which & unit.fits != 0 && which >> portion & 1 == 0);
            let most = others().map(|which| spare[which]).min().unwrap_or(i64::MAX);
            let many = left.min(wanted[portion]).min(most).min(level);
            if many <= 0 {
                open.remove(0);
                continue;
            }
            others().for_each(|which| spare[which] -= many);
            wanted[portion] -= many;
            left -= many;
            match filled[portion].last_mut().filter(|(last, _)| *last == n) {
                Some((_, before)) => *before += many,
                None => filled[portion].push((n, many)),
            }
        }
    }
    filled
}

/// Sets are made of the dearest units of each portion, then the next; of each the cheapest units are reduced.
pub(super) fn cheapest_of_sets(
    units: &[Candidate],
    portions: &[i64],
    sets: i64,
    reduced: i64,
) -> Vec<Chosen> {
    let chosen = choose(units, portions, sets);
    let mut filled: Vec<std::collections::VecDeque<(usize, i64)>> = assign(units, &chosen, portions, sets)
        .into_iter()
        .map(Into::into)
        .collect();
    let mut out = Vec::new();
    let mut left = sets;
    while left > 0 {
        // The next set, and how many like it can be made.
        let mut alike = left;
        let mut set: Vec<(usize, i64)> = Vec::new();
        for (portion, many) in filled.iter().zip(portions) {
            let mut wanted = *many;
            for (n, here) in portion {
                if wanted == *many {
                    alike = alike.min((here / many).max(1));
                }
                let taken = wanted.min(*here);
                set.push((*n, taken));
                wanted -= taken;
                if wanted == 0 {
                    break;
                }
            }
            if wanted > 0 {
                return out;
            }
        }
        for (portion, many) in filled.iter_mut().zip(portions) {
            let mut gone = many * alike;
            while let Some((_, here)) = portion.front_mut().filter(|_| gone > 0) {
                let taken = gone.min(*here);
                *here -= taken;
                gone -= taken;
                if *here == 0 {
                    portion.pop_front();
                }
            }
        }
        set.sort_by_key(|(n, _)| (units[*n].take.off, *n));
        let mut less = reduced;
        for (n, many) in set {
            let here = many.min(less);
            less -= here;
            out.push(Chosen::of(&units[n].take, here * alike, true));
            out.push(Chosen::of(&units[n].take, (many - here) * alike, false));
        }
        left -= alike;
    }
    out
}

/// For each so many of every trigger (its portion's bit), so many units of the goods (the last bit) are reduced. A unit that
/// triggers is paid and is none that is reduced; triggers that cannot be reduced go first, then the dearest.
pub(super) fn for_triggers(units: &[Candidate], every: &[i64], reduced: i64, most: i64, add: bool) -> Formed {
    let gain = |formed: &Formed| {
        let free = formed.chosen.iter().filter(|chosen| chosen.is_reduced);
        free.map(|chosen| times(chosen.take.off, chosen.take.quantity))
            .sum::<Exact>()
    };
    // Where goods are triggers, too, it may be better to keep them for that.
    let dearest = form(units, every, reduced, (most, add), false);
    let others_first = form(units, every, reduced, (most, add), true);
    match gain(&others_first) > gain(&dearest) {
        true => others_first,
        false => dearest,
    }
}

fn form(
    units: &[Candidate],
    every: &[i64],
    reduced: i64,
    (most, add): (i64, bool),
    others_first: bool,
) -> Formed {
    let goods = 1_usize << every.len();
    let is_goods = |n: &usize| units[*n].fits & goods != 0;
    let is_only_goods = |n: &usize| units[*n].fits == goods;
    let all = 0..units.len();
    // At one price those are paid whose reduction would gain least.
    let mut paid_first: Vec<usize> = all.clone().collect();
    paid_first.sort_by_key(|n| (is_goods(n), std::cmp::Reverse((units[*n].take.off, *n))));
    let mut free_first: Vec<usize> = all.filter(is_goods).collect();
    if others_first {
        free_first.sort_by_key(|n| !is_only_goods(n));
    }
    let mut left: Vec<i64> = units.iter().map(|unit| pieces(&unit.take)).collect();
    let (mut formed, mut times) = (Formed::default(), 0);
    while times < most {
        let mut group: Vec<(usize, i64, bool)> = Vec::new();
        let mut rest = left.clone();
        let mut take = |order: &[usize], fits: usize, wanted: i64, is_reduced: bool| {
            let mut wanted = wanted;
            for &n in order.iter().filter(|n| units[**n].fits & fits != 0) {
                let here = rest[n].min(wanted);
                if here > 0 {
                    rest[n] -= here;
                    wanted -= here;
                    group.push((n, here, is_reduced));
                }
                if wanted == 0 {
                    break;
                }
            }
            wanted
        };
        let triggers = every.iter().enumerate();
        let short: i64 = triggers
            .map(|(t, many)| take(&paid_first, 1 << t, *many, false))
            .sum();
        if short > 0 {
            break;
        }
        let missing = take(&free_first, goods, reduced, true);
        if missing > 0 && !add {
            break;
        }
        let mut of_one: BTreeMap<usize, i64> = BTreeMap::new();
        for (n, many, _) in &group {
            *of_one.entry(*n).or_default() += many;
        }
        let alike = of_one.iter().map(|(n, many)| left[*n] / many).min().unwrap_or(1);
        let is_mixed = missing > 0 && missing < reduced;
        let alike = if is_mixed { 1 } else { alike.min(most - times) };
        of_one.iter().for_each(|(n, many)| left[*n] -= many * alike);
        let group = group.into_iter();
        let alike_group =
            group.map(|(n, many, is_reduced)| Chosen::of(&units[n].take, many * alike, is_reduced));
        formed.chosen.extend(alike_group);
        formed.missing += missing * alike;
        times += alike;
    }
    formed
}
