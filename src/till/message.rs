//! All that can happen to the till's screen, and all that it can ask of the backroom.

use crossterm::event::KeyEvent;

use crate::counter::Payment;
use crate::counter::view::{Does, Done, Health, Offered, Question, Recorded, Serving, Told, WouldGive};
use crate::device::{Source, Trouble};
use crate::loyalty::amount::{Currency, Money, Price, Quantity};
use crate::loyalty::calendar::{Moment, Zone};
use crate::loyalty::engine::{ActivityKind, Attribute};
use crate::loyalty::goods::Goods;
use crate::loyalty::id::{BasketId, SaleId, SiteId, Sku};
use crate::loyalty::quote::Declined;

/// Something that happened.
#[derive(Debug)]
pub enum Message {
    /// A key that fingers pressed, and when it was read, in milliseconds since the till was started.
    Key(KeyEvent, u64),
    /// A scanner read something.
    Scanned(Scanned),
    /// What a scanner sent is no scan.
    Misread(Trouble),
    /// A scanner with a line of its own is there, or not, with the reason.
    Scanner(String, Result<(), String>),
    /// The window has another size, or must be painted anew.
    Resized,
    /// The backroom has something to say.
    Answer(Answer),
    /// The system asks the till to stop.
    Stop,
}

/// What a scanner read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// The characters, without what framed them.
    pub text: String,
    /// Which kind of scanner it was.
    pub source: Source,
    /// It can only be a scan. Else it came as fast as one, and its content could be typed, too.
    pub is_sure: bool,
}

/// What the backroom says. Each effect is answered once, but for those that say otherwise.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The terminal's folder is open.
    Opened(Box<Opened>),
    /// The basket changed, or may have.
    Served(Box<Serving>, Outcome),
    /// Something could not be done: a sentence for the cashier, and the basket as it stands.
    Refused(String, Box<Serving>),
    /// The sale is on the disk.
    Paid(Box<Done>, Box<Serving>),
    /// A recorded sale.
    Found(Box<Recorded>),
    /// What a return of these quantities would give back.
    ReturnQuoted(Vec<Quantity>, Money),
    /// The return is on the disk.
    TakenBack(Box<Done>),
    /// What can be done outside of a sale here.
    Activities(Vec<ActivityKind>),
    /// The attribute of this name, as it was read.
    AttributeRead(String, String),
    /// What an activity would give.
    ActivityQuoted(Box<WouldGive>),
    /// The activity is on the disk; the open basket, as its member stands now.
    ActivityDone(Box<Done>, Box<Serving>),
    /// Every rule that gives this basket nothing, with its reason.
    Why(Vec<Declined>),
    /// What the catalogue has for this member.
    Catalogue(Vec<Offered>),
    /// The last sale is on its way to the printer.
    Reprinting(Box<Done>),
    /// How the terminal is; unasked, about every second.
    Health(Box<Health>, Moment),
    /// A quiet moment brought something: the basket as it stands now. Unasked.
    News(Box<Serving>),
    /// The printer did its work, or why it did not; unasked.
    Printed(Result<SaleId, String>),
    /// The backroom is gone: nothing more can be sold with this program. Unasked.
    Gone(String),
}

/// What the screen needs once the folder is open.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The shop's currency.
    pub currency: Currency,
    /// The zone of the clock on the site's wall.
    pub zone: Zone,
    /// Where this terminal stands.
    pub site: SiteId,
    /// The basket that was open, or an empty one.
    pub serving: Serving,
    /// How the terminal is.
    pub health: Health,
    /// What the clock says.
    pub now: Moment,
    /// An open basket was found on the disk.
    pub was_restored: bool,
    /// The last sale, where nothing says that its receipt was printed.
    pub unprinted: Option<Done>,
}

