//! One plain sentence for each rule, as the owner would say it to a cashier.

use jiff::civil::Weekday;

use super::super::super::amount::{Currency, Money, Points, Price, Quantity, Rate};
use super::super::super::calendar::{Period, Window};
use super::super::super::id::PurseId;
use super::super::catalogue::Into as Becomes;
use super::super::limit::{Limit, Most, Per};
use super::super::past::{Metric, Past, Whose};
use super::super::reward::{Cut, Pick};
use super::super::rule::{Contains, Needs, Place, Selector, Step, Who, With};
use super::super::{EarnBase, Program, Recipient, Reward, Rule, Settings, Stage, Terms};

/// A sentence for each rule, in the order of the file.
pub fn explain(program: &Program, terms: &Terms) -> Vec<String> {
    let rules = program.rules.iter();
    rules
        .map(|rule| sentence(program, rule, terms.currency))
        .collect()
}

/// What the catalogue offers for points, a sentence each.
pub fn explain_catalogue(program: &Program) -> Vec<String> {
    let rewards = program.rewards.iter();
    let sentences = rewards.filter_map(|(id, terms)| {
        let (purse, costs) = terms.cost.as_ref()?;
        let name = terms.name.as_deref().unwrap_or(id.as_str());
        let becomes = match &terms.into {
            Becomes::Entitlement => format!("give {} for one {name}", units(*costs, purse)),
            Becomes::Charity(charity) => format!("give {} to {charity} ({name})", units(*costs, purse)),
            Becomes::Purse(to, amount) => {
                format!(
                    "change {} into {} ({name})",
                    units(*costs, purse),
                    units(*amount, to)
                )
            }
        };
        let stock = terms.stock.map(|stock| format!(", of which there are {stock}"));
        let approval = terms.needs_approval.then_some(", if somebody approves");
        let who = match terms.who.is_empty() {
            true => "Members".to_owned(),
            false => who(&terms.who),
        };
        Some(format!(
            "{who} may {becomes}{}{}.",
            stock.unwrap_or_default(),
            approval.unwrap_or_default()
        ))
    });
    sentences.collect()
}

fn sentence(program: &Program, rule: &Rule, currency: Currency) -> String {
    let mut parts = vec![format!("{} {}", who(&rule.who), gives(program, rule, currency))];
    parts.extend(bought(rule, currency));
    parts.extend(needs(&rule.needs, currency));
    let stamps = rule
        .needs
        .stamps
        .as_ref()
        .and_then(|(purse, _)| program.purses.get(purse));
    let is_later = stamps.is_some_and(|purse| purse.next_sale);
    parts.extend(is_later.then(|| "earned in an earlier sale".to_owned()));
    parts.extend(place(&rule.at));
    parts.extend(window(&program.window));
    parts.extend(window(&rule.when));
    parts.extend(rule.each.map(|each| match each {
        Period::Month => "on the first day of each month".to_owned(),
        Period::Quarter => "on the first day of each quarter".to_owned(),
        _ => "on the first day of each year".to_owned(),
    }));
    parts.extend(settings(&rule.settings));
    let unit = rule
        .needs
        .goods
        .unit
        .as_deref()
        .filter(|unit| *unit != "each")
        .unwrap_or("units");
    parts.extend(limits(&rule.limits, unit, ""));
    let of_file: Vec<Limit> = program
        .limits
        .iter()
        .filter(|limit| rule.keeps(&limit.most))
        .copied()
        .collect();
    parts.extend(limits(&of_file, unit, ", with the other rules of this program"));
    parts.extend(with(&rule.with));
    format!("{}.", parts.join(", "))
}

