//! Goods taken back, by the sale's id on the receipt: what the customer keeps is quoted again by the rules, the
//! standing and the moment of the sale.

use super::view::{Done, Recorded, RecordedLine};
use super::{Counter, CounterError};
use crate::loyalty::amount::{Money, Points, Quantity};
use crate::loyalty::id::SaleId;
use crate::loyalty::journal::{Body, Entry, Return, ReturnedLine};
use crate::loyalty::sale::{self, ReturnedSoFar, Sale, TakenBack};
use crate::loyalty::terminal::TakeBack;
use crate::receipt;

impl Counter {
    /// Finds a recorded sale of this terminal by its id, or by its number alone.
    pub fn find(&self, sale: &str) -> Result<Recorded, CounterError> {
        let (id, _, sale, so_far) = self.recorded(sale)?;
        let lines = sale
            .basket
            .lines
            .iter()
            .zip(&sale.quote.lines)
            .zip(&so_far.quantities);
        let lines = lines.map(|((line, quoted), returned)| RecordedLine {
            name: line.goods.name.clone(),
            bought: line.quantity,
            left: line.quantity - *returned,
            net: quoted.net(),
        });
        Ok(Recorded {
            id,
            at: sale.basket.opened,
            total: sale.quote.total,
            lines: lines.collect(),
        })
    }

    /// What a return of these quantities (one for each line of the sale) would give back; nothing is recorded.
    pub fn quote_return(&mut self, sale: &SaleId, quantities: &[Quantity]) -> Result<Money, CounterError> {
        let (_, entry, sale, so_far) = self.recorded(sale.as_str())?;
        Ok(self.work_out(&entry, &sale, &so_far, quantities)?.refund)
    }

    /// Takes goods back: one quantity for each line of the sale. When this answers, it is on the disk.
    pub fn take_back(&mut self, sale: &SaleId, quantities: &[Quantity]) -> Result<Done, CounterError> {
        let (id, entry, sale, so_far) = self.recorded(sale.as_str())?;
        let taken = self.work_out(&entry, &sale, &so_far, quantities)?;
        let lines = taken.lines.iter().map(|(line, quantity, value)| ReturnedLine {
            line: u32::try_from(*line).unwrap_or(u32::MAX),
            quantity: *quantity,
            value: *value,
        });
        let back = TakeBack {
            sale: id.clone(),
            answers: entry.seq,
            lines: lines.collect(),
            refund: taken.refund,
            to_purses: taken.to_purses,
            changes: taken.changes,
            others: taken.others,
            holder: entry.holder.clone(),
            bundle: entry.bundle,
        };
        let shown = Return {
            sale: id,
            lines: back.lines.clone(),
            refund: back.refund,
            to_purses: back.to_purses,
            changes: back.changes.clone(),
            others: back.others.clone(),
        };
        let (post, clock) = (self.store.identity.post.clone(), self.watch.clock());
        let given = self.store.journal.give_back(&post, back, clock);
        let id = self.noted(given)?;
        if let Some(sync) = &mut self.sync {
            sync.wake();
        }
        self.requote()?;
        let receipt = receipt::of_return(&self.paper(&id, &self.site.zone), &shown, &sale, clock.wall);
        let seq = id.place().map_or(0, |(_, seq)| seq);
        Ok(Done {
            id,
            seq,
            total: shown.refund,
            change: Some(shown.refund),
            receipt,
            drawn: Vec::new(),
            was_before: false,
        })
    }

    fn work_out(
        &mut self,
        entry: &Entry,
        sale: &Sale,
        so_far: &ReturnedSoFar,
        quantities: &[Quantity],
    ) -> Result<TakenBack, CounterError> {
        let now: Vec<(usize, Quantity)> = quantities
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, quantity)| *quantity != Quantity::ZERO)
            .collect();
        let programs = self.programs_of(entry.bundle)?;
        let site = self.site_named(&sale.basket.site)?;
        let back = sale::take_back(sale, so_far, &now, &programs, &site)?;
        // What a purse of stored value holds is known of the customer who stands here.
        let here = self
            .known
            .as_ref()
            .filter(|_| self.draft.basket.buyer == sale.basket.buyer);
        back.leaves_no_debt(&programs, |purse| {
            here.map_or(Points::ZERO, |known| known.standing.balance(purse))
        })?;
        Ok(back)
    }

    fn recorded(&self, typed: &str) -> Result<(SaleId, Entry, Sale, ReturnedSoFar), CounterError> {
        let typed = typed.trim();
        let missing = || CounterError::NoSale {
            found: crate::loyalty::said::quoted(typed),
        };
        let place = SaleId::parse(typed).ok().and_then(|id| id.place());
        let is_whole = place.is_some();
        let here = &self.store.identity.post.terminal;
        let seq = match place {
            Some((terminal, seq)) if terminal == *here => seq,
            Some(_) => return Err(missing()),
            None => typed.parse().map_err(|_| missing())?,
        };
        let (id, entry, sale) = self.sale_at(seq)?.ok_or_else(missing)?;
        if is_whole && !id.as_str().eq_ignore_ascii_case(typed) {
            return Err(missing());
        }
        let mut so_far = ReturnedSoFar {
            quantities: vec![Quantity::ZERO; sale.basket.lines.len()],
            ..ReturnedSoFar::default()
        };
        for back in self.store.journal.answered(seq)? {
            so_far.add(&taken_back(back));
        }
        Ok((id, entry, sale, so_far))
    }

    /// The sale with this number in the journal, if there is one.
    pub(super) fn sale_at(&self, seq: u64) -> Result<Option<(SaleId, Entry, Sale)>, CounterError> {
        let Some(sealed) = self.store.journal.entry(seq)? else {
            return Ok(None);
        };
        let Ok(entry) = sealed.open() else { return Ok(None) };
        let id = SaleId::of(&entry.terminal, seq, sealed.hash().bytes());
        let Ok(Body::Sale(sale)) = entry.body() else {
            return Ok(None);
        };
        Ok(Some((id, entry, *sale)))
    }
}

/// A return as the journal holds it, as what it took.
fn taken_back(back: Return) -> TakenBack {
    let lines = back
        .lines
        .iter()
        .map(|one| (one.line as usize, one.quantity, one.value));
    TakenBack {
        refund: back.refund,
        to_purses: back.to_purses,
        lines: lines.collect(),
        changes: back.changes,
        others: back.others,
    }
}
