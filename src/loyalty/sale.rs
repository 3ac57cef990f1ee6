//! A quote that was paid; never changed, only answered by a return.

mod exchange;
mod returns;

use minicbor::{Decode, Encode};

use super::amount::Money;
use super::basket::Basket;
use super::id::{PersonName, TerminalId};
use super::member::Known;
use super::quote::Quote;
pub use exchange::{Back, Exchanged, exchange};
pub use returns::{Gone, ReturnError, ReturnedSoFar, TakenBack, take_back};

/// A sale as it is promised to the customer and sealed into the journal. It carries all that is needed to quote what
/// the customer keeps after a return: the basket, the buyer's standing then, and the version of the programs.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Sale {
    /// What was bought.
    #[n(0)]
    pub basket: Basket,
    /// The buyer as he was known when the sale was quoted, without his name.
    #[n(1)]
    pub known: Option<Known>,
    /// What was charged and promised, without the declined rules.
    #[n(2)]
    pub quote: Quote,
    /// How the amount due was paid.
    #[n(3)]
    pub tender: Tender,
    /// The number that a recorded sale had where it came from.
    #[n(4)]
    pub source: Option<String>,
    /// The version of the server's data that this terminal knew the buyer from.
    #[n(5)]
    pub as_of: u64,
    /// By what its draws were decided, where it drew.
    #[n(6)]
    pub drawn: Option<Drawn>,
    /// Who agreed to it, where a program asks for somebody's approval. A typed name: nothing proves it yet.
    #[n(7)]
    pub approved_by: Option<PersonName>,
}

/// Which draw of a terminal a sale was: its place, and nothing that a customer or a cashier could choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Drawn {
    /// The number of the entry that commits to the secret.
    #[n(0)]
    pub commit: u64,
    /// The how many-th sale it is that this secret decided, counted from 1.
    #[n(1)]
    pub number: u64,
}

impl Drawn {
    /// The name under which it is decided.
    pub fn name(&self, terminal: &TerminalId) -> String {
        format!("{terminal}/{}/{}", self.commit, self.number)
    }
}

/// How the amount due was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Tender {
    /// In cash: what was handed over, and what went back.
    #[n(0)]
    Cash {
        /// Handed over.
        #[n(0)]
        received: Money,
        /// Given back.
        #[n(1)]
        change: Money,
    },
    /// With a payment card at another machine: vafa never sees it.
    #[n(1)]
    Elsewhere,
    /// Nothing was due.
    #[n(2)]
    Nothing,
}
