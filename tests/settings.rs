//! Settings of program files: where well-known products disagree, both sides are reached by a word and told apart by
//! numbers worked out by hand.

use rstest::rstest;
use serde_json::{Value, json};
use vafa::loyalty::program::file::read_all;
use vafa::story;

/// Runs steps with one program, given as the text behind its id, in a small shop.
fn run_in(shop: Value, rules: &str, steps: Value) -> Vec<Value> {
    let mut text = json!({
        "currency": "EUR", "timezone": "Europe/Berlin",
        "products": [
            {"sku": "TEA", "price": "3.00", "categories": ["hot"]},
            {"sku": "COFFEE", "price": "2.50", "categories": ["hot"]},
            {"sku": "BOOK", "price": "107.00", "tax_rate": "7"},
            {"sku": "LAMP", "price": "118.00", "tax_rate": "18"},
            {"sku": "CARD", "price": "99.00"},
        ],
        "members": [
            {"id": "ana", "birthday": "1992-02-29", "organisation": "acme"},
            {"id": "ben"},
            {"id": "cem", "birthday": "1990-03-01"},
        ],
        "steps": steps,
    });
    for (key, value) in shop.as_object().expect("an object") {
        text[key] = value.clone();
    }
    let story = story::read("story.json", &text.to_string()).expect("a story");
    let files = [("x.toml".to_owned(), format!("id = \"x\"\n{rules}"))];
    let programs = read_all(&files, story.terms.clone()).expect("a program without a mistake");
    story.run(&programs)
}

fn run(rules: &str, steps: Value) -> Vec<Value> {
    run_in(json!({}), rules, steps)
}

fn sale(id: &str, day: &str, member: &str, lines: Value) -> Value {
    json!({"sale": {"id": id, "at": format!("{day}T12:00:00"), "member": member, "lines": lines}})
}

fn any(price: &str) -> Value {
    json!([{"sku": "ANY", "qty": "1", "price": price}])
}

fn back(id: &str, day: &str, sale: &str, sku: &str, qty: &str) -> Value {
    json!({"return": {"id": id, "at": format!("{day}T12:00:00"), "sale": sale, "lines": [{"sku": sku, "qty": qty}]}})
}

/// Rule 4: born on 29 February, in years without and with that day.
#[rstest]
#[case("\"birthday\"", "2026-02-28", "100.00")]
#[case("\"birthday\"", "2026-03-01", "90.00")]
#[case("{ birthday = \"1 March\" }", "2026-03-01", "90.00")]
#[case("{ birthday = \"28 February\" }", "2026-02-28", "90.00")]
#[case("{ birthday = \"28 February\" }", "2026-03-01", "100.00")]
#[case("\"birthday\"", "2028-02-29", "90.00")]
#[case("{ birthday = \"28 February\" }", "2028-02-29", "90.00")]
#[case("{ birthday = \"28 February\" }", "2028-02-28", "100.00")]
fn rule_4_a_leap_day_birthday_is_kept_on_the_day_that_the_file_names(
    #[case] who: &str,
    #[case] day: &str,
    #[case] total: &str,
) {
    let rules = format!("[[rule]]\nwho = {who}\ngives = {{ off = \"10 %\", of = \"basket\" }}");
    let answers = run(
        &rules,
        json!([
            sale("a", day, "ana", any("100.00")),
            back("r", day, "a", "ANY", "1"),
        ]),
    );
    assert_eq!(answers[0]["total"], total);
    // What the record keeps of a birthday is enough to quote the sale again.
    assert_eq!(answers[1]["refund"], total);
}

#[test]
fn rule_4_who_was_born_on_the_first_of_march_is_not_born_on_a_leap_day() {
    let rules = "[[rule]]\nwho = { birthday = \"28 February\" }\ngives = { off = \"10 %\", of = \"basket\" }";
    for (day, total) in [("2026-02-28", "100.00"), ("2026-03-01", "90.00")] {
        let answers = run(rules, json!([sale("a", day, "cem", any("100.00"))]));
        assert_eq!(answers[0]["total"], total, "{day}");
    }
}

/// Rule 7: 10 % and then 20 % of 100.00.
#[rstest]
#[case("", "", "72.00")]
#[case(", at = \"what is left\"", ", at = \"what is left\"", "72.00")]
#[case("", ", at = \"list price\"", "70.00")]
#[case(", at = \"list price\"", ", at = \"list price\"", "70.00")]
fn rule_7_percent_on_percent_is_of_what_is_left_or_of_the_list_price(
    #[case] first: &str,
    #[case] second: &str,
    #[case] total: &str,
) {
    for of in ["basket", "goods"] {
        let rule = |off: &str, at: &str| {
            format!("[[rule]]\ngives = {{ off = \"{off}\", of = \"{of}\"{at} }}\nwith = \"stack\"\n")
        };
        let rules = format!("{}{}", rule("10 %", first), rule("20 %", second));
        let answers = run(&rules, json!([sale("a", "2026-02-10", "ana", any("100.00"))]));
        assert_eq!(answers[0]["total"], total, "{of}");
    }
}

