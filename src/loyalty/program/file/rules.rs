//! [[rule]]: who, when, where, needs, with; what it gives is read next door.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::{Time, Weekday};
use toml::de::DeValue;

use super::super::super::amount::{Currency, Money, Points, Quantity};
use super::super::super::basket::{LONGEST_CODE, is_code};
use super::super::super::calendar::{Day, Period, Window};
use super::super::super::id::{
    LadderId, MembershipId, OrganisationId, PartnerId, PurseId, RewardId, SiteId, Sku,
};
use super::super::limit::{Limit, Most, Per, normal};
use super::super::past::{Metric, Past, Whose};
use super::super::reward::{COUPONS, Cut};
use super::super::rule::{Activity, Contains, Needs, Place, Portion, Selector, Step, Who, With};
use super::super::{Ladder, MembershipTerms, Reward, RewardTerms, Rule};
use super::fields::{Fields, Page, Value};
use super::gives::gives;
use super::near::{UNDERSTOOD_LATER, perhaps};
use super::{sense, settings};

type Span = Range<usize>;

/// What the file declares beside its rules, so that a misspelt name cannot pass.
pub(super) struct Declared<'a> {
    pub memberships: &'a BTreeMap<MembershipId, MembershipTerms>,
    pub ladders: &'a BTreeMap<LadderId, Ladder>,
    pub rewards: &'a BTreeMap<RewardId, RewardTerms>,
}

pub(super) fn rule(page: &mut Page, mut fields: Fields, names: &Declared) -> Option<Rule> {
    let begins = page.mistakes.len();
    let who = fields
        .value("who")
        .map(|value| who(page, value))
        .unwrap_or_default();
    let (when, each) = fields
        .table(page, "when")
        .map(|table| moment(page, table))
        .unwrap_or_default();
    let at = fields.table(page, "where").map(|table| place(page, table));
    let before = page.mistakes.len();
    let mut needs = fields
        .table(page, "needs")
        .map(|table| needs(page, table))
        .unwrap_or_default();
    let needs_are_read = page.mistakes.len() == before;
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
    let limits = fields
        .table(page, "limit")
        .map(|table| limits(page, table))
        .unwrap_or_default();
    let with = fields.value("with").and_then(|value| with(page, value));
    let phase = fields
        .whole(page, "phase", 1..=8)
        .and_then(|phase| u8::try_from(phase).ok());
    fields.finish(page, UNDERSTOOD_LATER.rule);
    let (gives, settings) = gives?;
    if let Some(phase) = phase.filter(|phase| !gives.may_act_in(*phase)) {
        let found = format!("this rule cannot act in phase {phase}");
        page.mistake(
            span.clone(),
            &found,
            &format!("leave phase out: it acts in phase {}", gives.phase()),
        );
    }
    // A coupon that takes money off acts after all other offers, unless the file says otherwise.
    let is_coupon = !needs.codes.is_empty() && gives.is_off_the_basket();
    let phase = phase.or(is_coupon.then_some(COUPONS));
    let gives = match gives {
        // With stamps it is a full card, and not a group of units, that frees one.
        Reward::UnitsOfGroup {
            cut: Cut::Share(off), ..
        } if needs.stamps.is_some() => Reward::ForStamps { off },
        gives => gives,
    };
    if let Some((found, accepted)) = sense::of_groups(&needs, &gives).filter(|_| needs_are_read) {
        page.mistake(span.clone(), found, accepted);
    }
    declared(page, span.clone(), (&gives, &who, &needs), names);
    let rule = Rule {
        who,
        when,
        limits,
        each,
        at: at.unwrap_or_default(),
        needs,
        gives,
        with: with.unwrap_or_default(),
        phase,
        settings,
    };
    // One mistake at a time: a rule that was not read right is not judged as a whole.
    if let Some((found, accepted)) = sense::senseless(&rule).filter(|_| page.mistakes.len() == begins) {
        page.mistake(span, found, accepted);
    }
    Some(rule)
}

