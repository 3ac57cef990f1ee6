//! Returns: whole and in parts, of sales under random programs.

use std::collections::BTreeMap;

use proptest::prelude::*;
use vafa::loyalty::amount::{Money, Quantity};
use vafa::loyalty::basket::{Basket, Line};
use vafa::loyalty::engine::{quote, quote_paying};
use vafa::loyalty::member::{Change, ForOther};
use vafa::loyalty::program::ProgramSet;
use vafa::loyalty::sale::{Back, ReturnedSoFar, Sale, TakenBack, exchange, take_back};

use super::files::set_of;
use super::prices::{some_case, some_case_of_all};
use super::shop::{basket_of, line, site, sold, some_lines};

/// Every counter that changes touch, and what they come to: nothing is left out that is not nothing.
fn net(changes: &[Change]) -> BTreeMap<String, i64> {
    let mut net: BTreeMap<String, i64> = BTreeMap::new();
    for change in changes {
        let whole = |quantity: &u64| i64::try_from(*quantity).expect("few");
        let (what, by) = match change {
            Change::Earn { purse, amount, .. } => (format!("earned {purse}"), amount.units()),
            Change::TakeBack { purse, amount, .. } => (format!("earned {purse}"), -amount.units()),
            Change::Spend { purse, amount } => (format!("spent {purse}"), amount.units()),
            Change::Restore { purse, amount, .. } => (format!("spent {purse}"), -amount.units()),
            Change::Grant { membership, .. } => (format!("holds {membership}"), 1),
            Change::Revoke { membership, .. } => (format!("holds {membership}"), -1),
            Change::Count { counter, day, amount } => (format!("{counter} on {day}"), *amount),
            Change::Issue { reward, quantity, .. } => (format!("has {reward}"), whole(quantity)),
            Change::Withdraw { reward, quantity } => (format!("has {reward}"), -whole(quantity)),
            Change::Reach { ladder, .. } => (format!("on {ladder}"), 1),
            Change::Leave { ladder, .. } => (format!("on {ladder}"), -1),
            Change::Donate { charity, amount, .. } => (format!("for {charity}"), amount.units()),
            Change::Turn { purse, amount } => (format!("turned {purse}"), amount.units()),
            other => panic!("{other:?} is no counter of a sale"),
        };
        *net.entry(what).or_default() += by;
    }
    net.retain(|_, by| *by != 0);
    net
}

fn of_others<'a>(all: impl Iterator<Item = &'a ForOther>) -> BTreeMap<String, i64> {
    let mut net_of: BTreeMap<String, i64> = BTreeMap::new();
    for other in all {
        for (what, by) in net(&other.changes) {
            *net_of.entry(format!("{:?}: {what}", other.holder)).or_default() += by;
        }
    }
    net_of.retain(|_, by| *by != 0);
    net_of
}

/// Returns part after part, and then all that is left.
fn in_parts(sale: &Sale, parts: &[(usize, i64)], programs: &ProgramSet) -> Vec<TakenBack> {
    let mut so_far = ReturnedSoFar::default();
    let mut all = Vec::new();
    let mut left: Vec<Quantity> = sale.basket.lines.iter().map(|line| line.quantity).collect();
    let last = (0..left.len()).map(|line| (line, i64::MAX));
    let steps = parts.iter().copied().map(|one| vec![one]).chain([last.collect()]);
    for step in steps {
        let mut now = Vec::new();
        for (line, thousandths) in step {
            let line = line % left.len();
            let here = Quantity::thousandths(thousandths).min(left[line]);
            if here > Quantity::ZERO {
                left[line] -= here;
                now.push((line, here));
            }
        }
        if !now.is_empty() {
            let back = take_back(sale, &so_far, &now, programs, &site()).expect("a return");
            so_far.add(&back);
            all.push(back);
        }
    }
    all
}

