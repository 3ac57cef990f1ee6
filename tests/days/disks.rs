//! Disks that are full, read-only or broken, and files that went missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use vafa::config::Config;
use vafa::counter::Counter;

use crate::sales::{Recorded, Seeded};
use crate::shop::{Shop, Started, Till, run, soon};

/// A mounted folder that is unmounted with its test.
struct Mounted(PathBuf);

impl Mounted {
    /// Nothing where this machine does not let tests mount.
    fn new(at: &Path, words: &[&str]) -> Option<Mounted> {
        std::fs::create_dir_all(at).expect("a folder");
        let done = Command::new("mount").args(words).arg(at).output();
        match done {
            Ok(output) if output.status.success() => Some(Mounted(at.to_owned())),
            Ok(output) => {
                println!(
                    "skipped: no mount here: {}",
                    String::from_utf8_lossy(&output.stderr).trim()
                );
                None
            }
            Err(error) => {
                println!("skipped: no mount here: {error}");
                None
            }
        }
    }

    fn again(&self, options: &str) {
        let done = Command::new("mount").args(["-o", options]).arg(&self.0).status();
        assert!(done.expect("it runs").success(), "{options}");
    }

    /// A disk in memory that has so many KiB left from now on.
    fn has_left(&self, room: u64) {
        self.again(&format!("remount,size={}k", used(&self.0) + room));
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let done = Command::new("umount").arg(&self.0).status();
        if !done.is_ok_and(|status| status.success()) {
            let _ = Command::new("umount").arg("-l").arg(&self.0).status();
        }
    }
}

/// What a folder takes on a disk in memory, in KiB: whole pages.
fn used(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let sizes = entries.map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => used(&entry.path()),
        _ => entry.metadata().map_or(0, |file| file.len().div_ceil(4096) * 4),
    });
    sizes.sum()
}

#[test]
fn f16_a_disk_that_fills_up_stops_the_day_with_a_sentence_and_loses_nothing() {
    let shop = Shop::with_points();
    let at = shop.path().join("small");
    let Some(disk) = Mounted::new(&at, &["-t", "tmpfs", "-o", "size=2m", "tmpfs"]) else {
        return;
    };
    let till = shop.till_at(at.join("till"), &shop.url());
    let recorded = Recorded::of(16, 300);
    let file = shop.write("sales.csv", &recorded.csv);
    let said = till.replay(&file);
    assert_eq!(said.status, 1, "{said:?}");
    let sentence = said.err.trim();
    assert_eq!(sentence.lines().count(), 1, "{sentence}");
    assert!(
        sentence.starts_with("vafa: ") && sentence.contains("is full"),
        "{sentence}"
    );
    let printed = said.answers();
    assert!(!printed.is_empty() && printed.len() < 300, "{}", printed.len());
    disk.again("remount,size=64m");
    till.holds(printed.len());
    let kept: Vec<_> = till
        .export()
        .into_iter()
        .map(|entry| entry["id"].clone())
        .collect();
    let promised: Vec<_> = printed.iter().map(|sale| sale["sale"].clone()).collect();
    assert_eq!(kept, promised);
    assert_eq!(till.replay(&file).fine().answers().len(), 300 - printed.len());
    till.holds(300);
    till.sync().fine();
    shop.has_sales(300);
}

#[test]
fn f16_a_machine_without_room_keeps_its_code_for_later() {
    let shop = Shop::with_points();
    let at = shop.path().join("small");
    for size in ["4k", "60k", "100k", "150k", "600k"] {
        let options = format!("size={size}");
        let Some(disk) = Mounted::new(&at, &["-t", "tmpfs", "-o", &options, "tmpfs"]) else {
            return;
        };
        let (folder, code) = (at.join("till"), shop.code());
        let sentence = run(&folder, &["enrol", &shop.url(), &code]).refused(1);
        assert!(sentence.contains("No space left"), "{sentence}");
        disk.again("remount,size=64m");
        run(&folder, &["enrol", &shop.url(), &code]).fine();
        Till { folder }.holds(0);
    }
    assert_eq!(shop.report()["terminals"].as_array().map(Vec::len), Some(5));
}

