//! Coupon codes and what all customers share: uses, budgets and stocks in all, single-use codes. Each case is a shop's day
//! with numbers that were worked out by hand.

use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::{Value, json};
use vafa::loyalty::amount::{Money, Price, Quantity};
use vafa::loyalty::basket::{Basket, Line};
use vafa::loyalty::calendar::{Moment, Zone};
use vafa::loyalty::engine::quote;
use vafa::loyalty::goods::Goods;
use vafa::loyalty::id::{BasketId, CounterId, SiteId, Sku};
use vafa::loyalty::member::{Change, Holder};
use vafa::loyalty::program::file::read_all;
use vafa::loyalty::program::{ProgramSet, Site};
use vafa::loyalty::quote::{Quote, Reason};
use vafa::story::{self, Story};

fn story(steps: Value) -> Story {
    let text = json!({
        "currency": "EUR", "timezone": "Europe/Berlin",
        "products": [
            {"sku": "LAMP", "price": "50.00"}, {"sku": "BULB", "price": "2.00", "categories": ["bulbs"]},
            {"sku": "DESK", "price": "100.00"},
        ],
        "members": [{"id": "ana"}, {"id": "ben"}],
        "steps": steps,
    });
    story::read("story.json", &text.to_string()).expect("a story")
}

fn programs(story: &Story, files: &[(&str, &str)]) -> ProgramSet {
    let files: Vec<_> = files
        .iter()
        .map(|(id, text)| (format!("{id}.toml"), format!("id = \"{id}\"\n{text}")))
        .collect();
    read_all(&files, story.terms.clone()).expect("programs without a mistake")
}

fn run(files: &[(&str, &str)], steps: Value) -> Vec<Value> {
    let story = story(steps);
    story.run(&programs(&story, files))
}

/// A sale on the n-th day of February, of so many of one thing, with codes.
fn sale(n: usize, member: Option<&str>, sku: &str, qty: u32, codes: &[&str]) -> Value {
    json!({"sale": {
        "id": format!("s{n}"), "at": format!("2026-02-{n:02}T12:00:00"), "member": member,
        "codes": codes, "lines": [{"sku": sku, "qty": qty.to_string()}],
    }})
}

fn back(n: usize, of: usize, sku: &str, qty: u32) -> Value {
    json!({"return": {
        "id": format!("r{n}"), "at": format!("2026-02-{n:02}T13:00:00"), "sale": format!("s{of}"),
        "lines": [{"sku": sku, "qty": qty.to_string()}],
    }})
}

/// What a sale takes off, or a return pays out; where nothing was taken off, the reason.
fn outcome(answer: &Value) -> String {
    let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
    match (answer.get("discount"), answer.get("refund")) {
        (Some(discount), _) if discount != "0.00" => text("discount"),
        (Some(_), _) => {
            let said = answer["messages"].as_array().into_iter().flatten();
            let declined = answer["declined"].as_array().into_iter().flatten();
            let declined = declined.map(|declined| &declined["why"]);
            let why = declined.chain(said).next().and_then(Value::as_str);
            why.unwrap_or("nothing").to_owned()
        }
        (None, Some(_)) => format!("back {}", text("refund")),
        (None, None) => text("refused"),
    }
}

const TEN_PERCENT: &str =
    "[[rule]]\nneeds = { code = \"WELCOME\" }\ngives = { off = \"10 %\", of = \"basket\" }\n";
const SINGLE_USE: &str = "[[rule]]\nneeds = { code = [\"a1\", \"A2\", \"a3\"] }\ngives = { off = \"5.00\", of = \"basket\" }\n\
                          limit = { code = \"1 times\" }\n";
const TWICE: &str = "[[rule]]\nneeds = { code = \"TWICE\" }\ngives = { off = \"5.00\", of = \"basket\" }\nlimit = { total = \"2 times\" }\n";
const BUDGET: &str = "[[rule]]\ngives = { off = \"10 %\", of = \"basket\" }\nlimit = { total = \"12.00\" }\n";
const ONCE_EACH: &str = "[[rule]]\nneeds = { code = \"HELLO\" }\ngives = { off = \"5.00\", of = \"basket\" }\nlimit = { member = \"1 times\" }\n";
const UNITS: &str = "[[rule]]\nneeds = { goods = { sku = \"BULB\" } }\ngives = { off = \"0.50\", of = \"each\" }\n\
                     limit = { total = \"5 each\" }\n";

