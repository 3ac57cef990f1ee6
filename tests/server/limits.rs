//! What is refused where it is written, so that nothing later is stopped by it.

use std::os::unix::fs::PermissionsExt;

use reqwest::Method;
use tempfile::TempDir;
use vafa::config::Config;
use vafa::loyalty::amount::{LARGEST, Points};
use vafa::loyalty::id::ProgramId;
use vafa::loyalty::journal::{Hash, Head};
use vafa::loyalty::member::{Change, Holder};
use vafa::loyalty::office::Outcome;
use vafa::server::import::{Kind, read};
use vafa::server::{HeadOffice, ServerError};
use vafa::wire::{self, path};

use crate::till::{ANNAS_CARD, Shop, points};

#[test]
fn a_product_of_too_many_categories_is_refused_with_its_field() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("products.csv");
    let text = format!("sku,name,categories\nA,Tea,{}\n", "c|".repeat(150_000));
    std::fs::write(&file, text).expect("the folder");
    let error = read(Kind::Products, &file, "UTC", &Config::default().scan)
        .err()
        .expect("refused");
    assert_eq!(error.status(), 2);
    let says = error.to_string();
    assert!(says.contains("line 2, field categories: 150000 values"), "{says}");
}

#[test]
fn programs_larger_than_terminals_take_are_not_published() {
    let shop = Shop::open();
    let files = [("a.toml".to_owned(), format!("# {}\n", "x".repeat(600_000)))];
    let error = shop.office().publish(&files).expect_err("refused");
    assert!(matches!(error, ServerError::Programs { .. }), "{error}");
    assert_eq!(error.status(), 2);
}

#[test]
fn a_number_that_cannot_be_counted_is_refused() {
    let shop = Shop::open();
    let mut till = shop.till();
    till.sell(None);
    for (from, entries) in [(u64::MAX, 0), (u64::MAX, 1)] {
        let sealed = &till.memory.sealed[..entries];
        let head = Head {
            seq: u64::MAX,
            hash: till.memory.sealed[0].hash(),
        };
        let ask = wire::PushRequest {
            epoch: till.epoch,
            from,
            entries: sealed.iter().map(|one| one.bytes().to_vec().into()).collect(),
            head,
            signature: head.sign(&till.post.terminal, &till.key),
        };
        let heard = till.ask(Method::POST, path::PUSH, wire::pack(&ask), None);
        assert_eq!((heard.status, heard.refused().code.as_str()), (400, "unreadable"));
    }
}

#[test]
fn a_purse_is_never_filled_beyond_what_can_be_added_up() {
    let shop = Shop::open();
    shop.knows("anna", ANNAS_CARD);
    let mut till = shop.till();
    let much = Change::Earn {
        purse: points(),
        amount: Points::thousandths(LARGEST),
        program: ProgramId::parse("s1-points").expect("a name"),
        expires: None,
    };
    let anna = Some(Holder::Card(till.token(ANNAS_CARD)));
    for _ in 0..101 {
        till.sell_promising(anna.clone(), vec![much.clone()]);
    }
    let results = till.push_all().results;
    assert_eq!(results[99].1, Outcome::Posted);
    assert_eq!(results[100].1, Outcome::Quarantined("too_large".to_owned()));
    shop.audited();
}

#[test]
fn a_journal_that_names_another_entry_is_reported_as_a_fork() {
    let shop = Shop::open();
    let mut till = shop.till();
    till.sell(None);
    till.push_all();
    let ours = till.memory.sealed[0].hash();
    till.hello(Head { seq: 1, hash: ours }, 0);
    assert_eq!(shop.office().sync_report().expect("the books").forks, 0);
    let other = Head {
        seq: 1,
        hash: Hash::from_bytes([7; 32]),
    };
    for _ in 0..2 {
        assert_eq!(till.hello(other, 0).through, Head { seq: 1, hash: ours });
    }
    assert_eq!(shop.office().sync_report().expect("the books").forks, 1);
}

#[test]
fn programs_are_published_above_what_terminals_know() {
    let shop = Shop::open();
    let till = shop.till();
    let hello = |bundle| {
        let ask = wire::HelloRequest {
            head: Head::default(),
            acked: Head::default(),
            epoch: Some(till.epoch),
            protocol: (1, 1),
            program_version: "test".to_owned(),
            wall: vafa::loyalty::calendar::Moment::from_millis(0),
            cursor: 0,
            bundle,
        };
        assert_eq!(
            till.ask(Method::POST, path::HELLO, wire::pack(&ask), None).status,
            200
        );
    };
    hello(u64::MAX);
    assert!(!shop.office().publish(&[]).expect("the books").new);
    hello(7);
    assert_eq!(shop.office().publish(&[]).expect("the books").version, 8);
    assert!(!shop.office().publish(&[]).expect("the books").new);
}

#[test]
fn what_the_server_makes_is_for_its_owner_alone() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("shop");
    HeadOffice::open(&data, &Config::default()).expect("the books");
    let mode = |path: &std::path::Path| {
        let file = std::fs::metadata(path).expect("it is there");
        file.permissions().mode() & 0o777
    };
    assert_eq!((mode(&data), mode(&data.join("server.db"))), (0o700, 0o600));
}

#[test]
fn a_row_that_cannot_be_read_keeps_no_other_from_the_terminals() {
    let shop = Shop::open();
    shop.knows("anna", ANNAS_CARD);
    let books = rusqlite::Connection::open(shop.data().join("server.db")).expect("the books");
    books
        .execute("INSERT INTO goods (sku, listed) VALUES ('BAD', x'ff')", [])
        .and_then(|_| books.execute("INSERT INTO feed (kind, key) VALUES ('goods', 'BAD')", []))
        .expect("the books");
    shop.knows("bert", "900000000000000018");
    let till = shop.till();
    assert_eq!(till.feed_to_the_end(0).0.len(), 4);
    let manifest: wire::Manifest = till.ask(Method::GET, path::SNAPSHOT, Vec::new(), None).read();
    assert_eq!(manifest.parts[0].rows, 4);
}
