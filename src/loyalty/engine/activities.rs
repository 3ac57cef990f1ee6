//! What can be done outside of a sale here, and what an activity's promise rests on: the limits that were still open as far
//! as this place knew. Two tills that do not see each other may both give the last of it; the office can tell then.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use super::super::calendar::{Day, Moment, Period};
use super::super::id::{CounterId, ProgramId};
use super::super::member::Change;
use super::super::program::limit::{Most, Per};
use super::super::program::{Program, ProgramSet, Reward, Rule, Site};
use super::Activity;
use super::past;

/// Something that can be done outside of a sale, and for which some program gives something now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityKind {
    /// The word for it: "packaging-return".
    pub kind: String,
    /// The programs that ask for it.
    pub programs: Vec<ProgramId>,
    /// What else they must be told, in the order in which their rules name it.
    pub attributes: Vec<Attribute>,
}

/// Something that must be told about an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name in the program's file.
    pub name: String,
    /// What it must be.
    pub asks: Asks,
}

/// What an attribute must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Any words: the name of a course.
    Text,
    /// A number above 0: a cost, how many brands.
    Number,
    /// Another member.
    Member,
}

/// All kinds of activities that programs ask for at this moment and place, by their word.
pub fn activity_kinds(programs: &ProgramSet, at: Moment, site: &Site) -> Vec<ActivityKind> {
    let now = at.in_zone(&site.zone);
    let mut kinds: BTreeMap<&str, ActivityKind> = BTreeMap::new();
    for program in programs.programs.iter().filter(|one| one.window.contains(now)) {
        for rule in program.rules.iter().filter(|rule| rule.when.contains(now)) {
            let Some(wanted) = &rule.needs.activity else {
                continue;
            };
            let kind = kinds.entry(&wanted.kind).or_insert_with(|| ActivityKind {
                kind: wanted.kind.clone(),
                programs: Vec::new(),
                attributes: Vec::new(),
            });
            if !kind.programs.contains(&program.id) {
                kind.programs.push(program.id.clone());
            }
            for (name, asks) in asked(rule) {
                match kind.attributes.iter_mut().find(|one| one.name == name) {
                    // A number and a member are words, too.
                    Some(known) if known.asks == Asks::Text => known.asks = asks,
                    Some(_) => {}
                    None => kind.attributes.push(Attribute {
                        name: name.to_owned(),
                        asks,
                    }),
                }
            }
        }
    }
    kinds.into_values().collect()
}

fn asked(rule: &Rule) -> Vec<(&str, Asks)> {
    let once = rule
        .needs
        .activity
        .as_ref()
        .and_then(|wanted| wanted.once_per.as_deref());
    let mut asked: Vec<(&str, Asks)> = once.map(|name| (name, Asks::Text)).into_iter().collect();
    match &rule.gives {
        Reward::Share { of, over, .. } => {
            asked.push((of, Asks::Number));
            asked.extend(over.as_deref().map(|over| (over, Asks::Number)));
        }
        Reward::Bring { attribute } => asked.push((attribute, Asks::Member)),
        _ => {}
    }
    asked
}

/// A limit on which a promise rests: so much at most was to be counted in these days, this entry included.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Bound {
    /// What is counted.
    #[n(0)]
    pub counter: CounterId,
    /// The program whose limit it is.
    #[n(1)]
    pub program: ProgramId,
    /// At most so much, in the counter's own units.
    #[n(2)]
    pub most: i64,
    /// From this day; from the beginning where there is none.
    #[n(3)]
    pub from: Option<Day>,
    /// To this one, included.
    #[n(4)]
    pub to: Day,
    /// The counter counts thousandths of what is given, and not how often: of what is over the limit just the rest is too
    /// much, and not all.
    #[n(5)]
    pub is_amount: bool,
}

/// The limits on which the changes of an activity rest.
pub fn bounds(activity: &Activity, changes: &[Change], programs: &ProgramSet) -> Vec<Bound> {
    let today = activity.at.day(&programs.terms.zone);
    let is_counted = |counter: &CounterId| {
        changes
            .iter()
            .any(|change| matches!(change, Change::Count { counter: of, .. } if of == counter))
    };
    let rules = programs.programs.iter().flat_map(|program| {
        program
            .rules
            .iter()
            .enumerate()
            .map(move |(n, rule)| (program, n, rule))
    });
    let mut bounds: Vec<Bound> = rules
        .flat_map(|(program, n, rule)| of_rule(activity, today, (program, n, rule)))
        .filter(|bound| is_counted(&bound.counter))
        .collect();
    // A limit of a whole file stands once, however many rules keep it.
    bounds.sort_by(|a, b| a.counter.cmp(&b.counter));
    bounds.dedup();
    bounds
}

