//! Small days of a shop, run through the program as a script would. Every number is worked out by hand from the rules.

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use rstest::rstest;
use serde_json::{Value, json};

const S1: &str = "s1-points";
const S11: &str = "s11-fixed-card";
const S12A: &str = "s12a-three-for-two";

fn program(id: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("programs/{id}.toml"))
}

fn simulate(programs: &[&str], text: &str) -> (i32, Vec<Value>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let story = folder.path().join("story.json");
    fs::write(&story, text).expect("a file");
    let mut command = Command::cargo_bin("vafa").expect("the program");
    command.arg("simulate").arg("--programs");
    command.args(programs.iter().map(|id| program(id))).arg(&story);
    let output = command.output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let answers = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let wrong = String::from_utf8(output.stderr).expect("text");
    (output.status.code().unwrap_or(-1), answers, wrong)
}

/// Runs steps in a shop that sells gum, a reduced coat and anything at a named price to Ana, Ben and Lea.
fn run_in(shop: Value, programs: &[&str], steps: Value) -> Vec<Value> {
    let mut story = json!({
        "currency": "EUR", "timezone": "Europe/Berlin",
        "products": [
            {"sku": "GUM", "name": "Gum", "price": "99.00", "categories": ["gum"]},
            {"sku": "MINT", "price": "50.00", "categories": ["gum/mint"]},
            {"sku": "COAT", "price": "100.00", "on_sale": true},
            {"sku": "TAXED", "price": "100.00", "tax_rate": "18"},
        ],
        "members": [
            {"id": "ana", "birthday": "1990-03-01"},
            {"id": "ben"},
            {"id": "lea", "birthday": "2000-02-29"},
        ],
        "steps": steps,
    });
    for (key, value) in shop.as_object().expect("an object") {
        story[key] = value.clone();
    }
    let (status, answers, wrong) = simulate(programs, &story.to_string());
    assert_eq!((status, wrong.as_str()), (0, ""));
    answers
}

fn run(programs: &[&str], steps: Value) -> Vec<Value> {
    run_in(json!({}), programs, steps)
}

fn sale(id: &str, at: &str, member: Option<&str>, lines: Value) -> Value {
    json!({"sale": {"id": id, "at": at, "member": member, "lines": lines}})
}

fn paying(id: &str, at: &str, price: &str, amount: &str) -> Value {
    json!({"sale": {"id": id, "at": at, "member": "ana", "lines": [{"sku": "ANY", "qty": "1", "price": price}],
        "redeem": [{"purse": "points", "amount": amount}]}})
}

fn any(price: &str) -> Value {
    json!([{"sku": "ANY", "qty": "1", "price": price}])
}

fn balance() -> Value {
    json!({"balance": {"member": "ana"}})
}

#[test]
fn s1_a_bill_of_1234_56_earns_123_points_that_pay_the_next_bill() {
    let answers = run(
        &[S1],
        json!([
            sale("s1", "2026-02-10T12:00:00", Some("ana"), any("1234.56")),
            balance(),
            paying("s2", "2026-02-11T12:00:00", "200.00", "123"),
            paying("s3", "2026-02-11T12:00:00", "7.00", "max"),
            balance(),
        ]),
    );
    assert_eq!(answers[0]["earned"], json!({"points": "123"}));
    assert_eq!(answers[1]["purses"], json!({"points": "123"}));
    assert_eq!(
        (&answers[2]["paid_with_purses"], &answers[2]["due"]),
        (&json!("123.00"), &json!("77.00"))
    );
    assert_eq!(answers[2]["spent"], json!({"points": "123"}));
    // 77.00 were paid in money: 7 points, which pay the whole next bill, and that earns nothing
    assert_eq!(answers[2]["earned"], json!({"points": "7"}));
    assert_eq!(
        (&answers[3]["due"], &answers[3]["earned"]),
        (&json!("0.00"), &json!({"points": "0"}))
    );
    assert_eq!(answers[4]["purses"], json!({"points": "0"}));
}

