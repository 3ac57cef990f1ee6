//! The one place where a price is decided. A quote is a pure function: the same programs, basket, customer and place give
//! the same quote on every till and on the server, in any order of key presses, online or not.
//!
//! Offers act phase by phase: member prices, unit offers, basket percentages, basket amounts, vouchers; then tax, then
//! what purses pay, and last what the sale earns. Inside a phase priority decides, then the program's id.

mod activities;
mod base;
mod bill;
mod choice;
mod credit;
mod draw;
mod earning;
#[cfg(test)]
mod exact;
mod gifts;
mod ladder;
mod later;
mod membership;
mod nearly;
mod offer;
mod outside;
mod past;
mod paying;
mod pricing;
#[cfg(test)]
pub(crate) mod properties;
mod reached;
mod redeem;
mod room;
#[cfg(test)]
mod splitting;
mod stored;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::amount::{Money, Quantity};
use super::basket::Basket;
use super::member::{Change, Known};
use super::program::limit::normal;
use super::program::{ProgramSet, Site};
use super::quote::{Declined, PursePayment, Quote, QuotedLine, Reason};
pub use activities::{ActivityKind, Asks, Attribute, Bound, activity_kinds, bounds};
use base::PaidBy;
use bill::Bill;
use choice::{Choice, choose};
pub use draw::decide;
pub(super) use draw::decided_before;
use later::Later;
pub use nearly::{Missing, Nearly, nearly};
use offer::{Look, Offer, Refusal, Scene, sort_out};
pub use outside::{Activity, Done, activity, due, reserved, tiers_of};
pub use paying::{WishRefusal, wish_refusal};
use pricing::{Priced, price};
use reached::Reached;
pub use redeem::{Asked, RedeemRefusal, Use, redeem};
pub(super) use stored::price as stored_value;

/// Prices a basket. It cannot fail: a rule that does not apply is listed as declined, with a reason a cashier can say
/// aloud. Time comes in as `basket.opened`. A wish that must be refused (see [`wish_refusal`]) pays nothing.
///
/// A program that neither the goods of the basket nor the place reach is not looked at, and not told of:
/// [`quote_in_full`] does that.
pub fn quote(basket: &Basket, known: Option<&Known>, programs: &ProgramSet, site: &Site) -> Quote {
    quoted(Look::Reached, basket, known, programs, site, None)
}

/// The same quote, and why every other rule of all programs gave nothing: for whoever wants to understand it.
pub fn quote_in_full(basket: &Basket, known: Option<&Known>, programs: &ProgramSet, site: &Site) -> Quote {
    quoted(Look::Everywhere, basket, known, programs, site, None)
}

/// Prices a basket of which it is settled what purses pay: what a customer keeps after a return, for one.
pub fn quote_paying(
    basket: &Basket,
    known: Option<&Known>,
    programs: &ProgramSet,
    site: &Site,
    payments: &[PursePayment],
) -> Quote {
    quoted(Look::Reached, basket, known, programs, site, Some(payments))
}

fn quoted(
    look: Look,
    basket: &Basket,
    known: Option<&Known>,
    programs: &ProgramSet,
    site: &Site,
    payments: Option<&[PursePayment]>,
) -> Quote {
    let bought = match payments {
        // What a customer keeps of a sale does not grow.
        Some(_) => Cow::Borrowed(basket),
        None => gifts::without_added(basket),
    };
    match stored::without(&bought, programs) {
        None => with_reached(look, &bought, known, programs, site, payments),
        Some(others) => {
            let quote = with_reached(look, &others.basket, known, programs, site, payments);
            others.put_back(quote, &bought, programs)
        }
    }
}

/// Prices goods, with the benefit of what this very sale reaches where a file gives it at once.
fn with_reached(
    look: Look,
    basket: &Basket,
    known: Option<&Known>,
    programs: &ProgramSet,
    site: &Site,
    payments: Option<&[PursePayment]>,
) -> Quote {
    let basket = &match payments {
        Some(_) => Cow::Borrowed(basket),
        None => gifts::with_room(basket, programs, site),
    };
    let before = Desk::new(Scene::of(basket, known, programs, site), look).quote(payments);
    let reached = Reached::by(&before, programs);
    if reached.is_empty() {
        return before;
    }
    let scene = Scene {
        reached: reached.clone(),
        ..Scene::of(basket, known, programs, site)
    };
    let with = Desk::new(scene, look).quote(payments);
    match reached.is_in(&Reached::by(&with, programs)) {
        true => with,
        false => before,
    }
}

/// Everything that lies on the desk while one basket is priced.
struct Desk<'a> {
    scene: Scene<'a>,
    list: Bill,
    offers: Vec<Offer<'a>>,
    later: Later,
    refusals: Vec<Refusal>,
}

impl<'a> Desk<'a> {
    fn new(scene: Scene<'a>, look: Look) -> Desk<'a> {
        let (offers, refusals) = sort_out(&scene, look);
        let list = Bill::open(scene.basket, scene.programs.terms.currency);
        Desk {
            later: Later::of(&offers, scene.basket.lines.len()),
            scene,
            list,
            offers,
            refusals,
        }
    }

    fn chosen(&self, choice: &[bool]) -> Vec<&Offer<'a>> {
        let chosen = self.offers.iter().zip(choice).filter(|(_, is_in)| **is_in);
        chosen.map(|(offer, _)| offer).collect()
    }

