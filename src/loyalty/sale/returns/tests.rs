//! Returns by hand, and what must hold for any of them.

use proptest::prelude::*;
use rstest::rstest;

use super::super::super::basket::Basket;
use super::super::super::engine::properties::some_sale;
use super::super::super::engine::quote;
use super::super::super::fixture::*;
use super::super::super::member::Known;
use super::super::Tender;
use super::*;

fn sold(basket: Basket, known: Known, programs: &ProgramSet) -> Sale {
    let quote = quote(&basket, Some(&known), programs, &site());
    let today = basket.opened.day(&programs.terms.zone);
    Sale {
        known: Some(known.as_recorded(today)),
        basket,
        quote,
        tender: Tender::Elsewhere,
        source: None,
        as_of: 0,
        drawn: None,
        approved_by: None,
    }
}

fn pieces(n: i64) -> Quantity {
    Quantity::whole(n)
}

fn net(changes: &[Change]) -> BTreeMap<String, i64> {
    let mut net: BTreeMap<String, i64> = BTreeMap::new();
    for change in changes {
        let (what, by) = match change {
            Change::Earn { purse, amount, .. } => (format!("earned {purse}"), amount.units()),
            Change::TakeBack { purse, amount, .. } => (format!("earned {purse}"), -amount.units()),
            Change::Spend { purse, amount } => (format!("spent {purse}"), amount.units()),
            Change::Restore { purse, amount, .. } => (format!("spent {purse}"), -amount.units()),
            Change::Grant { membership, .. } => (format!("holds {membership}"), 1),
            Change::Revoke { membership, .. } => (format!("holds {membership}"), -1),
            Change::Count { counter, day, amount } => (format!("{counter} on {day}"), *amount),
            Change::Issue { reward, quantity, .. } => {
                (format!("has {reward}"), i64::try_from(*quantity).expect("few"))
            }
            Change::Withdraw { reward, quantity } => {
                (format!("has {reward}"), -i64::try_from(*quantity).expect("few"))
            }
            Change::Reach { ladder, .. } => (format!("on {ladder}"), 1),
            Change::Leave { ladder, .. } => (format!("on {ladder}"), -1),
            Change::Donate { charity, amount, .. } => (format!("for {charity}"), amount.units()),
            Change::Turn { purse, amount } => (format!("turned {purse}"), amount.units()),
            Change::Brought { by } => (format!("brought by {by}"), 1),
            Change::Use { reward, quantity } => (format!("used {reward}"), *quantity),
        };
        *net.entry(what).or_default() += by;
    }
    net.retain(|_, by| *by != 0);
    net
}

/// 3 gums at 99.00 for 198.00: how many come back at a time, and what each return refunds.
#[rstest]
#[case(&[3], &["198.00"])]
#[case(&[1, 2], &["0.00", "198.00"])]
#[case(&[2, 1], &["99.00", "99.00"])]
#[case(&[1, 1, 1], &["0.00", "99.00", "99.00"])]
fn three_for_two_comes_apart(#[case] parts: &[i64], #[case] refunds: &[&str]) {
    let programs = set(&[S12A]);
    let sale = sold(
        basket(vec![line("GUM", "gum", "3", "99.00")]),
        known(0, None, None),
        &programs,
    );
    let mut so_far = ReturnedSoFar::default();
    for (&part, &refund) in parts.iter().zip(refunds) {
        let back = take_back(&sale, &so_far, &[(0, pieces(part))], &programs, &site()).expect("a return");
        assert_eq!(back.refund, cents(refund));
        so_far.add(&back);
    }
    let more = take_back(&sale, &so_far, &[(0, pieces(1))], &programs, &site());
    assert!(matches!(
        more,
        Err(ReturnError::TooMany {
            left: Quantity::ZERO,
            ..
        })
    ));
}

