//! Entries on their way into the books.

use reqwest::Method;
use vafa::loyalty::amount::{Money, Points};
use vafa::loyalty::id::{ProgramId, PurseId, SaleId};
use vafa::loyalty::journal::{Head, Sealed};
use vafa::loyalty::member::{Change, Holder};
use vafa::loyalty::office::Outcome;
use vafa::loyalty::terminal::TakeBack;
use vafa::wire::{self, path};

use crate::till::{ANNAS_CARD, Shop, Till, random, runtime};

/// Chance that repeats itself, for tests that tell their seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % most
    }
}

#[test]
fn three_sales_sent_twice_are_three_sales() {
    let shop = Shop::open();
    shop.knows("anna", ANNAS_CARD);
    let mut till = shop.till();
    for _ in 0..3 {
        till.sell(Some(ANNAS_CARD));
    }
    assert_eq!(till.hello(Head::default(), 0).through, Head::default());
    let (first, again) = (till.push_all(), till.push_all());
    assert_eq!(
        first.results,
        [(1, Outcome::Posted), (2, Outcome::Posted), (3, Outcome::Posted)]
    );
    assert_eq!((first.results, first.through), (again.results, again.through));
    assert_eq!((shop.sales(), shop.points_of("anna")), (3, Points::whole(3)));
    assert_eq!(till.hello(Head::default(), 0).through.seq, 3);
    shop.audited();
}

#[test]
fn c1_any_number_of_deliveries_has_the_effect_of_one() {
    let seed = 20_260_210;
    let mut dice = Dice(seed);
    let shop = Shop::open();
    shop.knows("anna", ANNAS_CARD);
    let mut till = shop.till();
    for _ in 0..200 {
        till.sell(Some(ANNAS_CARD));
    }
    // Each sale is delivered one to five times, in chunks that overlap, late and out of turn.
    let mut parcels: Vec<(usize, usize)> = (1..=200)
        .flat_map(|n| {
            let times = 1 + dice.below(5);
            (0..times)
                .map(|_| (n, (n + dice.below(20) as usize).min(200)))
                .collect::<Vec<_>>()
        })
        .collect();
    for i in (1..parcels.len()).rev() {
        let window = i.min(30) as u64 + 1;
        parcels.swap(i, i - dice.below(window) as usize);
    }
    for (from, to) in parcels.into_iter().chain((1..=200).map(|n| (n, n))) {
        let heard = till.push(from, to);
        assert!(
            [200, 409].contains(&heard.status),
            "seed {seed}: {}",
            heard.status
        );
        if heard.status == 409 {
            assert_eq!(heard.refused().code, "gap", "seed {seed}");
        }
    }
    assert_eq!(
        (shop.sales(), shop.points_of("anna")),
        (200, Points::whole(200)),
        "seed {seed}"
    );
    shop.audited();
}

#[test]
fn c3_two_workers_on_one_outbox_make_one_row_a_sale() {
    let shop = Shop::open();
    shop.knows("anna", ANNAS_CARD);
    let mut till = shop.till();
    for _ in 0..60 {
        till.sell(Some(ANNAS_CARD));
    }
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let worker = till.cloned();
            std::thread::spawn(move || {
                for from in (1..=60).step_by(10) {
                    assert_eq!(worker.push(from, from + 9).status, 200);
                }
            })
        })
        .collect();
    for worker in workers {
        worker.join().expect("both are served");
    }
    assert_eq!((shop.sales(), shop.points_of("anna")), (60, Points::whole(60)));
    shop.audited();
}

