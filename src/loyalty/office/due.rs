//! What falls due without anybody buying: booked like what an entry does, and topped up when an entry that belongs before
//! the day arrives behind it. What was given stays given.

use std::collections::BTreeMap;

use super::super::amount::Points;
use super::super::calendar::{Day, Moment};
use super::super::engine::Done;
use super::super::id::{CounterId, ProgramId, PurseId, RewardId};
use super::super::ledger::GRACE_DAYS;
use super::super::member::{Change, ForOther, Holder, Known, Standing};
use super::{Booked, Booking, OfficeChange, OfficeMemory};

/// What a holder and others get on a day, account by account.
pub fn given(holder: &Holder, done: Done) -> Vec<ForOther> {
    let own = ForOther {
        holder: holder.clone(),
        changes: done.changes,
    };
    let all = std::iter::once(own).chain(done.others);
    all.filter(|one| !one.changes.is_empty()).collect()
}

/// A holder as he stood before these things were given to him: what is worked out again must not count them.
pub fn known_before(mut known: Known, holder: &Holder, given: &[ForOther], at: Moment) -> Known {
    let own = given.iter().filter(|one| one.holder == *holder);
    for change in own.flat_map(|one| &one.changes) {
        let Some(undo) = undo(change) else { continue };
        known.standing.apply(&undo, at);
        if let (Holder::Organisation(_), Some(standing)) = (holder, &mut known.organisation) {
            Standing::apply(standing, &undo, at);
        }
    }
    known
}

fn undo(change: &Change) -> Option<Change> {
    Some(match change.clone() {
        Change::Earn { purse, amount, .. } => Change::Spend { purse, amount },
        Change::Turn { purse, amount } => Change::Turn {
            purse,
            amount: -amount,
        },
        Change::Count { counter, day, amount } => Change::Count {
            counter,
            day,
            amount: -amount,
        },
        Change::Issue { reward, quantity, .. } => Change::Withdraw { reward, quantity },
        _ => return None,
    })
}

/// Sums of what was given before.
#[derive(Default)]
struct Before {
    earned: BTreeMap<(Holder, PurseId, ProgramId), Points>,
    issued: BTreeMap<(Holder, RewardId, ProgramId), u64>,
    counted: BTreeMap<(Holder, CounterId, Day), i64>,
    turned: BTreeMap<(Holder, PurseId), Points>,
}

impl Before {
    fn of(given: &[ForOther]) -> Before {
        let mut before = Before::default();
        for one in given {
            for change in &one.changes {
                before.add(&one.holder, change);
            }
        }
        before
    }

    fn add(&mut self, holder: &Holder, change: &Change) {
        let holder = holder.clone();
        match change.clone() {
            Change::Earn {
                purse,
                amount,
                program,
                ..
            } => *self.earned.entry((holder, purse, program)).or_default() += amount,
            Change::Issue {
                reward,
                quantity,
                program,
            } => *self.issued.entry((holder, reward, program)).or_default() += quantity,
            Change::Count { counter, day, amount } => {
                *self.counted.entry((holder, counter, day)).or_default() += amount;
            }
            Change::Turn { purse, amount } => *self.turned.entry((holder, purse)).or_default() += amount,
            _ => {}
        }
    }

    /// The part of a change that was not given before, if any; what was is used up.
    fn beyond(&mut self, holder: &Holder, change: &Change) -> Option<Change> {
        let mut rest = change.clone();
        let holder = holder.clone();
        let has_rest = match &mut rest {
            Change::Earn {
                purse,
                amount,
                program,
                ..
            } => {
                let given = self.earned.get_mut(&(holder, purse.clone(), program.clone()));
                less(amount, given, Points::ZERO)
            }
            Change::Turn { purse, amount } => less(
                amount,
                self.turned.get_mut(&(holder, purse.clone())),
                Points::ZERO,
            ),
            Change::Issue {
                reward,
                quantity,
                program,
            } => less(
                quantity,
                self.issued.get_mut(&(holder, reward.clone(), program.clone())),
                0,
            ),
            Change::Count { counter, day, amount } => {
                less(amount, self.counted.get_mut(&(holder, counter.clone(), *day)), 0)
            }
            _ => false,
        };
        has_rest.then_some(rest)
    }
}