#[test]
fn money_first_then_points() {
    // two at 50.00, 60 points pay 60.00 and 40.00 is money; 40.00 earns 4 points
    let programs = set(&[S1]);
    let basket = for_ana(wishing(
        basket(vec![line("ANY", "any", "2", "50.00")]),
        Some("60"),
    ));
    let sale = sold(basket, known(60, None, None), &programs);
    let first = take_back(
        &sale,
        &ReturnedSoFar::default(),
        &[(0, pieces(1))],
        &programs,
        &site(),
    )
    .expect("a return");
    assert_eq!((first.refund, first.to_purses), (cents("40.00"), cents("10.00")));
    assert_eq!(
        net(&first.changes),
        BTreeMap::from([
            ("earned points".to_owned(), -4000),
            ("spent points".to_owned(), -10_000)
        ])
    );
    let mut so_far = ReturnedSoFar::default();
    so_far.add(&first);
    let second = take_back(&sale, &so_far, &[(0, pieces(1))], &programs, &site()).expect("a return");
    assert_eq!((second.refund, second.to_purses), (Money::ZERO, cents("50.00")));
    assert_eq!(
        net(&second.changes),
        BTreeMap::from([("spent points".to_owned(), -50_000)])
    );
}

#[test]
fn the_card_goes_with_the_goods_that_earned_it() {
    let programs = set(&[S11]);
    let basket = for_ana(basket(vec![
        line("TV", "any", "1", "1400.00"),
        line("ANY", "any", "2", "100.00"),
    ]));
    let sale = sold(basket, known(0, None, None), &programs);
    let mut so_far = ReturnedSoFar::default();
    for (lines, revoked) in [((1, pieces(1)), 0), ((1, pieces(1)), 1), ((0, pieces(1)), 0)] {
        let back = take_back(&sale, &so_far, &[lines], &programs, &site()).expect("a return");
        assert_eq!(
            back.changes.len(),
            revoked,
            "1500.00 still earn the card, 1400.00 do not"
        );
        so_far.add(&back);
    }
}

#[test]
fn tax_on_top_comes_back_too() {
    let terms = super::super::super::program::Terms {
        price_basis: PriceBasis::TaxExclusive,
        ..terms()
    };
    let programs = set_with(terms, &[S12A]);
    let gums = taxed(line("GUM", "gum", "3", "100.00"), "18");
    let sale = sold(basket(vec![gums]), known(0, None, None), &programs);
    assert_eq!(sale.quote.due, cents("236.00"));
    let back = take_back(
        &sale,
        &ReturnedSoFar::default(),
        &[(0, pieces(2))],
        &programs,
        &site(),
    )
    .expect("a return");
    assert_eq!(back.refund, cents("118.00"));
}

#[test]
fn what_was_not_bought_cannot_be_returned() {
    let programs = set(&[]);
    let sale = sold(
        basket(vec![line("ANY", "any", "2", "50.00")]),
        known(0, None, None),
        &programs,
    );
    let take =
        |now: &[(usize, Quantity)]| take_back(&sale, &ReturnedSoFar::default(), now, &programs, &site());
    assert_eq!(take(&[]), Err(ReturnError::Nothing));
    assert_eq!(take(&[(0, Quantity::ZERO)]), Err(ReturnError::Nothing));
    assert_eq!(take(&[(1, pieces(1))]), Err(ReturnError::NoLine { number: 2 }));
    assert!(matches!(
        take(&[(0, pieces(2)), (0, pieces(1))]),
        Err(ReturnError::TooMany { .. })
    ));
}

/// A sale, and the order in which its units come back.
fn some_return() -> impl Strategy<Value = (Sale, ProgramSet, Vec<(usize, i64)>)> {
    let parts = proptest::collection::vec((0..8_usize, 1..4_i64), 0..12);
    (some_sale(), any::<bool>(), parts).prop_map(|((basket, known), on_top, parts)| {
        let basis = if on_top {
            PriceBasis::TaxExclusive
        } else {
            PriceBasis::TaxInclusive
        };
        let programs = set_with(terms_in("EUR", basis), &[S1, S11, S12A]);
        (sold(basket, known, &programs), programs, parts)
    })
}

