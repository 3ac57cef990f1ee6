//! What the engine promises, as tables: the numbers are worked out by hand from the rules.

use rstest::rstest;

use super::super::amount::{Money, Points};
use super::super::basket::{Basket, Line};
use super::super::fixture::*;
use super::super::id::{MembershipId, ProgramId};
use super::super::member::{Change, Known};
use super::super::program::{PriceBasis, ProgramSet, Terms};
use super::super::quote::{Quote, Reason};
use super::super::shown::{Allowed, Identified, Shown, Spend};
use super::*;

pub(super) fn price(basket: &Basket, known: Option<&Known>, programs: &ProgramSet) -> Quote {
    let quote = quote(basket, known, programs, &site());
    holds_together(basket, &quote);
    quote
}

/// What must be true of every quote.
fn holds_together(basket: &Basket, quote: &Quote) {
    assert_eq!(quote.lines.len(), basket.lines.len());
    let discounts: Money = quote.lines.iter().map(|line| line.discount).sum();
    assert_eq!(discounts, quote.discount);
    assert_eq!(quote.subtotal - quote.discount, quote.total);
    assert!(
        quote
            .lines
            .iter()
            .all(|line| line.discount >= Money::ZERO && line.net() >= Money::ZERO)
    );
    let applied: Money = quote.applied.iter().map(|applied| applied.amount).sum();
    assert_eq!(applied, quote.discount);
    for applied in &quote.applied {
        let parts: Money = applied.parts.iter().map(|part| part.amount).sum();
        assert_eq!(parts, applied.amount);
    }
}

pub(super) fn earned(quote: &Quote) -> Points {
    let earn = |change: &Change| match change {
        Change::Earn { amount, .. } => *amount,
        _ => Points::ZERO,
    };
    quote.changes.iter().map(earn).sum()
}

fn discounts(quote: &Quote) -> Vec<i64> {
    quote.lines.iter().map(|line| line.discount.units()).collect()
}

fn gum(quantity: &str, price: &str) -> Line {
    line("GUM", "gum", quantity, price)
}

fn anything(price: &str) -> Line {
    line("ANY", "any", "1", price)
}

#[rstest]
#[case("1234.56", 123)]
#[case("9.99", 0)]
#[case("10.00", 1)]
#[case("19.99", 1)]
#[case("20.00", 2)]
#[case("0.01", 0)]
fn a_point_for_each_full_ten(#[case] bill: &str, #[case] points: i64) {
    let basket = for_ana(basket(vec![anything(bill)]));
    let quote = price(&basket, Some(&known(0, None, None)), &set(&[S1]));
    assert_eq!(earned(&quote), Points::whole(points));
}

#[test]
fn without_a_card_nothing_is_earned() {
    let quote = price(&basket(vec![anything("100.00")]), None, &set(&[S1]));
    assert!(quote.changes.is_empty());
    assert_eq!(quote.declined[0].why, Reason::NeedsMember);
}

#[test]
fn an_unknown_card_earns_and_cannot_spend() {
    use super::super::member::{CardToken, Holder};
    let basket = Basket {
        buyer: Some(Holder::Card(CardToken::from_bytes([7; 16]))),
        ..wishing(basket(vec![anything("100.00")]), Some("1"))
    };
    let programs = set(&[S1]);
    assert!(matches!(
        wish_refusal(&basket, None, &programs),
        Some(WishRefusal::NoMember { .. })
    ));
    let quote = price(&basket, None, &programs);
    assert_eq!((earned(&quote), quote.payments.len()), (Points::whole(10), 0));
}

