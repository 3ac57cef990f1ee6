//! What members do outside of a sale, who sells, and who approves, over a real server and two tills: it is recorded with no
//! line, arrives once, and what two tills gave beyond a limit is borne by the shop and not by the customer.

use std::collections::BTreeMap;
use std::time::Duration;

use vafa::config::Config;
use vafa::counter::view::{Done, Told};
use vafa::counter::{Counter, CounterError, Payment};
use vafa::loyalty::amount::{Points, Quantity};
use vafa::loyalty::engine::{Asks, Attribute};
use vafa::loyalty::id::PurseId;
use vafa::loyalty::member::Change;

use crate::shop::{Shop, Till};

const ANA: &str = "900000000000000001";
const BEN: &str = "900000000000000002";
const LEA: &str = "900000000000000003";

fn shop(programs: &[&str]) -> Shop {
    let shop = Shop::with_points();
    shop.import(
        "products",
        "sku,name,categories,price\nTICKET-BUSINESS,Business class,tickets,900.00\nSPECIAL,Special order,special,\n\
         COFFEE,Coffee,drinks,2.50\n",
    );
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let texts: Vec<(String, String)> = programs
        .iter()
        .map(|id| {
            let name = format!("{id}.toml");
            let text = std::fs::read_to_string(folder.join(&name)).expect("a program");
            (name, text)
        })
        .collect();
    let files: Vec<(&str, &str)> = texts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    shop.publish(&files);
    shop
}

fn counter(till: &Till) -> Counter {
    let counter = Counter::open(&till.folder, &Config::default()).expect("a counter");
    counter.with_sync(Duration::from_secs(60)).expect("a line")
}

fn told(kind: &str, many: i64, attributes: &[(&str, &str)]) -> Told {
    let attributes = attributes
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Told {
        kind: kind.to_owned(),
        quantity: Quantity::whole(many),
        attributes: attributes.collect(),
    }
}

/// Records it for the member of a card, and forgets him.
fn record(till: &Till, card: &str, told: &Told) -> Done {
    let mut counter = counter(till);
    counter.scan(card).expect("a card");
    let gives = counter.quote_activity(told).expect("a quote");
    let done = counter.record_activity(&gives.id, &gives.told).expect("an entry");
    counter.clear().expect("an empty basket");
    done
}

/// What a till shows of a member's purse and of what he holds.
fn stands(till: &Till, card: &str, purse: &str) -> (String, BTreeMap<String, u64>) {
    let mut counter = counter(till);
    counter.scan(card).expect("a card");
    let standing = counter.serving().buyer.expect("a buyer").standing;
    counter.clear().expect("an empty basket");
    let held = standing.entitlements.iter();
    (
        standing
            .balance(&PurseId::parse(purse).expect("a name"))
            .to_string(),
        held.map(|(reward, many)| (reward.to_string(), *many)).collect(),
    )
}

/// What came from the shop's exposure, in whole units.
fn exposed(shop: &Shop) -> Points {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let books =
        rusqlite::Connection::open_with_flags(shop.office().join("server.db"), flags).expect("the books");
    let sql = "SELECT COALESCE(SUM(amount), 0) FROM transfer JOIN account ON account.id = transfer.source
               WHERE account.name = 'exposure'";
    Points::thousandths(books.query_row(sql, [], |row| row.get(0)).expect("a sum"))
}

fn exceptions(shop: &Shop) -> Vec<String> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let books =
        rusqlite::Connection::open_with_flags(shop.office().join("server.db"), flags).expect("the books");
    let mut codes = books
        .prepare("SELECT code FROM entry WHERE outcome = 1 ORDER BY number")
        .expect("a question");
    let codes = codes.query_map([], |row| row.get(0)).expect("an answer");
    codes.collect::<Result<_, _>>().expect("rows")
}

#[test]
fn pots_brought_to_one_till_are_a_mask_at_the_other() {
    let mut shop = shop(&["s14b-packaging"]);
    let (one, two) = (shop.till("one"), shop.till("two"));
    shop.kill_server();
    let mut first = counter(&one);
    assert!(matches!(
        first.quote_activity(&told("packaging-return", 7, &[])),
        Err(CounterError::NoMember)
    ));
    first.scan(LEA).expect("a card");
    first.scan("COFFEE").expect("goods");
    let gives = first
        .quote_activity(&told("packaging-return", 7, &[]))
        .expect("a quote");
    let done = first.record_activity(&gives.id, &gives.told).expect("an entry");
    let paper = done.receipt.join("\n");
    assert!(paper.contains("packaging-return"), "{paper}");
    assert!(
        paper.contains("pots earned") && paper.contains("For you: 1 mask"),
        "{paper}"
    );
    let again = first
        .record_activity(&gives.id, &gives.told)
        .expect("the same entry");
    assert!(
        again.was_before && again.id == done.id,
        "a double press is one activity"
    );
    assert_eq!(
        first.serving().basket.lines.len(),
        1,
        "the open basket is still there"
    );
    let printed = first.last().expect("a journal").expect("a receipt");
    assert!(
        printed.receipt.join("\n").contains("DUPLICATE"),
        "F9 prints it again"
    );
    for wrong in [
        told("packaging-return", 0, &[]),
        told("packaging-return", 100_001, &[]),
        told("bribe", 1, &[]),
    ] {
        assert!(first.quote_activity(&wrong).is_err(), "{wrong:?}");
    }
    first.clear().expect("an empty basket");
    drop(first);
    let one_mask = BTreeMap::from([("mask".to_owned(), 1)]);
    assert_eq!(
        stands(&one, LEA, "pots"),
        ("2".to_owned(), one_mask.clone()),
        "without a line"
    );
    one.holds(1);
    shop.open_server();
    one.sync().fine();
    two.sync().fine();
    assert_eq!(stands(&two, LEA, "pots"), ("2".to_owned(), one_mask));
    assert_eq!((exposed(&shop), exceptions(&shop)), (Points::ZERO, vec![]));
    shop.has_sales(0);
}

