//! A month goes by: what is due on its first day is posted by the server once, also after it was down, and grows by sales
//! that arrive late. The clock of the office is moved, the tills sell at the moments that their sales name.

use vafa::loyalty::amount::Points;
use vafa::loyalty::id::{PurseId, RewardId};

use crate::rewards::{counter, publish};
use crate::shop::{Shop, Till, soon};

const ANA: &str = "900000000000000001";
const LEA: &str = "900000000000000003";

/// Rings up sales of other days: number, moment, card and price.
#[track_caller]
fn ring_up(shop: &Shop, till: &Till, sales: &[(&str, &str, &str, &str)]) {
    let rows = sales
        .iter()
        .map(|(id, at, card, price)| format!("{id},{at},north,{card},THING,1,{price}\n"));
    let rows: String = rows.collect();
    let text = format!("sale_id,at,site,card,sku,qty,unit_price\n{rows}");
    let file = shop.write("sales.csv", text);
    assert_eq!(till.replay(&file).fine().answers().len(), sales.len());
}

fn bonus(till: &Till, card: &str) -> Points {
    till.sync().fine();
    let known = counter(till).look_up(card).expect("a cache").expect("a member");
    known.standing.balance(&PurseId::parse("bonus").expect("a name"))
}

fn money(cents: i64) -> Points {
    Points::thousandths(cents * 10)
}

#[test]
fn last_months_bonus_comes_once_and_grows_by_what_came_late() {
    let mut shop = Shop::with_points();
    shop.restart_at("2091-03-10T12:00:00");
    publish(&shop, &["s9-monthly"]);
    let (one, two) = (shop.till("one"), shop.till("two"));
    one.sync().fine();
    two.sync().fine();
    ring_up(
        &shop,
        &one,
        &[
            ("a1", "2091-03-11T10:00:00Z", LEA, "5000.00"),
            ("a2", "2091-03-12T10:00:00Z", ANA, "900.00"),
        ],
    );
    one.sync().fine();
    assert_eq!(
        (bonus(&one, LEA), bonus(&one, ANA)),
        (money(0), money(0)),
        "nothing yet"
    );

    // Offline over the end of the month.
    ring_up(&shop, &two, &[("b1", "2091-03-31T21:00:00Z", ANA, "600.00")]);
    shop.restart_at("2091-04-02T08:00:00");
    soon("the bonus of March", || shop.points_of("lea") == money(75_000));
    shop.restart_at("2091-04-02T09:00:00");
    assert_eq!(
        (bonus(&one, LEA), bonus(&one, ANA)),
        (money(75_000), money(2_700))
    );
    two.sync().fine();
    assert_eq!(
        bonus(&one, ANA),
        money(22_500),
        "15 % of 1 500.00, not 3 % of 900.00"
    );
    // The till sends it once; the server has it once.
    two.sync().fine();
    assert_eq!(bonus(&two, ANA), money(22_500));

    // The server is down while a month begins, and another.
    ring_up(&shop, &one, &[("a3", "2091-04-10T10:00:00Z", LEA, "2000.00")]);
    one.sync().fine();
    shop.restart_at("2091-06-03T08:00:00");
    soon("the bonus of April", || {
        shop.points_of("lea") == money(75_000 + 30_000)
    });
    assert_eq!(bonus(&one, LEA), money(30_000), "that of March has lapsed");
    assert_eq!(bonus(&one, ANA), money(0));
    shop.has_sales(4);
}

#[test]
fn the_best_dealers_get_their_packs_each_quarter_and_tills_see_them() {
    let mut shop = Shop::with_points();
    shop.restart_at("2091-03-10T12:00:00");
    shop.import(
        "members",
        &format!("id,card,name,organisation\nana,{ANA},Ana,acme\n"),
    );
    publish(&shop, &["b6-dealer-services"]);
    let (one, two) = (shop.till("one"), shop.till("two"));
    let packs = |till: &Till| {
        till.sync().fine();
        let known = counter(till).look_up(ANA).expect("a cache").expect("a member");
        let held = known.organisation.map(|standing| standing.entitlements);
        let pack = RewardId::parse("teaser-pack").expect("a name");
        held.and_then(|held| held.get(&pack).copied()).unwrap_or(0)
    };
    one.sync().fine();
    ring_up(&shop, &one, &[("a1", "2091-03-11T10:00:00Z", ANA, "50000.00")]);
    one.sync().fine();
    assert_eq!(packs(&two), 3, "with the sale that reaches it");
    shop.restart_at("2091-04-01T00:10:00");
    soon("the packs of the new quarter", || packs(&two) == 6);
    // A month is no quarter; and from July on nothing was spent in the quarter before.
    for then in [
        "2091-05-02T08:00:00",
        "2091-07-02T08:00:00",
        "2091-10-02T08:00:00",
    ] {
        shop.restart_at(then);
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
    let expected = packs(&one);
    assert_eq!(packs(&two), expected);
    let story = 6;
    assert_eq!(expected, story);
    shop.has_sales(1);
}

#[test]
fn an_account_that_cannot_be_booked_keeps_no_other_waiting() {
    let mut shop = Shop::with_points();
    shop.restart_at("2091-03-10T12:00:00");
    publish(&shop, &["s9-monthly"]);
    let one = shop.till("one");
    one.sync().fine();
    ring_up(
        &shop,
        &one,
        &[
            ("a1", "2091-03-11T10:00:00Z", LEA, "5000.00"),
            ("a2", "2091-03-12T10:00:00Z", ANA, "900.00"),
        ],
    );
    one.sync().fine();
    // Something broke the row of a member whose turn comes first.
    let books = rusqlite::Connection::open(shop.office().join("server.db")).expect("the books");
    books
        .execute("UPDATE member SET person = x'ff' WHERE id = 'ana'", [])
        .expect("a row");
    drop(books);
    shop.restart_at("2091-04-02T08:00:00");
    soon("the bonus of March", || shop.points_of("lea") == money(75_000));
    // Nor does a till wait that sells to the one whose account it is.
    ring_up(
        &shop,
        &one,
        &[
            ("b1", "2091-04-02T10:00:00Z", ANA, "10.00"),
            ("b2", "2091-04-02T11:00:00Z", LEA, "10.00"),
        ],
    );
    one.sync().fine();
    shop.has_sales(4);
}
