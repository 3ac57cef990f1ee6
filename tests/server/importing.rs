//! Members, goods and balances that come from files.

use vafa::loyalty::amount::Points;
use vafa::loyalty::id::MemberId;
use vafa::server::database::{BalanceRow, Import};

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