#[test]
fn rule_10_percentages_of_the_list_price_never_make_a_basket_negative() {
    let rule = "[[rule]]\ngives = { off = \"60 %\", of = \"basket\", at = \"list price\" }\n";
    let answers = run(
        &rule.repeat(2),
        json!([sale("a", "2026-02-10", "ana", any("100.00"))]),
    );
    assert_eq!(
        (&answers[0]["discount"], &answers[0]["total"]),
        (&json!("100.00"), &json!("0.00"))
    );
}

/// Rule 8: three for two takes 30.00 of 120.00 off in phase 2, 10 % of the rest 9.00 in phase 3; then 5.00 off from so
/// much on.
#[rstest]
#[case("", "90.00", "76.00")]
#[case("", "90.01", "81.00")]
#[case(", at = \"after unit offers\"", "90.00", "76.00")]
#[case(", at = \"list price\"", "120.00", "76.00")]
#[case(", at = \"list price\"", "120.01", "81.00")]
#[case(", at = \"what is left\"", "81.00", "76.00")]
#[case(", at = \"what is left\"", "81.01", "81.00")]
fn rule_8_a_threshold_looks_at_the_amount_that_its_file_names(
    #[case] at: &str,
    #[case] threshold: &str,
    #[case] total: &str,
) {
    let rules = format!(
        "[[rule]]\nneeds = {{ goods = {{ sku = \"ANY\" }}, every = 3 }}\ngives = {{ free = \"cheapest\" }}\n\
         [[rule]]\ngives = {{ off = \"10 %\", of = \"basket\" }}\n\
         [[rule]]\nneeds = {{ total = \"{threshold}\"{at} }}\ngives = {{ off = \"5.00\", of = \"basket\" }}\n"
    );
    let lines =
        json!([{"sku": "ANY", "qty": "3", "price": "30.00"}, {"sku": "LAST", "qty": "1", "price": "30.00"}]);
    let answers = run(&rules, json!([sale("a", "2026-02-10", "ana", lines)]));
    assert_eq!(answers[0]["total"], total);
}

/// Rule 8 in phase 8: the same amounts decide what is earned.
#[rstest]
#[case("", "100.00", "1")]
#[case("", "100.01", "0")]
#[case(", at = \"what is left\"", "90.00", "1")]
#[case(", at = \"what is left\"", "90.01", "0")]
fn rule_8_holds_for_what_is_earned_too(#[case] at: &str, #[case] threshold: &str, #[case] points: &str) {
    let rules = format!(
        "[[rule]]\ngives = {{ off = \"10 %\", of = \"basket\" }}\n[[rule]]\nwho = \"members\"\n\
         needs = {{ total = \"{threshold}\"{at} }}\ngives = {{ points = 1, per = \"sale\" }}\n"
    );
    let answers = run(&rules, json!([sale("a", "2026-02-10", "ana", any("100.00"))]));
    assert_eq!(answers[0]["earned"]["points"], points);
}

/// Phase 7: 118.00 with 18 % tax in it, or 100.00 with it on top; 50 points pay 50.00.
#[rstest]
#[case("tax_inclusive", "", "68.00", "100.00", "18.00")]
#[case("tax_inclusive", "pays_as = \"tender\"", "68.00", "100.00", "18.00")]
#[case("tax_inclusive", "pays_as = \"discount\"", "68.00", "57.63", "10.37")]
#[case("tax_exclusive", "", "89.24", "118.00", "21.24")]
#[case("tax_exclusive", "pays_as = \"discount\"", "80.24", "68.00", "12.24")]
fn phase_7_points_pay_as_a_tender_or_lower_the_taxable_base(
    #[case] basis: &str,
    #[case] purse: &str,
    #[case] due: &str,
    #[case] base: &str,
    #[case] tax: &str,
) {
    let rules = format!(
        "[purse.points]\nworth = \"1.00\"\n{purse}\n[[rule]]\nwho = \"members\"\ngives = {{ points = 1, per = \"1.00\" }}"
    );
    let mut with_points = sale("b", "2026-02-11", "ana", json!([{"sku": "LAMP", "qty": "1"}]));
    with_points["sale"]["redeem"] = json!([{"purse": "points", "amount": "50"}]);
    let answers = run_in(
        json!({"price_basis": basis}),
        &rules,
        json!([
            sale("a", "2026-02-10", "ana", any("50.00")),
            with_points,
            back("r", "2026-02-12", "b", "LAMP", "1"),
            {"balance": {"member": "ana"}},
        ]),
    );
    let sale = &answers[1];
    assert_eq!(
        (&sale["paid_with_purses"], &sale["due"]),
        (&json!("50.00"), &json!(due))
    );
    assert_eq!(sale["taxes"], json!([{"rate": "18", "base": base, "tax": tax}]));
    assert_eq!(answers[2]["refund"], due, "what was paid comes back, to the cent");
    assert_eq!(answers[3]["purses"]["points"], "50");
}

