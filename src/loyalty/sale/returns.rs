//! Taking goods back. What the customer keeps is quoted again with the facts of the sale: its programs, its moment, the
//! buyer as he stood then. Whatever that leaves of what was paid is given back, money first and then purses, so that any
//! way of splitting a return into parts comes to the same as returning everything at once.

use std::collections::BTreeMap;

use super::super::amount::{Money, Points, Quantity, Rate};
use super::super::basket::{Basket, Line};
use super::super::calendar::Day;
use super::super::engine::{decided_before, quote_paying, stored_value};
use super::super::id::{MembershipId, ProgramId, PurseId};
use super::super::member::{Change, ForOther, Holder};
use super::super::program::{PriceBasis, ProgramSet, Returns, Site};
use super::super::quote::{PursePayment, Quote};
use super::Sale;
pub use reverse::Gone;
use reverse::Reverse;

/// What earlier returns of a sale have given back already. Nothing at first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReturnedSoFar {
    /// Units returned, by line of the sale. Shorter than the sale where the last lines are untouched.
    pub quantities: Vec<Quantity>,
    /// Money given back.
    pub refund: Money,
    /// The value that went back to purses.
    pub to_purses: Money,
    /// Earned points taken back, by purse.
    pub taken: BTreeMap<PurseId, Points>,
    /// Spent points given back, by purse.
    pub restored: BTreeMap<PurseId, Points>,
    /// Stamps that had become rewards given back, by purse.
    pub turned: BTreeMap<PurseId, Points>,
    /// What was taken back of others, by whose it is and purse.
    pub of_others: BTreeMap<(Holder, PurseId), Points>,
    /// What else of the buyer's was taken back for good.
    pub gone: Gone,
    /// The same of others.
    pub gone_of_others: BTreeMap<Holder, Gone>,
}

/// What a return does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// Money given back.
    pub refund: Money,
    /// The value that goes back to purses.
    pub to_purses: Money,
    /// Line of the sale, how many of it, and its share of the value given back in money and purses.
    pub lines: Vec<(usize, Quantity, Money)>,
    /// What it does to the buyer's account.
    pub changes: Vec<Change>,
    /// What it does to other accounts.
    pub others: Vec<ForOther>,
}

/// Why goods cannot be taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReturnError {
    /// Nothing was named.
    #[error("nothing is returned: name at least one line and a quantity above 0")]
    Nothing,
    /// There is no such line.
    #[error("the sale has no line {number}")]
    NoLine {
        /// The line that was named, counted from 1.
        number: usize,
    },
    /// More than was bought, or than earlier returns have left.
    #[error("{wanted} of {sku} cannot be returned: {left} of the sale are left")]
    TooMany {
        /// The goods.
        sku: String,
        /// What was to be returned.
        wanted: Quantity,
        /// What can still be returned.
        left: Quantity,
    },
    /// Stored value that has been spent, or is held where nobody here can see it.
    #[error(
        "{wanted} of {purse} would be taken back, {left} are there: what was spent of it cannot be returned"
    )]
    Spent {
        /// The purse.
        purse: PurseId,
        /// What the return would take back.
        wanted: Points,
        /// What the purse holds.
        left: Points,
    },
}

impl ReturnedSoFar {
    /// Takes a return into account, for the next one.
    pub fn add(&mut self, back: &TakenBack) {
        for &(line, quantity, _) in &back.lines {
            if self.quantities.len() <= line {
                self.quantities.resize(line + 1, Quantity::ZERO);
            }
            self.quantities[line] += quantity;
        }
        self.refund += back.refund;
        self.to_purses += back.to_purses;
        for change in &back.changes {
            match change {
                Change::TakeBack { purse, amount, .. } => {
                    *self.taken.entry(purse.clone()).or_default() += *amount;
                }
                Change::Restore { purse, amount, .. } => {
                    *self.restored.entry(purse.clone()).or_default() += *amount;
                }
                Change::Turn { purse, amount } => {
                    *self.turned.entry(purse.clone()).or_default() -= *amount;
                }
                _ => {}
            }
        }
        self.gone.add(&back.changes);
        for other in &back.others {
            let gone = self.gone_of_others.entry(other.holder.clone());
            gone.or_default().add(&other.changes);
            for change in &other.changes {
                if let Change::TakeBack { purse, amount, .. } = change {
                    let of_purse = self.of_others.entry((other.holder.clone(), purse.clone()));
                    *of_purse.or_default() += *amount;
                }
            }
        }
    }

    fn of_line(&self, line: usize) -> Quantity {
        self.quantities.get(line).copied().unwrap_or_default()
    }
}