#[test]
fn c4_two_terminals_with_equal_clocks_never_clash() {
    let shop = Shop::open();
    shop.knows("anna", ANNAS_CARD);
    let (mut first, mut second) = (shop.till(), shop.till());
    let numbers = [first.sell(Some(ANNAS_CARD)), second.sell(Some(ANNAS_CARD))];
    assert_ne!(numbers[0], numbers[1]);
    assert_eq!(first.push_all().results, [(1, Outcome::Posted)]);
    assert_eq!(second.push_all().results, [(1, Outcome::Posted)]);
    assert_eq!((shop.sales(), shop.points_of("anna")), (2, Points::whole(2)));
    // The books themselves refuse a second entry of one number, and any change of one that is there.
    let books = rusqlite::Connection::open(shop.data().join("server.db")).expect("the books");
    let doubled = books.execute(
        "INSERT INTO entry SELECT number + 9, terminal, seq, hash, kind, bytes, outcome, code, answers, received_at
         FROM entry WHERE number = 1",
        [],
    );
    assert!(doubled.expect_err("it is there").to_string().contains("UNIQUE"));
    assert!(books.execute("UPDATE transfer SET amount = 5", []).is_err());
    assert!(books.execute("DELETE FROM entry", []).is_err());
}

#[test]
fn a_gap_is_told_and_nothing_is_taken() {
    let shop = Shop::open();
    let mut till = shop.till();
    for _ in 0..3 {
        till.sell(None);
    }
    let heard = till.push(2, 3);
    assert_eq!(heard.status, 409);
    assert_eq!(
        (heard.refused().code.as_str(), heard.refused().need),
        ("gap", Some(1))
    );
    assert_eq!(shop.sales(), 0);
}

#[test]
fn a_copied_disk_is_found_and_its_sale_kept_for_the_office() {
    let shop = Shop::open();
    let mut till = shop.till();
    till.sell(None);
    let mut copy = till.cloned();
    till.sell(None);
    till.push_all();
    copy.sell(Some(ANNAS_CARD));
    let heard = copy.push(1, 2);
    assert_eq!((heard.status, heard.refused().code.as_str()), (409, "fork"));
    let report = shop.office().sync_report().expect("the books");
    assert_eq!((report.entries, report.forks), (2, 1));
}

#[test]
fn f76_an_unreadable_entry_delays_no_other() {
    let shop = Shop::open();
    shop.knows("anna", ANNAS_CARD);
    let mut till = shop.till();
    till.sell(Some(ANNAS_CARD));
    till.memory
        .sealed
        .push(Sealed::from_bytes(vec![0xff, 0x00, 0x80]));
    till.sell(Some(ANNAS_CARD));
    let results = till.push_all().results;
    assert_eq!(
        results,
        [
            (1, Outcome::Posted),
            (2, Outcome::Quarantined("unreadable".to_owned())),
            (3, Outcome::Posted)
        ]
    );
    let report = shop.office().sync_report().expect("the books");
    assert_eq!((report.entries, report.sales, report.quarantined), (3, 2, 1));
    assert_eq!(shop.points_of("anna"), Points::whole(2));
    shop.audited();
}

#[test]
fn points_promised_but_not_there_are_the_shops_loss() {
    let shop = Shop::open();
    shop.knows("anna", ANNAS_CARD);
    let mut till = shop.till();
    till.sell(Some(ANNAS_CARD));
    let spend = Change::Spend {
        purse: PurseId::parse("points").expect("a name"),
        amount: Points::whole(3),
    };
    let holder = Holder::Card(till.token(ANNAS_CARD));
    till.sell_promising(Some(holder.clone()), vec![spend]);
    let huge = Change::Earn {
        purse: PurseId::parse("points").expect("a name"),
        amount: Points::thousandths(i64::MAX),
        program: ProgramId::parse("x").expect("a name"),
        expires: None,
    };
    till.sell_promising(Some(holder), vec![huge]);
    let results = till.push_all().results;
    assert_eq!(results[1].1, Outcome::Exception("overspent".to_owned()));
    assert_eq!(results[2].1, Outcome::Quarantined("senseless".to_owned()));
    assert_eq!(shop.points_of("anna"), Points::ZERO);
    shop.audited();
}

