//! What happens outside of a sale's price: activities, what falls due with a new month, goods kept for members. The same
//! rules, rewards and limits as in a sale.

use std::collections::BTreeMap;

use super::super::amount::{Points, Quantity, Rate};
use super::super::basket::Basket;
use super::super::calendar::{Day, Moment};
use super::super::id::{BasketId, CounterId, LadderId, MemberId, PurseId, RewardId};
use super::super::member::{Change, ForOther, Holder, Known, Tier};
use super::super::program::limit::stock;
use super::super::program::past::{Metric, Whose};
use super::super::program::{EarnBase, Program, ProgramSet, Recipient, Reward, Rule, Site};
use super::super::quote::Reason;
use super::offer::{Scene, matches, tiers, unmet_of};
use super::past;
use super::room::{Room, pieces, room, taken, used};

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

/// What an activity earns. One that earns nothing answers with nothing: it is recorded all the same.
pub fn activity(activity: &Activity, known: &Known, programs: &ProgramSet, site: &Site) -> Done {
    let holder = Holder::Member(known.member.id.clone());
    let basket = nothing_bought(activity.at, site, holder, &activity.dealt);
    let scene = Scene::at(activity.at, &basket, Some(known), programs, site);
    let mut outside = Outside::at(&scene);
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
            let Ok(room) = outside.room(program, index, rule) else {
                continue;
            };
            let given = outside.give((program, index, rule), Some(activity), room);
            if let Some(counter) = once.filter(|_| given) {
                outside.done.changes.push(Change::Count {
                    counter,
                    day: past::bucket(true, scene.today),
                    amount: 1,
                });
            }
        }
    }
    outside.done
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
    let mut outside = Outside::at(&scene);
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
            if let Ok(room) = outside.room(program, index, rule) {
                outside.give((program, index, rule), None, room);
            }
        }
    }
    outside.done
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

struct Outside<'a, 'b> {
    scene: &'a Scene<'b>,
    done: Done,
}

impl<'a, 'b> Outside<'a, 'b> {
    fn at(scene: &'a Scene<'b>) -> Outside<'a, 'b> {
        Outside {
            scene,
            done: Done::default(),
        }
    }

    /// Gives what a rule gives. Answers whether there was anything.
    fn give(
        &mut self,
        (program, index, rule): (&Program, usize, &Rule),
        what: Option<&Activity>,
        room: Room,
    ) -> bool {
        let quantity = what.map_or(Quantity::ONE, |activity| activity.quantity);
        match &rule.gives {
            Reward::Earn {
                purse,
                points,
                per,
                to,
            } => {
                let amount = match per {
                    EarnBase::Unit(per) => divided(points.units(), quantity.units(), per.units()),
                    EarnBase::Once | EarnBase::Amount(_) => *points,
                };
                self.credit((program, index, rule), purse, amount, to, room)
            }
            Reward::Stamp { purse, stamps } => {
                let amount = divided(stamps.units(), quantity.units(), 1000);
                self.credit((program, index, rule), purse, amount, &Recipient::Buyer, room)
            }
            Reward::Share {
                purse,
                share,
                of,
                over,
            } => {
                let shared = what.and_then(|activity| share_of(activity, *share, of, over.as_deref()));
                let amount = shared.unwrap_or_default();
                self.credit((program, index, rule), purse, amount, &Recipient::Buyer, room)
            }
            Reward::Back { purse, share } => {
                let amount = self.back(rule, *share);
                self.credit((program, index, rule), purse, amount, &Recipient::Buyer, room)
            }
            Reward::Issue { reward, quantity, to } => {
                self.issue((program, index, rule), reward, *quantity, to)
            }
            Reward::Bring { attribute } => {
                let friend = what.and_then(|activity| activity.attributes.get(attribute));
                let friend = friend.and_then(|name| MemberId::parse(name).ok());
                self.bring(friend)
            }
            _ => false,
        }
    }

    /// A share of what the rule's own look at the past found.
    fn back(&self, rule: &Rule, share: Rate) -> Points {
        let spent = rule
            .needs
            .past
            .iter()
            .find(|past| matches!(past.metric, Metric::Spent(_)));
        let Some((past, standing)) = spent.and_then(|past| Some((past, self.scene.standing(past.whose)?)))
        else {
            return Points::ZERO;
        };
        let sum = past::of_period(standing, &past.metric, past.within, self.scene.today);
        let minor = self.scene.programs.terms.currency.step();
        let exact = i128::from(sum) * i128::from(minor.units()) * i128::from(share.units());
        Points::thousandths(i64::try_from(exact / i128::from(Rate::ONE.units())).unwrap_or(i64::MAX))
    }

