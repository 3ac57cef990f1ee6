//! An exchange is a return and a sale in one document: two baskets, two results, one payment. Rules see them apart: what
//! comes back is judged by the programs and the moment of its own sale, and the goods that are kept of it are never joined
//! with the new ones. The return comes first, so that points that it gives back can pay, and limits have their room again.

use super::super::amount::{Money, Quantity};
use super::super::basket::Basket;
use super::super::engine::quote;
use super::super::member::Known;
use super::super::program::{ProgramSet, Site};
use super::super::quote::Quote;
use super::{ReturnError, ReturnedSoFar, Sale, TakenBack, take_back};

/// What comes back: of which sale, what came back of it before, and lines with how many of them; the programs and the place
/// are those of that sale.
#[derive(Clone, Copy, Debug)]
pub struct Back<'a> {
    /// The sale.
    pub sale: &'a Sale,
    /// What came back of it before.
    pub so_far: &'a ReturnedSoFar,
    /// Line of the sale, and how many of it.
    pub lines: &'a [(usize, Quantity)],
    /// The programs that it was quoted with.
    pub programs: &'a ProgramSet,
    /// Where it was.
    pub site: &'a Site,
}

/// Both halves of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchanged {
    /// What the return does.
    pub back: TakenBack,
    /// What the new basket comes to.
    pub quote: Quote,
    /// The buyer as the new basket was quoted with him: after the return.
    pub known: Option<Known>,
}

impl Exchanged {
    /// The one payment: what the customer pays on top, or gets back where it is below zero.
    pub fn to_pay(&self) -> Money {
        self.quote.due - self.back.refund
    }
}

/// Takes goods back and prices the basket that is bought instead. `known` is the buyer as he stands before the return.
pub fn exchange(
    back: Back,
    basket: &Basket,
    known: Option<&Known>,
    programs: &ProgramSet,
    site: &Site,
) -> Result<Exchanged, ReturnError> {
    let taken = take_back(back.sale, back.so_far, back.lines, back.programs, back.site)?;
    let mut known = known.cloned();
    let is_same_buyer = basket.buyer.is_some() && basket.buyer == back.sale.basket.buyer;
    if let Some(known) = known.as_mut().filter(|_| is_same_buyer) {
        for change in &taken.changes {
            known.standing.apply(change, basket.opened);
        }
    }
    Ok(Exchanged {
        quote: quote(basket, known.as_ref(), programs, site),
        back: taken,
        known,
    })
}
