//! Rules whose words are all right and that could never act, or act by half: better a sentence than a rule that is silent.

use super::super::super::amount::Rate;
use super::super::limit::{Limit, Most, Per};
use super::super::past::Metric;
use super::super::reward::{Cut, EARNING, Pick};
use super::super::rule::Needs;
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
            "a rule that acts outside of a sale asks for goods, an amount, a code or a place",
            "leave goods, every, total, quantity, code, reaches and where out of it",
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
    names
        || prices
        || others
        || !goods.except.is_empty()
        || amounts
        || needs.reaches.is_some()
        || !needs.codes.is_empty()
        || needs.entitlement.is_some()
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
    let phase = rule.phase.unwrap_or(rule.gives.phase());
    let takes_off = (2..EARNING).contains(&phase);
    if rule.needs.stamps.is_some() && !takes_off && !matches!(rule.gives, Reward::Issue { .. }) {
        return Some((
            "stamps are used up by what is free, taken off or issued",
            "write gives = { free = \"cheapest\" }, { off = \"5.00\", of = \"basket\" } or { issue = \"…\" }",
        ));
    }
    if rule.needs.entitlement.is_some() && !takes_off {
        return Some((
            "an entitlement is used up by what is free or taken off",
            "write gives = { off = \"5.00\", of = \"basket\" }; with phase = 1 it would be a price that is used up by nothing",
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
    let by_code = rule.limits.iter().any(|limit| limit.per == Per::Code);
    if by_code && rule.needs.codes.is_empty() {
        return Some((
            "a limit by code on a rule that needs none",
            "write needs = { code = \"…\" }, or a limit in total",
        ));
    }
    let mut limits = rule.limits.iter();
    limits.find_map(|limit| (!rule.keeps(&limit.most)).then(|| not_kept(&limit.most)))
}

/// A limit of the whole file that none of its rules would keep.
pub(super) fn of_file(limits: &[Limit], rules: &[Rule]) -> Option<(&'static str, &'static str)> {
    limits.iter().find_map(|limit| {
        let by_code = limit.per == Per::Code;
        let mut kept = rules.iter().filter(|rule| rule.keeps(&limit.most));
        if kept.clone().next().is_none() {
            return Some(not_kept(&limit.most));
        }
        (by_code && kept.any(|rule| rule.needs.codes.is_empty())).then_some((
            "a limit by code over rules that need none",
            "write needs = { code = \"…\" } in each of them, or a limit in total",
        ))
    })
}

fn not_kept(most: &Most) -> (&'static str, &'static str) {
    match most {
        Most::Units(_) => (
            "a limit in units on what is not given by the unit",
            "write an amount (\"100.00\") or \"2 times\"",
        ),
        Most::Amount(_) => (
            "a limit in an amount on what is no amount",
            "write \"2 times\", or leave it out",
        ),
        Most::Times(_) => ("a limit on what needs none", "leave it out"),
    }
}
