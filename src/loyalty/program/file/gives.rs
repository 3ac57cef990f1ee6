//! What a rule gives: exactly one reward, and on what it falls.

use super::super::super::amount::{Currency, Money, Points, Price, Quantity, Rate};
use super::super::super::id::{CharityId, MembershipId, PurseId, RewardId, Sku};
use super::super::reward::{Cut, Pick};
use super::super::rule::{Contains, Needs};
use super::super::{EarnBase, Recipient, Reward, Settings};
use super::fields::{Fields, Page, percent};
use super::near::UNDERSTOOD_LATER;
use super::settings;

/// The words that each begin a reward of their own.
const KINDS: [&str; 17] = [
    "price",
    "off",
    "free",
    "gift",
    "points",
    "membership",
    "stamp",
    "times",
    "back",
    "share",
    "issue",
    "draw",
    "donate",
    "message",
    "approval",
    "brings",
    "split",
];
/// No tier multiplies by more.
const MOST_TIMES: i64 = 1_000;
/// Words that stand beside them.
const HELPERS: [&str; 13] = [
    "of", "per", "units", "add", "purse", "to", "quantity", "among", "over", "at", "counting", "without",
    "rounded",
];

pub(super) fn gives(page: &mut Page, mut fields: Fields, needs: &mut Needs) -> Option<(Reward, Settings)> {
    let span = fields.span();
    // A split is said beside the points that it splits.
    let is_reward = |kind: &&str| *kind != "split" || !fields.has("points");
    let named: Vec<&str> = KINDS
        .into_iter()
        .filter(|kind| fields.has(kind))
        .filter(is_reward)
        .collect();
    let reward = match named.as_slice() {
        [kind @ ("price" | "off" | "free")] => reduction(page, &mut fields, kind, needs),
        ["gift"] => gift(page, &mut fields, needs),
        ["points"] => earn(page, &mut fields, needs),
        ["membership"] => fields
            .parsed(page, "membership", MembershipId::parse)
            .map(Reward::Membership),
        ["stamp"] => stamp(page, &mut fields),
        ["times"] => times(page, &mut fields),
        ["back"] => {
            let share = fields.percent(page, "back");
            let purse = fields.parsed(page, "purse", PurseId::parse);
            purse
                .zip(share)
                .map(|(purse, share)| Reward::Back { purse, share })
        }
        ["share"] => share_of(page, &mut fields),
        ["issue"] => {
            let quantity = fields.whole(page, "quantity", 1..=1_000_000);
            let quantity = u64::try_from(quantity.unwrap_or(1)).unwrap_or(1);
            let reward = fields.parsed(page, "issue", RewardId::parse);
            let to = recipient(page, &mut fields);
            reward.map(|reward| Reward::Issue { reward, quantity, to })
        }
        ["brings"] => fields
            .text(page, "brings")
            .map(|attribute| Reward::Bring { attribute }),
        ["draw"] => draw(page, &mut fields),
        ["donate"] => {
            let share = fields.percent(page, "donate");
            let charity = fields.parsed(page, "to", CharityId::parse);
            charity
                .zip(share)
                .map(|(charity, share)| Reward::Donate { share, charity })
        }
        ["message"] => fields.text(page, "message").map(Reward::Message),
        ["approval"] => fields
            .one_of(page, "approval", &[("needed", ())])
            .map(|()| Reward::Approval),
        [] | ["split"] => {
            // A word that is not understood is answered by itself, below.
            let known = |word: &str| HELPERS.contains(&word) || word == "split";
            if fields.named().iter().all(|(word, ..)| known(word)) {
                let accepted = format!("write {}", super::near::list(&KINDS[..KINDS.len() - 1]));
                page.mistake(span.clone(), "gives names no reward", &accepted);
            }
            fields.know(&HELPERS);
            None
        }
        several => {
            let found = format!("gives names several rewards: {}", several.join(", "));
            page.mistake(span.clone(), &found, "write a rule for each");
            fields.know(&HELPERS);
            None
        }
    };
    let settings = settings::of_reward(page, &mut fields, reward.as_ref());
    fields.know(&KINDS);
    let before = page.mistakes.len();
    fields.finish(page, UNDERSTOOD_LATER.gives);
    if reward.is_none() && named.len() == 1 && page.mistakes.len() == before && !page.names(&span) {
        let found = format!("{} does not say all that it must", named[0]);
        page.mistake(span, &found, "see its line in docs/vocabulary.md");
    }
    reward.map(|reward| (reward, settings))
}