#[rstest]
#[case::in_any_case(TEN_PERCENT, &[
    (sale(1, None, "LAMP", 2, &[" welcome "]), "10.00"),
    (sale(2, None, "LAMP", 2, &[]), "needs a code"),
    (sale(3, None, "LAMP", 2, &["wElCoMe", "WELCOME"]), "10.00"),
])]
#[case::each_code_once(SINGLE_USE, &[
    (sale(1, None, "LAMP", 1, &["A1"]), "5.00"),
    (sale(2, None, "LAMP", 1, &["a1 "]), "the code A1 is used up"),
    (sale(3, None, "LAMP", 1, &["a2"]), "5.00"),
    // Of two codes that are good for one rule the first one is taken, and the other stays good.
    (sale(4, None, "LAMP", 1, &["A3", "A1"]), "5.00"),
    (sale(5, None, "LAMP", 1, &["A3"]), "the code A3 is used up"),
    (back(6, 1, "LAMP", 1), "back 45.00"),
    (sale(7, None, "LAMP", 1, &["A1"]), "5.00"),
    (sale(8, None, "LAMP", 1, &["A1"]), "the code A1 is used up"),
])]
#[case::so_often_in_all(TWICE, &[
    (sale(1, Some("ana"), "LAMP", 1, &["TWICE"]), "5.00"),
    (sale(2, None, "LAMP", 1, &["twice"]), "5.00"),
    (sale(3, Some("ben"), "LAMP", 1, &["TWICE"]), "all of it is given away"),
    (back(4, 2, "LAMP", 1), "back 45.00"),
    (sale(5, Some("ben"), "LAMP", 1, &["TWICE"]), "5.00"),
    (sale(6, None, "LAMP", 1, &["TWICE"]), "all of it is given away"),
])]
// The last discount is cut to what the budget leaves, and half a return gives half of it back.
#[case::a_budget(BUDGET, &[
    (sale(1, None, "LAMP", 2, &[]), "10.00"),
    (sale(2, None, "LAMP", 2, &[]), "2.00"),
    (sale(3, None, "LAMP", 2, &[]), "all of it is given away"),
    (back(4, 1, "LAMP", 1), "back 45.00"),
    (sale(5, None, "LAMP", 2, &[]), "5.00"),
    (back(6, 1, "LAMP", 1), "back 45.00"),
    (back(7, 2, "LAMP", 2), "back 98.00"),
    (sale(8, None, "DESK", 1, &[]), "7.00"),
])]
#[case::once_for_each_member(ONCE_EACH, &[
    (sale(1, Some("ana"), "LAMP", 1, &["HELLO"]), "5.00"),
    (sale(2, Some("ana"), "LAMP", 1, &["hello"]), "the limit is reached, nothing more of it for now"),
    (sale(3, Some("ben"), "LAMP", 1, &["hello"]), "5.00"),
    (sale(4, None, "LAMP", 1, &["hello"]), "needs a card"),
    (back(5, 1, "LAMP", 1), "back 45.00"),
    (sale(6, Some("ana"), "LAMP", 1, &["HELLO"]), "5.00"),
])]
#[case::so_many_units_in_all(UNITS, &[
    (sale(1, None, "BULB", 3, &[]), "1.50"),
    (sale(2, None, "BULB", 4, &[]), "1.00"),
    (sale(3, None, "BULB", 1, &[]), "all of it is given away"),
    (back(4, 1, "BULB", 2), "back 3.00"),
    (sale(5, None, "BULB", 4, &[]), "1.00"),
])]
fn what_everybody_shares(#[case] rules: &str, #[case] days: &[(Value, &str)]) {
    let steps: Vec<Value> = days.iter().map(|(step, _)| step.clone()).collect();
    let answers = run(&[("offer", rules)], Value::Array(steps));
    let came: Vec<String> = answers.iter().map(outcome).collect();
    let expected: Vec<&str> = days.iter().map(|(_, expected)| *expected).collect();
    assert_eq!(came, expected);
}

