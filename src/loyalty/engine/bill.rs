//! The bill while it is being worked out: what each line still costs, and which of its units an offer has taken. Units
//! are kept as runs of equal ones, so that a million of them cost no more than three.

use std::borrow::Cow;

use smallvec::{SmallVec, smallvec};

use super::super::amount::{Currency, Money, Points, Price, Quantity, Rate, divide_half_away};
use super::super::basket::Basket;
use super::super::quote::LinePart;

/// An amount in 10⁻¹⁵ of the currency's major unit: a price with four decimals times a rate with eight is exact in it.
pub(super) type Exact = i128;

/// One whole unit at this price.
pub(super) fn of_price(price: Price) -> Exact {
    i128::from(price.units()) * 100_000_000_000
}

/// So many units of which one costs this.
pub(super) fn times(unit: Exact, quantity: Quantity) -> Exact {
    // Whole pieces, as most goods are, need no division: one of 128 bits costs more than all the rest of a line.
    match quantity.pieces() {
        Some(pieces) => unit * i128::from(pieces),
        None => unit * i128::from(quantity.units()) / 1000,
    }
}

/// This share of an amount.
pub(super) fn share(amount: Exact, rate: Rate) -> Exact {
    let one = Rate::ONE.units();
    // What fits 64 bits is divided in two steps there: whole ones, and what is left of them.
    match (i64::try_from(amount), rate.units()) {
        (Ok(amount @ 0..), rate @ 0..=100_000_000) => {
            i128::from(amount / one) * i128::from(rate) + i128::from(amount % one * rate / one)
        }
        (_, rate) => amount * i128::from(rate) / i128::from(one),
    }
}

/// Which offers have taken a unit: it takes part in one, or in several that all say that they stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// By none.
    No,
    /// By offers that stack.
    Shared,
    /// By one that does not.
    Alone,
}

/// Equal units of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// How many.
    pub quantity: Quantity,
    /// What one of them still costs.
    pub unit: Exact,
    /// By whom they are taken.
    pub taken: Taken,
}

/// The runs of a line: nearly always one, which then lies in the line itself.
pub(super) type Runs = SmallVec<[Run; 1]>;

/// A line of the bill.
#[derive(Clone, Debug)]
pub(super) struct BillLine {
    /// How many units.
    pub quantity: Quantity,
    /// At the list price.
    pub gross: Money,
    /// What is left to pay.
    pub net: Money,
    /// What the goods' floor price leaves to be paid at least.
    pub least: Money,
    /// The units, run by run.
    pub runs: Runs,
}

impl BillLine {
    /// How much can still be taken off.
    pub fn room(&self) -> Money {
        (self.net - self.least).max(Money::ZERO)
    }
}

/// Units that an offer takes, and what it takes off each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Take {
    pub line: usize,
    pub run: usize,
    pub quantity: Quantity,
    pub off: Exact,
}

/// All lines.
#[derive(Clone, Debug)]
pub(super) struct Bill {
    pub lines: Vec<BillLine>,
    /// May offers add goods that are not there?
    pub may_grow: bool,
    minor: Exact,
    currency: Currency,
}

impl Bill {
    /// The basket at list prices.
    pub fn open(basket: &Basket, currency: Currency) -> Bill {
        let lines = basket.lines.iter().map(|line| {
            let gross = line.gross(currency);
            let floor = line.goods.floor_price.unwrap_or_default();
            BillLine {
                quantity: line.quantity,
                gross,
                net: gross,
                least: floor.times(line.quantity, currency),
                runs: smallvec![Run {
                    quantity: line.quantity,
                    unit: of_price(line.price),
                    taken: Taken::No,
                }],
            }
        });
        Bill {
            lines: lines.collect(),
            may_grow: false,
            currency,
            minor: 10_i128.pow(15 - currency.decimals()),
        }
    }

    /// Adds pieces at this price to a line.
    pub fn grow(&mut self, line: usize, pieces: Quantity, price: Price) {
        let line = &mut self.lines[line];
        line.quantity += pieces;
        let gross = price.times(line.quantity, self.currency);
        line.net += gross - line.gross;
        line.gross = gross;
        line.runs.push(Run {
            quantity: pieces,
            unit: of_price(price),
            taken: Taken::No,
        });
    }