#[test]
fn f17_a_disk_without_room_for_the_new_cache_keeps_the_old_one() {
    let shop = Shop::with_points();
    let at = shop.path().join("small");
    let Some(disk) = Mounted::new(&at, &["-t", "tmpfs", "-o", "size=8m", "tmpfs"]) else {
        return;
    };
    let till = shop.till_at(at.join("till"), &shop.url());
    // Each time a little more room than before, for a snapshot that breaks off at another place.
    for room in (8..320).step_by(16) {
        shop.import("products", &format!("sku,name,price\nNEW{room},New,1.00\n"));
        let _ = std::fs::remove_file(till.folder.join("cache.db"));
        disk.has_left(room);
        let said = till.sync();
        assert!(
            !said.err.contains("damaged") && !said.err.contains("panicked"),
            "{room}k: {said:?}"
        );
        assert!(
            said.status == 0 || said.err.contains("full") || said.err.contains("No space left"),
            "{room}k: {said:?}"
        );
        disk.again("remount,size=8m");
    }
    till.sync().fine();
    assert!(till.status()["goods"].as_u64() > Some(20));
}

#[test]
fn f17_a_disk_that_is_full_already_refuses_each_command_with_a_sentence() {
    let shop = Shop::with_points();
    let at = shop.path().join("small");
    let Some(disk) = Mounted::new(&at, &["-t", "tmpfs", "-o", "size=2m", "tmpfs"]) else {
        return;
    };
    let till = shop.till_at(at.join("till"), &shop.url());
    let file = shop.write("sales.csv", Recorded::of(17, 20).csv);
    till.replay(&file).fine();
    let more = shop.write("more.csv", Recorded::of(18, 200).csv);
    disk.has_left(8);
    let sentence = till.replay(&more).refused(1);
    assert!(sentence.contains("full"), "{sentence}");
    let sentence = till.sync().refused(1);
    assert!(sentence.contains("full"), "{sentence}");
    disk.again("remount,size=64m");
    till.holds(20);
    till.replay(&more).fine();
    till.sync().fine();
    shop.has_sales(220);
}

#[test]
fn f18_a_read_only_disk_lets_nothing_be_sold_and_everything_be_read() {
    let shop = Shop::with_points();
    let till = shop.till("till");
    let file = shop.write("sales.csv", Recorded::of(19, 20).csv);
    let more = shop.write("more.csv", Recorded::of(20, 20).csv);
    till.replay(&file).fine();
    let before = till.files();
    let folder = till.folder.to_str().expect("a path").to_owned();
    let Some(disk) = Mounted::new(&till.folder, &["--bind", &folder]) else {
        return;
    };
    disk.again("remount,ro,bind");
    for said in [till.replay(&more), till.sync(), till.run(&["sync"])] {
        let sentence = said.refused(1);
        assert!(sentence.contains("read-only"), "{sentence}");
    }
    till.holds(20);
    assert_eq!(till.export().len(), 20);
    let status = till.status();
    assert_eq!(
        (&status["entries"], &status["queue_depth"]),
        (&20.into(), &20.into())
    );
    assert_eq!(status["goods"], 3);
    till.run(&["doctor"]).fine();
    drop(disk);
    assert_eq!(till.files(), before);
    till.replay(&more).fine();
    till.sync().fine();
    shop.has_sales(40);
}

/// Does things to cache.db; the till sells on, and the next sync brings all back.
fn sells_on_after(harm: impl Fn(&Path)) {
    let shop = Shop::with_points();
    let till = shop.till("till");
    till.replay(&shop.write("first.csv", Recorded::of(41, 10).csv))
        .fine();
    till.sync().fine();
    let before = till.status();
    assert_eq!((&before["goods"], &before["cards"]), (&3.into(), &3.into()));
    harm(&till.folder.join("cache.db"));
    let recorded = Recorded::of(42, 30);
    let said = till.replay(&shop.write("second.csv", &recorded.csv)).fine();
    let totals: Vec<_> = said
        .answers()
        .iter()
        .map(|sale| sale["total"].as_str().expect("text").to_owned())
        .collect();
    let wanted: Vec<_> = recorded.sales.into_iter().map(|(_, total)| total).collect();
    assert_eq!(totals, wanted);
    till.holds(40);
    till.sync().fine();
    let after = till.status();
    assert_eq!((&after["goods"], &after["cards"]), (&3.into(), &3.into()));
    assert_eq!(after["queue_depth"], 0);
    shop.has_sales(40);
}

#[test]
fn f20_a_cache_that_is_gone_is_brought_again() {
    sells_on_after(|cache| std::fs::remove_file(cache).expect("it is there"));
}

#[test]
fn f20_a_cache_full_of_rubbish_is_brought_again() {
    sells_on_after(|cache| std::fs::write(cache, "rubbish\n".repeat(2000)).expect("it is there"));
    sells_on_after(|cache| std::fs::write(cache, "").expect("it is there"));
}