/// 100.00: 10 % by code after 30.00 off the basket is 7.00; moved to the percentages it is 10.00 of the whole.
#[rstest]
#[case::after_all_others("", "37.00")]
#[case::moved("phase = 3\n", "40.00")]
fn a_coupon_acts_after_the_other_offers(#[case] phase: &str, #[case] discount: &str) {
    let coupon = format!("{TEN_PERCENT}{phase}");
    let amount = "[[rule]]\ngives = { off = \"30.00\", of = \"basket\" }\n";
    let answers = run(
        &[("amount", amount), ("coupon", &coupon)],
        json!([sale(1, None, "DESK", 1, &["WELCOME"])]),
    );
    assert_eq!(answers[0]["discount"], discount);
}

#[test]
fn one_code_serves_every_rule_that_names_it_and_an_unknown_one_is_said() {
    let two = format!(
        "[purse.points]\n{TEN_PERCENT}[[rule]]\nwho = \"members\"\nneeds = {{ code = \"welcome\" }}\n\
         gives = {{ points = 7, per = \"sale\" }}\n"
    );
    let answers = run(
        &[("two", &two)],
        json!([sale(1, Some("ana"), "LAMP", 1, &["WELCOME", "Summer", "summer "])]),
    );
    assert_eq!(answers[0]["discount"], "5.00");
    assert_eq!(answers[0]["earned"]["points"], "7");
    assert_eq!(
        answers[0]["messages"],
        json!(["the code Summer is not known here"])
    );
}

/// Two rules of one file share 5.00: the first takes 4.00 of it, the second what is left.
#[test]
fn all_rules_of_a_file_share_its_limit() {
    let file = "limit = { total = \"5.00\" }\n[[rule]]\ngives = { off = \"4.00\", of = \"basket\" }\n\
                [[rule]]\nneeds = { code = \"MORE\" }\ngives = { off = \"3.00\", of = \"basket\" }\n";
    let steps = json!([
        sale(1, None, "LAMP", 1, &["MORE"]),
        sale(2, None, "LAMP", 1, &["MORE"]),
        back(3, 1, "LAMP", 1),
        sale(4, None, "LAMP", 1, &[]),
        sale(5, None, "LAMP", 1, &["MORE"]),
    ]);
    let came: Vec<String> = run(&[("both", file)], steps).iter().map(outcome).collect();
    assert_eq!(
        came,
        ["5.00", "all of it is given away", "back 45.00", "4.00", "1.00"]
    );
    let once = "limit = { member = \"1 times\" }\n[[rule]]\nneeds = { goods = { sku = \"LAMP\" } }\n\
                gives = { off = \"1.00\", of = \"each\" }\n[[rule]]\ngives = { points = 5, per = \"sale\" }\n";
    let answers = run(&[("once", once)], json!([sale(1, Some("ana"), "LAMP", 1, &[])]));
    assert_eq!(
        (&answers[0]["discount"], &answers[0]["earned"]["points"]),
        (&json!("1.00"), &json!("0"))
    );
}

const PRIZE: &str = "[purse.points]\n[reward.cake]\nstock = 2\ncosts = 5\npurse = \"points\"\n\
                     [[rule]]\nwho = \"members\"\ngives = { points = 5, per = \"sale\" }\n\
                     [[rule]]\nwho = \"members\"\ngives = { draw = \"100 %\", among = [\"cake\"] }\n";

/// Draws and the catalogue take from one stock; a returned sale puts its prize back.
#[test]
fn a_stock_is_one_for_draws_and_catalogue() {
    let redeem =
        json!({"redeem": {"id": "x", "at": "2026-02-02T14:00:00", "member": "ana", "reward": "cake"}});
    let answers = run(
        &[("prize", PRIZE)],
        json!([
            sale(1, Some("ana"), "LAMP", 1, &[]),
            redeem,
            sale(3, Some("ben"), "LAMP", 1, &[]),
            back(4, 1, "LAMP", 1),
            sale(5, Some("ben"), "LAMP", 1, &[]),
            {"balance": {"member": "ana"}},
        ]),
    );
    assert_eq!(answers[0]["issued"], json!([{"reward": "cake", "qty": "1"}]));
    assert_eq!(answers[1]["issued"], json!([{"reward": "cake", "qty": "1"}]));
    assert_eq!(answers[2]["issued"], json!([]));
    assert_eq!(answers[2]["declined"][0]["why"], "all of it is given away");
    assert_eq!(answers[3]["issued"], json!([{"reward": "cake", "qty": "-1"}]));
    assert_eq!(answers[4]["issued"], json!([{"reward": "cake", "qty": "1"}]));
    assert_eq!(answers[5]["entitlements"], json!({"cake": "1"}));
}

