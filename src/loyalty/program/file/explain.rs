//! One plain sentence for each rule, as the owner would say it to a cashier.

use jiff::civil::Weekday;

use super::super::super::amount::{Currency, Points, Rate};
use super::super::super::calendar::Window;
use super::super::super::id::PurseId;
use super::super::rule::{Needs, Place, Who, With};
use super::super::{EarnBase, Program, Reward, Rule, Terms};

/// A sentence for each rule, in the order of the file.
pub fn explain(program: &Program, terms: &Terms) -> Vec<String> {
    let rules = program.rules.iter();
    rules
        .map(|rule| sentence(program, rule, terms.currency))
        .collect()
}

fn sentence(program: &Program, rule: &Rule, currency: Currency) -> String {
    let mut parts = vec![format!("{} {}", who(&rule.who), gives(program, rule, currency))];
    parts.extend(needs(&rule.needs, currency));
    parts.extend(place(&rule.at));
    parts.extend(window(&program.window));
    parts.extend(window(&rule.when));
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
            Who::Lacks(membership) => lacked.push(membership.as_str()),
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

fn goods(needs: &Needs) -> String {
    let named = needs.goods.text();
    let named = if named.is_empty() {
        "any goods".to_owned()
    } else {
        named
    };
    match needs.goods.on_sale {
        None => named,
        Some(true) => format!("{named} already reduced"),
        Some(false) => format!("{named} not already reduced"),
    }
}

fn needs(needs: &Needs, currency: Currency) -> Vec<String> {
    let total = needs
        .total
        .map(|total| format!("with a basket of {} or more", currency.text(total)));
    let quantity = needs
        .quantity
        .map(|quantity| format!("with {quantity} or more of {}", goods(needs)));
    total.into_iter().chain(quantity).collect()
}

fn gives(program: &Program, rule: &Rule, currency: Currency) -> String {
    let goods = goods(&rule.needs);
    let percent = |off: &Rate| format!("{} %", off.percent_text());
    match &rule.gives {
        Reward::Price(price) => format!("pay {} for {goods}", price.text(currency)),
        Reward::PercentOffGoods { off } => format!("get {} off {goods}", percent(off)),
        Reward::AmountOffUnit(off) => format!("get {} off each unit of {goods}", off.text(currency)),
        Reward::CheapestOfGroup { off } if *off == Rate::ONE => {
            format!("get the cheapest of every {} of {goods} free", rule.needs.every)
        }
        Reward::CheapestOfGroup { off } => {
            format!(
                "get {} off the cheapest of every {} of {goods}",
                percent(off),
                rule.needs.every
            )
        }
        Reward::PercentOffBasket { off } => format!("get {} off the basket ({goods})", percent(off)),
        Reward::AmountOffBasket(off) => format!("get {} off the basket ({goods})", currency.text(*off)),
        Reward::Earn { purse, points, per } => match per {
            EarnBase::Amount(per) => format!(
                "earn {} per {} spent on {goods}",
                units(*points, purse),
                currency.text(*per)
            ),
            EarnBase::Unit(per) => format!("earn {} per {per} of {goods}", units(*points, purse)),
        },
        Reward::Membership(membership) => {
            let months = program.memberships.get(membership).and_then(|terms| terms.months);
            let lasts = months.map_or("for ever".to_owned(), |months| match months {
                1 => "for 1 month".to_owned(),
                _ => format!("for {months} months"),
            });
            format!("get {membership} {lasts}, from the next sale on")
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
        With::OneOf(group) => Some(format!("or another offer of {group} where that gives more")),
    }
}