#[test]
fn s1_an_answer_has_every_key_in_its_place() {
    let answers = run(
        &[S1, S12A],
        json!([sale("s1", "2026-02-10T12:00:00", None, any("5.00")), balance()]),
    );
    assert_eq!(
        answers[0].to_string(),
        concat!(
            r#"{"sale":"s1","subtotal":"5.00","discount":"0.00","total":"5.00","paid_with_purses":"0.00","due":"5.00","#,
            r#""lines":[{"sku":"ANY","qty":"1","gross":"5.00","discount":"0.00","net":"5.00"}],"applied":[],"#,
            r#""declined":[{"program":"s1-points","why":"needs a card"},"#,
            r#"{"program":"s12a-three-for-two","why":"needs 3 of gum, basket has 0"}],"#,
            r#""earned":{"points":"0"},"spent":{"points":"0"},"issued":[],"donated":"0.00","approval":null,"#,
            r#""taxes":[],"tiers":{},"messages":[]}"#
        )
    );
    assert_eq!(
        answers[1].to_string(),
        r#"{"balance":"ana","purses":{"points":"0"},"tiers":{},"entitlements":{}}"#
    );
}

#[test]
fn s1_more_points_than_there_are_is_refused_and_over_the_bill_is_cut() {
    let answers = run(
        &[S1],
        json!([
            sale("s1", "2026-02-10T12:00:00", Some("ana"), any("100.00")),
            paying("s2", "2026-02-10T13:00:00", "50.00", "11"),
            paying("s3", "2026-02-10T13:00:00", "4.00", "10"),
            balance(),
        ]),
    );
    assert_eq!(answers[1]["step"], json!(1));
    assert_eq!(answers[1].as_object().expect("an object").len(), 2);
    assert_eq!(
        (&answers[2]["spent"], &answers[2]["due"]),
        (&json!({"points": "4"}), &json!("0.00"))
    );
    assert_eq!(answers[3]["purses"]["points"], "6");
}

#[test]
fn s1_a_full_return_leaves_nothing_behind() {
    let back = |id: &str, qty: &str| json!({"return": {"id": id, "at": "2026-02-12T12:00:00", "sale": "s2", "lines": [{"sku": "ANY", "qty": qty}]}});
    let answers = run(
        &[S1],
        json!([
            sale("s1", "2026-02-10T12:00:00", Some("ana"), any("600.00")),
            {"sale": {"id": "s2", "at": "2026-02-11T12:00:00", "member": "ana",
                "lines": [{"sku": "ANY", "qty": "2", "price": "50.00"}],
                "redeem": [{"purse": "points", "amount": "max"}]}},
            back("r1", "1"),
            back("r2", "1"),
            back("r3", "1"),
            balance(),
        ]),
    );
    // 60 points pay 60.00, 40.00 are money and earn 4
    assert_eq!(
        (&answers[1]["due"], &answers[1]["earned"]["points"]),
        (&json!("40.00"), &json!("4"))
    );
    assert_eq!(
        answers[2],
        json!({"return": "r1", "refund": "40.00", "earned": {"points": "-4"}, "spent": {"points": "-10"}, "issued": []})
    );
    assert_eq!(
        answers[3],
        json!({"return": "r2", "refund": "0.00", "earned": {"points": "0"}, "spent": {"points": "-50"}, "issued": []})
    );
    assert_eq!(answers[4]["step"], json!(4));
    assert_eq!(answers[5]["purses"]["points"], "60");
}

