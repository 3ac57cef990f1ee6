//! Each file of `programs/` with the numbers of the system that it stands for, and a story of its edges. Every number is
//! worked out by hand.

use std::fs;
use std::path::PathBuf;

use rstest::rstest;
use serde_json::{Value, json};
use vafa::loyalty::program::file::read_all;
use vafa::story;

fn file(id: &str) -> (String, String) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("programs/{id}.toml"));
    let text = fs::read_to_string(path).expect("a program");
    (format!("{id}.toml"), text)
}

/// Runs steps with programs in a shop with members, goods and sites.
fn run_in(shop: Value, programs: &[&str], steps: Value) -> Vec<Value> {
    let mut text = json!({
        "currency": "EUR", "timezone": "Europe/Berlin",
        "products": [
            {"sku": "BURGER", "price": "5.00"}, {"sku": "COFFEE", "price": "2.50"}, {"sku": "LENSES", "price": "80.00"},
            {"sku": "DELIVERY", "price": "4.90"}, {"sku": "PRIME-YEAR", "price": "99.00"},
            {"sku": "VIP-YEAR", "price": "299.00"},
            {"sku": "VAULT", "price": "10.00", "categories": ["members-only"]},
            {"sku": "LAPTOP", "price": "25000.00"}, {"sku": "MOUSE", "price": "190.00"},
            {"sku": "MAC", "price": "1000.00", "categories": ["computers/laptops"]},
            {"sku": "TOAST", "price": "100.00", "categories": ["shop"]},
            {"sku": "LIPSTICK", "price": "20.00", "categories": ["cosmetics"]},
            {"sku": "DIESEL", "price": "1.799", "unit": "l"}, {"sku": "CEMENT", "price": "0.40", "unit": "kg"},
            {"sku": "TICKET-BUSINESS", "price": "900.00"}, {"sku": "TICKET-FIRST", "price": "2000.00"},
            {"sku": "CONTRACT", "price": "100000.00"},
        ],
        "sites": [
            {"id": "g", "partner": "grocer"}, {"id": "p", "partner": "phones"}, {"id": "r", "partner": "restaurant"},
        ],
        "members": [
            {"id": "ana", "organisation": "acme", "consents": ["organisation-split"], "interests": ["garden"],
             "groups": [{"name": "student", "until": "2026-09-30"}, {"name": "fuel-plus"}]},
            {"id": "ben", "organisation": "acme"},
            {"id": "cem", "groups": [{"name": "professional"}]},
            {"id": "dia"},
        ],
        "steps": steps,
    });
    for (key, value) in shop.as_object().expect("an object") {
        text[key] = value.clone();
    }
    let story = story::read("story.json", &text.to_string()).expect("a story");
    let files: Vec<_> = programs.iter().map(|id| file(id)).collect();
    let programs = read_all(&files, story.terms.clone()).expect("programs without a mistake");
    story.run(&programs)
}

fn run(program: &str, steps: Value) -> Vec<Value> {
    run_in(json!({}), &[program], steps)
}

fn sale(id: &str, at: &str, member: &str, lines: Value) -> Value {
    json!({"sale": {"id": id, "at": at, "member": member, "lines": lines}})
}

fn line(sku: &str, qty: &str) -> Value {
    json!([{"sku": sku, "qty": qty}])
}

fn any(price: &str) -> Value {
    json!([{"sku": "ANY", "qty": "1", "price": price}])
}

fn balance(member: &str) -> Value {
    json!({"balance": {"member": member}})
}

fn activity(id: &str, at: &str, member: &str, kind: &str, qty: &str, attributes: Value) -> Value {
    json!({"activity": {"id": id, "at": at, "member": member, "kind": kind, "qty": qty, "attributes": attributes}})
}

fn redeem(id: &str, at: &str, member: &str, reward: &str) -> Value {
    json!({"redeem": {"id": id, "at": at, "member": member, "reward": reward}})
}

fn back(id: &str, at: &str, sale: &str, sku: &str, qty: &str) -> Value {
    json!({"return": {"id": id, "at": at, "sale": sale, "lines": [{"sku": sku, "qty": qty}]}})
}

#[test]
fn s2a_the_eleventh_burger_is_free_in_one_sale_or_in_two() {
    let answers = run(
        "s2a-eleventh-free",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", line("BURGER", "10")),
            sale("b", "2026-02-11T12:00:00", "ana", line("BURGER", "1")),
            balance("ana"),
            sale("c", "2026-02-12T12:00:00", "ana", line("BURGER", "11")),
            sale("d", "2026-02-12T12:00:00", "ana", line("BURGER", "22")),
            {"sale": {"id": "e", "at": "2026-02-12T12:00:00", "lines": line("BURGER", "11")}},
        ]),
    );
    assert_eq!(
        (&answers[0]["total"], &answers[0]["earned"]),
        (&json!("50.00"), &json!({"burger-stamps": "10"}))
    );
    assert_eq!(
        (&answers[1]["total"], &answers[1]["earned"]),
        (&json!("0.00"), &json!({"burger-stamps": "-10"}))
    );
    assert_eq!(answers[2]["purses"], json!({"burger-stamps": "0"}));
    assert_eq!(
        (&answers[3]["total"], &answers[3]["earned"]),
        (&json!("50.00"), &json!({"burger-stamps": "0"}))
    );
    assert_eq!(answers[4]["total"], "100.00");
    assert_eq!(answers[5]["total"], "55.00", "a card is needed");
}

#[test]
fn s2a_a_burger_that_comes_back_takes_its_free_one_with_it() {
    let answers = run(
        "s2a-eleventh-free",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", line("BURGER", "11")),
            back("r", "2026-02-10T13:00:00", "a", "BURGER", "1"),
            balance("ana"),
            back("q", "2026-02-10T13:00:00", "a", "BURGER", "10"),
            balance("ana"),
        ]),
    );
    assert_eq!(
        (&answers[1]["refund"], &answers[1]["earned"]),
        (&json!("0.00"), &json!({"burger-stamps": "10"}))
    );
    assert_eq!(answers[2]["purses"], json!({"burger-stamps": "10"}));
    assert_eq!(answers[3]["refund"], "50.00");
    assert_eq!(answers[4]["purses"], json!({"burger-stamps": "0"}));
}

#[test]
fn s2b_five_cups_in_thirty_days_and_one_is_free() {
    let cup = |id: &str, at: &str| sale(id, at, "ana", line("COFFEE", "1"));
    let answers = run(
        "s2b-coffee",
        json!([
            cup("1", "2026-01-01T08:00:00"),
            cup("2", "2026-01-10T08:00:00"),
            cup("3", "2026-01-11T08:00:00"),
            cup("4", "2026-01-12T08:00:00"),
            cup("5", "2026-01-31T08:00:00"),
            // The first cup is 31 days old.
            cup("6", "2026-02-01T08:00:00"),
            cup("7", "2026-02-02T08:00:00"),
            balance("ana"),
        ]),
    );
    let totals: Vec<_> = answers[..7]
        .iter()
        .map(|sale| sale["total"].as_str().expect("text"))
        .collect();
    assert_eq!(totals, ["2.50", "2.50", "2.50", "2.50", "2.50", "2.50", "0.00"]);
    assert_eq!(answers[7]["purses"], json!({"coffee-stamps": "0"}));
    let answers = run(
        "s2b-coffee",
        json!([
            sale("1", "2026-01-01T08:00:00", "ana", line("COFFEE", "5")),
            cup("2", "2026-01-31T23:59:00"),
        ]),
    );
    assert_eq!(answers[1]["total"], "0.00", "30 days old still counts");
    assert_eq!(answers[0]["declined"][0]["why"], "5 more COFFEE for a free one");
}

