//! Goods taken back at a till, with points, a discount card and new prices in between. The server must say the same.

use std::path::Path;
use std::time::Duration;

use vafa::config::Config;
use vafa::counter::view::Scanned;
use vafa::counter::{Counter, Payment};
use vafa::loyalty::amount::{Money, Quantity};
use vafa::loyalty::id::SaleId;

use crate::shop::{POINTS, Shop, Till};

const CARD: &str = include_str!("../../programs/s11-fixed-card.toml");
const GUM: &str = include_str!("../../programs/s12a-three-for-two.toml");
/// The one whose check digit a scanner would take.
const LEA: &str = "900000000000000003";

fn shop() -> Shop {
    let shop = Shop::with_points();
    shop.import("products", &goods("1600.00", "7.90", "0.99"));
    shop.publish(&[
        ("s1-points.toml", POINTS),
        ("s11-fixed-card.toml", CARD),
        ("s12a-three-for-two.toml", GUM),
    ]);
    shop
}

fn goods(laptop: &str, burger: &str, gum: &str) -> String {
    format!(
        "sku,name,categories,price\nLAPTOP,Laptop,computers,{laptop}\nBURGER,Burger,food,{burger}\nGUM,Gum,gum,{gum}\n"
    )
}

fn counter(till: &Till) -> Counter {
    let counter = Counter::open(&till.folder, &Config::default()).expect("a counter");
    counter.with_sync(Duration::from_secs(60)).expect("a line")
}

