//! Rules whose words are all right and that no customer, no day and no basket can ever meet.

use jiff::civil::{Date, Time};

use super::super::super::calendar::{Day, Period, Window};
use super::super::past::{Metric, Whose};
use super::super::rule::{Selector, Who};
use super::super::{Program, Reward, Rule};

/// The word of the rule where it stands, what is found, and what would be accepted.
type Found = (&'static str, String, String);

/// All that keeps a rule of this program from ever acting.
pub(super) fn acts(program: &Program, rule: &Rule) -> Vec<Found> {
    let mut all = Vec::new();
    all.extend(dates(program, rule));
    all.extend(weekdays(program, rule));
    all.extend(hours(program, rule));
    all.extend(people(rule));
    all.extend(goods(rule));
    all.extend(excluded(rule));
    all.extend(past(rule));
    all
}

fn found(word: &'static str, found: &str, accepted: &str) -> Found {
    (word, found.to_owned(), accepted.to_owned())
}

/// First and last day on which program and rule are valid together.
fn span(program: &Program, rule: &Rule) -> (Option<Day>, Option<Day>) {
    let from = [program.window.from, rule.when.from].into_iter().flatten().max();
    let until = [program.window.until, rule.when.until]
        .into_iter()
        .flatten()
        .min();
    (from, until)
}

fn dates(program: &Program, rule: &Rule) -> Option<Found> {
    let (from, until) = span(program, rule);
    let (from, until) = from.zip(until)?;
    let own = rule
        .when
        .from
        .zip(rule.when.until)
        .is_some_and(|(from, until)| until < from);
    let of_program = program
        .window
        .from
        .zip(program.window.until)
        .is_some_and(|(from, until)| until < from);
    if until < from && !own && !of_program {
        let what = format!("a rule whose days are not among its program's: from {from}, until {until}");
        return Some((
            "when",
            what,
            "let the rule's days lie inside of those at the top of the file".to_owned(),
        ));
    }
    let months = match rule.each? {
        Period::Month => 1,
        Period::Quarter => 3,
        _ => 12,
    };
    let begins = from.first_of(months);
    let begins = if begins < from {
        begins.plus_months(months)
    } else {
        begins
    };
    (until >= from && begins > until).then(|| {
        let what = format!("no period begins between {from} and {until}");
        (
            "when",
            what,
            "write dates with a first day of the period among them".to_owned(),
        )
    })
}

/// A day like any other, where no window states one.
fn any_day() -> Day {
    Day::after_1970(20_000)
}

fn weekdays(program: &Program, rule: &Rule) -> Option<Found> {
    if program.window.weekdays.is_empty() && rule.when.weekdays.is_empty() || rule.each.is_some() {
        return None;
    }
    let (from, until) = span(program, rule);
    let begins = from.or(until).unwrap_or(any_day());
    let is_one = |window: &Window, day: Day| {
        window.weekdays.is_empty() || window.weekdays.contains(&day.date().weekday())
    };
    // Seven days in a row have every weekday; shorter windows only their own.
    let begins = if from.is_none() {
        begins.plus_days(-6)
    } else {
        begins
    };
    let mut days = (0..7)
        .map(|n| begins.plus_days(n))
        .filter(|day| until.is_none_or(|until| *day <= until));
    if days.any(|day| is_one(&program.window, day) && is_one(&rule.when, day)) {
        return None;
    }
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        return None;
    }
    Some(found(
        "weekdays",
        "weekdays of which none is among the days of the rule and of its program",
        "write weekdays that both have, inside of their dates",
    ))
}

fn hours(program: &Program, rule: &Rule) -> Option<Found> {
    let is_empty = |window: &Window| window.hours.is_some_and(|(from, until)| from == until);
    if is_empty(&program.window) || is_empty(&rule.when) {
        return Some(found(
            "hours",
            "hours that end when they begin",
            "write hours such as \"22:00-06:00\", or leave them out for the whole day",
        ));
    }
    let only_hours = |window: &Window| Window {
        hours: window.hours,
        ..Window::default()
    };
    let (of_program, own) = (only_hours(&program.window), only_hours(&rule.when));
    let day = Date::constant(2024, 1, 1);
    let is_in =
        |time: Time| of_program.contains(day.to_datetime(time)) && own.contains(day.to_datetime(time));
    if rule.each.is_some() {
        return (!is_in(Time::midnight())).then(|| {
            found(
                "hours",
                "what falls due falls due at midnight, outside of these hours",
                "leave hours out",
            )
        });
    }
    // Whoever opens first is open at a moment at which one of them opens.
    let opens = [program.window.hours, rule.when.hours].into_iter().flatten();
    let mut opens = opens.map(|(from, _)| from).chain([Time::midnight()]);
    (!opens.any(is_in)).then(|| {
        found(
            "hours",
            "hours that are outside of the program's",
            "let the rule's hours lie inside of those at the top of the file",
        )
    })
}

