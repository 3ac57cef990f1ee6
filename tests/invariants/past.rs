//! What was before: tiers, lots, and the clock on the wall.

use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use vafa::loyalty::amount::{Points, Quantity};
use vafa::loyalty::basket::Basket;
use vafa::loyalty::calendar::{Day, Moment, Zone};
use vafa::loyalty::engine::quote;
use vafa::loyalty::ledger::Purse;
use vafa::loyalty::program::Site;
use vafa::story;

use super::files::set_of;
use super::shop::{basket_of, line, site};

const LADDERS: &str = "id = \"l\"\n[purse.miles]\nworth = \"1.00\"\n\
[ladder.year]\ncounts = \"spend\"\nwithin = \"calendar year\"\nlevels = [{ name = \"a\", from = \"100.00\" }, { name = \"b\", from = \"400.00\" }]\n\
[ladder.rolling]\ncounts = \"miles\"\nwithin = \"3 months\"\nlevels = [{ name = \"a\", from = 100 }, { name = \"b\", from = 300 }]\n\
[[rule]]\nwho = \"members\"\ngives = { points = 1, per = \"1.00\", purse = \"miles\" }\n";

/// The balance at the end of a story of these sales: day, whole price, and whether it comes back a day later.
fn at_the_end(sales: &[(i32, i64, bool)], with_returned: bool) -> Value {
    let first = Day::parse("2025-06-01").expect("a day");
    let mut steps: Vec<(Day, u8, Value)> = Vec::new();
    for (n, (days, price, comes_back)) in sales.iter().enumerate() {
        if *comes_back && !with_returned {
            continue;
        }
        let (id, day) = (format!("s{n}"), first.plus_days(*days));
        let sale = json!({"sale": {"id": id, "at": format!("{day}T12:00:00"), "member": "ana",
            "lines": [{"sku": "ANY", "qty": "1", "price": format!("{price}.00")}]}});
        steps.push((day, 0, sale));
        if *comes_back {
            let next = day.plus_days(1);
            let back = json!({"return": {"id": format!("r{n}"), "at": format!("{next}T09:00:00"), "sale": id,
                "lines": [{"sku": "ANY", "qty": "1"}]}});
            steps.push((next, 1, back));
        }
    }
    // On one day returns come in the morning, sales at noon.
    steps.sort_by_key(|(day, kind, _)| (*day, 1 - *kind));
    let mut steps: Vec<Value> = steps.into_iter().map(|(_, _, step)| step).collect();
    steps.push(json!({"advance": {"to": "2026-12-31T00:00:00"}}));
    steps.push(json!({"balance": {"member": "ana"}}));
    let text =
        json!({"currency": "EUR", "timezone": "Europe/Berlin", "members": [{"id": "ana"}], "steps": steps});
    let story = story::read("story.json", &text.to_string()).expect("a story");
    let programs = set_of(&[("l.toml".to_owned(), LADDERS.to_owned())], "tax_inclusive");
    let answers = story.run(&programs);
    assert!(
        answers.iter().all(|answer| answer.get("refused").is_none()),
        "{answers:#?}"
    );
    answers.last().cloned().expect("an answer")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    /// A sale that came back leaves neither tier nor points, whatever else was sold before and after it.
    #[test]
    fn c35_a_tier_is_what_the_sales_that_were_kept_come_to(
        sales in proptest::collection::vec((0..540_i32, 1..250_i64, any::<bool>()), 1..9)
    ) {
        prop_assert_eq!(at_the_end(&sales, true), at_the_end(&sales, false));
    }

    /// An offer is valid from the first to the end of the last day by the clock on the site's wall.
    #[test]
    fn c36_an_offer_is_valid_by_the_clock_on_the_sites_wall(
        (seconds, zone) in (0..31_536_000_i64, proptest::sample::select(vec![
            "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati", "America/St_Johns",
        ]))
    ) {
        let at = Moment::from_millis(1_767_225_600_000 + seconds * 1000);
        let zone = Zone::named(zone).expect("a zone");
        let day = at.day(&zone);
        let text = format!(
            "id = \"w\"\n[[rule]]\nwhen = {{ from = \"{day}\", until = \"{day}\" }}\ngives = {{ off = \"10 %\", of = \"basket\" }}"
        );
        let programs = set_of(&[("w.toml".to_owned(), text)], "tax_inclusive");
        let site = Site { zone: zone.clone(), ..site() };
        for (days, applies) in [(-1, false), (0, true), (1, false)] {
            let civil = format!("{}T{}", day.plus_days(days), at.in_zone(&zone).time());
            let opened = Moment::parse(&civil, &zone).expect("a time");
            // A civil time that the clock skips is read as an hour later, and may be another day.
            prop_assume!(opened.day(&zone) == day.plus_days(days));
            let basket = Basket { opened, ..basket_of(vec![line("TEA", Quantity::ONE)]) };
            let quote = quote(&basket, None, &programs, &site);
            prop_assert_eq!(!quote.applied.is_empty(), applies, "{}", civil);
        }
    }

    /// Whatever is earned is to be spent, was spent, or has lapsed: on every day, by date and whatever it is called.
    #[test]
    fn c37_spendable_expired_and_spent_are_what_was_earned(
        steps in proptest::collection::vec((0..3_u8, 1..40_i64, 0..20_i32, proptest::option::of(0..60_i32)), 1..40)
    ) {
        let mut purse = Purse::default();
        let mut today = Day::parse("2026-01-01").expect("a day");
        let (mut earned, mut spent, mut expired) = (Points::ZERO, Points::ZERO, Points::ZERO);
        for (n, (what, amount, days, lives)) in steps.into_iter().enumerate() {
            today = today.plus_days(days);
            expired += purse.expire(today);
            let amount = Points::whole(amount);
            match what {
                0 | 1 => {
                    purse.earn(amount, today, lives.map(|lives| today.plus_days(lives)), n as u64);
                    earned += amount;
                }
                _ => {
                    let here = amount.min(purse.spendable(today));
                    let moves = purse.spend(here, today).expect("it is there");
                    // What lapses first goes first.
                    let left = purse.lots().iter().filter_map(|lot| lot.expires).min();
                    let last = moves.iter().filter_map(|one| one.expires).max();
                    prop_assert!(left.zip(last).is_none_or(|(left, last)| last <= left));
                    spent += here;
                }
            }
            prop_assert_eq!(purse.spendable(today) + expired + spent, earned);
        }
    }
}