/// A purse that is a discount to the tax pays for goods, not for the tax on them: 118.00 of 200 points.
#[test]
fn phase_7_what_lowers_the_base_never_pays_more_than_the_goods() {
    let rules = "[purse.points]\nworth = \"1.00\"\npays_as = \"discount\"\n[[rule]]\nwho = \"members\"\n\
                 gives = { points = 1, per = \"1.00\" }";
    let mut all = sale("b", "2026-02-11", "ana", json!([{"sku": "LAMP", "qty": "2"}]));
    all["sale"]["redeem"] = json!([{"purse": "points", "amount": "max"}]);
    let answers = run_in(
        json!({"price_basis": "tax_exclusive"}),
        rules,
        json!([
            sale("a", "2026-02-10", "ana", any("300.00")),
            all,
            back("r", "2026-02-12", "b", "LAMP", "1"),
            back("s", "2026-02-12", "b", "LAMP", "1"),
            {"balance": {"member": "ana"}},
        ]),
    );
    assert_eq!(
        (&answers[1]["paid_with_purses"], &answers[1]["due"]),
        (&json!("236.00"), &json!("0.00"))
    );
    assert_eq!(
        answers[1]["taxes"],
        json!([{"rate": "18", "base": "0.00", "tax": "0.00"}])
    );
    let spent: Vec<_> = answers[2..4]
        .iter()
        .map(|back| &back["spent"]["points"])
        .collect();
    assert_eq!(spent, [&json!("-118"), &json!("-118")]);
    assert_eq!(answers[4]["purses"]["points"], "300");
}

/// Phase 8: LAMP 118.00 with 18 % tax in it, 10 % off leaves 106.20, of which 53.10 (half) is paid with points.
#[rstest]
#[case("", "53")] // after discounts, with tax, without what points paid
#[case(", counting = \"discounts\"", "59")] // half of 118.00
#[case(", counting = \"purses\"", "106")]
#[case(", without = \"tax\"", "45")] // 106.20 less 16.20 tax are 90.00, and half of it
#[case(", counting = [\"discounts\", \"purses\"]", "118")]
#[case(", counting = [\"discounts\", \"purses\"], without = [\"tax\"]", "100")]
#[case(", counting = \"tax\", without = [\"discounts\", \"purses\"]", "53")]
fn c31_the_earn_base_is_a_written_setting(#[case] counting: &str, #[case] points: &str) {
    let rules = format!(
        "[purse.gold]\nworth = \"0.01\"\n[[rule]]\nneeds = {{ goods = {{ sku = \"LAMP\" }} }}\n\
         gives = {{ off = \"10 %\", of = \"basket\" }}\n[[rule]]\nwho = \"members\"\nneeds = {{ goods = {{ sku = \"LAMP\" }} }}\n\
         gives = {{ points = 1, per = \"1.00\"{counting} }}\n\
         [[rule]]\nwho = \"members\"\nneeds = {{ goods = {{ sku = \"ANY\" }} }}\ngives = {{ points = 100, per = \"1.00\", purse = \"gold\" }}"
    );
    let mut lamp = sale("b", "2026-02-11", "ana", json!([{"sku": "LAMP", "qty": "1"}]));
    lamp["sale"]["redeem"] = json!([{"purse": "gold", "amount": "5310"}]);
    let answers = run(
        &rules,
        json!([
            sale("a", "2026-02-10", "ana", any("100.00")),
            lamp,
            back("r", "2026-02-12", "b", "LAMP", "1")
        ]),
    );
    assert_eq!(
        (&answers[1]["total"], &answers[1]["due"]),
        (&json!("106.20"), &json!("53.10"))
    );
    assert_eq!(answers[1]["earned"]["points"], points);
    assert_eq!(answers[2]["earned"]["points"], format!("-{points}"));
}

/// The same where tax comes on top: 118.00 and 21.24 tax.
#[rstest]
#[case("", "118")]
#[case(", counting = \"tax\"", "139")]
#[case(", without = \"tax\"", "118")]
fn c31_tax_on_top_is_in_the_base_where_the_file_says_so(#[case] counting: &str, #[case] points: &str) {
    let rules = format!("[[rule]]\nwho = \"members\"\ngives = {{ points = 1, per = \"1.00\"{counting} }}");
    let lamp = json!([{"sku": "LAMP", "qty": "1"}]);
    let answers = run_in(
        json!({"price_basis": "tax_exclusive"}),
        &rules,
        json!([sale("a", "2026-02-10", "ana", lamp)]),
    );
    assert_eq!(answers[0]["earned"]["points"], points);
}

/// Money back and donations have a base, too: 10 % of 118.00, of 100.00, and of what was taken off.
#[rstest]
#[case("", "10.62", "10.62")]
#[case(", without = \"tax\"", "9.00", "9.00")]
#[case(", counting = \"discounts\"", "11.80", "11.80")]
fn c31_money_back_and_donations_have_a_base_too(
    #[case] counting: &str,
    #[case] money: &str,
    #[case] donated: &str,
) {
    let rules = format!(
        "[purse.cash]\nkind = \"money\"\n[[rule]]\ngives = {{ off = \"10 %\", of = \"basket\" }}\n[[rule]]\n\
         who = \"members\"\ngives = {{ back = \"10 %\", purse = \"cash\"{counting} }}\n\
         [[rule]]\ngives = {{ donate = \"10 %\", to = \"wwf\"{counting} }}"
    );
    let lamp = json!([{"sku": "LAMP", "qty": "1"}]);
    let answers = run(&rules, json!([sale("a", "2026-02-10", "ana", lamp)]));
    assert_eq!(
        (&answers[0]["earned"]["cash"], &answers[0]["donated"]),
        (&json!(money), &json!(donated))
    );
}

