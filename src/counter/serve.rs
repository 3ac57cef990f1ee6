//! The open basket: scanning or typing goods and cards in any order, quantities, taking steps back, putting aside.

use super::view::{Does, Question, Scanned};
use super::{Counter, CounterError, fresh};
use crate::loyalty::amount::{Price, Quantity};
use crate::loyalty::basket::Line;
use crate::loyalty::card::Meaning;
use crate::loyalty::goods::Goods;
use crate::loyalty::id::BasketId;
use crate::loyalty::pass::{self, PassError};
use crate::loyalty::program::limit;
use crate::loyalty::said::quoted;
use crate::loyalty::scan::{self, Unread};
use crate::sqlite::SqliteError;
use crate::store::{StoreError, sku_spellings};

/// How many goods are shown for the letters that were typed.
const MOST_CHOICES: usize = 20;

impl Counter {
    /// Takes a scan, or what was typed in its place: goods, a card, "3*4006381333931" for three of them, or the first
    /// letters of a name.
    pub fn scan(&mut self, raw: &str) -> Result<Scanned, CounterError> {
        let (quantity, what) = quantity_before(raw)?;
        let read = scan::read(what, &self.scan);
        if let Err(Unread::PaymentCard) = read {
            return Err(Unread::PaymentCard.into());
        }
        if is_misread_pass(what) {
            return Err(PassError::Letters.into());
        }
        let what = what.trim();
        let mut choices = self.meanings(what, read.as_ref().ok(), quantity)?;
        let is_goods_or_card = choices
            .iter()
            .any(|choice| !matches!(choice.does, Does::ByHand(_)));
        if !is_goods_or_card && self.programs.knows_code(what) {
            return self.show_code(what);
        }
        if choices.len() > 1 {
            let sentence = "More than one thing fits. Which is meant?".to_owned();
            return Ok(Scanned::Ask(Box::new(Question { sentence, choices })));
        }
        if let Some(clear) = choices.pop() {
            return match read.ok().and_then(|scan| self.expired(&scan, &clear)) {
                Some(question) if question.choices.len() > 1 => Ok(Scanned::Ask(Box::new(question))),
                Some(mut noted) => self.take(noted.choices.remove(0).does),
                None => self.take(clear.does),
            };
        }
        match read {
            Ok(scan) if Meaning::of(&scan, &self.scan) == Meaning::Staff => Err(CounterError::Staff),
            Ok(scan) if Meaning::of(&scan, &self.scan) == Meaning::Pass => self.show_pass(&scan),
            Ok(_) => self.look_for(what).unwrap_or_else(|| Err(unknown(what))),
            Err(fault) => self.look_for(what).unwrap_or(Err(fault.into())),
        }
    }

    /// Shows a code of a program with the basket. What it gives is in the quote; here it is said, with why where it is nothing.
    fn show_code(&mut self, code: &str) -> Result<Scanned, CounterError> {
        let normal = limit::normal(code);
        let shown = &self.draft.basket.codes;
        if shown.iter().any(|one| limit::normal(one) == normal) {
            return Ok(Scanned::Code(format!("code {normal} is on this basket already")));
        }
        let before = self.quote.discount;
        self.step(|draft| Ok(draft.basket.show(code)?))?;
        let more = self.quote.discount - before;
        let currency = self.programs.terms.currency;
        Ok(Scanned::Code(match more.units() {
            1.. => format!("code {normal}: {} off", currency.text(more)),
            _ => format!("code {normal} is noted and takes nothing off now: Ins says why"),
        }))
    }

    /// Does what the cashier has chosen, or what was clear from the scan.
    pub fn take(&mut self, does: Does) -> Result<Scanned, CounterError> {
        match does {
            Does::Sell {
                goods,
                price,
                quantity,
                note,
            } => {
                let Some(price) = price.or(goods.price) else {
                    return Ok(Scanned::AskPrice(goods, quantity));
                };
                let line = self.add_at_price(*goods, price, quantity)?;
                Ok(match note {
                    Some(note) => Scanned::Noted(line, note),
                    None => Scanned::Goods(line),
                })
            }
            Does::Identify(number, shown) => {
                self.take_in(number.as_str(), number.last_four(), self.ways.of(shown), None)?;
                Ok(Scanned::Buyer)
            }
            Does::ByHand(what) => Err(CounterError::ByHand { what }),
            Does::Leave => Ok(Scanned::Nothing),
        }
    }

    /// The same where fingers typed it: a card's number in it counts as one that anybody can say.
    pub fn scan_typed(&mut self, text: &str) -> Result<Scanned, CounterError> {
        self.is_typed = true;
        let scanned = self.scan(text);
        self.is_typed = false;
        scanned
    }

    /// Goods by a number in any spelling. A broken cache is made anew, and nothing is found in it.
    pub(super) fn goods(&mut self, text: &str) -> Result<Option<Goods>, CounterError> {
        for sku in sku_spellings(text) {
            match self.store.cache.goods(sku.as_str()) {
                Ok(None) => {}
                Ok(found) => return Ok(found),
                Err(SqliteError::Damaged { .. }) => {
                    self.store.cache.heal()?;
                    return Ok(None);
                }
                Err(error) => return Err(StoreError::from(error).into()),
            }
        }
        Ok(None)
    }

