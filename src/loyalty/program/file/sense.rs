//! Rules whose words are all right and that could never act, or act by half: better a sentence than a rule that is silent.

use super::super::super::amount::Rate;
use super::super::past::Metric;
use super::super::reward::{Cut, EARNING, EarnBase, Pick};
use super::super::rule::{Most, Needs};
use super::super::{Recipient, Reward, Rule};

/// What cannot be in a rule, and what would be accepted.
pub(super) fn senseless(rule: &Rule) -> Option<(&'static str, &'static str)> {
    outside(rule).or_else(|| in_a_sale(rule)).or_else(|| limits(rule))
}

/// Rules that act without a sale: on activities, or at the beginning of a period.
fn outside(rule: &Rule) -> Option<(&'static str, &'static str)> {
    let by_activity = rule.needs.activity.is_some();
    if !by_activity && rule.each.is_none() {
        return None;
    }
    if by_activity && rule.each.is_some() {
        return Some((
            "a rule for an activity and for each period",
            "write a rule for each",
        ));
    }
    if asks_for_goods(&rule.needs) || !rule.at.sites.is_empty() || !rule.at.partners.is_empty() {
        return Some((
            "a rule that acts outside of a sale asks for goods, an amount or a place",
            "leave goods, every, total, quantity, reaches and where out of it",
        ));
    }
    let spends = |past: &super::super::past::Past| matches!(past.metric, Metric::Spent(_));
    match &rule.gives {
        Reward::Earn { to, .. } if !matches!(to, Recipient::Buyer | Recipient::Organisation) => Some((
            "outside of a sale there is no agent, no referrer and no split",
            "leave to out, or write to = \"organisation\"",
        )),
        Reward::Back { .. } if !rule.needs.past.iter().any(spends) => Some((
            "a share of nothing",
            "write needs = { spent = { within = \"last month\" } } beside it",
        )),
        Reward::Share { .. } | Reward::Bring { .. } if !by_activity => {
            Some(("this comes of an activity", "write needs = { activity = \"…\" }"))
        }
        Reward::Earn { .. }
        | Reward::Stamp { .. }
        | Reward::Back { .. }
        | Reward::Share { .. }
        | Reward::Issue { .. }
        | Reward::Bring { .. } => None,
        _ => Some((
            "this cannot be given outside of a sale",
            "give points, a stamp, back, a share or issue a reward; or leave activity and each out",
        )),
    }
}

fn asks_for_goods(needs: &Needs) -> bool {
    let goods = &needs.goods;
    let names = !goods.skus.is_empty() || !goods.categories.is_empty() || !goods.brands.is_empty();
    let prices = goods.on_sale.is_some() || goods.from_price.is_some() || goods.below_price.is_some();
    let others = !needs.contains.is_empty() || !needs.lacks.is_empty() || !needs.set.is_empty();
    let amounts = needs.every > 0 || needs.total.is_some() || needs.quantity.is_some();
    names || prices || others || !goods.except.is_empty() || amounts || needs.reaches.is_some()
}