/// Rule 15: three lines of 1.99, a point for each full 1.00.
#[rstest]
#[case("", "5")]
#[case(", rounded = \"by sale\"", "5")]
#[case(", rounded = \"by line\"", "3")]
fn rule_15_earning_is_rounded_once_for_the_sale_or_line_by_line(#[case] rounded: &str, #[case] points: &str) {
    let rules = format!("[[rule]]\nwho = \"members\"\ngives = {{ points = 1, per = \"1.00\"{rounded} }}");
    let lines =
        json!([{"sku": "A", "price": "1.99"}, {"sku": "B", "price": "1.99"}, {"sku": "C", "price": "1.99"}]);
    let answers = run(
        &rules,
        json!([
            sale("a", "2026-02-10", "ana", lines),
            back("r", "2026-02-10", "a", "B", "1")
        ]),
    );
    assert_eq!(answers[0]["earned"]["points"], points);
    let left = if points == "5" { "-2" } else { "-1" };
    assert_eq!(answers[1]["earned"]["points"], left);
}

const LADDER: &str = "[ladder.club]\ncounts = \"spend\"\nlevels = [{ name = \"red\", from = 0 }, { name = \"gold\", from = \"1000.00\" }]\n";
const GOLD: &str = "[[rule]]\nwho = { tier = \"club/gold\" }\ngives = { off = \"5 %\", of = \"basket\" }\n";

/// Rule 17: the sale that crosses the threshold, and the next one.
#[rstest]
#[case("", "1100.00", "95.00")]
#[case("with_this = false\n", "1100.00", "95.00")]
#[case("with_this = true\n", "1045.00", "95.00")]
fn rule_17_the_sale_that_reaches_a_tier_is_judged_before_it_or_with_it(
    #[case] with_this: &str,
    #[case] first: &str,
    #[case] second: &str,
) {
    let rules = LADDER.replace("levels", &format!("{with_this}levels")) + GOLD;
    let answers = run(
        &rules,
        json!([
            sale("a", "2026-02-10", "ana", any("1100.00")),
            sale("b", "2026-02-11", "ana", any("100.00")),
            back("r", "2026-02-12", "a", "ANY", "1"),
            {"balance": {"member": "ana"}},
        ]),
    );
    assert_eq!(
        (&answers[0]["total"], &answers[1]["total"]),
        (&json!(first), &json!(second))
    );
    assert_eq!(answers[0]["tiers"], json!({"club": "gold"}));
    assert_eq!(answers[2]["refund"], first);
    assert_eq!(answers[3]["tiers"], json!({"club": "red"}));
}

/// 1 020.00 reach gold at list price; with its own 5 % the sale comes to 969.00 and does not.
#[test]
fn rule_17_nobody_has_the_benefit_of_a_tier_that_he_does_not_reach_with_it() {
    let rules = LADDER.replace("levels", "with_this = true\nlevels") + GOLD;
    let answers = run(&rules, json!([sale("a", "2026-02-10", "ana", any("1020.00"))]));
    assert_eq!(answers[0]["total"], "1020.00");
    assert_eq!(answers[0]["tiers"], json!({"club": "gold"}));
}

/// A card that is issued from 1 500.00 on, and takes 5 % off.
#[rstest]
#[case("", "1500.00")]
#[case("with_this = true", "1425.00")]
fn rule_17_a_card_counts_from_the_next_sale_on_or_at_once(#[case] with_this: &str, #[case] total: &str) {
    let rules = format!(
        "[membership.card]\n{with_this}\n[[rule]]\nwho = [\"members\", {{ lacks = \"card\" }}]\nneeds = {{ total = \"1500.00\" }}\n\
         gives = {{ membership = \"card\" }}\n[[rule]]\nwho = {{ holds = \"card\" }}\ngives = {{ off = \"5 %\", of = \"basket\" }}"
    );
    let answers = run(
        &rules,
        json!([
            sale("a", "2026-02-10", "ana", any("1500.00")),
            sale("b", "2026-02-10", "ana", any("100.00")),
            back("r", "2026-02-12", "a", "ANY", "1"),
            sale("c", "2026-02-13", "ana", any("100.00")),
        ]),
    );
    assert_eq!(answers[0]["total"], total);
    assert_eq!(answers[1]["total"], "95.00");
    assert_eq!(answers[2]["refund"], total);
    assert_eq!(answers[3]["total"], "100.00", "the card went with its sale");
    let says = answers[0]["applied"].to_string();
    let since = if with_this.is_empty() {
        "from the next purchase"
    } else {
        "from now on"
    };
    assert!(says.contains(since), "{says}");
}

