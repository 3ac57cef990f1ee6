//! What a file declares beside its rules: purses and memberships.

use std::collections::BTreeMap;

use super::super::super::amount::{Points, Price};
use super::super::super::id::{MembershipId, NameError, PurseId};
use super::super::{MembershipTerms, PurseTerms};
use super::fields::{Fields, Page};
use super::near::UNDERSTOOD_LATER;

#[derive(Clone, Copy)]
enum Kind {
    Points,
    Money,
}

pub(super) fn purses(page: &mut Page, table: Fields) -> BTreeMap<PurseId, PurseTerms> {
    named(page, table, "a purse", PurseId::parse, purse)
}

pub(super) fn memberships(page: &mut Page, table: Fields) -> BTreeMap<MembershipId, MembershipTerms> {
    named(page, table, "a membership", MembershipId::parse, membership)
}

fn purse(page: &mut Page, mut fields: Fields) -> PurseTerms {
    let kind = fields.one_of(page, "kind", &[("points", Kind::Points), ("money", Kind::Money)]);
    let is_money = matches!(kind, Some(Kind::Money));
    let worth = fields.price(page, "worth");
    let may_pay = fields.percent(page, "may_pay");
    let step = fields.parsed(page, "step", |text| match Points::parse(text) {
        Ok(step) if step > Points::ZERO => Ok(step),
        _ => Err(format!(
            "\"{text}\" is no step: write a number above 0 with at most 3 decimals, such as \"1\""
        )),
    });
    let days = fields
        .whole(page, "days", 0..=36_500)
        .and_then(|days| i32::try_from(days).ok());
    fields.finish(page, UNDERSTOOD_LATER.purse);
    // A money purse counts in the currency: one unit is worth one, and its smallest part is the minor unit.
    PurseTerms {
        worth: worth.or(is_money.then_some(Price::ten_thousandths(10_000))),
        may_pay,
        step: step.or(is_money.then_some(page.terms.currency.step())),
        days,
    }
}

fn membership(page: &mut Page, mut fields: Fields) -> MembershipTerms {
    let months = fields.whole(page, "months", 1..=1_200);
    fields.finish(page, UNDERSTOOD_LATER.membership);
    MembershipTerms {
        months: months.and_then(|months| i32::try_from(months).ok()),
    }
}

/// Tables of one kind by name, such as all of [purse.…].
fn named<K: Ord, T>(
    page: &mut Page,
    table: Fields,
    what: &'static str,
    name: impl Fn(&str) -> Result<K, NameError>,
    read: impl Fn(&mut Page, Fields) -> T,
) -> BTreeMap<K, T> {
    let mut all = BTreeMap::new();
    for (text, span, value) in table.named() {
        let fields = Fields::of(page, what, value);
        match (name(&text), fields) {
            (Ok(name), Some(fields)) => {
                let terms = read(page, fields);
                all.insert(name, terms);
            }
            (Err(error), _) => page.mistake(span, what, &error.to_string()),
            (Ok(_), None) => {}
        }
    }
    all
}
