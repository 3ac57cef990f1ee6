//! What is being bought, and by which member if any. A basket carries no prices but list prices: those are decided by
//! the engine, afresh for every quote, so that no order of key presses can matter.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use super::amount::{AmountError, Currency, LARGEST, Money, Points, Price, Quantity};
use super::calendar::Moment;
use super::goods::Goods;
use super::id::{BasketId, CounterId, MemberId, OrganisationId, ProgramId, PurseId, SiteId};
use super::member::Holder;
use super::said::quoted;
use super::scan::{Settings, is_payment_card_as_name};
use super::shown::Identified;

/// A line of a basket: goods, how many, and the price asked for one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Line {
    /// The article, as it was listed when it was scanned.
    #[n(0)]
    pub goods: Goods,
    /// How many, above zero.
    #[n(1)]
    pub quantity: Quantity,
    /// The price of one unit before any offer.
    #[n(2)]
    pub price: Price,
    /// The program that added it, where nobody scanned it.
    #[n(3)]
    pub added_by: Option<ProgramId>,
}

impl Line {
    /// qty × price before any offer, rounded once.
    pub fn gross(&self, currency: Currency) -> Money {
        self.price.times(self.quantity, currency)
    }
}

/// How much of a purse the customer wishes to spend on this basket.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Wish {
    /// Which purse.
    #[n(0)]
    pub purse: PurseId,
    /// How much of it; none means as much as can be spent.
    #[n(1)]
    pub amount: Option<Points>,
}

/// A basket. Its id is the key that makes a double press of PAY one sale.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Basket {
    /// The basket's own id, made with its first line.
    #[n(0)]
    pub id: BasketId,
    /// When it was opened: the moment by which programs are judged.
    #[n(1)]
    pub opened: Moment,
    /// Where.
    #[n(2)]
    pub site: SiteId,
    /// Whose card was shown.
    #[n(3)]
    pub buyer: Option<Holder>,
    /// What is bought, in the order of the receipt.
    #[n(4)]
    pub lines: Vec<Line>,
    /// Codes shown: coupons, vouchers, campaign words.
    #[n(5)]
    pub codes: Vec<String>,
    /// Purses to spend.
    #[n(6)]
    pub wishes: Vec<Wish>,
    /// How the buyer was identified, and what that allows; none where nobody was, and in older records, which allowed all.
    #[n(7)]
    pub identified: Option<Identified>,
    /// The organisation that buys, where it is not the buyer's own.
    #[n(8)]
    pub organisation: Option<OrganisationId>,
    /// The member who sells, where he is rewarded for it.
    #[n(9)]
    pub agent: Option<MemberId>,
    /// How much the place that sells may still give of each total that is shared by everybody, as it stood when the basket
    /// was quoted: see [`ProgramSet::totals`](super::program::ProgramSet::totals). What is missing was not dealt to it.
    #[n(10)]
    #[cbor(default)]
    pub dealt: BTreeMap<CounterId, i64>,
    /// Goods that a program may add, as they are listed; whoever asks for a quote looks them up. See `ProgramSet::may_add`.
    #[n(11)]
    #[cbor(default)]
    pub at_hand: Vec<Goods>,
}

/// Why a basket cannot take a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BasketError {
    /// Nothing, or less than nothing.
    #[error("a quantity of {found} cannot be sold: it must be more than 0")]
    Quantity {
        /// The quantity that was asked for.
        found: Quantity,
    },
    /// A price below zero.
    #[error("a price below 0 cannot be sold: take goods back with a return")]
    Price,
    /// Above what any till sells.
    #[error("this would make the basket larger than a till can sell: check the quantity and the price")]
    TooLarge,
    /// More lines than a receipt.
    #[error("a basket holds at most {most} lines: pay this one and begin another")]
    TooManyLines {
        /// The most lines a basket holds.
        most: usize,
    },
    /// A code that is none.
    #[error("{found} is no code: write 1 to 64 characters that are no payment card's number")]
    Code {
        /// What was shown, in quotes; never a card's number.
        found: String,
    },
    /// More codes than anybody shows.
    #[error("a basket takes at most {most} codes: leave those out that give nothing")]
    TooManyCodes {
        /// The most codes of a basket.
        most: usize,
    },
    /// There is no such line.
    #[error("there is no line {number} in this basket")]
    NoLine {
        /// The line that was named, counted from 1.
        number: usize,
    },
    /// A number that is none.
    #[error(transparent)]
    Amount(#[from] AmountError),
}