/// Whom all conditions together leave: "Holders of X on their birthday".
fn who(conditions: &[Who]) -> String {
    let held: Vec<&str> = conditions
        .iter()
        .filter_map(|who| match who {
            Who::Holds(membership) => Some(membership.as_str()),
            _ => None,
        })
        .collect();
    let subject = if !held.is_empty() {
        format!("Holders of {}", held.join(" and "))
    } else if conditions.contains(&Who::Members) {
        "Members".to_owned()
    } else if conditions.is_empty() {
        "All customers".to_owned()
    } else {
        "Customers".to_owned()
    };
    let mut parts = vec![subject];
    let mut lacked = Vec::new();
    for condition in conditions {
        match condition {
            Who::Strangers => parts.push("without a card".to_owned()),
            Who::Group(group) => parts.push(format!("with a valid proof as {group}")),
            Who::Birthday => parts.push("on their birthday".to_owned()),
            Who::BirthdayInFebruary => {
                parts.push("on their birthday (29 February is kept on 28 February)".to_owned());
            }
            Who::Lacks(membership) => lacked.push(membership.as_str()),
            Who::Tier(_, tier) => parts.push(format!("of tier {tier}")),
            Who::Organisation(None) => parts.push("who buy for an organisation".to_owned()),
            Who::Organisation(Some(name)) => parts.push(format!("who buy for {name}")),
            Who::Consent(consent) => parts.push(format!("who agreed to {consent}")),
            Who::Interest(interest) => parts.push(format!("who like {interest}")),
            Who::Friend => parts.push("who were brought by a member".to_owned()),
            Who::Members | Who::Holds(_) => {}
        }
    }
    if !lacked.is_empty() {
        parts.push(format!("who do not hold {}", lacked.join(" or ")));
    }
    parts.join(" ")
}

/// "1 point", "2 points": a purse is named in the plural.
fn units(points: Points, purse: &PurseId) -> String {
    let name = purse.as_str();
    let is_plural = name.ends_with('s') && !name.ends_with("us") && !name.ends_with("ss");
    let name = match name.strip_suffix('s') {
        Some(one) if is_plural && points == Points::ONE => one,
        _ => name,
    };
    format!("{points} {name}")
}

fn goods(needs: &Needs, currency: Currency) -> String {
    if needs.set.is_empty() {
        return selected(&needs.goods, currency);
    }
    let portions = needs.set.iter();
    let portions =
        portions.map(|portion| format!("{} of {}", portion.pieces, selected(&portion.goods, currency)));
    format!("each set ({})", portions.collect::<Vec<_>>().join(" and "))
}

fn selected(goods: &Selector, currency: Currency) -> String {
    let named = goods.text();
    let named = if named.is_empty() {
        "any goods".to_owned()
    } else {
        named
    };
    let named = match goods.on_sale {
        None => named,
        Some(true) => format!("{named} already reduced"),
        Some(false) => format!("{named} not already reduced"),
    };
    let price = |price: Price| price.text(currency);
    match (goods.from_price, goods.below_price) {
        (None, None) => named,
        (Some(from), None) => format!("{named} that cost {} or more", price(from)),
        (None, Some(below)) => format!("{named} that cost less than {}", price(below)),
        (Some(from), Some(below)) => format!("{named} that cost {} to below {}", price(from), price(below)),
    }
}

/// "with 3 or more of drinks", "with 3 to below 5 of drinks".
fn step_text<T: Copy>(step: &Step<T>, text: impl Fn(T) -> String) -> String {
    match step.below {
        None => format!("{} or more", text(step.from)),
        Some(below) => format!("{} to below {}", text(step.from), text(below)),
    }
}

fn contains(contains: &Contains, currency: Currency) -> String {
    let goods = selected(&contains.goods, currency);
    let amount = contains
        .amount
        .map(|amount| format!("{} or more of {goods}", currency.text(amount)));
    let quantity = contains
        .quantity
        .map(|quantity| format!("{quantity} or more of {goods}"));
    let every = (contains.every > 0).then(|| match contains.every {
        1 => format!("each of {goods}"),
        every => format!("every {every} of {goods}"),
    });
    let parts: Vec<String> = [every, quantity, amount].into_iter().flatten().collect();
    match parts.is_empty() {
        true => format!("with {goods} in the basket"),
        false => format!("with {} in the basket", parts.join(" and ")),
    }
}