/// Sells, and answers the sale with what was paid.
fn sell(counter: &mut Counter, scans: &[&str]) -> (SaleId, Money) {
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

#[test]
fn the_counter_never_repeats_a_payment_card() {
    let shop = Shop::with_points();
    let till = shop.till("till");
    let mut counter = counter(&till);
    for scan in [
        "4111111111111111",
        "3*4111111111111111",
        "]Q14111.1111.1111.1111 12/25 123",
        "]C1214111111111111111x",
        ";4111111111111112=2512?",
        "]Q14111111111111112",
        "card 41111111 1111-1112",
    ] {
        let told = counter.scan(scan).expect_err("no goods and no card");
        let shown = format!("{told} {told:?}");
        assert!(!shown.contains("1111"), "{scan}: {shown}");
    }
    let told = counter.find("4111111111111111").expect_err("no sale");
    assert!(told.to_string().contains("no sale that number:"), "{told}");
}

fn all_of(counter: &Counter, sale: &SaleId) -> Vec<Quantity> {
    let recorded = counter.find(sale.as_str()).expect("it is here");
    recorded.lines.iter().map(|line| line.left).collect()
}

fn sync(counter: &mut Counter) {
    counter.sync_once(|_| {}).expect("a good line");
}

/// Nothing is left of anything: neither here nor in the books.
#[track_caller]
fn back_to_nothing(shop: &Shop, counter: &mut Counter) {
    let standing = counter
        .look_up(LEA)
        .expect("the files")
        .expect("Lea is known")
        .standing;
    assert!(
        standing.purses.values().all(|points| points.is_zero()),
        "{standing:?}"
    );
    assert!(standing.memberships.is_empty(), "{standing:?}");
    sync(counter);
    sync(counter);
    let standing = counter
        .look_up(LEA)
        .expect("the files")
        .expect("Lea is known")
        .standing;
    assert!(
        standing.purses.values().all(|points| points.is_zero()),
        "{standing:?}"
    );
    assert!(standing.memberships.is_empty(), "{standing:?}");
    let balances = shop.books().balances().expect("the books");
    assert!(
        balances
            .values()
            .flat_map(|purses| purses.values())
            .all(|points| points.is_zero()),
        "{balances:?}"
    );
    assert_eq!(memberships(&shop.office().join("server.db")), 0);
    assert_eq!(shop.books().audit().expect("the books"), Vec::<String>::new());
}

fn memberships(books: &Path) -> i64 {
    let books = rusqlite::Connection::open(books).expect("the books");
    let sql = "SELECT count(*) FROM membership";
    books.query_row(sql, [], |row| row.get(0)).expect("an answer")
}

#[test]
fn c10_what_is_taken_back_whole_leaves_no_points_and_no_card_at_till_and_server() {
    let shop = shop();
    let till = shop.till("till");
    let mut counter = counter(&till);
    let (first, paid) = sell(&mut counter, &["LAPTOP", LEA]);
    assert_eq!(paid, Money::minor(160_000));
    sync(&mut counter);
    assert_eq!(shop.points_of("lea").to_string(), "160");
    // The card counts from this one on: 5 % off 1 607.90 is 80.395, which is 80.40.
    let (second, paid) = sell(&mut counter, &["LAPTOP", "BURGER", LEA]);
    assert_eq!(paid, Money::minor(152_750));
    sync(&mut counter);
    assert_eq!(shop.points_of("lea").to_string(), "312");
    for (sale, paid) in [(second, 152_750), (first, 160_000)] {
        let all = all_of(&counter, &sale);
        let done = counter.take_back(&sale, &all).expect("a return");
        assert_eq!(done.total, Money::minor(paid));
        assert!(
            counter.take_back(&sale, &all).is_err(),
            "nothing is taken back twice"
        );
    }
    back_to_nothing(&shop, &mut counter);
    shop.has_sales(2);
}

#[test]
fn c10_sale_and_return_that_travel_together_leave_nothing_either() {
    let shop = shop();
    let till = shop.till("till");
    let mut counter = counter(&till);
    sync(&mut counter);
    let (sale, _) = sell(&mut counter, &["LAPTOP", "3*GUM", LEA]);
    let all = all_of(&counter, &sale);
    counter.take_back(&sale, &all).expect("a return");
    back_to_nothing(&shop, &mut counter);
    assert_eq!(shop.report()["entries"], 2);
}

#[test]
fn c15_parts_taken_back_at_new_prices_and_under_new_programs_come_to_what_was_paid() {
    let shop = shop();
    let till = shop.till("till");
    let mut counter = counter(&till);
    let (card, _) = sell(&mut counter, &["LAPTOP", LEA]);
    // Three for two, and 5 % off what is left: 3 x 0.99 - 0.99 + 2 x 7.90 = 17.78, less 0.89.
    let (sale, paid) = sell(&mut counter, &["3*GUM", "2*BURGER", LEA]);
    assert_eq!(paid, Money::minor(1_689));
    let (alone, alone_paid) = sell(&mut counter, &["4*GUM", "BURGER"]);
    assert_eq!(alone_paid, Money::minor(297 + 790));
    sync(&mut counter);

    shop.import("products", &goods("1.00", "15.00", "9.90"));
    let (dear, few) = (
        POINTS.replace("points = 1,", "points = 9,"),
        GUM.replace("every = 3", "every = 2"),
    );
    assert!(dear != POINTS && few != GUM);
    shop.publish(&[("s1-points.toml", &dear), ("s12a-three-for-two.toml", &few)]);
    sync(&mut counter);
    assert_eq!(counter.health().bundle, 3 + 1, "the new programs are here");

    // (gum, burgers) one step after the other; each sale is given back in another order.
    let one = |i: usize, lines: usize| -> Vec<Quantity> {
        (0..lines)
            .map(|n| if n == i { Quantity::ONE } else { Quantity::ZERO })
            .collect()
    };
    for (sale, paid, steps) in [
        (&sale, paid, vec![0, 1, 0, 1, 0]),
        (&alone, alone_paid, vec![0, 0, 1, 0, 0]),
    ] {
        let mut sum = Money::ZERO;
        for (n, line) in steps.into_iter().enumerate() {
            let quantities = one(line, 2);
            let quoted = counter.quote_return(sale, &quantities).expect("a quote");
            let done = counter.take_back(sale, &quantities).expect("a return");
            assert_eq!(done.total, quoted);
            let dearest = if line == 0 { 99 } else { 790 };
            assert!(
                done.total >= Money::ZERO && done.total <= Money::minor(dearest),
                "{:?}",
                done.total
            );
            sum += done.total;
            assert!(sum <= paid);
            if n == 1 {
                // The till is closed in between, and the line is up.
                drop(counter);
                till.sync().fine();
                counter = self::counter(&till);
            }
        }
        assert_eq!(sum, paid, "the parts come to what was paid");
        assert!(
            counter.take_back(sale, &one(0, 2)).is_err(),
            "there is nothing left"
        );
    }
    let all = all_of(&counter, &card);
    counter.take_back(&card, &all).expect("a return");
    back_to_nothing(&shop, &mut counter);
    shop.has_sales(3);
}

#[test]
fn a_card_that_two_tills_promised_survives_the_return_of_one_sale() {
    let shop = shop();
    let (first, second) = (shop.till("a"), shop.till("b"));
    let (mut a, mut b) = (counter(&first), counter(&second));
    sync(&mut a);
    sync(&mut b);
    // Neither till knows of the other's sale, and both receipts promise the card.
    let _kept = sell(&mut a, &["LAPTOP", LEA]);
    let (returned, _) = sell(&mut b, &["LAPTOP", LEA]);
    sync(&mut a);
    sync(&mut b);
    let all = all_of(&b, &returned);
    b.take_back(&returned, &all).expect("a return");
    sync(&mut b);
    sync(&mut a);
    let (_, total) = sell(&mut a, &["LAPTOP", LEA]);
    assert_eq!(total, Money::minor(152_000), "5 % off 1 600.00");
}

#[test]
fn a_membership_that_ended_begins_again_with_the_next_purchase() {
    let shop = Shop::with_points();
    shop.publish(&[(
        "club.toml",
        r#"
id = "club"
name = "Club of the month"
[membership.club]
months = 1
[[rule]]
who = "members"
needs = { total = "100.00" }
gives = { membership = "club" }
[[rule]]
who = { holds = "club" }
gives = { off = "10 %", of = "basket" }
"#,
    )]);
    let till = shop.till("a");
    let day = |id: u32, at: &str, price: &str| {
        format!("sale_id,at,site,card,sku,qty,unit_price\n{id},{at}T12:00:00,north,{LEA},THING,1,{price}\n")
    };
    let rows = [
        ("2026-01-10", "200.00", "200.00"),
        ("2026-03-10", "200.00", "200.00"),
        ("2026-03-12", "100.00", "90.00"),
    ];
    for (id, (at, price, total)) in (1..).zip(rows) {
        let file = shop.write("sales.csv", day(id, at, price));
        let answer = till.replay(&file).fine().answer();
        assert_eq!(answer["total"], total, "on {at}");
        till.sync().fine();
    }
}