/// A draw picks among what is left; a rule that issues keeps to the stock.
#[test]
fn a_stock_is_never_given_twice() {
    let file = "[reward.cake]\nstock = 1\n[reward.tea]\nstock = 3\n\
                [[rule]]\nwho = \"members\"\ngives = { draw = \"100 %\", among = [\"cake\"] }\n\
                [[rule]]\nwho = \"members\"\ngives = { issue = \"cake\" }\n\
                [[rule]]\nwho = \"members\"\ngives = { issue = \"tea\", quantity = 2 }\n";
    let answers = run(
        &[("both", file)],
        json!([
            sale(1, Some("ana"), "LAMP", 1, &[]),
            sale(2, Some("ana"), "LAMP", 1, &[])
        ]),
    );
    let cake = |qty: &str| json!({"reward": "cake", "qty": qty});
    assert_eq!(
        answers[0]["issued"],
        json!([cake("1"), {"reward": "tea", "qty": "2"}])
    );
    assert_eq!(answers[1]["issued"], json!([]));
}

/// Each draw of a sale may win a piece, and no draw is refused a piece that all of them leave.
#[rstest]
#[case(1, 1)]
#[case(2, 2)]
#[case(3, 2)]
fn draws_of_one_sale_share_a_stock(#[case] stock: u32, #[case] won: u32) {
    let draw = "[[rule]]\nwho = \"members\"\ngives = { draw = \"100 %\", among = [\"cake\"] }\n";
    let file = format!("[reward.cake]\nstock = {stock}\n{draw}{draw}");
    let answers = run(&[("two", &file)], json!([sale(1, Some("ana"), "LAMP", 1, &[])]));
    let issued = answers[0]["issued"].as_array().expect("a list").iter();
    let pieces = issued.map(|one| one["qty"].as_str().and_then(|qty| qty.parse().ok()).unwrap_or(0));
    assert_eq!(pieces.sum::<u32>(), won, "{}", answers[0]);
}

/// A purse of stored value, an offer on everything, points for all that is spent, and a threshold.
const GIFT: &str = "[purse.gift]\nkind = \"gift\"\nsold_as = [\"GIFT-CARD\", \"TOP-UP\"]\n\
                    [purse.points]\nworth = \"0.01\"\n\
                    [[rule]]\ngives = { off = \"10 %\", of = \"basket\" }\n\
                    [[rule]]\nwho = \"members\"\ngives = { points = 1, per = \"1.00\" }\n\
                    [[rule]]\nneeds = { total = \"100.00\" }\ngives = { off = \"1.00\", of = \"basket\" }\n\
                    [ladder.club]\ncounts = \"spend\"\nlevels = [{ name = \"new\", from = 0 }, { name = \"known\", from = \"100.00\" }]\n";

fn lines(n: usize, lines: &[(&str, &str)], redeem: &[(&str, &str)]) -> Value {
    let lines = lines
        .iter()
        .map(|(sku, price)| json!({"sku": sku, "price": price}));
    let redeem = redeem
        .iter()
        .map(|(purse, amount)| json!({"purse": purse, "amount": amount}));
    json!({"sale": {
        "id": format!("s{n}"), "at": format!("2026-02-{n:02}T12:00:00"), "member": "ana",
        "lines": lines.collect::<Vec<_>>(), "redeem": redeem.collect::<Vec<_>>(),
    }})
}

fn balance() -> Value {
    json!({"balance": {"member": "ana"}})
}