#[test]
fn c_what_two_tills_gave_over_a_limit_is_kept_and_the_shop_bears_it() {
    let mut shop = shop(&["b9-store-dollars", "b7-hobby"]);
    let (one, two) = (shop.till("one"), shop.till("two"));
    shop.kill_server();
    for till in [&one, &two] {
        let paper = record(till, LEA, &told("cartridge-return", 80, &[]))
            .receipt
            .join("\n");
        assert!(paper.contains("+80"), "{paper}");
        let paper = record(till, BEN, &told("course-finished", 1, &[("course", "tyres")]));
        assert!(paper.receipt.join("\n").contains("+200"), "{paper:?}");
    }
    // Each till keeps to the limit as far as it sees.
    let paper = record(&one, LEA, &told("cartridge-return", 80, &[]))
        .receipt
        .join("\n");
    assert!(paper.contains("+20"), "{paper}");
    let paper = record(&one, BEN, &told("course-finished", 1, &[("course", "tyres")]));
    assert!(paper.receipt.join("\n").contains("nothing more"), "{paper:?}");
    shop.open_server();
    one.sync().fine();
    two.sync().fine();
    one.sync().fine();
    // 180 were promised and 100 are the limit; the course counts once and was promised twice.
    assert_eq!(stands(&one, LEA, "store-dollars").0, "180");
    assert_eq!(stands(&two, BEN, "points").0, "400");
    assert_eq!(exposed(&shop), Points::whole(80 + 200));
    assert_eq!(exceptions(&shop), ["over_limit", "over_limit"]);
    shop.has_sales(0);
    let mut counter = counter(&two);
    counter.scan(LEA).expect("a card");
    let gives = counter
        .quote_activity(&told("cartridge-return", 1, &[]))
        .expect("a quote");
    assert!(
        !gives
            .changes
            .iter()
            .any(|change| matches!(change, Change::Earn { .. })),
        "the month is full at every till: {gives:?}"
    );
}

#[test]
fn a_friend_is_named_by_his_card_and_both_get_their_points() {
    let shop = shop(&["s17-referral"]);
    let (one, two) = (shop.till("one"), shop.till("two"));
    let asks = |asks| Attribute {
        name: "friend".to_owned(),
        asks,
    };
    let mut first = counter(&one);
    first.scan(ANA).expect("a card");
    let friend = first.read_attribute(&asks(Asks::Member), BEN).expect("a member");
    assert_eq!(friend, "ben");
    for (wanted, text) in [
        (Asks::Member, "900000000000009999"),
        (Asks::Member, "4111111111111111"),
        (Asks::Text, "4111 1111 1111 1111"),
        (Asks::Text, ""),
        (Asks::Number, "0"),
        (Asks::Number, "two"),
    ] {
        let refused = first.read_attribute(&asks(wanted), text).expect_err("not that");
        assert!(!refused.to_string().contains("1111"), "{refused}");
    }
    drop(first);
    record(&one, ANA, &told("referral", 1, &[("friend", &friend)]));
    one.sync().fine();
    two.sync().fine();
    let mut second = counter(&two);
    second.scan(BEN).expect("a card");
    second.scan("COFFEE").expect("goods");
    second.pay(Payment::Elsewhere).expect("a sale");
    drop(second);
    two.sync().fine();
    one.sync().fine();
    assert_eq!(stands(&one, ANA, "points").0, "100");
    assert_eq!(stands(&one, BEN, "points").0, "100");
    shop.has_sales(1);
}

#[test]
fn who_sells_earns_and_the_customers_account_is_untouched() {
    let shop = shop(&["b4-agent"]);
    let till = shop.till("one");
    let mut counter = counter(&till);
    counter.scan(ANA).expect("a card");
    counter.scan("TICKET-BUSINESS").expect("goods");
    let refused = counter.name_agent("COFFEE").expect_err("no card");
    assert!(refused.to_string().contains("COFFEE"), "{refused}");
    counter.name_agent(LEA).expect("a member");
    assert_eq!(counter.serving().agent.as_deref(), Some("Lea"));
    counter.forget_agent().expect("nobody");
    assert_eq!(counter.serving().agent, None);
    counter.undo().expect("a step back");
    assert_eq!(counter.serving().agent.as_deref(), Some("Lea"));
    counter.pay(Payment::Elsewhere).expect("a sale");
    assert_eq!(
        counter.serving().agent,
        None,
        "the next customer has nobody's agent"
    );
    drop(counter);
    till.sync().fine();
    till.sync().fine();
    assert_eq!(stands(&till, LEA, "miles").0, "500");
    assert_eq!(stands(&till, ANA, "miles").0, "0");
    shop.has_sales(1);
}