/// Conditions on the customer that nobody meets together.
fn people(rule: &Rule) -> Vec<Found> {
    let who = &rule.who;
    let mut all = Vec::new();
    let has_card = |who: &Who| {
        let without = matches!(who, Who::Strangers | Who::Lacks(_) | Who::Organisation(_));
        !without
    };
    if who.contains(&Who::Strangers) {
        if who.iter().any(has_card) {
            let accepted = "leave \"strangers\" out, or write a rule for each";
            all.push(found(
                "who",
                "strangers show no card, so nothing else is known of them",
                accepted,
            ));
        } else if rule.gives.is_credit() {
            let accepted = "write who = \"members\", or give money off";
            all.push(found(
                "who",
                "strangers have no account that this could go to",
                accepted,
            ));
        } else if asks_who(rule) {
            let accepted = "write who = \"members\", or leave the past out";
            all.push(found("who", "strangers have no past here", accepted));
        }
    }
    for one in who {
        if let Who::Holds(name) = one
            && who.contains(&Who::Lacks(name.clone()))
        {
            let what = format!("nobody holds {name} and lacks it");
            all.push(("who", what, "leave one of the two out".to_owned()));
        }
    }
    let tiers: Vec<(&str, &str)> = who
        .iter()
        .filter_map(|who| match who {
            Who::Tier(ladder, tier) => Some((ladder.as_str(), tier.as_str())),
            _ => None,
        })
        .collect();
    for (n, (ladder, tier)) in tiers.iter().enumerate() {
        let other = tiers[..n]
            .iter()
            .find(|(before, other)| before == ladder && other != tier);
        if let Some((_, other)) = other {
            let what = format!("nobody has the tiers {other} and {tier} of {ladder} at once");
            all.push(("who", what, "write a rule for each tier".to_owned()));
        }
        let reached = rule.needs.reaches.as_ref();
        if reached.is_some_and(|(of, to)| of.as_str() == *ladder && to == tier) {
            let what = format!("the sale that reaches {ladder}/{tier} is judged by the tier before it");
            all.push(("reaches", what, "leave the tier in who out".to_owned()));
        }
    }
    let mut named = who.iter().filter_map(|who| match who {
        Who::Organisation(Some(name)) => Some(name),
        _ => None,
    });
    if let Some(first) = named.next()
        && let Some(other) = named.find(|name| *name != first)
    {
        let what = format!("nobody buys for {first} and for {other} at once");
        all.push(("who", what, "write a rule for each".to_owned()));
    }
    all
}

fn asks_who(rule: &Rule) -> bool {
    let needs = &rule.needs;
    let asks =
        |past: &super::super::past::Past| past.whose == Whose::Member && past.from > 0 && !past.with_this;
    needs.stamps.is_some() || needs.activity.is_some() || needs.past.iter().any(asks)
}

fn goods(rule: &Rule) -> Option<Found> {
    let goods = &rule.needs.goods;
    let (from, below) = goods.from_price.zip(goods.below_price)?;
    (from >= below).then(|| {
        found(
            "from_price",
            "no goods cost at least from_price and less than below_price",
            "write a below_price above from_price",
        )
    })
}

/// Goods that a rule asks for and takes out again, or forbids.
fn excluded(rule: &Rule) -> Option<Found> {
    let needs = &rule.needs;
    let beside = needs.contains.iter().map(|contains| &contains.goods);
    let beside = beside.chain(needs.set.iter().map(|portion| &portion.goods));
    let mut asked = beside.clone().chain([&needs.goods]);
    if asked.any(|goods| goods.except.iter().any(|except| takes_in(except, goods))) {
        let accepted = "write fewer goods there, or leave except out";
        return Some(found("except", "except takes out all of the goods", accepted));
    }
    // What is added where the basket lacks it may be forbidden to be there.
    let adds = matches!(rule.gives, Reward::UnitsOfGroup { add: true, .. });
    let mut asked = beside.chain((!adds).then_some(&needs.goods));
    asked
        .any(|goods| needs.lacks.iter().any(|lacks| takes_in(lacks, goods)))
        .then(|| {
            let what = "no basket has these goods and lacks them";
            found("lacks", what, "leave one of the two out")
        })
}

/// Are all goods that the second selector means goods of the first, whatever a shop sells?
fn takes_in(all: &Selector, some: &Selector) -> bool {
    fn each<T>(all: &[T], some: &[T], is_of: impl Fn(&T, &T) -> bool) -> bool {
        let known = |one: &T| all.iter().any(|other| is_of(one, other));
        all.is_empty() || (!some.is_empty() && some.iter().all(known))
    }
    let is_below = |one: &String, other: &String| {
        one.strip_prefix(other.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    each(&all.skus, &some.skus, PartialEq::eq)
        && each(&all.categories, &some.categories, is_below)
        && each(&all.brands, &some.brands, PartialEq::eq)
        && (all.unit.is_none() || all.unit == some.unit)
        && (all.on_sale.is_none() || all.on_sale == some.on_sale)
        && all
            .from_price
            .is_none_or(|from| some.from_price.is_some_and(|own| own >= from))
        && all
            .below_price
            .is_none_or(|below| some.below_price.is_some_and(|own| own <= below))
        && all.except.is_empty()
}

/// Nothing was spent or bought before the first order.
fn past(rule: &Rule) -> Option<Found> {
    let past = &rule.needs.past;
    let mine = past
        .iter()
        .filter(|past| past.whose == Whose::Member && !past.with_this);
    let first = mine
        .clone()
        .any(|past| past.metric == Metric::Sales && past.below == Some(1));
    let more = |metric: &Metric| matches!(metric, Metric::Spent(_) | Metric::Bought(_));
    let before = mine.clone().any(|past| more(&past.metric) && past.from > 0);
    let is_sale = rule.each.is_none() && !matches!(rule.gives, Reward::Bring { .. });
    (first && before && is_sale).then(|| {
        found(
            "order",
            "nothing was bought before the first order",
            "leave order = 1 or the amount out, or write with_this = true beside it",
        )
    })
}