#[test]
fn only_the_terminal_itself_can_speak_for_it() {
    let shop = Shop::open();
    let (mut till, other) = (shop.till(), shop.till());
    till.sell(None);
    let parcel = till.parcel(1, 1);
    let nonce = wire::hex(&random::<16>());
    let heard = till.send(Method::POST, path::PUSH, parcel, None, &nonce, &other.key);
    assert_eq!(
        (heard.status, heard.refused().code.as_str()),
        (401, "bad_signature")
    );
    let mut stranger = till.cloned();
    stranger.post.terminal = vafa::loyalty::id::TerminalId::parse("t99").expect("a name");
    let heard = stranger.push(1, 1);
    assert_eq!(
        (heard.status, heard.refused().code.as_str()),
        (401, "unknown_terminal")
    );
    assert_eq!(shop.sales(), 0);
}

#[test]
fn f29_f31_giants_bombs_and_rubbish_change_nothing() {
    let shop = Shop::open();
    let mut till = shop.till();
    till.sell(None);
    let giant = vec![0; wire::REQUEST_BYTES + 1];
    assert_eq!(till.ask(Method::POST, path::PUSH, giant, None).status, 413);
    let bomb = zstd::bulk::compress(&vec![0; wire::BODY_BYTES * 4], 19).expect("memory");
    assert_eq!(till.ask(Method::POST, path::PUSH, bomb, None).status, 413);
    let cut = till.parcel(1, 1)[..40].to_vec();
    let heard = till.ask(Method::POST, path::PUSH, cut, None);
    assert_eq!((heard.status, heard.refused().code.as_str()), (400, "unreadable"));
    assert_eq!(till.ask(Method::GET, "/v1/nothing", Vec::new(), None).status, 404);
    assert_eq!(till.ask(Method::GET, path::PUSH, Vec::new(), None).status, 404);
    assert_eq!(shop.sales(), 0);
}

#[test]
fn an_asking_that_was_recorded_cannot_be_asked_again_but_a_push_can() {
    let shop = Shop::open();
    let mut till = shop.till();
    till.sell(None);
    let nonce = wire::hex(&random::<16>());
    let feed = format!("{}?from=0", path::FEED);
    let ask = |till: &Till| {
        till.send(Method::GET, &feed, Vec::new(), None, &nonce, &till.key)
            .status
    };
    assert_eq!((ask(&till), ask(&till)), (200, 409));
    let push = |till: &Till| {
        let parcel = till.parcel(1, 1);
        till.send(Method::POST, path::PUSH, parcel, None, &nonce, &till.key)
            .status
    };
    assert_eq!((push(&till), push(&till)), (200, 200));
    assert_eq!(shop.sales(), 1);
}

#[test]
fn a_server_that_was_put_back_from_a_backup_begins_anew_and_is_told_again() {
    let mut shop = Shop::open();
    let mut till = shop.till();
    till.sell(None);
    till.push_all();
    shop.stop();
    let backup = std::fs::read(shop.data().join("server.db")).expect("the books");
    shop.restart();
    till.url = shop.url().to_owned();
    till.sell(None);
    let acked = till.push_all().through;
    shop.stop();
    std::fs::write(shop.data().join("server.db"), backup).expect("the folder");
    shop.restart();
    till.url = shop.url().to_owned();
    let met = till.hello(acked, 0);
    assert_eq!(met.through.seq, 1);
    assert_ne!(met.epoch, till.epoch);
    let heard = till.push(2, 2);
    assert_eq!((heard.status, heard.refused().code.as_str()), (409, "epoch"));
    till.epoch = met.epoch;
    assert_eq!(till.push_all().results.len(), 2);
    assert_eq!(shop.sales(), 2);
}

#[test]
fn whoever_watches_the_server_needs_no_key() {
    let shop = Shop::open();
    let text = runtime().block_on(async {
        let url = format!("{}/health", shop.url());
        let reply = crate::till::client().get(url).send().await.expect("a reply");
        reply.text().await.expect("a text")
    });
    assert_eq!(text, "ok\n");
}

