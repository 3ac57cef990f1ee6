//! Passes over a real server: given out by the office's command, proved by tills without a line, withdrawn, keys changed.

use ed25519_dalek::SigningKey;
use vafa::config::Config;
use vafa::counter::view::{Buyer, Scanned};
use vafa::counter::{Counter, CounterError, Payment};
use vafa::loyalty::amount::{Money, Points, Quantity};
use vafa::loyalty::calendar::Moment;
use vafa::loyalty::pass::{self, PassError, present, step_of};
use vafa::loyalty::shown::{SecondFactor, Shown, SpendRefusal, may_spend};

use crate::shop::{Said, Shop, Till, run};

const ANA: &str = "950600013430000016";

impl Shop {
    /// Goods, points, and Ana with a card whose number is a GSRN.
    fn with_passes() -> Shop {
        let shop = Shop::with_points();
        shop.import("members", &format!("id,card\nana,{ANA}\n"));
        shop
    }

    fn pass(&self, words: &[&str]) -> Said {
        run(&self.office(), &[&["pass"], words].concat())
    }

    /// A pass for Ana, as text.
    fn issue(&self, words: &[&str]) -> String {
        let issue = [&["issue", "--member", "ana"], words].concat();
        self.pass(&issue).fine().out.trim_end().to_owned()
    }

    /// A pass for Ana that this phone signs.
    fn issue_to(&self, phone: &SigningKey) -> String {
        let public = vafa::wire::hex(phone.verifying_key().as_bytes());
        self.issue(&["--phone-key", &public])
    }
}

impl Till {
    fn counter(&self) -> Counter {
        let every = std::time::Duration::from_secs(3600);
        let counter = Counter::open(&self.folder, &Config::default()).expect("a terminal");
        counter.with_sync(every).expect("a line")
    }
}

fn synced(till: &Till) -> Counter {
    let mut counter = till.counter();
    counter.sync_once(|_| {}).expect("the server is there");
    counter
}

fn now() -> Moment {
    Moment::from_millis(jiff::Timestamp::now().as_millisecond())
}

/// What a till makes of a pass: who it is, or why not.
fn shows(counter: &mut Counter, pass: &str) -> Result<Buyer, PassError> {
    match counter.scan(pass) {
        Ok(Scanned::Buyer) => Ok(counter.serving().buyer.expect("somebody")),
        Err(CounterError::Pass(error)) => Err(error),
        other => panic!("neither a member nor a reason: {other:?}"),
    }
}

/// Four coffees, 10.00: one point.
fn sells(counter: &mut Counter) {
    counter.scan("4*COFFEE").expect("goods");
    counter.pay(Payment::Cash(None)).expect("a sale");
}

fn phone() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

#[test]
fn a_pass_from_the_office_is_a_card_at_every_till_without_a_line() {
    let mut shop = Shop::with_passes();
    let pass = shop.issue(&[]);
    assert_eq!(pass.len(), 138);
    let tills = [shop.till("one"), shop.till("two")];
    let mut counters: Vec<Counter> = tills.iter().map(synced).collect();
    shop.kill_server();
    for counter in &mut counters {
        let buyer = shows(counter, &pass).expect("it is good");
        assert_eq!(
            (buyer.name.as_deref(), buyer.card_ending.as_str()),
            (Some("Ana"), "0016")
        );
        assert_eq!((buyer.shown, buyer.is_unchecked), (Some(Shown::Pass), false));
        // Another barcode of the same, as a scanner that names its symbology sends it.
        shows(counter, &format!("]Q1{pass}\r\n")).expect("it is good");
        sells(counter);
        // With the printed card on the next basket.
        counter.scan(ANA).expect("a card");
        assert_eq!(
            counter.serving().buyer.expect("somebody").shown,
            Some(Shown::Card)
        );
        sells(counter);
    }
    shop.open_server();
    drop(counters);
    for till in &tills {
        till.sync().fine();
    }
    assert_eq!(shop.points_of("ana"), Points::whole(4));
    shop.has_sales(4);
    let shown: Vec<_> = tills[0]
        .export()
        .iter()
        .map(|entry| entry["shown"].clone())
        .collect();
    assert_eq!(shown, ["pass", "card"]);
}

