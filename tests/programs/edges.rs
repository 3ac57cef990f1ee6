//! Edges that several files share: returns in parts, limits, stamps of two sorts, rules that could never act.

use serde_json::{Value, json};
use vafa::loyalty::program::file::read_all;
use vafa::story;

use super::{any, back, balance, line, run, run_in, sale};

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