#[test]
fn s2c_ten_pairs_of_lenses_issue_a_voucher() {
    let answers = run(
        "s2c-lenses",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", line("LENSES", "9")),
            sale("b", "2026-02-11T12:00:00", "ana", line("LENSES", "2")),
            balance("ana"),
            {"use": {"id": "u", "at": "2026-02-12T12:00:00", "member": "ana", "reward": "free-lenses"}},
            {"use": {"id": "v", "at": "2026-02-12T12:00:00", "member": "ana", "reward": "free-lenses"}},
        ]),
    );
    assert_eq!(answers[0]["issued"], json!([]));
    assert_eq!(
        answers[1]["issued"],
        json!([{"reward": "free-lenses", "qty": "1"}])
    );
    assert_eq!(answers[1]["total"], "160.00", "issued, not taken off");
    assert_eq!(answers[1]["earned"], json!({"lens-stamps": "-8"}));
    assert_eq!(answers[2]["purses"], json!({"lens-stamps": "1"}));
    assert_eq!(answers[2]["entitlements"], json!({"free-lenses": "1"}));
    assert_eq!(answers[3], json!({"use": "u", "left": "0"}));
    assert_eq!(
        answers[4],
        json!({"refused": "free-lenses is not held", "step": 4})
    );
}

#[test]
fn s3_tiers_raise_what_is_earned_and_are_kept_a_year() {
    let answers = run(
        "s3-flying-club",
        json!([
            balance("ana"),
            sale("a", "2025-03-01T12:00:00", "ana", any("4000.00")),
            sale("b", "2025-03-02T12:00:00", "ana", any("1000.00")),
            sale("c", "2025-03-03T12:00:00", "ana", any("5000.00")),
            sale("d", "2025-03-04T12:00:00", "ana", any("1000.00")),
            balance("ana"),
            {"advance": {"to": "2026-03-02T23:59:00"}},
            balance("ana"),
            sale("e", "2026-03-02T23:59:30", "ana", any("3500.00")),
            {"advance": {"to": "2026-03-03T00:00:00"}},
            balance("ana"),
            {"advance": {"to": "2027-03-03T00:00:00"}},
            balance("ana"),
        ]),
    );
    assert_eq!(answers[0]["tiers"], json!({"flying-club": "red"}));
    let earned: Vec<_> = answers[1..5]
        .iter()
        .map(|sale| sale["earned"]["miles"].as_str().expect("text"))
        .collect();
    assert_eq!(earned, ["4000", "1500", "7500", "2000"]);
    let tiers: Vec<_> = answers[1..5]
        .iter()
        .map(|sale| sale["tiers"]["flying-club"].as_str().expect("text"))
        .collect();
    assert_eq!(tiers, ["silver", "silver", "gold", "gold"], "after the step");
    assert_eq!(answers[7]["tiers"]["flying-club"], "gold");
    // Gold was reached on 3 March. The twelve months that end a year later hold the 1 000 of 4 March and the 3 500.
    assert_eq!(answers[10]["tiers"]["flying-club"], "silver");
    assert_eq!(answers[12]["tiers"]["flying-club"], "red");
    assert_eq!(answers[12]["purses"]["miles"], "22000");
}

#[test]
fn s3_one_large_flight_keeps_a_tier_for_a_year_and_no_longer() {
    let answers = run(
        "s3-flying-club",
        json!([
            sale("a", "2026-01-10T10:00:00", "ana", any("10000.00")),
            {"advance": {"to": "2027-01-09T23:59:00"}},
            balance("ana"),
            {"advance": {"to": "2027-01-10T00:00:00"}},
            balance("ana"),
        ]),
    );
    assert_eq!(answers[2]["tiers"]["flying-club"], "gold");
    assert_eq!(answers[4]["tiers"]["flying-club"], "red");
}

#[test]
fn s3_a_returned_sale_takes_the_tier_for_later_sales_back() {
    let answers = run(
        "s3-flying-club",
        json!([
            sale("a", "2025-03-01T12:00:00", "ana", any("4000.00")),
            sale("b", "2025-03-02T12:00:00", "ana", any("100.00")),
            back("r", "2025-03-03T12:00:00", "a", "ANY", "1"),
            sale("c", "2025-03-04T12:00:00", "ana", any("100.00")),
            balance("ana"),
        ]),
    );
    assert_eq!(answers[1]["earned"]["miles"], "150");
    assert_eq!(answers[2]["earned"]["miles"], "-4000");
    assert_eq!(answers[3]["earned"]["miles"], "100");
    assert_eq!(
        answers[4]["purses"]["miles"], "250",
        "what the tier gave before is kept"
    );
    assert_eq!(answers[4]["tiers"]["flying-club"], "red");
}

#[test]
fn s4_prime_counts_in_its_own_sale_and_ends_after_a_year() {
    let answers = run(
        "s4-prime",
        json!([
            sale("no", "2026-02-10T12:00:00", "ana", line("VAULT", "1")),
            sale("a", "2026-02-10T12:00:00", "ana", json!([{"sku": "PRIME-YEAR"}, {"sku": "DELIVERY"}])),
            sale("b", "2027-02-09T23:59:00", "ana", json!([{"sku": "VAULT"}, {"sku": "DELIVERY"}])),
            sale("c", "2027-02-10T00:00:00", "ana", line("DELIVERY", "1")),
            sale("d", "2027-03-01T12:00:00", "ana", line("PRIME-YEAR", "1")),
            // A renewal before the end goes on from the old end.
            sale("e", "2027-03-02T12:00:00", "ana", line("PRIME-YEAR", "1")),
            sale("f", "2029-02-28T12:00:00", "ana", line("DELIVERY", "1")),
            sale("g", "2029-03-01T12:00:00", "ana", line("DELIVERY", "1")),
            {"sale": {"id": "h", "at": "2029-03-01T12:00:00", "lines": line("VAULT", "1")}},
        ]),
    );
    assert_eq!(answers[0], json!({"refused": "needs prime", "step": 0}));
    assert_eq!(answers[1]["total"], "99.00");
    assert_eq!(answers[2]["total"], "10.00");
    assert_eq!(answers[3]["total"], "4.90");
    assert_eq!(answers[6]["total"], "0.00");
    assert_eq!(answers[7]["total"], "4.90");
    assert_eq!(answers[8]["refused"], "needs prime");
}

#[test]
fn s4_a_returned_year_is_gone_and_the_old_one_goes_on() {
    let answers = run(
        "s4-prime",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", line("PRIME-YEAR", "1")),
            sale("b", "2026-03-10T12:00:00", "ana", line("PRIME-YEAR", "1")),
            back("r", "2026-03-11T12:00:00", "b", "PRIME-YEAR", "1"),
            sale("c", "2027-02-09T12:00:00", "ana", line("DELIVERY", "1")),
            sale("d", "2027-02-10T12:00:00", "ana", line("DELIVERY", "1")),
        ]),
    );
    assert_eq!(answers[2]["refund"], "99.00");
    assert_eq!(
        (&answers[3]["total"], &answers[4]["total"]),
        (&json!("0.00"), &json!("4.90"))
    );
}