/// balance, wished, bill: points spent, money paid, points earned on the rest.
#[rstest]
#[case(123, Some("123"), "200.00", 123, "123.00", 7)]
#[case(123, None, "200.00", 123, "123.00", 7)]
#[case(123, None, "100.00", 100, "100.00", 0)]
#[case(10, None, "9.50", 10, "9.50", 0)]
#[case(10, Some("10"), "9.50", 10, "9.50", 0)]
#[case(9, None, "9.50", 9, "9.00", 0)]
#[case(50, Some("4.5"), "20.00", 4, "4.00", 1)]
#[case(13, Some("12.5"), "20.00", 12, "12.00", 0)]
#[case(20, Some("12.5"), "9.50", 10, "9.50", 0)]
#[case(50, Some("0.5"), "20.00", 0, "0.00", 2)]
#[case(0, None, "9.50", 0, "0.00", 0)]
#[case(100, Some("0"), "50.00", 0, "0.00", 5)]
fn points_pay(
    #[case] balance: i64,
    #[case] wished: Option<&str>,
    #[case] bill: &str,
    #[case] spent: i64,
    #[case] paid: &str,
    #[case] points: i64,
) {
    let basket = for_ana(wishing(basket(vec![anything(bill)]), wished));
    let (programs, known) = (set(&[S1]), known(balance, None, None));
    assert_eq!(wish_refusal(&basket, Some(&known), &programs), None);
    let quote = price(&basket, Some(&known), &programs);
    let taken: Points = quote.payments.iter().map(|payment| payment.points).sum();
    assert_eq!(
        (taken, quote.paid_with_purses()),
        (Points::whole(spent), cents(paid))
    );
    assert_eq!(quote.due, cents(bill) - cents(paid));
    assert_eq!(earned(&quote), Points::whole(points));
}

/// For Ana, who was identified so.
fn shown_by(basket: Basket, shown: Shown, earn: bool, prices: bool, spend: Spend) -> Basket {
    let allowed = Allowed { earn, prices, spend };
    Basket {
        identified: Some(Identified { shown, allowed }),
        ..for_ana(basket)
    }
}

#[test]
fn what_a_way_of_showing_oneself_does_not_give_is_declined_with_its_reason() {
    let programs = set(&[S1, S11, S12A]);
    let known = known(0, None, Some("2026-01-01T00:00:00"));
    let goods = || basket(vec![anything("100.00"), gum("3", "1.00")]);
    let shown = Shown::Typed;
    // earn, prices: points earned, money taken off; three for two is for everybody.
    let cases = [
        (true, true, 9, 610),
        (false, true, 0, 610),
        (true, false, 10, 100),
        (false, false, 0, 100),
    ];
    for (earn, prices, points, off) in cases {
        let quote = price(
            &shown_by(goods(), shown, earn, prices, Spend::Any),
            Some(&known),
            &programs,
        );
        assert_eq!(
            (earned(&quote), quote.discount),
            (Points::whole(points), Money::minor(off))
        );
        let says = |why: &Reason| quote.declined.iter().any(|declined| declined.why == *why);
        assert_eq!(says(&Reason::NoEarning { shown }), !earn);
        assert_eq!(says(&Reason::NoMemberPrices { shown }), !prices);
    }
    let stranger = Basket {
        buyer: None,
        ..shown_by(goods(), shown, false, false, Spend::Nothing)
    };
    let quote = price(&stranger, None, &programs);
    assert!(
        quote
            .declined
            .iter()
            .any(|declined| declined.why == Reason::NeedsMember)
    );
}

#[test]
fn a_unit_that_is_free_for_stamps_is_a_price_and_no_earning() {
    let stamps = (
        "stamps.toml",
        "id = \"stamps\"\n[[rule]]\nwho = \"members\"\nneeds = { stamps = 10, purse = \"points\" }\n\
         gives = { free = \"cheapest\" }",
    );
    let (known, programs) = (known(10, None, None), set(&[stamps]));
    for (earn, prices, off) in [
        (true, true, 100),
        (false, true, 100),
        (true, false, 0),
        (false, false, 0),
    ] {
        let goods = basket(vec![gum("1", "1.00")]);
        let basket = shown_by(goods, Shown::Typed, earn, prices, Spend::Nothing);
        let quote = price(&basket, Some(&known), &programs);
        assert_eq!(quote.discount, Money::minor(off), "earn {earn}, prices {prices}");
    }
}