/// Rule 17: silver from 100 base miles on earns double; gold from 300 on. 100, then 100 that earn 200.
#[rstest]
#[case("", "silver")]
#[case("with_bonus = true\n", "gold")]
fn rule_17_qualifying_points_are_those_of_the_base_or_the_bonus_too(
    #[case] with_bonus: &str,
    #[case] tier: &str,
) {
    let rules = format!(
        "[ladder.club]\ncounts = \"miles\"\n{with_bonus}levels = [{{ name = \"silver\", from = 100 }}, {{ name = \"gold\", from = 300 }}]\n\
         [[rule]]\nwho = \"members\"\ngives = {{ points = 1, per = \"1.00\", purse = \"miles\" }}\n\
         [[rule]]\nwho = {{ tier = \"club/silver\" }}\ngives = {{ times = \"2\", purse = \"miles\" }}\n\
         [[rule]]\nwho = \"members\"\nneeds = {{ earned = {{ purse = \"miles\", from = 300{} }} }}\ngives = {{ message = \"300\" }}",
        if with_bonus.is_empty() {
            ""
        } else {
            ", with_bonus = true"
        }
    );
    let answers = run(
        &rules,
        json!([
            sale("a", "2026-02-10", "ana", any("100.00")),
            sale("b", "2026-02-11", "ana", any("100.00")),
            sale("c", "2026-02-12", "ana", any("1.00")),
        ]),
    );
    assert_eq!(answers[1]["earned"]["miles"], "200");
    assert_eq!(answers[1]["tiers"], json!({"club": tier}));
    let told = if with_bonus.is_empty() {
        json!([])
    } else {
        json!(["300"])
    };
    assert_eq!(answers[2]["messages"], told);
}

/// Rule 20: points of January, good for 60 days, are spent and come back on 1 March.
#[rstest]
#[case("", "2026-03-31")]
#[case("returned_days = 0", "2026-03-11")]
#[case("returned_days = 90", "2026-05-30")]
fn rule_20_returned_points_live_as_long_as_their_purse_says(#[case] stated: &str, #[case] last: &str) {
    let rules = format!(
        "[purse.points]\nworth = \"1.00\"\ndays = 60\n{stated}\n[[rule]]\nwho = \"members\"\n\
         needs = {{ goods = {{ sku = \"ANY\" }} }}\ngives = {{ points = 1, per = \"10.00\" }}"
    );
    let mut paid = sale("b", "2026-02-10", "ana", json!([{"sku": "TEA", "qty": "1"}]));
    paid["sale"]["redeem"] = json!([{"purse": "points", "amount": "3"}]);
    let after = {
        let day: jiff::civil::Date = last.parse().expect("a day");
        day.tomorrow().expect("a day").to_string()
    };
    let answers = run(
        &rules,
        json!([
            sale("a", "2026-01-10", "ana", any("30.00")),
            paid,
            back("r", "2026-03-01", "b", "TEA", "1"),
            {"advance": {"to": format!("{last}T23:59:59")}},
            {"balance": {"member": "ana"}},
            {"advance": {"to": format!("{after}T00:00:00")}},
            {"balance": {"member": "ana"}},
        ]),
    );
    assert_eq!(answers[2]["spent"]["points"], "-3");
    assert_eq!(answers[4]["purses"]["points"], "3", "good to the end of {last}");
    assert_eq!(answers[6]["purses"]["points"], "0");
}

const THREE_FOR_TWO: &str = "[[rule]]\nneeds = { goods = { sku = \"TEA\" }, every = 3 }\ngives = { free = \"cheapest\" }\n\
     [[rule]]\nwho = \"members\"\ngives = { points = 1, per = \"1.00\" }";

/// Rule 21: 3 teas for 6.00 come back one by one.
#[rstest]
#[case("", ["0.00", "3.00", "3.00"], ["0", "-3", "-3"])]
#[case("returns = \"quoted again\"\n", ["0.00", "3.00", "3.00"], ["0", "-3", "-3"])]
#[case("returns = \"in proportion\"\n", ["2.00", "2.00", "2.00"], ["-2", "-2", "-2"])]
fn rule_21_a_return_gives_back_what_the_rest_does_not_cost_or_what_was_paid(
    #[case] returns: &str,
    #[case] refunds: [&str; 3],
    #[case] points: [&str; 3],
) {
    let rules = format!("{returns}{THREE_FOR_TWO}");
    let answers = run(
        &rules,
        json!([
            sale("a", "2026-02-10", "ana", json!([{"sku": "TEA", "qty": "3"}])),
            back("r", "2026-02-11", "a", "TEA", "1"),
            back("s", "2026-02-12", "a", "TEA", "1"),
            back("t", "2026-02-13", "a", "TEA", "1"),
            {"balance": {"member": "ana"}},
        ]),
    );
    for n in 0..3 {
        assert_eq!(answers[n + 1]["refund"], refunds[n], "return {n}");
        assert_eq!(answers[n + 1]["earned"]["points"], points[n], "return {n}");
    }
    assert_eq!(answers[4]["purses"]["points"], "0");
}

/// 10.00 in three equal lines at 7 % off leave 3.34 and 3.33: what is stored with the lines comes back, with the tax.
#[test]
fn rule_21_in_proportion_gives_back_what_is_stored_with_the_lines() {
    let rules = "returns = \"in proportion\"\n[[rule]]\ngives = { off = \"5.00\", of = \"basket\" }";
    let lines = json!([{"sku": "BOOK", "qty": "1"}, {"sku": "LAMP", "qty": "2"}]);
    let answers = run_in(
        json!({"price_basis": "tax_exclusive"}),
        rules,
        json!([
            sale("a", "2026-02-10", "ana", lines),
            back("r", "2026-02-11", "a", "LAMP", "1"),
            back("s", "2026-02-11", "a", "BOOK", "1"),
            back("t", "2026-02-12", "a", "LAMP", "1"),
        ]),
    );
    // 343.00 less 5.00: 1.56 fall on the book, 3.44 on the lamps; tax 7.38 and 41.86.
    assert_eq!(
        (&answers[0]["total"], &answers[0]["due"]),
        (&json!("338.00"), &json!("387.24"))
    );
    let refunds: Vec<_> = answers[1..].iter().map(|back| back["refund"].clone()).collect();
    assert_eq!(refunds, [json!("137.21"), json!("112.82"), json!("137.21")]);
}