/// The gift card costs what it costs: the desk alone is reduced and earns. What the card pays afterwards earns like cash.
#[test]
fn a_gift_card_is_money_paid_in_and_pays_like_money() {
    let answers = run(
        &[("gift", GIFT)],
        json!([
            lines(1, &[("GIFT-CARD", "100.00"), ("DESK", "50.00")], &[]),
            balance(),
            lines(2, &[("DESK", "100.00")], &[("gift", "40.00")]),
            lines(3, &[("DESK", "100.00")], &[("points", "max"), ("gift", "max")]),
            balance(),
            {"return": {"id": "r", "at": "2026-02-04T12:00:00", "sale": "s3", "lines": [{"sku": "DESK"}]}},
            balance(),
        ]),
    );
    // 10 % off 50.00 and nothing off the card; 145.00 to pay; 45 points on the desk; 45.00 spent is no tier yet.
    let first = &answers[0];
    assert_eq!(
        (&first["subtotal"], &first["discount"], &first["due"]),
        (&json!("150.00"), &json!("5.00"), &json!("145.00"))
    );
    assert_eq!(
        first["lines"][0],
        json!({"sku": "GIFT-CARD", "qty": "1", "gross": "100.00", "discount": "0.00", "net": "100.00"})
    );
    assert_eq!(first["earned"], json!({"gift": "100.00", "points": "45"}));
    assert_eq!(first["tiers"], json!({"club": "new"}));
    assert_eq!(answers[1]["purses"], json!({"gift": "100.00", "points": "45"}));
    // 100.00 less 10.00 and 1.00: 89.00, of which the card pays 40.00; points on all of it.
    let second = &answers[2];
    assert_eq!(
        (&second["total"], &second["due"], &second["paid_with_purses"]),
        (&json!("89.00"), &json!("49.00"), &json!("40.00"))
    );
    assert_eq!(second["earned"]["points"], "89");
    assert_eq!(second["tiers"], json!({"club": "known"}));
    // 89.00 again: the card pays first, 60.00; then 134 points pay 1.34, which earn nothing: 87.66 earn 87.
    let third = &answers[3];
    assert_eq!(third["spent"], json!({"gift": "60.00", "points": "134"}));
    assert_eq!(
        (&third["due"], &third["earned"]["points"]),
        (&json!("27.66"), &json!("87"))
    );
    assert_eq!(answers[4]["purses"], json!({"gift": "0", "points": "87"}));
    assert_eq!(answers[5]["refund"], "27.66");
    assert_eq!(answers[5]["spent"], json!({"gift": "-60.00", "points": "-134"}));
    assert_eq!(answers[6]["purses"], json!({"gift": "60.00", "points": "134"}));
}

/// Points cannot become a gift card, neither by paying for one nor by returning what they paid for.
#[test]
fn no_purse_pays_for_stored_value() {
    let answers = run(
        &[("gift", GIFT)],
        json!([
            lines(1, &[("DESK", "5000.00")], &[]),
            lines(2, &[("TOP-UP", "20.00")], &[("points", "max")]),
            lines(3, &[("TOP-UP", "20.00"), ("BULB", "10.00")], &[("points", "max")]),
            {"return": {"id": "r", "at": "2026-02-04T12:00:00", "sale": "s3", "lines": [{"sku": "BULB"}]}},
            {"return": {"id": "q", "at": "2026-02-05T12:00:00", "sale": "s3", "lines": [{"sku": "TOP-UP"}]}},
            balance(),
        ]),
    );
    assert_eq!(
        (&answers[1]["due"], &answers[1]["paid_with_purses"]),
        (&json!("20.00"), &json!("0.00"))
    );
    // 10.00 less 10 % is 9.00, which 900 points pay; the top-up is paid in money.
    assert_eq!(
        (&answers[2]["due"], &answers[2]["paid_with_purses"]),
        (&json!("20.00"), &json!("9.00"))
    );
    // What points paid for goes back to points, not to the drawer.
    assert_eq!(
        (&answers[3]["refund"], &answers[3]["spent"]["points"]),
        (&json!("0.00"), &json!("-900"))
    );
    assert_eq!(answers[4]["refund"], "20.00");
    assert_eq!(answers[5]["purses"]["gift"], "20.00");
}