#[test]
fn s1_points_spent_before_the_return_become_a_debt_that_later_points_repay() {
    let answers = run(
        &[S1],
        json!([
            sale("s1", "2026-02-10T12:00:00", Some("ana"), any("100.00")),
            paying("s2", "2026-02-10T13:00:00", "10.00", "max"),
            {"return": {"id": "r1", "at": "2026-02-11T12:00:00", "sale": "s1", "lines": [{"sku": "ANY", "qty": "1"}]}},
            balance(),
            sale("s3", "2026-02-12T12:00:00", Some("ana"), any("150.00")),
            balance(),
        ]),
    );
    assert_eq!(
        (&answers[2]["refund"], &answers[2]["earned"]["points"]),
        (&json!("100.00"), &json!("-10"))
    );
    assert_eq!(answers[3]["purses"]["points"], "-10");
    assert_eq!(answers[5]["purses"]["points"], "5");
}

#[rstest]
#[case("1499.99", "0.00")]
#[case("1500.00", "250.00")]
#[case("2000.00", "250.00")]
fn s11_the_card_comes_at_fifteen_hundred_and_counts_from_the_next_sale(
    #[case] first: &str,
    #[case] discount: &str,
) {
    let answers = run(
        &[S11],
        json!([
            sale("s1", "2026-02-10T12:00:00", Some("ben"), any(first)),
            sale("s2", "2026-02-10T12:00:01", Some("ben"), any("5000.00")),
        ]),
    );
    assert_eq!(answers[0]["discount"], "0.00");
    assert_eq!(answers[1]["discount"], discount);
}

#[test]
fn s11_five_percent_for_ever_and_nothing_on_reduced_goods() {
    let answers = run(
        &[S11],
        json!([
            sale("s1", "2026-02-10T12:00:00", Some("ben"), any("1500.00")),
            sale("s2", "2026-02-11T12:00:00", Some("ben"), any("50000.00")),
            sale(
                "s3",
                "2036-02-11T12:00:00",
                Some("ben"),
                json!([{"sku": "COAT", "qty": "2"}])
            ),
            sale(
                "s4",
                "2036-02-11T12:00:00",
                Some("ben"),
                json!([{"sku": "COAT", "qty": "1"}, {"sku": "ANY", "qty": "1", "price": "100.00"}])
            ),
            sale("s5", "2036-02-11T12:00:00", Some("ana"), any("100.00")),
        ]),
    );
    assert_eq!(answers[1]["discount"], "2500.00");
    assert_eq!(answers[2]["discount"], "0.00");
    assert_eq!(
        (
            &answers[3]["lines"][0]["discount"],
            &answers[3]["lines"][1]["discount"]
        ),
        (&json!("0.00"), &json!("5.00"))
    );
    assert_eq!(answers[3]["applied"][0]["explain"], "5 % off with discount-card");
    assert_eq!(answers[4]["discount"], "0.00");
}

#[rstest]
#[case("ana", "2027-02-28T23:59:59", "5.00")]
#[case("ana", "2027-03-01T00:00:00", "10.00")]
#[case("ana", "2027-03-01T23:59:59", "10.00")]
#[case("ana", "2027-03-02T00:00:00", "5.00")]
#[case("lea", "2027-02-28T12:00:00", "5.00")]
#[case("lea", "2027-03-01T12:00:00", "10.00")]
#[case("lea", "2028-02-29T12:00:00", "10.00")]
#[case("lea", "2028-03-01T12:00:00", "5.00")]
#[case("ana", "2027-02-28T23:30:00Z", "10.00")]
fn s11_ten_percent_on_the_birthday_only(#[case] member: &str, #[case] at: &str, #[case] discount: &str) {
    let answers = run(
        &[S11],
        json!([
            sale("s1", "2026-02-10T12:00:00", Some(member), any("1500.00")),
            sale("s2", at, Some(member), any("100.00"))
        ]),
    );
    assert_eq!(answers[1]["discount"], discount);
}

