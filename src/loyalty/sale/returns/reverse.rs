//! What a return takes back besides money, points and the buyer's memberships: what the sale counted, issued, gave to
//! others, and the tiers it reached. It is the difference between what the goods kept before would give and what those
//! kept now give, so that the parts of a return always sum to the whole.

use std::collections::{BTreeMap, BTreeSet};

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
                    let sum = sums.counts.entry((counter.clone(), *day)).or_default();
                    *sum = sum.saturating_add(*amount);
                }
                Change::Issue { reward, quantity, .. } => {
                    let sum = sums.issued.entry(reward.clone()).or_default();
                    *sum = sum.saturating_add(*quantity);
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

/// What earlier returns have taken back once and for all: a reward is not given again where what is kept would earn it
/// after all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    withdrawn: BTreeMap<RewardId, u64>,
    left: BTreeSet<LadderId>,
    revoked: BTreeSet<MembershipId>,
}

impl Gone {
    pub(super) fn add(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Withdraw { reward, quantity } => {
                    *self.withdrawn.entry(reward.clone()).or_default() += quantity;
                }
                Change::Leave { ladder, .. } => {
                    self.left.insert(ladder.clone());
                }
                Change::Revoke { membership, .. } => {
                    self.revoked.insert(membership.clone());
                }
                // A shorter one takes the place of what was taken back.
                Change::Grant { membership, .. } => {
                    self.revoked.remove(membership);
                }
                _ => {}
            }
        }
    }

    pub(super) fn has_revoked(&self, membership: &MembershipId) -> bool {
        self.revoked.contains(membership)
    }
}

/// What one account got by the sale, and by what was kept before this return and is kept after it.
struct Three<'a> {
    sold: &'a [Change],
    before: &'a [Change],
    after: &'a [Change],
}

impl Reverse<'_> {
    /// On the buyer's account.
    pub fn own(&self) -> Vec<Change> {
        let known = self.sale.known.as_ref();
        let three = Three {
            sold: &self.sale.quote.changes,
            before: &self.before.changes,
            after: &self.after.changes,
        };
        self.changes(&three, &self.so_far.gone, known.map(|known| &known.standing))
    }

    /// On other accounts.
    pub fn others(&self) -> Vec<ForOther> {
        fn of<'a>(others: &'a [ForOther], holder: &Holder) -> &'a [Change] {
            let own = others.iter().find(|one| one.holder == *holder);
            own.map_or(&[][..], |one| &one.changes)
        }
        let never = Gone::default();
        let reversed = self.sale.quote.others.iter().map(|sold| {
            let three = Three {
                sold: &sold.changes,
                before: of(&self.before.others, &sold.holder),
                after: of(&self.after.others, &sold.holder),
            };
            let known = self.sale.known.as_ref();
            let standing = match &sold.holder {
                Holder::Organisation(_) => known.and_then(|known| known.organisation.as_ref()),
                _ => None,
            };
            let gone = self.so_far.gone_of_others.get(&sold.holder).unwrap_or(&never);
            let mut changes = self.changes(&three, gone, standing);
            let of_holder = |purse: &PurseId| {
                let key = (sold.holder.clone(), purse.clone());
                self.so_far.of_others.get(&key).copied()
            };
            // Never more than the sale gave, whatever the goods kept would earn.
            changes.extend(take_earned_back(three.sold, three.after, of_holder));
            changes.extend(self.revoked(&three, gone));
            ForOther {
                holder: sold.holder.clone(),
                changes,
            }
        });
        reversed.filter(|other| !other.changes.is_empty()).collect()
    }

    /// What goods that are kept come to is never more than the sale came to: they may cost more alone than they did in it.
    fn changes(&self, three: &Three, gone: &Gone, standing: Option<&Standing>) -> Vec<Change> {
        let sold = Sums::of(three.sold);
        let (before, after) = (Sums::of(three.before), Sums::of(three.after));
        let mut changes = Vec::new();
        for (key, amount) in &sold.counts {
            let kept = |sums: &Sums| within(sums.counts.get(key).copied().unwrap_or(0), *amount);
            let amount = kept(&after) - kept(&before);
            if amount != 0 {
                changes.push(Change::Count {
                    counter: key.0.clone(),
                    day: key.1,
                    amount,
                });
            }
        }
        for (reward, quantity) in &sold.issued {
            let still = after.issued.get(reward).copied().unwrap_or(0);
            let before = gone.withdrawn.get(reward).copied().unwrap_or(0);
            let quantity = quantity.saturating_sub(still).saturating_sub(before);
            if quantity > 0 {
                changes.push(Change::Withdraw {
                    reward: reward.clone(),
                    quantity,
                });
            }
        }
        for (key, amount) in &sold.donated {
            let kept = |sums: &Sums| {
                let units = sums.donated.get(key).map_or(0, |money| money.units());
                Money::minor(within(units, amount.units()))
            };
            let amount = kept(&after) - kept(&before);
            if !amount.is_zero() {
                changes.push(Change::Donate {
                    charity: key.0.clone(),
                    amount,
                    program: key.1.clone(),
                });
            }
        }
        for (purse, amount) in &sold.turned {
            let kept = |sums: &Sums| {
                let units = sums.turned.get(purse).map_or(0, |points| points.units());
                Points::thousandths(within(units, amount.units()))
            };
            let amount = kept(&after) - kept(&before);
            if !amount.is_zero() {
                changes.push(Change::Turn {
                    purse: purse.clone(),
                    amount,
                });
            }
        }
        for (reward, quantity) in &sold.used {
            let kept = |sums: &Sums| within(sums.used.get(reward).copied().unwrap_or(0), *quantity);
            let quantity = kept(&after) - kept(&before);
            if quantity != 0 {
                changes.push(Change::Use {
                    reward: reward.clone(),
                    quantity,
                });
            }
        }
        for (ladder, tier) in &sold.reached {
            if !after.reached.contains_key(ladder) && !gone.left.contains(ladder) {
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
    fn revoked(&self, three: &Three, gone: &Gone) -> Vec<Change> {
        let (sold, after) = (Sums::of(three.sold), Sums::of(three.after));
        let granted = sold.granted.into_iter();
        granted
            .filter(|(membership, _)| {
                !after.granted.contains_key(membership) && !gone.has_revoked(membership)
            })
            .map(|(membership, program)| Change::Revoke {
                membership,
                program,
                since: self.sale.basket.opened,
            })
            .collect()
    }
}

/// Between nothing and what the sale came to.
fn within(amount: i64, sold: i64) -> i64 {
    amount.clamp(sold.min(0), sold.max(0))
}