#[test]
fn s5_five_hundred_points_are_a_repair() {
    let answers = run(
        "s5-repair",
        json!([
            redeem("no", "2026-02-10T12:00:00", "ana", "repair"),
            sale("a", "2026-02-10T12:00:00", "ana", any("620.50")),
            redeem("x", "2026-02-11T12:00:00", "ana", "repair"),
            balance("ana"),
            {"use": {"id": "u", "at": "2026-02-12T12:00:00", "member": "ana", "reward": "repair", "qty": "1"}},
            redeem("y", "2026-02-12T12:00:00", "ana", "repaint"),
        ]),
    );
    assert_eq!(answers[0]["refused"], "repair costs 500 points, 0 are there");
    assert_eq!(
        answers[2],
        json!({"redeem": "x", "spent": {"points": "500"}, "issued": [{"reward": "repair", "qty": "1"}]})
    );
    assert_eq!(
        (&answers[3]["purses"], &answers[3]["entitlements"]),
        (&json!({"points": "120"}), &json!({"repair": "1"}))
    );
    assert_eq!(answers[4]["left"], "0");
    assert_eq!(answers[5]["refused"], "no program offers repaint");
}

#[test]
fn s6_each_partner_has_its_rate_and_a_laptop_brings_a_gift() {
    let at = |id: &str, site: &str, lines: Value| json!({"sale": {"id": id, "at": "2026-02-10T12:00:00", "site": site, "member": "ana", "lines": lines}});
    let answers = run(
        "s6-coalition",
        json!([
            at("a", "g", any("100.00")), at("b", "p", any("1000.00")), at("c", "r", any("99.00")),
            at("d", "p", line("LAPTOP", "1")), at("e", "p", line("MOUSE", "1")),
            at("f", "p", json!([{"sku": "LAPTOP", "price": "19999.99"}])),
            balance("ana"),
            {"sale": {"id": "s", "at": "2026-02-11T12:00:00", "site": "g", "member": "ana", "lines": any("50.00"),
                      "redeem": [{"purse": "points", "amount": "20"}]}},
        ]),
    );
    let earned: Vec<_> = answers[..6]
        .iter()
        .map(|sale| sale["earned"]["points"].as_str().expect("text"))
        .collect();
    assert_eq!(earned, ["1", "40", "13", "2000", "7", "799"]);
    assert_eq!(
        answers[3]["issued"],
        json!([{"reward": "smart-card", "qty": "1"}])
    );
    assert_eq!(
        (&answers[4]["issued"], &answers[5]["issued"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(answers[6]["entitlements"], json!({"smart-card": "1"}));
    assert_eq!(
        (&answers[7]["due"], &answers[7]["spent"]["points"]),
        (&json!("30.00"), &json!("20"))
    );
}

#[test]
fn s7_one_in_four_wins_and_nobody_draws_twice() {
    let sales: Vec<Value> = (0..400)
        .map(|n| sale(&format!("s{n}"), "2026-02-10T12:00:00", "ana", any("10.00")))
        .collect();
    let first = run("s7-instant-win", json!(sales));
    let wins = first.iter().filter(|sale| sale["issued"] != json!([])).count();
    assert!((70..=130).contains(&wins), "{wins} of 400");
    assert_eq!(first, run("s7-instant-win", json!(sales)), "the same draw again");
    let small = run(
        "s7-instant-win",
        json!([sale("s0", "2026-02-10T12:00:00", "ana", any("9.99"))]),
    );
    assert_eq!(small[0]["issued"], json!([]));
    let won = (0..400)
        .find(|n| first[*n]["issued"] != json!([]))
        .expect("a win");
    let id = format!("s{won}");
    let back = run(
        "s7-instant-win",
        json!([
            sale(&id, "2026-02-10T12:00:00", "ana", any("10.00")),
            back("r", "2026-02-11T12:00:00", &id, "ANY", "1"),
            balance("ana"),
        ]),
    );
    assert_eq!(back[2]["entitlements"], json!({}));
}

#[test]
fn s8_students_pay_the_education_price_while_their_proof_is_good() {
    let answers = run(
        "s8-education",
        json!([
            sale("a", "2026-09-30T12:00:00", "ana", line("MAC", "1")),
            sale("b", "2026-10-01T12:00:00", "ana", line("MAC", "1")),
            sale("c", "2026-10-01T12:00:00", "ben", line("MAC", "1")),
        ]),
    );
    let totals: Vec<_> = answers
        .iter()
        .map(|sale| sale["total"].as_str().expect("text"))
        .collect();
    assert_eq!(totals, ["900.00", "1000.00", "1000.00"]);
    assert_eq!(answers[0]["lines"][0]["discount"], "100.00");
}

#[test]
fn s9_last_months_spend_gives_this_months_bonus() {
    let bonus = |spent: &str| {
        let answers = run(
            "s9-monthly",
            json!([
                sale("a", "2026-01-15T12:00:00", "ana", any(spent)),
                {"advance": {"to": "2026-02-01T00:00:00"}},
                balance("ana"),
                {"advance": {"to": "2026-02-28T23:59:59"}},
                balance("ana"),
                {"advance": {"to": "2026-03-01T00:00:00"}},
                balance("ana"),
            ]),
        );
        assert_eq!(answers[2], answers[4]);
        assert_eq!(answers[6]["purses"]["bonus"], "0");
        assert_eq!(
            answers[5]["expired"]["ana"]["bonus"],
            answers[4]["purses"]["bonus"]
        );
        answers[4]["purses"]["bonus"].as_str().expect("text").to_owned()
    };
    for (spent, gives) in [
        ("999.99", "29.99"),
        ("1000.00", "100.00"),
        ("1499.99", "149.99"),
        ("1500.00", "225.00"),
        ("5000.00", "750.00"),
    ] {
        assert_eq!(bonus(spent), gives, "{spent}");
    }
    let answers = run(
        "s9-monthly",
        json!([
            sale("a", "2026-01-15T12:00:00", "ana", any("5000.00")),
            {"sale": {"id": "b", "at": "2026-02-10T12:00:00", "member": "ana", "lines": any("500.00"),
                      "redeem": [{"purse": "bonus", "amount": "max"}]}},
            {"sale": {"id": "c", "at": "2026-02-11T12:00:00", "member": "ana", "lines": any("500.00"),
                      "redeem": [{"purse": "bonus", "amount": "max"}]}},
            {"advance": {"to": "2026-03-01T00:00:00"}},
            balance("ana"),
        ]),
    );
    assert_eq!(
        (&answers[1]["due"], &answers[2]["due"]),
        (&json!("0.00"), &json!("250.00"))
    );
    // Of February's 1 000.00 only 250.00 was paid in money.
    assert_eq!(answers[4]["purses"]["bonus"], "7.50");
}

#[test]
fn s10_the_sale_that_crosses_is_charged_at_the_old_rate() {
    let answers = run(
        "s10-cumulative",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", any("10000.00")),
            sale("b", "2026-02-11T12:00:00", "ana", any("20000.00")),
            sale("c", "2026-02-12T12:00:00", "ana", any("1000.00")),
            sale("d", "2026-02-13T12:00:00", "ana", any("80000.00")),
            sale("e", "2026-02-14T12:00:00", "ana", any("100.00")),
            back("r", "2026-02-15T12:00:00", "d", "ANY", "1"),
            sale("f", "2026-02-16T12:00:00", "ana", any("100.00")),
        ]),
    );
    let discounts: Vec<_> = [0, 1, 2, 3, 4, 6]
        .map(|n: usize| answers[n]["discount"].as_str().expect("text"))
        .into();
    // 10 000 + 19 400 = 29 400; + 970 = 30 370; + 76 000 = 106 370.
    assert_eq!(discounts, ["0.00", "600.00", "30.00", "4000.00", "10.00", "5.00"]);
}

#[test]
fn s12b_the_second_is_halved_and_points_are_on_what_was_paid() {
    let answers = run(
        "s12b-second-half",
        json!([sale("a", "2026-02-10T12:00:00", "ana", line("TOAST", "2"))]),
    );
    assert_eq!(
        (&answers[0]["total"], &answers[0]["earned"]["points"]),
        (&json!("150.00"), &json!("150"))
    );
}

#[test]
fn s13_one_fee_and_every_employees_card_benefits() {
    let answers = run(
        "s13-company-vip",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", line("VIP-YEAR", "1")),
            sale("b", "2026-02-10T12:05:00", "ben", line("DELIVERY", "1")),
            sale("c", "2026-02-10T12:05:00", "dia", line("DELIVERY", "1")),
            sale("d", "2027-02-10T12:05:00", "ben", line("DELIVERY", "1")),
        ]),
    );
    let totals: Vec<_> = answers
        .iter()
        .map(|sale| sale["total"].as_str().expect("text"))
        .collect();
    assert_eq!(totals, ["299.00", "0.00", "4.90", "4.90"]);
}

