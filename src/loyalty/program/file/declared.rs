//! What a file declares beside its rules: purses, memberships, ladders and the rewards of its catalogue.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::amount::{Points, Price, Quantity};
use super::super::super::calendar::Period;
use super::super::super::id::{CharityId, LadderId, MembershipId, NameError, PurseId, RewardId, Sku};
use super::super::catalogue::Into;
use super::super::ladder::Level;
use super::super::past::Metric;
use super::super::{Ladder, MembershipTerms, PaysAs, PurseTerms, RewardTerms};
use super::fields::{Fields, Page, text_of};
use super::near::UNDERSTOOD_LATER;
use super::rules::{goods, period, who, who_is_declared, whose};
use toml::de::DeValue;

#[derive(Clone, Copy)]
enum Kind {
    Points,
    Money,
    Gift,
}

/// One unit of a purse is worth no more than this.
const MOST_WORTH: Price = Price::ten_thousandths(10_000_000_000);

pub(super) fn purses(page: &mut Page, table: Fields) -> BTreeMap<PurseId, PurseTerms> {
    named(page, table, "a purse", PurseId::parse, purse)
}

pub(super) fn memberships(page: &mut Page, table: Fields) -> BTreeMap<MembershipId, MembershipTerms> {
    named(page, table, "a membership", MembershipId::parse, membership)
}

fn purse(page: &mut Page, mut fields: Fields) -> PurseTerms {
    let kinds = [
        ("points", Kind::Points),
        ("money", Kind::Money),
        ("gift", Kind::Gift),
    ];
    let kind = fields.one_of(page, "kind", &kinds);
    let is_gift = matches!(kind, Some(Kind::Gift));
    let is_money = is_gift || matches!(kind, Some(Kind::Money));
    let sold_as = skus(page, &mut fields, "sold_as");
    if !sold_as.is_empty() && !is_gift {
        let accepted = "write kind = \"gift\": what is paid for these goods is put on the purse";
        page.mistake(
            fields.span(),
            "sold_as on a purse that is no stored value",
            accepted,
        );
    }
    let worth = fields.price(page, "worth");
    if worth.is_some_and(|worth| worth == Price::default() || worth > MOST_WORTH) {
        let accepted =
            "write what one unit pays, above 0 and up to 1000000.00, or leave worth out: then it cannot pay";
        page.mistake(
            fields.span(),
            "a worth that pays nothing, or more than anybody has",
            accepted,
        );
    }
    if is_money && worth.is_some_and(|worth| worth != Price::ten_thousandths(10_000)) {
        let accepted = "leave worth out: one unit is one of the currency";
        page.mistake(fields.span(), "a worth on a purse of money", accepted);
    }
    let least = fields.money(page, "least");
    let usable = [("at once", false), ("next sale", true)];
    let next_sale = fields.one_of(page, "usable", &usable).unwrap_or(false);
    let may_pay = fields.percent(page, "may_pay");
    let step = fields.units(page, "step");
    let days = fields
        .whole(page, "days", 0..=36_500)
        .and_then(|days| i32::try_from(days).ok());
    let periods = [
        ("end of month", Period::Month),
        ("end of quarter", Period::Quarter),
        ("end of year", Period::Year),
    ];
    let lapses = fields.one_of(page, "lapses", &periods);
    let kinds = [("tender", PaysAs::Tender), ("discount", PaysAs::Discount)];
    let pays_as = fields.one_of(page, "pays_as", &kinds);
    let returned_days = fields
        .whole(page, "returned_days", 0..=36_500)
        .and_then(|days| i32::try_from(days).ok());
    fields.finish(page, UNDERSTOOD_LATER.purse);
    // A money purse counts in the currency: one unit is worth one, and its smallest part is the minor unit.
    PurseTerms {
        worth: worth.or(is_money.then_some(Price::ten_thousandths(10_000))),
        may_pay,
        step: step.or(is_money.then_some(page.terms.currency.step())),
        days,
        lapses,
        is_money,
        is_gift,
        sold_as,
        least,
        next_sale,
        pays_as,
        returned_days,
    }
}