#[test]
fn c38_a_purse_pays_what_the_way_of_showing_oneself_allows() {
    let (known, programs) = (known(50, None, None), set(&[S1]));
    let limit = Spend::UpTo(cents("10.00"));
    // What is allowed, what is wished: what is paid of a bill of 40.00, and whether the wish is refused.
    let cases = [
        (Spend::Any, Some("40"), "40.00", false),
        (Spend::Any, None, "40.00", false),
        (limit, Some("10"), "10.00", false),
        (limit, Some("11"), "0.00", true),
        (limit, None, "10.00", false),
        (Spend::Nothing, Some("1"), "0.00", true),
        (Spend::Nothing, None, "0.00", false),
    ];
    for (spend, wished, paid, is_refused) in cases {
        let wishing = wishing(basket(vec![anything("40.00")]), wished);
        let basket = shown_by(wishing, Shown::Pass, true, true, spend);
        let refusal = wish_refusal(&basket, Some(&known), &programs);
        assert_eq!(
            matches!(refusal, Some(WishRefusal::NotSo { .. })),
            is_refused,
            "{spend:?} {wished:?}"
        );
        let quote = price(&basket, Some(&known), &programs);
        assert_eq!(quote.paid_with_purses(), cents(paid), "{spend:?} {wished:?}");
    }
    // Two wishes share one limit.
    let mut twice = wishing(basket(vec![anything("40.00")]), Some("6"));
    twice.wishes.push(twice.wishes[0].clone());
    let twice = shown_by(twice, Shown::Card, true, true, limit);
    assert!(wish_refusal(&twice, Some(&known), &programs).is_some());
    assert_eq!(
        price(&twice, Some(&known), &programs).paid_with_purses(),
        cents("6.00")
    );
}

#[test]
fn more_than_the_purse_holds_is_refused() {
    let basket = for_ana(wishing(basket(vec![anything("200.00")]), Some("124")));
    let (known, programs) = (known(123, None, None), set(&[S1]));
    let refusal = wish_refusal(&basket, Some(&known), &programs);
    assert!(matches!(refusal, Some(WishRefusal::NotEnough { has, .. }) if has == Points::whole(123)));
    assert!(price(&basket, Some(&known), &programs).payments.is_empty());
    let worthless = wish_refusal(&basket, Some(&known), &set(&[S12A]));
    assert!(matches!(worthless, Some(WishRefusal::CannotPay { .. })));
}

#[test]
fn a_program_may_let_points_pay_half_a_bill() {
    let half = "id = \"half\"\n[purse.points]\nworth = \"1.00\"\nmay_pay = \"50 %\"\n";
    let basket = for_ana(wishing(basket(vec![anything("12.35")]), None));
    let quote = price(
        &basket,
        Some(&known(100, None, None)),
        &set(&[("half.toml", half)]),
    );
    // half of 12.35, down: 6.17; points up to a whole one
    assert_eq!(
        (quote.payments[0].points, quote.payments[0].money),
        (Points::whole(7), cents("6.17"))
    );
}

#[rstest]
#[case("2", "99.00", "198.00", None)]
#[case("3", "99.00", "198.00", Some(1))]
#[case("5", "99.00", "396.00", Some(1))]
#[case("6", "99.00", "396.00", Some(2))]
#[case("11", "99.00", "792.00", Some(3))]
#[case("1000000", "0.01", "6666.67", Some(333_333))]
fn three_gums_for_the_price_of_two(
    #[case] quantity: &str,
    #[case] each: &str,
    #[case] total: &str,
    #[case] free: Option<u64>,
) {
    let quote = price(&basket(vec![gum(quantity, each)]), None, &set(&[S12A]));
    assert_eq!(quote.total, cents(total));
    match (free, quote.applied.as_slice()) {
        (None, []) => assert!(matches!(quote.declined[0].why, Reason::MoreForFree { .. })),
        (Some(free), [applied]) => {
            assert!(matches!(applied.why, Reason::CheapestOfGroup { units, .. } if units == free));
        }
        other => panic!("{other:?}"),
    }
}

/// Dearest first, in threes: the last of each three is free.
#[rstest]
#[case(&[("1", "3.00"), ("1", "2.00"), ("1", "1.00")], &[0, 0, 100])]
#[case(&[("1", "1.00"), ("1", "3.00"), ("1", "2.00")], &[100, 0, 0])]
#[case(&[("2", "1.00"), ("2", "3.00"), ("2", "2.00")], &[100, 0, 200])]
#[case(&[("1", "1.00"), ("1", "1.00"), ("1", "1.00")], &[0, 0, 100])]
#[case(&[("3", "1.00"), ("1", "5.00")], &[100, 0])]
#[case(&[("4", "5.00"), ("1", "0.01")], &[500, 0])]
fn the_cheapest_of_mixed_prices_is_free(#[case] lines: &[(&str, &str)], #[case] free: &[i64]) {
    let lines = lines.iter().map(|(quantity, each)| gum(quantity, each)).collect();
    assert_eq!(discounts(&price(&basket(lines), None, &set(&[S12A]))), free);
}