#[test]
fn s14_a_share_for_a_charity_and_masks_for_pots() {
    let answers = run(
        "s14a-charity",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", any("250.00")),
            {"sale": {"id": "b", "at": "2026-02-10T12:00:00", "lines": any("0.25")}},
        ]),
    );
    assert_eq!(
        (&answers[0]["donated"], &answers[0]["total"]),
        (&json!("5.00"), &json!("250.00"))
    );
    assert_eq!(
        answers[1]["donated"], "0.01",
        "half away from zero, and for strangers too"
    );
    let pots = |id: &str, qty: &str| {
        activity(
            id,
            "2026-02-10T12:00:00",
            "ana",
            "packaging-return",
            qty,
            json!({}),
        )
    };
    let answers = run(
        "s14b-packaging",
        json!([
            pots("a", "5"),
            pots("b", "12"),
            balance("ana"),
            pots("c", "3"),
            balance("ana")
        ]),
    );
    assert_eq!(
        answers[0],
        json!({"activity": "a", "earned": {}, "issued": [{"reward": "mask", "qty": "1"}]})
    );
    assert_eq!(
        answers[1],
        json!({"activity": "b", "earned": {"pots": "2"}, "issued": [{"reward": "mask", "qty": "2"}]})
    );
    assert_eq!(
        (&answers[2]["purses"], &answers[2]["entitlements"]),
        (&json!({"pots": "2"}), &json!({"mask": "3"}))
    );
    assert_eq!(answers[4]["purses"], json!({"pots": "0"}));
}

#[test]
fn s15_professionals_have_their_price_and_no_other_percentage() {
    let both = ["s15-staff", "s10-cumulative"];
    let answers = run_in(
        json!({}),
        &both,
        json!([
            sale("a", "2026-02-10T12:00:00", "cem", any("10000.00")),
            sale(
                "b",
                "2026-02-11T12:00:00",
                "cem",
                json!([{"sku": "LIPSTICK"}, {"sku": "ANY", "price": "100.00"}])
            ),
            sale("c", "2026-02-11T12:00:00", "ana", line("LIPSTICK", "1")),
        ]),
    );
    assert_eq!(
        answers[1]["lines"][0]["net"], "12.00",
        "40 % and not 40 % and 3 %"
    );
    assert_eq!(answers[1]["lines"][1]["net"], "97.00");
    assert_eq!(answers[2]["total"], "20.00");
}

#[test]
fn s16_so_much_off_a_litre_up_to_thirty_litres() {
    let answers = run(
        "s16-fuel",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", line("DIESEL", "40")),
            sale("b", "2026-02-10T12:00:00", "ben", line("DIESEL", "40")),
            {"sale": {"id": "c", "at": "2026-02-10T12:00:00", "lines": line("DIESEL", "40")}},
            sale("d", "2026-02-10T12:00:00", "ana", json!([{"sku": "DIESEL", "qty": "20.5"}, {"sku": "DIESEL", "qty": "20"}])),
        ]),
    );
    assert_eq!(
        (&answers[0]["subtotal"], &answers[0]["discount"]),
        (&json!("71.96"), &json!("1.50"))
    );
    assert_eq!(answers[0]["earned"]["points"], "40");
    assert_eq!(
        (
            &answers[0]["tiers"]["fuel-club"],
            &answers[1]["tiers"]["fuel-club"]
        ),
        (&json!("plus"), &json!("basic"))
    );
    assert_eq!(answers[1]["discount"], "0.60");
    assert_eq!(answers[2]["discount"], "0.00");
    assert_eq!(
        (&answers[3]["discount"], &answers[3]["earned"]["points"]),
        (&json!("1.50"), &json!("40"))
    );
}

#[test]
fn s17_both_get_their_bonus_with_the_friends_first_purchase() {
    let tell = |id: &str, member: &str, friend: &str| {
        activity(
            id,
            "2026-02-10T12:00:00",
            member,
            "referral",
            "1",
            json!({"friend": friend}),
        )
    };
    let answers = run(
        "s17-referral",
        json!([
            tell("a", "ana", "ben"),
            tell("b", "dia", "ben"),
            tell("c", "ana", "ana"),
            tell("d", "ana", "nobody"),
            sale("x", "2026-02-11T12:00:00", "ben", any("10.00")),
            balance("ana"),
            balance("ben"),
            balance("dia"),
            sale("y", "2026-02-12T12:00:00", "ben", any("10.00")),
            balance("ana"),
            back("r", "2026-02-12T12:00:00", "x", "ANY", "1"),
            balance("ana"),
            balance("ben"),
        ]),
    );
    assert_eq!(answers[4]["earned"]["points"], "100");
    let points = |n: usize| answers[n]["purses"]["points"].as_str().expect("text");
    assert_eq!(
        [points(5), points(6), points(7), points(9)],
        ["100", "100", "0", "100"]
    );
    assert_eq!(
        [points(11), points(12)],
        ["0", "0"],
        "the sale that gave both was returned"
    );
}

#[test]
fn b1_seventy_to_the_company_and_thirty_to_the_employee_who_may() {
    let answers = run(
        "b1-company-split",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", any("1000.00")),
            {"balance": {"organisation": "acme"}}, balance("ana"),
            sale("b", "2026-02-10T12:00:00", "ben", any("1000.00")),
            {"balance": {"organisation": "acme"}}, balance("ben"),
            {"sale": {"id": "c", "at": "2026-02-10T12:00:00", "organisation": "acme", "lines": any("10.00")}},
            {"balance": {"organisation": "acme"}},
            back("r", "2026-02-11T12:00:00", "a", "ANY", "1"),
            {"balance": {"organisation": "acme"}}, balance("ana"),
        ]),
    );
    let points = |n: usize| answers[n]["purses"]["points"].as_str().expect("text");
    assert_eq!(answers[0]["earned"]["points"], "300");
    assert_eq!([points(1), points(2)], ["700", "300"]);
    assert_eq!([points(4), points(5)], ["1700", "0"]);
    assert_eq!(points(7), "1710");
    assert_eq!([points(9), points(10)], ["1010", "0"]);
}

