//! Instant wins at real tills: decided with no line, never twice, and right when the server looks at them again.

use std::io::Read;
use std::process::Stdio;

use serde_json::Value;
use vafa::loyalty::member::Known;

use crate::rewards::{counter, sell, shop};
use crate::shop::{Shop, Started, Till};

const LEA: &str = "900000000000000003";

/// So many orders of ten and more, as a file to be rung up.
fn orders(shop: &Shop, many: usize) -> std::path::PathBuf {
    let rows: String = (0..many)
        .map(|n| format!("o{n},2026-02-10T12:00:00Z,north,{LEA},THING,1,12.00\n"))
        .collect();
    let text = format!("sale_id,at,site,card,sku,qty,unit_price\n{rows}");
    shop.write("orders.csv", text)
}

/// The draws of a journal: which seal, which turn, and how many things were won.
fn draws(till: &Till) -> Vec<(u64, u64, usize)> {
    let lines = till.export();
    let drawn = lines.iter().filter(|line| line["drawn"].is_object());
    drawn
        .map(|line| {
            let number = |key: &str| line["drawn"][key].as_u64().expect("a number");
            let won = line["drawn"]["won"].as_array().map_or(0, Vec::len);
            (number("commit"), number("number"), won)
        })
        .collect()
}

fn kinds(till: &Till, kind: &str) -> usize {
    let lines = till.export();
    lines.iter().filter(|line| line["kind"] == kind).count()
}

fn held(known: &Known) -> u64 {
    known.standing.entitlements.values().sum()
}

fn draws_of(shop: &Shop) -> Value {
    let report = shop.report();
    assert_eq!(report["exceptions"], 0, "{report}");
    report["draws"].clone()
}

#[test]
fn one_in_four_wins_and_the_server_finds_each_draw_right() {
    let shop = shop(&["s7-instant-win"]);
    let till = shop.till("one");
    till.sync().fine();
    let many = 270;
    assert_eq!(till.replay(&orders(&shop, many)).fine().answers().len(), many);
    let won: usize = draws(&till).iter().map(|(_, _, won)| won).sum();
    assert!((28..=110).contains(&won), "{won} of {many} at 25 %");
    // 250 sales by the first secret, which is shown then; the rest by the next.
    assert_eq!((kinds(&till, "draw_commit"), kinds(&till, "draw_reveal")), (2, 1));
    till.sync().fine();
    assert_eq!(
        draws_of(&shop),
        serde_json::json!({"decided": 270, "checked": 250, "wrong": 0})
    );
    let known = counter(&till).look_up(LEA).expect("a cache").expect("a member");
    assert_eq!(held(&known), won as u64);
    shop.has_sales(many);
}

#[test]
fn a_killed_till_draws_in_the_same_turn_again() {
    let shop = shop(&["s7-instant-win"]);
    let till = shop.till("one");
    till.sync().fine();
    let (many, file) = (120, orders(&shop, 120));
    let words = ["replay", file.to_str().expect("a path"), "--json"];
    for tries in 1..=4 {
        let mut command = till.command(&words);
        let mut replay = Started::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
        let mut out = replay.child().stdout.take().expect("it is piped");
        // The plug is pulled somewhere behind the first answers.
        let mut some = vec![0; 700 * tries];
        let _ = out.read_exact(&mut some);
        replay.kill();
    }
    till.replay(&file).fine();
    let drawn = draws(&till);
    let turns: Vec<u64> = drawn.iter().map(|(_, number, _)| *number).collect();
    assert_eq!(
        turns,
        (1..=many as u64).collect::<Vec<_>>(),
        "no turn is lost and none taken twice"
    );
    till.sync().fine();
    assert_eq!(draws_of(&shop)["decided"], many);
    shop.has_sales(many);
}

#[test]
fn to_cancel_and_begin_anew_draws_nothing_new_and_a_return_takes_the_prize_back() {
    let shop = shop(&["s7-instant-win"]);
    let till = shop.till("one");
    till.sync().fine();
    let mut counter = counter(&till);
    for _ in 0..5 {
        counter.scan("3*BURGER").expect("goods");
        counter.scan(LEA).expect("a card");
        let quote = counter.serving().quote;
        assert!(
            quote.draws.iter().all(|draw| draw.won.is_none()),
            "nobody knows before"
        );
        counter.clear().expect("an empty basket");
    }
    // One in four: that none of eighty wins does not happen.
    let mut sold = 0;
    let winner = loop {
        sold += 1;
        assert!(sold <= 80);
        for scan in ["3*BURGER", LEA] {
            counter.scan(scan).expect("goods or a card");
        }
        let done = counter.pay(vafa::counter::Payment::Elsewhere).expect("a sale");
        let said = done.drawn.join(" ");
        let is_printed = done.receipt.iter().any(|line| line.contains(&said));
        assert!(is_printed, "{said}: {:?}", done.receipt);
        if said.starts_with("You win: d") {
            break done.id;
        }
        assert_eq!(said, "No win this time");
    };
    let known = counter.look_up(LEA).expect("a cache").expect("a member");
    assert_eq!(held(&known), 1, "usable at once");
    let again = counter.last().expect("a journal").expect("a receipt");
    assert!(
        again.drawn[0].starts_with("You win: d"),
        "the same result on a second print"
    );
    let all: Vec<_> = counter
        .find(winner.as_str())
        .expect("the sale")
        .lines
        .iter()
        .map(|line| line.left)
        .collect();
    counter.take_back(&winner, &all).expect("a return");
    let known = counter.look_up(LEA).expect("a cache").expect("a member");
    assert_eq!(held(&known), 0);
    let (_, total) = sell(&mut counter, &["BURGER"]);
    assert!(total.units() < 1000, "an order that draws nothing");
    drop(counter);
    let turns: Vec<u64> = draws(&till).iter().map(|(_, number, _)| *number).collect();
    assert_eq!(turns, (1..=sold).collect::<Vec<_>>());
    till.sync().fine();
    assert_eq!(draws_of(&shop)["decided"], sold);
}
