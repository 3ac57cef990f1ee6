//! Phase 8: points for what was paid, and memberships that begin.

use super::super::amount::{Money, Points, Quantity};
use super::super::id::{MembershipId, PurseId};
use super::super::member::Change;
use super::super::program::{EarnBase, Reward};
use super::super::quote::{Applied, Reason};
use super::offer::{Offer, Refusal, Scene};
use super::pricing::{Priced, below_threshold};

/// What phase 8 adds to a quote.
#[derive(Default)]
pub(super) struct Earned {
    pub applied: Vec<Applied>,
    pub refusals: Vec<Refusal>,
    pub changes: Vec<Change>,
}

/// What the buyer is credited with. `paid` is what purses pay of the bill.
pub(super) fn earn(scene: &Scene, offers: &[&Offer], priced: &Priced, paid: Money) -> Earned {
    let mut earned = Earned::default();
    for offer in offers {
        if !matches!(offer.rule.gives, Reward::Earn { .. } | Reward::Membership(_)) {
            continue;
        }
        let given = match below_threshold(offer, priced.after_units) {
            Some(why) => Err(why),
            None => give(scene, offer, priced, paid),
        };
        match given {
            Err(why) => earned.refusals.push(offer.refuse(why)),
            Ok((change, why)) => {
                earned.changes.push(change);
                earned.applied.push(Applied {
                    program: offer.program.id.clone(),
                    amount: Money::ZERO,
                    parts: Vec::new(),
                    why,
                });
            }
        }
    }
    earned
}

fn give(scene: &Scene, offer: &Offer, priced: &Priced, paid: Money) -> Result<(Change, Reason), Reason> {
    match &offer.rule.gives {
        Reward::Membership(membership) => Ok(begin(scene, offer, membership)),
        Reward::Earn { purse, points, per } => {
            let amount = points_for(scene, offer, priced, paid, purse, *points, *per);
            if amount <= Points::ZERO {
                return Err(too_little(*per));
            }
            let terms = scene.programs.purse(purse);
            let change = Change::Earn {
                purse: purse.clone(),
                amount,
                program: offer.program.id.clone(),
                expires: terms.days.map(|days| scene.today.plus_days(days)),
            };
            let purse = purse.clone();
            Ok((
                change,
                Reason::Earned {
                    purse,
                    points: amount,
                },
            ))
        }
        _ => Err(Reason::NothingLeft),
    }
}

fn too_little(per: EarnBase) -> Reason {
    match per {
        EarnBase::Amount(per) => Reason::TooLittleToEarn { per },
        EarnBase::Unit(_) => Reason::NothingLeft,
    }
}

fn begin(scene: &Scene, offer: &Offer, membership: &MembershipId) -> (Change, Reason) {
    let terms = offer.program.memberships.get(membership);
    let months = terms.and_then(|terms| terms.months);
    let change = Change::Grant {
        membership: membership.clone(),
        program: offer.program.id.clone(),
        until: months.map(|months| scene.today.plus_months(months).plus_days(-1)),
    };
    let membership = membership.clone();
    (change, Reason::MembershipBegins { membership })
}

/// Points for what was spent on the offer's goods. What purses pay is borne by all goods in proportion and earns nothing.
/// Rounded down once, to the purse's step.
fn points_for(
    scene: &Scene,
    offer: &Offer,
    priced: &Priced,
    paid: Money,
    purse: &PurseId,
    points: Points,
    per: EarnBase,
) -> Points {
    let total = i128::from(priced.bill.total().units());
    let in_money = (total - i128::from(paid.units())).max(0);
    let (base, per) = match per {
        EarnBase::Amount(per) => {
            let net: Money = offer.lines().map(|line| priced.bill.lines[line].net).sum();
            (net.units(), per.units())
        }
        EarnBase::Unit(per) => {
            let sold: Quantity = offer.lines().map(|line| scene.basket.lines[line].quantity).sum();
            (sold.units(), per.units())
        }
    };
    if total == 0 || per <= 0 {
        return Points::ZERO;
    }
    // Saturating: no shop comes near, but a mistyped file must not stop a till.
    let points = i128::from(points.units()).saturating_mul(i128::from(base));
    let points = points.saturating_mul(in_money) / (total * i128::from(per));
    let step = scene.programs.purse(purse).step.unwrap_or(Points::ONE);
    Points::thousandths(i64::try_from(points).unwrap_or(i64::MAX)).down_to(step)
}
