//! What must hold for stored value and for purses that pay, whatever is bought, paid, returned and let lapse.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use vafa::loyalty::program::file::read_all;
use vafa::story;

fn run(program: &str, basis: &str, steps: Value) -> Vec<Value> {
    let text = json!({
        "currency": "EUR", "price_basis": basis,
        "products": [
            {"sku": "TEA", "price": "4.99", "tax_rate": "5"}, {"sku": "POT", "price": "25.00", "tax_rate": "18"},
            {"sku": "BOOK", "price": "9.95"}, {"sku": "GIFT-CARD", "price": "20.00"},
        ],
        "members": [{"id": "ana"}],
        "steps": steps,
    });
    let story = story::read("story.json", &text.to_string()).expect("a story");
    let files = [("x.toml".to_owned(), format!("id = \"x\"\n{program}"))];
    let programs = read_all(&files, story.terms.clone()).expect("a program");
    story.run(&programs)
}

/// Minor units of a decimal text with two decimals, or thousandths with three.
fn units(value: &Value, decimals: usize) -> i64 {
    let text = value.as_str().unwrap_or("0");
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let number = format!("{whole}{part:0<decimals$}");
    sign * number.parse::<i64>().expect("a number")
}

const ALL: &str = "[purse.gift]\nkind = \"gift\"\nsold_as = \"GIFT-CARD\"\n\
                   [purse.points]\nworth = \"0.03\"\n\
                   [purse.back]\nkind = \"money\"\n\
                   [purse.next]\nusable = \"next sale\"\n\
                   [[rule]]\nwho = \"members\"\ngives = { points = 3, per = \"1.00\" }\nlimit = { total = \"900\" }\n\
                   [[rule]]\nwho = \"members\"\ngives = { back = \"5 %\", purse = \"back\" }\n\
                   [[rule]]\nwho = \"members\"\ngives = { points = 1, per = \"sale\", purse = \"next\" }\n\
                   [[rule]]\nneeds = { stamps = 2, purse = \"next\" }\ngives = { off = \"3.00\", of = \"basket\" }\n\
                   [[rule]]\nneeds = { goods = { sku = \"TEA\" }, every = 3 }\ngives = { free = \"cheapest\" }\n";

/// What may happen on a day: a sale of some of each and what is wished for, or a return of some of an earlier sale.
#[derive(Clone, Debug)]
enum Day {
    Sale { qty: [u8; 4], wishes: u8 },
    Return { of: usize, sku: usize, qty: u8 },
    Rest,
}

const SKUS: [&str; 4] = ["TEA", "POT", "BOOK", "GIFT-CARD"];

fn day() -> impl Strategy<Value = Day> {
    prop_oneof![
        3 => ([0..5_u8, 0..2_u8, 0..3_u8, 0..2_u8], 0..8_u8).prop_map(|(qty, wishes)| Day::Sale { qty, wishes }),
        3 => (0..12_usize, 0..4_usize, 1..3_u8).prop_map(|(of, sku, qty)| Day::Return { of, sku, qty }),
        1 => Just(Day::Rest),
    ]
}