/// At one price the free unit is the one that the card would pass over, whichever was scanned first.
#[test]
fn the_free_unit_is_the_one_that_the_card_passes_over() {
    let known = known(0, None, Some("2026-01-01T00:00:00"));
    for turn in 0..2 {
        let mut lines = vec![gum("2", "99.00"), reduced(gum("1", "99.00"))];
        lines.rotate_left(turn);
        let quote = price(&for_ana(basket(lines)), Some(&known), &set(&[S11, S12A]));
        assert_eq!(quote.total, cents("188.10"));
    }
    // two groups: both free units are the reduced ones, and nothing is left for the card to pass over
    let lines = vec![gum("4", "99.00"), reduced(gum("2", "99.00"))];
    let quote = price(&for_ana(basket(lines)), Some(&known), &set(&[S11, S12A]));
    assert_eq!(discounts(&quote), [1980, 19800]);
}

#[test]
fn no_more_points_are_taken_than_the_money_needs() {
    let tiny = ("tiny.toml", "id = \"tiny\"\n[purse.points]\nworth = \"0.004\"\n");
    for (wished, taken) in [("4", Some((3, "0.01"))), ("2", None), ("5", Some((5, "0.02")))] {
        let basket = for_ana(wishing(basket(vec![anything("20.00")]), Some(wished)));
        let quote = price(&basket, Some(&known(100, None, None)), &set(&[tiny]));
        let paid = quote.payments.first().map(|paid| (paid.points, paid.money));
        assert_eq!(
            paid,
            taken.map(|(points, money)| (Points::whole(points), cents(money)))
        );
    }
}

#[test]
fn a_second_wish_sees_what_the_first_left() {
    let (programs, known) = (set(&[S1]), known(10, None, None));
    let mut basket = for_ana(wishing(basket(vec![anything("200.00")]), None));
    let second = wishing(basket.clone(), Some("5")).wishes;
    basket.wishes.extend(second);
    let refusal = wish_refusal(&basket, Some(&known), &programs);
    assert!(matches!(refusal, Some(WishRefusal::NotEnough { has, .. }) if has == Points::ZERO));
}

#[test]
fn one_program_says_the_same_refusal_once() {
    let quote = price(&basket(vec![anything("20.00")]), None, &set(&[S11]));
    let mut whys: Vec<&Reason> = quote.declined.iter().map(|declined| &declined.why).collect();
    let all = whys.len();
    whys.dedup();
    assert_eq!((whys.len(), all), (2, 2));
}

#[test]
fn contradicting_files_are_both_named_with_their_values() {
    let files = ["1.00", "2.00"].map(|worth| {
        let id = format!("worth-{}", &worth[..1]);
        let text = format!("id = \"{id}\"\n[purse.points]\nworth = \"{worth}\"\n");
        (format!("shop/{id}.toml"), text)
    });
    let wrong = super::super::program::file::read_all(&files, terms()).expect_err("they differ");
    for part in [
        "shop/worth-1.toml",
        "shop/worth-2.toml",
        "worth",
        "\"1.00\"",
        "\"2.00\"",
    ] {
        assert!(wrong[0].contains(part), "{wrong:?}");
    }
}

#[test]
fn litres_are_no_pieces() {
    let syrup = in_litres(gum("9", "1.00"));
    let quote = price(&basket(vec![syrup]), None, &set(&[S12A]));
    assert_eq!(quote.discount, Money::ZERO);
}

#[rstest]
#[case("1499.99", false)]
#[case("1500.00", true)]
#[case("1500.01", true)]
fn the_card_comes_with_a_purchase_of_fifteen_hundred(#[case] bill: &str, #[case] comes: bool) {
    let basket = for_ana(basket(vec![anything(bill)]));
    let quote = price(&basket, Some(&known(0, None, None)), &set(&[S11]));
    let grants = |change: &Change| matches!(change, Change::Grant { membership, until: None, .. } if *membership == card());
    assert_eq!(quote.changes.iter().any(grants), comes);
    assert_eq!(
        quote.discount,
        Money::ZERO,
        "the sale that earns the card is charged in full"
    );
}