    fn price(&self, choice: &[bool]) -> Priced {
        price(
            self.scene.basket,
            self.list.clone(),
            &self.chosen(choice),
            &self.later,
        )
    }

    fn quote(mut self, payments: Option<&[PursePayment]>) -> Quote {
        // What is settled is a sale that was: what it added was added.
        self.list.may_grow = payments.is_none();
        let (basket, known, programs) = (self.scene.basket, self.scene.known, self.scene.programs);
        let choice = choose(&self.offers, |choice| self.price(choice).bill.discount());
        let priced = self.price(&choice.is_in);
        let basis = programs.terms.price_basis;
        let total = priced.bill.total();
        let payments = payments.map_or_else(
            || paying::payments(basket, known, programs, &priced.bill),
            <[_]>::to_vec,
        );
        let off = paying::off_the_base(&payments, programs);
        let taxes = paying::taxes(basket, &priced.bill, basis, off);
        let bill = total + paying::on_top(&taxes, basis);
        let paid: Money = payments.iter().map(|payment| payment.money).sum();
        // A gift balance was paid for with money: it is a tender like cash, and what it pays earns.
        let is_tender = |payment: &&PursePayment| programs.purse(&payment.purse).is_gift;
        let as_money: Money = payments
            .iter()
            .filter(is_tender)
            .map(|payment| payment.money)
            .sum();
        let paid_by = PaidBy {
            purses: paid - as_money,
            gifts: as_money,
        };
        let mut refusals = self.losers(&choice);
        let earned = earning::earn(&self.scene, &self.chosen(&choice.is_in), &priced, paid_by);
        let applied: Vec<_> = priced.applied.iter().cloned().chain(earned.applied).collect();
        refusals.extend(self.refusals);
        refusals.extend(priced.refusals);
        refusals.extend(earned.refusals);
        refusals.sort_by_key(|refusal| refusal.turn);
        let quote = Quote {
            lines: lines(&priced.bill),
            subtotal: priced.bill.lines.iter().map(|line| line.gross).sum(),
            discount: priced.bill.discount(),
            total,
            due: bill - paid,
            taxes,
            applied,
            declined: said_once(refusals),
            changes: changes(basket, &payments, earned.changes),
            payments,
            earn_base: (total - paid_by.purses).max(Money::ZERO),
            greedy: choice.greedy,
            others: earned.others,
            messages: earned.messages,
            needs_approval: earned.needs_approval,
            draws: earned.draws,
            added: Vec::new(),
            unknown_codes: unknown_codes(basket, programs),
        };
        if !self.list.may_grow {
            return quote;
        }
        let grown: Vec<Quantity> = priced.bill.lines.iter().map(|line| line.quantity).collect();
        gifts::settle(quote, basket, &grown)
    }

    /// What stood back for another of its group.
    fn losers(&self, choice: &Choice) -> Vec<Refusal> {
        let chosen = self.chosen(&choice.is_in);
        let out = self
            .offers
            .iter()
            .zip(&choice.is_in)
            .filter(|(_, is_in)| !**is_in);
        let refusal = |(offer, _): (&Offer, _)| {
            let winner = chosen.iter().find(|other| other.group() == offer.group())?;
            let program = winner.program.id.clone();
            Some(offer.refuse(Reason::OtherIsBetter { program }))
        };
        out.filter_map(refusal).collect()
    }
}

/// Codes that no rule knows, each once, however it was written.
fn unknown_codes(basket: &Basket, programs: &ProgramSet) -> Vec<String> {
    let unknown = basket.codes.iter().map(|code| code.trim());
    let mut unknown: Vec<String> = unknown
        .filter(|code| !programs.knows_code(code))
        .map(str::to_owned)
        .collect();
    unknown.sort_by_cached_key(|code| normal(code));
    unknown.dedup_by_key(|code| normal(code));
    unknown
}

/// Rules of one program that are refused for the same reason say it once. They stand together, by turn.
fn said_once(refusals: Vec<Refusal>) -> Vec<Declined> {
    let mut declined: Vec<Declined> = Vec::new();
    let mut of_program = 0;
    for Refusal { declined: now, .. } in refusals {
        if declined.last().is_some_and(|last| last.program != now.program) {
            of_program = declined.len();
        }
        if !declined[of_program..].contains(&now) {
            declined.push(now);
        }
    }
    declined
}

fn lines(bill: &Bill) -> Vec<QuotedLine> {
    let line = |line: &bill::BillLine| QuotedLine {
        gross: line.gross,
        discount: line.gross - line.net,
    };
    bill.lines.iter().map(line).collect()
}

/// Only somebody with an account has changes on it; a share for a charity is nobody's.
fn changes(basket: &Basket, payments: &[PursePayment], earned: Vec<Change>) -> Vec<Change> {
    if basket.buyer.is_none() {
        let is_donation = |change: &Change| matches!(change, Change::Donate { .. });
        return earned.into_iter().filter(is_donation).collect();
    }
    let spend = |payment: &PursePayment| Change::Spend {
        purse: payment.purse.clone(),
        amount: payment.points,
    };
    payments.iter().map(spend).chain(earned).collect()
}