/// Takes goods of a sale back: `now` names lines and how many. The programs are those that the sale was quoted with.
pub fn take_back(
    sale: &Sale,
    so_far: &ReturnedSoFar,
    now: &[(usize, Quantity)],
    programs: &ProgramSet,
    site: &Site,
) -> Result<TakenBack, ReturnError> {
    let now = checked(sale, so_far, now)?;
    let left = |line: usize| sale.basket.lines[line].quantity - so_far.of_line(line);
    let before = keep(&sale.basket, left);
    let after = keep(&sale.basket, |line| {
        left(line) - now.get(&line).copied().unwrap_or_default()
    });
    let quote = |kept: &Basket, payments: &[PursePayment]| {
        let mut quote = quote_paying(kept, sale.known.as_ref(), programs, site, payments);
        decided_before(&mut quote, &sale.quote);
        quote
    };
    let paid = bill(&sale.quote);
    let given = so_far.refund + so_far.to_purses;
    let value = match programs.returns {
        // Purses that lower the taxable base go on doing so for the goods kept, as far as these cost so much.
        Returns::QuotedAgain => paid - bill(&quote(&after, &sale.quote.payments)) - given,
        Returns::InProportion => proportion::value(sale, &after, programs) - given,
    };
    // Never below zero, and never more than the goods cost before any offer: what was paid for them is no more anyhow.
    let most = match programs.returns {
        Returns::QuotedAgain => list_price(&before, programs) - list_price(&after, programs),
        Returns::InProportion => value,
    };
    let value = value.min(most).max(Money::ZERO);
    let all = given + value;
    // No purse pays for stored value: what is given back for that is money, and never opens the way from points to it.
    let stored = stored_value(&sale.basket, programs);
    let stored_back = stored - stored_value(&after, programs);
    let in_money = stored_back + (all - stored_back).min(paid - stored - sale.quote.paid_with_purses());
    let purses = PursesBack::of(&sale.quote.payments, all - in_money);
    let mut kept = quote(&after, &purses.kept);
    let kept_before = PursesBack::of(&sale.quote.payments, so_far.to_purses).kept;
    let mut quoted_before = quote(&before, &kept_before);
    if programs.returns == Returns::InProportion {
        proportion::earned(&mut kept, &sale.quote, (paid - all, paid), programs);
        proportion::earned(&mut quoted_before, &sale.quote, (paid - given, paid), programs);
    }
    let reverse = Reverse {
        sale,
        before: &quoted_before,
        after: &kept,
        so_far,
    };
    // Stamps come back to their lots before those of the sale are taken out of them.
    let (mut changes, others): (Vec<Change>, Vec<Change>) = reverse
        .own()
        .into_iter()
        .partition(|change| matches!(change, Change::Turn { .. }));
    changes.extend(purses.restore(so_far, programs));
    changes.extend(take_earned_back(&sale.quote.changes, &kept.changes, |purse| {
        so_far.taken.get(purse).copied()
    }));
    changes.extend(revoke(sale, &so_far.gone, &quoted_before, &kept));
    changes.extend(others);
    Ok(TakenBack {
        others: reverse.others(),
        refund: in_money - so_far.refund,
        to_purses: all - in_money - so_far.to_purses,
        lines: shares(sale, &before, &after, &now, value, programs),
        changes,
    })
}

impl TakenBack {
    /// Stored value can be taken back as far as it is there, so that no purse of it falls below zero. `balance` is what the
    /// buyer's purse holds now; nothing, where nobody here knows.
    pub fn leaves_no_debt(
        &self,
        programs: &ProgramSet,
        balance: impl Fn(&PurseId) -> Points,
    ) -> Result<(), ReturnError> {
        let mut sums: BTreeMap<&PurseId, Points> = BTreeMap::new();
        for change in &self.changes {
            match change {
                Change::TakeBack { purse, amount, .. } => *sums.entry(purse).or_default() += *amount,
                Change::Restore { purse, amount, .. } => *sums.entry(purse).or_default() -= *amount,
                _ => {}
            }
        }
        for (purse, wanted) in sums {
            let left = balance(purse);
            if programs.purse(purse).is_gift && wanted > Points::ZERO && wanted > left {
                return Err(ReturnError::Spent {
                    purse: purse.clone(),
                    wanted,
                    left,
                });
            }
        }
        Ok(())
    }
}

