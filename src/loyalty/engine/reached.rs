//! Tiers and memberships that count in the very sale that reaches them, where a file says so. The sale is priced by the
//! state before it first; what that reaches is then taken as given, and the sale priced again. Where it would no longer
//! reach it at those prices, the state before it counts after all: nobody has the benefit of what he has not reached.

use std::collections::{BTreeMap, BTreeSet};

use super::super::id::{LadderId, MembershipId};
use super::super::member::{Change, Tier};
use super::super::program::ProgramSet;
use super::super::quote::Quote;

/// What a sale reaches and has the benefit of at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reached {
    pub tiers: BTreeMap<LadderId, Tier>,
    pub memberships: BTreeSet<MembershipId>,
}

impl Reached {
    /// What a quote reaches of the ladders and memberships that count at once.
    pub fn by(quote: &Quote, programs: &ProgramSet) -> Reached {
        let mut reached = Reached::default();
        let of_others = quote.others.iter().flat_map(|other| &other.changes);
        for change in quote.changes.iter().chain(of_others) {
            match change {
                Change::Reach { ladder, tier } if programs.ladder(ladder).is_some_and(|l| l.with_this) => {
                    reached.tiers.insert(ladder.clone(), tier.clone());
                }
                Change::Grant { membership, .. }
                    if programs
                        .membership(membership)
                        .is_some_and(|terms| terms.with_this) =>
                {
                    reached.memberships.insert(membership.clone());
                }
                _ => {}
            }
        }
        reached
    }

    pub fn is_empty(&self) -> bool {
        self.tiers.is_empty() && self.memberships.is_empty()
    }

    /// Does another sale reach all of this, too?
    pub fn is_in(&self, other: &Reached) -> bool {
        self.tiers.keys().all(|ladder| other.tiers.contains_key(ladder))
            && self.memberships.is_subset(&other.memberships)
    }
}