fn stamp(page: &mut Page, fields: &mut Fields) -> Option<Reward> {
    let stamps = fields.whole(page, "stamp", 1..=1_000).map(Points::whole);
    let purse = fields.parsed(page, "purse", PurseId::parse);
    purse
        .zip(stamps)
        .map(|(purse, stamps)| Reward::Stamp { purse, stamps })
}

fn times(page: &mut Page, fields: &mut Fields) -> Option<Reward> {
    let times = fields.parsed(page, "times", |text| match Rate::parse(text) {
        Ok(times) if times >= Rate::ONE && times.units() <= MOST_TIMES * Rate::ONE.units() => Ok(times),
        _ => Err(format!(
            "\"{text}\" is no multiple: write a number from 1 to {MOST_TIMES}, such as \"1.5\""
        )),
    });
    let purse = fields.parsed(page, "purse", PurseId::parse);
    purse
        .zip(times)
        .map(|(purse, times)| Reward::Times { purse, times })
}

fn share_of(page: &mut Page, fields: &mut Fields) -> Option<Reward> {
    let share = fields.percent(page, "share");
    let purse = fields.parsed(page, "purse", PurseId::parse);
    let of = fields.text(page, "of");
    let over = fields.text(page, "over");
    Some(Reward::Share {
        purse: purse?,
        share: share?,
        of: of?,
        over,
    })
}

fn draw(page: &mut Page, fields: &mut Fields) -> Option<Reward> {
    let chance = fields.percent(page, "draw");
    let mut among = Vec::new();
    for (text, span) in fields.texts(page, "among") {
        match RewardId::parse(&text) {
            Ok(reward) => among.push(reward),
            Err(error) => page.mistake(span, "among", &error.to_string()),
        }
    }
    chance
        .filter(|_| !among.is_empty())
        .map(|chance| Reward::Draw { chance, among })
}

/// `to`, or `split`: into whose account.
fn recipient(page: &mut Page, fields: &mut Fields) -> Recipient {
    let words = [
        ("buyer", Recipient::Buyer),
        ("organisation", Recipient::Organisation),
        ("agent", Recipient::Agent),
        ("referrer", Recipient::Referrer),
    ];
    if let Some(mut table) = fields.table(page, "split") {
        let organisation = table.percent(page, "organisation");
        let consent = table.text(page, "consent");
        if organisation.is_none() && !table.has("organisation") {
            let accepted = "write split = { organisation = \"70 %\" }";
            page.mistake(table.span(), "a split without shares", accepted);
        }
        table.finish(page, &[]);
        return organisation.map_or(Recipient::Buyer, |organisation| Recipient::Split {
            organisation,
            consent,
        });
    }
    let by_word: Vec<(&str, usize)> = words
        .iter()
        .enumerate()
        .map(|(n, (word, _))| (*word, n))
        .collect();
    let at = fields.one_of(page, "to", &by_word);
    at.map_or(Recipient::Buyer, |at| words[at].1.clone())
}

/// What a reduction falls on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Basket,
    Goods,
    Each,
    Cheapest,
    Dearest,
    Group,
}

