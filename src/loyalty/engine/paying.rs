//! Phases 6 and 7: tax on what is left, and what purses pay of it.

use std::collections::BTreeMap;

use super::super::amount::{LARGEST, Money, Points, Price, Rate};
use super::super::basket::{Basket, Wish};
use super::super::id::PurseId;
use super::super::member::Known;
use super::super::program::settings::tax_within;
use super::super::program::{PaysAs, PriceBasis, ProgramSet, PurseTerms};
use super::super::quote::{PursePayment, TaxShare};
use super::super::shown::{SecondFactor, SpendRefusal, may_spend};
use super::bill::Bill;

/// Why a purse cannot be spent as the customer wished.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WishRefusal {
    /// Nobody here knows whose purse it is.
    #[error("only a member who is known here can spend {purse}")]
    NoMember {
        /// The purse.
        purse: PurseId,
    },
    /// No program says what the purse is worth.
    #[error("{purse} cannot pay: no program states what it is worth")]
    CannotPay {
        /// The purse.
        purse: PurseId,
    },
    /// The purse holds less than was wished.
    #[error("{purse} holds {has}, {wished} was asked for")]
    NotEnough {
        /// The purse.
        purse: PurseId,
        /// What was wished.
        wished: Points,
        /// What can be spent.
        has: Points,
    },
    /// The way in which the member was identified does not pay, or not so much.
    #[error("{purse}: {why}")]
    NotSo {
        /// The purse.
        purse: PurseId,
        /// Why.
        why: SpendRefusal,
    },
}

/// The first wish of the basket that must be refused. A wish for "as much as can be" of an empty purse is no mistake.
pub fn wish_refusal(basket: &Basket, known: Option<&Known>, programs: &ProgramSet) -> Option<WishRefusal> {
    let mut asked: BTreeMap<&PurseId, Points> = BTreeMap::new();
    let mut paid = Money::ZERO;
    in_turn(basket, programs).into_iter().find_map(|wish| {
        let purse = wish.purse.clone();
        let Some(known) = known.filter(|_| basket.buyer.is_some()) else {
            return Some(WishRefusal::NoMember { purse });
        };
        let Some(worth) = worth(&programs.purse(&wish.purse)) else {
            return Some(WishRefusal::CannotPay { purse });
        };
        // A wish sees what the wishes before it leave; one for "as much as can be" leaves nothing.
        let before = asked.entry(&wish.purse).or_default();
        let has = known.standing.balance(&wish.purse) - *before;
        let wished = wish.amount.unwrap_or_default();
        *before += wish.amount.unwrap_or(has.max(Points::ZERO));
        if wished > has && !wished.is_zero() {
            return Some(WishRefusal::NotEnough { purse, wished, has });
        }
        let money = pays(wished, worth, programs);
        let may = allowed(basket, wish.amount.map(|_| money), money, paid);
        paid += money;
        may.err().map(|why| WishRefusal::NotSo { purse, why })
    })
}

/// The order in which purses pay, whatever was pressed first: stored value, money of the shop, points.
fn in_turn<'a>(basket: &'a Basket, programs: &ProgramSet) -> Vec<&'a Wish> {
    let mut wishes: Vec<&Wish> = basket.wishes.iter().collect();
    wishes.sort_by_key(|wish| {
        let terms = programs.purse(&wish.purse);
        (!terms.is_gift, !terms.is_money)
    });
    wishes
}

/// How much of `available` this wish may pay in the way the buyer was identified, where `paid` is paid already.
fn allowed(
    basket: &Basket,
    asked: Option<Money>,
    available: Money,
    paid: Money,
) -> Result<Money, SpendRefusal> {
    let how = basket.identified.as_ref();
    let all = may_spend(
        asked.map(|money| money + paid),
        available + paid,
        how,
        SecondFactor::Missing,
    )?;
    Ok((all - paid).max(Money::ZERO))
}

/// Turns wishes into payments. A wish is cut down to the purse's step: nobody is charged more than he asked for. One
/// over the bill is cut to the bill. Money is rounded down to the minor unit, and then only as many points are taken as
/// that money needs, rounded up to the step: what is shown is what is charged, and a balance that covers the bill can
/// pay it all. A wish that would pay nothing takes nothing.
pub(super) fn payments(
    basket: &Basket,
    known: Option<&Known>,
    programs: &ProgramSet,
    bill: &Bill,
) -> Vec<PursePayment> {
    let Some(known) = known.filter(|_| basket.buyer.is_some()) else {
        return Vec::new();
    };
    let mut paid: Vec<PursePayment> = Vec::new();
    // What is a discount to the tax pays for goods only, and comes first: it decides how much tax there is. The rest of
    // the bill is what the customer is asked for, so other purses may pay the tax on top of it as well.
    pay(
        PaysAs::Discount,
        (basket, known, programs),
        bill.total(),
        &mut paid,
    );
    let basis = programs.terms.price_basis;
    let taxes = taxes(basket, bill, basis, off_the_base(&paid, programs));
    let with_tax = bill.total() + on_top(&taxes, basis);
    pay(PaysAs::Tender, (basket, known, programs), with_tax, &mut paid);
    paid
}

/// What purses that lower the taxable base pay.
pub(super) fn off_the_base(payments: &[PursePayment], programs: &ProgramSet) -> Money {
    let lowers = |payment: &&PursePayment| pays_as(&payment.purse, programs) == PaysAs::Discount;
    payments.iter().filter(lowers).map(|payment| payment.money).sum()
}