#[test]
fn rule_21_files_that_state_it_must_agree() {
    let terms = vafa::loyalty::program::Terms::of("EUR", "UTC", "tax_inclusive").expect("terms");
    let file = |name: &str, returns: &str| {
        let rule = "[[rule]]\ngives = { off = \"5 %\" }";
        (
            format!("{name}.toml"),
            format!("id = \"{name}\"\n{returns}\n{rule}"),
        )
    };
    let (proportion, again) = ("returns = \"in proportion\"", "returns = \"quoted again\"");
    let agreeing = [file("a", proportion), file("b", ""), file("c", proportion)];
    assert!(read_all(&agreeing, terms.clone()).is_ok());
    let wrong =
        read_all(&[file("a", proportion), file("b", ""), file("c", again)], terms).expect_err("a mistake");
    assert_eq!(
        wrong,
        [
            "c.toml: returns is \"quoted again\", but \"in proportion\" in a.toml: write the same, or let only one file state it"
        ]
    );
}

/// Rule 17: units of the same sale count towards the free unit, and a free unit earns no stamp, whatever freed it.
#[rstest]
#[case("", "3")]
#[case(
    "[[rule]]\nneeds = { goods = { sku = \"TEA\" }, every = 3 }\ngives = { free = \"cheapest\" }",
    "2"
)]
#[case(
    "[[rule]]\nneeds = { goods = { sku = \"TEA\" }, every = 3 }\ngives = { off = \"50 %\", of = \"cheapest\" }",
    "3"
)]
#[case(
    "[[rule]]\nneeds = { goods = { sku = \"TEA\" } }\ngives = { off = \"100 %\" }\nlimit = { sale = \"1 each\" }",
    "2"
)]
#[case(
    "[[rule]]\nneeds = { goods = { sku = \"TEA\" } }\ngives = { price = \"0.00\" }",
    "0"
)]
fn rule_17_a_free_unit_earns_no_stamp(#[case] offer: &str, #[case] stamps: &str) {
    let rules = format!(
        "[[rule]]\nwho = \"members\"\nneeds = {{ goods = {{ sku = \"TEA\" }} }}\ngives = {{ stamp = 1, purse = \"stamps\" }}\n{offer}"
    );
    let tea = json!([{"sku": "TEA", "qty": "3"}]);
    let answers = run(&rules, json!([sale("a", "2026-02-10", "ana", tea)]));
    assert_eq!(answers[0]["earned"]["stamps"], stamps);
}

/// A card of four stamps and three for two on the same goods, in either order of acting: the units whose stamps the card
/// uses take part in it, and nothing is drawn that is not there.
#[rstest]
#[case("1", "2", "15.00", "1")] // the card first: the fifth is free for the stamps of four, the sixth is left
#[case("2", "1", "12.00", "4")] // three for two first frees two; four are paid and fill the card, and no unit is left
fn rule_5_a_unit_takes_part_in_the_card_that_its_stamp_fills(
    #[case] card: &str,
    #[case] group: &str,
    #[case] total: &str,
    #[case] left: &str,
) {
    let story = json!({"currency": "EUR", "timezone": "UTC", "products": [{"sku": "TEA", "price": "3.00"}],
        "members": [{"id": "ana"}],
        "steps": [sale("a", "2026-02-10", "ana", json!([{"sku": "TEA", "qty": "6"}])), {"balance": {"member": "ana"}}]});
    let goods = "goods = { sku = \"TEA\" }";
    let files = [
        (
            "card.toml".to_owned(),
            format!(
                "id = \"card\"\npriority = {card}\n[[rule]]\nwho = \"members\"\nneeds = {{ {goods} }}\ngives = {{ stamp = 1, purse = \"s\" }}\n\
             [[rule]]\nwho = \"members\"\nneeds = {{ {goods}, stamps = 4, purse = \"s\" }}\ngives = {{ free = \"cheapest\" }}"
            ),
        ),
        (
            "group.toml".to_owned(),
            format!(
                "id = \"group\"\npriority = {group}\n[[rule]]\nneeds = {{ {goods}, every = 3 }}\ngives = {{ free = \"cheapest\" }}"
            ),
        ),
    ];
    let story = story::read("story.json", &story.to_string()).expect("a story");
    let programs = read_all(&files, story.terms.clone()).expect("programs");
    let answers = story.run(&programs);
    assert_eq!(answers[0]["refused"], Value::Null, "{}", answers[0]);
    assert_eq!(answers[0]["total"], total);
    assert_eq!(answers[1]["purses"]["s"], left);
}

#[test]
fn a_membership_that_is_sold_counts_from_now_on_and_the_line_says_so() {
    let rules = "[membership.prime]\nmonths = 12\nsold_as = \"CARD\"\n[[rule]]\nwho = { holds = \"prime\" }\n\
                 needs = { goods = { sku = \"TEA\" } }\ngives = { price = \"1.00\" }";
    let lines = json!([{"sku": "CARD"}, {"sku": "TEA"}]);
    let answers = run(rules, json!([sale("a", "2026-02-10", "ana", lines)]));
    assert_eq!(answers[0]["total"], "100.00");
    let says = answers[0]["applied"].to_string();
    assert!(says.contains("prime counts from now on"), "{says}");
}

