//! Step after step: the clock moves, what is due happens, then the step itself.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answer::{Answers, ByPurse};
use super::read::{Step, Story};
use crate::loyalty::amount::{Points, Quantity};
use crate::loyalty::basket::Basket;
use crate::loyalty::calendar::{Day, Moment};
use crate::loyalty::engine::{quote, wish_refusal};
use crate::loyalty::id::{MemberId, MembershipId, PurseId, Sku};
use crate::loyalty::ledger::{LotMove, Purse, part_of};
use crate::loyalty::member::{Change, Held, Holder, Known, Standing, grant, revoke};
use crate::loyalty::program::ProgramSet;
use crate::loyalty::sale::{ReturnedSoFar, Sale, TakenBack, Tender, take_back};
use crate::words;

impl Story {
    /// Runs the story from an empty shop. One answer a step, in order.
    pub fn run(&self, programs: &ProgramSet) -> Vec<Value> {
        let mut shop = Shop {
            story: self,
            programs,
            answers: Answers { programs },
            accounts: BTreeMap::new(),
            sales: BTreeMap::new(),
        };
        let steps = self.steps.iter().enumerate();
        steps.map(|(number, step)| shop.step(number, step)).collect()
    }
}

struct Shop<'a> {
    story: &'a Story,
    programs: &'a ProgramSet,
    answers: Answers<'a>,
    accounts: BTreeMap<MemberId, Account>,
    sales: BTreeMap<&'a str, Sold>,
}

/// What a member has.
#[derive(Default)]
struct Account {
    purses: BTreeMap<PurseId, Purse>,
    memberships: BTreeMap<MembershipId, Held>,
}

/// A sale, from which lots its payment came, and what has come back of it.
struct Sold {
    sale: Sale,
    origin: u64,
    drawn: BTreeMap<PurseId, Vec<LotMove>>,
    so_far: ReturnedSoFar,
}

impl<'a> Shop<'a> {
    fn step(&mut self, number: usize, step: &'a Step) -> Value {
        let expired = step.moment().map(|at| self.expire(at)).unwrap_or_default();
        let answer = match step {
            Step::Sale { id, basket } => self.sell(number, id, basket),
            Step::Return {
                id, at, sale, lines, ..
            } => self.take_back(id, *at, sale, lines),
            Step::Activity { id, .. } => Ok(self.answers.activity(id)),
            Step::Catalogue { reward, is_use, .. } => Err(if *is_use {
                format!("{reward} is not held")
            } else {
                format!("no program offers {reward}")
            }),
            Step::Advance { text, .. } => Ok(self.answers.advance(text, &expired)),
            Step::BalanceOfMember(member) => {
                Ok(self.answers.balance(member.as_str(), &self.balances(member)))
            }
            Step::BalanceOfOrganisation(name) => Ok(self.answers.balance(name, &ByPurse::new())),
        };
        answer.unwrap_or_else(|why| self.answers.refused(number, &why))
    }

    fn day(&self, at: Moment) -> Day {
        at.day(&self.programs.terms.zone)
    }

    /// Lots lapse when the day after their last one begins.
    fn expire(&mut self, at: Moment) -> BTreeMap<String, ByPurse> {
        let today = self.day(at);
        let mut expired: BTreeMap<String, ByPurse> = BTreeMap::new();
        for (member, account) in &mut self.accounts {
            for (name, purse) in &mut account.purses {
                let gone = purse.expire(today);
                if !gone.is_zero() {
                    let of_member = expired.entry(member.to_string()).or_default();
                    of_member.insert(name.clone(), gone);
                }
            }
        }
        expired
    }

    fn balances(&self, member: &MemberId) -> ByPurse {
        let purses = self
            .accounts
            .get(member)
            .into_iter()
            .flat_map(|account| &account.purses);
        purses
            .map(|(name, purse)| (name.clone(), purse.balance()))
            .collect()
    }

    /// The buyer as the till would know him.
    fn known(&self, basket: &Basket) -> Option<Known> {
        let Some(Holder::Member(id)) = &basket.buyer else {
            return None;
        };
        let today = self.day(basket.opened);
        let mut standing = Standing::default();
        if let Some(account) = self.accounts.get(id) {
            let spendable = |(name, purse): (&PurseId, &Purse)| (name.clone(), purse.spendable(today));
            standing.purses = account.purses.iter().map(spendable).collect();
            standing.memberships = account.memberships.clone();
        }
        let member = self.story.members.get(id)?.clone();
        Some(Known { member, standing })
    }