/// Groups of units, sets and what is reduced of them belong together.
pub(super) fn of_groups(needs: &Needs, gives: &Reward) -> Option<(&'static str, &'static str)> {
    let (of_units, of_groups) = (
        matches!(gives, Reward::UnitsOfGroup { .. }),
        matches!(gives, Reward::WholeGroup { .. }),
    );
    if needs.every > 0 && !of_units && !of_groups {
        return Some((
            "\"every\" and the cheapest of a group belong together",
            "write needs = { every = 3 } with gives = { free = \"cheapest\" }, or of = \"cheapest\", \"dearest\" or \"group\"",
        ));
    }
    if !needs.set.is_empty() && !of_units && !of_groups {
        return Some((
            "a set, and nothing that reduces it",
            "write of = \"group\" or of = \"cheapest\"; to ask for goods only, write contains",
        ));
    }
    if of_groups && needs.every == 0 && needs.set.is_empty() {
        return Some((
            "a group of nothing",
            "write needs = { every = 3 } or needs = { set = [ { sku = \"A\" }, { sku = \"B\" } ] } beside it",
        ));
    }
    if !needs.set.is_empty() && (needs.every > 0 || !needs.goods.is_everything()) {
        return Some((
            "a set beside goods or every",
            "name the goods inside the set, and leave goods and every out",
        ));
    }
    let has_triggers = needs.triggers().next().is_some();
    if has_triggers && (of_groups || needs.every > 0 || !needs.set.is_empty()) {
        return Some((
            "groups of the goods and of what the basket must contain",
            "write every in one of them: contains = { sku = \"A\", every = 2 }, goods = { sku = \"B\" }",
        ));
    }
    if has_triggers && !of_units && !matches!(gives, Reward::AmountOffBasket(_)) {
        return Some((
            "\"every\" in contains, and a reward that is given once",
            "write quantity instead, or give units (of = \"cheapest\") or an amount off the basket",
        ));
    }
    let Reward::UnitsOfGroup {
        cut,
        units,
        pick,
        add,
    } = gives
    else {
        return None;
    };
    let is_grouped = needs.every > 0 || !needs.set.is_empty();
    if is_grouped && i64::from(*units) >= needs.group_size() {
        return Some((
            "as many units reduced as a group has, or more",
            "write units below every, or of = \"group\"",
        ));
    }
    if *pick == Pick::Dearest && (has_triggers || !needs.set.is_empty()) {
        return Some((
            "the dearest of a set",
            "write of = \"cheapest\", or every for units of one kind",
        ));
    }
    let is_one = needs.goods.skus.len() == 1;
    if *add && *cut != Cut::Share(Rate::ONE) {
        return Some((
            "units to add that are not free",
            "write gives = { free = \"cheapest\", add = true }",
        ));
    }
    if *add && (!is_one || !needs.set.is_empty() || *pick == Pick::Dearest) {
        return Some((
            "units to add, and more than one article to take them from",
            "name one sku in goods, and write cheapest",
        ));
    }
    if needs.stamps.is_some() && (*units > 1 || *add || is_grouped) {
        return Some((
            "stamps free one unit for each full card",
            "leave units, add, every and set out",
        ));
    }
    None
}

fn in_a_sale(rule: &Rule) -> Option<(&'static str, &'static str)> {
    let takes_stamps = matches!(rule.gives, Reward::ForStamps { .. } | Reward::Issue { .. });
    if rule.needs.stamps.is_some() && !takes_stamps {
        return Some((
            "stamps are used up by a reward that is free, reduced or issued",
            "write gives = { free = \"cheapest\" }, { off = \"50 %\", of = \"cheapest\" } or { issue = \"…\" }",
        ));
    }
    match &rule.gives {
        Reward::Share { .. } | Reward::Bring { .. } if rule.needs.activity.is_none() => {
            Some(("this comes of an activity", "write needs = { activity = \"…\" }"))
        }
        Reward::Issue { to, .. } if !matches!(to, Recipient::Buyer | Recipient::Organisation) => Some((
            "a reward is issued to the buyer or to his organisation",
            "leave to out, or write to = \"organisation\"",
        )),
        _ => None,
    }
}

/// Limits that nothing would keep.
fn limits(rule: &Rule) -> Option<(&'static str, &'static str)> {
    let is_discount = rule.gives.phase() < EARNING;
    let in_units = match &rule.gives {
        Reward::PercentOffGoods { .. } | Reward::AmountOffUnit(_) => rule.phase != Some(1),
        Reward::UnitsOfGroup { .. } | Reward::ForStamps { .. } => true,
        Reward::Stamp { .. } => rule.needs.activity.is_none(),
        Reward::Earn { per, .. } => matches!(per, EarnBase::Unit(_)) && rule.needs.activity.is_none(),
        _ => false,
    };
    let in_amounts = is_discount
        || matches!(
            rule.gives,
            Reward::Earn { .. } | Reward::Stamp { .. } | Reward::Back { .. } | Reward::Share { .. }
        );
    let in_times = in_amounts || matches!(rule.gives, Reward::Issue { .. } | Reward::Draw { .. });
    rule.limits.iter().find_map(|limit| match limit.most {
        Most::Units(_) if !in_units => Some((
            "a limit in units on what is not given by the unit",
            "write an amount (\"100.00\") or \"2 times\"",
        )),
        Most::Amount(_) if !in_amounts => Some((
            "a limit in an amount on what is no amount",
            "write \"2 times\", or leave it out",
        )),
        Most::Times(_) if !in_times => Some(("a limit on what needs none", "leave it out")),
        _ => None,
    })
}