/// What was spent of a gift card cannot be returned; the card comes back when its value is there again.
#[test]
fn c16_no_return_makes_stored_value_negative() {
    let card_back = |n: usize| {
        json!({"return": {"id": format!("r{n}"), "at": format!("2026-02-{n:02}T12:00:00"), "sale": "s1",
                                    "lines": [{"sku": "GIFT-CARD"}]}})
    };
    let answers = run(
        &[("gift", GIFT)],
        json!([
            lines(1, &[("GIFT-CARD", "50.00")], &[]),
            lines(2, &[("BULB", "20.00")], &[("gift", "max")]),
            card_back(3),
            balance(),
            {"return": {"id": "b", "at": "2026-02-04T12:00:00", "sale": "s2", "lines": [{"sku": "BULB"}]}},
            card_back(5),
            balance(),
            {"sale": {"id": "x", "at": "2026-02-06T12:00:00", "lines": [{"sku": "GIFT-CARD", "price": "10.00"}]}},
        ]),
    );
    assert_eq!(answers[1]["spent"]["gift"], "18.00");
    assert_eq!(
        answers[2]["refused"],
        "50 of gift would be taken back, 32 are there: what was spent of it cannot be returned"
    );
    assert_eq!(answers[3]["purses"]["gift"], "32.00");
    assert_eq!(answers[4]["spent"]["gift"], "-18.00");
    assert_eq!(answers[5]["refund"], "50.00");
    assert_eq!(answers[6]["purses"]["gift"], "0");
    assert_eq!(answers[7]["refused"], "needs a card");
}

const NEXT_FIVE: &str = "[purse.next-five]\nusable = \"next sale\"\ndays = 10\n\
                         [[rule]]\nwho = \"members\"\nneeds = { total = \"50.00\" }\ngives = { points = 1, per = \"sale\", purse = \"next-five\" }\n\
                         [[rule]]\nwho = \"members\"\nneeds = { stamps = 1, purse = \"next-five\" }\ngives = { off = \"5.00\", of = \"basket\" }\n";

/// A purchase of 50.00 brings 5.00 off the next one within ten days; the return of that gives the coupon back.
#[test]
fn a_coupon_for_the_next_sale() {
    let answers = run(
        &[("next-five", NEXT_FIVE)],
        json!([
            sale(1, Some("ana"), "LAMP", 1, &[]),
            sale(3, Some("ana"), "BULB", 10, &[]),
            sale(4, Some("ana"), "BULB", 10, &[]),
            back(5, 3, "BULB", 10),
            sale(11, Some("ana"), "BULB", 1, &[]),
            sale(12, Some("ana"), "LAMP", 1, &[]),
            sale(23, Some("ana"), "LAMP", 1, &[]),
            sale(24, Some("ana"), "BULB", 10, &[]),
        ]),
    );
    let came: Vec<String> = answers.iter().map(outcome).collect();
    let missing = "needs 1 more of next-five";
    assert_eq!(answers[0]["earned"]["next-five"], "1");
    // 2.00 is all that can be taken off a bulb; the coupon that came back on the 5th lives thirty days more.
    assert_eq!(
        came[1..5],
        ["5.00", "needs 50.00, basket has 20.00", "back 15.00", "2.00"]
    );
    assert_eq!(answers[2]["declined"][1]["why"], missing);
    assert_eq!(came[5], missing);
    // The one of the 12th was good to the 22nd.
    assert_eq!(came[6], missing);
    assert_eq!(came[7], "5.00");
}

const VOUCHER: &str = "[reward.five-off]\n[[rule]]\nwho = \"members\"\nneeds = { goods = { sku = \"DESK\" } }\ngives = { issue = \"five-off\" }\n\
                       [[rule]]\nneeds = { entitlement = \"five-off\" }\ngives = { off = \"5.00\", of = \"basket\" }\n";

/// A desk brings a voucher that the next sale uses up, once; a return of that sale gives it back, and a return of the desk
/// takes it away.
#[test]
fn a_voucher_is_used_up_by_a_discount() {
    let answers = run(
        &[("voucher", VOUCHER)],
        json!([
            sale(1, Some("ana"), "DESK", 1, &[]),
            balance(),
            sale(2, Some("ana"), "LAMP", 2, &[]),
            balance(),
            sale(3, Some("ana"), "LAMP", 2, &[]),
            back(4, 2, "LAMP", 1),
            back(5, 2, "LAMP", 1),
            balance(),
            back(6, 1, "DESK", 1),
            balance(),
        ]),
    );
    assert_eq!(answers[1]["entitlements"], json!({"five-off": "1"}));
    assert_eq!(outcome(&answers[2]), "5.00");
    assert_eq!(answers[3]["entitlements"], json!({}));
    assert_eq!(
        answers[4]["declined"][1]["why"],
        "needs five-off, which is not held"
    );
    assert_eq!(
        (outcome(&answers[5]), outcome(&answers[6])),
        ("back 50.00".to_owned(), "back 45.00".to_owned())
    );
    assert_eq!(answers[7]["entitlements"], json!({"five-off": "1"}));
    assert_eq!(answers[9]["entitlements"], json!({}));
}