#[test]
fn s11_a_card_goes_back_with_its_sale() {
    let answers = run(
        &[S11],
        json!([
            sale("s1", "2026-02-10T12:00:00", Some("ben"), any("1500.00")),
            {"return": {"id": "r1", "at": "2026-02-10T13:00:00", "sale": "s1", "lines": [{"sku": "ANY", "qty": "1"}]}},
            sale("s2", "2026-02-11T12:00:00", Some("ben"), any("100.00")),
        ]),
    );
    assert_eq!(answers[1]["refund"], "1500.00");
    assert_eq!(answers[2]["discount"], "0.00");
}

#[test]
fn s11_a_return_uses_the_facts_of_its_sale() {
    // bought before the card: 2 × 800.00 in full; one comes back after the card is held
    let answers = run(
        &[S11],
        json!([
            sale("s1", "2026-02-10T12:00:00", Some("ben"), json!([{"sku": "ANY", "qty": "2", "price": "100.00"}])),
            sale("s2", "2026-02-10T13:00:00", Some("ben"), any("1500.00")),
            {"return": {"id": "r1", "at": "2026-02-11T12:00:00", "sale": "s1", "lines": [{"sku": "ANY", "qty": "1"}]}},
            sale("s3", "2026-02-12T12:00:00", Some("ben"), json!([{"sku": "ANY", "qty": "2", "price": "0.50"}])),
            {"return": {"id": "r2", "at": "2026-02-13T12:00:00", "sale": "s3", "lines": [{"sku": "ANY", "qty": "1"}]}},
            {"return": {"id": "r3", "at": "2026-02-13T12:00:00", "sale": "s3", "lines": [{"sku": "ANY", "qty": "1"}]}},
        ]),
    );
    assert_eq!(answers[2]["refund"], "100.00");
    // 5 % of 1.00 leaves 0.95; one kept costs 0.50 - 0.03 (0.025 rounded once) = 0.47
    assert_eq!(
        (&answers[4]["refund"], &answers[5]["refund"]),
        (&json!("0.48"), &json!("0.47"))
    );
}

#[rstest]
#[case("2", "198.00")]
#[case("3", "198.00")]
#[case("5", "396.00")]
#[case("6", "396.00")]
#[case("11", "792.00")]
fn s12a_every_third_gum_is_free(#[case] qty: &str, #[case] total: &str) {
    let answers = run(
        &[S12A],
        json!([sale(
            "s1",
            "2026-02-10T12:00:00",
            None,
            json!([{"sku": "GUM", "qty": qty}])
        )]),
    );
    assert_eq!(answers[0]["total"], total);
}

#[test]
fn s12a_the_cheapest_of_mixed_gums_is_free() {
    let answers = run(
        &[S12A],
        json!([sale(
            "s1",
            "2026-02-10T12:00:00",
            None,
            json!([{"sku": "MINT", "qty": "1"}, {"sku": "GUM", "qty": "2"}])
        )]),
    );
    assert_eq!(
        (&answers[0]["total"], &answers[0]["lines"][0]["discount"]),
        (&json!("198.00"), &json!("50.00"))
    );
    assert_eq!(
        answers[0]["applied"],
        json!([{"program": S12A, "amount": "50.00", "explain": "3 for 2: 1 free"}])
    );
}

#[test]
fn s12a_a_gum_that_comes_back_takes_the_offer_with_it() {
    let back = |id: &str, qty: &str| json!({"return": {"id": id, "at": "2026-02-11T12:00:00", "sale": "s1", "lines": [{"sku": "GUM", "qty": qty}]}});
    let answers = run(
        &[S12A],
        json!([
            sale(
                "s1",
                "2026-02-10T12:00:00",
                None,
                json!([{"sku": "GUM", "qty": "6"}])
            ),
            back("r1", "1"), // 5 kept cost 396.00 as 6 did
            back("r2", "2"), // 3 kept cost 198.00
            back("r3", "4"),
            back("r4", "3"),
        ]),
    );
    let refunds: Vec<&Value> = answers[1..].iter().map(|answer| &answer["refund"]).collect();
    assert_eq!(
        refunds,
        [&json!("0.00"), &json!("198.00"), &Value::Null, &json!("198.00")]
    );
    assert_eq!(answers[3]["step"], json!(3));
}

