//! What a return takes back besides money, points and the buyer's memberships: what the sale counted, issued, gave to
//! others, and the tiers it reached. It is the difference between what the goods kept before would give and what those
//! kept now give, so that the parts of a return always sum to the whole.

use std::collections::BTreeMap;

use super::super::super::amount::{Money, Points};
use super::super::super::calendar::Day;
use super::super::super::id::{CharityId, CounterId, LadderId, MembershipId, ProgramId, PurseId, RewardId};
use super::super::super::member::{Change, ForOther, Holder, Standing, Tier};
use super::super::super::quote::Quote;
use super::super::Sale;
use super::{ReturnedSoFar, take_earned_back};

/// Two quotes of one sale: of what was kept before this return, and of what is kept after it.
pub(super) struct Reverse<'a> {
    pub sale: &'a Sale,
    pub before: &'a Quote,
    pub after: &'a Quote,
    pub so_far: &'a ReturnedSoFar,
}

/// Changes summed by what they change.
#[derive(Default)]
struct Sums {
    counts: BTreeMap<(CounterId, Day), i64>,
    issued: BTreeMap<RewardId, u64>,
    donated: BTreeMap<(CharityId, ProgramId), Money>,
    turned: BTreeMap<PurseId, Points>,
    used: BTreeMap<RewardId, i64>,
    granted: BTreeMap<MembershipId, ProgramId>,
    reached: BTreeMap<LadderId, Tier>,
}

impl Sums {
    fn of(changes: &[Change]) -> Sums {
        let mut sums = Sums::default();
        for change in changes {
            match change {
                Change::Count { counter, day, amount } => {
                    *sums.counts.entry((counter.clone(), *day)).or_default() += amount;
                }
                Change::Issue { reward, quantity, .. } => {
                    *sums.issued.entry(reward.clone()).or_default() += quantity;
                }
                Change::Donate {
                    charity,
                    amount,
                    program,
                } => {
                    *sums
                        .donated
                        .entry((charity.clone(), program.clone()))
                        .or_default() += *amount;
                }
                Change::Turn { purse, amount } => {
                    *sums.turned.entry(purse.clone()).or_default() += *amount;
                }
                Change::Use { reward, quantity } => {
                    *sums.used.entry(reward.clone()).or_default() += quantity;
                }
                Change::Grant {
                    membership, program, ..
                } => {
                    sums.granted.insert(membership.clone(), program.clone());
                }
                Change::Reach { ladder, tier } => {
                    sums.reached.insert(ladder.clone(), tier.clone());
                }
                _ => {}
            }
        }
        sums
    }
}

impl Reverse<'_> {
    /// On the buyer's account.
    pub fn own(&self) -> Vec<Change> {
        let known = self.sale.known.as_ref();
        self.changes(
            &self.before.changes,
            &self.after.changes,
            known.map(|known| &known.standing),
        )
    }

    /// On other accounts.
    pub fn others(&self) -> Vec<ForOther> {
        let reversed = self.before.others.iter().map(|other| {
            let after = self.after.others.iter().find(|one| one.holder == other.holder);
            let after = after.map_or(&[][..], |one| &one.changes);
            let standing = match &other.holder {
                Holder::Organisation(_) => self
                    .sale
                    .known
                    .as_ref()
                    .and_then(|known| known.organisation.as_ref()),
                _ => None,
            };
            let mut changes = self.changes(&other.changes, after, standing);
            let sold = self
                .sale
                .quote
                .others
                .iter()
                .find(|one| one.holder == other.holder);
            let sold = sold.map_or(&[][..], |one| &one.changes);
            let of_holder = |purse: &PurseId| {
                let key = (other.holder.clone(), purse.clone());
                self.so_far.of_others.get(&key).copied()
            };
            // Never more than the sale gave, whatever the goods kept would earn.
            changes.extend(take_earned_back(sold, after, of_holder));
            changes.extend(self.revoked(&other.changes, after));
            ForOther {
                holder: other.holder.clone(),
                changes,
            }
        });
        reversed.filter(|other| !other.changes.is_empty()).collect()
    }

    fn changes(&self, before: &[Change], after: &[Change], standing: Option<&Standing>) -> Vec<Change> {
        let (before, after) = (Sums::of(before), Sums::of(after));
        let mut changes = Vec::new();
        for ((counter, day), amount) in &before.counts {
            let kept = after.counts.get(&(counter.clone(), *day)).copied().unwrap_or(0);
            if *amount != kept {
                changes.push(Change::Count {
                    counter: counter.clone(),
                    day: *day,
                    amount: kept - amount,
                });
            }
        }
        for (reward, quantity) in &before.issued {
            let gone = quantity.saturating_sub(after.issued.get(reward).copied().unwrap_or(0));
            if gone > 0 {
                changes.push(Change::Withdraw {
                    reward: reward.clone(),
                    quantity: gone,
                });
            }
        }
        for (key, amount) in &before.donated {
            let kept = after.donated.get(key).copied().unwrap_or(Money::ZERO);
            if *amount != kept {
                changes.push(Change::Donate {
                    charity: key.0.clone(),
                    amount: kept - *amount,
                    program: key.1.clone(),
                });
            }
        }
        for (purse, amount) in &before.turned {
            let kept = after.turned.get(purse).copied().unwrap_or(Points::ZERO);
            if *amount != kept {
                changes.push(Change::Turn {
                    purse: purse.clone(),
                    amount: kept - *amount,
                });
            }
        }
        for (reward, quantity) in &before.used {
            let kept = after.used.get(reward).copied().unwrap_or(0);
            if *quantity != kept {
                changes.push(Change::Use {
                    reward: reward.clone(),
                    quantity: kept - quantity,
                });
            }
        }
        for (ladder, tier) in &before.reached {
            if !after.reached.contains_key(ladder) {
                changes.push(Change::Leave {
                    ladder: ladder.clone(),
                    since: tier.since,
                    back_to: standing.and_then(|standing| standing.tiers.get(ladder).cloned()),
                });
            }
        }
        changes
    }

    /// Memberships of others; the buyer's own are looked at next door.
    fn revoked(&self, before: &[Change], after: &[Change]) -> Vec<Change> {
        let (before, after) = (Sums::of(before), Sums::of(after));
        let gone = before.granted.into_iter();
        gone.filter(|(membership, _)| !after.granted.contains_key(membership))
            .map(|(membership, program)| Change::Revoke {
                membership,
                program,
                since: self.sale.basket.opened,
            })
            .collect()
    }
}
