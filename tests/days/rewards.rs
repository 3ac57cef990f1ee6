//! Stamps, tiers, paid memberships and limits over a real server and two tills: each sees what the other one's sales did
//! as soon as both have synced, and a return takes all of it back.

use std::time::Duration;

use vafa::config::Config;
use vafa::counter::view::Scanned;
use vafa::counter::{Counter, CounterError, Payment};
use vafa::loyalty::amount::Money;

use crate::shop::{Shop, Till};

const LEA: &str = "900000000000000003";

pub fn shop(programs: &[&str]) -> Shop {
    let shop = Shop::with_points();
    shop.import(
        "products",
        "sku,name,categories,price\nBURGER,Burger,food,5.00\nFLIGHT,Flight,travel,4000.00\n\
         PRIME-YEAR,Prime,club,99.00\nDELIVERY,Delivery,club,4.90\nVAULT,Vault,members-only,10.00\n",
    );
    publish(&shop, programs);
    shop
}

/// Publishes programs of the repository.
pub fn publish(shop: &Shop, programs: &[&str]) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let read = |id: &&str| std::fs::read_to_string(folder.join(format!("{id}.toml"))).expect("a program");
    let texts: Vec<(String, String)> = programs
        .iter()
        .map(|id| (format!("{id}.toml"), read(id)))
        .collect();
    let files: Vec<(&str, &str)> = texts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    shop.publish(&files);
}

pub fn counter(till: &Till) -> Counter {
    let counter = Counter::open(&till.folder, &Config::default()).expect("a counter");
    counter.with_sync(Duration::from_secs(60)).expect("a line")
}

pub fn sell(counter: &mut Counter, scans: &[&str]) -> (vafa::loyalty::id::SaleId, Money) {
    for scan in scans {
        let scanned = counter.scan(scan).expect("goods or a card");
        assert!(
            matches!(scanned, Scanned::Goods(_) | Scanned::Buyer),
            "{scan}: {scanned:?}"
        );
    }
    let done = counter.pay(Payment::Elsewhere).expect("a sale");
    (done.id, done.total)
}

fn cents(units: i64) -> Money {
    Money::minor(units)
}

#[test]
fn stamps_of_one_till_free_a_burger_at_the_other() {
    let shop = shop(&["s2a-eleventh-free"]);
    let (one, two) = (shop.till("one"), shop.till("two"));
    let mut first = counter(&one);
    assert_eq!(sell(&mut first, &[LEA, "10*BURGER"]).1, cents(5000));
    drop(first);
    one.sync().fine();
    two.sync().fine();
    let mut second = counter(&two);
    let (free, total) = sell(&mut second, &["BURGER", LEA]);
    assert_eq!(total, cents(0));
    drop(second);
    two.sync().fine();
    assert_eq!(shop.points_of("lea"), vafa::loyalty::amount::Points::ZERO);
    let mut second = counter(&two);
    let all = second
        .find(free.as_str())
        .expect("the sale")
        .lines
        .iter()
        .map(|line| line.left)
        .collect::<Vec<_>>();
    second.take_back(&free, &all).expect("a return");
    drop(second);
    two.sync().fine();
    assert_eq!(shop.points_of("lea"), vafa::loyalty::amount::Points::whole(10));
    shop.has_sales(2);
}

#[test]
fn a_tier_reached_at_one_till_counts_at_the_other_and_goes_back_with_its_sale() {
    let shop = shop(&["s3-flying-club"]);
    let (one, two) = (shop.till("one"), shop.till("two"));
    let earned = |till: &Till| {
        let mut counter = counter(till);
        counter.scan(LEA).expect("a card");
        counter.scan("BURGER").expect("goods");
        let quote = counter.serving().quote;
        counter.clear().expect("an empty basket");
        quote.changes.iter().find_map(|change| match change {
            vafa::loyalty::member::Change::Earn { amount, .. } => Some(amount.to_string()),
            _ => None,
        })
    };
    let mut first = counter(&one);
    let (flight, _) = sell(&mut first, &[LEA, "FLIGHT"]);
    drop(first);
    // At once where it was reached, without a line.
    assert_eq!(earned(&one).as_deref(), Some("7"));
    assert_eq!(earned(&two).as_deref(), Some("5"));
    one.sync().fine();
    two.sync().fine();
    assert_eq!(earned(&two).as_deref(), Some("7"));
    let mut first = counter(&one);
    let all = first
        .find(flight.as_str())
        .expect("the sale")
        .lines
        .iter()
        .map(|line| line.left)
        .collect::<Vec<_>>();
    first.take_back(&flight, &all).expect("a return");
    drop(first);
    assert_eq!(earned(&one).as_deref(), Some("5"));
    one.sync().fine();
    two.sync().fine();
    assert_eq!(earned(&two).as_deref(), Some("5"));
    shop.has_sales(1);
}

#[test]
fn a_paid_membership_counts_in_its_own_sale_and_goods_are_kept_for_it() {
    let shop = shop(&["s4-prime"]);
    let till = shop.till("one");
    let mut counter = counter(&till);
    counter.scan("VAULT").expect("goods");
    counter.scan(LEA).expect("a card");
    let refused = counter.pay(Payment::Elsewhere).expect_err("kept for members");
    assert!(matches!(refused, CounterError::Reserved { .. }), "{refused}");
    assert!(refused.to_string().contains("prime"), "{refused}");
    counter.scan("PRIME-YEAR").expect("goods");
    counter.scan("DELIVERY").expect("goods");
    let done = counter.pay(Payment::Elsewhere).expect("a sale");
    assert_eq!(done.total, cents(10_900), "delivery is free in the same basket");
    assert_eq!(sell(&mut counter, &[LEA, "DELIVERY"]).1, cents(0));
    drop(counter);
    till.sync().fine();
    shop.has_sales(2);
}

#[test]
fn every_program_of_the_repository_is_published() {
    let shop = Shop::with_points();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let mut published = 0;
    for file in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = file.path();
        let name = file.file_name().to_string_lossy().into_owned();
        if let Some(id) = name.strip_suffix(".toml").filter(|_| path.is_file()) {
            publish(&shop, &[id]);
            published += 1;
        }
    }
    assert!(published >= 30, "{published} programs");
}