/// Memberships, ladders and rewards are declared in the file that gives or asks for them.
fn declared(
    page: &mut Page,
    span: std::ops::Range<usize>,
    (gives, who, needs): (&Reward, &[Who], &Needs),
    names: &Declared,
) {
    who_is_declared(page, span.clone(), who, (names.memberships, names.ladders));
    let rewards = || {
        names
            .rewards
            .keys()
            .map(ToString::to_string)
            .collect::<Vec<String>>()
    };
    let memberships = || {
        names
            .memberships
            .keys()
            .map(ToString::to_string)
            .collect::<Vec<String>>()
    };
    let mut missing = |what: &str, name: &str| {
        let known = match what {
            "reward" => rewards(),
            "membership" => memberships(),
            _ => tiers(names.ladders),
        };
        not_declared(page, span.clone(), (what, name), &known);
    };
    if let Some((ladder, tier)) = &needs.reaches {
        match names.ladders.get(ladder) {
            None => missing("ladder", ladder.as_str()),
            Some(terms) if terms.levels.iter().all(|level| level.name != *tier) => {
                missing("tier", &format!("{ladder}/{tier}"));
            }
            Some(_) => {}
        }
    }
    if let Some(reward) = needs
        .entitlement
        .as_ref()
        .filter(|reward| !names.rewards.contains_key(*reward))
    {
        missing("reward", reward.as_str());
    }
    match gives {
        Reward::Membership(name) if !names.memberships.contains_key(name) => {
            missing("membership", name.as_str())
        }
        Reward::Issue { reward, .. } if !names.rewards.contains_key(reward) => {
            missing("reward", reward.as_str())
        }
        Reward::Draw { among, .. } => {
            for reward in among.iter().filter(|reward| !names.rewards.contains_key(*reward)) {
                missing("reward", reward.as_str());
            }
        }
        _ => {}
    }
}

/// `known` are the names of which one may have been meant.
fn not_declared(page: &mut Page, span: Span, (what, name): (&str, &str), known: &[String]) {
    let found = format!("the {what} \"{name}\" is not declared in this file");
    let write = match what {
        "tier" => "write one of its ladder's levels".to_owned(),
        _ => format!("write [{what}.{name}]"),
    };
    let accepted = perhaps(name, known.iter().map(String::as_str), &write);
    page.mistake(span, &found, &accepted);
}

/// Ladders, and their tiers as rules name them.
fn tiers(ladders: &BTreeMap<LadderId, Ladder>) -> Vec<String> {
    let tiers = ladders.iter().flat_map(|(id, terms)| {
        terms
            .levels
            .iter()
            .map(move |level| format!("{id}/{}", level.name))
    });
    ladders.keys().map(ToString::to_string).chain(tiers).collect()
}

/// What `who` of a rule, or of a reward of the catalogue, names must be declared in the same file.
pub(super) fn who_is_declared(
    page: &mut Page,
    span: std::ops::Range<usize>,
    who: &[Who],
    (memberships, ladders): (
        &BTreeMap<MembershipId, MembershipTerms>,
        &BTreeMap<LadderId, Ladder>,
    ),
) {
    let mut missing = |what: &str, name: &str| {
        let known = match what {
            "membership" => memberships.keys().map(ToString::to_string).collect(),
            _ => tiers(ladders),
        };
        not_declared(page, span.clone(), (what, name), &known);
    };
    for one in who {
        match one {
            Who::Holds(name) | Who::Lacks(name) if !memberships.contains_key(name) => {
                missing("membership", name.as_str());
            }
            Who::Tier(ladder, tier) => match ladders.get(ladder) {
                None => missing("ladder", ladder.as_str()),
                Some(terms) if terms.levels.iter().all(|level| level.name != *tier) => {
                    missing("tier", &format!("{ladder}/{tier}"));
                }
                Some(_) => {}
            },
            _ => {}
        }
    }
}