    fn credit(
        &mut self,
        (program, index, rule): (&Program, usize, &Rule),
        purse: &PurseId,
        amount: Points,
        to: &Recipient,
        room: Room,
    ) -> bool {
        let terms = self.scene.programs.purse(purse);
        let most = room.amount.unwrap_or(amount);
        let amount = amount.min(most).down_to(terms.step.unwrap_or(Points::ONE));
        if amount <= Points::ZERO {
            return false;
        }
        let earn = Change::Earn {
            purse: purse.clone(),
            amount,
            program: program.id.clone(),
            expires: terms.last_day(self.scene.today),
        };
        match (to, super::offer::organisation(self.scene)) {
            (Recipient::Buyer, _) => self.done.changes.push(earn),
            (Recipient::Organisation, Some(name)) => self.for_other(Holder::Organisation(name.clone()), earn),
            _ => return false,
        }
        self.count((program, index, rule), amount);
        true
    }

    fn issue(
        &mut self,
        (program, index, rule): (&Program, usize, &Rule),
        reward: &RewardId,
        quantity: u64,
        to: &Recipient,
    ) -> bool {
        let mut quantity = quantity;
        let each = i64::try_from(quantity.max(1)).unwrap_or(i64::MAX);
        let most = match self.pieces(reward) {
            Ok(left) => left.map_or(i64::MAX, |left| left / each),
            Err(_) => 0,
        };
        if most == 0 {
            return false;
        }
        if let Some((purse, full)) = &rule.needs.stamps {
            let before = self
                .scene
                .known
                .map_or(Points::ZERO, |known| known.standing.balance(purse));
            let now = self.done.changes.iter().map(|change| match change {
                Change::Earn {
                    purse: into, amount, ..
                } if into == purse => *amount,
                Change::Turn { purse: of, amount } if of == purse => Points::ZERO - *amount,
                _ => Points::ZERO,
            });
            let cards = ((before + now.sum()).units() / full.units().max(1)).min(most);
            let Ok(cards @ 1..) = u64::try_from(cards) else {
                return false;
            };
            quantity = quantity.saturating_mul(cards);
            self.done.changes.push(Change::Turn {
                purse: purse.clone(),
                amount: divided(full.units(), i64::try_from(cards).unwrap_or(i64::MAX), 1),
            });
        }
        let issue = Change::Issue {
            reward: reward.clone(),
            quantity,
            program: program.id.clone(),
        };
        match (to, super::offer::organisation(self.scene)) {
            (Recipient::Organisation, Some(name)) => {
                self.for_other(Holder::Organisation(name.clone()), issue)
            }
            (Recipient::Organisation, None) => return false,
            _ => self.done.changes.push(issue),
        }
        let given = i64::try_from(quantity).unwrap_or(i64::MAX);
        self.count(
            (program, index, rule),
            Points::thousandths(given.saturating_mul(1000)),
        );
        if matches!(pieces(self.scene, reward), Ok(Some(_))) {
            self.for_other(Holder::Shop, taken(reward, given));
        }
        true
    }

    fn count(&mut self, rule: (&Program, usize, &Rule), amount: Points) {
        let used = used(self.scene, rule, Quantity::ZERO, amount);
        self.done.changes.extend(used.own);
        for change in used.shop {
            self.for_other(Holder::Shop, change);
        }
    }

    /// What the limits of a rule leave, after what others gave just now.
    fn room(&self, program: &Program, index: usize, rule: &Rule) -> Result<Room, Reason> {
        let before = room(self.scene, program, index, rule)?;
        before.after(|shared| self.counted(&shared.counter))
    }

    fn counted(&self, wanted: &CounterId) -> i64 {
        let of_others = self.done.others.iter().flat_map(|other| &other.changes);
        let counted = |change: &Change| match change {
            Change::Count { counter, amount, .. } if counter == wanted => *amount,
            _ => 0,
        };
        self.done.changes.iter().chain(of_others).map(counted).sum()
    }

    /// How many pieces of a reward can still be given; nothing where there are enough.
    fn pieces(&self, reward: &RewardId) -> Result<Option<i64>, Reason> {
        let left = pieces(self.scene, reward)?;
        Ok(left.map(|left| (left - self.counted(&stock(reward))).max(0)))
    }

    /// Nobody brings himself.
    fn bring(&mut self, friend: Option<MemberId>) -> bool {
        let by = self.scene.known.map(|known| known.member.id.clone());
        match (friend, by) {
            (Some(friend), Some(by)) if friend != by => {
                self.for_other(Holder::Member(friend), Change::Brought { by });
                true
            }
            _ => false,
        }
    }

    fn for_other(&mut self, holder: Holder, change: Change) {
        match self.done.others.iter_mut().find(|other| other.holder == holder) {
            Some(other) => other.changes.push(change),
            None => self.done.others.push(ForOther {
                holder,
                changes: vec![change],
            }),
        }
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
/// must be put on somebody's purse.
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
    let memberships = programs.programs.iter().flat_map(|program| &program.memberships);
    memberships
        .filter(|(id, terms)| {
            let kept = terms.reserves.as_ref();
            let is_kept = kept.is_some_and(|goods| basket.lines.iter().any(|line| matches(line, goods)));
            is_kept && !scene.holds(id)
        })
        .map(|(id, _)| Reason::NeedsMembership {
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