#[test]
fn nothing_of_a_pass_is_in_a_terminals_files_or_sentences() {
    let shop = Shop::with_passes();
    let pass = shop.issue(&[]);
    let till = shop.till("till");
    let mut counter = synced(&till);
    shows(&mut counter, &pass).expect("it is good");
    shop.pass(&["revoke", "--member", "ana", "--reason", "lost"])
        .fine();
    counter.sync_once(|_| {}).expect("the server is there");
    let small = pass.to_lowercase();
    let wrong = [
        pass.as_str(),
        &pass[..137],
        small.as_str(),
        &format!("{pass}AAAAAAAA"),
        &format!("]Q1{small}"),
    ];
    for pass in wrong {
        let error = counter.scan(pass).expect_err("it is not good").to_string();
        assert!(
            !error.to_uppercase().contains("AEAQ") && !error.contains("95060"),
            "{error}"
        );
    }
    sells(&mut counter);
    drop(counter);
    for entry in std::fs::read_dir(&till.folder).expect("a folder") {
        let bytes = std::fs::read(entry.expect("a file").path()).expect("a file");
        for part in [ANA, &pass[3..30]] {
            assert!(
                !bytes.windows(part.len()).any(|window| window == part.as_bytes()),
                "{part}"
            );
        }
    }
}

#[test]
fn a_withdrawn_pass_is_refused_after_the_feed_and_after_a_snapshot() {
    let shop = Shop::with_passes();
    let (old, till) = (shop.issue(&[]), shop.till("one"));
    let mut by_feed = synced(&till);
    shows(&mut by_feed, &old).expect("it is good");
    shop.pass(&["revoke", "--card", ANA, "--reason", "stolen"]).fine();
    shows(&mut by_feed, &old).expect("this till does not know yet");
    by_feed.sync_once(|_| {}).expect("the server is there");
    assert_eq!(shows(&mut by_feed, &old), Err(PassError::Replaced));
    // A till that begins now, from a snapshot that was made now.
    std::fs::remove_dir_all(shop.office().join("snapshots")).expect("the server's folder");
    let mut by_snapshot = synced(&shop.till("two"));
    assert_eq!(shows(&mut by_snapshot, &old), Err(PassError::Replaced));
    // The next one that is given out is good, and withdrawing again withdraws it, too.
    let new = shop.issue(&[]);
    shows(&mut by_feed, &new).expect("it is good");
    shows(&mut by_snapshot, &new).expect("it is good");
    let again = shop
        .pass(&["revoke", "--member", "ana", "--reason", "stolen again"])
        .fine();
    assert!(again.out.contains("withdrawn"), "{again:?}");
    let nothing = shop
        .pass(&["revoke", "--member", "ana", "--reason", "to be sure"])
        .fine();
    assert!(nothing.out.contains("nothing has changed"), "{nothing:?}");
    by_feed.sync_once(|_| {}).expect("the server is there");
    assert_eq!(shows(&mut by_feed, &new), Err(PassError::Replaced));
    // The card itself is still good; who must not come at all is blocked.
    by_feed.scan(ANA).expect("a card");
}

#[test]
fn keys_change_while_passes_are_out() {
    let shop = Shop::with_passes();
    let old = shop.issue(&[]);
    let mut till = synced(&shop.till("till"));
    shows(&mut till, &old).expect("it is good");
    shop.pass(&["key", "rotate"]).fine();
    let new = shop.issue(&[]);
    assert_eq!(
        shows(&mut till, &new),
        Err(PassError::UnknownKey),
        "before its sync"
    );
    till.sync_once(|_| {}).expect("the server is there");
    shows(&mut till, &new).expect("it is good");
    shows(&mut till, &old).expect("two keys are in use");
    shop.pass(&["key", "retire", "1", "--last-day", "2026-01-01"])
        .fine();
    till.sync_once(|_| {}).expect("the server is there");
    assert_eq!(shows(&mut till, &old), Err(PassError::KeyRetired));
    shop.pass(&["key", "revoke", "2", "--reason", "a stolen backup"])
        .fine();
    till.sync_once(|_| {}).expect("the server is there");
    assert_eq!(shows(&mut till, &new), Err(PassError::KeyRevoked));
    // No key is left: the next pass makes one.
    let newest = shop.issue(&[]);
    till.sync_once(|_| {}).expect("the server is there");
    shows(&mut till, &newest).expect("it is good");
    let keys = shop.pass(&["key", "list", "--json"]).fine().answers();
    let states: Vec<_> = keys
        .iter()
        .map(|key| (key["key"].clone(), key["state"].clone()))
        .collect();
    let wanted = [(1, "retired"), (2, "revoked"), (3, "active")].map(|(id, state)| (id.into(), state.into()));
    assert_eq!(states, wanted);
}

