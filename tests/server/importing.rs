//! Members, goods and balances that come from files.

use vafa::config::Config;
use vafa::loyalty::amount::Points;
use vafa::loyalty::id::MemberId;
use vafa::server::database::{BalanceRow, Import};
use vafa::server::import::{Kind, read};
use vafa::wire::Row;

use crate::till::{ANNAS_CARD, Shop, points};

#[test]
fn a_card_that_earned_before_anybody_knew_it_brings_its_points_to_its_member() {
    let shop = Shop::open();
    let mut till = shop.till();
    till.sell(Some(ANNAS_CARD));
    till.sell(Some(ANNAS_CARD));
    till.push_all();
    let (rows, cursor, _) = till.feed_to_the_end(0);
    assert_eq!(
        rows.len(),
        2,
        "programs and site; a card without a member is not told: {rows:?}"
    );
    shop.knows("anna", ANNAS_CARD);
    assert_eq!(shop.points_of("anna"), Points::whole(2));
    assert_eq!(till.feed_to_the_end(cursor).0.len(), 1);
    till.sell(Some(ANNAS_CARD));
    till.push_all();
    shop.knows("anna", ANNAS_CARD);
    assert_eq!(shop.points_of("anna"), Points::whole(3));
    shop.audited();
}

#[test]
fn opening_balances_imported_twice_are_there_once_and_a_new_file_corrects_the_old() {
    let shop = Shop::open();
    shop.knows("anna", ANNAS_CARD);
    let state = |amount| Import {
        balances: vec![BalanceRow {
            line: 2,
            member: MemberId::parse("anna").expect("a name"),
            purse: points(),
            amount: Points::whole(amount),
            expires: None,
        }],
        ..Import::default()
    };
    let mut office = shop.office();
    let mut import = |amount, dry_run| {
        office
            .import(&state(amount), dry_run, &mut |_| {})
            .expect("an import")
            .changed
    };
    assert_eq!((import(100, true), shop.points_of("anna")), (1, Points::ZERO));
    assert_eq!(
        (import(100, false), shop.points_of("anna")),
        (1, Points::whole(100))
    );
    assert_eq!(
        (import(100, false), shop.points_of("anna")),
        (0, Points::whole(100))
    );
    assert_eq!(
        (import(70, false), shop.points_of("anna")),
        (1, Points::whole(70))
    );
    shop.audited();
}

/// What a file earns: the sentence behind its name.
fn sentence(kind: &str, text: &str) -> String {
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("file");
    std::fs::write(&path, text).expect("the folder");
    let kind = Kind::of(kind).expect("a kind");
    match read(kind, &path, "UTC", &Config::default().scan) {
        Ok(rows) => format!("{} rows", rows.rows()),
        Err(error) => {
            assert_eq!(error.status(), 2);
            error.to_string().replace(&format!("{}, ", path.display()), "")
        }
    }
}

#[test]
fn every_bad_file_earns_a_sentence_with_line_field_and_what_would_do() {
    let cases = [
        (
            "sites",
            "id,partner,timezone\nnorth,grocer,Europe/Berlin\nsouth,,\n",
            "2 rows",
        ),
        (
            "sites",
            "id,timezone\nnorth,Berlin\n",
            "line 2, field timezone: \"Berlin\" is not a time zone",
        ),
        ("sites", "partner\ngrocer\n", "line 1: the column id is missing"),
        (
            "products",
            "sku,name,colour\nA,b,c\n",
            "line 1: the column \"colour\" is not known; known are sku, name",
        ),
        (
            "products",
            "sku,name,price\nA,Tea,1.5\nB,Gum,2,5\n",
            "line 3: 4 fields, and the header has 3",
        ),
        (
            "products",
            "sku,name,price\nA,Tea,dear\n",
            "line 2, field price: \"dear\" is not a number",
        ),
        (
            "products",
            "sku,name,price\nA,Tea,-1\n",
            "line 2, field price: \"-1\" is below 0",
        ),
        (
            "products",
            "sku,name,tax_rate\nA,Tea,180\n",
            "line 2, field tax_rate: \"180\" is no rate of tax",
        ),
        (
            "products",
            "sku,name\nA,Tea\nB,Gum\nA,Tee\n",
            "line 4, field sku: \"A\" stood on line 2 already",
        ),
        ("products", "sku,name\nA,\n", "line 2, field name: it is empty"),
        (
            "products",
            "{\"sku\": \"A\", \"name\": \"Tea\", \"price\": \"1.5\"}\n",
            "1 rows",
        ),
        (
            "products",
            "{\"sku\": \"A\", \"name\": \"Tea\"}\n[]\n",
            "line 2: no JSON object",
        ),
        (
            "products",
            "{\"sku\": \"A\", \"name\": {}}\n",
            "line 1, field name: an object",
        ),
        ("members", "id,card,birthday\nana,1,1990-03-01\n", "1 rows"),
        (
            "members",
            "id,card,birthday\nana,1,1990-02-30\n",
            "line 2, field birthday: \"1990-02-30\" is not a day",
        ),
        (
            "members",
            "id,card\nana,7777\nbob,7777\n",
            "line 3, field card: the same stood on line 2 already",
        ),
        (
            "members",
            "id,card\nana,4111 1111 1111 1111\n",
            "line 2, field card: this may be a payment card",
        ),
        (
            "members",
            "id,card\nana,;4111111111111111=2512?\n",
            "line 2, field card: this may be a payment card",
        ),
        (
            "members",
            "id,card,name\nana,1,Ana 4111.1111.1111.1111\n",
            "line 2, field name: this may be a payment card",
        ),
        (
            "products",
            "sku,name\n4111111111111111,Tea\n",
            "line 2, field sku: this may be a payment card",
        ),
        (
            "balances",
            "member,purse,amount\nana,points,1\nana,points,2\n",
            "line 3, field purse: the same stood",
        ),
        (
            "balances",
            "member,purse,amount\nana,points,lots\n",
            "line 2, field amount: \"lots\" is not a number",
        ),
    ];
    for (kind, text, wanted) in cases {
        let found = sentence(kind, text);
        assert!(found.starts_with(wanted), "{text}: {found}");
        assert!(!found.contains("4111") && !found.contains("7777"), "{found}");
    }
    assert!(Kind::of("people").is_err());
}

#[test]
fn a_column_that_is_not_in_the_file_leaves_what_was_known() {
    let shop = Shop::open();
    let import = |text: &str| {
        let path = shop.data().join("members.csv");
        std::fs::write(&path, text).expect("the folder");
        let rows = read(Kind::Members, &path, "UTC", &Config::default().scan).expect("a good file");
        shop.office()
            .import(&rows, false, &mut |_| {})
            .expect("an import")
    };
    let full =
        "id,card,name,birthday,phone,groups\nana,900|901,Ana,1990-03-01,555 1,student:2026-09-30|staff\n";
    assert_eq!(import(full).changed, 1);
    assert_eq!(import(full).changed, 0);
    assert_eq!(import("id,card\nana,900\n").changed, 0);
    assert_eq!(import("id,card,name\nana,900,Anna\n").changed, 1);
    let till = shop.till();
    let cards: Vec<_> = till
        .feed_to_the_end(0)
        .0
        .into_iter()
        .filter_map(|change| match change.row {
            Row::Card(_, known) => Some(known),
            _ => None,
        })
        .collect();
    assert_eq!(cards.len(), 2);
    let member = &cards[0].member;
    assert_eq!((member.name.as_deref(), member.groups.len()), (Some("Anna"), 2));
    assert!(member.birthday.is_some());
}
