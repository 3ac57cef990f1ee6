//! [[rule]]: who, when, where, needs, gives, with.

use std::collections::BTreeMap;

use jiff::civil::{Time, Weekday};
use toml::de::DeValue;

use super::super::super::amount::{Currency, Money, Points, Price, Quantity, Rate};
use super::super::super::calendar::{Day, Window};
use super::super::super::id::{MembershipId, PartnerId, PurseId, SiteId, Sku};
use super::super::rule::{Needs, Place, Selector, Who, With};
use super::super::{EarnBase, MembershipTerms, Reward, Rule};
use super::fields::{Fields, Page, UNDERSTOOD_LATER, Value, percent};

type Memberships = BTreeMap<MembershipId, MembershipTerms>;

pub(super) fn rule(page: &mut Page, mut fields: Fields, memberships: &Memberships) -> Option<Rule> {
    let who = fields
        .value("who")
        .map(|value| who(page, value))
        .unwrap_or_default();
    let when = fields.table(page, "when").map(|table| window(page, table));
    let at = fields.table(page, "where").map(|table| place(page, table));
    let mut needs = fields
        .table(page, "needs")
        .map(|table| needs(page, table))
        .unwrap_or_default();
    let span = fields.span();
    let gives = match fields.table(page, "gives") {
        Some(table) => gives(page, table, &mut needs),
        None => {
            if !fields.has("gives") {
                page.mistake(span.clone(), "a rule gives nothing", "write gives = { … }");
            }
            None
        }
    };
    let with = fields.value("with").and_then(|value| with(page, value));
    let phase = fields
        .whole(page, "phase", 1..=8)
        .and_then(|phase| u8::try_from(phase).ok());
    fields.finish(page, UNDERSTOOD_LATER.rule);
    let gives = gives?;
    if let Some(phase) = phase.filter(|phase| !gives.may_act_in(*phase)) {
        let found = format!("this rule cannot act in phase {phase}");
        page.mistake(
            span.clone(),
            &found,
            &format!("leave phase out: it acts in phase {}", gives.phase()),
        );
    }
    let needs_every = matches!(gives, Reward::CheapestOfGroup { .. });
    if needs_every != (needs.every > 0) {
        let found = "\"every\" and the cheapest of a group belong together";
        page.mistake(
            span.clone(),
            found,
            "write needs = { every = 3 } with gives = { free = \"cheapest\" }",
        );
    }
    declared(page, span, &gives, &who, memberships);
    Some(Rule {
        who,
        when: when.unwrap_or_default(),
        at: at.unwrap_or_default(),
        needs,
        gives,
        with: with.unwrap_or_default(),
        phase,
    })
}

/// A membership is declared in the file that grants or asks for it, so that a misspelt name cannot pass.
fn declared(
    page: &mut Page,
    span: std::ops::Range<usize>,
    gives: &Reward,
    who: &[Who],
    memberships: &Memberships,
) {
    let asked = who.iter().filter_map(|who| match who {
        Who::Holds(membership) | Who::Lacks(membership) => Some(membership),
        _ => None,
    });
    let given = match gives {
        Reward::Membership(membership) => Some(membership),
        _ => None,
    };
    for membership in asked.chain(given).filter(|name| !memberships.contains_key(name)) {
        let found = format!("the membership \"{membership}\" is not declared in this file");
        page.mistake(span.clone(), &found, &format!("write [membership.{membership}]"));
    }
}

fn who(page: &mut Page, value: Value) -> Vec<Who> {
    match value.get_ref() {
        DeValue::Array(list) => list.iter().flat_map(|one| who(page, one)).collect(),
        DeValue::String(word) => match word.as_ref() {
            "everyone" => Vec::new(),
            "members" => vec![Who::Members],
            "strangers" => vec![Who::Strangers],
            "birthday" => vec![Who::Birthday],
            other => {
                let found = format!("who is \"{other}\"");
                let accepted = "write everyone, members, strangers, birthday, or { group = \"…\" }, \
                                { holds = \"…\" }, { lacks = \"…\" }";
                page.mistake(value.span(), &found, accepted);
                Vec::new()
            }
        },
        _ => match Fields::of(page, "who", value) {
            Some(fields) => who_exactly(page, fields),
            None => Vec::new(),
        },
    }
}

fn who_exactly(page: &mut Page, mut fields: Fields) -> Vec<Who> {
    let group = fields.text(page, "group").map(Who::Group);
    let holds = fields.parsed(page, "holds", MembershipId::parse).map(Who::Holds);
    let lacks = fields.parsed(page, "lacks", MembershipId::parse).map(Who::Lacks);
    fields.finish(page, UNDERSTOOD_LATER.who);
    [group, holds, lacks].into_iter().flatten().collect()
}