/// What an effect on the basket came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Goods are on this line now.
    Goods(usize),
    /// The buyer is known.
    Buyer,
    /// These goods need a price.
    AskPrice(Box<Goods>, Quantity),
    /// One of these is meant.
    Choose(Vec<Goods>),
    /// Goods are on this line now, and the cashier should read this.
    Noted(usize, String),
    /// The basket was changed, and the cashier should read this.
    Said(String),
    /// The scan can be meant in several ways.
    Ask(Box<Question>),
    /// Who sells is named.
    Agent,
    /// The basket was changed.
    Changed,
    /// The basket was emptied.
    Cleared,
    /// The basket was put aside.
    Held,
}

/// A line of the basket, named so that a late key cannot hit another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The line that the last scan went to.
    LastScanned,
    /// This line, as long as these goods are on it.
    Line(usize, Sku),
}

/// Something to be carried out off the drawing thread, in the order in which it was asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Take a scan, or what was typed in its place, and where it came from.
    Scan(String, Source),
    /// Add goods at a price that the cashier named.
    AddAtPrice(Box<Goods>, Price, Quantity),
    /// Do what the cashier has chosen of several ways to take a scan.
    Take(Box<Does>),
    /// Set a line's quantity.
    SetQuantity(Target, Quantity),
    /// So many more of a line, or fewer.
    More(Target, Quantity),
    /// Take a line out.
    Remove(Target),
    /// Go on without the card.
    ForgetBuyer,
    /// Take the last step back.
    Undo,
    /// Empty the basket.
    Clear,
    /// Put the basket aside.
    Hold,
    /// Take a basket up again.
    TakeUp(BasketId),
    /// Record the sale of this basket, as long as it comes to what the screen showed.
    Pay {
        /// The basket that was on the screen.
        basket: BasketId,
        /// What was due on the screen.
        due: Money,
        /// How it is paid.
        payment: Payment,
        /// Who agreed to it, where somebody must.
        approved_by: Option<String>,
    },
    /// Name who sells, by what was scanned or typed.
    NameAgent(String, Source),
    /// Nobody is named as the one who sells.
    ForgetAgent,
    /// Ask what can be done outside of a sale.
    Activities,
    /// Read what was scanned or typed for an attribute of an activity.
    ReadAttribute(Attribute, String),
    /// Work out what an activity would give.
    QuoteActivity(Told),
    /// Record an activity, under the id that its quote has.
    RecordActivity(BasketId, Told),
    /// Ask why rules give this basket nothing: those that it does not touch at all, too.
    Why,
    /// Ask what the catalogue has.
    Catalogue,
    /// Find a recorded sale.
    Find(String),
    /// Work out a return.
    QuoteReturn(SaleId, Vec<Quantity>),
    /// Record a return.
    TakeBack(SaleId, Vec<Quantity>),
    /// Print a receipt for the first time. Answered by the printer alone.
    Print(SaleId, Vec<String>),
    /// Print the last receipt again.
    PrintAgain,
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Show the keys.
    Help,
    /// Go on to paying, or pay in cash.
    Pay,
    /// Paid with a card at another machine.
    Card,
    /// Take goods back.
    Return,
    /// Put the basket aside.
    Hold,
    /// Show the baskets put aside.
    Held,
    /// Take the last step back.
    Undo,
    /// Take the chosen line out.
    Remove,
    /// Empty the basket.
    Clear,
    /// Print the last receipt again.
    Print,
    /// Leave.
    Quit,
    /// How the terminal is.
    Health,
    /// Go on without the card.
    NoCard,
    /// Why programs gave what they gave, and why the others did not.
    Why,
    /// What was brought or done outside of a sale.
    Activity,
    /// What the member holds, and the catalogue.
    Catalogue,
    /// Who sells.
    Agent,
    /// Show cards to try, in a demo.
    Cards,
    /// Back, or empty the line of input.
    Back,
    /// One up.
    Up,
    /// One down.
    Down,
    /// A screen up.
    PageUp,
    /// A screen down.
    PageDown,
}