/// `price`, `off` or `free`: what is reduced, and by how much.
fn reduction(page: &mut Page, fields: &mut Fields, kind: &'static str, needs: &mut Needs) -> Option<Reward> {
    let of = of(page, fields, kind, needs)?;
    let cut = match kind {
        "free" => Some(Cut::Share(Rate::ONE)),
        "price" => fields.price(page, "price").map(Cut::To),
        _ => fields.parsed(page, "off", cut),
    }?;
    let span = fields.span();
    let units = fields.whole(page, "units", 1..=1_000);
    let add = fields.flag(page, "add").unwrap_or(false);
    let currency = page.terms.currency;
    let per = fields.parsed(page, "per", |text| match earn_base(currency, text)? {
        (EarnBase::Once, _) => Err(format!(
            "\"{text}\": write an amount such as \"100.00\", or \"3 each\""
        )),
        base => Ok(base),
    });
    let of_units = matches!(of, Of::Cheapest | Of::Dearest);
    if !of_units && (fields.has("units") || add) {
        let accepted = "leave units and add out, or write of = \"cheapest\"";
        page.mistake(
            span.clone(),
            "units, or add, on what is not given by single units",
            accepted,
        );
        return None;
    }
    if fields.has("per") && (of != Of::Basket || !matches!(cut, Cut::Amount(_))) {
        let accepted = "write { off = \"10.00\", per = \"100.00\" }";
        page.mistake(span.clone(), "per without an amount off the basket", accepted);
        return None;
    }
    let whole = |amount: Price| money_of(currency, amount);
    let reward = match (of, cut) {
        (Of::Basket, Cut::Share(off)) => Ok(Reward::PercentOffBasket { off }),
        (Of::Basket, Cut::To(price)) => whole(price).map(Reward::BasketPrice),
        (Of::Basket, Cut::Amount(off)) => match per {
            None if fields.has("per") => return None,
            None => whole(off).map(Reward::AmountOffBasket),
            Some((per, unit)) => {
                if let Some(unit) = unit {
                    needs.goods.unit.get_or_insert(unit);
                }
                whole(off).map(|off| Reward::AmountPer { off, per })
            }
        },
        (Of::Goods | Of::Each, Cut::Share(off)) => Ok(Reward::PercentOffGoods { off }),
        (Of::Goods | Of::Each, Cut::Amount(off)) => Ok(Reward::AmountOffUnit(off)),
        (Of::Goods | Of::Each, Cut::To(price)) => Ok(Reward::Price(price)),
        (Of::Group, cut) => Ok(Reward::WholeGroup { cut }),
        (Of::Cheapest | Of::Dearest, cut) => Ok(Reward::UnitsOfGroup {
            cut,
            pick: if of == Of::Dearest {
                Pick::Dearest
            } else {
                Pick::Cheapest
            },
            units: u32::try_from(units.unwrap_or(1)).unwrap_or(1),
            add,
        }),
    };
    match reward {
        Ok(reward) => Some(reward),
        Err(accepted) => {
            page.mistake(span, kind, &accepted);
            None
        }
    }
}

/// On what it falls where the file does not say: see "gives" in docs/vocabulary.md.
fn of(page: &mut Page, fields: &mut Fields, kind: &'static str, needs: &Needs) -> Option<Of> {
    let of_units = [("cheapest", Of::Cheapest), ("dearest", Of::Dearest)];
    if kind == "free" {
        return fields.one_of(page, "free", &of_units);
    }
    let words = [
        ("basket", Of::Basket),
        ("goods", Of::Goods),
        ("each", Of::Each),
        of_units[0],
        of_units[1],
        ("group", Of::Group),
    ];
    if fields.has("of") {
        return fields.one_of(page, "of", &words);
    }
    fields.know(&["of"]);
    if kind == "price" && needs.every > 0 {
        let accepted = "write of = \"group\" (any three for it) or of = \"cheapest\" (the third for it)";
        page.mistake(
            fields.span(),
            "a price of a group, or of one unit of it",
            accepted,
        );
        return None;
    }
    let is_share = is_share(fields);
    Some(match () {
        () if !needs.set.is_empty() => Of::Group,
        () if fields.has("per") => Of::Basket,
        () if needs.every > 0 || fields.has("units") || fields.has("add") => Of::Cheapest,
        () if kind == "price" => Of::Goods,
        () if !needs.goods.names_goods() => Of::Basket,
        () if is_share => Of::Goods,
        () => Of::Each,
    })
}

/// Does `off` state a share?
fn is_share(fields: &Fields) -> bool {
    let named = fields.named();
    let off = named.iter().find(|(word, ..)| word == "off");
    off.is_some_and(|(.., value)| {
        value
            .get_ref()
            .as_str()
            .is_some_and(|text| text.trim_end().ends_with('%'))
    })
}