#[test]
fn f20_a_cache_with_bytes_flipped_in_every_page_is_brought_again() {
    for seed in 0..4 {
        sells_on_after(|cache| {
            let mut chance = Seeded::new(seed + 700);
            let mut bytes = std::fs::read(cache).expect("it is there");
            for page in bytes.chunks_mut(4096) {
                for _ in 0..1 << (3 * seed) {
                    let at = usize::try_from(chance.below(page.len() as u64)).expect("an index");
                    page[at] ^= 1 << chance.below(8);
                }
            }
            std::fs::write(cache, bytes).expect("it is there");
        });
    }
}

#[test]
fn f20_a_cache_whose_rows_were_changed_is_not_believed() {
    let shop = Shop::with_points();
    let till = shop.till("till");
    let cache = till.folder.join("cache.db");
    let counter = || Counter::open(&till.folder, &Config::default()).expect("a counter");
    let name_of = |counter: &mut Counter, scan: &str| {
        counter.scan(scan).ok()?;
        let lines = counter.serving().basket.lines;
        let name = lines.last().map(|line| line.goods.name.clone());
        counter.clear().expect("an empty basket");
        name
    };
    assert_eq!(name_of(&mut counter(), "COFFEE").as_deref(), Some("Coffee"));
    for scan in ["COFFEE", "Toff"] {
        let mut bytes = std::fs::read(&cache).expect("it is there");
        for at in 0..bytes.len() - 6 {
            if bytes[at..].starts_with(b"Coffee") {
                bytes[at] = b'T';
            }
        }
        std::fs::write(&cache, bytes).expect("it is there");
        let mut here = counter();
        assert_eq!(name_of(&mut here, scan), None, "{scan}");
        assert_eq!(name_of(&mut here, "CAKE"), None, "all of it is fetched anew");
        drop(here);
        till.sync().fine();
        assert_eq!(name_of(&mut counter(), "COFFEE").as_deref(), Some("Coffee"));
    }
}

#[test]
fn f19_a_flipped_byte_in_the_journal_is_harmless_or_refused_and_never_written_over() {
    let shop = Shop::with_points();
    let till = shop.till("till");
    let file = shop.write("sales.csv", Recorded::of(60, 60).csv);
    let more = shop.write("more.csv", Recorded::of(61, 2).csv);
    till.replay(&file).fine();
    till.sync().fine();
    let good = std::fs::read(till.folder.join("journal.db")).expect("a file");
    let good_export = till.export();
    let mut chance = Seeded::new(62);
    let mut caught = 0;
    for _ in 0..40 {
        let at = usize::try_from(chance.below(good.len() as u64)).expect("an index");
        let bit = 1 << chance.below(8);
        let copy = TempDir::new().expect("a folder");
        for (name, bytes) in till.files() {
            std::fs::write(copy.path().join(name), bytes).expect("the folder");
        }
        let journal = copy.path().join("journal.db");
        let mut bytes = good.clone();
        bytes[at] ^= bit;
        std::fs::write(&journal, &bytes).expect("the folder");
        let here = Till {
            folder: copy.path().to_owned(),
        };
        let said = here.verify();
        assert!(!said.err.contains("panicked"), "byte {at} ^ {bit}: {said:?}");
        if said.status == 0 {
            assert_eq!(
                said.answer(),
                serde_json::json!({"ok": true, "entries": 60}),
                "byte {at} ^ {bit}"
            );
            assert_eq!(here.export(), good_export, "byte {at} ^ {bit}");
            continue;
        }
        caught += 1;
        assert_eq!(said.status, 1, "byte {at} ^ {bit}: {said:?}");
        if !said.out.is_empty() {
            assert_eq!(said.answer()["ok"], false, "byte {at} ^ {bit}: {said:?}");
        }
        let refused = here.replay(&more);
        assert_eq!(
            (refused.status, refused.out.as_str()),
            (1, ""),
            "byte {at} ^ {bit}: {said:?} {refused:?}"
        );
        refused.refused(1);
        assert!(
            std::fs::read(&journal).expect("it is there") == bytes,
            "byte {at} ^ {bit}: written over"
        );
    }
    assert!(caught >= 10, "only {caught} of 40 bytes mattered");
}