#[test]
fn b2_the_months_volume_makes_the_discount() {
    let answers = run(
        "b2-volume",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", line("CEMENT", "999")),
            sale("b", "2026-02-11T12:00:00", "ana", line("CEMENT", "1")),
            sale("c", "2026-02-12T12:00:00", "ana", line("CEMENT", "9000")),
            sale("d", "2026-03-01T12:00:00", "ana", line("CEMENT", "1000")),
            {"sale": {"id": "e", "at": "2026-03-01T12:00:00", "lines": line("CEMENT", "10000")}},
        ]),
    );
    let discounts: Vec<_> = answers
        .iter()
        .map(|sale| sale["discount"].as_str().expect("text"))
        .collect();
    assert_eq!(discounts, ["0.00", "0.01", "180.00", "8.00", "200.00"]);
}

#[test]
fn b3_a_partner_sees_its_perks() {
    let answers = run(
        "b3-perks",
        json!(
            [
                sale("a", "2026-02-10T12:00:00", "ana", any("100000.00")),
                sale("b", "2026-02-11T12:00:00", "ben", any("1.00")),
                sale("c", "2027-01-01T12:00:00", "ben", any("1.00")),
                sale("d", "2028-01-01T12:00:00", "ben", any("1.00")),
                sale("e", "2026-02-11T12:00:00", "dia", any("1.00")),
            ]
            .iter()
            .take(4)
            .cloned()
            .collect::<Vec<_>>()
        ),
    );
    assert_eq!(
        (&answers[0]["messages"], &answers[0]["tiers"]),
        (&json!([]), &json!({"partners": "partner"}))
    );
    assert_eq!(answers[1]["messages"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        answers[2]["tiers"],
        json!({"partners": "partner"}),
        "judged by the year before"
    );
    assert_eq!(answers[3]["tiers"], json!({}));
}

#[test]
fn b4_the_agent_earns_and_the_customer_does_not() {
    let answers = run(
        "b4-agent",
        json!([
            {"sale": {"id": "a", "at": "2026-02-10T12:00:00", "member": "ana", "agent": "dia",
                      "lines": [{"sku": "TICKET-BUSINESS", "qty": "2"}, {"sku": "TICKET-FIRST"}]}},
            {"sale": {"id": "b", "at": "2026-02-10T12:00:00", "agent": "dia", "lines": line("TICKET-BUSINESS", "1")}},
            balance("ana"), balance("dia"),
        ]),
    );
    assert_eq!(answers[0]["earned"]["miles"], "0");
    assert_eq!(
        (&answers[2]["purses"]["miles"], &answers[3]["purses"]["miles"]),
        (&json!("0"), &json!("2500"))
    );
}

#[rstest]
#[case("s4-prime", "PRIME-YEAR", "ana", None)]
#[case("s4-prime", "PRIME-YEAR", "", Some("needs a card"))]
#[case("s13-company-vip", "VIP-YEAR", "ana", None)]
#[case("s13-company-vip", "VIP-YEAR", "dia", Some("only for an organisation"))]
#[case("s13-company-vip", "VIP-YEAR", "", Some("only for an organisation"))]
fn a_fee_that_would_be_paid_for_nothing_is_refused(
    #[case] id: &str,
    #[case] sku: &str,
    #[case] member: &str,
    #[case] why: Option<&str>,
) {
    let member = Some(member).filter(|member| !member.is_empty());
    let answers = run(
        id,
        json!([{"sale": {"id": "a", "at": "2026-02-10T12:00:00", "member": member,
            "lines": [{"sku": sku, "price": "99.00"}]}}]),
    );
    assert_eq!(answers[0]["refused"].as_str(), why);
}

#[test]
fn b4_without_a_seller_it_says_who_is_missing() {
    let answers = run(
        "b4-agent",
        json!([{"sale": {"id": "a", "at": "2026-02-10T12:00:00", "member": "ana", "lines": line("TICKET-FIRST", "1")}}]),
    );
    let declined = answers[0]["declined"].as_array().expect("a list");
    let whys: Vec<&str> = declined.iter().filter_map(|one| one["why"].as_str()).collect();
    assert_eq!(
        whys,
        [
            "needs 1 of TICKET-BUSINESS, each, basket has 0",
            "needs the name of who sold it"
        ]
    );
}

#[test]
fn b5_the_catalogue_has_a_stock() {
    let answers = run(
        "b5-contract",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", line("CONTRACT", "20")),
            redeem("x", "2026-02-11T12:00:00", "ana", "cruise"),
            {"redeem": {"id": "y", "at": "2026-02-11T12:00:00", "member": "ana", "reward": "cruise", "qty": "2"}},
            redeem("z", "2026-02-11T12:00:00", "ana", "cruise"),
            redeem("w", "2026-02-11T12:00:00", "ana", "cruise"),
            balance("ana"),
        ]),
    );
    assert_eq!(answers[1]["spent"], json!({"points": "5000"}));
    assert_eq!(answers[2]["refused"], "1 of cruise are left, 2 were asked for");
    assert_eq!(answers[3]["issued"], json!([{"reward": "cruise", "qty": "1"}]));
    assert_eq!(answers[4]["refused"], "0 of cruise are left, 1 were asked for");
    assert_eq!(answers[5]["purses"]["points"], "10000");
}

#[test]
fn b6_the_best_dealers_get_packs_each_quarter() {
    let answers = run(
        "b6-dealer-services",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", any("50000.00")),
            {"balance": {"organisation": "acme"}},
            {"advance": {"to": "2026-04-01T00:00:00"}},
            {"balance": {"organisation": "acme"}},
            {"use": {"id": "u", "at": "2026-04-02T12:00:00", "member": "ben", "reward": "teaser-pack", "qty": "2"}},
            {"advance": {"to": "2026-07-01T00:00:00"}},
            {"balance": {"organisation": "acme"}},
        ]),
    );
    assert_eq!(
        answers[0]["issued"],
        json!([{"reward": "teaser-pack", "qty": "3"}])
    );
    assert_eq!(answers[1]["entitlements"], json!({"teaser-pack": "3"}));
    assert_eq!(
        (&answers[3]["entitlements"], &answers[3]["tiers"]),
        (&json!({"teaser-pack": "6"}), &json!({"dealers": "dealer-best"}))
    );
    assert_eq!(answers[4]["left"], "4");
    assert_eq!(
        (&answers[6]["entitlements"], &answers[6]["tiers"]),
        (&json!({"teaser-pack": "4"}), &json!({}))
    );
}

#[test]
fn b7_a_course_counts_once_and_the_catalogue_fits_the_hobby() {
    let course = |id: &str, name: &str| {
        activity(
            id,
            "2026-02-10T12:00:00",
            "ana",
            "course-finished",
            "1",
            json!({"course": name}),
        )
    };
    let answers = run(
        "b7-hobby",
        json!([
            course("a", "soil"),
            course("b", "soil"),
            course("c", "seeds"),
            balance("ana"),
            redeem("x", "2026-02-11T12:00:00", "ana", "rod"),
            redeem("y", "2026-02-11T12:00:00", "ana", "garden-set"),
        ]),
    );
    assert_eq!(answers[0]["earned"], json!({"points": "200"}));
    assert_eq!(answers[1], json!({"activity": "b", "earned": {}, "issued": []}));
    assert_eq!(answers[3]["purses"]["points"], "400");
    assert_eq!(answers[4]["refused"], "only for members who like fishing");
    assert_eq!(
        answers[5]["issued"],
        json!([{"reward": "garden-set", "qty": "1"}])
    );
}

