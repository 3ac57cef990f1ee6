//! What holds for offers by groups of units, whatever is bought: nobody gains by splitting a basket, no unit is reduced
//! below zero, and what a program adds changes nothing when it is quoted again.

use proptest::prelude::*;

use super::super::amount::Money;
use super::super::basket::{Basket, Line};
use super::super::fixture::*;
use super::super::program::ProgramSet;
use super::tests::price;

/// Offers by groups of units, of which none has a limit.
const OFFERS: [&str; 24] = [
    "needs = { set = [{ category = [\"p\", \"q\"] }, { category = \"q\" }] }\ngives = { off = \"25 %\" }",
    "needs = { contains = { category = \"p\", every = 2 }, goods = { category = [\"p\", \"q\"] } }\ngives = { free = \"cheapest\" }",
    "needs = { goods = { category = \"p\" }, every = 3 }\ngives = { free = \"cheapest\" }",
    "needs = { goods = { category = \"p\" }, every = 5 }\ngives = { free = \"cheapest\", units = 2 }",
    "needs = { goods = { category = \"p\" }, every = 2 }\ngives = { off = \"50 %\" }",
    "needs = { goods = { category = \"p\" }, every = 2 }\ngives = { off = \"2.00\", of = \"cheapest\" }",
    "needs = { goods = { category = \"p\" }, every = 3 }\ngives = { price = \"1.00\", of = \"cheapest\" }",
    "needs = { goods = { category = \"p\" }, every = 3 }\ngives = { off = \"50 %\", of = \"dearest\" }",
    "needs = { goods = { category = \"p\" }, every = 3 }\ngives = { price = \"10.00\", of = \"group\" }",
    "needs = { goods = { category = \"p\" }, every = 3 }\ngives = { off = \"20 %\", of = \"group\" }",
    "needs = { goods = { category = \"p\" }, every = 3 }\ngives = { off = \"4.00\", of = \"group\" }",
    "needs = { set = [{ category = \"p\" }, { category = \"q\" }] }\ngives = { price = \"7.00\" }",
    "needs = { set = [{ category = \"p\", quantity = 2 }, { category = \"q\" }] }\ngives = { off = \"25 %\" }",
    "needs = { set = [{ category = \"p\" }, { category = \"q\" }] }\ngives = { off = \"3.00\" }",
    "needs = { set = [{ category = \"p\" }, { category = \"q\" }] }\ngives = { free = \"cheapest\" }",
    "needs = { set = [{ category = \"p\", quantity = 2 }, { category = \"q\" }] }\ngives = { off = \"50 %\", of = \"cheapest\", units = 2 }",
    "needs = { set = [{ category = [\"p\", \"q\"] }, { category = \"q\" }] }\ngives = { price = \"7.00\" }",
    "needs = { contains = { category = \"q\", every = 2 }, goods = { category = \"p\" } }\ngives = { free = \"cheapest\" }",
    "needs = { contains = { category = \"q\", every = 1 }, goods = { category = \"p\" } }\ngives = { off = \"50 %\", of = \"cheapest\", units = 2 }",
    "needs = { contains = { category = \"p\", every = 2 }, goods = { category = \"p\" } }\ngives = { free = \"cheapest\" }",
    "needs = { contains = { category = [\"p\", \"q\"], every = 2 }, goods = { category = \"p\" } }\ngives = { free = \"cheapest\" }",
    "gives = { off = \"5.00\", per = \"20.00\" }",
    "needs = { goods = { category = \"p\" } }\ngives = { off = \"1.00\", per = \"3 each\" }",
    "needs = { contains = { category = \"p\", every = 2 } }\ngives = { off = \"2.00\", of = \"basket\" }",
];