    /// What is left to pay.
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.net).sum()
    }

    /// What has been taken off.
    pub fn discount(&self) -> Money {
        self.lines.iter().map(|line| line.gross - line.net).sum()
    }

    /// Money on the exact scale.
    pub fn exact(&self, money: Money) -> Exact {
        i128::from(money.units()) * self.minor
    }

    /// Money in thousandths of the currency's unit, as limits and purses count it.
    pub fn in_purse(&self, money: Money) -> Points {
        let thousandths = self.exact(money) / 1_000_000_000_000;
        Points::thousandths(i64::try_from(thousandths).unwrap_or(i64::MAX))
    }

    /// The runs of a line that an offer may act on: (run, how many, what one costs).
    pub fn free_runs(
        &self,
        line: usize,
        is_free: impl Fn(Taken) -> bool,
    ) -> impl Iterator<Item = (usize, Quantity, Exact)> {
        let runs = self.lines[line].runs.iter().enumerate();
        runs.filter(move |(_, run)| is_free(run.taken))
            .map(|(index, run)| (index, run.quantity, run.unit))
    }

    /// Cuts the taken units out of their runs. `taken` is None where the offer leaves them free for others, as a
    /// member's price does.
    pub fn cut(&mut self, takes: &[Take], taken: Option<Taken>) {
        let mut takes = Cow::Borrowed(takes);
        if !takes.is_sorted_by_key(|take| (take.line, take.run)) {
            takes.to_mut().sort_by_key(|take| (take.line, take.run));
        }
        let mut rest = &takes[..];
        while let Some(first) = rest.first() {
            let here = rest.iter().take_while(|take| take.line == first.line).count();
            let (of_line, others) = rest.split_at(here);
            let line = &mut self.lines[first.line];
            match (line.runs.as_mut_slice(), of_line) {
                // Most often the whole line is taken at once.
                ([run], [take]) if take.quantity == run.quantity => {
                    run.unit -= take.off;
                    run.taken = taken.unwrap_or(run.taken);
                }
                _ => line.runs = cut_runs(&line.runs, of_line, taken),
            }
            rest = others;
        }
    }

    /// Takes a discount off: exact amounts by line, rounded once together and split by largest remainder. Where
    /// remainders are equal, the order of `exacts` decides. No line falls below what must be left of it.
    pub fn take_off(&mut self, exacts: &[(usize, Exact)]) -> (Money, Vec<LinePart>) {
        let capped = exacts
            .iter()
            .map(|&(line, exact)| (line, exact.clamp(0, self.exact(self.lines[line].room()))));
        let (places, weights): (Vec<usize>, Vec<Exact>) = capped.filter(|&(_, exact)| exact > 0).unzip();
        let amount = Money::minor(divide_half_away(weights.iter().sum(), self.minor));
        let mut parts: Vec<(usize, Money)> = places.into_iter().zip(amount.split(&weights)).collect();
        self.spill(&mut parts);
        parts.sort_unstable_by_key(|&(line, _)| line);
        let mut kept = Vec::with_capacity(parts.len());
        for (line, part) in parts.into_iter().filter(|(_, part)| !part.is_zero()) {
            self.lines[line].net -= part;
            kept.push(LinePart {
                line: u32::try_from(line).unwrap_or(u32::MAX),
                amount: part,
            });
        }
        (amount, kept)
    }

    /// Rounding may hand a line a cent more than it has room for: the next line with room takes it.
    fn spill(&self, parts: &mut [(usize, Money)]) {
        let mut over = Money::ZERO;
        for (line, part) in parts.iter_mut() {
            let room = self.lines[*line].room();
            if *part > room {
                over += *part - room;
                *part = room;
            }
        }
        for (line, part) in parts.iter_mut() {
            let more = over.min(self.lines[*line].room() - *part);
            *part += more;
            over -= more;
        }
    }
}

fn cut_runs(runs: &[Run], takes: &[Take], taken: Option<Taken>) -> Runs {
    let mut cut = Runs::with_capacity(runs.len() + 1);
    for (index, run) in runs.iter().enumerate() {
        let mut rest = run.quantity;
        for take in takes.iter().filter(|take| take.run == index) {
            rest -= take.quantity;
            cut.push(Run {
                quantity: take.quantity,
                unit: run.unit - take.off,
                taken: taken.unwrap_or(run.taken),
            });
        }
        if rest > Quantity::ZERO {
            cut.push(Run {
                quantity: rest,
                ..*run
            });
        }
    }
    cut
}