#[test]
fn a_till_without_its_cache_proves_passes_and_pays_nothing_on_them() {
    let shop = Shop::with_passes();
    let held = shop.issue_to(&phone());
    let till = shop.till("till");
    drop(synced(&till));
    for name in ["cache.db", "cache.db-wal", "cache.db-shm"] {
        let _ = std::fs::remove_file(till.folder.join(name));
    }
    let spend = |counter: &Counter, asked| {
        let identified = counter.serving().basket.identified;
        may_spend(
            Some(Money::minor(asked)),
            Money::minor(asked),
            identified.as_ref(),
            SecondFactor::Given,
        )
    };
    let mut counter = till.counter();
    let code = |step: i64| {
        let step = u32::try_from(i64::from(step_of(now())) + step).expect("a step");
        present(&held, &phone(), step).expect("a code")
    };
    let buyer = shows(&mut counter, &code(0)).expect("the keys lie in the journal");
    assert_eq!((buyer.shown, buyer.is_unchecked), (Some(Shown::Phone), true));
    assert_eq!(
        spend(&counter, 1),
        Err(SpendRefusal::NotSo { shown: Shown::Phone })
    );
    counter.sync_once(|_| {}).expect("the server is there");
    let buyer = shows(&mut counter, &code(1)).expect("it is good");
    assert_eq!((buyer.name.as_deref(), buyer.is_unchecked), (Some("Ana"), false));
    assert_eq!(spend(&counter, 5000), Ok(Money::minor(5000)));
}

#[test]
fn f62_one_code_of_a_phone_at_many_tills_earns_once_per_sale_and_is_worth_nothing_later() {
    let shop = Shop::with_passes();
    let held = shop.issue_to(&phone());
    let mut tills: Vec<Counter> = ["one", "two", "three"]
        .map(|name| synced(&shop.till(name)))
        .into();
    let step = step_of(now());
    let code = present(&held, &phone(), step).expect("a code");
    for till in &mut tills {
        shows(till, &code).expect("the first time here");
        shows(till, &code).expect("the same basket");
        sells(till);
        assert_eq!(shows(till, &code), Err(PassError::ShownBefore), "another basket");
        let late = present(&held, &phone(), step - 3).expect("a code");
        assert_eq!(shows(till, &late), Err(PassError::OtherMinute));
        sells(till);
    }
    for till in &mut tills {
        till.sync_once(|_| {}).expect("the server is there");
    }
    drop(tills);
    assert_eq!(
        shop.points_of("ana"),
        Points::whole(3),
        "one a till: the second basket had no card"
    );
    shop.has_sales(6);
}

#[test]
fn f62_a_copied_pass_spends_no_more_than_the_shop_allows_whatever_the_till() {
    let shop = Shop::with_passes();
    let pass = shop.issue(&[]);
    for name in ["one", "two"] {
        let till = shop.till(name);
        std::fs::write(
            till.folder.join("config.toml"),
            "[passes]\nspend_limit = \"2.50\"\n",
        )
        .expect("a file");
        drop(synced(&till));
        let config = Config::load(None, &till.folder).expect("a configuration");
        let mut counter = Counter::open(&till.folder, &config).expect("a terminal");
        shows(&mut counter, &pass).expect("it is good");
        let how = counter.serving().basket.identified;
        let may = |cents| {
            may_spend(
                Some(Money::minor(cents)),
                Money::minor(9999),
                how.as_ref(),
                SecondFactor::Missing,
            )
        };
        assert_eq!(may(250), Ok(Money::minor(250)));
        let limit = Money::minor(250);
        assert_eq!(
            may(251),
            Err(SpendRefusal::AboveLimit {
                shown: Shown::Pass,
                limit
            })
        );
    }
}

#[test]
fn a_number_that_was_typed_is_told_from_a_card() {
    let shop = Shop::with_passes();
    let till = shop.till("till");
    drop(synced(&till));
    std::fs::write(till.folder.join("config.toml"), "[passes]\ntyped = []\n").expect("a file");
    let config = Config::load(None, &till.folder).expect("a configuration");
    let mut counter = Counter::open(&till.folder, &config).expect("a terminal");
    counter.scan_typed("4*COFFEE").expect("goods");
    counter.scan_typed(ANA).expect("a card");
    let serving = counter.serving();
    assert_eq!(serving.buyer.expect("somebody").shown, Some(Shown::Typed));
    assert!(serving.quote.changes.is_empty(), "{:?}", serving.quote.changes);
    counter.scan(ANA).expect("a card");
    let serving = counter.serving();
    assert_eq!(serving.buyer.expect("somebody").shown, Some(Shown::Card));
    assert_eq!(serving.quote.changes.len(), 1);
    std::fs::write(
        till.folder.join("config.toml"),
        "[passes]\nspend_limit = \"ten\"\n",
    )
    .expect("a file");
    drop(counter);
    let config = Config::load(None, &till.folder).expect("a configuration");
    let wrong = Counter::open(&till.folder, &config)
        .err()
        .expect("no amount")
        .to_string();
    assert!(wrong.contains("spend_limit") && wrong.contains("ten"), "{wrong}");
}