fn skus(page: &mut Page, fields: &mut Fields, word: &'static str) -> Vec<Sku> {
    let mut skus = Vec::new();
    for (text, span) in fields.texts(page, word) {
        match Sku::parse(&text) {
            Ok(sku) => skus.push(sku),
            Err(error) => page.mistake(span, word, &error.to_string()),
        }
    }
    skus
}

fn membership(page: &mut Page, mut fields: Fields) -> MembershipTerms {
    let months = fields.whole(page, "months", 1..=1_200);
    let sold_as = skus(page, &mut fields, "sold_as");
    let reserves = fields.table(page, "reserves").map(|table| goods(page, table));
    let whose = whose(page, &mut fields);
    let with_this = fields.flag(page, "with_this").unwrap_or(false);
    fields.finish(page, UNDERSTOOD_LATER.membership);
    MembershipTerms {
        months: months.and_then(|months| i32::try_from(months).ok()),
        sold_as,
        reserves,
        whose,
        with_this,
    }
}

pub(super) fn ladders(page: &mut Page, table: Fields) -> BTreeMap<LadderId, Ladder> {
    named(page, table, "a ladder", LadderId::parse, ladder)
}

/// `counts` is "spend", the name of a purse, or a table that says which goods.
fn ladder(page: &mut Page, mut fields: Fields) -> Ladder {
    let counts = fields.value("counts").and_then(|value| match value.get_ref() {
        DeValue::Table(_) => {
            let mut table = Fields::of(page, "counts", value)?;
            let spent = table.table(page, "spent").map(|table| goods(page, table));
            let bought = table.table(page, "bought").map(|table| goods(page, table));
            let span = table.span();
            table.finish(page, &[]);
            match (spent, bought) {
                (Some(goods), None) => Some(Metric::Spent(goods)),
                (None, Some(goods)) => Some(Metric::Bought(goods)),
                _ => {
                    let accepted =
                        "write counts = \"spend\", a purse, { spent = { … } } or { bought = { … } }";
                    page.mistake(span, "counts names nothing to count", accepted);
                    None
                }
            }
        }
        _ => match text_of(page, "counts", value)?.as_str() {
            "spend" => Some(Metric::Spent(Default::default())),
            purse => match PurseId::parse(purse) {
                Ok(purse) => Some(Metric::Earned(purse)),
                Err(error) => {
                    page.mistake(value.span(), "counts", &error.to_string());
                    None
                }
            },
        },
    });
    let within = period(page, &mut fields);
    let whose = whose(page, &mut fields);
    let with_this = fields.flag(page, "with_this").unwrap_or(false);
    let with_bonus = fields.flag(page, "with_bonus").unwrap_or(false);
    let counts = match counts {
        Some(Metric::Earned(purse)) if with_bonus => Some(Metric::EarnedInAll(purse)),
        Some(other) if with_bonus => {
            let found = "with_bonus on what has no bonus";
            page.mistake(
                fields.span(),
                found,
                "leave it out: only points are raised by tiers",
            );
            Some(other)
        }
        other => other,
    };
    let span = fields.span();
    let mut levels: Vec<Level> = Vec::new();
    for table in fields.tables(page, "levels") {
        levels.extend(level(page, table, counts.as_ref()));
    }
    if levels.is_empty() {
        let accepted = "write levels = [ { name = \"red\", from = 0 }, { name = \"silver\", from = 4000 } ]";
        page.mistake(span.clone(), "a ladder without levels", accepted);
    }
    let names: BTreeSet<&str> = levels.iter().map(|level| level.name.as_str()).collect();
    if names.len() < levels.len() {
        page.mistake(
            span.clone(),
            "a ladder with two levels of one name",
            "give each its own",
        );
    }
    let counts_for = |level: &Level| level.from.is_some_and(|from| from > 0);
    if counts.is_none() && !fields.has("counts") && levels.iter().any(counts_for) {
        let accepted = "write counts = \"spend\", or the name of a purse";
        page.mistake(span.clone(), "a ladder that counts nothing", accepted);
    }
    if levels.windows(2).any(|pair| {
        pair[0]
            .from
            .zip(pair[1].from)
            .is_some_and(|(low, high)| high <= low)
    }) {
        page.mistake(
            span,
            "a ladder whose levels do not rise",
            "write the lowest level first",
        );
    }
    fields.finish(page, &[]);
    Ladder {
        counts,
        within,
        whose,
        with_this,
        levels,
    }
}