/// "5 %" or "0.05".
fn cut(text: &str) -> Result<Cut, String> {
    if text.trim_end().ends_with('%') {
        return percent(text).map(Cut::Share);
    }
    match Price::parse(text) {
        Ok(off) if off > Price::default() => Ok(Cut::Amount(off)),
        _ => Err(format!(
            "\"{text}\" is no amount: write \"5 %\" or \"0.05\", above 0"
        )),
    }
}

/// A whole amount of the currency.
fn money_of(currency: Currency, price: Price) -> Result<Money, String> {
    currency
        .money(&price.text(currency))
        .map_err(|error| error.to_string())
}

/// A gift: goods that are free, and added where they are missing. What the rule needs is beside them, and not acted on.
fn gift(page: &mut Page, fields: &mut Fields, needs: &mut Needs) -> Option<Reward> {
    let sku = fields.parsed(page, "gift", Sku::parse);
    let units = fields.whole(page, "units", 1..=1_000);
    let units = u32::try_from(units.unwrap_or(1)).unwrap_or(1);
    if needs.quantity.is_some() || !needs.set.is_empty() {
        let accepted = "write needs = { contains = { category = \"…\", quantity = \"2\" } }";
        page.mistake(fields.span(), "a gift for a quantity or a set", accepted);
        return None;
    }
    let goods = std::mem::take(&mut needs.goods);
    if !goods.is_everything() || needs.every > 0 {
        needs.contains.push(Contains {
            goods,
            every: std::mem::take(&mut needs.every),
            ..Contains::default()
        });
    }
    needs.goods.skus = vec![sku?];
    Some(Reward::UnitsOfGroup {
        cut: Cut::Share(Rate::ONE),
        pick: Pick::Cheapest,
        units,
        add: true,
    })
}

fn earn(page: &mut Page, fields: &mut Fields, needs: &mut Needs) -> Option<Reward> {
    let points = fields.units(page, "points");
    let purse = fields.parsed(page, "purse", PurseId::parse);
    let one = Money::minor(10_i64.pow(page.terms.currency.decimals()));
    let currency = page.terms.currency;
    let per = fields.parsed(page, "per", |text| earn_base(currency, text));
    let purse = match (purse, fields.has("purse")) {
        (None, false) => PurseId::parse("points").ok(),
        (purse, _) => purse,
    };
    let per = match (per, fields.has("per")) {
        (None, false) if needs.activity.is_some() => Some((EarnBase::Once, None)),
        (None, false) => Some((EarnBase::Amount(one), None)),
        (per, _) => per,
    };
    let (per, unit) = per?;
    // Points by the litre are for goods that are sold by the litre.
    if let Some(unit) = unit {
        needs.goods.unit.get_or_insert(unit);
    }
    let to = recipient(page, fields);
    Some(Reward::Earn {
        purse: purse?,
        points: points?,
        per,
        to,
    })
}

/// "10.00" is an amount, "1 l" a quantity of the goods that are counted in this unit.
fn earn_base(currency: Currency, text: &str) -> Result<(EarnBase, Option<String>), String> {
    let wrong = || {
        format!(
            "\"{text}\": write an amount such as \"10.00\", a quantity such as \"1 l\" or \"1 each\", \"sale\" or \"activity\""
        )
    };
    if matches!(text, "sale" | "activity") {
        return Ok((EarnBase::Once, None));
    }
    if let Some((number, unit)) = text.split_once(' ') {
        let quantity = Quantity::parse(number).map_err(|_| wrong())?;
        let is_good = quantity > Quantity::ZERO && !unit.trim().is_empty();
        let base = (EarnBase::Unit(quantity), Some(unit.trim().to_owned()));
        return is_good.then_some(base).ok_or_else(wrong);
    }
    let money = currency.money(text).map_err(|error| error.to_string())?;
    let base = (EarnBase::Amount(money), None);
    (money > Money::ZERO).then_some(base).ok_or_else(wrong)
}