#[test]
fn b8_to_b13_points_go_elsewhere() {
    let answers = run(
        "b8-donate",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", any("150.00")),
            redeem("x", "2026-02-10T12:00:00", "ana", "donation-100"),
            balance("ana"),
            redeem("y", "2026-02-10T12:00:00", "ana", "donation-100"),
        ]),
    );
    assert_eq!(
        answers[1],
        json!({"redeem": "x", "spent": {"points": "100"}, "issued": []})
    );
    assert_eq!(answers[2]["purses"]["points"], "50");
    assert_eq!(
        answers[3]["refused"],
        "donation-100 costs 100 points, 50 are there"
    );
    let answers = run(
        "b13-exchange",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", any("250.00")),
            redeem("x", "2026-02-10T12:00:00", "ana", "bank-miles-100"),
            balance("ana"),
        ]),
    );
    assert_eq!(answers[2]["purses"], json!({"miles": "100", "points": "50"}));
}

#[test]
fn b9_cartridges_give_at_most_a_hundred_a_month() {
    let bring = |id: &str, at: &str, qty: &str| activity(id, at, "ana", "cartridge-return", qty, json!({}));
    let answers = run(
        "b9-store-dollars",
        json!([
            bring("a", "2026-02-10T12:00:00", "60"),
            bring("b", "2026-02-11T12:00:00", "60"),
            balance("ana"),
            bring("c", "2026-02-28T12:00:00", "1"),
            bring("d", "2026-03-01T12:00:00", "1"),
            sale("s", "2026-03-02T12:00:00", "ana", any("10.30")),
            balance("ana"),
        ]),
    );
    assert_eq!(answers[1]["earned"], json!({"store-dollars": "40.00"}));
    assert_eq!(answers[2]["purses"], json!({"store-dollars": "100.00"}));
    assert_eq!(
        (&answers[3]["earned"], &answers[4]["earned"]),
        (&json!({}), &json!({"store-dollars": "1.00"}))
    );
    assert_eq!(
        answers[5]["earned"],
        json!({"store-dollars": "0.51"}),
        "rounded down to the cent"
    );
    assert_eq!(answers[6]["purses"], json!({"store-dollars": "101.51"}));
}

#[test]
fn b10_the_share_of_an_advertisement_falls_with_its_brands() {
    for (brands, gives) in [
        ("1", "5000.00"),
        ("2", "2500.00"),
        ("4", "1250.00"),
        ("3", "1666.66"),
    ] {
        let answers = run(
            "b10-coop",
            json!([activity(
                "a",
                "2026-02-10T12:00:00",
                "ana",
                "advertisement",
                "1",
                json!({"cost": "10000.00", "brands": brands})
            ),]),
        );
        assert_eq!(answers[0]["earned"], json!({"coop": gives}), "{brands} brands");
    }
    let answers = run(
        "b10-coop",
        json!([activity(
            "a",
            "2026-02-10T12:00:00",
            "ana",
            "advertisement",
            "1",
            json!({"cost": "10000.00", "brands": "0"})
        ),]),
    );
    assert_eq!(answers[0]["earned"], json!({}));
}

#[test]
fn b11_and_b12_approval_and_vouchers() {
    let answers = run(
        "b11-special-order",
        json!([
            sale(
                "a",
                "2026-02-10T12:00:00",
                "ana",
                json!([{"sku": "SPECIAL", "price": "770.00"}])
            ),
            sale("b", "2026-02-10T12:00:00", "ana", any("770.00")),
        ]),
    );
    assert_eq!(
        (&answers[0]["approval"], &answers[1]["approval"]),
        (&json!("needed"), &Value::Null)
    );
    let answers = run(
        "b12-cashback",
        json!([
            sale("a", "2026-02-10T12:00:00", "ana", any("200.00")),
            redeem("x", "2026-02-10T12:00:00", "ana", "cashback-voucher"),
            balance("ana"),
            {"use": {"id": "u", "at": "2026-02-12T12:00:00", "member": "ana", "reward": "cashback-voucher"}},
            {"use": {"id": "v", "at": "2026-02-12T12:00:00", "member": "ana", "reward": "cashback-voucher"}},
        ]),
    );
    assert_eq!(answers[0]["earned"], json!({"cashback": "6.00"}));
    assert_eq!(answers[1]["spent"], json!({"cashback": "5.00"}));
    assert_eq!(
        (&answers[2]["purses"], &answers[2]["entitlements"]),
        (&json!({"cashback": "1.00"}), &json!({"cashback-voucher": "1"}))
    );
    assert_eq!(
        (&answers[3]["left"], &answers[4]["refused"]),
        (&json!("0"), &json!("cashback-voucher is not held"))
    );
}

fn returned(id: &str, at: &str, sale: &str, lines: Value) -> Value {
    json!({"return": {"id": id, "at": at, "sale": sale, "lines": lines}})
}

#[test]
fn c35_a_tier_is_what_the_sales_that_were_kept_come_to() {
    let flight = |id: &str, at: &str, price: &str| sale(id, at, "dia", any(price));
    let any_back = |of: &str| back(&format!("r-{of}"), "2026-03-01T10:00:00", of, "ANY", "1");
    // (first sale, second sale, which comes back, the tier after it)
    let cases = [
        ("4000.00", "4000.00", "a", "silver"),
        ("4000.00", "4000.00", "b", "silver"),
        ("3000.00", "1500.00", "a", "red"),
        ("3000.00", "1500.00", "b", "red"),
        ("4000.00", "6000.00", "a", "silver"),
        ("4000.00", "6000.00", "b", "silver"),
        ("9000.00", "1000.00", "b", "silver"),
    ];
    for (first, second, of, tier) in cases {
        for days in [
            ("2026-01-05T10:00:00", "2026-01-05T11:00:00"),
            ("2026-01-05T10:00:00", "2026-02-05T10:00:00"),
        ] {
            let steps = json!([
                flight("a", days.0, first),
                flight("b", days.1, second),
                any_back(of),
                balance("dia"),
            ]);
            let answers = run("s3-flying-club", steps);
            assert_eq!(
                answers[3]["tiers"]["flying-club"], tier,
                "{first}, {second}, without {of}"
            );
        }
    }
}

#[test]
fn s4_years_come_back_in_any_order_and_one_of_two_at_once() {
    let year = |id: &str, at: &str, qty: &str| sale(id, at, "dia", line("PRIME-YEAR", qty));
    let delivery = |id: &str, at: &str| sale(id, at, "dia", line("DELIVERY", "1"));
    for order in [["a", "b"], ["b", "a"]] {
        let answers = run(
            "s4-prime",
            json!([
                year("a", "2026-01-10T10:00:00", "1"),
                year("b", "2026-02-10T10:00:00", "1"),
                back("r1", "2026-02-11T10:00:00", order[0], "PRIME-YEAR", "1"),
                delivery("c", "2026-03-01T10:00:00"),
                back("r2", "2026-03-02T10:00:00", order[1], "PRIME-YEAR", "1"),
                delivery("d", "2026-03-03T10:00:00"),
            ]),
        );
        assert_eq!(answers[3]["due"], "0.00", "one year is left: {order:?}");
        assert_eq!(answers[5]["due"], "4.90", "none is left: {order:?}");
    }
    let answers = run(
        "s4-prime",
        json!([
            year("a", "2026-01-10T10:00:00", "2"),
            back("r", "2026-01-11T10:00:00", "a", "PRIME-YEAR", "1"),
            delivery("c", "2027-01-09T23:00:00"),
            delivery("d", "2027-01-10T00:30:00"),
        ]),
    );
    assert_eq!(
        (&answers[2]["due"], &answers[3]["due"]),
        (&json!("0.00"), &json!("4.90"))
    );
}