/// What an agent earns is neither raised by the buyer's tier nor does it qualify the buyer.
#[test]
fn what_the_agent_earns_is_not_judged_by_the_buyers_tier() {
    let rules = "[ladder.club]\ncounts = \"miles\"\nlevels = [{ name = \"red\", from = 0 }, { name = \"gold\", from = 100 }]\n\
        [[rule]]\nwho = \"members\"\ngives = { points = 1, per = \"1.00\", purse = \"miles\" }\n\
        [[rule]]\nwho = { tier = \"club/gold\" }\ngives = { times = \"2\", purse = \"miles\" }\n\
        [[rule]]\nneeds = { goods = { sku = \"TEA\" } }\ngives = { points = 50, per = \"1 each\", purse = \"miles\", to = \"agent\" }";
    let mut first = sale("a", "2026-02-10", "ana", json!([{"sku": "TEA", "qty": "1"}]));
    first["sale"]["agent"] = json!("ben");
    let mut third = sale("c", "2026-02-12", "ana", json!([{"sku": "TEA", "qty": "1"}]));
    third["sale"]["agent"] = json!("ben");
    let answers = run(
        rules,
        json!([first, sale("b", "2026-02-11", "ana", any("97.00")), third, {"balance": {"member": "ben"}}]),
    );
    assert_eq!(answers[0]["tiers"], json!({"club": "red"}), "3 miles of his own");
    assert_eq!(answers[1]["tiers"], json!({"club": "gold"}), "100 of his own");
    assert_eq!(answers[2]["earned"]["miles"], "6");
    assert_eq!(answers[3]["purses"]["miles"], "100", "twice 50");
}

/// S9: what was given for a month's spend is kept when goods of that month come back later; the spend itself falls, so
/// that nothing more is given for it, and no balance falls below zero.
#[test]
fn a_bonus_for_last_months_spend_is_kept_when_goods_come_back() {
    let rules = "[purse.bonus]\nkind = \"money\"\nlapses = \"end of month\"\n[[rule]]\nwho = \"members\"\nwhen = { each = \"month\" }\n\
                 needs = { spent = { from = \"100.00\", within = \"last month\" } }\ngives = { back = \"10 %\", purse = \"bonus\" }";
    let answers = run(
        rules,
        json!([
            sale("a", "2026-02-10", "ana", any("500.00")),
            sale("b", "2026-02-11", "ana", any("80.00")),
            back("q", "2026-02-20", "b", "ANY", "1"),
            {"advance": {"to": "2026-03-01T00:00:00"}},
            {"balance": {"member": "ana"}},
            back("r", "2026-03-10", "a", "ANY", "1"),
            {"balance": {"member": "ana"}},
            {"advance": {"to": "2026-04-01T00:00:00"}},
            {"balance": {"member": "ana"}},
        ]),
    );
    assert_eq!(
        answers[4]["purses"]["bonus"], "50.00",
        "what came back in February was not spent"
    );
    assert_eq!(answers[5]["earned"]["bonus"], "0");
    assert_eq!(
        answers[6]["purses"]["bonus"], "50.00",
        "what was given before is kept"
    );
    assert_eq!(
        answers[8]["purses"]["bonus"], "0",
        "nothing of March, and never below zero"
    );
}

#[rstest]
#[case(
    "[[rule]]\nneeds = { at = \"list price\" }\ngives = { points = 1 }",
    "without an amount"
)]
#[case(
    "[[rule]]\nneeds = { total = \"5.00\", at = \"lunch\" }\ngives = { points = 1 }",
    "at is \"lunch\""
)]
#[case(
    "[[rule]]\ngives = { points = 1, counting = \"pints\" }",
    "counting is \"pints\""
)]
#[case(
    "[[rule]]\ngives = { points = 1, counting = \"tax\", without = [\"tax\"] }",
    "counted and not counted"
)]
#[case("[[rule]]\ngives = { points = 1, rounded = \"up\" }", "rounded is \"up\"")]
#[case(
    "[[rule]]\ngives = { off = \"5.00\", at = \"list price\" }",
    "\"at\" is not a word of gives"
)]
#[case(
    "[[rule]]\nwho = { birthday = \"5 May\" }\ngives = { points = 1 }",
    "birthday is \"5 May\""
)]
#[case("[purse.p]\nreturned_days = -1", "returned_days is -1")]
#[case("[purse.p]\npays_as = \"tax\"", "pays_as is \"tax\"")]
#[case("returns = \"never\"", "returns is \"never\"")]
#[case(
    "[ladder.l]\ncounts = \"spend\"\nwith_bonus = true\nlevels = [{ name = \"a\", from = 1 }]",
    "with_bonus on what has no bonus"
)]
fn a_setting_that_is_no_choice_earns_a_sentence(#[case] rules: &str, #[case] found: &str) {
    let terms = vafa::loyalty::program::Terms::of("EUR", "UTC", "tax_inclusive").expect("terms");
    let files = [("x.toml".to_owned(), format!("id = \"x\"\n{rules}"))];
    let wrong = read_all(&files, terms).expect_err("a mistake");
    assert!(wrong.len() == 1 && wrong[0].contains(found), "{wrong:#?}");
}