#[test]
fn all_three_programs_together() {
    // 3 gums leave 198.00, with 2.00 more 200.00; 5 % card leaves 190.00: 19 points
    let answers = run(
        &[S1, S11, S12A],
        json!([
            sale("s1", "2026-02-10T12:00:00", Some("ben"), any("1500.00")),
            sale("s2", "2026-02-11T12:00:00", Some("ben"),
                json!([{"sku": "GUM", "qty": "3"}, {"sku": "ANY", "qty": "1", "price": "2.00"}])),
            {"return": {"id": "r1", "at": "2026-02-12T12:00:00", "sale": "s2",
                "lines": [{"sku": "GUM", "qty": "3"}, {"sku": "ANY", "qty": "1"}]}},
        ]),
    );
    assert_eq!(
        (&answers[0]["earned"]["points"], &answers[1]["total"]),
        (&json!("150"), &json!("190.00"))
    );
    assert_eq!(answers[1]["earned"]["points"], "19");
    assert_eq!(
        (&answers[2]["refund"], &answers[2]["earned"]["points"]),
        (&json!("190.00"), &json!("-19"))
    );
}

#[rstest]
#[case("JPY", "1234", "1234", "123", "1111")]
#[case("KWD", "1234.565", "1234.565", "123", "1111.565")]
#[case("INR", "1234.56", "1234.56", "123", "1111.56")]
fn a_currency_keeps_its_decimals(
    #[case] currency: &str,
    #[case] price: &str,
    #[case] total: &str,
    #[case] points: &str,
    #[case] due: &str,
) {
    let answers = run_in(
        json!({"currency": currency, "products": []}),
        &[S1],
        json!([
            sale("s1", "2026-02-10T12:00:00", Some("ana"), any(price)),
            paying("s2", "2026-02-10T12:00:00", price, "max"),
        ]),
    );
    assert_eq!(
        (&answers[0]["total"], &answers[0]["earned"]["points"]),
        (&json!(total), &json!(points))
    );
    assert_eq!(answers[1]["due"], due);
}

#[rstest]
#[case("tax_inclusive", "100.00", "84.75", "15.25")]
#[case("tax_exclusive", "118.00", "100.00", "18.00")]
fn tax_is_inside_or_on_top(#[case] basis: &str, #[case] due: &str, #[case] base: &str, #[case] tax: &str) {
    let answers = run_in(
        json!({"price_basis": basis}),
        &[],
        json!([
            sale("s1", "2026-02-10T12:00:00", None, json!([{"sku": "TAXED", "qty": "1"}])),
            {"return": {"id": "r1", "at": "2026-02-11T12:00:00", "sale": "s1", "lines": [{"sku": "TAXED", "qty": "1"}]}},
        ]),
    );
    assert_eq!(
        (&answers[0]["total"], &answers[0]["due"]),
        (&json!("100.00"), &json!(due))
    );
    assert_eq!(
        answers[0]["taxes"],
        json!([{"rate": "18", "base": base, "tax": tax}])
    );
    assert_eq!(answers[1]["refund"], due);
}

#[test]
fn without_programs_every_discount_is_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let story = folder.path().join("story.json");
    let text = json!({"steps": [sale("s1", "2026-02-10T12:00:00", None, json!([
        {"sku": "FUEL", "qty": "10.06", "price": "1.409"}, {"sku": "FUEL", "qty": "40", "price": "1.799"}]))]});
    fs::write(&story, text.to_string()).expect("a file");
    let mut command = Command::cargo_bin("vafa").expect("the program");
    let empty = tempfile::tempdir().expect("a folder");
    let output = command
        .arg("simulate")
        .arg("--programs")
        .arg(empty.path())
        .arg(&story)
        .output()
        .expect("it runs");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    // 14.17454 and 71.96: each line is rounded by itself
    assert_eq!(
        (&answer["total"], &answer["discount"]),
        (&json!("86.13"), &json!("0.00"))
    );
    assert_eq!(
        (&answer["lines"][0]["gross"], &answer["earned"]),
        (&json!("14.17"), &json!({}))
    );
}