fn needs(needs: &Needs, currency: Currency) -> Vec<String> {
    let total = needs.total.map(|total| {
        format!(
            "with a basket of {}{}",
            step_text(&total, |money| currency.text(money)),
            stage(needs.total_at)
        )
    });
    let quantity = needs.quantity.map(|quantity| {
        format!(
            "with {} of {}",
            step_text(&quantity, |has| has.to_string()),
            goods(needs, currency)
        )
    });
    let stamps = needs
        .stamps
        .as_ref()
        .map(|(purse, stamps)| format!("for {}", units(*stamps, purse)));
    let activity = needs.activity.as_ref().map(|activity| match &activity.once_per {
        Some(attribute) => format!("for {}, once for each {attribute}", activity.kind),
        None => format!("for {}", activity.kind),
    });
    let reaches = needs
        .reaches
        .as_ref()
        .map(|(_, tier)| format!("with the sale that reaches {tier}"));
    let code = match needs.codes.len() {
        0 => None,
        1 => needs.codes.first().map(|code| format!("with the code {code}")),
        many => Some(format!("with one of {many} codes")),
    };
    let entitlement = needs
        .entitlement
        .as_ref()
        .map(|reward| format!("for one {reward}, which is used up"));
    let past = needs.past.iter().map(|past| past_text(past, currency));
    let mut all: Vec<String> = [total, quantity, stamps, entitlement, code, activity, reaches]
        .into_iter()
        .flatten()
        .collect();
    all.extend(needs.contains.iter().map(|one| contains(one, currency)));
    all.extend(
        needs
            .lacks
            .iter()
            .map(|goods| format!("without {} in the basket", selected(goods, currency))),
    );
    all.extend(past);
    all
}

fn stage(at: Stage) -> &'static str {
    match at {
        Stage::ListPrice => " at list prices",
        Stage::AfterUnitOffers => "",
        Stage::WhatIsLeft => " after all discounts so far",
    }
}

/// How a rule works out what it gives, where its file chose.
fn settings(settings: &Settings) -> Vec<String> {
    let mut parts = Vec::new();
    if settings.of_list_price {
        parts.push("worked out on the list price".to_owned());
    }
    let counted = &settings.counted;
    let named = |is_in: bool| {
        let all = [
            (counted.discounts && is_in, "discounts"),
            (counted.purses && is_in, "purses"),
            (!counted.gifts && !is_in, "gift balance"),
            (counted.tax == Some(is_in), "tax"),
        ];
        let words: Vec<&str> = all.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
        words.join(", ")
    };
    for (is_in, word) in [(true, "counting"), (false, "without")] {
        let words = named(is_in);
        if !words.is_empty() {
            parts.push(format!("{word} {words}"));
        }
    }
    if settings.by_line {
        parts.push("rounded line by line".to_owned());
    }
    parts
}

/// "having spent 1000.00 to below 1500.00 in the last month".
fn past_text(past: &Past, currency: Currency) -> String {
    let text = |units: i64| match &past.metric {
        Metric::Spent(_) => currency.text(Money::minor(units)),
        Metric::Bought(_) => Quantity::thousandths(units).to_string(),
        Metric::Earned(_) | Metric::EarnedInAll(_) => Points::thousandths(units).to_string(),
        Metric::Sales => units.to_string(),
    };
    if past.metric == Metric::Sales {
        let each = (past.every > 0).then(|| format!("with every {} order", ordinal(past.every)));
        let from = match past.below {
            Some(below) if below == past.from + 1 => Some(format!("with order number {below}")),
            Some(below) => Some(format!("with order number {} to {below}", past.from + 1)),
            None if past.from > 0 => Some(format!("from order number {} on", past.from + 1)),
            None => None,
        };
        return each.into_iter().chain(from).collect::<Vec<_>>().join(", ");
    }
    let amount = match past.below {
        Some(below) if past.from == 0 => format!("below {}", text(below)),
        Some(below) => format!("{} to below {}", text(past.from), text(below)),
        None => format!("{} or more", text(past.from)),
    };
    let done = match &past.metric {
        Metric::Spent(goods) | Metric::Bought(goods) if goods.text().is_empty() => String::new(),
        Metric::Spent(goods) => format!(" on {}", goods.text()),
        Metric::Bought(goods) => format!(" of {}", goods.text()),
        _ => String::new(),
    };
    let verb = match &past.metric {
        Metric::Spent(_) => "spent",
        Metric::Bought(_) => "bought",
        _ => "earned",
    };
    let within = match past.within {
        Period::Ever => "in all".to_owned(),
        Period::Days(days) => format!("within {days} days"),
        Period::Months(months) => format!("within {months} months"),
        named => Period::WORDS
            .iter()
            .find(|(_, period)| *period == named)
            .map_or_else(String::new, |(word, _)| format!("in the {word}")),
    };
    // Who buys for an organisation asks what all its buyers did together.
    let whose = match past.whose {
        Whose::Organisation => ", all buyers of their organisation together",
        Whose::Member => "",
    };
    let this = if past.with_this {
        ", this basket included"
    } else {
        ""
    };
    format!("having {verb} {amount}{done} {within}{whose}{this}")
}

