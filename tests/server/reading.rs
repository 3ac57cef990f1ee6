//! What terminals read: the feed and snapshots.

use std::io::Read;

use reqwest::Method;
use vafa::loyalty::amount::{Points, Price};
use vafa::loyalty::calendar::Day;
use vafa::loyalty::goods::Goods;
use vafa::loyalty::id::{MemberId, Sku};
use vafa::server::database::sqlite::SqliteBooks;
use vafa::server::database::{BalanceRow, Database, Import};
use vafa::server::{PassFor, PassWanted};
use vafa::wire::{self, FeedReply, Row, path};

use crate::till::{ANNAS_CARD, Shop, Till, points};

fn goods(sku: &str, cents: i64) -> Goods {
    let price = Price::ten_thousandths(cents * 100);
    Goods::uncatalogued(Sku::parse(sku).expect("a name"), Some(price))
}

fn list(shop: &Shop, listed: Vec<Goods>) {
    let rows = Import {
        goods: listed,
        ..Import::default()
    };
    shop.office()
        .import(&rows, false, &mut |_| {})
        .expect("an import");
}

#[test]
fn the_feed_tells_what_changed_and_nothing_else() {
    let shop = Shop::open();
    let mut till = shop.till();
    let (rows, cursor, _) = till.feed_to_the_end(0);
    assert!(matches!(rows[0].row, Row::Bundle(_)) && matches!(rows[1].row, Row::Site(_)));
    shop.knows("anna", ANNAS_CARD);
    list(&shop, vec![goods("COFFEE", 250)]);
    let (rows, cursor, reflected) = till.feed_to_the_end(cursor);
    assert_eq!((rows.len(), reflected), (2, 0));
    shop.knows("anna", ANNAS_CARD);
    list(&shop, vec![goods("COFFEE", 250)]);
    assert_eq!(till.feed_to_the_end(cursor).0, []);
    till.sell(Some(ANNAS_CARD));
    till.push_all();
    let (rows, cursor, reflected) = till.feed_to_the_end(cursor);
    let [change] = rows.as_slice() else {
        panic!("one card changed: {rows:?}");
    };
    let Row::Card(token, known) = &change.row else {
        panic!("a card: {change:?}");
    };
    assert_eq!(*token, till.token(ANNAS_CARD));
    assert_eq!((known.standing.balance(&points()), reflected), (Points::ONE, 1));
    assert_eq!(till.feed(cursor + 1), FeedReply::MustRefetch);
}

#[test]
fn a_long_feed_comes_in_pages_and_stays_as_long_as_the_rows() {
    let shop = Shop::open();
    let till = shop.till();
    for cents in [100, 200] {
        let many = (0..2_500).map(|n| goods(&format!("SKU-{n}"), cents)).collect();
        list(&shop, many);
    }
    let (rows, _, _) = till.feed_to_the_end(0);
    assert_eq!(rows.len(), 2_500 + 2);
    assert!(rows.windows(2).all(|pair| pair[0].version < pair[1].version));
}

#[test]
fn a_snapshot_holds_everything_and_is_fetched_on_where_it_broke_off() {
    let shop = Shop::open();
    shop.knows("anna", ANNAS_CARD);
    list(&shop, (0..1_500).map(|n| goods(&format!("SKU-{n}"), n)).collect());
    let mut till = shop.till();
    till.sell(Some(ANNAS_CARD));
    till.push_all();
    let manifest: wire::Manifest = till.ask(Method::GET, path::SNAPSHOT, Vec::new(), None).read();
    assert_eq!((manifest.reflected, manifest.parts.len()), (1, 1));
    let part = &manifest.parts[0];
    let url = format!("{}/{}", path::SNAPSHOT_PART, wire::hex(&part.hash));
    let whole = till.ask(Method::GET, &url, Vec::new(), None);
    assert_eq!((whole.status, whole.body.len() as u64), (200, part.bytes));
    assert_eq!(whole.headers["accept-ranges"], "bytes");
    assert_eq!(blake3::hash(&whole.body), part.hash);
    let rest = till.ask(Method::GET, &url, Vec::new(), Some("bytes=100-"));
    assert_eq!((rest.status, rest.body.as_slice()), (206, &whole.body[100..]));
    let last = part.bytes - 1;
    assert_eq!(
        rest.headers["content-range"],
        format!("bytes 100-{last}/{}", part.bytes)
    );
    let beyond = format!("bytes={}-", part.bytes);
    assert_eq!(till.ask(Method::GET, &url, Vec::new(), Some(&beyond)).status, 416);

    let mut plain = Vec::new();
    zstd::stream::read::Decoder::new(whole.body.as_slice())
        .and_then(|mut stream| stream.read_to_end(&mut plain))
        .expect("a stream");
    let mut decoder = minicbor::Decoder::new(&plain);
    let mut rows: Vec<Row> = Vec::new();
    while decoder.position() < plain.len() {
        rows.push(decoder.decode().expect("a row"));
    }
    assert_eq!(rows.len() as u64, part.rows);
    let fed: Vec<Row> = till
        .feed_to_the_end(0)
        .0
        .into_iter()
        .map(|change| change.row)
        .collect();
    assert_eq!(rows, fed);
    let again: wire::Manifest = till.ask(Method::GET, path::SNAPSHOT, Vec::new(), None).read();
    assert_eq!(again, manifest);
    let nothing = format!("{}/{}", path::SNAPSHOT_PART, "..%2f..%2fserver.key");
    assert_eq!(till.ask(Method::GET, &nothing, Vec::new(), None).status, 404);
}