#[test]
fn c11_stamps_of_a_free_cup_come_back_with_the_days_they_had() {
    let answers = run(
        "s2b-coffee",
        json!([
            sale("a", "2026-01-10T10:00:00", "dia", line("COFFEE", "5")),
            sale("b", "2026-01-11T10:00:00", "dia", line("COFFEE", "1")),
            back("r", "2026-01-12T10:00:00", "b", "COFFEE", "1"),
            balance("dia"),
            // 30 days from the return on at least; the stamps themselves were good to 9 February.
            {"advance": {"to": "2026-02-12T00:00:00"}},
        ]),
    );
    assert_eq!(answers[3]["purses"]["coffee-stamps"], "5");
    assert_eq!(answers[4]["expired"]["dia"]["coffee-stamps"], "5");
}

#[test]
fn b4_an_agent_who_buys_for_himself_earns_once() {
    let mut bought = sale("a", "2026-01-10T10:00:00", "dia", line("TICKET-FIRST", "3"));
    bought["sale"]["agent"] = json!("dia");
    let answers = run(
        "b4-agent",
        json!([
            bought,
            balance("dia"),
            back("r", "2026-01-11T10:00:00", "a", "TICKET-FIRST", "1"),
            back("r2", "2026-01-11T10:00:00", "a", "TICKET-FIRST", "2"),
            balance("dia"),
        ]),
    );
    assert_eq!(answers[0]["earned"]["miles"], "3000");
    assert_eq!(answers[1]["purses"]["miles"], "3000");
    assert_eq!(answers[2]["earned"]["miles"], "-1000");
    assert_eq!(answers[4]["purses"]["miles"], "0");
}

#[test]
fn what_an_organisation_spends_without_a_member_counts_once() {
    let order = |id: &str, price: &str| json!({"sale": {"id": id, "at": "2026-01-10T10:00:00", "organisation": "acme", "lines": any(price)}});
    let answers = run_in(
        json!({}),
        &["b3-perks", "s9-monthly"],
        json!([
            order("a", "60000.00"),
            order("b", "1.00"),
            order("c", "40000.00"),
            order("d", "1.00")
        ]),
    );
    let tiers: Vec<&Value> = answers
        .iter()
        .map(|answer| &answer["tiers"]["partners"])
        .collect();
    assert_eq!(
        tiers,
        [&Value::Null, &Value::Null, &json!("partner"), &json!("partner")]
    );
}

#[test]
fn the_parts_of_a_return_take_from_others_what_the_sale_gave_them_and_no_more() {
    // 100.00 at the threshold takes 50.00 off: of 90.00 and 10.00 the smaller comes back first, and the rest is dearer
    // without the reduction than it was with it.
    let text = "id = \"t\"\n[purse.points]\n[[rule]]\nneeds = { total = \"100.00\" }\ngives = { off = \"50.00\", of = \"basket\" }\n\
                [[rule]]\ngives = { points = 1, per = \"1.00\", to = \"agent\" }\n";
    for order in [["SMALL", "LARGE"], ["LARGE", "SMALL"]] {
        let story = json!({
            "products": [{"sku": "SMALL", "price": "10.00"}, {"sku": "LARGE", "price": "90.00"}],
            "members": [{"id": "eva"}, {"id": "dia"}],
            "steps": [
                {"sale": {"id": "before", "at": "2026-01-09T10:00:00", "member": "dia", "agent": "eva",
                          "lines": any("30.00")}},
                {"sale": {"id": "a", "at": "2026-01-10T10:00:00", "member": "dia", "agent": "eva",
                          "lines": [{"sku": "SMALL", "qty": "1"}, {"sku": "LARGE", "qty": "1"}]}},
                balance("eva"),
                back("r1", "2026-01-11T10:00:00", "a", order[0], "1"),
                back("r2", "2026-01-12T10:00:00", "a", order[1], "1"),
                balance("eva"),
            ],
        });
        let story = story::read("story.json", &story.to_string()).expect("a story");
        let programs =
            read_all(&[("t.toml".to_owned(), text.to_owned())], story.terms.clone()).expect("programs");
        let answers = story.run(&programs);
        assert_eq!(answers[2]["purses"]["points"], "80");
        assert_eq!(answers[5]["purses"]["points"], "30", "{order:?}");
    }
}

#[test]
fn two_sorts_share_a_card_of_stamps_by_one_rule_or_by_two() {
    let purse = "[purse.st]\n";
    let rule = |goods: &str| {
        format!(
            "[[rule]]\nneeds = {{ goods = {{ sku = {goods} }} }}\ngives = {{ stamp = 1, purse = \"st\" }}\n"
        )
    };
    let free = "[[rule]]\nneeds = { goods = { sku = [\"A\", \"B\"] }, stamps = 4, purse = \"st\" }\ngives = { free = \"cheapest\" }\n";
    let texts = [
        format!("id = \"t\"\n{purse}{}{free}", rule("[\"A\", \"B\"]")),
        format!("id = \"t\"\n{purse}{}{}{free}", rule("\"A\""), rule("\"B\"")),
        format!("id = \"t\"\n{purse}{free}{}{}", rule("\"B\""), rule("\"A\"")),
    ];
    for text in texts {
        let story = json!({
            "products": [{"sku": "A", "price": "5.00"}, {"sku": "B", "price": "7.00"}],
            "members": [{"id": "dia"}],
            "steps": [
                sale("a", "2026-01-10T10:00:00", "dia", json!([{"sku": "A", "qty": "3"}, {"sku": "B", "qty": "2"}])),
                sale("b", "2026-01-10T11:00:00", "dia", json!([{"sku": "A", "qty": "1"}, {"sku": "B", "qty": "3"}])),
                sale("c", "2026-01-10T12:00:00", "dia", json!([{"sku": "B", "qty": "4"}, {"sku": "A", "qty": "6"}])),
                returned("r", "2026-01-11T10:00:00", "c", json!([{"sku": "A", "qty": "6"}, {"sku": "B", "qty": "4"}])),
                balance("dia"),
            ],
        });
        let story = story::read("story.json", &story.to_string()).expect("a story");
        let programs =
            read_all(&[("t.toml".to_owned(), text.clone())], story.terms.clone()).expect("programs");
        let answers = story.run(&programs);
        let due: Vec<&Value> = answers[..3].iter().map(|answer| &answer["due"]).collect();
        assert_eq!(due, ["24.00", "26.00", "48.00"], "{text}");
        assert_eq!(answers[3]["refund"], "48.00");
        assert_eq!(answers[4]["purses"]["st"], "4");
    }
}

