//! A sale as lines of text; printers, pictures and screens only paint it. Every line fits the paper's columns, counted
//! in display cells; nothing that a printer or a terminal would act on gets through.

mod text;

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

use crate::loyalty::amount::{Currency, Money, Points, Quantity};
use crate::loyalty::basket::Line;
use crate::loyalty::calendar::{Day, Moment, Zone};
use crate::loyalty::goods::Unit;
use crate::loyalty::id::{MembershipId, ProgramId, PurseId, RewardId, SaleId, SiteId};
use crate::loyalty::journal::{ActivityDone, Return};
use crate::loyalty::member::{Change, Holder};
use crate::loyalty::program::{PriceBasis, Terms};
use crate::loyalty::quote::{Applied, Draw, Quote, Reason, TaxShare};
use crate::loyalty::sale::{Sale, Tender};
use crate::words;
use text::centre;
pub use text::{clean, wrap};

/// What a receipt needs besides the sale.
pub struct Paper<'a> {
    /// The sale's (or return's) id, printed for returns.
    pub id: &'a SaleId,
    /// The shop's terms.
    pub terms: &'a Terms,
    /// The zone of the clock on the site's wall.
    pub zone: &'a Zone,
    /// Columns of the printer.
    pub columns: u16,
    /// What programs call themselves, by id.
    pub names: &'a BTreeMap<ProgramId, String>,
}

/// A sale's receipt.
pub fn of_sale(paper: &Paper<'_>, sale: &Sale) -> Vec<String> {
    let mut sheet = Sheet::of(paper);
    sheet.heading(paper, sale, sale.basket.opened);
    sheet.rule();
    for (index, line) in sale.basket.lines.iter().enumerate() {
        sheet.goods(index, line, &sale.quote);
    }
    sheet.rule();
    sheet.sums(&sale.quote);
    sheet.tender(&sale.quote, sale.tender);
    if paper.terms.price_basis == PriceBasis::TaxInclusive {
        for tax in &sale.quote.taxes {
            sheet.tax(tax, "incl. tax");
        }
    }
    sheet.account(sale);
    if let Some(name) = &sale.approved_by {
        sheet.pair("Approved by", name.as_str());
    }
    sheet.rule();
    sheet.pair("Sale", paper.id.as_str());
    sheet.wrapped("", "Keep this number: goods are taken back with it.");
    sheet.lines
}

/// A return's receipt, with the moment of the return.
pub fn of_return(paper: &Paper<'_>, back: &Return, sale: &Sale, at: Moment) -> Vec<String> {
    let mut sheet = Sheet::of(paper);
    sheet.centred("RETURN");
    sheet.heading(paper, sale, at);
    sheet.pair("Of sale", back.sale.as_str());
    sheet.rule();
    for returned in &back.lines {
        let line = usize::try_from(returned.line)
            .ok()
            .and_then(|index| sale.basket.lines.get(index));
        let name = line.map_or("goods", |line| line.goods.name.as_str());
        let many = count(
            returned.quantity,
            line.map_or(&Unit::Each, |line| &line.goods.unit),
        );
        sheet.pair(&format!("{many} {name}"), &sheet.money(returned.value));
    }
    sheet.rule();
    sheet.pair("GIVEN BACK", &sheet.with_code(back.refund));
    if !back.to_purses.is_zero() {
        sheet.pair("Back to purses", &sheet.money(back.to_purses));
    }
    for change in &back.changes {
        sheet.change(change);
    }
    sheet.rule();
    sheet.pair("Return", paper.id.as_str());
    sheet.lines
}

/// The paper of something that a member did outside of a sale.
pub fn of_activity(paper: &Paper<'_>, done: &ActivityDone) -> Vec<String> {
    let mut sheet = Sheet::of(paper);
    sheet.centred("RECORDED");
    sheet.head(paper, &done.site, done.at);
    sheet.rule();
    sheet.pair(&done.kind, &done.quantity.to_string());
    for (name, value) in &done.attributes {
        sheet.pair(&format!("  {name}"), value);
    }
    sheet.rule();
    let is_shown = |change: &&Change| !matches!(change, Change::Count { .. });
    if done.changes.iter().any(|change| is_shown(&change)) || !done.others.is_empty() {
        for change in &done.changes {
            sheet.change(change);
        }
    } else {
        sheet.wrapped("", "It gives nothing more for now.");
    }
    for other in &done.others {
        if other
            .changes
            .iter()
            .any(|change| matches!(change, Change::Brought { .. }))
        {
            sheet.wrapped("", "Thank you for bringing a friend.");
        }
    }
    sheet.rule();
    sheet.pair("Number", paper.id.as_str());
    sheet.lines
}

