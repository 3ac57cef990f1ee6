//! A short scripted day at the demo's till: customers with and without cards, a while without the line, a return; at
//! the end the till's balances are compared with the server's, member by member.

use std::collections::BTreeMap;

use super::demo::{DemoError, Shop};
use super::shop;
use crate::counter::view::Scanned;
use crate::counter::{Counter, Payment};
use crate::loyalty::amount::{Money, Points, Quantity};
use crate::loyalty::id::{MemberId, PurseId};

/// Runs the day. Answers the last line.
pub(super) fn run(shop: &Shop, print: &mut dyn FnMut(&str)) -> Result<String, DemoError> {
    let mut till = shop.counter()?;
    till.sync_once(|_| {})?;
    let mut day = Day {
        till: &mut till,
        print,
    };
    let card = |name: &str| {
        shop::cards()
            .into_iter()
            .find(|card| card.name == name)
            .map(|card| card.number)
    };
    let (asha, ravi, meena) = (card("Asha"), card("Ravi"), card("Meena"));

    day.say("A customer without a card: three packets of chewing gum, the cheapest is free.");
    day.sell(
        &["Chewing gum, mint", "Chewing gum, fruit", "Chewing gum, cinnamon"],
        None,
        Payment::Cash(Some(Money::minor(50_000))),
    )?;
    day.say("Asha fills up and has her oil changed: over 1 500.00, so her discount card begins.");
    let first = day.sell(
        &["32.45*PETROL", "Engine oil 4 l"],
        asha.as_deref(),
        Payment::Elsewhere,
    )?;
    day.till.sync_once(|_| {})?;
    day.say(
        "From here on nothing is sent or asked, as with the line down. Asha comes back: 5 % off all the same.",
    );
    day.sell(
        &["20*PETROL", "Filter coffee"],
        asha.as_deref(),
        Payment::Cash(None),
    )?;
    day.say("Ravi has his car washed, and a tea.");
    let wash = day.sell(
        &["WASHFULL", "Masala tea"],
        ravi.as_deref(),
        Payment::Cash(Some(Money::minor(50_000))),
    )?;
    day.say("He brings the tea back; the points it earned go with it.");
    day.take_back(&wash, 1)?;
    day.say("Meena buys diesel; her sale waits with the others.");
    day.sell(&["12.5*DIESEL"], meena.as_deref(), Payment::Elsewhere)?;
    let waiting = day.till.health().waiting;
    day.say(&format!(
        "Now the line is used again: {waiting} entries are sent."
    ));
    day.till.sync_once(|_| {})?;
    day.till.sync_once(|_| {})?;
    day.say(&format!("The first sale of the day with a card was {first}."));
    compare(shop, till)
}

struct Day<'a> {
    till: &'a mut Counter,
    print: &'a mut dyn FnMut(&str),
}

impl Day<'_> {
    fn say(&mut self, text: &str) {
        (self.print)(&format!("\n-- {text}"));
    }

    fn sell(&mut self, scans: &[&str], card: Option<&str>, payment: Payment) -> Result<String, DemoError> {
        let goods = scans.iter().map(|name| shop::sku(name).unwrap_or(name));
        for scan in goods.chain(card) {
            match self.till.scan(scan)? {
                Scanned::Goods(_) | Scanned::Buyer => {}
                other => {
                    return Err(DemoError::Day(format!(
                        "{scan} should be goods or a card, but is {other:?}"
                    )));
                }
            }
        }
        let done = self.till.pay(payment)?;
        done.receipt.iter().for_each(|line| (self.print)(line));
        Ok(done.id.to_string())
    }

    fn take_back(&mut self, sale: &str, line: usize) -> Result<(), DemoError> {
        let recorded = self.till.find(sale)?;
        let one = |i| if i == line { Quantity::ONE } else { Quantity::ZERO };
        let quantities: Vec<Quantity> = (0..recorded.lines.len()).map(one).collect();
        let done = self.till.take_back(&recorded.id, &quantities)?;
        done.receipt.iter().for_each(|line| (self.print)(line));
        Ok(())
    }
}

/// Holds what the till shows for each card against the server's books.
fn compare(shop: &Shop, mut till: Counter) -> Result<String, DemoError> {
    let mut here: BTreeMap<MemberId, BTreeMap<PurseId, Points>> = BTreeMap::new();
    for card in shop::cards() {
        let Some(known) = till.look_up(&card.number)? else {
            return Err(DemoError::Day(format!("the till does not know {}", card.name)));
        };
        let purses: BTreeMap<PurseId, Points> = known
            .standing
            .purses
            .into_iter()
            .filter(|(_, points)| !points.is_zero())
            .collect();
        if !purses.is_empty() {
            here.insert(known.member.id, purses);
        }
    }
    let office = shop.office()?;
    let there = office.balances()?;
    let findings = office.audit()?;
    if let Some(first) = findings.first() {
        return Err(DemoError::Day(format!(
            "the server's books do not agree with themselves: {first}"
        )));
    }
    if here != there {
        return Err(DemoError::Day(format!(
            "the till shows {here:?}, the server {there:?}"
        )));
    }
    let waiting = till.health().waiting;
    if waiting != 0 {
        return Err(DemoError::Day(format!("{waiting} entries are still waiting")));
    }
    Ok(format!(
        "the balances of till and server agree: {} members with points, nothing waiting",
        here.len()
    ))
}