#[test]
fn a_return_is_worked_out_as_the_sale_was() {
    let shop = Shop::with_passes();
    let pass = shop.issue(&[]);
    let till = shop.till("till");
    drop(synced(&till));
    let config = "[passes]\npass = [\"prices\"]\n";
    std::fs::write(till.folder.join("config.toml"), config).expect("a file");
    let config = Config::load(None, &till.folder).expect("a configuration");
    let mut counter = Counter::open(&till.folder, &config).expect("a terminal");
    shows(&mut counter, &pass).expect("it is good");
    counter.scan("8*COFFEE").expect("goods");
    let declined = counter.declined();
    assert!(
        declined
            .iter()
            .any(|one| one.why == vafa::loyalty::quote::Reason::NoEarning { shown: Shown::Pass })
    );
    let sale = counter.pay(Payment::Cash(None)).expect("a sale");
    drop(counter);
    // The shop allows more by now; what was promised then is what is taken back.
    let mut counter = till.counter();
    let back = counter
        .take_back(&sale.id, &[Quantity::whole(4)])
        .expect("a return");
    assert_eq!(back.total, Money::minor(1000));
    counter.sync_once(|_| {}).expect("the server is there");
    drop(counter);
    assert_eq!(shop.points_of("ana"), Points::ZERO);
    shop.has_sales(1);
}

#[test]
fn the_office_is_told_what_it_cannot_have() {
    let shop = Shop::with_passes();
    shop.import(
        "members",
        "id,card,blocked\nzoe,ZOE1,no\ntwo,950600013430000023,no\nbad,950600013430000030,yes\n",
    );
    shop.import("members", "id,card\ntwo,950600013430000047\n");
    let picture = shop.write("there.png", "mine");
    let picture = picture.to_str().expect("a path");
    let nowhere = shop.path().join("nowhere/ana.png");
    let nowhere = nowhere.to_str().expect("a path");
    let cases: [(&[&str], i32, &str); 11] = [
        (
            &["issue", "--member", "ana", "--png", nowhere],
            2,
            "cannot be made",
        ),
        (&["issue", "--member", "two"], 1, "--card"),
        (&["issue", "--member", "zoe"], 1, "vafa import members"),
        (&["issue", "--member", "nobody"], 1, "vafa import members"),
        (&["issue", "--member", "bad"], 1, "blocked"),
        (&["issue", "--card", "4111111111111111"], 2, "payment card"),
        (&["issue", "--card", "900000000000000002"], 2, "last digit"),
        (
            &["issue", "--member", "ana", "--phone-key", "00"],
            2,
            "64 hexadecimal digits",
        ),
        (
            &["issue", "--member", "ana", "--png", picture],
            2,
            "is there already",
        ),
        (&["key", "revoke", "9", "--reason", "x"], 1, "no key 9"),
        (
            &[
                "revoke",
                "--member",
                "ana",
                "--reason",
                "card 4111 1111 1111 1111",
            ],
            2,
            "--reason",
        ),
    ];
    for (words, status, says) in cases {
        let sentence = shop.pass(words).refused(status);
        assert!(
            sentence.contains(says) && !sentence.contains("4111"),
            "{words:?}: {sentence}"
        );
    }
    assert_eq!(std::fs::read(picture).expect("a file"), b"mine");
    let keys = shop.pass(&["key", "list"]).fine();
    assert_eq!(keys.out, "", "nothing was given out, so no key was needed");
}

#[test]
fn a_phones_side_for_whoever_writes_its_app() {
    let shop = Shop::with_passes();
    let (key, picture) = (shop.path().join("phone.key"), shop.path().join("code.png"));
    let (key, picture) = (key.to_str().expect("a path"), picture.to_str().expect("a path"));
    let public = shop.pass(&["phone", key]).fine().out;
    let held = shop.issue(&["--phone-key", public.trim()]);
    let code = shop.pass(&["present", key, &held]).fine().out;
    assert_eq!(code.trim_end().len(), 298);
    let mut till = synced(&shop.till("till"));
    assert_eq!(shows(&mut till, &held), Err(PassError::NotShown));
    assert_eq!(
        shows(&mut till, code.trim_end()).expect("it is good").shown,
        Some(Shown::Phone)
    );
    let drawn = shop.pass(&["present", key, &held, "--qr"]).fine().out;
    assert_eq!(drawn.lines().next().expect("a line").chars().count(), 57 + 8);
    shop.pass(&["present", key, &held, "--png", picture]).fine();
    assert!(std::fs::read(picture).expect("a file").starts_with(b"\x89PNG"));
    shop.pass(&["phone", key]).refused(2);
    shop.pass(&["present", key, &shop.issue(&[])]).refused(2);
    assert!(pass::looks_like_one(code.trim_end()));
}