#[test]
fn steps_that_no_program_answers() {
    let answers = run(
        &[S1],
        json!([
            {"activity": {"id": "a1", "at": "2026-02-12T09:00:00", "member": "ana", "kind": "packaging-return", "qty": "5"}},
            {"redeem": {"id": "x1", "at": "2026-02-12T10:00:00", "member": "ana", "reward": "repair"}},
            {"use": {"id": "u1", "at": "2026-02-12T10:00:00", "member": "ana", "reward": "repair"}},
            {"return": {"id": "r1", "at": "2026-02-12T10:00:00", "sale": "s9", "lines": [{"sku": "ANY", "qty": "1"}]}},
            {"advance": {"to": "2026-03-01T00:00:00"}},
            {"balance": {"organisation": "acme"}},
        ]),
    );
    assert_eq!(answers[0], json!({"activity": "a1", "earned": {}, "issued": []}));
    for step in [1, 2, 3] {
        assert_eq!(answers[step]["step"], json!(step));
        assert!(answers[step]["refused"].is_string());
    }
    assert_eq!(
        answers[4].to_string(),
        r#"{"advance":"2026-03-01T00:00:00","expired":{}}"#
    );
    assert_eq!(answers[5]["purses"], json!({"points": "0"}));
}

#[test]
fn points_with_an_end_lapse_the_day_after_their_last() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("short.toml");
    fs::write(
        &file,
        "id = \"short\"\n[purse.points]\nworth = \"1.00\"\ndays = 30\n[[rule]]\ngives = { points = 1, per = \"10.00\" }\n",
    )
    .expect("a file");
    let story = folder.path().join("story.json");
    // earned on 10 February: good to the end of 12 March
    let text = json!({"timezone": "Europe/Berlin", "members": [{"id": "ana"}], "steps": [
        sale("s1", "2026-02-10T12:00:00", Some("ana"), any("100.00")),
        {"advance": {"to": "2026-03-12T23:59:59"}},
        balance(),
        {"advance": {"to": "2026-03-13T00:00:00"}},
        balance(),
    ]});
    fs::write(&story, text.to_string()).expect("a file");
    let mut command = Command::cargo_bin("vafa").expect("the program");
    let output = command
        .arg("simulate")
        .arg("--programs")
        .arg(&file)
        .arg(&story)
        .output()
        .expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let answers: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(
        (&answers[1]["expired"], &answers[2]["purses"]["points"]),
        (&json!({}), &json!("10"))
    );
    assert_eq!(answers[3]["expired"], json!({"ana": {"points": "10"}}));
    assert_eq!(answers[4]["purses"]["points"], "0");
}

