//! The engine's shortcuts against the long way round: the choice among exclusive groups against every choice there is,
//! programs that are not looked at against looking at all, the order of lines against its definition.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::amount::Money;
use super::super::basket::{Basket, Line};
use super::super::fixture::*;
use super::super::id::ProgramId;
use super::super::member::Known;
use super::super::program::{Program, ProgramSet};
use super::super::quote::Quote;
use super::offer::{Look, Offer, Scene};
use super::properties::some_sale;
use super::{Desk, quote, quote_in_full};

/// What a rule of an exclusive group may give, and on what.
const GIVES: [&str; 8] = [
    "gives = { off = \"10 %\", of = \"basket\" }",
    "needs = { goods = { category = \"gum\" } }\ngives = { off = \"25 %\" }",
    "needs = { goods = { sku = \"ANY\" } }\ngives = { off = \"0.35\" }",
    "needs = { goods = { category = \"gum\" }, every = 2 }\ngives = { free = \"cheapest\" }",
    "needs = { total = \"50.00\" }\ngives = { off = \"7.00\", of = \"basket\" }",
    "needs = { goods = { category = \"gum/mint\" } }\ngives = { off = \"30 %\" }\nphase = 1",
    "who = \"members\"\nneeds = { goods = { unit = \"l\" } }\ngives = { off = \"0.10\" }\nphase = 5",
    "who = \"birthday\"\nneeds = { goods = { on_sale = false } }\ngives = { off = \"12 %\", of = \"basket\" }",
];

/// Programs of one rule each, in groups or in none.
fn some_programs() -> impl Strategy<Value = ProgramSet> {
    proptest::collection::vec((0..GIVES.len(), 0..4_usize, 0..3_i64), 1..9).prop_map(|rules| {
        let program_of = |(n, (gives, group, priority)): (usize, (usize, usize, i64))| {
            let gives = GIVES[gives];
            let with = match group {
                0 => String::new(),
                _ => format!("with = {{ one_of = \"g{group}\" }}"),
            };
            let text = format!("id = \"p{n}\"\npriority = {priority}\n[[rule]]\n{gives}\n{with}\n");
            program((&format!("p{n}.toml"), &text))
        };
        ProgramSet::of(terms(), rules.into_iter().enumerate().map(program_of).collect())
            .expect("programs that agree")
    })
}

/// Every way of taking one offer of each group, as the programs that are left.
fn all_choices(programs: &ProgramSet, offers: &[Offer]) -> Vec<ProgramSet> {
    let mut groups: BTreeMap<&str, Vec<&ProgramId>> = BTreeMap::new();
    for offer in offers {
        if let Some(group) = offer.group() {
            groups.entry(group).or_default().push(&offer.program.id);
        }
    }
    let mut choices: Vec<BTreeSet<&ProgramId>> = vec![BTreeSet::new()];
    for group in groups.values() {
        let mut with = Vec::new();
        for choice in &choices {
            with.extend(
                group
                    .iter()
                    .map(|one| choice.iter().copied().chain([*one]).collect()),
            );
        }
        choices = with;
    }
    let grouped: BTreeSet<&ProgramId> = groups.values().flatten().copied().collect();
    let left = |choice: BTreeSet<&ProgramId>| {
        let is_left = |program: &&Program| !grouped.contains(&program.id) || choice.contains(&program.id);
        let left = programs.programs.iter().filter(is_left).cloned().collect();
        ProgramSet::of(terms(), left).expect("fewer programs agree as well")
    };
    choices.into_iter().map(left).collect()
}

proptest! {
    #[test]
    fn c36_the_choice_among_groups_is_the_best_of_all_choices((basket, known) in some_sale(), programs in some_programs()) {
        let site = site();
        let chosen = quote(&basket, Some(&known), &programs, &site);
        prop_assert!(!chosen.greedy);
        let desk = Desk::new(Scene::of(&basket, Some(&known), &programs, &site), Look::Reached);
        let price_of = |programs: ProgramSet| quote(&basket, Some(&known), &programs, &site).discount;
        let best = all_choices(&programs, &desk.offers).into_iter().map(price_of).max();
        prop_assert_eq!(Some(chosen.discount), best);
    }

    #[test]
    fn programs_that_are_not_reached_change_no_quote((basket, known) in some_sale(), programs in some_programs()) {
        let (here, known) = (site(), Some(&known));
        let all = quote_in_full(&basket, known, &programs, &here);
        let reached = quote(&basket, known, &programs, &here);
        prop_assert!(reached.declined.iter().all(|declined| all.declined.contains(declined)));
        let declined = all.declined.clone();
        prop_assert_eq!(Quote { declined, ..reached }, all);
    }

    #[test]
    fn lines_stand_in_the_order_of_the_rules_that_pass_over_them((basket, known) in some_sale(), programs in some_programs()) {
        let site = site();
        let desk = Desk::new(Scene::of(&basket, Some(&known), &programs, &site), Look::Reached);
        // Every second offer is chosen.
        let chosen: Vec<&Offer> = desk.offers.iter().step_by(2).collect();
        let mask = desk.later.chosen(&chosen);
        for (k, offer) in chosen.iter().enumerate() {
            for (a, b) in (0..basket.lines.len()).flat_map(|a| (0..basket.lines.len()).map(move |b| (a, b))) {
                let later = chosen[k + 1..].iter().map(|offer| offer.acts_on[a].cmp(&offer.acts_on[b]));
                let defined = later.fold(Ordering::Equal, Ordering::then);
                prop_assert_eq!(desk.later.compare(offer, &mask, a, b), defined);
            }
        }
    }
}

/// Lines of one article each, of which many cost the same.
fn many_lines(count: usize) -> Vec<Line> {
    let of = |n: usize| {
        line(
            &format!("A{n}"),
            ["gum", "food"][n % 2],
            "2",
            &format!("{}.50", 1 + n % 30),
        )
    };
    (0..count).map(of).collect()
}

#[test]
fn a_thousand_rules_for_everything_meet_two_thousand_lines() {
    let kinds = [
        "gives = { off = \"1 %\", of = \"basket\" }",
        "gives = { off = \"1 %\", of = \"goods\" }\nwith = \"stack\"",
        "needs = { every = 3 }\ngives = { free = \"cheapest\" }",
        "gives = { off = \"0.10\", of = \"basket\" }",
        "who = \"members\"\ngives = { points = 1, per = \"1.00\" }",
        "gives = { off = \"2 %\", of = \"basket\" }\nwith = { one_of = \"best\" }",
    ];
    let program_of = |n: usize| {
        let text = format!("id = \"p{n}\"\n[[rule]]\n{}\n", kinds[n % kinds.len()]);
        program((&format!("p{n}.toml"), &text))
    };
    let programs =
        ProgramSet::of(terms(), (0..1_000).map(program_of).collect()).expect("programs that agree");
    let basket: Basket = for_ana(basket(many_lines(2_000)));
    let known: Known = known(0, None, None);
    let quote = quote(&basket, Some(&known), &programs, &site());
    assert!(quote.total >= Money::ZERO && quote.total < quote.subtotal);
    let discounts: Money = quote.lines.iter().map(|line| line.discount).sum();
    assert_eq!(discounts, quote.discount);
    assert!(quote.greedy, "166 choices of so many lines are past the bound");
}