    fn sell(&mut self, number: usize, id: &'a str, basket: &Basket) -> Result<Value, String> {
        if basket.lines.is_empty() {
            return Err("nothing is sold: a sale needs at least one line".to_owned());
        }
        let known = self.known(basket);
        if let Some(refusal) = wish_refusal(basket, known.as_ref(), self.programs) {
            return Err(words::wish_refusal(&refusal, self.programs.terms.currency));
        }
        let site = &self.story.sites[&basket.site];
        let quote = quote(basket, known.as_ref(), self.programs, site);
        let answer = self.answers.sale(id, basket, &quote);
        let today = self.day(basket.opened);
        let mut sold = Sold {
            sale: Sale {
                known: known.map(|known| known.as_recorded(today)),
                basket: basket.clone(),
                tender: if quote.due.is_zero() {
                    Tender::Nothing
                } else {
                    Tender::Elsewhere
                },
                quote,
                source: None,
                as_of: 0,
            },
            origin: number as u64,
            drawn: BTreeMap::new(),
            so_far: ReturnedSoFar::default(),
        };
        if let Some(Holder::Member(member)) = &basket.buyer {
            let account = self.accounts.entry(member.clone()).or_default();
            account.book_sale(&mut sold, basket.opened, today)?;
        }
        self.sales.insert(id, sold);
        Ok(answer)
    }

    fn take_back(
        &mut self,
        id: &str,
        at: Moment,
        sale: &str,
        lines: &[(Sku, Quantity)],
    ) -> Result<Value, String> {
        let today = self.day(at);
        let Some(sold) = self.sales.get_mut(sale) else {
            return Err(format!("there is no sale {sale}"));
        };
        let now = sold.find(lines)?;
        let site = &self.story.sites[&sold.sale.basket.site];
        let back = take_back(&sold.sale, &sold.so_far, &now, self.programs, site);
        let back = back.map_err(|error| error.to_string())?;
        if let Some(Holder::Member(member)) = &sold.sale.basket.buyer {
            let account = self.accounts.entry(member.clone()).or_default();
            account.book_return(sold, &back, today);
        }
        sold.so_far.add(&back);
        Ok(self.answers.back(id, &back))
    }
}

impl Sold {
    /// Lines of the sale for goods named by sku: the first line with something left goes first.
    fn find(&self, wanted: &[(Sku, Quantity)]) -> Result<Vec<(usize, Quantity)>, String> {
        let lines = &self.sale.basket.lines;
        let mut left: Vec<Quantity> = lines.iter().map(|line| line.quantity).collect();
        for (left, back) in left.iter_mut().zip(&self.so_far.quantities) {
            *left -= *back;
        }
        let mut found = Vec::new();
        for (sku, quantity) in wanted {
            let mut rest = *quantity;
            for (n, line) in lines
                .iter()
                .enumerate()
                .filter(|(_, line)| line.goods.sku == *sku)
            {
                let here = rest.min(left[n]);
                if here > Quantity::ZERO && line.quantity > Quantity::ZERO {
                    found.push((n, here));
                    left[n] -= here;
                    rest -= here;
                }
            }
            if rest > Quantity::ZERO {
                let has = *quantity - rest;
                return Err(format!(
                    "{quantity} of {sku} cannot be returned: {has} of this sale are left"
                ));
            }
        }
        Ok(found)
    }
}

impl Account {
    fn book_sale(&mut self, sold: &mut Sold, at: Moment, today: Day) -> Result<(), String> {
        for change in &sold.sale.quote.changes {
            match change {
                Change::Spend { purse, amount } => {
                    let own = self.purses.entry(purse.clone()).or_default();
                    let moves = own.spend(*amount, today).map_err(|short| short.to_string())?;
                    sold.drawn.entry(purse.clone()).or_default().extend(moves);
                }
                Change::Earn {
                    purse,
                    amount,
                    expires,
                    ..
                } => {
                    let own = self.purses.entry(purse.clone()).or_default();
                    own.earn(*amount, today, *expires, sold.origin);
                }
                Change::Grant {
                    membership, until, ..
                } => {
                    let held = Held {
                        since: at,
                        until: *until,
                    };
                    grant(&mut self.memberships, membership, held);
                }
                Change::TakeBack { .. } | Change::Restore { .. } | Change::Revoke { .. } => {}
            }
        }
        Ok(())
    }

    fn book_return(&mut self, sold: &Sold, back: &TakenBack, today: Day) {
        for change in &back.changes {
            match change {
                Change::TakeBack { purse, amount, .. } => {
                    let own = self.purses.entry(purse.clone()).or_default();
                    own.take_back(*amount, sold.origin);
                }
                Change::Restore { purse, amount } => {
                    let own = self.purses.entry(purse.clone()).or_default();
                    let skipped = sold.so_far.restored.get(purse).copied().unwrap_or(Points::ZERO);
                    let drawn = sold.drawn.get(purse).map_or(&[][..], Vec::as_slice);
                    own.restore(&part_of(drawn, skipped, *amount), today);
                }
                Change::Revoke {
                    membership, since, ..
                } => revoke(&mut self.memberships, membership, *since),
                Change::Earn { .. } | Change::Spend { .. } | Change::Grant { .. } => {}
            }
        }
    }
}