/// The tax that comes on top of the prices.
pub(super) fn on_top(taxes: &[TaxShare], basis: PriceBasis) -> Money {
    match basis {
        PriceBasis::TaxInclusive => Money::ZERO,
        PriceBasis::TaxExclusive => taxes.iter().map(|share| share.tax).sum(),
    }
}

fn pays_as(purse: &PurseId, programs: &ProgramSet) -> PaysAs {
    let terms = programs.purses.get(purse);
    terms.and_then(|terms| terms.pays_as).unwrap_or_default()
}

fn pay(
    kind: PaysAs,
    (basket, known, programs): (&Basket, &Known, &ProgramSet),
    bill: Money,
    paid: &mut Vec<PursePayment>,
) {
    let wishes = in_turn(basket, programs).into_iter();
    for wish in wishes.filter(|wish| pays_as(&wish.purse, programs) == kind) {
        let spent: Points = paid
            .iter()
            .filter(|p| p.purse == wish.purse)
            .map(|p| p.points)
            .sum();
        let own: Money = paid
            .iter()
            .filter(|p| p.purse == wish.purse)
            .map(|p| p.money)
            .sum();
        let all: Money = paid.iter().map(|payment| payment.money).sum();
        let terms = programs.purse(&wish.purse);
        let Some(worth) = worth(&terms) else { continue };
        let share = share_down(bill, terms.may_pay.unwrap_or(Rate::ONE)) - own;
        let most = share.min(bill - all).max(Money::ZERO);
        let asked = wish.amount.map(|points| pays(points, worth, programs));
        let Ok(most) = allowed(basket, asked, most, all).map(|may| may.min(most)) else {
            continue;
        };
        let has = known.standing.balance(&wish.purse) - spent;
        paid.extend(payment(wish, has, most, &terms, programs));
    }
}

/// What so many points pay, rounded down to the minor unit.
fn pays(points: Points, worth: Price, programs: &ProgramSet) -> Money {
    let minor = Price::minor_unit(programs.terms.currency);
    let money = i128::from(points.units()) * i128::from(worth.units()) / minor;
    Money::minor(i64::try_from(money).unwrap_or(i64::MAX).clamp(0, LARGEST))
}

fn payment(
    wish: &Wish,
    has: Points,
    most: Money,
    terms: &PurseTerms,
    programs: &ProgramSet,
) -> Option<PursePayment> {
    let worth = worth(terms)?;
    let step = terms.step.unwrap_or(Points::ONE);
    let wished = wish.amount.unwrap_or(has);
    if wished <= Points::ZERO || wished > has {
        return None;
    }
    let minor = Price::minor_unit(programs.terms.currency);
    let pays = |points: Points| i128::from(points.units()) * i128::from(worth.units()) / minor;
    // "As much as can be" may use up a rest that is finer than the step, where that pays the whole bill.
    let covers = wish.amount.is_none() && pays(wished) >= i128::from(most.units());
    let points = if covers { wished } else { wished.down_to(step) };
    let money = pays(points).min(i128::from(most.units()));
    let needed = divide_up(money * minor, i128::from(worth.units()));
    let needed = Points::thousandths(i64::try_from(needed).ok()?).up_to(step);
    let (points, money) = (needed.min(points), Money::minor(i64::try_from(money).ok()?));
    // What a purse pays at once may have a least amount.
    let is_enough = terms.least.is_none_or(|least| money >= least);
    (!money.is_zero() && is_enough).then(|| PursePayment {
        purse: wish.purse.clone(),
        points,
        money,
    })
}

fn worth(terms: &PurseTerms) -> Option<Price> {
    terms.worth.filter(|worth| worth.units() > 0)
}

fn divide_up(value: i128, by: i128) -> i128 {
    (value + by - 1) / by
}

fn share_down(money: Money, rate: Rate) -> Money {
    let exact = i128::from(money.units()) * i128::from(rate.units());
    Money::minor(i64::try_from(exact / i128::from(Rate::ONE.units())).unwrap_or(i64::MAX))
}

/// Tax by rate on what is left after discounts, each rate rounded once. What purses take off the taxable base falls on
/// all rates, and on what is not taxed, in proportion.
pub(super) fn taxes(basket: &Basket, bill: &Bill, basis: PriceBasis, off: Money) -> Vec<TaxShare> {
    let mut all: BTreeMap<Option<Rate>, Money> = BTreeMap::new();
    for (line, priced) in basket.lines.iter().zip(&bill.lines) {
        *all.entry(line.goods.tax_rate).or_default() += priced.net;
    }
    if !off.is_zero() {
        let weights: Vec<i128> = all.values().map(|sum| i128::from(sum.units())).collect();
        let parts = off.min(bill.total()).split(&weights);
        for (sum, part) in all.values_mut().zip(parts) {
            *sum -= part;
        }
    }
    let by_rate = all.into_iter().filter_map(|(rate, sum)| Some((rate?, sum)));
    let share = |(rate, sum): (Rate, Money)| match basis {
        PriceBasis::TaxExclusive => TaxShare {
            rate,
            base: sum,
            tax: sum.share(rate),
        },
        PriceBasis::TaxInclusive => {
            let tax = Money::minor(tax_within(sum.units(), rate));
            TaxShare {
                rate,
                base: sum - tax,
                tax,
            }
        }
    };
    by_rate.map(share).collect()
}