/// The lines named, once each.
fn checked(
    sale: &Sale,
    so_far: &ReturnedSoFar,
    now: &[(usize, Quantity)],
) -> Result<BTreeMap<usize, Quantity>, ReturnError> {
    let mut wanted: BTreeMap<usize, Quantity> = BTreeMap::new();
    for &(line, quantity) in now {
        if quantity <= Quantity::ZERO {
            return Err(ReturnError::Nothing);
        }
        *wanted.entry(line).or_default() += quantity;
    }
    if wanted.is_empty() {
        return Err(ReturnError::Nothing);
    }
    for (&line, &quantity) in &wanted {
        let bought = sale
            .basket
            .lines
            .get(line)
            .ok_or(ReturnError::NoLine { number: line + 1 })?;
        let left = bought.quantity - so_far.of_line(line);
        if quantity > left {
            return Err(ReturnError::TooMany {
                sku: bought.goods.sku.to_string(),
                wanted: quantity,
                left,
            });
        }
    }
    Ok(wanted)
}

/// The basket with so many units of each line; every line stays, so that lines keep their numbers.
fn keep(basket: &Basket, left: impl Fn(usize) -> Quantity) -> Basket {
    let lines = basket.lines.iter().enumerate();
    let lines = lines.map(|(index, line)| Line {
        quantity: left(index),
        ..line.clone()
    });
    Basket {
        lines: lines.collect(),
        wishes: Vec::new(),
        ..basket.clone()
    }
}

/// What is to be paid in all: the total, with tax where prices come without it.
fn bill(quote: &Quote) -> Money {
    quote.due + quote.paid_with_purses()
}

/// What a basket would cost without any offer.
fn list_price(basket: &Basket, programs: &ProgramSet) -> Money {
    let mut by_rate: BTreeMap<Option<Rate>, Money> = BTreeMap::new();
    for line in &basket.lines {
        *by_rate.entry(line.goods.tax_rate).or_default() += line.gross(programs.terms.currency);
    }
    let with_tax = |(rate, sum): (Option<Rate>, Money)| match (programs.terms.price_basis, rate) {
        (PriceBasis::TaxExclusive, Some(rate)) => sum + sum.share(rate),
        _ => sum,
    };
    by_rate.into_iter().map(with_tax).sum()
}

/// What goes back to purses after all returns so far, and what they still pay.
struct PursesBack<'a> {
    payments: &'a [PursePayment],
    points: Vec<Points>,
    kept: Vec<PursePayment>,
}

impl PursesBack<'_> {
    /// The purse that was drawn last is filled first. Points that paid more than their worth come back when all that
    /// they paid comes back; until then whole points only.
    fn of(payments: &[PursePayment], value: Money) -> PursesBack<'_> {
        let mut rest = value;
        let mut back: Vec<(Money, Points)> = payments
            .iter()
            .rev()
            .map(|payment| {
                let money = payment.money.min(rest);
                rest -= money;
                (money, points_for(payment, money))
            })
            .collect();
        back.reverse();
        let kept = payments
            .iter()
            .zip(&back)
            .map(|(payment, (money, points))| PursePayment {
                purse: payment.purse.clone(),
                points: payment.points - *points,
                money: payment.money - *money,
            });
        PursesBack {
            payments,
            kept: kept.collect(),
            points: back.iter().map(|(_, points)| *points).collect(),
        }
    }

    fn restore(&self, so_far: &ReturnedSoFar, programs: &ProgramSet) -> Vec<Change> {
        let mut by_purse: BTreeMap<&PurseId, Points> = BTreeMap::new();
        for (payment, points) in self.payments.iter().zip(&self.points) {
            *by_purse.entry(&payment.purse).or_default() += *points;
        }
        let mut changes = Vec::new();
        for (purse, points) in by_purse {
            let amount = points - so_far.restored.get(purse).copied().unwrap_or_default();
            if amount > Points::ZERO {
                changes.push(Change::Restore {
                    purse: purse.clone(),
                    amount,
                    days: programs.purse(purse).returned_days,
                });
            }
        }
        changes
    }
}

fn points_for(payment: &PursePayment, money: Money) -> Points {
    if money == payment.money {
        return payment.points;
    }
    let exact = i128::from(payment.points.units()) * i128::from(money.units());
    let points = exact / i128::from(payment.money.units()).max(1);
    let points = Points::thousandths(i64::try_from(points).unwrap_or_default());
    // Whole points were taken: whole points come back. A purse with a finer step was charged in that step.
    let is_whole = payment.points.down_to(Points::ONE) == payment.points;
    if is_whole {
        points.down_to(Points::ONE)
    } else {
        points
    }
}