pub(super) fn window(page: &mut Page, mut fields: Fields) -> Window {
    let from = fields.parsed(page, "from", Day::parse);
    let until = fields.parsed(page, "until", Day::parse);
    let mut weekdays = Vec::new();
    for (text, span) in fields.texts(page, "weekdays") {
        match weekday(&text) {
            Some(day) => weekdays.push(day),
            None => page.mistake(
                span,
                &format!("\"{text}\" is no weekday"),
                "write mon, tue, wed, thu, fri, sat, sun",
            ),
        }
    }
    let hours = fields.parsed(page, "hours", hours);
    fields.finish(page, &[]);
    Window {
        from,
        until,
        weekdays,
        hours,
    }
}

fn weekday(text: &str) -> Option<Weekday> {
    let days = [
        ("mon", Weekday::Monday),
        ("tue", Weekday::Tuesday),
        ("wed", Weekday::Wednesday),
        ("thu", Weekday::Thursday),
        ("fri", Weekday::Friday),
        ("sat", Weekday::Saturday),
        ("sun", Weekday::Sunday),
    ];
    let known = days.into_iter().find(|(word, _)| *word == text);
    known.map(|(_, day)| day)
}

fn hours(text: &str) -> Result<(Time, Time), String> {
    let wrong = || format!("\"{text}\" are no hours: write \"22:00-06:00\"");
    let (from, until) = text.split_once('-').ok_or_else(wrong)?;
    let time = |part: &str| part.trim().parse::<Time>().map_err(|_| wrong());
    Ok((time(from)?, time(until)?))
}

fn place(page: &mut Page, mut fields: Fields) -> Place {
    let sites = names(page, &mut fields, "site", SiteId::parse);
    let partners = names(page, &mut fields, "partner", PartnerId::parse);
    fields.finish(page, &[]);
    Place { sites, partners }
}

fn names<T, E: std::fmt::Display>(
    page: &mut Page,
    fields: &mut Fields,
    word: &'static str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Vec<T> {
    let mut names = Vec::new();
    for (text, span) in fields.texts(page, word) {
        match parse(&text) {
            Ok(name) => names.push(name),
            Err(error) => page.mistake(span, word, &error.to_string()),
        }
    }
    names
}

fn needs(page: &mut Page, mut fields: Fields) -> Needs {
    let goods = fields
        .table(page, "goods")
        .map(|table| goods(page, table))
        .unwrap_or_default();
    let every = fields.whole(page, "every", 2..=1_000_000);
    let total = fields.money(page, "total");
    let quantity = fields.parsed(page, "quantity", |text| match Quantity::parse(text) {
        Ok(quantity) if quantity > Quantity::ZERO => Ok(quantity),
        _ => Err(format!(
            "\"{text}\" is no quantity: write a number above 0 with at most 3 decimals"
        )),
    });
    fields.finish(page, UNDERSTOOD_LATER.needs);
    Needs {
        goods,
        every: every.and_then(|every| u32::try_from(every).ok()).unwrap_or(0),
        total,
        quantity,
    }
}

fn goods(page: &mut Page, mut fields: Fields) -> Selector {
    let only_texts = |texts: Vec<(String, _)>| texts.into_iter().map(|(text, _)| text).collect();
    let skus = names(page, &mut fields, "sku", Sku::parse);
    let categories = only_texts(fields.texts(page, "category"));
    let brands = only_texts(fields.texts(page, "brand"));
    let unit = fields.text(page, "unit");
    let on_sale = fields.flag(page, "on_sale");
    fields.finish(page, &[]);
    Selector {
        skus,
        categories,
        brands,
        unit,
        on_sale,
    }
}

fn with(page: &mut Page, value: Value) -> Option<With> {
    if let DeValue::String(word) = value.get_ref() {
        if word == "stack" {
            return Some(With::Stack);
        }
        let accepted = "write \"stack\" or { one_of = \"name of the group\" }";
        page.mistake(value.span(), &format!("with is \"{word}\""), accepted);
        return None;
    }
    let mut fields = Fields::of(page, "with", value)?;
    let group = fields.text(page, "one_of");
    fields.finish(page, &[]);
    group.map(With::OneOf)
}