fn some_parts() -> impl Strategy<Value = Vec<(usize, i64)>> {
    let one = (0..7_usize, prop_oneof![Just(1000_i64), Just(2000), 1..3000_i64]);
    proptest::collection::vec(one, 0..6)
}

/// Full and partial returns of one sale, in any parts: what they come to.
fn nets_to_nothing(sale: &Sale, backs: &[TakenBack]) -> Result<(), TestCaseError> {
    let mut changes = sale.quote.changes.clone();
    changes.extend(backs.iter().flat_map(|back| back.changes.clone()));
    prop_assert_eq!(net(&changes), BTreeMap::new());
    let others = sale
        .quote
        .others
        .iter()
        .chain(backs.iter().flat_map(|back| &back.others));
    prop_assert_eq!(of_others(others), BTreeMap::new());
    let refunds: Money = backs.iter().map(|back| back.refund).sum();
    let to_purses: Money = backs.iter().map(|back| back.to_purses).sum();
    prop_assert_eq!(refunds, sale.quote.due);
    prop_assert_eq!(to_purses, sale.quote.paid_with_purses());
    Ok(())
}

/// What holds for each part of a return.
fn each_part_is_sound(sale: &Sale, backs: &[TakenBack], programs: &ProgramSet) -> Result<(), TestCaseError> {
    let mut given = Money::ZERO;
    for back in backs {
        // Only ever answers to what was done: nothing new is given, nothing is removed without a line.
        let is_answer = |change: &Change| match change {
            Change::Earn { .. } | Change::Spend { .. } | Change::Issue { .. } | Change::Reach { .. } => false,
            Change::Count { amount, .. } => *amount != 0,
            _ => true,
        };
        prop_assert!(back.changes.iter().all(is_answer), "{:?}", back.changes);
        prop_assert!(back.refund >= Money::ZERO && back.to_purses >= Money::ZERO);
        given += back.refund + back.to_purses;
        let shares: Money = back.lines.iter().map(|line| line.2).sum();
        prop_assert_eq!(shares, back.refund + back.to_purses);
        for &(line, quantity, share) in &back.lines {
            let bought = &sale.basket.lines[line];
            let price = bought.price.times(quantity, programs.terms.currency);
            let tax = bought.goods.tax_rate.unwrap_or_default();
            // Units taken out of a line round by a cent each time.
            prop_assert!(
                share <= price + price.share(tax) + Money::minor(2),
                "{} of {}",
                share.units(),
                price.units()
            );
        }
    }
    prop_assert!(given <= sale.quote.due + sale.quote.paid_with_purses());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn c10_c11_c12_a_return_in_any_parts_nets_to_nothing(((_, programs, customer), parts) in (some_case(""), some_parts())) {
        let sale = sold(&customer, &programs);
        let backs = in_parts(&sale, &parts, &programs);
        each_part_is_sound(&sale, &backs, &programs)?;
        nets_to_nothing(&sale, &backs)?;
    }

    #[test]
    fn c12_in_proportion_too(((_, programs, customer), parts) in (some_case("returns = \"in proportion\"\n"), some_parts())) {
        let sale = sold(&customer, &programs);
        let backs = in_parts(&sale, &parts, &programs);
        each_part_is_sound(&sale, &backs, &programs)?;
        nets_to_nothing(&sale, &backs)?;
        // In proportion a part never waits for the others.
        let whole = in_parts(&sale, &[], &programs);
        let value = |backs: &[TakenBack]| -> Money { backs.iter().map(|back| back.refund + back.to_purses).sum() };
        prop_assert_eq!(value(&backs), value(&whole));
    }

    #[test]
    fn c14_what_is_kept_costs_what_the_original_rules_ask_for_it(((_, programs, customer), line) in (some_case(""), 0..7_usize)) {
        let sale = sold(&customer, &programs);
        let line = line % sale.basket.lines.len();
        let quantity = sale.basket.lines[line].quantity;
        let back = take_back(&sale, &ReturnedSoFar::default(), &[(line, quantity)], &programs, &site()).expect("a return");
        let lines = sale.basket.lines.iter().enumerate().map(|(n, bought)| Line {
            quantity: if n == line { Quantity::ZERO } else { bought.quantity },
            ..bought.clone()
        });
        let kept = Basket { lines: lines.collect(), wishes: Vec::new(), ..sale.basket.clone() };
        let kept = quote_paying(&kept, sale.known.as_ref(), &programs, &site(), &sale.quote.payments);
        let paid = sale.quote.due + sale.quote.paid_with_purses();
        let least = paid - (kept.due + kept.paid_with_purses());
        // Never below zero; where the list price of what comes back is less, no more than that.
        prop_assert!(back.refund + back.to_purses <= least.max(Money::ZERO));
        prop_assert!(back.refund + back.to_purses >= Money::ZERO);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// What comes back never eats what the new basket needs: an exchange is the return, and then the sale.
    #[test]
    fn c13_an_exchange_is_its_return_and_its_sale((
        (_, programs, customer), line, bought
    ) in (some_case(""), 0..7_usize, some_lines())) {
        let sale = sold(&customer, &programs);
        let line = line % sale.basket.lines.len();
        let lines = [(line, sale.basket.lines[line].quantity)];
        let so_far = ReturnedSoFar::default();
        let site = site();
        let back = Back { sale: &sale, so_far: &so_far, lines: &lines, programs: &programs, site: &site };
        let basket = Basket { lines: bought, wishes: Vec::new(), ..sale.basket.clone() };
        let known = customer.1.as_ref();
        let both = exchange(back, &basket, known, &programs, &site).expect("an exchange");
        let alone = take_back(&sale, &so_far, &lines, &programs, &site).expect("a return");
        prop_assert_eq!(&both.back, &alone);
        // The sale alone, by the customer as the return leaves him.
        let mut after = known.cloned();
        if let Some(known) = after.as_mut() {
            alone.changes.iter().for_each(|change| known.standing.apply(change, basket.opened));
        }
        let then = quote(&basket, after.as_ref(), &programs, &site);
        prop_assert_eq!(both.to_pay(), then.due - alone.refund);
        prop_assert_eq!(both.quote, then);
    }
}

/// Three for two, of which two come back while three others are bought: the new three are a group of their own.
#[test]
fn c13_returned_units_do_not_eat_the_quantity_of_the_new_basket() {
    let rules = "id = \"g\"\n[[rule]]\nneeds = { goods = { sku = \"TEA\" }, every = 3 }\ngives = { free = \"cheapest\" }";
    let programs = set_of(&[("g.toml".to_owned(), rules.to_owned())], "tax_inclusive");
    let teas = |many: i64| basket_of(vec![line("TEA", Quantity::whole(many))]);
    let sale = sold(&(teas(3), None), &programs);
    let (so_far, site) = (ReturnedSoFar::default(), site());
    let lines = [(0, Quantity::whole(2))];
    let back = Back {
        sale: &sale,
        so_far: &so_far,
        lines: &lines,
        programs: &programs,
        site: &site,
    };
    let both = exchange(back, &teas(3), None, &programs, &site).expect("an exchange");
    // 6.00 were paid; the tea that is kept costs 3.00 alone, and three new ones cost 6.00.
    assert_eq!(
        (both.back.refund, both.quote.due),
        (Money::minor(300), Money::minor(600))
    );
    assert_eq!(both.to_pay(), Money::minor(300));
    let less = exchange(back, &teas(0), None, &programs, &site).expect("an exchange");
    assert_eq!(less.to_pay(), Money::minor(-300), "money back");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn c10_c12_c17_hold_for_all_files_of_the_house_together(((programs, customer), parts) in (some_case_of_all(), some_parts())) {
        let sale = sold(&customer, &programs);
        let backs = in_parts(&sale, &parts, &programs);
        each_part_is_sound(&sale, &backs, &programs)?;
        nets_to_nothing(&sale, &backs)?;
    }
}
