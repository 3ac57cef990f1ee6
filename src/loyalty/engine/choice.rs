//! Of every exclusive group one offer applies: those that together give the customer the largest discount. The search
//! is exact up to a bound given as a count, never a clock, so that till and server agree: at most [`MOST_CHOICES`] choices,
//! and no more than [`MOST_STEPS`] steps to price them all, where a step is one offer looking at one line.
//!
//! Past the bound the search is greedy: each group is decided for itself, one after the other, by what the whole basket
//! comes to; and where that is too much work as well, by what each of its offers takes off alone.

use std::collections::BTreeMap;

use super::super::amount::Money;
use super::offer::{Offer, Turn};
use super::pricing::LAST_DISCOUNT;

/// So many choices are compared at most.
const MOST_CHOICES: usize = 1024;

/// So many times an offer looks at a line, at most, while choices are compared.
const MOST_STEPS: usize = 1 << 19;

/// Which offers are in, and whether the search reached its bound.
pub(super) struct Choice {
    pub is_in: Vec<bool>,
    pub greedy: bool,
}

/// Chooses one offer of each group. `discount_of` prices a choice.
pub(super) fn choose(offers: &[Offer], discount_of: impl Fn(&[bool]) -> Money) -> Choice {
    let groups = groups(offers);
    let mut is_in: Vec<bool> = offers.iter().map(|offer| offer.group().is_none()).collect();
    let mut open: Vec<&Vec<usize>> = Vec::new();
    for group in &groups {
        // Rewards that take nothing off cannot be told apart by what they take off: the first applies.
        if group.len() > 1 && group.iter().any(|&k| offers[k].phase <= LAST_DISCOUNT) {
            open.push(group);
        } else {
            is_in[group[0]] = true;
        }
    }
    let choices = open
        .iter()
        .try_fold(1_usize, |product, group| product.checked_mul(group.len()));
    let steps_of = |k: &usize| match offers[*k].phase <= LAST_DISCOUNT {
        true => offers[*k].lines().count(),
        false => 0,
    };
    // Of an open group one offer acts at a time, which may be the one with the most lines.
    let settled = (0..offers.len()).filter(|k| is_in[*k]);
    let longest = open.iter().filter_map(|group| group.iter().map(steps_of).max());
    let steps: usize = settled.map(|k| steps_of(&k)).chain(longest).sum();
    let in_bounds = |choices: usize| choices.saturating_mul(steps) <= MOST_STEPS;
    let greedy = !choices.is_some_and(|choices| choices <= MOST_CHOICES && in_bounds(choices));
    if greedy {
        let one_by_one = open.iter().map(|group| group.len()).sum();
        for group in open {
            let winner = match in_bounds(one_by_one) {
                true => best(&is_in, &[group], &discount_of),
                false => best(&vec![false; offers.len()], &[group], &discount_of),
            };
            group.iter().for_each(|&k| is_in[k] |= winner[k]);
        }
    } else if !open.is_empty() {
        is_in = best(&is_in, &open, &discount_of);
    }
    Choice { is_in, greedy }
}

/// The members of each group by priority and id; the groups in the order of their first member.
fn groups(offers: &[Offer]) -> Vec<Vec<usize>> {
    let mut by_name: BTreeMap<&str, Vec<(Turn, usize)>> = BTreeMap::new();
    for (k, offer) in offers.iter().enumerate() {
        if let Some(group) = offer.group() {
            by_name.entry(group).or_default().push((offer.turn, k));
        }
    }
    let mut groups: Vec<Vec<(Turn, usize)>> = by_name.into_values().collect();
    groups.iter_mut().for_each(|group| group.sort());
    groups.sort();
    let only_offers = |group: Vec<(Turn, usize)>| group.into_iter().map(|(_, k)| k).collect();
    groups.into_iter().map(only_offers).collect()
}

/// Tries every choice, the first of each group first; a later one must give more to win.
fn best(fixed: &[bool], groups: &[&Vec<usize>], discount_of: &impl Fn(&[bool]) -> Money) -> Vec<bool> {
    let choices: usize = groups.iter().map(|group| group.len()).product();
    let mut best: Option<(Money, Vec<bool>)> = None;
    for number in 0..choices {
        let mut is_in = fixed.to_vec();
        let mut rest = number;
        for group in groups.iter().rev() {
            is_in[group[rest % group.len()]] = true;
            rest /= group.len();
        }
        let discount = discount_of(&is_in);
        if best.as_ref().is_none_or(|(most, _)| discount > *most) {
            best = Some((discount, is_in));
        }
    }
    best.map_or_else(|| fixed.to_vec(), |(_, is_in)| is_in)
}