#[test]
fn a_special_order_waits_for_somebody_who_answers_for_it() {
    let shop = shop(&["b11-special-order"]);
    let till = shop.till("one");
    let mut counter = counter(&till);
    let goods = match counter.scan("SPECIAL").expect("goods") {
        vafa::counter::view::Scanned::AskPrice(goods, _) => *goods,
        other => panic!("{other:?}"),
    };
    let price = vafa::loyalty::amount::Price::parse("1200.00").expect("a price");
    let named = |name: &str| vafa::loyalty::goods::Goods {
        name: name.to_owned(),
        ..goods.clone()
    };
    let refused = counter.add_at_price(named("4111 1111 1111 1111"), price, Quantity::ONE);
    assert!(refused.is_err(), "a payment card is no name of goods");
    counter
        .add_at_price(named("Oak door 2 m"), price, Quantity::ONE)
        .expect("a line");
    assert!(matches!(
        counter.pay(Payment::Elsewhere),
        Err(CounterError::NeedsApproval)
    ));
    for wrong in ["", "4111111111111111", "a\u{1b}p"] {
        assert!(
            counter.pay_approved(Payment::Elsewhere, Some(wrong)).is_err(),
            "{wrong:?}"
        );
    }
    let done = counter
        .pay_approved(Payment::Elsewhere, Some("Ravi Kumar"))
        .expect("a sale");
    let paper = done.receipt.join("\n");
    assert!(
        paper.contains("Oak door 2 m") && paper.contains("Ravi Kumar"),
        "{paper}"
    );
    counter.scan("COFFEE").expect("goods");
    counter
        .pay_approved(Payment::Elsewhere, Some("Ravi Kumar"))
        .expect("a sale");
    drop(counter);
    let names: Vec<_> = till
        .export()
        .iter()
        .map(|entry| entry["approved_by"].clone())
        .collect();
    assert_eq!(
        names,
        [serde_json::json!("Ravi Kumar"), serde_json::Value::Null],
        "what needs no approval keeps no name"
    );
    till.sync().fine();
    shop.has_sales(2);
}

#[test]
fn the_catalogue_says_what_a_member_could_have_and_why_not() {
    let shop = shop(&["b7-hobby", "s5-repair"]);
    shop.import("balances", "member,purse,amount\nlea,points,400\n");
    let till = shop.till("one");
    let mut counter = counter(&till);
    let said = |counter: &Counter| -> Vec<String> {
        let offered = counter.catalogue().into_iter();
        offered
            .map(|one| {
                let why = one.why_not.unwrap_or_else(|| "yes".to_owned());
                format!("{} {}: {why}", one.name, one.costs.unwrap_or_default())
            })
            .collect()
    };
    assert!(
        said(&counter)[0].ends_with("only for a member who is known here"),
        "{:?}",
        said(&counter)
    );
    counter.scan(LEA).expect("a card");
    assert_eq!(
        said(&counter),
        [
            "fishing rod 300 points: only for members who like fishing",
            "garden set 300 points: only for members who like garden",
            "free repair 500 points: repair costs 500 points, 400 are there",
        ]
    );
}

#[test]
fn a_partners_buyer_is_met_with_his_perks_and_whom_to_call() {
    let shop = shop(&["b3-perks", "s5-repair"]);
    shop.import(
        "members",
        "id,card,name,organisation\nkim,900000000000000004,Kim,Acme Ltd\n",
    );
    shop.import("products", "sku,name,price\nPRESS,Printing press,100000.00\n");
    let till = shop.till("one");
    let mut counter = counter(&till);
    counter.scan("900000000000000004").expect("a card");
    counter.scan("PRESS").expect("goods");
    assert_eq!(
        counter.serving().quote.messages,
        Vec::<String>::new(),
        "the sale is judged by the tier before it"
    );
    counter.pay(Payment::Elsewhere).expect("a sale");
    drop(counter);
    till.sync().fine();
    till.sync().fine();
    let mut counter = self::counter(&till);
    counter.scan("900000000000000004").expect("a card");
    counter.scan("COFFEE").expect("goods");
    let serving = counter.serving();
    let buyer = serving.buyer.expect("Kim");
    assert_eq!(buyer.organisation.as_deref(), Some("Acme Ltd"));
    let tiers: Vec<_> = buyer
        .tiers
        .iter()
        .map(|(ladder, tier)| format!("{ladder}: {tier}"))
        .collect();
    assert_eq!(tiers, ["partners: partner"]);
    assert_eq!(serving.quote.messages.len(), 2);
    assert!(
        serving.quote.messages[1].contains("0800 100 200"),
        "{:?}",
        serving.quote.messages
    );
}