#[rstest]
#[case(
    r#"{"steps": [{"sale": {"id": "s", "at": "2026-02-10T12:00:00", "lines": [{"sku": "A", "qty": "2"}]}}]}"#,
    "steps[0].sale.lines[0].price"
)]
#[case(r#"{"steps": [{"sale": {"id": "s", "at": "2026-02-10T12:00:00", "lines": [{"sku": "A", "qty": "0", "price": "1"}]}}]}"#, "steps[0].sale.lines[0].qty")]
#[case(r#"{"steps": [{"sale": {"id": "s", "at": "2026-02-10T12:00:00", "lines": [{"sku": "A", "qty": "1", "price": "1,5"}]}}]}"#, "\"1,5\" is not a number")]
#[case(
    r#"{"steps": [{"sale": {"id": "s", "at": "yesterday", "lines": []}}]}"#,
    "steps[0].sale.at"
)]
#[case(
    r#"{"steps": [{"sale": {"id": "s", "at": "2026-02-10T12:00:00", "member": "eve", "lines": []}}]}"#,
    "\"eve\" is not among"
)]
#[case(r#"{"steps": [{"balance": {}}]}"#, "steps[0].balance")]
#[case(
    r#"{"steps": [{"advance": {"to": "2026-02-10T12:00:00"}}, {"advance": {"to": "2026-02-09T12:00:00"}}]}"#,
    "steps[1]"
)]
#[case(r#"{"currency": "EURO"}"#, "ISO 4217")]
#[case(r#"{"timezone": "Berlin"}"#, "Europe/Berlin")]
#[case(r#"{"price_basis": "net"}"#, "tax_inclusive or tax_exclusive")]
#[case(r#"{"stepps": []}"#, "\"stepps\"")]
#[case(r#"["EUR","UTC",null,null,[],[],[],[]]"#, "an object is needed")]
#[case(r#"{"steps": [["sale"]]}"#, "steps[0]: an object is needed")]
#[case(
    r#"{"steps": [{"sale": {"id": "s", "at": "2026-02-10T12:00:00", "lines": [["A", "1", "1"]]}}]}"#,
    "steps[0].sale.lines[0]: an object is needed"
)]
#[case(
    r#"{"steps": [{"sale": {"id": "s", "at": "2026-02-10T12:00:00", "lines": [{"sku": "A", "qty": 2}]}}]}"#,
    "steps[0].sale.lines[0].qty: a text is needed, not the number 2"
)]
#[case(
    r#"{"steps": [{"sale": {"id": "s", "at": "2026-02-10T12:00:00"}}]}"#,
    "steps[0].sale: \"lines\" is missing"
)]
#[case(
    r#"{"steps": [{"balance": {"member": "a"}, "advance": {"to": "x"}}]}"#,
    "steps[0]: one kind a step"
)]
#[case(r#"{"steps": [], "steps": []}"#, "twice")]
#[case(r#"{"steps": [{"advance": {"to": "2026-02-10"}}]}"#, "steps[0].advance.to")]
#[case(r#"{"steps": [{"sell": {}}]}"#, "steps[0]: \"sell\" is no kind of step")]
#[case("{", "line 1")]
fn a_bad_story_is_refused_before_anything_runs(#[case] text: &str, #[case] says: &str) {
    let (status, answers, wrong) = simulate(&[S1], text);
    assert_eq!(
        (status, answers.len(), wrong.lines().count()),
        (2, 0, 1),
        "{wrong}"
    );
    assert!(wrong.contains("story.json") && wrong.contains(says), "{wrong}");
}

#[test]
fn bad_programs_are_refused_with_file_and_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bad.toml");
    fs::write(&file, "id = \"bad\"\n[[rule]]\ngives = { pionts = 1 }\n").expect("a file");
    for arguments in [["program", "check"], ["simulate", "--programs"]] {
        let story = folder.path().join("story.json");
        fs::write(&story, "{}").expect("a file");
        let mut command = Command::cargo_bin("vafa").expect("the program");
        command.args(arguments).arg(&file);
        if arguments[0] == "simulate" {
            command.arg(&story);
        }
        let output = command.output().expect("it runs");
        let wrong = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(2));
        assert!(
            wrong.contains("bad.toml:3: \"pionts\"") && wrong.contains("did you mean \"points\""),
            "{wrong}"
        );
    }
}

#[test]
fn the_shops_own_programs_pass_the_check_and_explain_themselves() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("programs");
    let mut check = Command::cargo_bin("vafa").expect("the program");
    check.args(["program", "check"]).arg(&folder).assert().success();
    let mut explain = Command::cargo_bin("vafa").expect("the program");
    let output = explain
        .args(["program", "explain"])
        .arg(&folder)
        .output()
        .expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(
        text.contains("All customers get the cheapest of every 3 of gum free."),
        "{text}"
    );
}