fn gives_back(till: &mut Till, sale: &SaleId, changes: Vec<Change>) {
    let (_, seq) = sale.place().expect("a sale of ours");
    let holder = Some(Holder::Card(till.token(ANNAS_CARD)));
    till.give_back(TakeBack {
        sale: sale.clone(),
        answers: seq,
        lines: Vec::new(),
        refund: Money::ZERO,
        to_purses: Money::ZERO,
        changes,
        others: Vec::new(),
        holder,
        bundle: 1,
    });
}

#[test]
fn returns_undo_just_what_their_sale_did() {
    let shop = Shop::open();
    shop.knows("anna", ANNAS_CARD);
    let mut till = shop.till();
    let holder = Some(Holder::Card(till.token(ANNAS_CARD)));
    let program = ProgramId::parse("s1-points").expect("a name");
    let purse = || PurseId::parse("points").expect("a name");
    let amount = Points::whole;
    let take_back = |points| Change::TakeBack {
        purse: purse(),
        amount: amount(points),
        program: program.clone(),
    };
    let earned = till.sell_promising(
        holder.clone(),
        vec![Change::Earn {
            purse: purse(),
            amount: amount(10),
            program: program.clone(),
            expires: None,
        }],
    );
    let spent = till.sell_promising(
        holder,
        vec![Change::Spend {
            purse: purse(),
            amount: amount(4),
        }],
    );
    let restore = Change::Restore {
        purse: purse(),
        amount: amount(3),
        days: None,
    };
    gives_back(&mut till, &spent, vec![restore]);
    gives_back(&mut till, &earned, vec![take_back(6)]);
    gives_back(&mut till, &earned, vec![take_back(4)]);
    gives_back(&mut till, &earned, vec![take_back(1)]);
    let results: Vec<Outcome> = till.push_all().results.into_iter().map(|one| one.1).collect();
    assert_eq!(results[..5], vec![Outcome::Posted; 5]);
    assert_eq!(
        results[5],
        Outcome::Exception("more_taken_back_than_earned".to_owned())
    );
    assert_eq!(shop.points_of("anna"), Points::whole(10 - 4 + 3 - 6 - 4 - 1));
    shop.audited();
}

#[test]
fn an_entry_that_the_books_refuse_delays_no_other() {
    let shop = Shop::open();
    shop.knows("anna", ANNAS_CARD);
    let mut till = shop.till();
    let books = rusqlite::Connection::open(shop.data().join("server.db")).expect("the books");
    books
        .execute_batch(
            "CREATE TRIGGER cursed BEFORE INSERT ON lot WHEN NEW.purse = 'cursed'
             BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
        .expect("a trigger");
    let holder = Some(Holder::Card(till.token(ANNAS_CARD)));
    till.sell(Some(ANNAS_CARD));
    let cursed = Change::Earn {
        purse: PurseId::parse("cursed").expect("a name"),
        amount: Points::ONE,
        program: ProgramId::parse("x").expect("a name"),
        expires: None,
    };
    till.sell_promising(holder, vec![cursed]);
    till.sell(Some(ANNAS_CARD));
    let results = till.push_all().results;
    assert_eq!(results[1].1, Outcome::Quarantined("constraint".to_owned()));
    assert_eq!((shop.sales(), shop.points_of("anna")), (2, Points::whole(2)));
    assert_eq!(till.push_all().results, results);
    shop.audited();
}

#[test]
fn a_push_waits_for_whoever_writes_and_is_taken() {
    let shop = Shop::open();
    let mut till = shop.till();
    till.sell(None);
    let mut books = rusqlite::Connection::open(shop.data().join("server.db")).expect("the books");
    let tx = books
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .expect("the lock");
    let worker = till.cloned();
    let pushing = std::thread::spawn(move || worker.push(1, 1).status);
    std::thread::sleep(std::time::Duration::from_millis(300));
    drop(tx);
    assert_eq!(pushing.join().expect("it ends"), 200);
    assert_eq!(shop.sales(), 1);
}
