//! Coupon codes and what all customers share: uses, budgets and stocks in all, single-use codes. Each case is a shop's day
//! with numbers that were worked out by hand.

use rstest::rstest;
use serde_json::{Value, json};
use vafa::loyalty::program::ProgramSet;
use vafa::loyalty::program::file::read_all;
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
    (sale(2, Some("ana"), "LAMP", 1, &["hello"]), "nothing more of it for now"),
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
