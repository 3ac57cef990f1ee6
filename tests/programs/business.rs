//! Programs for companies and partners, B1 to B13: the numbers of each, worked out by hand.

use rstest::rstest;
use serde_json::{Value, json};

use super::{activity, any, back, balance, line, redeem, run, sale};

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