#[test]
fn the_threshold_is_judged_after_unit_offers() {
    // 3 gums of 500.00 and 499.99: one gum is free, 1 499.99 is left
    let lines = vec![gum("3", "500.00"), anything("499.99")];
    let basket = for_ana(basket(lines));
    let quote = price(&basket, Some(&known(0, None, None)), &set(&[S11, S12A]));
    assert!(quote.changes.is_empty());
    let why = Reason::NeedsTotal {
        needs: cents("1500.00"),
        has: cents("1499.99"),
    };
    assert!(quote.declined.iter().any(|declined| declined.why == why));
}

/// born, since when the card counts, bill, discount; the sale is on 2026-02-10 at 12:00.
#[rstest]
#[case(None, "2026-02-09T12:00:00", "5000.00", "250.00")]
#[case(None, "2026-02-09T12:00:00", "50000.00", "2500.00")]
#[case(None, "2026-02-10T12:00:00", "5000.00", "250.00")]
#[case(None, "2026-02-10T12:00:01", "5000.00", "0.00")]
#[case(None, "2026-02-10T11:59:59", "5000.00", "250.00")]
#[case(Some("1990-02-10"), "2026-02-09T12:00:00", "5000.00", "500.00")]
#[case(Some("1990-02-11"), "2026-02-09T12:00:00", "5000.00", "250.00")]
#[case(Some("1990-02-10"), "2026-02-10T12:00:01", "5000.00", "0.00")]
#[case(None, "2026-02-09T12:00:00", "0.10", "0.01")]
#[case(None, "2026-02-09T12:00:00", "0.09", "0.00")]
fn the_card_takes_its_share(
    #[case] born: Option<&str>,
    #[case] since: &str,
    #[case] bill: &str,
    #[case] discount: &str,
) {
    let basket = for_ana(basket(vec![anything(bill)]));
    let quote = price(&basket, Some(&known(0, born, Some(since))), &set(&[S11]));
    assert_eq!(quote.discount, cents(discount));
    assert!(quote.changes.is_empty(), "who has the card is not given it again");
}

#[test]
fn the_card_gives_nothing_on_reduced_goods() {
    let known = known(0, None, Some("2026-01-01T00:00:00"));
    let programs = set(&[S11]);
    let mixed = for_ana(basket(vec![reduced(anything("100.00")), anything("100.00")]));
    assert_eq!(discounts(&price(&mixed, Some(&known), &programs)), [0, 500]);
    let only = for_ana(basket(vec![reduced(anything("100.00"))]));
    let quote = price(&only, Some(&known), &programs);
    assert_eq!(quote.discount, Money::ZERO);
    let whys: Vec<&Reason> = quote.declined.iter().map(|declined| &declined.why).collect();
    assert!(whys.contains(&&Reason::OnlyFullPrice));
}

#[test]
fn the_card_follows_three_for_two_on_what_is_left() {
    // 3 gums at 99.00: 198.00 after phase 2; 5 % of 198.00 + 2.00 = 10.00; 190.00 earns 19
    let basket = for_ana(basket(vec![gum("3", "99.00"), anything("2.00")]));
    let known = known(0, None, Some("2026-01-01T00:00:00"));
    let quote = price(&basket, Some(&known), &set(&[S1, S11, S12A]));
    assert_eq!(
        (quote.total, earned(&quote)),
        (cents("190.00"), Points::whole(19))
    );
    assert_eq!(discounts(&quote), [9900 + 990, 10]);
}

#[test]
fn a_discount_is_rounded_once_not_line_by_line() {
    // 5 % of three times 0.10 is 0.015, rounded once to 0.02: line by line it would be 0.03
    let lines = vec![anything("0.10"), anything("0.10"), anything("0.10")];
    let known = known(0, None, Some("2026-01-01T00:00:00"));
    let quote = price(&for_ana(basket(lines)), Some(&known), &set(&[S11]));
    assert_eq!(discounts(&quote), [1, 1, 0]);
}

#[rstest]
#[case(PriceBasis::TaxInclusive, "118.00", "118.00", "100.00", "18.00")]
#[case(PriceBasis::TaxExclusive, "100.00", "118.00", "100.00", "18.00")]
#[case(PriceBasis::TaxInclusive, "0.99", "0.99", "0.84", "0.15")]
fn tax_is_in_the_price_or_on_top(
    #[case] price_basis: PriceBasis,
    #[case] bill: &str,
    #[case] due: &str,
    #[case] base: &str,
    #[case] tax: &str,
) {
    let terms = Terms {
        price_basis,
        ..terms()
    };
    let basket = basket(vec![taxed(anything(bill), "18")]);
    let quote = price(&basket, None, &set_with(terms, &[]));
    assert_eq!((quote.total, quote.due), (cents(bill), cents(due)));
    assert_eq!(
        (quote.taxes[0].base, quote.taxes[0].tax),
        (cents(base), cents(tax))
    );
}

