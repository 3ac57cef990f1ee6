//! Step after step: the clock moves, what is due happens, then the step itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::account::{Account, Drawn, Origin};
use super::answer::{Answers, ByPurse, Tiers};
use super::read::{Step, Story};
use crate::loyalty::amount::Quantity;
use crate::loyalty::basket::Basket;
use crate::loyalty::calendar::{Day, Moment};
use crate::loyalty::engine::{self, Activity, Asked, Done, Use, quote_in_full, wish_refusal};
use crate::loyalty::id::{CounterId, MemberId, OrganisationId, SiteId, Sku};
use crate::loyalty::member::{Change, ForOther, Holder, Known, Member};
use crate::loyalty::program::past::Whose;
use crate::loyalty::program::{ProgramSet, Site};
use crate::loyalty::sale::{ReturnedSoFar, Sale, Tender, take_back};
use crate::words;

impl Story {
    /// Runs the story from an empty shop. One answer a step, in order.
    pub fn run(&self, programs: &ProgramSet) -> Vec<Value> {
        let office = Site {
            id: SiteId::parse("shop").expect("a name"),
            partner: None,
            zone: self.terms.zone.clone(),
        };
        let mut shop = Shop {
            story: self,
            programs,
            answers: Answers { programs },
            draws: *blake3::hash(self.seed.as_bytes()).as_bytes(),
            office,
            today: None,
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
    /// The key of the story's draws.
    draws: [u8; 32],
    /// Where things happen that are done at no site.
    office: Site,
    /// The day of the last step.
    today: Option<Day>,
    accounts: BTreeMap<Holder, Account>,
    sales: BTreeMap<&'a str, Sold>,
}

/// A sale, from which lots its payment came, and what has come back of it.
struct Sold {
    sale: Sale,
    origin: u64,
    drawn: Drawn,
    so_far: ReturnedSoFar,
}

impl<'a> Shop<'a> {
    fn step(&mut self, number: usize, step: &'a Step) -> Value {
        let expired = step.moment().map(|at| self.pass(number, at)).unwrap_or_default();
        let answer = match step {
            Step::Sale { id, basket } => self.sell(number, id, basket),
            Step::Return { id, at, sale, lines } => self.take_back(id, *at, sale, lines),
            Step::Activity { id, member, what } => self.activity(number, id, member, what),
            Step::Redeem { id, member, what } => self.redeem(number, id, member, what),
            Step::Use { id, at, member, what } => self.use_up(number, id, *at, member, what),
            Step::Advance { text, .. } => Ok(self.answers.advance(text, &expired)),
            Step::BalanceOfMember(member) => {
                Ok(self.balance(&Holder::Member(member.clone()), member.as_str()))
            }
            Step::BalanceOfOrganisation(name) => {
                Ok(self.balance(&Holder::Organisation(name.clone()), name.as_str()))
            }
        };
        answer.unwrap_or_else(|why| self.answers.refused(number, &why))
    }

    fn day(&self, at: Moment) -> Day {
        at.day(&self.programs.terms.zone)
    }

    /// The clock moves on: day by day lots lapse, and what is due on the first of a month falls due.
    fn pass(&mut self, number: usize, at: Moment) -> BTreeMap<String, ByPurse> {
        let today = self.day(at);
        let mut expired = BTreeMap::new();
        if let Some(before) = self.today.filter(|before| *before < today) {
            let mut month = before.first_of(1).plus_months(1);
            while month <= today {
                self.expire(month, &mut expired);
                self.fall_due(number, month);
                month = month.plus_months(1);
            }
        }
        self.today = Some(today);
        self.expire(today, &mut expired);
        expired
    }

    /// Lots lapse when the day after their last one begins.
    fn expire(&mut self, today: Day, expired: &mut BTreeMap<String, ByPurse>) {
        for (holder, account) in &mut self.accounts {
            for (name, purse) in &mut account.purses {
                let gone = purse.expire(today);
                if !gone.is_zero() {
                    let of_holder = expired.entry(name_of(holder)).or_default();
                    *of_holder.entry(name.clone()).or_default() += gone;
                }
            }
        }
    }

    fn fall_due(&mut self, number: usize, day: Day) {
        // Who has done nothing yet may be due something as well.
        let members = self.story.members.keys().cloned().map(Holder::Member);
        let holders: BTreeSet<Holder> = self.accounts.keys().cloned().chain(members).collect();
        for holder in holders {
            let Some(known) = self.known_as(&holder, day) else {
                continue;
            };
            let done = engine::due(day, &known, &holder, self.programs, &self.office, &self.left(&[]));
            let at = self.programs.terms.zone.midnight(day);
            // What falls due only gives: nothing of it can fail for want of points.
            let _ = self.book(&holder, &done.changes, &done.others, number as u64, at);
        }
    }

    /// What is left of all that everybody shares: a story has one place, to which all of it is dealt.
    fn left(&self, codes: &[String]) -> BTreeMap<CounterId, i64> {
        let mut left = self.programs.totals();
        left.extend(self.programs.totals_of(codes));
        if let Some(shop) = self.accounts.get(&Holder::Shop).filter(|_| !left.is_empty()) {
            for (counter, left) in &mut left {
                *left = left.saturating_sub(shop.counted(counter));
            }
        }
        left
    }

    fn balance(&self, holder: &Holder, name: &str) -> Value {
        let account = self.accounts.get(holder);
        let purses = account.map(Account::balances).unwrap_or_default();
        let today = self.today.unwrap_or_else(|| self.day(Moment::default()));
        let standing = account.map(|account| account.standing(today)).unwrap_or_default();
        self.answers
            .balance(name, &purses, &self.tiers(holder, today), &standing.entitlements)
    }

    /// The tiers of a member, or of an organisation; a buyer shows those of both.
    fn tiers(&self, holder: &Holder, today: Day) -> Tiers {
        let Some(known) = self.known_as(holder, today) else {
            return Tiers::new();
        };
        let of = |whose| engine::tiers_of(&known, self.programs, today, whose);
        match holder {
            Holder::Organisation(_) => of(Whose::Organisation),
            _ => of(Whose::Member),
        }
    }

    /// Somebody as the till would know him on a day: a member, or an organisation that buys without one.
    fn known_as(&self, holder: &Holder, today: Day) -> Option<Known> {
        let standing = |holder: &Holder| {
            let account = self.accounts.get(holder);
            account.map(|account| account.standing(today)).unwrap_or_default()
        };
        let of_organisation = |name: &OrganisationId| standing(&Holder::Organisation(name.clone()));
        match holder {
            Holder::Member(id) => {
                let mut member = self.story.members.get(id)?.clone();
                member.brought_by = self
                    .accounts
                    .get(holder)
                    .and_then(|account| account.brought_by.clone());
                Some(Known {
                    organisation: member.organisation.as_ref().map(of_organisation),
                    standing: standing(holder),
                    member,
                })
            }
            Holder::Organisation(name) => {
                let id = MemberId::parse(name.as_str()).ok()?;
                let standing = of_organisation(name);
                Some(Known {
                    member: Member {
                        organisation: Some(name.clone()),
                        ..Member::named(id)
                    },
                    standing: standing.clone(),
                    organisation: Some(standing),
                })
            }
            Holder::Card(_) | Holder::Shop => None,
        }
    }

    /// Books what an entry does to the accounts of its holder and of others.
    fn book(
        &mut self,
        holder: &Holder,
        changes: &[Change],
        others: &[ForOther],
        number: u64,
        at: Moment,
    ) -> Result<Drawn, String> {
        let nothing = (BTreeMap::new(), BTreeMap::new());
        let origin = Origin {
            number,
            at,
            today: self.day(at),
            drawn: &nothing.0,
            restored: &nothing.1,
            turned: &nothing.0,
            turned_back: &nothing.1,
        };
        let drawn = self
            .accounts
            .entry(holder.clone())
            .or_default()
            .book(changes, &origin)?;
        for other in others {
            let account = self.accounts.entry(other.holder.clone()).or_default();
            account.book(&other.changes, &origin)?;
        }
        Ok(drawn)
    }

    fn activity(
        &mut self,
        number: usize,
        id: &str,
        member: &MemberId,
        what: &Activity,
    ) -> Result<Value, String> {
        let holder = Holder::Member(member.clone());
        let known = self
            .known_as(&holder, self.day(what.at))
            .unwrap_or_else(|| stranger(member));
        let what = Activity {
            dealt: self.left(&[]),
            ..what.clone()
        };
        let mut done = engine::activity(&what, &known, self.programs, &self.office);
        self.without_strangers(&mut done);
        self.book(&holder, &done.changes, &done.others, number as u64, what.at)?;
        Ok(self.answers.activity(id, &done))
    }

    /// A friend must be one of the story's members, and must not have bought anything before he was brought.
    fn without_strangers(&self, done: &mut Done) {
        done.others.retain(|other| match &other.holder {
            Holder::Member(id) => self.story.members.contains_key(id),
            _ => true,
        });
    }

    fn redeem(&mut self, number: usize, id: &str, member: &MemberId, what: &Asked) -> Result<Value, String> {
        let holder = Holder::Member(member.clone());
        let known = self
            .known_as(&holder, self.day(what.at))
            .unwrap_or_else(|| stranger(member));
        let asked = Asked {
            dealt: self.left(&[]),
            ..what.clone()
        };
        let done = engine::redeem(&asked, &known, self.programs, &self.office);
        let done = done.map_err(|refusal| words::redeem_refusal(&refusal, self.programs.terms.currency))?;
        self.book(&holder, &done.changes, &done.others, number as u64, what.at)?;
        Ok(self.answers.redeem(id, &done))
    }

    /// What a member holds himself goes first, then what his organisation holds.
    fn use_up(
        &mut self,
        number: usize,
        id: &str,
        at: Moment,
        member: &MemberId,
        what: &Use,
    ) -> Result<Value, String> {
        let own = Holder::Member(member.clone());
        let organisation = self
            .story
            .members
            .get(member)
            .and_then(|member| member.organisation.clone());
        let holders = std::iter::once(own).chain(organisation.map(Holder::Organisation));
        let today = self.day(at);
        let mut most = 0;
        for holder in holders {
            let held = self
                .accounts
                .get(&holder)
                .map(|account| account.standing(today).entitlements);
            let has = held.and_then(|held| held.get(&what.reward).copied()).unwrap_or(0);
            if has >= what.quantity {
                let withdraw = Change::Withdraw {
                    reward: what.reward.clone(),
                    quantity: what.quantity,
                };
                self.book(&holder, &[withdraw], &[], number as u64, at)?;
                return Ok(self.answers.used(id, has - what.quantity));
            }
            most = most.max(has);
        }
        Err(if most == 0 {
            format!("{} is not held", what.reward)
        } else {
            format!(
                "{most} of {} are held, {} were asked for",
                what.reward, what.quantity
            )
        })
    }

    fn sell(&mut self, number: usize, id: &'a str, basket: &Basket) -> Result<Value, String> {
        if basket.lines.is_empty() {
            return Err("nothing is sold: a sale needs at least one line".to_owned());
        }
        let today = self.day(basket.opened);
        let known = basket
            .buyer
            .as_ref()
            .and_then(|buyer| self.known_as(buyer, today));
        if let Some(refusal) = wish_refusal(basket, known.as_ref(), self.programs) {
            return Err(words::wish_refusal(&refusal, self.programs.terms.currency));
        }
        let site = &self.story.sites[&basket.site];
        if let Some(why) = engine::reserved(basket, known.as_ref(), self.programs, site) {
            return Err(words::reason(&why, self.programs.terms.currency));
        }
        let may_add = self.programs.may_add.iter();
        let asked = Basket {
            dealt: self.left(&basket.codes),
            at_hand: may_add
                .filter_map(|(_, sku)| self.story.goods.get(sku).cloned())
                .collect(),
            ..basket.clone()
        };
        let mut quote = quote_in_full(&asked, known.as_ref(), self.programs, site);
        let basket = &asked.sold_with(&quote.added);
        engine::decide(&mut quote, &self.draws, id);
        let sale = Sale {
            known: known.map(|known| known.as_recorded(today)),
            basket: basket.clone(),
            tender: if quote.due.is_zero() {
                Tender::Nothing
            } else {
                Tender::Elsewhere
            },
            quote: quote.clone(),
            source: None,
            as_of: 0,
            drawn: None,
            approved_by: None,
        };
        let origin = number as u64;
        let mut drawn = Drawn::default();
        match &basket.buyer {
            Some(buyer) => {
                drawn = self.book(buyer, &quote.changes, &quote.others, origin, basket.opened)?;
            }
            // Nobody's account is touched but those of others, an agent's for one.
            None => self.book_others(&quote.others, origin, basket.opened)?,
        }
        let mut tiers = basket
            .buyer
            .as_ref()
            .map(|buyer| self.tiers(buyer, today))
            .unwrap_or_default();
        let organisation = sale
            .known
            .as_ref()
            .and_then(|known| known.member.organisation.clone());
        if let Some(name) = organisation {
            tiers.extend(self.tiers(&Holder::Organisation(name), today));
        }
        let answer = self.answers.sale(id, basket, &quote, &tiers);
        self.sales.insert(
            id,
            Sold {
                sale,
                origin,
                drawn,
                so_far: ReturnedSoFar::default(),
            },
        );
        Ok(answer)
    }

    fn book_others(&mut self, others: &[ForOther], number: u64, at: Moment) -> Result<(), String> {
        for other in others {
            self.book(&other.holder, &other.changes, &[], number, at)?;
        }
        Ok(())
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
        let standing = sold
            .sale
            .basket
            .buyer
            .as_ref()
            .and_then(|buyer| self.accounts.get(buyer));
        let standing = standing
            .map(|account| account.standing(today))
            .unwrap_or_default();
        back.leaves_no_debt(self.programs, |purse| standing.balance(purse))
            .map_err(|error| error.to_string())?;
        let origin = Origin {
            number: sold.origin,
            at,
            today,
            drawn: &sold.drawn.paid,
            restored: &sold.so_far.restored,
            turned: &sold.drawn.turned,
            turned_back: &sold.so_far.turned,
        };
        if let Some(buyer) = &sold.sale.basket.buyer {
            self.accounts
                .entry(buyer.clone())
                .or_default()
                .book(&back.changes, &origin)?;
        }
        for other in &back.others {
            let account = self.accounts.entry(other.holder.clone()).or_default();
            account.book(&other.changes, &origin)?;
        }
        sold.so_far.add(&back);
        Ok(self.answers.back(id, &back))
    }
}

fn name_of(holder: &Holder) -> String {
    match holder {
        Holder::Member(id) => id.to_string(),
        Holder::Organisation(name) => name.to_string(),
        Holder::Card(_) | Holder::Shop => String::new(),
    }
}

fn stranger(member: &MemberId) -> Known {
    Known {
        member: Member::named(member.clone()),
        standing: crate::loyalty::member::Standing::default(),
        organisation: None,
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