fn level(page: &mut Page, mut fields: Fields, counts: Option<&Metric>) -> Option<Level> {
    let currency = page.terms.currency;
    let from = fields.parsed(page, "from", |text| {
        let units = match counts {
            Some(Metric::Spent(_)) => currency.money(text).map(|money| money.units()),
            Some(Metric::Bought(_)) => Quantity::parse(text).map(Quantity::units),
            Some(Metric::Earned(_) | Metric::EarnedInAll(_)) | None => Points::parse(text).map(Points::units),
            Some(Metric::Sales) => {
                return text
                    .parse()
                    .map_err(|_| format!("\"{text}\" is no number of sales"));
            }
        };
        match units {
            Ok(units) if units >= 0 => Ok(units),
            Ok(_) => Err(format!("\"{text}\" is below 0")),
            Err(error) => Err(error.to_string()),
        }
    });
    let group = fields.text(page, "group");
    let name = fields.text(page, "name");
    let span = fields.span();
    let has = (fields.has("name"), fields.has("from") || fields.has("group"));
    fields.finish(page, &[]);
    if has != (true, true) {
        let accepted = "write { name = \"silver\", from = 4000 }, or { name = \"plus\", group = \"…\" }";
        page.mistake(span, "a level without a name, or that nothing reaches", accepted);
    }
    Some(Level {
        name: name?,
        from,
        group,
    })
}

/// What `who` of a reward names is declared in the same file.
pub(super) fn rewards(
    page: &mut Page,
    table: Fields,
    names: (
        &BTreeMap<MembershipId, MembershipTerms>,
        &BTreeMap<LadderId, Ladder>,
    ),
) -> BTreeMap<RewardId, RewardTerms> {
    named(page, table, "a reward", RewardId::parse, |page, fields| {
        let span = fields.span();
        let terms = reward(page, fields);
        who_is_declared(page, span, &terms.who, names);
        terms
    })
}

fn reward(page: &mut Page, mut fields: Fields) -> RewardTerms {
    let name = fields.text(page, "name");
    let costs = fields.units(page, "costs");
    let purse = fields.parsed(page, "purse", PurseId::parse);
    let stock = fields.whole(page, "stock", 0..=1_000_000_000);
    let who = fields
        .value("who")
        .map(|value| who(page, value))
        .unwrap_or_default();
    let approval = fields.one_of(page, "approval", &[("needed", ())]);
    let charity = fields
        .parsed(page, "charity", CharityId::parse)
        .map(Into::Charity);
    let becomes = fields.table(page, "becomes").and_then(|mut table| {
        let amount = table.units(page, "amount");
        let purse = table.parsed(page, "purse", PurseId::parse);
        table.finish(page, &[]);
        purse
            .zip(amount)
            .map(|(purse, amount)| Into::Purse(purse, amount))
    });
    let span = fields.span();
    if fields.has("charity") && fields.has("becomes") {
        let accepted = "write charity or becomes";
        page.mistake(span.clone(), "a reward that becomes two things", accepted);
    }
    if (fields.has("charity") || fields.has("becomes")) && !fields.has("costs") {
        let accepted = "write costs = 100, purse = \"points\" beside it";
        page.mistake(span.clone(), "a reward that nobody can redeem", accepted);
    }
    if fields.has("costs") != fields.has("purse") {
        let accepted = "write costs = 500, purse = \"points\"";
        page.mistake(span, "costs and purse belong together", accepted);
    }
    fields.finish(page, &[]);
    RewardTerms {
        name,
        cost: purse.zip(costs),
        stock: stock.and_then(|stock| u64::try_from(stock).ok()),
        who,
        needs_approval: approval.is_some(),
        into: charity.or(becomes).unwrap_or_default(),
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