/// "5th", "2nd".
fn ordinal(number: i64) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

fn recipient(to: &Recipient) -> String {
    match to {
        Recipient::Buyer => String::new(),
        Recipient::Organisation => " for their organisation".to_owned(),
        Recipient::Agent => " for the member who sold".to_owned(),
        Recipient::Referrer => " for the member who brought them".to_owned(),
        Recipient::Split {
            organisation,
            consent,
        } => {
            let consent = consent
                .as_ref()
                .map_or_else(String::new, |word| format!(" where they agreed to {word}"));
            format!(
                ", of which {} % goes to their organisation and the rest to them{consent}",
                organisation.percent_text()
            )
        }
    }
}

fn times_text(times: Rate) -> String {
    let hundredths = times.units() / (Rate::ONE.units() / 100);
    match hundredths % 100 {
        0 => (hundredths / 100).to_string(),
        rest if rest % 10 == 0 => format!("{}.{}", hundredths / 100, rest / 10),
        rest => format!("{}.{rest:02}", hundredths / 100),
    }
}

fn limits(limits: &[Limit], unit: &str, of: &str) -> Vec<String> {
    let limit = |limit: &Limit| {
        let most = match limit.most {
            Most::Units(units) => format!("{units} {unit}"),
            Most::Amount(amount) => amount.to_string(),
            Most::Times(1) => "once".to_owned(),
            Most::Times(times) => format!("{times} times"),
        };
        let within = match limit.per {
            Per::Sale => "a sale",
            Per::Member(Period::Days(_)) => "a day",
            Per::Member(Period::Month) => "a month",
            Per::Member(Period::Quarter) => "a quarter",
            Per::Member(Period::Year) => "a year",
            Per::Member(_) => "a member in all",
            Per::Code => "for each code",
            Per::Total => "for all customers together",
        };
        format!("at most {most} {within}{of}")
    };
    limits.iter().map(limit).collect()
}

/// "each BURGER", "one of gum": an article is named as it is, other goods are a kind of which there are several.
fn single(rule: &Rule, one: &str, goods: &str) -> String {
    let named = &rule.needs.goods;
    let is_article = named.skus.len() == 1 && named.categories.is_empty() && named.brands.is_empty();
    match (is_article, named.is_everything()) {
        (true, _) => format!("{one} {goods}"),
        (false, true) => format!("{one} piece"),
        (false, false) => format!("{one} of {goods}"),
    }
}

/// "each l of DIESEL, PETROL95", "each 2 kg of flour", "each BURGER".
fn per_unit(rule: &Rule, per: Quantity, currency: Currency) -> String {
    let Some(unit) = &rule.needs.goods.unit else {
        let goods = goods(&rule.needs, currency);
        return match per == Quantity::ONE {
            true => format!("each unit of {goods}"),
            false => format!("each {per} of {goods}"),
        };
    };
    let other = Selector {
        unit: None,
        ..rule.needs.goods.clone()
    };
    let goods = selected(&other, currency);
    let is_article = other.skus.len() == 1 && other.categories.is_empty() && other.brands.is_empty();
    match (unit.as_str(), per == Quantity::ONE) {
        ("each", true) if is_article => format!("each {goods}"),
        ("each", true) => format!("each of {goods}"),
        ("each", false) => format!("each {per} of {goods}"),
        (unit, true) => format!("each {unit} of {goods}"),
        (unit, false) => format!("each {per} {unit} of {goods}"),
    }
}