#[test]
fn f19_a_journal_that_was_cut_off_is_refused_and_not_begun_anew() {
    let shop = Shop::with_points();
    let till = shop.till("till");
    let file = shop.write("sales.csv", Recorded::of(64, 20).csv);
    till.replay(&file).fine();
    let journal = till.folder.join("journal.db");
    let good = std::fs::read(&journal).expect("a file");
    for left in [0, 1, 512, 4096, good.len() / 2, good.len() - 4096] {
        std::fs::write(&journal, &good[..left]).expect("the folder");
        for said in [till.replay(&file), till.sync()] {
            let sentence = said.refused(1);
            assert!(sentence.contains("damaged"), "{left}: {sentence}");
        }
        let said = till.verify();
        assert_eq!(
            (said.status, &said.answer()["ok"]),
            (1, &false.into()),
            "{left}: {said:?}"
        );
        assert!(
            std::fs::read(&journal).expect("it is there") == good[..left],
            "{left}: written over"
        );
    }
    std::fs::write(&journal, &good).expect("the folder");
    till.sync().fine();
    shop.has_sales(20);
}

#[test]
fn a_missing_key_file_and_a_folder_that_is_no_terminal_are_told_and_left_alone() {
    let shop = Shop::with_points();
    let till = shop.till("till");
    let file = shop.write("sales.csv", Recorded::of(63, 2).csv);
    let key = std::fs::read(till.folder.join("terminal.key")).expect("a key");
    for wrong in [None, Some(&key[..40]), Some(b"".as_slice())] {
        match wrong {
            None => std::fs::remove_file(till.folder.join("terminal.key")).expect("it is there"),
            Some(bytes) => std::fs::write(till.folder.join("terminal.key"), bytes).expect("the folder"),
        }
        let before = till.files();
        for said in [till.replay(&file), till.sync(), till.run(&["journal", "verify"])] {
            let sentence = said.refused(1);
            assert!(
                sentence.contains("terminal.key") && sentence.contains("put it back"),
                "{sentence}"
            );
        }
        assert_eq!(till.files(), before);
    }
    std::fs::write(till.folder.join("terminal.key"), key).expect("the folder");
    till.replay(&file).fine();

    let empty = shop.path().join("empty");
    let words = [
        &["replay", file.to_str().expect("a path")][..],
        &["sync", "--once"],
        &["status", "--json"],
        &["journal", "verify"],
        &["journal", "export"],
        &["doctor"],
    ];
    for words in words {
        let sentence = run(&empty, words).refused(1);
        assert!(
            sentence.contains("is no terminal yet") && sentence.contains("vafa enrol"),
            "{sentence}"
        );
        assert!(!empty.exists(), "{words:?} made a folder");
    }
    // The server's folder is no terminal's.
    let sentence = run(&shop.office(), &["replay", file.to_str().expect("a path")]).refused(1);
    assert!(sentence.contains("is no terminal yet"), "{sentence}");
}

/// The newest sales of a till that was killed lie in the log beside the journal: a folder without it, or with a damaged
/// one, is refused, and its files stay as they are for whoever can save them.
#[test]
fn f21_a_journal_whose_log_was_lost_is_refused_and_left_alone() {
    let shop = Shop::with_points();
    let till = shop.till("till");
    let file = shop.write("sales.csv", Recorded::of(65, 400).csv);
    let mut command = till.command(&["replay", file.to_str().expect("a path"), "--json"]);
    let mut replay = Started::start(command.stdout(std::process::Stdio::null()));
    soon("some sales", || till.status()["entries"].as_u64() > Some(20));
    replay.kill();
    let log = till.folder.join("journal.db-wal");
    let good = std::fs::read(&log).expect("the log of a till that was killed");
    for damage in ["lost", "flipped"] {
        match damage {
            "lost" => std::fs::remove_file(&log).expect("the folder"),
            _ => {
                let mut bytes = good.clone();
                bytes[good.len() / 3] ^= 1;
                std::fs::write(&log, bytes).expect("the folder");
            }
        }
        let _ = std::fs::remove_file(till.folder.join("journal.db-shm"));
        let journal = std::fs::read(till.folder.join("journal.db")).expect("a file");
        for said in [till.replay(&file), till.sync()] {
            let sentence = said.refused(1);
            assert!(sentence.contains("missing"), "{damage}: {sentence}");
        }
        assert_eq!(till.verify().answer()["ok"], false, "{damage}");
        let now = std::fs::read(till.folder.join("journal.db")).expect("a file");
        assert!(now == journal, "{damage}: written over");
        std::fs::write(&log, &good).expect("the folder");
    }
    let _ = std::fs::remove_file(till.folder.join("journal.db-shm"));
    till.replay(&file).fine();
    till.sync().fine();
    shop.has_sales(400);
}