/// The same receipt for a second print: it says so at both ends.
pub fn duplicate(receipt: Vec<String>, columns: u16) -> Vec<String> {
    let width = usize::from(columns.max(NARROWEST));
    let mark = centre("*** DUPLICATE ***", width);
    let mut lines = vec![mark.clone()];
    lines.extend(receipt);
    lines.push(mark);
    lines
}

/// Paper narrower than this holds no receipt; it is printed this wide anyway.
const NARROWEST: u16 = 24;

struct Sheet<'a> {
    lines: Vec<String>,
    width: usize,
    currency: Currency,
    basis: PriceBasis,
    names: &'a BTreeMap<ProgramId, String>,
}

impl<'a> Sheet<'a> {
    fn of(paper: &Paper<'a>) -> Sheet<'a> {
        Sheet {
            lines: Vec::new(),
            width: usize::from(paper.columns.max(NARROWEST)),
            currency: paper.terms.currency,
            basis: paper.terms.price_basis,
            names: paper.names,
        }
    }

    fn heading(&mut self, paper: &Paper<'_>, sale: &Sale, at: Moment) {
        self.head(paper, &sale.basket.site, at);
    }

    fn head(&mut self, paper: &Paper<'_>, site: &SiteId, at: Moment) {
        self.centred(site.as_str());
        let terminal = paper.id.place().map(|(terminal, _)| terminal.to_string());
        self.pair(&minute(at, paper.zone), &terminal.unwrap_or_default());
    }

    fn goods(&mut self, index: usize, line: &Line, quote: &Quote) {
        let quoted = quote.lines.get(index).copied().unwrap_or_default();
        let price = line.price.text(self.currency);
        let many = count(line.quantity, &line.goods.unit);
        let gross = self.money(quoted.gross);
        if line.quantity == Quantity::ONE && line.goods.unit == Unit::Each {
            self.pair(&line.goods.name, &gross);
        } else {
            self.wrapped("", &line.goods.name);
            self.pair(&format!("  {many} x {price}"), &gross);
        }
        for (applied, part) in parts_of(quote, index) {
            let why = words::reason(&applied.why, self.currency);
            let id = &applied.program;
            let name = self.names.get(id).map_or(id.as_str(), String::as_str);
            let text = format!("  {name} ({why})");
            self.pair(&text, &self.money(-part));
        }
        if !quoted.discount.is_zero() {
            self.pair("  to pay", &self.money(quoted.net()));
        }
    }

    fn sums(&mut self, quote: &Quote) {
        if !quote.discount.is_zero() {
            self.pair("Subtotal", &self.money(quote.subtotal));
            self.pair("Discounts", &self.money(-quote.discount));
        }
        if self.basis == PriceBasis::TaxExclusive {
            self.pair("Before tax", &self.money(quote.total));
            for tax in &quote.taxes {
                self.tax(tax, "tax");
            }
        }
        let purses = quote.paid_with_purses();
        self.pair("TOTAL", &self.with_code(quote.due + purses));
    }

    fn tax(&mut self, tax: &TaxShare, what: &str) {
        let text = format!("{what} {} % of {}", tax.rate.percent_text(), self.money(tax.base));
        self.pair(&text, &self.money(tax.tax));
    }

    fn tender(&mut self, quote: &Quote, tender: Tender) {
        for payment in &quote.payments {
            let text = format!("{} {}", payment.points, payment.purse);
            self.pair(&text, &self.money(payment.money));
        }
        match tender {
            Tender::Cash { received, change } => {
                self.pair("Cash received", &self.money(received));
                self.pair("Change", &self.money(change));
            }
            Tender::Elsewhere => self.pair("Card, paid elsewhere", &self.money(quote.due)),
            Tender::Nothing => self.pair("Nothing to pay", &self.money(Money::ZERO)),
        }
    }

    fn account(&mut self, sale: &Sale) {
        let drawn = drawn(&sale.quote);
        if sale.quote.changes.is_empty() && drawn.is_empty() {
            return;
        }
        self.rule();
        for line in drawn {
            self.wrapped("", &line);
        }
        let mut won: Vec<(&ProgramId, &RewardId)> = won(&sale.quote).collect();
        for change in &sale.quote.changes {
            // What was won is said once.
            if let Change::Issue {
                reward,
                program,
                quantity: 1,
            } = change
                && let Some(at) = won.iter().position(|one| *one == (program, reward))
            {
                won.swap_remove(at);
                continue;
            }
            match change {
                Change::Grant {
                    membership, until, ..
                } if counts_at_once(sale, membership) => {
                    self.membership(membership, "from now on", *until);
                }
                other => self.change(other),
            }
        }
        match (&sale.known, &sale.basket.buyer) {
            (Some(_), _) => {
                for purse in purses_of(&sale.quote.changes) {
                    let mut standing = sale.known.clone().map(|known| known.standing).unwrap_or_default();
                    for change in &sale.quote.changes {
                        standing.apply(change, sale.basket.opened);
                    }
                    let left = standing.balance(purse);
                    self.pair(&format!("{purse} then, about"), &left.to_string());
                }
            }
            (None, Some(Holder::Card(_))) => {
                self.wrapped(
                    "",
                    "Your card is new here: this is credited as soon as it is known.",
                );
            }
            _ => {}
        }
        // Perks are for the cashier to say; a tip goes home with the points.
        let is_said = |message: &String| {
            let says = |applied: &Applied| matches!(&applied.why, Reason::Says { text } if text == message);
            sale.quote.applied.iter().any(says)
        };
        for tip in sale.quote.messages.iter().filter(|message| !is_said(message)) {
            self.wrapped("", tip);
        }
    }

    fn membership(&mut self, membership: &MembershipId, since: &str, until: Option<Day>) {
        let until = until.map(|day| format!(", until {day}")).unwrap_or_default();
        self.wrapped("", &format!("Your card: {membership} {since}{until}"));
    }

    fn change(&mut self, change: &Change) {
        match change {
            Change::Earn {
                purse,
                amount,
                expires,
                ..
            } => {
                self.pair(&format!("{purse} earned"), &format!("+{amount}"));
                if let Some(day) = expires {
                    self.pair("  good until", &day.to_string());
                }
            }
            Change::Spend { purse, amount } => self.pair(&format!("{purse} spent"), &format!("-{amount}")),
            Change::TakeBack { purse, amount, .. } => {
                self.pair(&format!("{purse} taken back"), &format!("-{amount}"));
            }
            Change::Restore { purse, amount, .. } => {
                self.pair(&format!("{purse} given back"), &format!("+{amount}"));
            }
            Change::Grant {
                membership, until, ..
            } => self.membership(membership, "from the next purchase", *until),
            Change::Revoke { membership, .. } => {
                self.wrapped("", &format!("{membership} ends with this return"));
            }
            Change::Turn { purse, amount } if *amount > Points::ZERO => {
                self.pair(&format!("{purse} used"), &format!("-{amount}"));
            }
            Change::Turn { purse, amount } => {
                self.pair(
                    &format!("{purse} given back"),
                    &format!("+{}", Points::ZERO - *amount),
                );
            }
            Change::Issue { reward, quantity, .. } => {
                self.wrapped("", &format!("For you: {quantity} {reward}"))
            }
            Change::Withdraw { reward, quantity } => {
                self.wrapped("", &format!("{quantity} {reward} ends with this return"));
            }
            Change::Use { reward, quantity } if *quantity > 0 => {
                self.pair(&format!("{reward} used"), &format!("-{quantity}"));
            }
            Change::Use { reward, quantity } => {
                self.pair(&format!("{reward} given back"), &format!("+{}", -quantity));
            }
            Change::Reach { tier, .. } => self.wrapped("", &format!("You are {} now", tier.name)),
            Change::Leave { back_to, .. } => {
                let now = back_to.as_ref().map_or("as before", |tier| tier.name.as_str());
                self.wrapped("", &format!("Your tier is {now} again"));
            }
            Change::Donate { charity, amount, .. } if amount.units() > 0 => {
                let amount = self.with_code(*amount);
                self.wrapped(
                    "",
                    &format!("{amount} of this goes to {charity}, at no cost to you"),
                );
            }
            Change::Donate { .. } | Change::Count { .. } | Change::Brought { .. } => {}
        }
    }

    fn money(&self, money: Money) -> String {
        self.currency.text(money)
    }

    fn with_code(&self, money: Money) -> String {
        format!("{} {}", self.currency.text(money), self.currency.code())
    }

    fn rule(&mut self) {
        self.lines.push("-".repeat(self.width));
    }

    fn centred(&mut self, text: &str) {
        for line in wrap(&clean(text), self.width) {
            self.lines.push(centre(&line, self.width));
        }
    }

    fn wrapped(&mut self, indent: &str, text: &str) {
        for line in wrap(&clean(text), self.width - indent.len()) {
            self.lines.push(format!("{indent}{line}"));
        }
    }

    /// Left and right on one line; a long left part takes lines of its own, the right part stands on the last.
    fn pair(&mut self, left: &str, right: &str) {
        let (left, right) = (clean(left), clean(right));
        let right_width = right.width().min(self.width);
        let room = self.width.saturating_sub(right_width + 1).max(8);
        let indent = if left.starts_with("  ") { "  " } else { "" };
        let mut parts: Vec<String> = wrap(left.trim_start(), room - indent.len())
            .into_iter()
            .map(|part| format!("{indent}{part}"))
            .collect();
        let last = parts.pop().unwrap_or_default();
        self.lines.append(&mut parts);
        if last.width() + right_width >= self.width {
            self.lines.push(last);
            self.lines.extend(wrap(&right, self.width));
            return;
        }
        let gap = self.width - last.width() - right_width;
        self.lines.push(format!("{last}{}{right}", " ".repeat(gap)));
    }
}

/// What the draws of a sale came to, once they are decided: a sentence each.
pub fn drawn(quote: &Quote) -> Vec<String> {
    let sentence = |draw: &Draw| match &draw.won {
        Some(reward) => format!("You win: {reward}"),
        None => "No win this time".to_owned(),
    };
    quote.draws.iter().map(sentence).collect()
}

fn won(quote: &Quote) -> impl Iterator<Item = (&ProgramId, &RewardId)> {
    let won = |draw: &'_ Draw| draw.won.is_some();
    let draws = quote.draws.iter().filter(move |draw| won(draw));
    draws.filter_map(|draw| Some((&draw.program, draw.won.as_ref()?)))
}

/// Each rule that took something off this line, with what it took.
pub fn parts_of(quote: &Quote, line: usize) -> impl Iterator<Item = (&Applied, Money)> {
    quote.applied.iter().filter_map(move |applied| {
        let part: Money = applied
            .parts
            .iter()
            .filter(|part| usize::try_from(part.line) == Ok(line))
            .map(|part| part.amount)
            .sum();
        (!part.is_zero()).then_some((applied, part))
    })
}

/// A quantity with its unit, pieces without one: "2", "32.45 l".
pub fn count(quantity: Quantity, unit: &Unit) -> String {
    match unit {
        Unit::Each => quantity.to_string(),
        other => format!("{quantity} {}", other.label()),
    }
}

/// The day and the minute as the clock on the wall shows them.
pub fn minute(at: Moment, zone: &Zone) -> String {
    let civil = at.in_zone(zone);
    format!("{} {:02}:{:02}", civil.date(), civil.hour(), civil.minute())
}

/// Was the membership sold as goods, or does its file let it count in the sale that gives it?
fn counts_at_once(sale: &Sale, membership: &MembershipId) -> bool {
    let is_it =
        |why: &Reason| matches!(why, Reason::MembershipSold { membership: sold } if sold == membership);
    sale.quote.applied.iter().any(|applied| is_it(&applied.why))
}

fn purses_of(changes: &[Change]) -> Vec<&PurseId> {
    let mut purses: Vec<&PurseId> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Earn { purse, .. } | Change::Spend { purse, .. } => Some(purse),
            _ => None,
        })
        .collect();
    purses.sort();
    purses.dedup();
    purses
}

#[cfg(test)]
mod tests;
