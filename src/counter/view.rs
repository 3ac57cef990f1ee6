//! What a screen, a host system or a script is shown of the counter: values only, nothing that can be changed by
//! looking at it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::loyalty::amount::{Money, Price, Quantity};
use crate::loyalty::basket::Basket;
use crate::loyalty::calendar::Moment;
use crate::loyalty::card::CardNumber;
use crate::loyalty::engine::Nearly;
use crate::loyalty::goods::Goods;
use crate::loyalty::id::{BasketId, LadderId, ProgramId, RewardId, SaleId, TerminalId};
use crate::loyalty::member::{Change, ForOther, Standing};
use crate::loyalty::quote::Quote;
use crate::loyalty::shown::Shown;

/// The customer being served, priced. Made afresh after every key.
#[derive(Clone, Debug, PartialEq)]
pub struct Serving {
    /// The basket as it is kept in the journal's drafts.
    pub basket: Basket,
    /// Whose card was shown.
    pub buyer: Option<Buyer>,
    /// What it costs, and why.
    pub quote: Quote,
    /// Baskets put aside.
    pub held: Vec<Held>,
    /// The last step can be taken back.
    pub can_undo: bool,
    /// What programs call themselves.
    pub names: Names,
    /// Who sells, where somebody is named.
    pub agent: Option<String>,
    /// What things of the catalogue are called.
    pub rewards: RewardNames,
    /// What is nearly reached, the best first.
    pub nearly: Vec<Nearly>,
}

/// What programs call themselves, by id: what a receipt and a screen show.
pub type Names = Arc<BTreeMap<ProgramId, String>>;

/// What a customer reads of things of the catalogue, by id.
pub type RewardNames = Arc<BTreeMap<RewardId, String>>;

/// A program's own name; its id where it is not among these programs any more.
pub fn name_of<'a>(names: &'a Names, program: &'a ProgramId) -> &'a str {
    names.get(program).map_or(program.as_str(), String::as_str)
}

/// Whose card was shown, as a cashier may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Buyer {
    /// The name, where it is known.
    pub name: Option<String>,
    /// The last four characters of the card.
    pub card_ending: String,
    /// How the member was identified; none in a basket from before this was asked.
    pub shown: Option<Shown>,
    /// A pass, and this till has no list of withdrawn ones yet: it pays nothing until the till has synced.
    pub is_unchecked: bool,
    /// The member is in the cache. Otherwise the card earns and is credited when the server knows it.
    pub is_known: bool,
    /// Purses, memberships and the rest, this terminal's own sales included.
    pub standing: Standing,
    /// The tiers that count now, the organisation's among them, by ladder.
    pub tiers: BTreeMap<LadderId, String>,
    /// The organisation that he buys for.
    pub organisation: Option<String>,
    /// Today is the birthday.
    pub is_birthday: bool,
}

/// A basket that was put aside.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Which.
    pub basket: BasketId,
    /// When it was opened.
    pub opened: Moment,
    /// How many lines it has.
    pub lines: usize,
    /// What it came to when it was put aside.
    pub total: Money,
}

/// What a scan, or what was typed in its place, came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Scanned {
    /// Goods on this line, counted from 0.
    Goods(usize),
    /// The buyer is known now.
    Buyer,
    /// These goods have no price in the list, or are not in it: ask for one and call `add_at_price`.
    AskPrice(Box<Goods>, Quantity),
    /// Goods that match what was typed; the cashier chooses one.
    Choose(Vec<Goods>),
    /// Goods on this line, and a sentence about them that the cashier should read.
    Noted(usize, String),
    /// The scan can be meant in several ways: the cashier chooses one, and `take` does it.
    Ask(Box<Question>),
    /// A code is shown with the basket now, and the cashier should read what comes of it.
    Code(String),
    /// Nothing was to be done.
    Nothing,
}

/// A scan that can be meant in several ways.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What is asked; never with a card's number.
    pub sentence: String,
    /// The ways, at least one; a ninth is the last that has a key.
    pub choices: Vec<Choice>,
}

/// One way to take a scan.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// In plain words.
    pub word: String,
    /// What `take` does.
    pub does: Does,
}

/// What a scan does, once it is clear what it means.
#[derive(Clone, Debug, PartialEq)]
pub enum Does {
    /// Sells goods; at this price, or at the list's, or at one that is asked for.
    Sell {
        /// The goods.
        goods: Box<Goods>,
        /// The price of one, where a label says it.
        price: Option<Price>,
        /// How many.
        quantity: Quantity,
        /// A sentence for the cashier beside it.
        note: Option<String>,
    },
    /// Puts a card to the basket, in the way in which it was shown.
    Identify(CardNumber, Shown),
    /// Nothing here: the cashier takes it by hand, and this is what it is.
    ByHand(String),
    /// Nothing.
    Leave,
}

/// Something of the catalogue, for the member before the counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// What a customer reads.
    pub name: String,
    /// What one costs; nothing where only rules give it.
    pub costs: Option<String>,
    /// Why he cannot have it; nothing where his balance is enough.
    pub why_not: Option<String>,
}

/// What a member did outside of a sale, as the cashier told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The word for it.
    pub kind: String,
    /// How many.
    pub quantity: Quantity,
    /// What else was asked, by its name.
    pub attributes: BTreeMap<String, String>,
}

/// What an activity would give; nothing is recorded yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WouldGive {
    /// The id under which it is recorded once.
    pub id: BasketId,
    /// What was told.
    pub told: Told,
    /// What the member's account gets.
    pub changes: Vec<Change>,
    /// What other accounts get.
    pub others: Vec<ForOther>,
}

/// A sale that is on the disk.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// The sale, or the return.
    pub id: SaleId,
    /// Its number in the journal.
    pub seq: u64,
    /// What the sale came to, or what a return gives back.
    pub total: Money,
    /// What the customer gets back from the cash handed over; nothing where no cash was.
    pub change: Option<Money>,
    /// The receipt, line by line.
    pub receipt: Vec<String>,
    /// What its draws came to, a sentence each.
    pub drawn: Vec<String>,
    /// It was recorded before: this is the same sale again, not a second one.
    pub was_before: bool,
}

/// A recorded sale, as a return needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The sale.
    pub id: SaleId,
    /// When it was rung up.
    pub at: Moment,
    /// What it came to.
    pub total: Money,
    /// Its lines.
    pub lines: Vec<RecordedLine>,
}

/// A line of a recorded sale.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedLine {
    /// What the receipt called it.
    pub name: String,
    /// How many were bought.
    pub bought: Quantity,
    /// How many are still with the customer.
    pub left: Quantity,
    /// What was paid for the line, after discounts.
    pub net: Money,
}

/// How the terminal is.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// This terminal.
    pub terminal: TerminalId,
    /// The state of the line.
    pub line: Line,
    /// Entries that the server has not answered for.
    pub waiting: u64,
    /// The total of the sales among them.
    pub waiting_total: Money,
    /// When the oldest of them was written.
    pub oldest: Option<Moment>,
    /// The last signed answer of the server.
    pub last_sync: Option<Moment>,
    /// Cards in the cache.
    pub cards: u64,
    /// Goods in the cache.
    pub goods: u64,
    /// The version of the programs.
    pub bundle: u64,
    /// Why no sale can be recorded now, if so.
    pub cannot_record: Option<String>,
}

/// The state of the line, from signed replies alone: a network cable says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A signed answer within the last half minute or the last round.
    Online,
    /// None lately: why, in a sentence for the cashier.
    Offline(String),
    /// Not tried yet since the start.
    Unknown,
}
