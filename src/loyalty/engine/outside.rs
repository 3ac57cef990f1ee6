//! What happens outside of a sale's price: activities, what falls due with a new month, goods kept for members. The same
//! rules, rewards and limits as in a sale.

use std::collections::BTreeMap;

use super::super::amount::{Points, Quantity, Rate};
use super::super::basket::Basket;
use super::super::calendar::{Day, Moment};
use super::super::id::{BasketId, CounterId, LadderId, MemberId};
use super::super::member::{Change, ForOther, Holder, Known, Tier};
use super::super::program::past::{Metric, Past, Whose};
use super::super::program::{EarnBase, ProgramSet, Recipient, Reward, Rule, Site};
use super::super::quote::Reason;
use super::credit::{Credit, Giver};
use super::offer::{Scene, matches, tiers, unmet_of};
use super::past;
use super::room::room;

/// Something that a member did outside of a sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// When.
    pub at: Moment,
    /// The word for it: "packaging-return", "course-finished", "referral".
    pub kind: String,
    /// How many.
    pub quantity: Quantity,
    /// What else is known about it.
    pub attributes: BTreeMap<String, String>,
    /// How much the place where it is told may still give of each total.
    pub dealt: BTreeMap<CounterId, i64>,
}

/// What it does to accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// To the member's own.
    pub changes: Vec<Change>,
    /// To others.
    pub others: Vec<ForOther>,
}

impl Done {
    fn of(desk: Credit) -> Done {
        Done {
            changes: desk.changes,
            others: desk.others,
        }
    }
}

/// What an activity earns. One that earns nothing answers with nothing: it is recorded all the same.
pub fn activity(activity: &Activity, known: &Known, programs: &ProgramSet, site: &Site) -> Done {
    let holder = Holder::Member(known.member.id.clone());
    let basket = nothing_bought(activity.at, site, holder, &activity.dealt);
    let scene = Scene::at(activity.at, &basket, Some(known), programs, site);
    let mut desk = Credit::at(&scene);
    let now = activity.at.in_zone(&site.zone);
    for program in &programs.programs {
        for (index, rule) in program.rules.iter().enumerate() {
            let Some(wanted) = &rule.needs.activity else {
                continue;
            };
            let is_meant =
                wanted.kind == activity.kind && program.window.contains(now) && rule.when.contains(now);
            if !is_meant || unmet_of(&scene, &rule.who).is_some() || past::missing(&scene, rule).is_some() {
                continue;
            }
            let once = match wanted
                .once_per
                .as_ref()
                .map(|attribute| activity.attributes.get(attribute))
            {
                None => None,
                Some(None) => continue,
                Some(Some(value)) => Some(past::once(program, index, value)),
            };
            let always = (None, past::bucket(true, scene.today));
            if once
                .as_ref()
                .is_some_and(|counter| known.standing.counted(counter, always) > 0)
            {
                continue;
            }
            let Ok(room) = room(&scene, program, index, rule) else {
                continue;
            };
            let by = Giver {
                program,
                index,
                rule,
                room: &room,
            };
            let given = give(&mut desk, &scene, by, Some(activity));
            if let Some(counter) = once.filter(|_| given) {
                desk.changes.push(Change::Count {
                    counter,
                    day: past::bucket(true, scene.today),
                    amount: 1,
                });
            }
        }
    }
    Done::of(desk)
}

/// What falls due when a day begins: rules that act each month, quarter or year. `known` is a member, or an organisation
/// with its standing beside it, which `holder` tells. `dealt` is what may still be given of each total.
pub fn due(
    day: Day,
    known: &Known,
    holder: &Holder,
    programs: &ProgramSet,
    site: &Site,
    dealt: &BTreeMap<CounterId, i64>,
) -> Done {
    let at = programs.terms.zone.midnight(day);
    let basket = nothing_bought(at, site, holder.clone(), dealt);
    let scene = Scene::at(at, &basket, Some(known), programs, site);
    let mut desk = Credit::at(&scene);
    let is_organisation = matches!(holder, Holder::Organisation(_));
    let now = at.in_zone(&programs.terms.zone);
    for program in &programs.programs {
        for (index, rule) in program.rules.iter().enumerate() {
            let begins = rule.each.is_some_and(|each| each.days(day).0 == Some(day));
            let is_theirs = matches!(
                &rule.gives,
                Reward::Issue {
                    to: Recipient::Organisation,
                    ..
                } | Reward::Earn {
                    to: Recipient::Organisation,
                    ..
                }
            );
            let is_meant = begins
                && is_theirs == is_organisation
                && program.window.contains(now)
                && rule.when.contains(now);
            if !is_meant || unmet_of(&scene, &rule.who).is_some() || past::missing(&scene, rule).is_some() {
                continue;
            }
            if let Ok(room) = room(&scene, program, index, rule) {
                let by = Giver {
                    program,
                    index,
                    rule,
                    room: &room,
                };
                give(&mut desk, &scene, by, None);
            }
        }
    }
    Done::of(desk)
}

pub(super) fn nothing_bought(
    at: Moment,
    site: &Site,
    holder: Holder,
    dealt: &BTreeMap<CounterId, i64>,
) -> Basket {
    let id = BasketId::parse("nothing bought").expect("a name");
    let mut basket = Basket::open(id, at, site.id.clone());
    if let Holder::Organisation(name) = &holder {
        basket.organisation = Some(name.clone());
    }
    basket.buyer = Some(holder);
    basket.dealt.clone_from(dealt);
    basket
}