/// The most codes of one basket.
pub const MOST_CODES: usize = 100;

/// Characters of a code at most.
pub const LONGEST_CODE: usize = 64;

/// Could this be a code? A payment card's number is none: codes are kept and shown.
pub fn is_code(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty()
        && text.chars().count() <= LONGEST_CODE
        && !text.chars().any(char::is_control)
        && !is_payment_card_as_name(text, &Settings::default())
}

/// The most lines of one basket.
pub const MOST_LINES: usize = 2_000;

impl Basket {
    /// An empty basket.
    pub fn open(id: BasketId, opened: Moment, site: SiteId) -> Basket {
        Basket {
            id,
            opened,
            site,
            buyer: None,
            lines: Vec::new(),
            codes: Vec::new(),
            wishes: Vec::new(),
            identified: None,
            organisation: None,
            agent: None,
            dealt: BTreeMap::new(),
            at_hand: Vec::new(),
        }
    }

    /// The basket as it is sold: with what its quote has added.
    pub fn sold_with(mut self, added: &[Line]) -> Basket {
        self.at_hand.clear();
        self.lines.retain(|line| line.added_by.is_none());
        self.lines.extend_from_slice(added);
        self
    }

    /// Adds a line of its own. Refused where the quantity is not above zero, or sums could become too large.
    pub fn add(&mut self, line: Line) -> Result<(), BasketError> {
        let all = self.lines.iter().chain([&line]);
        Basket::could_hold(all.map(|line| (line.quantity, line.price)))?;
        self.lines.push(line);
        Ok(())
    }

    /// Takes a code that was shown. What it gives, or why it gives nothing, is said by the quote.
    pub fn show(&mut self, code: &str) -> Result<(), BasketError> {
        if !is_code(code) {
            let found = quoted(code);
            return Err(BasketError::Code { found });
        }
        if self.codes.len() >= MOST_CODES {
            return Err(BasketError::TooManyCodes { most: MOST_CODES });
        }
        self.codes.push(code.trim().to_owned());
        Ok(())
    }

    /// Could one basket hold lines of these quantities and prices?
    pub fn could_hold(lines: impl Iterator<Item = (Quantity, Price)>) -> Result<(), BasketError> {
        let mut whole = 0_i128;
        for (before, (quantity, price)) in lines.enumerate() {
            if quantity <= Quantity::ZERO {
                return Err(BasketError::Quantity { found: quantity });
            }
            if price < Price::default() {
                return Err(BasketError::Price);
            }
            if before >= MOST_LINES {
                return Err(BasketError::TooManyLines { most: MOST_LINES });
            }
            whole += price.exactly(quantity);
            if whole > i128::from(LARGEST) {
                return Err(BasketError::TooLarge);
            }
        }
        Ok(())
    }

    /// Scans one more of something: joins a line of the same goods at the same price, or begins a new one. Answers the
    /// line's index.
    pub fn scan(&mut self, goods: Goods, price: Price, quantity: Quantity) -> Result<usize, BasketError> {
        let same = self
            .lines
            .iter()
            .position(|line| line.goods == goods && line.price == price);
        let Some(index) = same.filter(|_| goods.unit == super::goods::Unit::Each) else {
            self.add(Line {
                goods,
                quantity,
                price,
                added_by: None,
            })?;
            return Ok(self.lines.len() - 1);
        };
        let more = self.lines[index].quantity + quantity;
        self.set_quantity(index, more)?;
        Ok(index)
    }

    /// Sets a line's quantity; the line keeps its place.
    pub fn set_quantity(&mut self, index: usize, quantity: Quantity) -> Result<(), BasketError> {
        let Some(line) = self.lines.get(index) else {
            return Err(BasketError::NoLine { number: index + 1 });
        };
        let mut changed = self.clone();
        let line = Line {
            quantity,
            ..line.clone()
        };
        changed.lines.remove(index);
        changed.add(line.clone())?;
        self.lines[index] = line;
        Ok(())
    }

    /// Takes a line out. Answers it, so that it can be put back.
    pub fn remove(&mut self, index: usize) -> Result<Line, BasketError> {
        if index >= self.lines.len() {
            return Err(BasketError::NoLine { number: index + 1 });
        }
        Ok(self.lines.remove(index))
    }
}
