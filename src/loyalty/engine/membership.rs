//! Memberships that a sale begins or extends: given by a rule, or sold as goods.

use super::super::amount::Money;
use super::super::id::MembershipId;
use super::super::member::{Change, Holder};
use super::super::program::MembershipTerms;
use super::super::program::past::Whose;
use super::super::quote::{Applied, Reason};
use super::credit::{Credit, Giver};
use super::offer::{Scene, organisation};

/// The longest that one sale can extend a membership by, in months.
const MOST_MONTHS: i32 = 12_000;

/// Begins what a rule gives, once in a sale.
pub(super) fn begin(
    desk: &mut Credit,
    scene: &Scene,
    by: Giver,
    membership: &MembershipId,
) -> Result<Reason, Reason> {
    let begins =
        |change: &Change| matches!(change, Change::Grant { membership: now, .. } if now == membership);
    if desk.changes.iter().any(begins) {
        return Err(Reason::HasMembership {
            membership: membership.clone(),
        });
    }
    let terms = by.program.memberships.get(membership);
    let months = terms.and_then(|terms| terms.months);
    desk.changes.push(Change::Grant {
        membership: membership.clone(),
        program: by.program.id.clone(),
        until: months.map(|months| scene.today.plus_months(months).plus_days(-1)),
    });
    if terms.is_some_and(|terms| !terms.sold_as.is_empty()) {
        desk.changes
            .push(months_of(scene, membership, months.unwrap_or(1)));
    }
    let membership = membership.clone();
    Ok(match terms.is_some_and(|terms| terms.with_this) {
        true => Reason::MembershipSold { membership },
        false => Reason::MembershipBegins { membership },
    })
}

/// So many months of a membership, to be counted: what is held follows from them.
fn months_of(scene: &Scene, membership: &MembershipId, months: i32) -> Change {
    Change::Count {
        counter: MembershipTerms::counter(membership),
        day: scene.today,
        amount: i64::from(months),
    }
}

/// Goods that are a membership: it begins, or goes on from its old end.
pub(super) fn sold(desk: &mut Credit, scene: &Scene) -> Vec<Applied> {
    let mut applied = Vec::new();
    for (program, id) in scene.programs.index.sold_in(scene.basket) {
        let program = &scene.programs.programs[*program];
        let terms = &program.memberships[id];
        let sold = scene.sells(id).units() / 1000;
        if sold <= 0 {
            continue;
        }
        let held = scene
            .held(id)
            .filter(|held| held.until.is_none_or(|last| scene.today <= last));
        let begins = held
            .and_then(|held| held.until)
            .map_or(scene.today, |last| last.plus_days(1));
        let pieces = i32::try_from(sold).unwrap_or(i32::MAX);
        let months = |each: i32| pieces.saturating_mul(each).min(MOST_MONTHS);
        let grant = Change::Grant {
            membership: id.clone(),
            program: program.id.clone(),
            until: terms
                .months
                .map(|each| begins.plus_months(months(each)).plus_days(-1)),
        };
        let count = months_of(scene, id, months(terms.months.unwrap_or(1)));
        match (terms.whose, organisation(scene)) {
            (Whose::Member, _) => desk.changes.extend([grant, count]),
            (Whose::Organisation, Some(name)) => {
                desk.for_other(Holder::Organisation(name.clone()), grant);
                desk.for_other(Holder::Organisation(name.clone()), count);
            }
            (Whose::Organisation, None) => continue,
        }
        applied.push(Applied {
            program: program.id.clone(),
            amount: Money::ZERO,
            parts: Vec::new(),
            why: Reason::MembershipSold {
                membership: id.clone(),
            },
        });
    }
    applied
}