#[rstest]
#[case("JPY", "1234", 123)]
#[case("KWD", "12.345", 1)]
fn a_currency_keeps_its_own_decimals(#[case] currency: &str, #[case] bill: &str, #[case] points: i64) {
    let programs = set_with(terms_in(currency, PriceBasis::TaxInclusive), &[S1]);
    let basket = for_ana(wishing(basket(vec![anything(bill)]), None));
    let earning = price(&basket, Some(&known(0, None, None)), &programs);
    assert_eq!(earned(&earning), Points::whole(points));
    let paying = price(&basket, Some(&known(2000, None, None)), &programs);
    let unit = programs.terms.currency.money(bill).expect("money");
    assert_eq!((paying.due, paying.paid_with_purses()), (Money::ZERO, unit));
}

fn rules(id: &str, rules: &str) -> (String, String) {
    (format!("{id}.toml"), format!("id = \"{id}\"\n{rules}"))
}

fn own(files: &[(String, String)]) -> ProgramSet {
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    set(&files)
}

#[test]
fn of_member_prices_the_lowest_wins() {
    let programs = own(&[
        rules(
            "a",
            "[[rule]]\nneeds = { goods = { sku = \"ANY\" } }\ngives = { price = \"8.00\" }",
        ),
        rules(
            "b",
            "[[rule]]\nneeds = { goods = { sku = \"ANY\" } }\ngives = { off = \"30 %\" }\nphase = 1",
        ),
        rules(
            "c",
            "[[rule]]\nneeds = { goods = { sku = \"ANY\" } }\ngives = { price = \"12.00\" }",
        ),
    ]);
    let quote = price(&basket(vec![anything("10.00")]), None, &programs);
    assert_eq!(quote.discount, cents("3.00"));
    assert_eq!(quote.applied.len(), 1);
}

#[test]
fn one_unit_takes_part_in_one_unit_offer_unless_both_stack() {
    let half = "[[rule]]\nneeds = { goods = { sku = \"ANY\" } }\ngives = { off = \"50 %\" }\n";
    let stacking = format!("{half}with = \"stack\"\n");
    let alone = own(&[rules("a", half), rules("b", half)]);
    let mixed = own(&[rules("a", half), rules("b", &stacking)]);
    let both = own(&[rules("a", &stacking), rules("b", &stacking)]);
    let basket = basket(vec![anything("10.00")]);
    for (programs, total) in [(alone, "5.00"), (mixed, "5.00"), (both, "2.50")] {
        assert_eq!(price(&basket, None, &programs).total, cents(total));
    }
}

#[test]
fn a_later_phase_acts_on_units_that_an_offer_took() {
    let half = "[[rule]]\nneeds = { goods = { sku = \"ANY\" } }\ngives = { off = \"50 %\" }\n";
    let programs = own(&[rules("a", half), rules("b", &format!("{half}phase = 5\n"))]);
    let quote = price(&basket(vec![anything("10.00")]), None, &programs);
    assert_eq!(quote.total, cents("2.50"));
}

#[test]
fn points_pay_the_tax_on_top_as_well() {
    let terms = Terms {
        price_basis: PriceBasis::TaxExclusive,
        ..terms()
    };
    let basket = for_ana(wishing(basket(vec![taxed(anything("100.00"), "18")]), None));
    let quote = price(&basket, Some(&known(200, None, None)), &set_with(terms, &[S1]));
    assert_eq!(
        (quote.paid_with_purses(), quote.due),
        (cents("118.00"), Money::ZERO)
    );
    assert_eq!(earned(&quote), Points::ZERO);
}

#[test]
fn percent_on_percent_acts_on_the_rest() {
    let programs = own(&[
        rules("a", "[[rule]]\ngives = { off = \"10 %\" }"),
        rules("b", "[[rule]]\ngives = { off = \"20 %\" }"),
    ]);
    let quote = price(&basket(vec![anything("100.00")]), None, &programs);
    assert_eq!(quote.total, cents("72.00"));
}