pub(super) fn who(page: &mut Page, value: Value) -> Vec<Who> {
    match value.get_ref() {
        DeValue::Array(list) => list.iter().flat_map(|one| who(page, one)).collect(),
        DeValue::String(word) => match word.as_ref() {
            "everyone" => Vec::new(),
            "members" => vec![Who::Members],
            "strangers" => vec![Who::Strangers],
            "birthday" => vec![Who::Birthday],
            "friend" => vec![Who::Friend],
            "organisation" => vec![Who::Organisation(None)],
            other => {
                let found = format!("who is \"{other}\"");
                let accepted = "write everyone, members, strangers, birthday, friend, organisation, or \
                                { group = \"…\" }, { holds = \"…\" }, { lacks = \"…\" }, { tier = \"ladder/tier\" }, \
                                { organisation = \"…\" }, { consent = \"…\" }, { interest = \"…\" }";
                let words = [
                    "everyone",
                    "members",
                    "strangers",
                    "birthday",
                    "friend",
                    "organisation",
                ];
                let accepted = perhaps(other, words.into_iter(), accepted);
                page.mistake(value.span(), &found, &accepted);
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
    let tier = fields.parsed(page, "tier", tier);
    let organisation = fields
        .parsed(page, "organisation", OrganisationId::parse)
        .map(|name| Who::Organisation(Some(name)));
    let consent = fields.text(page, "consent").map(Who::Consent);
    let interest = fields.text(page, "interest").map(Who::Interest);
    let february = fields.one_of(page, "birthday", &[("1 March", false), ("28 February", true)]);
    let birthday = february.map(|february| match february {
        true => Who::BirthdayInFebruary,
        false => Who::Birthday,
    });
    if fields.named().is_empty() {
        page.mistake(
            fields.span(),
            "who names nobody",
            "write who = \"members\", or { group = \"…\" }",
        );
    }
    fields.finish(page, UNDERSTOOD_LATER.who);
    let all = [
        group,
        holds,
        lacks,
        tier,
        organisation,
        consent,
        interest,
        birthday,
    ];
    all.into_iter().flatten().collect()
}

/// "flying-club/silver": the ladder and the tier.
fn tier(text: &str) -> Result<Who, String> {
    let parts = text.split_once('/').filter(|(_, tier)| !tier.is_empty());
    let read =
        parts.and_then(|(ladder, tier)| Some(Who::Tier(LadderId::parse(ladder).ok()?, tier.to_owned())));
    read.ok_or_else(|| {
        format!("\"{text}\" is no tier: write \"ladder/tier\", such as \"flying-club/silver\"")
    })
}

/// When a rule acts: in sales that fall into a window, or at the beginning of each period.
fn moment(page: &mut Page, mut fields: Fields) -> (Window, Option<Period>) {
    let words = [
        ("month", Period::Month),
        ("quarter", Period::Quarter),
        ("year", Period::Year),
    ];
    let each = fields.one_of(page, "each", &words);
    (window(page, fields), each)
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
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        page.mistake(
            fields.span(),
            "a window that ends before it begins",
            "write a later \"until\"",
        );
    }
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
    let contains = fields
        .tables_or_one(page, "contains")
        .into_iter()
        .map(|table| contains(page, table))
        .collect();
    let lacks = fields
        .tables_or_one(page, "lacks")
        .into_iter()
        .map(|table| stated_goods(page, table, "lacks"))
        .collect();
    let set = set(page, &mut fields);
    let currency = page.terms.currency;
    let total = step(page, &mut fields, "total", |text| above_zero(currency, text));
    let quantity = step(page, &mut fields, "quantity", some_quantity);
    let total_at = fields.one_of(page, "at", &settings::STAGES);
    if total_at.is_some() && !fields.has("total") {
        let found = "\"at\" without an amount to look at";
        page.mistake(fields.span(), found, "write total = \"100.00\" beside it");
    }
    let purse = fields.parsed(page, "purse", PurseId::parse);
    let stamps = fields.whole(page, "stamps", 1..=1_000_000);
    if purse.is_some() && !fields.has("stamps") {
        page.mistake(
            fields.span(),
            "a purse without stamps",
            "write stamps = 10 beside it",
        );
    }
    if stamps.is_some() && purse.is_none() && !fields.has("purse") {
        page.mistake(
            fields.span(),
            "stamps of no purse",
            "write needs = { stamps = 10, purse = \"…\" }",
        );
    }
    let past = past(page, &mut fields);
    let codes = codes(page, &mut fields);
    let entitlement = fields.parsed(page, "entitlement", RewardId::parse);
    let activity = fields.text(page, "activity");
    let once_per = fields.text(page, "once_per");
    let reaches = fields.parsed(page, "reaches", tier).and_then(|who| match who {
        Who::Tier(ladder, tier) => Some((ladder, tier)),
        _ => None,
    });
    if once_per.is_some() && activity.is_none() {
        page.mistake(
            fields.span(),
            "once_per without an activity",
            "write activity = \"…\" beside it",
        );
    }
    fields.finish(page, UNDERSTOOD_LATER.needs);
    Needs {
        stamps: purse
            .zip(stamps)
            .map(|(purse, stamps)| (purse, Points::whole(stamps))),
        past,
        reaches,
        activity: activity.map(|kind| Activity { kind, once_per }),
        goods,
        every: every.and_then(|every| u32::try_from(every).ok()).unwrap_or(0),
        contains,
        lacks,
        set,
        total,
        total_at: total_at.unwrap_or_default(),
        quantity,
        codes,
        entitlement,
    }
}

/// "3", or `{ from = "3", below = "5" }`.
fn step<T: PartialOrd + Copy>(
    page: &mut Page,
    fields: &mut Fields,
    word: &'static str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Option<Step<T>> {
    let is_table = |value: &Value| matches!(value.get_ref(), DeValue::Table(_));
    if fields.value(word).filter(is_table).is_none() {
        let from = fields.parsed(page, word, read)?;
        return Some(Step { from, below: None });
    }
    let mut table = fields.table(page, word)?;
    let from = table.parsed(page, "from", &read);
    let below = table.parsed(page, "below", &read);
    let span = table.span();
    let has_from = table.has("from");
    table.finish(page, &[]);
    if !has_from {
        let accepted = format!("write {word} = {{ from = \"3\", below = \"5\" }}");
        page.mistake(span, &format!("{word} begins nowhere"), &accepted);
        return None;
    }
    if from.zip(below).is_some_and(|(from, below)| below <= from) {
        let found = format!("a step of {word} that ends before it starts");
        page.mistake(span, &found, "write a larger \"below\"");
    }
    from.map(|from| Step { from, below })
}

fn above_zero(currency: Currency, text: &str) -> Result<Money, String> {
    match currency.money(text) {
        Ok(money) if money > Money::ZERO => Ok(money),
        Ok(_) => Err(format!("\"{text}\" is not above 0")),
        Err(error) => Err(error.to_string()),
    }
}

fn some_quantity(text: &str) -> Result<Quantity, String> {
    match Quantity::parse(text) {
        Ok(quantity) if quantity > Quantity::ZERO => Ok(quantity),
        _ => Err(format!(
            "\"{text}\" is no quantity: write a number above 0 with at most 3 decimals"
        )),
    }
}

/// What must be in the basket besides the goods that the reward acts on.
fn contains(page: &mut Page, mut fields: Fields) -> Contains {
    let currency = page.terms.currency;
    let goods = words_of_goods(page, &mut fields);
    let quantity = fields.parsed(page, "quantity", some_quantity);
    let amount = fields.parsed(page, "amount", |text| above_zero(currency, text));
    let every = fields.whole(page, "every", 1..=1_000_000);
    if fields.named().is_empty() {
        let accepted = "write contains = { category = \"…\", quantity = \"2\" }, or amount = \"50.00\"";
        page.mistake(fields.span(), "contains names nothing", accepted);
    }
    fields.finish(page, &[]);
    Contains {
        goods,
        quantity,
        amount,
        every: every.and_then(|every| u32::try_from(every).ok()).unwrap_or(0),
    }
}

/// Goods that may not be all of them.
fn stated_goods(page: &mut Page, fields: Fields, word: &str) -> Selector {
    let span = fields.span();
    let is_empty = fields.named().is_empty();
    let goods = goods(page, fields);
    if is_empty {
        let found = format!("{word} names no goods");
        page.mistake(
            span,
            &found,
            "name them: sku, category, brand, unit, on_sale or a price",
        );
    }
    goods
}

/// The most portions of a set.
const MOST_PORTIONS: usize = 6;

/// Goods that make a group together: `[{ sku = "A" }, { category = "b", quantity = 2 }]`.
fn set(page: &mut Page, fields: &mut Fields) -> Vec<Portion> {
    let span = fields.span();
    let mut all = Vec::new();
    for mut table in fields.tables(page, "set") {
        let goods = words_of_goods(page, &mut table);
        let pieces = table.whole(page, "quantity", 1..=1_000);
        if goods.is_everything() && page.mistakes.is_empty() {
            let accepted =
                "name the goods of each portion: { sku = \"A\" } or { category = \"b\", quantity = 2 }";
            page.mistake(table.span(), "a portion of a set without goods", accepted);
        }
        table.finish(page, &[]);
        let pieces = pieces.and_then(|pieces| u32::try_from(pieces).ok()).unwrap_or(1);
        all.push(Portion { goods, pieces });
    }
    let is_one = all.len() == 1 && all.iter().all(|portion| portion.pieces == 1);
    if all.len() > MOST_PORTIONS || is_one {
        let found = format!("a set of {} portions", all.len());
        page.mistake(
            span,
            &found,
            "name two to six portions, or write every for units of one kind",
        );
    }
    all
}

/// What must have been: `spent`, `bought`, `earned` or `order`.
fn past(page: &mut Page, fields: &mut Fields) -> Vec<Past> {
    let mut all = Vec::new();
    for (word, counts) in [
        ("spent", Counts::Money),
        ("bought", Counts::Quantity),
        ("earned", Counts::Points),
    ] {
        let Some(table) = fields.table(page, word) else {
            continue;
        };
        all.extend(steps(page, table, counts));
    }
    all.extend(order(page, fields));
    all
}

/// `order = 3`, `{ every = 5 }` for each fifth, or `{ from = 2, below = 4 }`.
fn order(page: &mut Page, fields: &mut Fields) -> Option<Past> {
    const ORDERS: std::ops::RangeInclusive<i64> = 1..=1_000_000;
    let sales = |from: i64, below: Option<i64>, every: i64| Past {
        metric: Metric::Sales,
        whose: Whose::Member,
        from,
        below,
        every,
        within: Period::Ever,
        with_this: false,
    };
    let is_table = |value: &Value| matches!(value.get_ref(), DeValue::Table(_));
    if fields.value("order").filter(is_table).is_none() {
        let order = fields.whole(page, "order", ORDERS)?;
        return Some(sales(order - 1, Some(order), 0));
    }
    let mut table = fields.table(page, "order")?;
    let every = table.whole(page, "every", 2..=1_000_000);
    let from = table.whole(page, "from", ORDERS);
    let below = table.whole(page, "below", ORDERS);
    let span = table.span();
    let is_empty = table.named().is_empty();
    table.finish(page, &[]);
    let from = from.unwrap_or(1);
    if is_empty || below.is_some_and(|below| below <= from) {
        let accepted = "write order = 3, { every = 5 } or { from = 2, below = 4 }";
        page.mistake(span, "an order that never comes", accepted);
    }
    Some(sales(from - 1, below.map(|below| below - 1), every.unwrap_or(0)))
}

/// What a table about the past counts.
#[derive(Clone, Copy)]
enum Counts {
    Money,
    Quantity,
    Points,
}

fn steps(page: &mut Page, mut fields: Fields, counts: Counts) -> Option<Past> {
    let currency = page.terms.currency;
    let amount = |text: &str| -> Result<i64, String> {
        let units = match counts {
            Counts::Money => currency.money(text).map(|money| money.units()),
            Counts::Quantity => Quantity::parse(text).map(Quantity::units),
            Counts::Points => Points::parse(text).map(Points::units),
        };
        match units {
            Ok(units) if units >= 0 => Ok(units),
            Ok(_) => Err(format!("\"{text}\" is below 0")),
            Err(error) => Err(error.to_string()),
        }
    };
    let from = fields.parsed(page, "from", amount);
    let below = fields.parsed(page, "below", amount);
    let within = period(page, &mut fields);
    let whose = whose(page, &mut fields);
    let with_this = fields.flag(page, "with_this").unwrap_or(false);
    let with_bonus = match counts {
        Counts::Points => fields.flag(page, "with_bonus").unwrap_or(false),
        _ => false,
    };
    let purse = match counts {
        Counts::Points => fields.parsed(page, "purse", PurseId::parse),
        _ => None,
    };
    let span = fields.span();
    let selector = match counts {
        Counts::Points => None,
        _ => fields.table(page, "goods").map(|table| goods(page, table)),
    };
    fields.finish(page, &[]);
    if below.is_some_and(|below| below <= from.unwrap_or(0)) {
        page.mistake(
            span.clone(),
            "a step that ends before it starts",
            "write a \"below\" above \"from\"",
        );
    }
    let metric = match counts {
        Counts::Money => Metric::Spent(selector.unwrap_or_default()),
        Counts::Quantity => Metric::Bought(selector.unwrap_or_default()),
        Counts::Points => match purse {
            Some(purse) if with_bonus => Metric::EarnedInAll(purse),
            Some(purse) => Metric::Earned(purse),
            None => {
                page.mistake(span, "earned names no purse", "write purse = \"…\" beside it");
                return None;
            }
        },
    };
    Some(Past {
        metric,
        whose,
        from: from.unwrap_or(0),
        below,
        every: 0,
        within,
        with_this,
    })
}

/// `within`: "30 days", "12 months", "calendar month" and so on; all days where nothing is stated.
pub(super) fn period(page: &mut Page, fields: &mut Fields) -> Period {
    let read = |text: &str| {
        Period::parse(text).ok_or_else(|| {
            let words: Vec<&str> = Period::WORDS.iter().map(|(word, _)| *word).collect();
            format!(
                "\"{text}\" is no period: write \"30 days\", \"12 months\", {}",
                super::near::list(&words)
            )
        })
    };
    fields.parsed(page, "within", read).unwrap_or(Period::Ever)
}

/// `of`: whose past, tier or membership it is.
pub(super) fn whose(page: &mut Page, fields: &mut Fields) -> Whose {
    let words = [("member", Whose::Member), ("organisation", Whose::Organisation)];
    fields.one_of(page, "of", &words).unwrap_or_default()
}

/// How much at most: in a sale, by member and period, for each code, or in all.
fn limits(page: &mut Page, mut fields: Fields) -> Vec<Limit> {
    let mut all = limits_named(page, &mut fields, &[("sale", Per::Sale)]);
    all.extend(limits_named(page, &mut fields, &FOR_ALL_RULES));
    fields.finish(page, UNDERSTOOD_LATER.limit);
    all
}

/// `limit` at the top of the file: all its rules together.
pub(super) fn limits_of_file(page: &mut Page, fields: &mut Fields) -> Vec<(Limit, Span)> {
    let Some(mut table) = fields.table(page, "limit") else {
        return Vec::new();
    };
    let span = table.span();
    let all = limits_named(page, &mut table, &FOR_ALL_RULES);
    table.finish(page, UNDERSTOOD_LATER.limit);
    all.into_iter().map(|limit| (limit, span.clone())).collect()
}

const FOR_ALL_RULES: [(&str, Per); 7] = [
    ("day", Per::Member(Period::Days(0))),
    ("month", Per::Member(Period::Month)),
    ("quarter", Per::Member(Period::Quarter)),
    ("year", Per::Member(Period::Year)),
    ("member", Per::Member(Period::Ever)),
    ("code", Per::Code),
    ("total", Per::Total),
];

fn limits_named(page: &mut Page, fields: &mut Fields, words: &[(&'static str, Per)]) -> Vec<Limit> {
    let mut all = Vec::new();
    for (word, per) in words {
        let most = fields.parsed(page, word, most);
        all.extend(most.map(|most| Limit { per: *per, most }));
    }
    all
}

/// Codes of which one must be shown; each once.
fn codes(page: &mut Page, fields: &mut Fields) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    let found = fields.texts(page, "code");
    if found.is_empty() && fields.has("code") && !page.names(&fields.span()) {
        page.mistake(fields.span(), "a list without a code", "write code = \"WELCOME\"");
    }
    for (text, span) in found {
        let code = normal(&text);
        if !is_code(&text) {
            let accepted = format!(
                "write 1 to {LONGEST_CODE} characters that are no payment card's number, such as \"WELCOME\""
            );
            page.mistake(span, "code", &accepted);
        } else if !codes.insert(code.clone()) {
            let found = format!("the code \"{code}\" stands here twice");
            page.mistake(span, &found, "write it once: upper and lower case are alike");
        }
    }
    codes
}

/// "30 l" are units, "100.00" an amount, "2 times" how often.
fn most(text: &str) -> Result<Most, String> {
    let wrong = || {
        format!(
            "\"{text}\" is no limit: write units (\"30 l\"), an amount (\"100.00\") or \"2 times\", above 0"
        )
    };
    match text.split_once(' ') {
        Some((times, "time" | "times")) => match times.parse() {
            Ok(times @ 1..) => Ok(Most::Times(times)),
            _ => Err(wrong()),
        },
        Some((number, _)) => match Quantity::parse(number) {
            Ok(units) if units > Quantity::ZERO => Ok(Most::Units(units)),
            _ => Err(wrong()),
        },
        None => match Points::parse(text) {
            Ok(amount) if amount > Points::ZERO => Ok(Most::Amount(amount)),
            _ => Err(wrong()),
        },
    }
}

pub(super) fn goods(page: &mut Page, mut fields: Fields) -> Selector {
    let goods = words_of_goods(page, &mut fields);
    fields.finish(page, &[]);
    goods
}

/// The words that name goods, beside others in one table.
fn words_of_goods(page: &mut Page, fields: &mut Fields) -> Selector {
    let except = fields
        .tables_or_one(page, "except")
        .into_iter()
        .map(|table| {
            let span = table.span();
            let goods = stated_goods(page, table, "except");
            if !goods.except.is_empty() {
                page.mistake(
                    span,
                    "an exception from an exception",
                    "name the goods themselves",
                );
            }
            goods
        })
        .collect();
    only_words_of_goods(page, fields, except)
}

fn only_words_of_goods(page: &mut Page, fields: &mut Fields, except: Vec<Selector>) -> Selector {
    let only_texts = |texts: Vec<(String, _)>| texts.into_iter().map(|(text, _)| text).collect();
    let skus = names(page, fields, "sku", Sku::parse);
    let categories = only_texts(fields.texts(page, "category"));
    let brands = only_texts(fields.texts(page, "brand"));
    let unit = fields.text(page, "unit");
    let on_sale = fields.flag(page, "on_sale");
    let from_price = fields.price(page, "from_price");
    let below_price = fields.price(page, "below_price");
    Selector {
        except,
        from_price,
        below_price,
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
        if word == "alone" {
            return Some(With::Alone);
        }
        let accepted = "write \"stack\", \"alone\" or { one_of = \"name of the group\" }";
        page.mistake(value.span(), &format!("with is \"{word}\""), accepted);
        return None;
    }
    let mut fields = Fields::of(page, "with", value)?;
    let group = fields.text(page, "one_of");
    fields.finish(page, &[]);
    group.map(With::OneOf)
}
