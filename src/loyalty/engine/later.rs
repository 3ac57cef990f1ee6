//! How the offers that act later tell lines apart. Equal remainders of a split, and units at one price, go to those that
//! later offers pass over: so the order of key presses cannot change a total.

use std::cmp::Ordering;

use super::offer::Offer;

const BITS: usize = u64::BITS as usize;

/// For each line of a basket the offers that act on it, as bits in the order in which offers act, the first in front.
pub(super) struct Later {
    words: usize,
    bits: Vec<u64>,
}

/// Some of all offers, by their places.
pub(super) struct Chosen(Vec<u64>);

impl Later {
    /// Looks at all offers for a basket of so many lines.
    pub fn of(offers: &[Offer], lines: usize) -> Later {
        let words = offers.len().div_ceil(BITS);
        let mut bits = vec![0; words * lines];
        for offer in offers {
            for line in offer.lines() {
                bits[line * words + offer.place / BITS] |= bit(offer.place);
            }
        }
        Later { words, bits }
    }

    /// These offers.
    pub fn chosen(&self, offers: &[&Offer]) -> Chosen {
        let mut chosen = vec![0; self.words];
        for offer in offers {
            chosen[offer.place / BITS] |= bit(offer.place);
        }
        Chosen(chosen)
    }

    /// Of two lines the one that comes first: at the first of the chosen offers after this one that acts on one of them
    /// only, the line that it passes over.
    pub fn compare(&self, after: &Offer, chosen: &Chosen, a: usize, b: usize) -> Ordering {
        let first = after.place / BITS;
        let (a, b) = (a * self.words, b * self.words);
        let mut mask = bit(after.place) - 1;
        for (word, chosen) in chosen.0.iter().enumerate().skip(first) {
            let mask = std::mem::replace(&mut mask, u64::MAX) & chosen;
            let order = (self.bits[a + word] & mask).cmp(&(self.bits[b + word] & mask));
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }
}

/// The first offer has the highest bit of its word, so that words compare as lists of offers do.
fn bit(place: usize) -> u64 {
    1 << (BITS - 1 - place % BITS)
}