/// Gives what a rule gives. Answers whether there was anything.
fn give(desk: &mut Credit, scene: &Scene, by: Giver, what: Option<&Activity>) -> bool {
    let quantity = what.map_or(Quantity::ONE, |activity| activity.quantity);
    let mut points = |purse, amount, to| desk.points(by, purse, amount, Quantity::ZERO, to).is_ok();
    match &by.rule.gives {
        Reward::Earn {
            purse,
            points: each,
            per,
            to,
        } => {
            let amount = match per {
                EarnBase::Unit(per) => divided(each.units(), quantity.units(), per.units()),
                EarnBase::Once | EarnBase::Amount(_) => *each,
            };
            points(purse, amount, to)
        }
        Reward::Stamp { purse, stamps } => {
            let amount = divided(stamps.units(), quantity.units(), 1000);
            points(purse, amount, &Recipient::Buyer)
        }
        Reward::Share {
            purse,
            share,
            of,
            over,
        } => {
            let shared = what.and_then(|activity| share_of(activity, *share, of, over.as_deref()));
            points(purse, shared.unwrap_or_default(), &Recipient::Buyer)
        }
        Reward::Back { purse, share } => points(purse, back(scene, by.rule, *share), &Recipient::Buyer),
        Reward::Issue { reward, quantity, to } => desk.issue(by, reward, *quantity, to).is_ok(),
        Reward::Bring { attribute } => {
            let friend = what.and_then(|activity| activity.attributes.get(attribute));
            let friend = friend.and_then(|name| MemberId::parse(name).ok());
            bring(desk, scene, friend)
        }
        _ => false,
    }
}

/// A share of what the rule's own look at the past found.
fn back(scene: &Scene, rule: &Rule, share: Rate) -> Points {
    let is_spent = |past: &&Past| matches!(past.metric, Metric::Spent(_));
    let spent = rule.needs.past.iter().find(is_spent);
    let Some((past, standing)) = spent.and_then(|past| Some((past, scene.standing(past.whose)?))) else {
        return Points::ZERO;
    };
    let sum = past::of_period(standing, &past.metric, past.within, scene.today);
    let minor = scene.programs.terms.currency.step();
    let exact = i128::from(sum) * i128::from(minor.units()) * i128::from(share.units());
    Points::thousandths(i64::try_from(exact / i128::from(Rate::ONE.units())).unwrap_or(i64::MAX))
}

/// Nobody brings himself.
fn bring(desk: &mut Credit, scene: &Scene, friend: Option<MemberId>) -> bool {
    let by = scene.known.map(|known| known.member.id.clone());
    match (friend, by) {
        (Some(friend), Some(by)) if friend != by => {
            desk.for_other(Holder::Member(friend), Change::Brought { by });
            true
        }
        _ => false,
    }
}

/// points × quantity ÷ per, in thousandths, rounded down.
fn divided(points: i64, quantity: i64, per: i64) -> Points {
    let exact = i128::from(points) * i128::from(quantity) / i128::from(per.max(1));
    Points::thousandths(i64::try_from(exact).unwrap_or(i64::MAX))
}

/// A share of an amount that an activity names, divided by a number that it names.
fn share_of(activity: &Activity, share: Rate, of: &str, over: Option<&str>) -> Option<Points> {
    let number = |name: &str| {
        Points::parse(activity.attributes.get(name)?)
            .ok()
            .filter(|n| *n > Points::ZERO)
    };
    let amount = i128::from(number(of)?.units());
    let over = match over {
        Some(name) => i128::from(number(name)?.units()),
        None => i128::from(Points::ONE.units()),
    };
    let exact = amount * i128::from(share.units()) * 1000 / (i128::from(Rate::ONE.units()) * over);
    i64::try_from(exact).ok().map(Points::thousandths)
}

/// Why goods of the basket are not for this customer: they are kept for holders of a membership, or they are a value that
/// must be put on somebody's purse, or a membership that somebody must have.
pub fn reserved(
    basket: &Basket,
    known: Option<&Known>,
    programs: &ProgramSet,
    site: &Site,
) -> Option<Reason> {
    let is_stored = basket.lines.iter().any(|line| programs.stores(line).is_some());
    if is_stored && basket.buyer.is_none() {
        return Some(Reason::NeedsMember);
    }
    let scene = Scene::of(basket, known, programs, site);
    let sold = programs.index.sold_in(basket).into_iter();
    let mut to_nobody = sold.filter(|(_, id)| scene.sells(id) == Quantity::ZERO);
    if let Some((program, id)) = to_nobody.next() {
        let terms = &programs.programs[*program].memberships[id];
        return Some(match terms.whose {
            Whose::Member => Reason::NeedsMember,
            Whose::Organisation => Reason::NeedsOrganisation,
        });
    }
    let memberships = programs.index.reserving(basket).into_iter();
    memberships
        .filter(|(program, id)| {
            let kept = programs.programs[*program].memberships[id].reserves.as_ref();
            let is_kept = kept.is_some_and(|goods| basket.lines.iter().any(|line| matches(line, goods)));
            is_kept && !scene.holds(id)
        })
        .map(|(_, id)| Reason::NeedsMembership {
            membership: id.clone(),
        })
        .next()
}

/// The tiers that somebody holds on a day, ladder by ladder. `whose` tells a member's from an organisation's.
pub fn tiers_of(known: &Known, programs: &ProgramSet, today: Day, whose: Whose) -> BTreeMap<LadderId, Tier> {
    let mut all = tiers(Some(known), programs, today);
    all.retain(|id, _| programs.ladder(id).is_some_and(|ladder| ladder.whose == whose));
    all
}
