//! Programs for consumers, S2a to S17: the numbers of each, worked out by hand.

use serde_json::{Value, json};

use super::{activity, any, back, balance, line, redeem, run, run_in, sale};

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
