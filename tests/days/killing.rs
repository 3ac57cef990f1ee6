//! Power cuts: the till, the line's process and the server are killed again and again, at moments that a seed chooses.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::middleman::{Middleman, Mood};
use crate::sales::{Recorded, STRANGE_CARD, Seeded};
use crate::shop::{Shop, Started, Till, soon};
use vafa::loyalty::amount::Points;

/// Starts a replay and kills it after so many printed sales and a moment more. Answers what it printed until then.
fn replay_killed(till: &Till, file: &Path, after: u64, moment: Duration) -> Vec<Value> {
    let words = ["replay", file.to_str().expect("a path"), "--json"];
    let mut command = till.command(&words);
    let mut replay = Started::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
    let out = replay.child().stdout.take().expect("it is piped");
    let mut lines = BufReader::new(out).lines();
    let mut printed = Vec::new();
    let mut take = |line: Option<std::io::Result<String>>| {
        let line = line.transpose().expect("text")?;
        printed.push(serde_json::from_str(&line).expect("a printed sale is a whole line"));
        Some(())
    };
    for _ in 0..after {
        if take(lines.next()).is_none() {
            break;
        }
    }
    std::thread::sleep(moment);
    replay.kill();
    while take(lines.next()).is_some() {}
    printed
}

/// Every printed sale is in the journal: once, in order, with its id and number; and it came to what the file says.
fn printed_is_in_the_journal(printed: &[Value], till: &Till, recorded: &Recorded) {
    let totals: BTreeMap<&str, &str> = recorded
        .sales
        .iter()
        .map(|(id, total)| (&**id, &**total))
        .collect();
    let entries = till.export();
    let by_seq: BTreeMap<u64, &Value> = entries
        .iter()
        .map(|entry| (entry["seq"].as_u64().expect("a number"), entry))
        .collect();
    let mut last = 0;
    for sale in printed {
        let seq = sale["seq"].as_u64().expect("a number");
        assert!(seq > last, "{sale} was printed after entry {last}");
        last = seq;
        let entry = by_seq[&seq];
        assert_eq!((&entry["id"], &entry["source"]), (&sale["sale"], &sale["source"]));
        let source = sale["source"].as_str().expect("text");
        assert_eq!(sale["total"], totals[source], "{sale}");
        let minor = entry["total_minor"].as_i64().expect("a number");
        assert_eq!(format!("{}.{:02}", minor / 100, minor % 100), totals[source]);
    }
}

#[test]
fn c5_a_receipt_is_printed_only_for_a_sale_that_a_power_cut_cannot_take() {
    let shop = Shop::with_points();
    let till = shop.till("till");
    let recorded = Recorded::of(5, 400);
    let file = shop.write("sales.csv", &recorded.csv);
    let mut chance = Seeded::new(50);
    let mut printed = Vec::new();
    for cut in 0..9 {
        let after = if cut == 2 { 0 } else { 10 + chance.below(50) };
        let moment = Duration::from_micros(chance.below(if after == 0 { 40_000 } else { 4_000 }));
        let now = replay_killed(&till, &file, after, moment);
        printed.extend(now);
        let entries = till.export().len();
        till.holds(entries);
        assert!(
            entries >= printed.len() && entries <= printed.len() + cut + 1,
            "at most the sale that was being printed is unprinted: {entries} recorded, {} printed after cut {cut}",
            printed.len()
        );
        printed_is_in_the_journal(&printed, &till, &recorded);
    }
    printed.extend(till.replay(&file).fine().answers());
    printed_is_in_the_journal(&printed, &till, &recorded);
    till.holds(400);
    let sources: Vec<Value> = till
        .export()
        .into_iter()
        .map(|mut entry| entry["source"].take())
        .collect();
    let wanted: Vec<Value> = recorded
        .sales
        .iter()
        .map(|(id, _)| Value::from(id.as_str()))
        .collect();
    assert_eq!(sources, wanted);
    assert_eq!(
        till.replay(&file).fine().out,
        "",
        "what is recorded is not rung up again"
    );
    till.sync().fine();
    shop.has_sales(400);
    let before = (till.export(), shop.stored());
    till.sync().fine();
    assert_eq!(
        (till.export(), shop.stored()),
        before,
        "a second sync changes nothing"
    );
    earned_once(&shop, &recorded);
}

/// The server's books hold each sale's points once; those of the strange card come to whoever it is given to.
fn earned_once(shop: &Shop, recorded: &Recorded) {
    shop.import("members", &format!("id,card\nstranger,{STRANGE_CARD}\n"));
    for (member, points) in &recorded.points {
        assert_eq!(shop.points_of(member), Points::whole(*points), "{member}");
    }
    shop.has_sales(recorded.sales.len());
}

#[test]
fn c1_sales_that_are_delivered_again_and_again_count_once() {
    let mut shop = Shop::with_points();
    let middleman = Middleman::before(shop.address());
    let till = shop.till_at(shop.path().join("till"), &middleman.url());
    let mut chance = Seeded::new(1);
    let parts: Vec<Recorded> = (1..=8).map(|part| Recorded::of(part, 60)).collect();
    let start_sync = |till: &Till| {
        let mut command = till.command(&["sync", "--once"]);
        Started::start(command.stdout(Stdio::null()).stderr(Stdio::null()))
    };
    for (n, part) in parts.iter().enumerate() {
        let file = shop.write("part.csv", &part.csv);
        till.replay(&file).fine();
        let waiting = till.waiting();
        match n {
            // The server has them, and the till is dead before it hears so.
            0 | 1 => {
                let answered = middleman.answered();
                middleman.turns("/v1/push", Mood::Keeps);
                let mut sync = start_sync(&till);
                soon("the server's answer", || middleman.answered() > answered);
                sync.kill();
                assert_eq!(shop.report()["sales"], (n as u64 + 1) * 60);
            }
            // The till dies somewhere in the round.
            2 | 3 => {
                let asked = middleman.asked();
                middleman.turns("/v1/push", Mood::Half);
                let mut sync = start_sync(&till);
                soon("the push", || middleman.asked() > asked);
                std::thread::sleep(Duration::from_micros(chance.below(150_000)));
                sync.kill();
            }
            // The server dies while it takes them in.
            _ => {
                let asked = middleman.asked();
                middleman.turns("/v1/push", Mood::Half);
                let mut sync = start_sync(&till);
                soon("the push", || middleman.asked() > asked);
                std::thread::sleep(Duration::from_micros(chance.below(120_000)));
                shop.kill_server();
                assert_eq!(sync.end(), 1, "the line failed");
                shop.open_server();
                middleman.leads_to(shop.address());
            }
        }
        // Greeting may have told the till of what arrived before, but never of what was in this push.
        assert!(
            (60..=waiting).contains(&till.waiting()),
            "{} of {waiting} wait",
            till.waiting()
        );
        // Every second time what waits stays for the next part, and is delivered with it.
        if n % 2 == 1 {
            middleman.turns("", Mood::Honest);
            till.sync().fine();
            assert_eq!(till.waiting(), 0);
        }
    }
    till.sync().fine();
    let mut all = Recorded::default();
    for part in parts {
        all.sales.extend(part.sales);
        part.points
            .iter()
            .for_each(|(member, points)| *all.points.entry(member).or_default() += points);
    }
    shop.has_sales(480);
    assert_eq!(shop.stored(), till.stored("t1"));
    earned_once(&shop, &all);
    till.holds(480);
}