/// Returns part after part, then all that is left; answers the parts.
fn return_in_parts(sale: &Sale, parts: &[(usize, i64)], programs: &ProgramSet) -> Vec<TakenBack> {
    let mut so_far = ReturnedSoFar::default();
    let mut all = Vec::new();
    let mut run = |now: &[(usize, Quantity)], so_far: &mut ReturnedSoFar| {
        if let Ok(back) = take_back(sale, so_far, now, programs, &site()) {
            so_far.add(&back);
            all.push(back);
        }
    };
    for &(line, quantity) in parts {
        run(&[(line, pieces(quantity))], &mut so_far);
    }
    let left = sale.basket.lines.iter().enumerate();
    let left = left.map(|(line, bought)| (line, bought.quantity - so_far.of_line(line)));
    let left: Vec<(usize, Quantity)> = left.filter(|(_, quantity)| *quantity > Quantity::ZERO).collect();
    run(&left, &mut so_far);
    all
}

proptest! {
    #[test]
    fn c10_buy_refund_keep_points_nets_zero_on_every_counter((sale, programs, parts) in some_return()) {
        let backs = return_in_parts(&sale, &parts, &programs);
        let mut changes = sale.quote.changes.clone();
        changes.extend(backs.iter().flat_map(|back| back.changes.clone()));
        prop_assert_eq!(net(&changes), BTreeMap::new());
        let refunds: Money = backs.iter().map(|back| back.refund).sum();
        let to_purses: Money = backs.iter().map(|back| back.to_purses).sum();
        prop_assert_eq!(refunds, sale.quote.due);
        prop_assert_eq!(to_purses, sale.quote.paid_with_purses());
    }

    #[test]
    fn c15_no_return_gives_more_than_was_paid_or_than_the_list_price((sale, programs, parts) in some_return()) {
        let mut given = Money::ZERO;
        for back in return_in_parts(&sale, &parts, &programs) {
            prop_assert!(back.refund >= Money::ZERO && back.to_purses >= Money::ZERO);
            given += back.refund + back.to_purses;
            prop_assert!(given <= sale.quote.due + sale.quote.paid_with_purses());
            let shares: Money = back.lines.iter().map(|line| line.2).sum();
            prop_assert_eq!(shares, back.refund + back.to_purses);
            for (line, quantity, share) in back.lines {
                // The list price of units taken out of a line may round a cent away from their own.
                let bought = &sale.basket.lines[line];
                let price = bought.price.times(quantity, programs.terms.currency);
                let on_top = programs.terms.price_basis == PriceBasis::TaxExclusive;
                let tax = bought.goods.tax_rate.filter(|_| on_top).unwrap_or_default();
                let price = price + price.share(tax) + Money::minor(i64::from(on_top));
                prop_assert!(share <= price + Money::minor(1), "{} of {}", share.units(), price.units());
            }
        }
    }

    #[test]
    fn c15_a_refund_does_not_ask_how_the_member_stands_today((sale, programs, parts) in some_return()) {
        // Other programs sell today, the member has other things, and today's sale of the same goods differs: none of
        // that is asked, the return goes by the sale as its record says it.
        let first = return_in_parts(&sale, &parts, &programs);
        let rules = "id = \"today\"\n[[rule]]\ngives = { off = \"90 %\" }\n";
        let today = set_with(programs.terms.clone(), &[("today.toml", rules)]);
        let bytes = minicbor::to_vec(&sale).expect("it is written");
        let mut dearer = sale.basket.clone();
        for line in &mut dearer.lines {
            line.price = crate::loyalty::amount::Price::parse("999.00").expect("a price");
            line.goods.on_sale = !line.goods.on_sale;
        }
        let new = sold(dearer, known(0, None, None), &today);
        prop_assert_ne!(&new.quote, &sale.quote);
        let recorded: Sale = minicbor::decode(&bytes).expect("it is read");
        prop_assert_eq!(first, return_in_parts(&recorded, &parts, &programs));
    }
}