/// The goods that a sale must have for what is given once, whatever is sold.
fn bought(rule: &Rule, currency: Currency) -> Option<String> {
    let once = match &rule.gives {
        Reward::Earn { per, .. } => matches!(per, EarnBase::Once),
        Reward::Issue { .. } | Reward::Draw { .. } | Reward::Membership(_) | Reward::Message(_) => true,
        _ => false,
    };
    let needs = &rule.needs;
    let is_said = needs.quantity.is_some() || needs.stamps.is_some() || needs.activity.is_some();
    let is_named = !needs.goods.is_everything();
    (once && is_named && !is_said).then(|| format!("with {} in the basket", selected(&needs.goods, currency)))
}

fn gives(program: &Program, rule: &Rule, currency: Currency) -> String {
    let goods = goods(&rule.needs, currency);
    let percent = |off: &Rate| format!("{} %", off.percent_text());
    match &rule.gives {
        Reward::Price(price) => format!("pay {} for {goods}", price.text(currency)),
        Reward::PercentOffGoods { off } => format!("get {} off {goods}", percent(off)),
        Reward::AmountOffUnit(off) => {
            let each = per_unit(rule, Quantity::ONE, currency);
            format!("get {} off {each}", off.text(currency))
        }
        Reward::UnitsOfGroup {
            cut,
            pick,
            units,
            add,
        } => {
            let which = match pick {
                Pick::Cheapest => "cheapest",
                Pick::Dearest => "dearest",
            };
            if *add && rule.needs.every == 0 {
                return format!("get {units} {goods} free, added where the basket has none");
            }
            let many = match units {
                1 => format!("the {which}"),
                _ => format!("the {units} {which}"),
            };
            let of = match rule.needs.every {
                0 => goods,
                every => format!("every {every} of {goods}"),
            };
            let added = if *add {
                ", added where the basket has none"
            } else {
                ""
            };
            match cut {
                Cut::Share(Rate::ONE) => format!("get {many} of {of} free{added}"),
                Cut::Share(off) => format!("get {} off {many} of {of}{added}", percent(off)),
                Cut::Amount(off) => format!("get {} off {many} of {of}{added}", off.text(currency)),
                Cut::To(price) => format!("pay {} for {many} of {of}{added}", price.text(currency)),
            }
        }
        Reward::WholeGroup { cut } => {
            let group = match rule.needs.every {
                0 => goods,
                every => format!("every {every} of {goods}"),
            };
            match cut {
                Cut::Share(off) => format!("get {} off {group}", percent(off)),
                Cut::Amount(off) => format!("get {} off {group}", off.text(currency)),
                Cut::To(price) => format!("pay {} for {group}", price.text(currency)),
            }
        }
        Reward::PercentOffBasket { off } => format!("get {} off the basket ({goods})", percent(off)),
        Reward::AmountOffBasket(off) => format!("get {} off the basket ({goods})", currency.text(*off)),
        Reward::AmountPer { off, per } => {
            let per = match per {
                EarnBase::Amount(per) => currency.text(*per),
                EarnBase::Unit(per) => per.to_string(),
                EarnBase::Once => "1".to_owned(),
            };
            format!("get {} off for each {per} of {goods}", currency.text(*off))
        }
        Reward::BasketPrice(price) => format!("pay {} for the basket ({goods})", currency.text(*price)),
        Reward::Earn {
            purse,
            points,
            per,
            to,
        } => {
            let earned = match per {
                EarnBase::Amount(per) => {
                    format!(
                        "earn {} per {} spent on {goods}",
                        units(*points, purse),
                        currency.text(*per)
                    )
                }
                EarnBase::Unit(per) if rule.needs.activity.is_some() => {
                    let each = if *per == Quantity::ONE {
                        "one".to_owned()
                    } else {
                        per.to_string()
                    };
                    format!("earn {} for each {each}", units(*points, purse))
                }
                EarnBase::Unit(per) => {
                    let each = per_unit(rule, *per, currency);
                    format!("earn {} for {each}", units(*points, purse))
                }
                EarnBase::Once => format!("earn {}", units(*points, purse)),
            };
            format!("{earned}{}", recipient(to))
        }
        Reward::Stamp { purse, stamps } => {
            format!(
                "get {} for {}",
                units(*stamps, purse),
                single(rule, "each", &goods)
            )
        }
        Reward::ForStamps { off } if *off == Rate::ONE => format!("get {} free", single(rule, "one", &goods)),
        Reward::ForStamps { off } => format!("get {} off {}", percent(off), single(rule, "one", &goods)),
        Reward::Times { purse, times } => {
            format!("earn {} times the base of {purse}", times_text(*times))
        }
        Reward::Back { purse, share } => {
            let on = if rule.needs.goods.text().is_empty() {
                String::new()
            } else {
                format!(" on {goods}")
            };
            format!("get {} of what they spent{on} back as {purse}", percent(share))
        }
        Reward::Share {
            purse,
            share,
            of,
            over,
        } => {
            let over = over
                .as_ref()
                .map_or_else(String::new, |over| format!(", divided by {over},"));
            format!("get {} of the {of}{over} as {purse}", percent(share))
        }
        Reward::Issue { reward, quantity, to } => {
            let name = program
                .rewards
                .get(reward)
                .and_then(|terms| terms.name.as_deref());
            let name = name.unwrap_or(reward.as_str());
            let many = if *quantity == 1 {
                "one".to_owned()
            } else {
                format!("{quantity} of")
            };
            format!("get {many} {name}{}", recipient(to))
        }
        Reward::Bring { .. } => "are noted as the one who brought a friend".to_owned(),
        Reward::Draw { chance, among } => {
            let names: Vec<&str> = among.iter().map(|reward| reward.as_str()).collect();
            format!(
                "draw with a chance of {} for {}",
                percent(chance),
                names.join(" or ")
            )
        }
        Reward::Donate { share, charity } => {
            format!(
                "give {} of what they spend on {goods} to {charity}, at no cost",
                percent(share)
            )
        }
        Reward::Message(text) => format!("are told \"{text}\""),
        Reward::Approval => format!("need somebody's approval for {goods}"),
        Reward::Membership(membership) => {
            let months = program.memberships.get(membership).and_then(|terms| terms.months);
            let lasts = months.map_or("for ever".to_owned(), |months| match months {
                1 => "for 1 month".to_owned(),
                _ => format!("for {months} months"),
            });
            let terms = program.memberships.get(membership);
            let since = match terms.is_some_and(|terms| terms.with_this) {
                true => "from this sale on",
                false => "from the next sale on",
            };
            format!("get {membership} {lasts}, {since}")
        }
    }
}

