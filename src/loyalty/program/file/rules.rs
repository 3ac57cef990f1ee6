//! [[rule]]: who, when, where, needs, with; what it gives is read next door.

use std::collections::BTreeMap;

use jiff::civil::{Time, Weekday};
use toml::de::DeValue;

use super::super::super::amount::Quantity;
use super::super::super::calendar::{Day, Window};
use super::super::super::id::{MembershipId, PartnerId, SiteId, Sku};
use super::super::rule::{Needs, Place, Selector, Who, With};
use super::super::{MembershipTerms, Reward, Rule};
use super::fields::{Fields, Page, Value};
use super::gives::gives;
use super::near::UNDERSTOOD_LATER;

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