/// A floor holds for each unit: of two lamps at 47.11 that cost 40.00 at least, the free one is 40.00, not 32.89.
#[test]
fn a_floor_price_holds_for_each_unit_of_a_line() {
    let rules = "[[rule]]\nneeds = { goods = { sku = \"L\" }, every = 2 }\ngives = { free = \"cheapest\" }\n\
                 [[rule]]\nwho = \"members\"\nneeds = { goods = { sku = \"L\" } }\ngives = { stamp = 1, purse = \"s\" }";
    let shop = json!({"products": [{"sku": "L", "price": "47.11", "floor_price": "40.00"}]});
    let two = json!([{"sku": "L", "qty": "2"}]);
    let apart = json!([{"sku": "L", "qty": "1"}, {"sku": "L", "qty": "1"}]);
    for lines in [two, apart] {
        let answers = run_in(
            shop.clone(),
            rules,
            json!([sale("a", "2026-02-10", "ana", lines)]),
        );
        assert_eq!(answers[0]["discount"], "7.11");
        assert_eq!(
            answers[0]["earned"]["s"], "2",
            "a unit that costs 40.00 is not free"
        );
    }
}

/// Teas and coffees of which one is free for two stamps: when the paid ones come back first, what is kept would cost more
/// alone than it did. Nothing is given or taken for that but what the sale gave.
#[test]
fn rule_20_what_is_kept_never_counts_for_more_than_the_sale_did() {
    let rules = "[ladder.club]\ncounts = \"spend\"\nlevels = [{ name = \"silver\", from = \"13.00\" }]\n[reward.mug]\n\
        [[rule]]\nwho = \"members\"\nneeds = { goods = { sku = \"TEA\" } }\ngives = { stamp = 1, purse = \"s\" }\n\
        [[rule]]\nwho = \"members\"\nneeds = { goods = { category = \"hot\" }, stamps = 2, purse = \"s\" }\ngives = { free = \"cheapest\" }\n\
        [[rule]]\nwho = \"members\"\nneeds = { reaches = \"club/silver\" }\ngives = { issue = \"mug\" }";
    let lines = json!([{"sku": "TEA", "qty": "2"}, {"sku": "COFFEE", "qty": "3"}]);
    let answers = run(
        rules,
        json!([
            sale("a", "2026-02-10", "ana", lines),
            back("r", "2026-02-11", "a", "TEA", "1"),
            {"balance": {"member": "ana"}},
            back("s", "2026-02-11", "a", "TEA", "1"),
            back("t", "2026-02-11", "a", "COFFEE", "3"),
            {"balance": {"member": "ana"}},
        ]),
    );
    assert_eq!(
        (&answers[0]["total"], &answers[0]["issued"]),
        (&json!("11.00"), &json!([]))
    );
    // One tea and three coffees cost 10.50 alone: 0.50 of 11.00 come back.
    assert_eq!(answers[1]["refund"], "0.50");
    assert_eq!(answers[2]["entitlements"], json!({}));
    assert_eq!(answers[5]["entitlements"], json!({}));
    assert_eq!(answers[5]["purses"]["s"], "0");
}

/// A percentage of the list price falls on units that are still paid: of two gums of which one is free, 50 % is half of one.
#[test]
fn rule_7_a_percentage_of_the_list_price_falls_on_what_is_not_free_yet() {
    let rules = "[[rule]]\nneeds = { goods = { sku = \"TEA\" }, every = 2 }\ngives = { free = \"cheapest\" }\n\
                 [[rule]]\ngives = { off = \"50 %\", of = \"basket\", at = \"list price\" }";
    let two = json!([{"sku": "TEA", "qty": "2"}]);
    let answers = run(rules, json!([sale("a", "2026-02-10", "ana", two)]));
    assert_eq!(answers[0]["total"], "1.50");
}

/// A gift balance of 50.00 pays half of 100.00: it was paid for with money, and earns unless the file says otherwise.
#[rstest]
#[case("", "100")]
#[case(", counting = \"gift balance\"", "100")]
#[case(", without = \"gift balance\"", "50")]
fn c31_what_a_gift_balance_pays_earns_unless_the_file_says_otherwise(
    #[case] counting: &str,
    #[case] points: &str,
) {
    let rules = format!(
        "[purse.gift]\nkind = \"gift\"\nsold_as = \"GIFT-50\"\n[[rule]]\nwho = \"members\"\ngives = {{ points = 1, per = \"1.00\"{counting} }}"
    );
    let card = json!([{"sku": "GIFT-50", "qty": "1", "price": "50.00"}]);
    let mut paid = sale("b", "2026-02-11", "ana", any("100.00"));
    paid["sale"]["redeem"] = json!([{"purse": "gift", "amount": "max"}]);
    let answers = run(
        &rules,
        json!([
            sale("a", "2026-02-10", "ana", card),
            paid,
            back("r", "2026-02-12", "b", "ANY", "1")
        ]),
    );
    assert_eq!(answers[0]["earned"]["points"], "0", "topping up earns nothing");
    assert_eq!(answers[1]["due"], "50.00");
    assert_eq!(answers[1]["earned"]["points"], points);
    assert_eq!(answers[2]["earned"]["points"], format!("-{points}"));
}
