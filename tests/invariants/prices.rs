//! Quotes: parts that add up, pure functions, one application of each reward.

use proptest::prelude::*;
use vafa::loyalty::amount::{Money, Price, Quantity};
use vafa::loyalty::basket::{Basket, Line};
use vafa::loyalty::engine::{quote, quote_paying};
use vafa::loyalty::member::{Change, Known};
use vafa::loyalty::program::rule::With;
use vafa::loyalty::program::{ProgramSet, Rule};
use vafa::loyalty::quote::{Quote, Reason};

use super::files::{all_files, set_of, some_files};
use super::shop::{Customer, basket_of, line, site, some_customer};

/// A random set of programs, and a customer.
pub fn some_case(
    returns: &'static str,
) -> impl Strategy<Value = (Vec<(String, String)>, ProgramSet, Customer)> {
    (some_files(returns), any::<bool>()).prop_flat_map(|(files, on_top)| {
        let programs = set_of(&files, if on_top { "tax_exclusive" } else { "tax_inclusive" });
        (Just(files), Just(programs.clone()), some_customer(programs))
    })
}

/// All files of the house, and a customer.
pub fn some_case_of_all() -> impl Strategy<Value = (ProgramSet, Customer)> {
    any::<bool>().prop_flat_map(|on_top| {
        let programs = set_of(
            &all_files(),
            if on_top { "tax_exclusive" } else { "tax_inclusive" },
        );
        (Just(programs.clone()), some_customer(programs))
    })
}

fn price(basket: &Basket, known: Option<&Known>, programs: &ProgramSet) -> Quote {
    quote(basket, known, programs, &site())
}

/// What a quote comes to, without the order of its lines.
fn sums(quote: &Quote) -> (Money, Money, Money, Vec<(String, i64)>) {
    let mut earned: Vec<(String, i64)> = Vec::new();
    for change in &quote.changes {
        if let Change::Earn { purse, amount, .. } = change {
            earned.push((purse.to_string(), amount.units()));
        }
    }
    earned.sort();
    (quote.total, quote.discount, quote.due, earned)
}

/// How lines stand decides one thing only: on which of several lines the odd cent of a discount falls. Where a later rule
/// acts on some of these alone, where it leaves less than a cent, or where they bear different taxes, that is a cent more or
/// less for each of the lines; never more.
fn comes_to_the_same(one: &Quote, other: &Quote) -> Result<(), TestCaseError> {
    let ((total, discount, due, earned), other_sums) = (sums(one), sums(other));
    let takes_off = |quote: &Quote| {
        let applied = quote.applied.iter();
        let many = applied.filter(|applied| !applied.amount.is_zero()).count();
        i64::try_from(many).unwrap_or(0)
    };
    let rules = takes_off(one).max(takes_off(other));
    let lines = i64::try_from(one.lines.len().max(other.lines.len())).unwrap_or(0);
    let cents = |a: Money, b: Money| (a - b).units().abs();
    prop_assert!(
        cents(total, other_sums.0) <= rules * lines,
        "{} and {}",
        total.units(),
        other_sums.0.units()
    );
    prop_assert_eq!(cents(total, other_sums.0), cents(discount, other_sums.1));
    let rates = i64::try_from(one.taxes.len()).unwrap_or(0);
    prop_assert!(
        cents(due, other_sums.2) <= rates + 2 * rules * lines,
        "due {} and {}",
        due.units(),
        other_sums.2.units()
    );
    if due == other_sums.2 && total == other_sums.0 {
        prop_assert_eq!(earned.len(), other_sums.3.len());
    }
    Ok(())
}

/// A floor caps what a whole group takes off line by line: how units lie on lines makes a difference there.
fn without_floors(mut basket: Basket) -> Basket {
    for line in &mut basket.lines {
        line.goods.floor_price = None;
    }
    basket
}

