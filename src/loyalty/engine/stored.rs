//! Goods that are stored value: a gift card, a top-up of an e-wallet. What is paid for them is put on the buyer's purse, and
//! nothing else comes of it: no offer acts on them, no threshold, tax, earning or past knows them, and no purse pays for
//! them. So the other goods are priced without them, and they are put back at their price.

use std::collections::BTreeMap;

use super::super::amount::{Money, Points};
use super::super::basket::Basket;
use super::super::id::PurseId;
use super::super::member::Change;
use super::super::program::ProgramSet;
use super::super::quote::{Applied, Quote, QuotedLine, Reason};

/// The basket without its stored value.
pub(super) struct WithoutStored {
    /// All other lines.
    pub basket: Basket,
    /// For each of them: its place in the whole basket.
    places: Vec<usize>,
}

/// Takes stored value out of a basket; nothing where there is none, as nearly always.
pub(super) fn without(basket: &Basket, programs: &ProgramSet) -> Option<WithoutStored> {
    if programs.sold_as.is_empty() || basket.lines.iter().all(|line| programs.stores(line).is_none()) {
        return None;
    }
    let kept = basket.lines.iter().enumerate();
    let (places, lines) = kept.filter(|(_, line)| programs.stores(line).is_none()).unzip();
    let lines: Vec<&super::super::basket::Line> = lines;
    let basket = Basket {
        lines: lines.into_iter().cloned().collect(),
        ..basket.clone()
    };
    Some(WithoutStored { basket, places })
}

/// What the stored value of a basket costs.
pub(in crate::loyalty) fn price(basket: &Basket, programs: &ProgramSet) -> Money {
    let stored = basket.lines.iter().filter(|line| programs.stores(line).is_some());
    stored.map(|line| line.gross(programs.terms.currency)).sum()
}

impl WithoutStored {
    /// Puts the stored value back into a quote of the other lines.
    pub fn put_back(&self, mut quote: Quote, basket: &Basket, programs: &ProgramSet) -> Quote {
        let currency = programs.terms.currency;
        let mut others = std::mem::take(&mut quote.lines).into_iter();
        quote.lines = basket
            .lines
            .iter()
            .map(|line| match programs.stores(line) {
                None => others.next().unwrap_or_default(),
                Some(_) => QuotedLine {
                    gross: line.gross(currency),
                    discount: Money::ZERO,
                },
            })
            .collect();
        // What programs add stands behind all that was bought.
        quote.lines.extend(others);
        let parts = quote.applied.iter_mut().flat_map(|applied| &mut applied.parts);
        for part in parts {
            let line = part.line as usize;
            let added = || line - self.places.len() + basket.lines.len();
            let place = self.places.get(line).copied().unwrap_or_else(added);
            part.line = u32::try_from(place).unwrap_or(u32::MAX);
        }
        let stored = price(basket, programs);
        quote.subtotal += stored;
        quote.total += stored;
        quote.due += stored;
        if basket.buyer.is_some() {
            self.put_on_purses(&mut quote, basket, programs);
        }
        quote
    }

    fn put_on_purses(&self, quote: &mut Quote, basket: &Basket, programs: &ProgramSet) {
        let mut by_purse: BTreeMap<&PurseId, Money> = BTreeMap::new();
        for line in &basket.lines {
            if let Some(purse) = programs.stores(line) {
                *by_purse.entry(purse).or_default() += line.gross(programs.terms.currency);
            }
        }
        let today = basket.opened.day(&programs.terms.zone);
        let step = programs.terms.currency.step().units();
        for (purse, money) in by_purse.into_iter().filter(|(_, money)| !money.is_zero()) {
            let sells = |program: &&super::super::program::Program| {
                let terms = program.purses.get(purse);
                terms.is_some_and(|terms| !terms.sold_as.is_empty())
            };
            let Some(program) = programs.programs.iter().find(sells) else {
                continue;
            };
            let amount = Points::thousandths(money.units().saturating_mul(step));
            quote.changes.push(Change::Earn {
                purse: purse.clone(),
                amount,
                program: program.id.clone(),
                expires: programs.purse(purse).last_day(today),
            });
            quote.applied.push(Applied {
                program: program.id.clone(),
                amount: Money::ZERO,
                parts: Vec::new(),
                why: Reason::PutOn {
                    purse: purse.clone(),
                    amount: money,
                },
            });
        }
    }
}