fn gives(page: &mut Page, mut fields: Fields, needs: &mut Needs) -> Option<Reward> {
    let span = fields.span();
    let kinds = ["price", "off", "free", "points", "membership"];
    let named: Vec<&str> = kinds.into_iter().filter(|kind| fields.has(kind)).collect();
    let reward = match named.as_slice() {
        ["price"] => fields.price(page, "price").map(Reward::Price),
        ["off"] => off(page, &mut fields, needs),
        ["free"] => fields
            .one_of(page, "free", &[("cheapest", ())])
            .map(|()| Reward::CheapestOfGroup { off: Rate::ONE }),
        ["points"] => earn(page, &mut fields, needs),
        ["membership"] => fields
            .parsed(page, "membership", MembershipId::parse)
            .map(Reward::Membership),
        [] => {
            // A word that is not understood is answered by itself, below.
            let helpers = ["of", "per", "purse"];
            if fields
                .named()
                .iter()
                .all(|(word, ..)| helpers.contains(&word.as_str()))
            {
                page.mistake(
                    span,
                    "gives names no reward",
                    "write price, off, free, points or membership",
                );
            }
            fields.know(&helpers);
            None
        }
        several => {
            let found = format!("gives names several rewards: {}", several.join(", "));
            page.mistake(span, &found, "write a rule for each");
            None
        }
    };
    fields.know(&kinds);
    fields.finish(page, UNDERSTOOD_LATER.gives);
    reward
}

/// What a reduction falls on.
#[derive(Clone, Copy)]
enum Of {
    Basket,
    Goods,
    Each,
    Cheapest,
}

fn off(page: &mut Page, fields: &mut Fields, needs: &Needs) -> Option<Reward> {
    let words = [
        ("basket", Of::Basket),
        ("goods", Of::Goods),
        ("each", Of::Each),
        ("cheapest", Of::Cheapest),
    ];
    let stated = fields.one_of(page, "of", &words);
    let (text, span) = fields.spanned_text(page, "off")?;
    let is_share = text.trim_end().ends_with('%');
    let default = match (needs.every, is_share, needs.goods.names_goods()) {
        (1.., ..) => Of::Cheapest,
        (0, true, true) => Of::Goods,
        (0, false, true) => Of::Each,
        (0, _, false) => Of::Basket,
    };
    let of = stated.unwrap_or(default);
    let reward = match (of, is_share) {
        (Of::Basket, true) => percent(&text).map(|off| Reward::PercentOffBasket { off }),
        (Of::Goods | Of::Each, true) => percent(&text).map(|off| Reward::PercentOffGoods { off }),
        (Of::Cheapest, true) => percent(&text).map(|off| Reward::CheapestOfGroup { off }),
        (Of::Basket, false) => money_off(page, &text).map(Reward::AmountOffBasket),
        (Of::Each | Of::Goods, false) => match Price::parse(&text) {
            Ok(off) if off > Price::default() => Ok(Reward::AmountOffUnit(off)),
            _ => Err(format!(
                "\"{text}\" is no amount: write \"5 %\" or \"0.05\", above 0"
            )),
        },
        (Of::Cheapest, false) => Err(format!(
            "\"{text}\" off the cheapest: write a percentage, such as \"50 %\""
        )),
    };
    match reward {
        Ok(reward) => Some(reward),
        Err(accepted) => {
            page.mistake(span, "off", &accepted);
            None
        }
    }
}

fn money_off(page: &Page, text: &str) -> Result<Money, String> {
    match page.terms.currency.money(text) {
        Ok(money) if money > Money::ZERO => Ok(money),
        Ok(_) => Err(format!("\"{text}\" is not above 0")),
        Err(error) => Err(error.to_string()),
    }
}

fn earn(page: &mut Page, fields: &mut Fields, needs: &mut Needs) -> Option<Reward> {
    let points = fields.parsed(page, "points", |text| match Points::parse(text) {
        Ok(points) if points > Points::ZERO => Ok(points),
        _ => Err(format!(
            "\"{text}\" are no points: write a number above 0 with at most 3 decimals"
        )),
    });
    let purse = fields.parsed(page, "purse", PurseId::parse);
    let one = Money::minor(10_i64.pow(page.terms.currency.decimals()));
    let currency = page.terms.currency;
    let per = fields.parsed(page, "per", |text| earn_base(currency, text));
    let purse = match (purse, fields.has("purse")) {
        (None, false) => PurseId::parse("points").ok(),
        (purse, _) => purse,
    };
    let per = match (per, fields.has("per")) {
        (None, false) => Some((EarnBase::Amount(one), None)),
        (per, _) => per,
    };
    let (per, unit) = per?;
    // Points by the litre are for goods that are sold by the litre.
    if let Some(unit) = unit {
        needs.goods.unit.get_or_insert(unit);
    }
    Some(Reward::Earn {
        purse: purse?,
        points: points?,
        per,
    })
}

/// "10.00" is an amount, "1 l" a quantity of the goods that are counted in this unit.
fn earn_base(currency: Currency, text: &str) -> Result<(EarnBase, Option<String>), String> {
    let wrong = || {
        format!("\"{text}\": write an amount such as \"10.00\", or a quantity such as \"1 l\" or \"1 each\"")
    };
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
