//! Why an offer gave what it gave.

use super::super::super::amount::{Points, Rate};
use super::super::super::program::Reward;
use super::super::super::program::reward::{Cut, Pick};
use super::super::super::program::rule::Who;
use super::super::super::quote::Reason;
use super::super::offer::Offer;

/// What an offer says of itself, where it gave so many units, groups or sets.
pub(super) fn why(offer: &Offer, reduced: u64) -> Reason {
    let goods = || offer.rule.needs.goods.text();
    match &offer.rule.gives {
        Reward::PercentOffGoods { off } => Reason::PercentOffGoods {
            off: *off,
            goods: goods(),
        },
        Reward::AmountOffUnit(_) => Reason::AmountOffUnit { goods: goods() },
        Reward::UnitsOfGroup {
            cut: Cut::Share(off),
            pick: Pick::Cheapest,
            units: 1,
            ..
        } if offer.rule.needs.every > 0 => Reason::CheapestOfGroup {
            every: offer.rule.needs.every,
            off: *off,
            units: reduced,
        },
        Reward::UnitsOfGroup { cut, .. } => Reason::UnitsReduced {
            units: reduced,
            off: match cut {
                Cut::Share(off) => Some(*off),
                Cut::Amount(_) | Cut::To(_) => None,
            },
            goods: goods(),
        },
        Reward::WholeGroup { .. } => Reason::GroupsReduced {
            pieces: u64::try_from(offer.rule.needs.group_size()).unwrap_or_default(),
            groups: reduced,
        },
        Reward::PercentOffBasket { off } => percent_of_basket(offer, *off),
        Reward::AmountOffBasket(_) | Reward::AmountPer { .. } => Reason::AmountOffBasket,
        Reward::BasketPrice(_) => Reason::BasketPrice,
        Reward::Price(_) if offer.rule.who.is_empty() => Reason::FixedPrice { goods: goods() },
        Reward::ForStamps { .. } => Reason::ForStamps {
            units: reduced,
            stamps: offer.card.as_ref().map_or(Points::ZERO, |card| card.full),
        },
        _ => Reason::OwnPrice,
    }
}

fn percent_of_basket(offer: &Offer, off: Rate) -> Reason {
    let who = &offer.rule.who;
    if who.contains(&Who::Birthday) || who.contains(&Who::BirthdayInFebruary) {
        Reason::BirthdayPercent { off }
    } else {
        let held = who.iter().find_map(|who| match who {
            Who::Holds(membership) => Some(membership.clone()),
            _ => None,
        });
        held.map_or(Reason::PercentOffBasket { off }, |held| Reason::CardPercent {
            off,
            membership: Some(held),
        })
    }
}