fn of_rule(activity: &Activity, today: Day, (program, index, rule): (&Program, usize, &Rule)) -> Vec<Bound> {
    let of_rule = rule.limits.iter().map(|limit| (Some(index), limit));
    let of_file = program.limits.iter().map(|limit| (None, limit));
    // What holds for everybody together is dealt out in shares, and no two terminals give the same of it.
    let limits = of_rule.chain(of_file).filter_map(|(index, limit)| {
        let Per::Member(within) = limit.per else {
            return None;
        };
        let (from, to) = within.days(today);
        Some(Bound {
            counter: limit.counter(&program.id, index, "")?,
            program: program.id.clone(),
            most: limit.most.units(),
            from,
            to,
            is_amount: matches!(limit.most, Most::Amount(_)),
        })
    });
    let once = rule
        .needs
        .activity
        .as_ref()
        .and_then(|wanted| activity.attributes.get(wanted.once_per.as_ref()?));
    let once = once.map(|value| {
        let (from, to) = Period::Ever.days(today);
        Bound {
            counter: past::once(program, index, value),
            program: program.id.clone(),
            most: 1,
            from,
            to,
            is_amount: false,
        }
    });
    limits.chain(once).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loyalty::amount::Quantity;
    use crate::loyalty::engine::activity;
    use crate::loyalty::fixture::{at, known, set, site};

    const ALL: [(&str, &str); 4] = [
        ("b7-hobby.toml", include_str!("../../../programs/b7-hobby.toml")),
        (
            "b9-store-dollars.toml",
            include_str!("../../../programs/b9-store-dollars.toml"),
        ),
        ("b10-coop.toml", include_str!("../../../programs/b10-coop.toml")),
        (
            "s17-referral.toml",
            include_str!("../../../programs/s17-referral.toml"),
        ),
    ];

    #[test]
    fn what_can_be_done_and_what_must_be_told_follows_from_the_rules() {
        let kinds = activity_kinds(&set(&ALL), at("2026-03-10T12:00:00"), &site());
        let said: Vec<String> = kinds
            .iter()
            .map(|kind| {
                let attributes: Vec<String> = kind
                    .attributes
                    .iter()
                    .map(|one| format!("{} {:?}", one.name, one.asks))
                    .collect();
                format!("{} ({}) {}", kind.kind, kind.programs[0], attributes.join(", "))
            })
            .collect();
        assert_eq!(
            said,
            [
                "advertisement (b10-coop) cost Number, brands Number",
                "cartridge-return (b9-store-dollars) ",
                "course-finished (b7-hobby) course Text",
                "referral (s17-referral) friend Member",
            ]
        );
    }

    #[test]
    fn a_promise_rests_on_the_limits_that_it_counts_on() {
        let programs = set(&ALL);
        let did = |kind: &str, attributes: &[(&str, &str)]| {
            let did = Activity {
                at: at("2026-03-10T12:00:00"),
                kind: kind.to_owned(),
                quantity: Quantity::whole(80),
                attributes: attributes
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
                dealt: BTreeMap::new(),
            };
            let done = activity(&did, &known(0, None, None), &programs, &site());
            let bounds = bounds(&did, &done.changes, &programs);
            bounds
                .iter()
                .map(|bound| {
                    let from = bound.from.map(|day| day.to_string()).unwrap_or_default();
                    format!(
                        "{} of {} from {from} to {} {}",
                        bound.most, bound.program, bound.to, bound.is_amount
                    )
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(
            did("cartridge-return", &[]),
            ["100000 of b9-store-dollars from 2026-03-01 to 2026-03-10 true"]
        );
        assert_eq!(
            did("course-finished", &[("course", "tyres")]),
            ["1 of b7-hobby from  to 2026-03-10 false"]
        );
        assert_eq!(did("advertisement", &[("cost", "100"), ("brands", "1")]), [""; 0]);
    }
}