fn programs(offers: &[usize]) -> ProgramSet {
    let files: Vec<(String, String)> = offers
        .iter()
        .map(|n| {
            let text = format!("id = \"offer-{n}\"\n[[rule]]\n{}\n", OFFERS[*n]);
            (format!("offer-{n}.toml"), text)
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    set(&files)
}

fn some_lines() -> impl Strategy<Value = Vec<Line>> {
    let one = (0..3_usize, 1..6_i64, prop_oneof![0_i64..1_200, Just(500)]);
    let one = one.prop_map(|(kind, pieces, cents)| {
        let (sku, category) = [("P", "p"), ("Q", "q"), ("R", "r")][kind];
        let price = format!("{}.{:02}", cents / 100, cents % 100);
        line(sku, category, &pieces.to_string(), &price)
    });
    proptest::collection::vec(one, 1..6)
}

fn total(lines: Vec<Line>, programs: &ProgramSet) -> Money {
    price(&basket(lines), None, programs).total
}

proptest! {
    #[test]
    fn c23_splitting_a_basket_never_pays(
        offer in 0..OFFERS.len(), lines in some_lines(), mine in proptest::collection::vec(0..6_i64, 6),
    ) {
        let programs = programs(&[offer]);
        let part = |n: usize, line: &Line, of_mine: bool| {
            let all = line.quantity.units() / 1000;
            let mine = mine[n].min(all);
            let pieces = if of_mine { mine } else { all - mine };
            (pieces > 0).then(|| Line {
                quantity: crate::loyalty::amount::Quantity::whole(pieces),
                ..line.clone()
            })
        };
        let half = |of_mine: bool| -> Vec<Line> {
            lines.iter().enumerate().filter_map(|(n, line)| part(n, line, of_mine)).collect()
        };
        let together = total(lines.clone(), &programs);
        let apart = total(half(true), &programs) + total(half(false), &programs);
        // A cent of rounding for each basket.
        prop_assert!(together <= apart + Money::minor(2), "{}: {together:?} together, {apart:?} apart", OFFERS[offer]);
    }

    #[test]
    fn c22_an_offer_is_given_once_however_many_lines_it_falls_on(lines in some_lines(), a in 0..OFFERS.len(), b in 0..OFFERS.len()) {
        let quote = price(&basket(lines), None, &programs(&if a == b { vec![a] } else { vec![a, b] }));
        let mut ids: Vec<&str> = quote.applied.iter().map(|applied| applied.program.as_str()).collect();
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        prop_assert_eq!(all, ids.len());
    }

    /// `price` checks the sums of every quote; here with lines that cost nothing.
    #[test]
    fn c25_parts_add_up_and_the_order_of_lines_changes_no_total(
        lines in some_lines(), a in 0..OFFERS.len(), b in 0..OFFERS.len(), turn in 0..6_usize,
    ) {
        let programs = programs(&if a == b { vec![a] } else { vec![a, b] });
        let mut turned = lines.clone();
        turned.rotate_left(turn % lines.len());
        let mut mirrored = lines.clone();
        mirrored.reverse();
        let first = total(lines, &programs);
        prop_assert!(first >= Money::ZERO);
        prop_assert_eq!(first, total(turned, &programs));
        prop_assert_eq!(first, total(mirrored, &programs));
    }

    #[test]
    fn c27_a_basket_with_what_was_added_is_quoted_as_before(lines in some_lines()) {
        let files = [
            ("gift.toml", "id = \"gift\"\n[[rule]]\nneeds = { goods = { category = \"p\" }, every = 3 }\ngives = { gift = \"MUG\" }\n"),
            ("more.toml", "id = \"more\"\n[[rule]]\nneeds = { goods = { sku = \"Q\" }, every = 3 }\ngives = { free = \"cheapest\", add = true }\n"),
            ("ten.toml", "id = \"ten\"\n[[rule]]\nneeds = { total = \"20.00\" }\ngives = { off = \"10 %\" }\n"),
        ];
        let programs = set(&files);
        let mut mug = line("MUG", "mugs", "1", "8.00").goods;
        mug.price = crate::loyalty::amount::Price::parse("8.00").ok();
        let asked = Basket { at_hand: vec![mug.clone()], ..basket(lines) };
        let once = super::quote(&asked, None, &programs, &site());
        let sold = asked.clone().sold_with(&once.added);
        prop_assert_eq!(once.lines.len(), sold.lines.len());
        let discounts: Money = once.lines.iter().map(|line| line.discount).sum();
        prop_assert_eq!(discounts, once.discount);
        let again = super::quote(&Basket { at_hand: vec![mug], ..sold.clone() }, None, &programs, &site());
        prop_assert_eq!(&once, &again);
        // Nothing has come back: the sale is worth what was paid.
        let kept = super::quote_paying(&sold, None, &programs, &site(), &[]);
        prop_assert_eq!(kept.total, once.total);
    }
}