/// Takes what was given off an amount. Answers whether something is left.
fn less<T>(amount: &mut T, given: Option<&mut T>, nothing: T) -> bool
where
    T: Copy + Ord + std::ops::SubAssign,
{
    if let Some(given) = given {
        let both = (*amount).min(*given).max(nothing);
        *amount -= both;
        *given -= both;
    }
    *amount > nothing
}

/// What goes beyond that which was given before. Where less is due now, nothing is taken back.
pub fn beyond(now: Vec<ForOther>, before: &[ForOther]) -> Vec<ForOther> {
    let mut before = Before::of(before);
    let more = now.into_iter().map(|one| ForOther {
        changes: one
            .changes
            .iter()
            .filter_map(|change| before.beyond(&one.holder, change))
            .collect(),
        holder: one.holder,
    });
    let mut more: Vec<ForOther> = more.collect();
    more.retain(|one| !one.changes.is_empty());
    more
}

/// Lots that would have lapsed before anybody could know of them live for some days from the day on which they are posted.
pub fn reachable(given: &mut [ForOther], posted: Day) {
    for change in given.iter_mut().flat_map(|one| &mut one.changes) {
        if let Change::Earn {
            expires: Some(last), ..
        } = change
            && *last < posted
        {
            *last = posted.plus_days(GRACE_DAYS);
        }
    }
}

/// Books what falls due on a day.
pub fn post<M: OfficeMemory>(
    memory: &M,
    given: &[ForOther],
    at: Moment,
    day: Day,
) -> Result<Vec<OfficeChange>, M::Error> {
    let mut booking = Booking {
        memory,
        // No entry opens these lots.
        number: 0,
        changes: Vec::new(),
        exception: None,
        purses: BTreeMap::new(),
        standings: BTreeMap::new(),
        excess: BTreeMap::new(),
    };
    let mut line = 0;
    for one in given {
        let Some(holder) = booking.resolve(Some(&one.holder))? else {
            continue;
        };
        for change in &one.changes {
            booking.change(line, change, &holder, at, day, &mut Booked::default())?;
            line += 1;
        }
        booking.changes.push(OfficeChange::Touched(holder));
    }
    booking.settle();
    Ok(booking.changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loyalty::id::MemberId;

    fn ana() -> Holder {
        Holder::Member(MemberId::parse("ana").expect("a name"))
    }

    fn bonus(amount: i64) -> Change {
        Change::Earn {
            purse: PurseId::parse("bonus").expect("a name"),
            amount: Points::whole(amount),
            program: ProgramId::parse("monthly").expect("a name"),
            expires: Some(Day::parse("2026-11-30").expect("a day")),
        }
    }

    fn pack(quantity: u64) -> Change {
        Change::Issue {
            reward: RewardId::parse("pack").expect("a name"),
            quantity,
            program: ProgramId::parse("monthly").expect("a name"),
        }
    }

    #[test]
    fn what_came_late_is_added_and_nothing_is_taken_back() {
        // Given before, due now, what is posted.
        let cases = [
            (vec![], vec![bonus(30)], vec![bonus(30)]),
            (vec![bonus(30)], vec![bonus(240)], vec![bonus(210)]),
            (vec![bonus(30), bonus(10)], vec![bonus(240)], vec![bonus(200)]),
            (vec![bonus(30)], vec![bonus(20)], vec![]),
            (vec![bonus(30)], vec![], vec![]),
            (vec![pack(3)], vec![pack(3), bonus(5)], vec![bonus(5)]),
            (vec![], vec![pack(3)], vec![pack(3)]),
            (vec![bonus(10)], vec![bonus(6), bonus(6)], vec![bonus(2)]),
        ];
        for (before, now, more) in cases {
            let of = |changes: Vec<Change>| {
                let done = Done {
                    changes,
                    others: Vec::new(),
                };
                given(&ana(), done)
            };
            assert_eq!(
                beyond(of(now.clone()), &of(before.clone())),
                of(more),
                "{before:?} {now:?}"
            );
        }
    }

    #[test]
    fn a_lot_that_comes_too_late_lives_a_while() {
        let posted = |day: &str| {
            let mut given = vec![ForOther {
                holder: ana(),
                changes: vec![bonus(1)],
            }];
            reachable(&mut given, Day::parse(day).expect("a day"));
            match &given[0].changes[0] {
                Change::Earn { expires, .. } => expires.expect("it lapses").to_string(),
                _ => String::new(),
            }
        };
        assert_eq!(posted("2026-11-30"), "2026-11-30");
        assert_eq!(posted("2026-12-01"), "2026-12-31");
    }
}