    /// Goods by the first letters of their name; nothing where the text is too short or no name at all.
    fn look_for(&mut self, text: &str) -> Option<Result<Scanned, CounterError>> {
        let text = text.trim();
        if text.chars().count() < 2 || !text.chars().any(char::is_alphabetic) {
            return None;
        }
        let found = match self.store.cache.goods_named(text, MOST_CHOICES) {
            Ok(found) => found,
            Err(SqliteError::Damaged { .. }) => {
                return self.store.cache.heal().err().map(|error| Err(error.into()));
            }
            Err(error) => return Some(Err(StoreError::from(error).into())),
        };
        match found.len() {
            0 => None,
            _ => Some(Ok(Scanned::Choose(found))),
        }
    }

    /// Adds goods at a price that the cashier named, or that the list names. Answers the line, counted from 0.
    pub fn add_at_price(
        &mut self,
        goods: Goods,
        price: Price,
        quantity: Quantity,
    ) -> Result<usize, CounterError> {
        let mut line = 0;
        // An article of an open price may carry words of the cashier's.
        if scan::hides_payment_card(&goods.name, &self.scan) && goods.name != goods.sku.as_str() {
            return Err(Unread::PaymentCard.into());
        }
        self.step(|draft| {
            line = draft.basket.scan(goods, price, quantity)?;
            Ok(())
        })?;
        Ok(line)
    }

    /// Sets a line's quantity, the line counted from 0.
    pub fn set_quantity(&mut self, line: usize, quantity: Quantity) -> Result<(), CounterError> {
        self.was_scanned(line)?;
        self.step(|draft| Ok(draft.basket.set_quantity(line, quantity)?))
    }

    /// What a program adds behind what was scanned comes and goes with it.
    fn was_scanned(&self, line: usize) -> Result<(), CounterError> {
        let behind = line.checked_sub(self.draft.basket.lines.len());
        let added = behind.and_then(|behind| self.quote.added.get(behind));
        added.map_or(Ok(()), |added| {
            let goods = added.goods.name.clone();
            Err(CounterError::Added { goods })
        })
    }

    /// Takes a line out of the basket.
    pub fn remove(&mut self, line: usize) -> Result<(), CounterError> {
        self.was_scanned(line)?;
        self.step(|draft| {
            let _line: Line = draft.basket.remove(line)?;
            Ok(())
        })
    }

    /// Goes on without the card.
    pub fn forget_buyer(&mut self) -> Result<(), CounterError> {
        self.step(|draft| {
            draft.basket.buyer = None;
            draft.basket.identified = None;
            draft.card = None;
            draft.card_ending.clear();
            Ok(())
        })
    }

    /// Takes the last step on this basket back.
    pub fn undo(&mut self) -> Result<(), CounterError> {
        let before = self.undo.last().cloned().ok_or(CounterError::NothingToUndo)?;
        self.keep(&before)?;
        self.undo.pop();
        self.draft = before;
        self.requote()
    }

    /// Empties the basket; `undo` brings it back.
    pub fn clear(&mut self) -> Result<(), CounterError> {
        self.step(|draft| {
            draft.basket.lines.clear();
            draft.basket.agent = None;
            draft.basket.buyer = None;
            draft.basket.identified = None;
            draft.card = None;
            draft.card_ending.clear();
            Ok(())
        })
    }

    /// Puts the basket aside and begins a new one.
    pub fn hold(&mut self) -> Result<(), CounterError> {
        if self.draft.basket.lines.is_empty() {
            return Err(CounterError::NothingToPay);
        }
        let aside = crate::store::Draft {
            is_held: true,
            ..self.draft.clone()
        };
        self.keep(&aside)?;
        self.begin_anew()
    }

    /// Takes a basket up again; the open one, if it has lines, is put aside.
    pub fn take_up(&mut self, basket: &BasketId) -> Result<(), CounterError> {
        let mut draft = self.store.journal.draft(basket)?.ok_or(CounterError::NoBasket)?;
        if self.draft.basket.lines.is_empty() {
            let empty = std::mem::replace(&mut self.draft, fresh(&self.watch, &self.site));
            self.store.journal.close_draft(&empty.basket.id)?;
        } else {
            self.hold()?;
        }
        draft.is_held = false;
        self.keep(&draft)?;
        self.draft = draft;
        self.undo.clear();
        self.requote()
    }
}

/// "3*4006381333931" is three of them; "0.5*" works for goods by weight.
fn quantity_before(raw: &str) -> Result<(Quantity, &str), CounterError> {
    let Some((number, what)) = raw.split_once(['*', '×']) else {
        return Ok((Quantity::ONE, raw));
    };
    let looks_like_a_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match (looks_like_a_number && number.len() <= 9).then(|| Quantity::parse(number)) {
        Some(quantity) => Ok((quantity?, what)),
        None => Ok((Quantity::ONE, raw)),
    }
}

/// Meant for a pass, and not made of its letters: it must not be repeated as the name of something that nobody knows.
fn is_misread_pass(what: &str) -> bool {
    let text = what.trim();
    let text = match text.starts_with(']') {
        true => text.get(3..).unwrap_or_default(),
        false => text,
    };
    pass::looks_like_one(text) && !scan::is_pass(text)
}

fn unknown(text: &str) -> CounterError {
    CounterError::Unknown {
        found: quoted(text.trim()),
    }
}
