//! What is sold stays as it is; one process writes a terminal's folder; no two terminals share a number.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::sales::Recorded;
use crate::shop::{Shop, Started};

#[test]
fn c2_a_finished_sale_is_the_same_bytes_after_restart_and_sync() {
    let shop = Shop::with_points();
    let till = shop.till("till");
    let first = shop.write("first.csv", Recorded::of(21, 40).csv);
    let second = shop.write("second.csv", Recorded::of(22, 20).csv);
    till.replay(&first).fine();
    let (export, bytes) = (till.export(), till.stored("t1"));
    assert!(export.iter().all(|entry| entry["whole"] == true));
    till.sync().fine();
    assert_eq!(
        (till.export(), till.stored("t1")),
        (export.clone(), bytes.clone())
    );
    assert_eq!(shop.stored(), bytes, "the server keeps what the till sealed");
    till.replay(&second).fine();
    till.sync().fine();
    std::fs::remove_file(till.folder.join("cache.db")).expect("it is there");
    till.sync().fine();
    assert_eq!(till.export()[..40], export[..]);
    assert_eq!(till.stored("t1")[..40], bytes[..]);
    assert_eq!(shop.stored(), till.stored("t1"));
}

#[test]
fn c3_a_second_process_that_would_write_is_refused_and_readers_are_not() {
    let shop = Shop::with_points();
    let till = shop.till("till");
    let recorded = Recorded::of(3, 60);
    let file = shop.write("sales.csv", &recorded.csv);
    let path = file.to_str().expect("a path");
    let mut command = till.command(&["replay", path, "--json"]);
    let mut replay = Started::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
    let mut out = BufReader::new(replay.child().stdout.take().expect("it is piped"));
    let mut line = String::new();
    out.read_line(&mut line).expect("a sale");
    replay.signal("STOP");

    for words in [&["sync", "--once"][..], &["sync"], &["replay", path, "--json"]] {
        let sentence = till.run(words).refused(1);
        assert!(
            sentence.contains("is at work in") && sentence.contains("end it first"),
            "{sentence}"
        );
    }
    let sentence = till.run(&["enrol", &shop.url(), &shop.code()]).refused(1);
    assert!(sentence.contains("is at work in"), "{sentence}");
    let entries = till.export().len();
    assert!(entries > 0);
    till.holds(entries);
    assert_eq!(till.status()["entries"], entries);

    replay.signal("CONT");
    out.lines().for_each(|line| drop(line.expect("text")));
    assert_eq!(replay.end(), 0);
    till.holds(60);

    let mut command = till.command(&["sync"]);
    let mut sync = Started::start(command.stdout(Stdio::null()).stderr(Stdio::piped()));
    let mut log = BufReader::new(sync.child().stderr.take().expect("it is piped"));
    let mut line = String::new();
    while !line.starts_with("online, 0 waiting") {
        line.clear();
        assert!(
            log.read_line(&mut line).expect("text") > 0,
            "the background sync ended"
        );
    }
    let sentence = till.replay(&file).refused(1);
    assert!(sentence.contains("is at work in"), "{sentence}");
    assert_eq!(till.status()["queue_depth"], 0);
    till.holds(60);
    sync.signal("TERM");
    assert_eq!(sync.end(), 0);
    shop.has_sales(60);
    assert_eq!(till.replay(&file).fine().out, "");
}

#[test]
fn c4_two_tills_of_one_site_with_the_same_sales_at_the_same_times_never_share_an_id() {
    let shop = Shop::with_points();
    let tills = [shop.till("left"), shop.till("right")];
    let file = shop.write("sales.csv", Recorded::of(4, 50).csv);
    let words = ["replay", file.to_str().expect("a path"), "--json"];
    let mut running: Vec<Started> = tills
        .iter()
        .map(|till| Started::start(till.command(&words).stdout(Stdio::null()).stderr(Stdio::null())))
        .collect();
    running.iter_mut().for_each(|replay| assert_eq!(replay.end(), 0));
    let mut running: Vec<Started> = tills
        .iter()
        .map(|till| Started::start(till.command(&["sync", "--once"]).stderr(Stdio::null())))
        .collect();
    running.iter_mut().for_each(|sync| assert_eq!(sync.end(), 0));
    let entries: Vec<_> = tills.iter().flat_map(|till| till.export()).collect();
    let ids: BTreeSet<_> = entries
        .iter()
        .map(|entry| entry["id"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(ids.len(), 100);
    shop.has_sales(100);
    assert_eq!(shop.report()["terminals"].as_array().map(Vec::len), Some(2));
    let both = [tills[0].stored("t1"), tills[1].stored("t2")].concat();
    assert_eq!(shop.stored(), both);
}