/// Of every purse what the sale earned less what the kept goods earn, less what was taken before. The programs give it
/// back in the order in which they gave it.
fn take_earned_back(
    sold: &[Change],
    kept: &[Change],
    so_far: impl Fn(&PurseId) -> Option<Points>,
) -> Vec<Change> {
    let (sold, kept) = (earned(sold), earned(kept));
    let mut changes = Vec::new();
    for (purse, programs) in &sold {
        let all: Points = programs.iter().map(|(_, amount)| *amount).sum();
        let still: Points = kept
            .get(purse)
            .into_iter()
            .flatten()
            .map(|(_, amount)| *amount)
            .sum();
        let before = so_far(purse).unwrap_or_default();
        let after = before.max(all - still);
        let mut start = Points::ZERO;
        for (program, amount) in programs {
            let end = start + *amount;
            let taken = after.min(end).max(start) - before.min(end).max(start);
            start = end;
            if taken > Points::ZERO {
                changes.push(Change::TakeBack {
                    purse: purse.clone(),
                    amount: taken,
                    program: program.clone(),
                });
            }
        }
    }
    changes
}

/// What was earned into each purse, program by program.
fn earned(changes: &[Change]) -> BTreeMap<PurseId, Vec<(ProgramId, Points)>> {
    let mut by_purse: BTreeMap<PurseId, Vec<(ProgramId, Points)>> = BTreeMap::new();
    for change in changes {
        if let Change::Earn {
            purse,
            amount,
            program,
            ..
        } = change
        {
            let of_purse = by_purse.entry(purse.clone()).or_default();
            of_purse.push((program.clone(), *amount));
        }
    }
    by_purse
}

/// Memberships that the sale granted and that what is kept would not have granted any more.
fn revoke(sale: &Sale, taken: &Gone, before: &Quote, after: &Quote) -> Vec<Change> {
    let still = granted(after);
    let was = granted(before);
    let gone = granted(&sale.quote).into_iter();
    let end = |granted: &BTreeMap<MembershipId, (ProgramId, Option<Day>)>, name: &MembershipId| {
        granted.get(name).map(|(_, until)| *until)
    };
    let is_gone = |name: &MembershipId| was.contains_key(name) && !taken.has_revoked(name);
    gone.filter(|(name, _)| is_gone(name) && end(&was, name) != end(&still, name))
        .flat_map(|(membership, (program, _))| {
            let since = sale.basket.opened;
            let held = sale
                .known
                .as_ref()
                .and_then(|known| known.standing.memberships.get(&membership));
            // What is left of it goes on, and so does what was held before, each to its own end.
            let until = end(&still, &membership).or(held.map(|held| held.until));
            let again = until.map(|until| Change::Grant {
                membership: membership.clone(),
                program: program.clone(),
                until,
            });
            let gone = Change::Revoke {
                membership,
                program,
                since,
            };
            std::iter::once(gone).chain(again)
        })
        .collect()
}

fn granted(quote: &Quote) -> BTreeMap<MembershipId, (ProgramId, Option<Day>)> {
    let grant = |change: &Change| match change {
        Change::Grant {
            membership,
            program,
            until,
        } => Some((membership.clone(), (program.clone(), *until))),
        _ => None,
    };
    quote.changes.iter().filter_map(grant).collect()
}

/// Splits the value given back over the returned lines by what they were paid, unless that would give a line more than
/// its list price: then by list price.
fn shares(
    sale: &Sale,
    before: &Basket,
    after: &Basket,
    now: &BTreeMap<usize, Quantity>,
    value: Money,
    programs: &ProgramSet,
) -> Vec<(usize, Quantity, Money)> {
    let of_line = |basket: &Basket, line: usize| {
        let alone = Basket {
            lines: vec![basket.lines[line].clone()],
            ..basket.clone()
        };
        list_price(&alone, programs)
    };
    let list: Vec<Money> = now
        .keys()
        .map(|&line| of_line(before, line) - of_line(after, line))
        .collect();
    let paid = now.iter().map(|(&line, quantity)| {
        let net = sale.quote.lines[line].net().units();
        i128::from(net) * i128::from(quantity.units()) * 1_000_000
            / i128::from(sale.basket.lines[line].quantity.units())
    });
    let by_paid = value.split(&paid.collect::<Vec<_>>());
    let fits = by_paid.iter().zip(&list).all(|(part, most)| part <= most);
    let by_list = || {
        value.split(
            &list
                .iter()
                .map(|price| i128::from(price.units()))
                .collect::<Vec<_>>(),
        )
    };
    let parts = if fits { by_paid } else { by_list() };
    let lines = now.iter().zip(parts);
    lines
        .map(|((&line, &quantity), part)| (line, quantity, part))
        .collect()
}

mod proportion;
mod reverse;
#[cfg(test)]
mod tests;