/// The last day of an offer on which the clock goes forward or back, to the second.
#[rstest]
#[case("2026-03-29", "2026-03-28T23:59:59", false)]
#[case("2026-03-29", "2026-03-29T00:00:00", true)]
#[case("2026-03-29", "2026-03-29T03:00:00", true)]
#[case("2026-03-29", "2026-03-29T23:59:59", true)]
#[case("2026-03-29", "2026-03-30T00:00:00", false)]
#[case("2026-10-25", "2026-10-25T02:30:00+01:00", true)]
#[case("2026-10-25", "2026-10-25T23:59:59+01:00", true)]
#[case("2026-10-25", "2026-10-26T00:00:00+01:00", false)]
fn c36_the_day_on_which_the_clock_changes_is_a_whole_day(
    #[case] day: &str,
    #[case] at: &str,
    #[case] applies: bool,
) {
    let text = format!(
        "id = \"w\"\nwhen = {{ from = \"{day}\", until = \"{day}\" }}\n[[rule]]\ngives = {{ off = \"10 %\" }}"
    );
    let programs = set_of(&[("w.toml".to_owned(), text)], "tax_inclusive");
    let basket = Basket {
        opened: super::shop::at(at),
        ..basket_of(vec![line("TEA", Quantity::ONE)])
    };
    assert_eq!(
        !quote(&basket, None, &programs, &site()).applied.is_empty(),
        applies
    );
}
