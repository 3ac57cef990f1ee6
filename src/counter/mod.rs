//! Serving a customer without a screen: scan, quote, hold, record, return. What till, kiosk, forecourt, replay and
//! scripts share. One counter owns the terminal's folder; whoever else would write it is refused.

pub mod view;

use std::path::Path;

use crate::config::Config;
use crate::loyalty::amount::{Money, Price, Quantity};
use crate::loyalty::goods::Goods;
use crate::loyalty::id::{BasketId, SaleId};
use crate::loyalty::program::{Site, Terms};
use view::{Done, Health, Recorded, Scanned, Serving};

/// A counter with its terminal's folder open.
pub struct Counter {}

/// Why something cannot be done at the counter. Each is a sentence for the cashier.
#[derive(Debug, thiserror::Error)]
pub enum CounterError {
    /// A stand-in.
    #[error("not yet")]
    NotYet,
}

/// How the customer pays what is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payment {
    /// In cash: so much is handed over; none means exactly what is due.
    Cash(Option<Money>),
    /// With a payment card, at another machine.
    Elsewhere,
}

impl Counter {
    /// Opens the folder of an enrolled terminal; an open basket is there again.
    pub fn open(_data: &Path, _config: &Config) -> Result<Counter, CounterError> {
        Err(CounterError::NotYet)
    }
    /// The shop's terms: currency, zone, price basis.
    pub fn terms(&self) -> &Terms {
        unimplemented!()
    }
    /// Where this terminal stands.
    pub fn site(&self) -> &Site {
        unimplemented!()
    }
    /// What is served now.
    pub fn serving(&self) -> Serving {
        unimplemented!()
    }
    /// Takes a scan, or what was typed in its place: goods, a card, "3*4006381333931" for three of them, or the first
    /// letters of a name.
    pub fn scan(&mut self, _raw: &str) -> Result<Scanned, CounterError> {
        Err(CounterError::NotYet)
    }
    /// Adds goods at a price that the cashier named.
    pub fn add_at_price(
        &mut self,
        _goods: Goods,
        _price: Price,
        _quantity: Quantity,
    ) -> Result<usize, CounterError> {
        Err(CounterError::NotYet)
    }
    /// Sets a line's quantity, the line counted from 0.
    pub fn set_quantity(&mut self, _line: usize, _quantity: Quantity) -> Result<(), CounterError> {
        Err(CounterError::NotYet)
    }
    /// Takes a line out of the basket.
    pub fn remove(&mut self, _line: usize) -> Result<(), CounterError> {
        Err(CounterError::NotYet)
    }
    /// Goes on without the card.
    pub fn forget_buyer(&mut self) -> Result<(), CounterError> {
        Err(CounterError::NotYet)
    }
    /// Takes the last step on this basket back.
    pub fn undo(&mut self) -> Result<(), CounterError> {
        Err(CounterError::NotYet)
    }
    /// Empties the basket; `undo` brings it back.
    pub fn clear(&mut self) -> Result<(), CounterError> {
        Err(CounterError::NotYet)
    }
    /// Puts the basket aside and begins a new one.
    pub fn hold(&mut self) -> Result<(), CounterError> {
        Err(CounterError::NotYet)
    }
    /// Takes a basket up again; the open one, if it has lines, is put aside.
    pub fn take_up(&mut self, _basket: &BasketId) -> Result<(), CounterError> {
        Err(CounterError::NotYet)
    }
    /// Records the sale. When this answers, it is on the disk; only then may DONE be shown or a receipt printed.
    pub fn pay(&mut self, _payment: Payment) -> Result<Done, CounterError> {
        Err(CounterError::NotYet)
    }
    /// Finds a recorded sale of this terminal by its id, or by its number alone.
    pub fn find(&self, _sale: &str) -> Result<Recorded, CounterError> {
        Err(CounterError::NotYet)
    }
    /// What a return of these quantities (one for each line of the sale) would give back; nothing is recorded.
    pub fn quote_return(&self, _sale: &SaleId, _quantities: &[Quantity]) -> Result<Money, CounterError> {
        Err(CounterError::NotYet)
    }
    /// Takes goods back: one quantity for each line of the sale. When this answers, it is on the disk.
    pub fn take_back(&mut self, _sale: &SaleId, _quantities: &[Quantity]) -> Result<Done, CounterError> {
        Err(CounterError::NotYet)
    }
    /// The last sale of this terminal, with its receipt for a second print (marked DUPLICATE).
    pub fn last(&self) -> Result<Option<Done>, CounterError> {
        Err(CounterError::NotYet)
    }
    /// How the terminal is.
    pub fn health(&self) -> Health {
        unimplemented!()
    }
}