/// A till's own quote of a desk at 100.00, with what was dealt to it.
fn at_a_till(programs: &ProgramSet, codes: &[&str], dealt: BTreeMap<CounterId, i64>) -> Quote {
    let site = SiteId::parse("north").expect("a name");
    let at = Moment::parse("2026-02-10T12:00:00", &Zone::utc()).expect("a time");
    let mut basket = Basket::open(BasketId::parse("b1").expect("a name"), at, site.clone());
    let price = Price::parse("100.00").expect("a price");
    let line = Line {
        goods: Goods::uncatalogued(Sku::parse("DESK").expect("a name"), Some(price)),
        quantity: Quantity::ONE,
        price,
        added_by: None,
    };
    basket.add(line).expect("a line");
    for code in codes {
        basket.show(code).expect("a code");
    }
    basket.dealt = dealt;
    let site = Site {
        id: site,
        partner: None,
        zone: Zone::utc(),
    };
    quote(&basket, None, programs, &site)
}

/// What a quote counts for everybody together.
fn counted(quote: &Quote) -> BTreeMap<CounterId, i64> {
    let shop = quote.others.iter().filter(|other| other.holder == Holder::Shop);
    let counts = shop
        .flat_map(|other| &other.changes)
        .filter_map(|change| match change {
            Change::Count { counter, amount, .. } => Some((counter.clone(), *amount)),
            _ => None,
        });
    counts.collect()
}

/// A till gives what was dealt to it and not more; where nothing was, it says so.
#[test]
fn a_till_gives_the_share_that_was_dealt_to_it() {
    let story = story(json!([]));
    let programs = programs(&story, &[("budget", BUDGET), ("codes", SINGLE_USE)]);
    let of_budget = programs.totals();
    let amounts: Vec<i64> = of_budget.values().copied().collect();
    assert_eq!(amounts, [12_000], "twelve euros, in thousandths");
    let codes = programs.totals_of(&["a1 ".to_owned(), "Unknown".to_owned(), "A2".to_owned()]);
    assert_eq!(codes.values().copied().collect::<Vec<i64>>(), [1, 1]);
    let nothing = at_a_till(&programs, &["A1"], BTreeMap::new());
    assert_eq!(nothing.discount, Money::ZERO);
    let why: Vec<&Reason> = nothing.declined.iter().map(|declined| &declined.why).collect();
    assert_eq!(why, [&Reason::NotDealt, &Reason::NotDealt]);
    // Of the budget this till has 3.00, of the codes the first.
    let mut dealt: BTreeMap<CounterId, i64> =
        of_budget.keys().map(|counter| (counter.clone(), 3_000)).collect();
    dealt.extend(codes.into_iter().take(1));
    let some = at_a_till(&programs, &["a1"], dealt.clone());
    assert_eq!(some.discount, Money::minor(800));
    assert_eq!(counted(&some), dealt);
    let second = at_a_till(&programs, &["A2"], dealt.clone());
    assert_eq!(second.discount, Money::minor(300));
    // A share that is larger than the total gives the total.
    let more = dealt.keys().map(|counter| (counter.clone(), 99_000)).collect();
    assert_eq!(at_a_till(&programs, &["a1"], more).discount, Money::minor(1_500));
    let used_up = dealt.keys().map(|counter| (counter.clone(), -1)).collect();
    let why = at_a_till(&programs, &["a1"], used_up);
    let why: Vec<&Reason> = why.declined.iter().map(|declined| &declined.why).collect();
    assert_eq!(
        why,
        [
            &Reason::GivenAway,
            &Reason::CodeUsed {
                code: "A1".to_owned()
            }
        ]
    );
}
