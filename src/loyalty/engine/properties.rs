//! What holds for every basket, tried with random ones.

use proptest::prelude::*;

use super::super::amount::Money;
use super::super::basket::{Basket, Line};
use super::super::fixture::*;
use super::super::member::Known;
use super::super::quote::{Quote, Reason};
use super::offer::{Look, Scene};
use super::tests::{earned, price};
use super::{Desk, quote_paying};

fn some_line() -> impl Strategy<Value = Line> {
    let price = prop_oneof![1_i64..30_000, Just(9_900), 1_i64..500];
    (0..4_u8, 1..8_i64, price, any::<bool>(), 0..8_i64).prop_map(|(kind, pieces, cents, on_sale, part)| {
        let price = format!("{}.{:02}", cents / 100, cents % 100);
        let quantity = if kind == 3 {
            format!("{pieces}.{part}")
        } else {
            pieces.to_string()
        };
        let (sku, category) = [
            ("GUM", "gum"),
            ("MINT", "gum/mint"),
            ("ANY", "any"),
            ("OIL", "oil"),
        ][usize::from(kind)];
        let line = line(sku, category, &quantity, &price);
        let line = if kind == 3 { in_litres(line) } else { line };
        let line = [
            line.clone(),
            taxed(line.clone(), "5"),
            line.clone(),
            taxed(line, "18"),
        ][usize::from(kind)]
        .clone();
        if on_sale { reduced(line) } else { line }
    })
}

/// A basket of Ana's, and Ana: random lines, points, birthday and card.
pub(crate) fn some_sale() -> impl Strategy<Value = (Basket, Known)> {
    let lines = proptest::collection::vec(some_line(), 1..8);
    (lines, 0..400_i64, any::<bool>(), any::<bool>(), 0..3_u8).prop_map(
        |(lines, balance, is_birthday, has_card, wish)| {
            let known = known(
                balance,
                is_birthday.then_some("1990-02-10"),
                has_card.then_some("2026-01-01T00:00:00"),
            );
            let basket = for_ana(basket(lines));
            let part = (balance / 2).to_string();
            let basket = match wish {
                0 => basket,
                1 => wishing(basket, None),
                _ => wishing(basket, Some(&part)),
            };
            (basket, known)
        },
    )
}

proptest! {
    #[test]
    fn c26_a_quote_is_a_pure_function_and_never_below_zero((basket, known) in some_sale()) {
        let programs = set(&[S1, S11, S12A]);
        let once = price(&basket, Some(&known), &programs);
        let again = price(&basket, Some(&known), &programs);
        prop_assert_eq!(&once, &again);
        let basket_bytes = minicbor::to_vec(&basket).expect("it is written");
        let known_bytes = minicbor::to_vec(&known).expect("it is written");
        let read: Basket = minicbor::decode(&basket_bytes).expect("it is read");
        let read_known: Known = minicbor::decode(&known_bytes).expect("it is read");
        prop_assert_eq!(&once, &price(&read, Some(&read_known), &programs));
        // Card first, card last, the wish before the goods: the same.
        let mut entered = super::super::fixture::basket(Vec::new());
        entered.wishes.clone_from(&basket.wishes);
        entered.lines.clone_from(&basket.lines);
        entered.buyer.clone_from(&basket.buyer);
        prop_assert_eq!(&once, &price(&entered, Some(&known), &programs));
        prop_assert!(once.total >= Money::ZERO && once.due >= Money::ZERO);
        prop_assert!(once.total <= once.subtotal);
    }

    #[test]
    fn c26_the_order_of_lines_changes_no_total(((basket, known), turn) in (some_sale(), 0..8_usize)) {
        let programs = set(&[S1, S11, S12A]);
        let mut turned = basket.clone();
        turned.lines.rotate_left(turn % basket.lines.len());
        let mut mirrored = basket.clone();
        mirrored.lines.reverse();
        let first = price(&basket, Some(&known), &programs);
        for other in [turned, mirrored] {
            let other = price(&other, Some(&known), &programs);
            prop_assert_eq!((other.total, other.discount, other.due), (first.total, first.discount, first.due));
            prop_assert_eq!(earned(&other), earned(&first));
        }
    }

    #[test]
    fn c26_a_second_discount_does_not_change_the_first((basket, known) in some_sale()) {
        let alone = price(&basket, Some(&known), &set(&[S12A]));
        let with_card = price(&basket, Some(&known), &set(&[S11, S12A]));
        let first = |quote: &Quote| quote.applied.iter().find(|a| a.program.as_str() == "s12a-three-for-two").cloned();
        let amounts = (first(&alone).map(|a| a.amount), first(&with_card).map(|a| a.amount));
        prop_assert_eq!(amounts.0, amounts.1);
    }

    #[test]
    fn c27_a_priced_basket_priced_again_stays((basket, known) in some_sale()) {
        let programs = set(&[S1, S11, S12A]);
        let once = price(&basket, Some(&known), &programs);
        let paying = quote_paying(&basket, Some(&known), &programs, &site(), &once.payments);
        prop_assert_eq!(once, paying);
    }

    #[test]
    fn c27_no_more_units_are_free_than_groups((basket, _) in some_sale()) {
        let quote = price(&basket, None, &set(&[S12A]));
        let gums = basket.lines.iter().filter(|line| line.goods.is_in("gum"));
        let pieces: i64 = gums.map(|line| line.quantity.units() / 1000).sum();
        let free: u64 = quote.applied.iter().map(|applied| match applied.why {
            Reason::CheapestOfGroup { units, .. } => units,
            _ => 0,
        }).sum();
        prop_assert_eq!(free, u64::try_from(pieces / 3).unwrap_or(0));
        prop_assert!(quote.applied.len() <= 1);
    }

    #[test]
    fn c29_taking_units_neither_makes_nor_loses_one((basket, known) in some_sale()) {
        let programs = set(&[S1, S11, S12A]);
        let site = site();
        let desk = Desk::new(Scene::of(&basket, Some(&known), &programs, &site), Look::Reached);
        let all = vec![true; desk.offers.len()];
        let priced = desk.price(&all);
        for (line, before) in priced.bill.lines.iter().zip(&basket.lines) {
            let units: crate::loyalty::amount::Quantity = line.runs.iter().map(|run| run.quantity).sum();
            prop_assert_eq!(units, before.quantity);
            prop_assert!(line.runs.iter().all(|run| run.unit >= 0));
        }
    }
}
