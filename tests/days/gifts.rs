//! A gift at the till: it shows while the basket is open, stands on the receipt and in the journal, and is charged when
//! what it was given for comes back without it.

use std::time::Duration;

use vafa::config::Config;
use vafa::counter::{Counter, CounterError, Payment};
use vafa::loyalty::amount::{Money, Quantity};

use crate::shop::Shop;

const MUG: &str = "id = \"mug\"\nname = \"A mug from 20.00\"\n[[rule]]\nneeds = { contains = { amount = \"20.00\" } }\n\
                   gives = { gift = \"MUG\" }\n";

#[test]
fn a_gift_is_put_into_the_basket_and_charged_when_its_reason_comes_back() {
    let shop = Shop::with_points();
    shop.import(
        "products",
        "sku,name,categories,price\nBURGER,Burger,food,5.00\nMUG,Mug,mugs,8.00\n",
    );
    shop.publish(&[("mug.toml", MUG)]);
    let till = shop.till("till");
    let mut counter = Counter::open(&till.folder, &Config::default())
        .and_then(|counter| counter.with_sync(Duration::from_secs(60)))
        .expect("a counter");
    counter.scan("3*BURGER").expect("burgers");
    assert_eq!(counter.serving().basket.lines.len(), 1, "15.00 is too little");
    counter.scan("BURGER").expect("a burger");
    let serving = counter.serving();
    assert_eq!(serving.basket.lines.len(), 2);
    assert_eq!(serving.quote.lines.len(), 2);
    assert_eq!(serving.quote.total, Money::minor(2000));
    // It is nothing that the cashier scanned, and nothing that he could take out.
    assert!(matches!(counter.remove(1), Err(CounterError::Added { .. })));
    let more = counter.set_quantity(1, Quantity::whole(2));
    assert!(matches!(more, Err(CounterError::Added { .. })));
    counter.set_quantity(0, Quantity::whole(3)).expect("one less");
    assert_eq!(counter.serving().basket.lines.len(), 1, "it goes with its reason");
    counter.undo().expect("a step back");
    let done = counter.pay(Payment::Elsewhere).expect("a sale");
    assert_eq!(done.total, Money::minor(2000));
    assert!(done.receipt.join("\n").contains("Mug"), "{:?}", done.receipt);
    let found = counter.find(done.id.as_str()).expect("the sale");
    assert_eq!(found.lines.len(), 2);
    // The burgers come back, the mug does not: 20.00 less 8.00.
    let back = counter.take_back(&done.id, &[Quantity::whole(4), Quantity::ZERO]);
    assert_eq!(back.expect("a return").total, Money::minor(1200));
    drop(counter);
    till.sync().fine();
}