fn steps(days: &[Day]) -> Vec<Value> {
    let mut steps = Vec::new();
    for (n, day) in days.iter().enumerate() {
        let date = format!("2026-{:02}-{:02}T12:00:00", 1 + n * 3 / 28, 1 + n * 3 % 28);
        steps.push(json!({"advance": {"to": date}}));
        match day {
            Day::Sale { qty, wishes } => {
                let lines = SKUS.iter().zip(qty).filter(|(_, qty)| **qty > 0);
                let lines: Vec<Value> = lines
                    .map(|(sku, qty)| json!({"sku": sku, "qty": qty.to_string()}))
                    .collect();
                let wished = ["gift", "points", "back"].iter().enumerate();
                let wished = wished.filter(|(bit, _)| wishes >> bit & 1 == 1);
                let wished: Vec<Value> = wished
                    .map(|(_, purse)| json!({"purse": purse, "amount": "max"}))
                    .collect();
                steps.push(json!({"sale": {"id": n.to_string(), "at": date, "member": "ana", "lines": lines, "redeem": wished}}));
            }
            Day::Return { of, sku, qty } => steps.push(json!({"return": {
                "id": n.to_string(), "at": date, "sale": of.to_string(),
                "lines": [{"sku": SKUS[*sku], "qty": qty.to_string()}],
            }})),
            Day::Rest => {}
        }
        steps.push(json!({"balance": {"member": "ana"}}));
    }
    steps
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever happens, each purse holds what came in less what went out, and stored value is never below zero: what is
    /// on it was paid for.
    #[test]
    fn c16_c29_purses_hold_what_came_in_less_what_went_out(days in proptest::collection::vec(day(), 1..18)) {
        let answers = run(ALL, "tax_inclusive", Value::Array(steps(&days)));
        let mut held: BTreeMap<&str, i64> = BTreeMap::new();
        let (mut sold, mut refunded) = (0, 0);
        for answer in &answers {
            for purse in ["gift", "points", "back", "next"] {
                let sum = held.entry(purse).or_default();
                *sum += units(&answer["earned"][purse], 3) - units(&answer["spent"][purse], 3);
                if answer.get("balance").is_some() {
                    prop_assert_eq!(units(&answer["purses"][purse], 3), *sum, "{} in {:?}", purse, days);
                }
            }
            prop_assert!(held["gift"] >= 0);
            if answer.get("due").is_some() {
                sold += units(&answer["due"], 2);
                prop_assert!(units(&answer["due"], 2) >= 0);
            }
            refunded += units(&answer["refund"], 2);
            prop_assert!(refunded <= sold, "{refunded} of {sold}");
            // Turned into money again: what stored value is worth was paid in by somebody.
            prop_assert!(held["gift"] / 10 <= sold - refunded);
        }
    }

    /// A discount lowers what is taxed at each rate by what falls on the lines of that rate, to the cent; a gift card that
    /// is sold or pays changes no tax and no total.
    #[test]
    fn c24_discounts_lower_the_tax_and_stored_value_does_not(
        qty in [1..6_u8, 0..4_u8, 0..4_u8], percent in 1..100_u8, off in 1..500_u16, exclusive in any::<bool>(),
    ) {
        let basis = if exclusive { "tax_exclusive" } else { "tax_inclusive" };
        let program = format!(
            "[purse.gift]\nkind = \"gift\"\nsold_as = \"GIFT-CARD\"\n\
             [[rule]]\ngives = {{ off = \"{percent} %\", of = \"basket\" }}\n\
             [[rule]]\ngives = {{ off = \"{}.{:02}\", of = \"basket\" }}\n", off / 100, off % 100);
        let goods = SKUS.iter().zip(qty).filter(|(_, qty)| *qty > 0);
        let goods: Vec<Value> = goods.map(|(sku, qty)| json!({"sku": sku, "qty": qty.to_string()})).collect();
        let mut with_card = goods.clone();
        with_card.insert(0, json!({"sku": "GIFT-CARD"}));
        let sale = |id: &str, lines: &[Value], redeem: Value| {
            json!({"sale": {"id": id, "at": "2026-02-10T12:00:00", "member": "ana", "lines": lines, "redeem": redeem}})
        };
        let wish = json!([{"purse": "gift", "amount": "max"}]);
        let answers = run(&program, basis, json!([
            sale("plain", &goods, json!([])), sale("sold", &with_card, json!([])), sale("paid", &goods, wish),
        ]));
        let plain = &answers[0];
        let mut by_rate: BTreeMap<&str, i64> = BTreeMap::new();
        for line in plain["lines"].as_array().into_iter().flatten() {
            let rate = match line["sku"].as_str() { Some("TEA") => "5", Some("POT") => "18", _ => continue };
            *by_rate.entry(rate).or_default() += units(&line["net"], 2);
        }
        for share in plain["taxes"].as_array().into_iter().flatten() {
            let net = by_rate[share["rate"].as_str().expect("a rate")];
            let (base, tax) = (units(&share["base"], 2), units(&share["tax"], 2));
            let rate: i64 = share["rate"].as_str().expect("a rate").parse().expect("whole");
            prop_assert_eq!(if exclusive { base } else { base + tax }, net);
            // Within half a cent of the exact share, and never of what was taken off.
            prop_assert!((tax * 100 - base * rate).abs() <= 50 + rate / 2, "{tax} on {base} at {rate}");
        }
        for other in &answers[1..] {
            prop_assert_eq!(&other["taxes"], &plain["taxes"]);
            prop_assert_eq!(&other["discount"], &plain["discount"]);
        }
        prop_assert_eq!(units(&answers[1]["due"], 2), units(&plain["due"], 2) + 2_000);
        let paid = units(&plain["due"], 2).min(2_000);
        prop_assert_eq!(units(&answers[2]["paid_with_purses"], 2), paid);
        prop_assert_eq!(units(&answers[2]["due"], 2), units(&plain["due"], 2) - paid);
    }

    /// What is shown is charged: a balance that covers a bill pays all of it, and no unit more than it needs is taken.
    #[test]
    fn c30_a_balance_that_covers_the_bill_pays_all_of_it(
        balance in 1..500_000_i64, worth in 1..60_000_i64, step in prop_oneof![Just(1_i64), Just(1000), Just(500), Just(7000)],
        cents in 1..90_000_i64,
    ) {
        let decimals = |units: i64, places: usize| {
            let scale = 10_i64.pow(u32::try_from(places).expect("few"));
            format!("{}.{:0places$}", units / scale, units % scale)
        };
        let program = format!(
            "[purse.points]\nworth = \"{}\"\nstep = \"{}\"\n[[rule]]\nneeds = {{ order = 1 }}\n\
             gives = {{ points = \"{}\", per = \"sale\" }}\n",
            decimals(worth, 4), decimals(step, 3), decimals(balance, 3));
        let sale = |id: &str, cents: i64, redeem: Value| {
            json!({"sale": {"id": id, "at": "2026-02-10T12:00:00", "member": "ana",
                   "lines": [{"sku": "X", "price": decimals(cents, 2)}], "redeem": redeem}})
        };
        let wish = json!([{"purse": "points", "amount": "max"}]);
        let answers = run(&program, "tax_inclusive", json!([sale("1", 100, json!([])), sale("2", cents, wish), {"balance": {"member": "ana"}}]));
        let has = units(&answers[0]["earned"]["points"], 3);
        let (paid, spent) = (units(&answers[1]["paid_with_purses"], 2), units(&answers[1]["spent"]["points"], 3));
        prop_assert_eq!(units(&answers[1]["due"], 2), cents - paid);
        prop_assert_eq!(units(&answers[2]["purses"]["points"], 3), has - spent);
        prop_assert!(spent <= has);
        // One cent is 10^5 of a ten-thousandth of the currency times a thousandth of a point.
        let pays = |points: i64| points * worth / 100_000;
        prop_assert!(pays(spent) >= paid, "{spent} points cannot pay {paid}");
        if pays(has) >= cents {
            prop_assert_eq!(paid, cents, "a balance of {} covers {}", has, cents);
        }
        if spent > step {
            prop_assert!(pays(spent - step) < paid, "{spent} points are more than {paid} needs");
        }
    }
}