fn place(at: &Place) -> Option<String> {
    let sites = at.sites.iter().map(|site| site.as_str());
    let names: Vec<&str> = sites
        .chain(at.partners.iter().map(|partner| partner.as_str()))
        .collect();
    (!names.is_empty()).then(|| format!("only at {}", names.join(", ")))
}

fn window(window: &Window) -> Vec<String> {
    let from = window.from.map(|day| format!("from {day}"));
    let until = window.until.map(|day| format!("until {day}, that day included"));
    let weekdays: Vec<&str> = window.weekdays.iter().map(|day| weekday(*day)).collect();
    let weekdays = (!weekdays.is_empty()).then(|| format!("on {}", weekdays.join(", ")));
    let hours = window.hours.map(|(from, until)| {
        let short = |time: jiff::civil::Time| format!("{:02}:{:02}", time.hour(), time.minute());
        format!("from {} to {}", short(from), short(until))
    });
    [from, until, weekdays, hours].into_iter().flatten().collect()
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Mondays",
        Weekday::Tuesday => "Tuesdays",
        Weekday::Wednesday => "Wednesdays",
        Weekday::Thursday => "Thursdays",
        Weekday::Friday => "Fridays",
        Weekday::Saturday => "Saturdays",
        Weekday::Sunday => "Sundays",
    }
}

fn with(with: &With) -> Option<String> {
    match with {
        With::Default => None,
        With::Stack => Some("together with other offers".to_owned()),
        With::Alone => Some("and no other percentage on these goods".to_owned()),
        With::OneOf(group) => Some(format!("or another offer of {group} where that gives more")),
    }
}