#[test]
fn points_that_lapse_overnight_are_told_once() {
    let shop = Shop::open();
    shop.knows("anna", ANNAS_CARD);
    let till = shop.till();
    let day = |text: &str| Day::parse(text).expect("a day");
    let rows = Import {
        balances: vec![BalanceRow {
            line: 0,
            member: MemberId::parse("anna").expect("a name"),
            purse: points(),
            amount: Points::whole(5),
            expires: Some(day("2099-12-31")),
        }],
        ..Import::default()
    };
    shop.office()
        .import(&rows, false, &mut |_| {})
        .expect("an import");
    let mut books = SqliteBooks::open(&shop.data().join("server.db")).expect("the books");
    let mut told = |today: &str| {
        let before = books.version().expect("the books");
        books.tell_lapsed(day(today)).expect("the books");
        let reply = books
            .feed(&till.post.terminal, before, wire::ROWS, day(today))
            .expect("the books");
        let FeedReply::Page(page) = reply else {
            panic!("the cursor is good");
        };
        page.changes
            .into_iter()
            .map(|change| match change.row {
                Row::Card(_, known) => known.standing.balance(&points()),
                other => panic!("a card: {other:?}"),
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(told("2099-12-31"), []);
    assert_eq!(told("2100-01-01"), [Points::ZERO]);
    assert_eq!(told("2100-01-01"), []);
    assert_eq!(told("2100-01-02"), []);
    shop.audited();
}

const ANNAS_GSRN: &str = "950600013430000016";

/// The rows that a manifest's parts hold.
fn rows_of(till: &Till, manifest: &wire::Manifest) -> Vec<Row> {
    let mut rows = Vec::new();
    for part in &manifest.parts {
        let url = format!("{}/{}", path::SNAPSHOT_PART, wire::hex(&part.hash));
        let packed = till.ask(Method::GET, &url, Vec::new(), None).body;
        let plain = zstd::stream::decode_all(packed.as_slice()).expect("a stream");
        let mut decoder = minicbor::Decoder::new(&plain);
        while decoder.position() < plain.len() {
            rows.push(decoder.decode().expect("a row"));
        }
    }
    rows
}

#[test]
fn a_terminal_from_before_passes_gets_no_row_that_it_cannot_read() {
    let shop = Shop::open();
    shop.knows("anna", ANNAS_GSRN);
    let till = shop.till();
    let wanted = PassWanted {
        who: PassFor::Card(ANNAS_GSRN.to_owned()),
        program: 1,
        tier: 0,
        days: 365,
        phone: None,
    };
    shop.office().issue_pass(&wanted).expect("a pass");
    shop.office()
        .withdraw_passes(&wanted.who, "lost")
        .expect("the books");
    list(&shop, vec![goods("COFFEE", 250)]);
    let is_new = |row: &Row| matches!(row, Row::PassKeys(_) | Row::LeastPass(..));
    // What such a terminal asks names no rows: the page goes on to the end all the same.
    let (old, cursor, _) = till.feed_to_the_end(0);
    let last = &old.last().expect("the coffee").row;
    assert!(matches!(last, Row::Goods(_)) && !old.iter().any(|change| is_new(&change.row)));
    let ask = |page: &str| till.ask(Method::GET, page, Vec::new(), None);
    let FeedReply::Page(page) = ask(&format!("{}?from=0&rows={}", path::FEED, wire::ROWS)).read() else {
        panic!("the cursor is good");
    };
    let new = page.changes.iter().filter(|change| is_new(&change.row)).count();
    assert_eq!((new, page.changes.len(), page.to), (2, old.len() + 2, cursor));
    // Snapshots alike.
    let old_rows = rows_of(&till, &ask(path::SNAPSHOT).read());
    let all_rows = rows_of(&till, &ask(&format!("{}?rows=2", path::SNAPSHOT)).read());
    assert!(!old_rows.iter().any(is_new));
    assert_eq!(all_rows.iter().filter(|row| is_new(row)).count(), 2);
    assert_eq!(all_rows.len(), old_rows.len() + 2);
}