/// Runs steps with one program written out here, for goods at given prices.
fn run_text(text: &str, products: Value, steps: Value) -> Vec<Value> {
    let story = json!({"products": products, "members": [{"id": "dia"}], "steps": steps});
    let story = story::read("story.json", &story.to_string()).expect("a story");
    let files = [("t.toml".to_owned(), format!("id = \"t\"\n{text}"))];
    story.run(&read_all(&files, story.terms.clone()).expect("a program without a mistake"))
}

#[test]
fn c27_a_limit_in_times_counts_every_group_and_a_return_gives_them_back() {
    let text = "[[rule]]\nneeds = { goods = { sku = \"GUM\" }, every = 3 }\ngives = { free = \"cheapest\" }\n\
                limit = { sale = \"1 time\", month = \"3 times\" }\n";
    let nine = |id: &str, at: &str| sale(id, at, "dia", line("GUM", "9"));
    let answers = run_text(
        text,
        json!([{"sku": "GUM", "price": "1.00"}]),
        json!([
            nine("a", "2026-01-01T10:00:00"),
            nine("b", "2026-01-02T10:00:00"),
            nine("c", "2026-01-02T11:00:00"),
            nine("d", "2026-01-03T10:00:00"),
            back("r", "2026-01-04T10:00:00", "a", "GUM", "9"),
            nine("e", "2026-01-05T10:00:00"),
            nine("f", "2026-02-01T00:00:00"),
        ]),
    );
    let due: Vec<&Value> = [0, 1, 2, 3, 5, 6].map(|n| &answers[n]["due"]).to_vec();
    assert_eq!(due, ["8.00", "8.00", "8.00", "9.00", "8.00", "8.00"]);
}

#[test]
fn a_limit_in_litres_holds_for_points_by_sale_and_by_day() {
    let text = "[purse.points]\n[[rule]]\ngives = { points = 1, per = \"1 l\" }\nlimit = { sale = \"30 l\", day = \"50 l\" }\n";
    let fill = |id: &str, at: &str| {
        let half = json!({"sku": "DIESEL", "qty": "20"});
        sale(id, at, "dia", json!([half, half]))
    };
    let answers = run_text(
        text,
        json!([{"sku": "DIESEL", "price": "2.00", "unit": "l"}]),
        json!([
            fill("a", "2026-01-01T10:00:00"),
            fill("b", "2026-01-01T11:00:00"),
            fill("c", "2026-01-01T12:00:00"),
            back("r", "2026-01-01T13:00:00", "a", "DIESEL", "40"),
            fill("d", "2026-01-01T14:00:00"),
            fill("e", "2026-01-02T00:00:00"),
        ]),
    );
    let earned: Vec<&Value> = answers.iter().map(|answer| &answer["earned"]["points"]).collect();
    assert_eq!(earned, ["30", "20", "0", "-30", "30", "30"]);
}

#[test]
fn a_rule_that_could_never_act_earns_a_sentence() {
    let cases = [
        (
            "needs = { activity = \"x\" }\ngives = { off = \"5 %\" }",
            "cannot be given outside of a sale",
        ),
        (
            "when = { each = \"month\" }\ngives = { donate = \"5 %\", to = \"c\" }",
            "cannot be given outside of a sale",
        ),
        (
            "when = { each = \"month\" }\ngives = { back = \"5 %\", purse = \"p\" }",
            "a share of nothing",
        ),
        (
            "needs = { activity = \"x\", total = \"5.00\" }\ngives = { points = 1 }",
            "asks for goods",
        ),
        (
            "where = { site = \"n\" }\nneeds = { activity = \"x\" }\ngives = { points = 1 }",
            "or a place",
        ),
        (
            "needs = { activity = \"x\" }\ngives = { points = 1, to = \"agent\" }",
            "no agent",
        ),
        (
            "when = { each = \"year\" }\nneeds = { activity = \"x\" }\ngives = { points = 1 }",
            "a rule for each",
        ),
        ("gives = { brings = \"friend\" }", "comes of an activity"),
        (
            "gives = { share = \"5 %\", of = \"cost\", purse = \"p\" }",
            "comes of an activity",
        ),
        (
            "needs = { stamps = 5, purse = \"p\" }\ngives = { points = 1 }",
            "stamps are used up",
        ),
        (
            "needs = { purse = \"p\" }\ngives = { points = 1 }",
            "a purse without stamps",
        ),
        (
            "gives = { off = \"5 %\", of = \"basket\" }\nlimit = { sale = \"3 l\" }",
            "a limit in units",
        ),
        (
            "gives = { points = 1, per = \"10.00\" }\nlimit = { sale = \"3 l\" }",
            "a limit in units",
        ),
        (
            "gives = { donate = \"5 %\", to = \"c\" }\nlimit = { day = \"3.00\" }",
            "a limit in an amount",
        ),
        (
            "gives = { message = \"hello\" }\nlimit = { day = \"3 times\" }",
            "a limit on what needs none",
        ),
        ("who = {}\ngives = { points = 1 }", "who names nobody"),
        (
            "when = { from = \"2026-05-01\", until = \"2026-04-30\" }\ngives = { points = 1 }",
            "ends before it begins",
        ),
        (
            "needs = { reaches = \"l/b\" }\ngives = { points = 1 }\n[ladder.l]\ncounts = \"spend\"\nlevels = [{ name = \"a\", from = 5 }]",
            "the tier \"l/b\" is not declared",
        ),
        (
            "gives = { points = 1 }\n[ladder.l]\nlevels = [{ name = \"a\", from = 5 }]",
            "counts nothing",
        ),
        (
            "gives = { points = 1 }\n[ladder.l]\ncounts = \"spend\"\nlevels = [{ name = \"a\", from = 1 }, { name = \"a\", from = 5 }]",
            "two levels of one name",
        ),
        (
            "gives = { points = 1 }\n[reward.r]\nbecomes = { purse = \"q\", amount = 1 }",
            "nobody can redeem",
        ),
        (
            "gives = { points = 1 }\n[reward.r]\ncosts = 1\npurse = \"p\"\ncharity = \"c\"\nbecomes = { purse = \"q\", amount = 1 }",
            "becomes two things",
        ),
    ];
    let terms = vafa::loyalty::program::Terms::of("EUR", "UTC", "tax_inclusive").expect("terms");
    for (rule, sentence) in cases {
        let files = [("t.toml".to_owned(), format!("id = \"t\"\n[[rule]]\n{rule}\n"))];
        let said = read_all(&files, terms.clone()).expect_err(rule);
        assert_eq!(said.len(), 1, "one sentence for {rule}: {said:?}");
        assert!(
            said[0].starts_with("t.toml:") && said[0].contains(sentence),
            "{rule}: {said:?}"
        );
    }
}

#[test]
fn goods_and_categories_of_one_name_are_counted_apart() {
    let step = |goods: &str, off: &str| {
        format!(
            "[[rule]]\nneeds = {{ spent = {{ from = \"10.00\", goods = {{ {goods} = \"gum\" }} }} }}\ngives = {{ off = \"{off}\", of = \"basket\" }}\n"
        )
    };
    let text = step("category", "1.00") + &step("sku", "2.00");
    let answers = run_text(
        &text,
        json!([{"sku": "gum", "price": "10.00"}, {"sku": "mint", "price": "10.00", "categories": ["gum"]}]),
        json!([
            sale("a", "2026-01-01T10:00:00", "dia", line("mint", "1")),
            sale("b", "2026-01-02T10:00:00", "dia", any("50.00")),
        ]),
    );
    assert_eq!(answers[1]["due"], "49.00");
}