fn holds_together(basket: &Basket, quote: &Quote) -> Result<(), TestCaseError> {
    prop_assert_eq!(quote.lines.len(), basket.lines.len());
    let of_lines: Money = quote.lines.iter().map(|line| line.discount).sum();
    let of_programs: Money = quote.applied.iter().map(|applied| applied.amount).sum();
    prop_assert_eq!((of_lines, of_programs), (quote.discount, quote.discount));
    for applied in &quote.applied {
        let parts: Money = applied.parts.iter().map(|part| part.amount).sum();
        prop_assert_eq!(parts, applied.amount, "{:?}", applied);
        prop_assert!(applied.amount >= Money::ZERO);
    }
    for line in &quote.lines {
        prop_assert!(line.discount >= Money::ZERO && line.net() >= Money::ZERO);
    }
    prop_assert_eq!(quote.subtotal - quote.discount, quote.total);
    prop_assert!(quote.total >= Money::ZERO && quote.due >= Money::ZERO);
    let tax: Money = quote.taxes.iter().map(|share| share.tax).sum();
    prop_assert!(tax >= Money::ZERO && quote.taxes.iter().all(|share| share.base >= Money::ZERO));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn c25_the_parts_of_every_discount_add_up_to_it((_, programs, (basket, known)) in some_case("")) {
        holds_together(&basket, &price(&basket, known.as_ref(), &programs))?;
    }

    #[test]
    fn c26_a_quote_is_a_pure_function((_, programs, (basket, known)) in some_case("")) {
        let once = price(&basket, known.as_ref(), &programs);
        let read: Basket = minicbor::decode(&minicbor::to_vec(&basket).expect("memory")).expect("a basket");
        prop_assert_eq!(&once, &price(&read, known.as_ref(), &programs));
        // The record of a customer is enough to quote the same again.
        let recorded = known.as_ref().map(|known| known.as_recorded(basket.opened.day(&programs.terms.zone)));
        prop_assert_eq!(&once, &price(&basket, recorded.as_ref(), &programs));
    }

    #[test]
    fn c27_a_priced_basket_priced_again_stays((_, programs, (basket, known)) in some_case("")) {
        let once = price(&basket, known.as_ref(), &programs);
        let again = quote_paying(&basket, known.as_ref(), &programs, &site(), &once.payments);
        prop_assert_eq!(once, again);
    }

    #[test]
    fn c26_the_order_of_lines_changes_no_total(((_, programs, (basket, known)), turn) in (some_case(""), 0..8_usize)) {
        let basket = without_floors(basket);
        let first = price(&basket, known.as_ref(), &programs);
        let mut turned = basket.clone();
        turned.lines.rotate_left(turn % basket.lines.len());
        comes_to_the_same(&first, &price(&turned, known.as_ref(), &programs))?;
        let mut mirrored = basket;
        mirrored.lines.reverse();
        comes_to_the_same(&first, &price(&mirrored, known.as_ref(), &programs))?;
    }

    #[test]
    fn c27_no_rule_of_a_basket_gives_more_than_its_limit((_, programs, (basket, known)) in some_case("")) {
        let quote = price(&basket, known.as_ref(), &programs);
        let rules: usize = programs.programs.iter().map(|program| program.rules.len()).sum();
        let sold = quote.applied.iter().filter(|one| matches!(one.why, Reason::MembershipSold { .. })).count();
        prop_assert!(quote.applied.len() - sold <= rules);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn c25_c26_c27_hold_for_all_files_of_the_house_together((programs, (basket, known)) in some_case_of_all()) {
        let once = price(&basket, known.as_ref(), &programs);
        holds_together(&basket, &once)?;
        prop_assert_eq!(&once, &quote_paying(&basket, known.as_ref(), &programs, &site(), &once.payments));
        let mut mirrored = basket;
        mirrored.lines.reverse();
        comes_to_the_same(&once, &price(&mirrored, known.as_ref(), &programs))?;
    }
}

/// A rule on groups of units: so many, so much off, which goods.
fn groups() -> impl Strategy<Value = String> {
    (2..5_u8, 1..101_u8, proptest::sample::select(vec!["", "goods = { category = \"sweet\" }, "])).prop_map(|(every, off, goods)| {
        format!("id = \"g\"\n[[rule]]\nneeds = {{ {goods}every = {every} }}\ngives = {{ off = \"{off} %\", of = \"cheapest\" }}\n")
    })
}

fn some_pieces() -> impl Strategy<Value = Vec<Line>> {
    let one = (
        proptest::sample::select(vec!["GUM", "MINT", "TEA", "LAMP"]),
        1..5_i64,
        1..999_i64,
    );
    let one = one.prop_map(|(sku, pieces, cents)| Line {
        price: Price::ten_thousandths(cents * 100),
        ..line(sku, Quantity::whole(pieces))
    });
    proptest::collection::vec(one, 1..6)
}

proptest! {
    #[test]
    fn c23_splitting_a_basket_never_pays_and_no_unit_saves_more_than_it_costs(
        (text, lines, cut) in (groups(), some_pieces(), any::<u64>())
    ) {
        let programs = set_of(&[("g.toml".to_owned(), text)], "tax_inclusive");
        // Floors would let the part of a basket save what the whole may not.
        let lines: Vec<Line> = lines.into_iter().map(|line| {
            let goods = vafa::loyalty::goods::Goods { floor_price: None, ..line.goods };
            Line { goods, ..line }
        }).collect();
        let mut parts = [Vec::new(), Vec::new()];
        for (n, line) in lines.iter().enumerate() {
            let pieces = line.quantity.units() / 1000;
            let here = i64::try_from((cut >> (n * 4)) % 8).unwrap_or(0).min(pieces);
            for (part, pieces) in parts.iter_mut().zip([here, pieces - here]) {
                if pieces > 0 {
                    part.push(Line { quantity: Quantity::whole(pieces), ..line.clone() });
                }
            }
        }
        let off = |lines: Vec<Line>| price(&basket_of(lines), None, &programs).discount;
        let (whole, split) = (off(lines.clone()), parts.map(off).into_iter().sum::<Money>());
        // Each basket rounds once: half a cent each.
        prop_assert!(split <= whole + Money::minor(1), "{} and {}", split.units(), whole.units());
        let quote = price(&basket_of(lines), None, &programs);
        prop_assert!(quote.lines.iter().all(|line| line.discount <= line.gross));
    }

    #[test]
    fn c22_one_reward_is_one_application_however_many_lines_carry_its_goods(
        (_, programs, (basket, known)) in some_case("")
    ) {
        let basket = without_floors(basket);
        // Pieces at whole cents: lines of one each come to the same list prices.
        let pieces = |line: &Line| line.quantity.pieces().filter(|_| line.price.units() % 100 == 0);
        let lines = basket.lines.iter().flat_map(|line| match pieces(line) {
            Some(pieces) => vec![Line { quantity: Quantity::ONE, ..line.clone() }; usize::try_from(pieces).unwrap_or(1)],
            None => vec![line.clone()],
        });
        let apart = Basket { lines: lines.collect(), ..basket.clone() };
        // What is said of lines is another thing when there are more of them.
        let of_lines = |rule: &Rule| rule.settings.by_line || rule.with == With::Alone || rule.phase.is_some();
        prop_assume!(!programs.programs.iter().flat_map(|program| &program.rules).any(of_lines));
        let (one, other) = (price(&basket, known.as_ref(), &programs), price(&apart, known.as_ref(), &programs));
        // No rule gives twice because its goods lie on many lines.
        for program in &programs.programs {
            let times = |quote: &Quote| quote.applied.iter().filter(|one| one.program == program.id).count();
            let most = program.rules.len() + program.memberships.len() + program.purses.len();
            prop_assert!(times(&one) <= most && times(&other) <= most, "{} gives too often", program.id);
        }
        comes_to_the_same(&one, &other)?;
    }

    #[test]
    fn c41_a_litre_price_and_a_ticket_discount_differ_by_one_minor_unit_at_most(
        (litres, price_units, off) in (1..200_000_i64, 5_000..40_000_i64, 1..2_000_i64)
    ) {
        let litres = Quantity::thousandths(litres);
        let list = Price::ten_thousandths(price_units);
        let off = Price::ten_thousandths(off);
        let currency = super::files::terms("tax_inclusive").currency;
        let lower = Price::ten_thousandths(list.units() - off.units()).times(litres, currency);
        let text = format!(
            "id = \"f\"\n[[rule]]\nneeds = {{ goods = {{ unit = \"l\" }} }}\ngives = {{ off = \"{}\", of = \"each\" }}",
            off.text(currency)
        );
        let programs = set_of(&[("f.toml".to_owned(), text)], "tax_inclusive");
        let fuel = Line { price: list, ..line("DIESEL", litres) };
        let quote = price(&basket_of(vec![fuel]), None, &programs);
        let difference = (quote.total - lower).units();
        prop_assert!(difference.abs() <= 1, "{difference}");
        // How it was worked out is kept with the sale.
        let stored: Vec<&Reason> = quote.applied.iter().map(|applied| &applied.why).collect();
        let is_by_unit = stored.is_empty() || matches!(stored[..], [Reason::AmountOffUnit { .. }]);
        prop_assert!(is_by_unit, "{stored:?}");
    }
}