#[test]
fn of_a_group_the_best_for_the_customer_applies() {
    let one_of =
        |off: &str| format!("[[rule]]\ngives = {{ off = \"{off}\" }}\nwith = {{ one_of = \"g\" }}\n");
    let programs = own(&[rules("a", &one_of("10 %")), rules("b", &one_of("5.00"))]);
    for (bill, total, winner) in [
        ("40.00", "35.00", "b"),
        ("50.00", "45.00", "a"),
        ("60.00", "54.00", "a"),
    ] {
        let quote = price(&basket(vec![anything(bill)]), None, &programs);
        assert_eq!(quote.total, cents(total));
        let winner = ProgramId::parse(winner).expect("a name");
        assert_eq!(quote.applied[0].program, winner);
        assert_eq!(quote.declined[0].why, Reason::OtherIsBetter { program: winner });
        assert!(!quote.greedy);
    }
}

#[test]
fn past_the_bound_the_choice_is_greedy_and_says_so() {
    let group = |n: usize, off: &str| {
        let rule = format!("[[rule]]\ngives = {{ off = \"{off}\" }}\nwith = {{ one_of = \"g{n}\" }}\n");
        rules(&format!("p{n}-{}", off.replace([' ', '%', '.'], "")), &rule)
    };
    let files: Vec<_> = (0..11)
        .flat_map(|n| [group(n, "1.00"), group(n, "2.00")])
        .collect();
    let quote = price(&basket(vec![anything("100.00")]), None, &own(&files));
    assert!(quote.greedy);
    assert_eq!(quote.total, cents("78.00"));
    let exact = price(&basket(vec![anything("100.00")]), None, &own(&files[..20]));
    assert_eq!((exact.greedy, exact.total), (false, cents("80.00")));
}

#[test]
fn fuel_by_the_litre() {
    let programs = own(&[rules(
        "fuel",
        "[[rule]]\nneeds = { goods = { sku = \"DIESEL\" } }\ngives = { off = \"0.05\" }\n\
         [[rule]]\nwho = \"members\"\ngives = { points = 1, per = \"1 l\" }\n",
    )]);
    let diesel = in_litres(line("DIESEL", "fuel", "40", "1.799"));
    let quote = price(
        &for_ana(basket(vec![diesel, anything("5.00")])),
        Some(&known(0, None, None)),
        &programs,
    );
    assert_eq!((quote.total, earned(&quote)), (cents("74.96"), Points::whole(40)));
}

#[test]
fn nothing_goes_below_the_floor_price() {
    let mut article = anything("10.00");
    article.goods.floor_price = Some(super::super::amount::Price::ten_thousandths(90_000));
    let programs = own(&[rules("a", "[[rule]]\ngives = { off = \"50 %\" }")]);
    assert_eq!(
        discounts(&price(&basket(vec![article, anything("10.00")]), None, &programs)),
        [100, 500]
    );
}

#[test]
fn a_paid_membership_ends_the_day_before() {
    let club = "[membership.club]\nmonths = 12\n[[rule]]\nneeds = { goods = { sku = \"ANY\" } }\ngives = { membership = \"club\" }";
    let programs = own(&[rules("club", club)]);
    let quote = price(
        &for_ana(basket(vec![anything("99.00")])),
        Some(&known(0, None, None)),
        &programs,
    );
    let club = MembershipId::parse("club").expect("a name");
    let last = super::super::calendar::Day::parse("2027-02-09").ok();
    assert!(
        matches!(&quote.changes[0], Change::Grant { membership, until, .. } if *membership == club && *until == last)
    );
}

#[test]
fn a_thousand_programs_are_no_burden() {
    let files: Vec<_> = (0..1000)
        .map(|n| {
            let sku = if n % 100 == 0 { "ANY".to_owned() } else { format!("SKU{n}") };
            let rule = format!("[[rule]]\nneeds = {{ goods = {{ sku = \"{sku}\" }} }}\ngives = {{ off = \"1 %\", of = \"basket\" }}\n");
            rules(&format!("p{n:04}"), &rule)
        })
        .collect();
    let quote = price(&basket(vec![anything("100.00")]), None, &own(&files));
    assert_eq!(quote.applied.len(), 10);
}
