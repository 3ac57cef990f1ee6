//! What all customers share, given at two tills that do not see each other: never more than there is, whatever happens to the
//! lines and the plugs.

use std::io::Read;
use std::process::Stdio;

use vafa::loyalty::quote::Reason;

use crate::rewards::counter;
use crate::shop::{Shop, Started, Till};

const LEA: &str = "900000000000000003";

const LUCKY: &str = r#"
id = "lucky"
name = "Lucky mug"

[reward.mug]
name = "mug"
stock = 3

[[rule]]
who = "members"
gives = { draw = "100 %", among = ["mug"] }
"#;

const FIVE: &str = r#"
id = "five"
name = "The first five"

[[rule]]
limit = { total = "5 times" }
gives = { off = "1.00", of = "basket" }
"#;

/// So many orders with names of their own.
fn orders(shop: &Shop, name: &str, many: usize) -> std::path::PathBuf {
    let rows: String = (0..many)
        .map(|n| format!("{name}{n},2026-02-10T12:00:00Z,north,{LEA},THING,1,12.00\n"))
        .collect();
    let text = format!("sale_id,at,site,card,sku,qty,unit_price\n{rows}");
    shop.write(&format!("{name}.csv"), text)
}

fn won(till: &Till) -> u64 {
    let of_sale = |line: &serde_json::Value| line["drawn"]["won"].as_array().map_or(0, Vec::len) as u64;
    till.export().iter().map(of_sale).sum()
}

fn reduced(till: &Till) -> u64 {
    let lines = till.export();
    let reduced = lines
        .iter()
        .filter(|line| line["discount_minor"].as_i64().is_some_and(|off| off > 0));
    reduced.count() as u64
}

fn why(till: &Till) -> Vec<Reason> {
    let mut counter = counter(till);
    counter.scan(LEA).expect("a card");
    counter.scan("BURGER").expect("goods");
    let declined = counter.declined();
    counter.clear().expect("an empty basket");
    declined.into_iter().map(|declined| declined.why).collect()
}

#[test]
fn three_mugs_are_won_three_times_whatever_two_tills_know_of_each_other() {
    let mut shop = Shop::with_points();
    shop.publish(&[("lucky.toml", LUCKY)]);
    let (one, two) = (shop.till("one"), shop.till("two"));
    one.sync().fine();
    two.sync().fine();
    shop.kill_server();
    // No line: each gives what it holds and no more.
    one.replay(&orders(&shop, "a", 4)).fine();
    two.replay(&orders(&shop, "b", 4)).fine();
    assert_eq!((won(&one), won(&two)), (1, 1));
    assert_eq!(why(&one), [Reason::GivenAway]);
    shop.open_server();
    // The third goes to who asks first; the other is told that there is none.
    one.sync().fine();
    two.sync().fine();
    one.replay(&orders(&shop, "c", 4)).fine();
    two.replay(&orders(&shop, "d", 4)).fine();
    for till in [&one, &two, &one, &two] {
        till.sync().fine();
    }
    assert_eq!((won(&one), won(&two)), (2, 1));
    let report = shop.report();
    assert_eq!(report["exceptions"], 0, "{report}");
    shop.has_sales(16);
}

#[test]
fn a_total_of_five_uses_holds_while_plugs_are_pulled_and_comes_back_with_a_return() {
    let shop = Shop::with_points();
    shop.publish(&[("five.toml", FIVE)]);
    let (one, two) = (shop.till("one"), shop.till("two"));
    let file = orders(&shop, "a", 40);
    let words = ["replay", file.to_str().expect("a path"), "--json"];
    for round in 0..4 {
        for till in [&one, &two] {
            // Some tills are killed in the middle of a round of sync, too.
            if round == 1 {
                let mut sync = Started::start(till.command(&["sync"]).stderr(Stdio::null()));
                std::thread::sleep(std::time::Duration::from_millis(150));
                sync.kill();
            }
            till.sync().fine();
        }
        let mut replay = Started::start(one.command(&words).stdout(Stdio::piped()).stderr(Stdio::null()));
        let mut some = vec![0; 300];
        let mut out = replay.child().stdout.take().expect("it is piped");
        let _ = out.read_exact(&mut some);
        replay.kill();
        two.replay(&orders(&shop, &format!("b{round}"), 2)).fine();
        assert!(reduced(&one) + reduced(&two) <= 5);
    }
    one.replay(&file).fine();
    for till in [&one, &two, &one, &two] {
        till.sync().fine();
    }
    two.replay(&orders(&shop, "c", 3)).fine();
    one.replay(&orders(&shop, "d", 3)).fine();
    assert_eq!(reduced(&one) + reduced(&two), 5, "each of the five was used");
    assert_eq!(why(&two), [Reason::GivenAway]);

    // A return gives the use back, to the till that took the goods back.
    let mut counter = counter(&two);
    let lines = two.export();
    let sale = lines
        .iter()
        .find(|line| line["discount_minor"].as_i64().is_some_and(|off| off > 0))
        .expect("a reduced sale");
    let found = counter
        .find(sale["id"].as_str().expect("an id"))
        .expect("the sale");
    let all: Vec<_> = found.lines.iter().map(|line| line.left).collect();
    counter.take_back(&found.id, &all).expect("a return");
    drop(counter);
    assert_eq!(why(&two), []);
    two.replay(&orders(&shop, "e", 2)).fine();
    assert_eq!(reduced(&one) + reduced(&two), 6);
    for till in [&one, &two] {
        till.sync().fine();
        till.verify().fine();
    }
    let report = shop.report();
    assert_eq!(report["exceptions"], 0, "{report}");
    shop.has_sales(40 + 8 + 6 + 2);
}
