//! The steps of a story: what happens when, in the order of time.

use std::collections::BTreeSet;

use super::raw;
use super::read::{Checked, Reader, Step};
use crate::loyalty::amount::Points;
use crate::loyalty::basket::{Basket, Line, Wish};
use crate::loyalty::calendar::Moment;
use crate::loyalty::goods::Goods;
use crate::loyalty::id::{BasketId, PurseId, SiteId, Sku};
use crate::loyalty::member::Holder;

impl Reader<'_> {
    pub(super) fn steps(&mut self, raw: Vec<raw::Step>) -> Checked<Vec<Step>> {
        let mut steps = Vec::with_capacity(raw.len());
        let mut now: Option<Moment> = None;
        let mut sales: BTreeSet<String> = BTreeSet::new();
        for (n, raw) in raw.into_iter().enumerate() {
            let step = self.step(n, raw)?;
            if let Some(at) = step.moment() {
                if now.is_some_and(|now| at < now) {
                    let why = "this step is earlier than the one before it: write steps in the order of time";
                    return Err(self.wrong(&format!("steps[{n}]"), why));
                }
                now = Some(at);
            }
            if let Step::Sale { id, .. } = &step
                && !sales.insert(id.clone())
            {
                let why = format!("a sale \"{id}\" is there already: give each its own id");
                return Err(self.wrong(&format!("steps[{n}].sale.id"), why));
            }
            steps.push(step);
        }
        Ok(steps)
    }

    fn step(&mut self, n: usize, raw: raw::Step) -> Checked<Step> {
        let place = |kind: &str| format!("steps[{n}].{kind}");
        match raw {
            raw::Step::Sale(sale) => self.sale(n, &place("sale"), sale),
            raw::Step::Return(back) => self.back(&place("return"), back),
            raw::Step::Activity(raw) => {
                let place = place("activity");
                self.known_member(&place, "member", &raw.member)?;
                self.quantity(&place, raw.qty.as_deref())?;
                let at = self.moment(&place, "at", &raw.at)?;
                Ok(Step::Activity { id: raw.id, at })
            }
            raw::Step::Redeem(raw) => {
                let asked = (raw.member, raw.qty, raw.at, raw.reward);
                self.catalogue(&place("redeem"), asked, false)
            }
            raw::Step::Use(raw) => {
                let asked = (raw.member, raw.qty, raw.at, raw.reward);
                self.catalogue(&place("use"), asked, true)
            }
            raw::Step::Advance(raw) => Ok(Step::Advance {
                to: self.moment(&place("advance"), "to", &raw.to)?,
                text: raw.to,
            }),
            raw::Step::Balance(raw) => match (raw.member, raw.organisation) {
                (Some(member), None) => self
                    .known_member(&place("balance"), "member", &member)
                    .map(Step::BalanceOfMember),
                (None, Some(organisation)) => Ok(Step::BalanceOfOrganisation(organisation)),
                _ => Err(self.wrong(&place("balance"), "write either a member or an organisation")),
            },
        }
    }

    fn catalogue(
        &self,
        place: &str,
        (member, qty, at, reward): (String, Option<String>, String, String),
        is_use: bool,
    ) -> Checked<Step> {
        self.known_member(place, "member", &member)?;
        self.quantity(place, qty.as_deref())?;
        Ok(Step::Catalogue {
            at: self.moment(place, "at", &at)?,
            reward,
            is_use,
        })
    }

    fn back(&self, place: &str, raw: raw::Return) -> Checked<Step> {
        let mut lines = Vec::new();
        for (n, line) in raw.lines.iter().enumerate() {
            let place = format!("{place}.lines[{n}]");
            let sku = self.at(&place, "sku", Sku::parse(&line.sku))?;
            lines.push((sku, self.quantity(&place, line.qty.as_deref())?));
        }
        Ok(Step::Return {
            at: self.moment(place, "at", &raw.at)?,
            id: raw.id,
            sale: raw.sale,
            lines,
        })
    }

    fn sale(&mut self, n: usize, place: &str, raw: raw::Sale) -> Checked<Step> {
        let site = self.at(
            place,
            "site",
            SiteId::parse(raw.site.as_deref().unwrap_or("shop")),
        )?;
        // A place that the story does not describe is a place all the same.
        let bare = self.bare_site(&site);
        self.sites.entry(site.clone()).or_insert(bare);
        let opened = self.moment(place, "at", &raw.at)?;
        let id = self.at(place, "id", BasketId::parse(&format!("story-{n}")))?;
        let mut basket = Basket::open(id, opened, site);
        if let Some(member) = &raw.member {
            basket.buyer = Some(Holder::Member(self.known_member(place, "member", member)?));
        }
        if let Some(agent) = &raw.agent {
            self.known_member(place, "agent", agent)?;
        }
        basket.codes = raw.codes.unwrap_or_default();
        for (n, line) in raw.lines.iter().enumerate() {
            let place = format!("{place}.lines[{n}]");
            let line = self.line(&place, line)?;
            basket.add(line).map_err(|error| self.wrong(&place, error))?;
        }
        for (n, wish) in raw.redeem.iter().flatten().enumerate() {
            let wish = self.wish(&format!("{place}.redeem[{n}]"), wish)?;
            basket.wishes.push(wish);
        }
        Ok(Step::Sale { id: raw.id, basket })
    }

    fn line(&self, place: &str, raw: &raw::Line) -> Checked<Line> {
        let sku = self.at(place, "sku", Sku::parse(&raw.sku))?;
        let price = self.price(place, "price", raw.price.as_deref())?;
        let listed = self.goods.get(&sku);
        let goods = listed.cloned().unwrap_or_else(|| Goods::uncatalogued(sku, price));
        let Some(price) = price.or(goods.price) else {
            let why = format!("{} has no price: write one here or among the products", raw.sku);
            return Err(self.wrong(&format!("{place}.price"), why));
        };
        Ok(Line {
            quantity: self.quantity(place, raw.qty.as_deref())?,
            price,
            goods,
        })
    }

    fn wish(&self, place: &str, raw: &raw::Wish) -> Checked<Wish> {
        let purse = self.at(place, "purse", PurseId::parse(&raw.purse))?;
        let amount = match raw.amount.as_str() {
            "max" => None,
            text => Some(self.at(place, "amount", Points::parse(text))?),
        };
        if amount.is_some_and(|amount| amount < Points::ZERO) {
            let why = format!("\"{}\" is below 0: write an amount or \"max\"", raw.amount);
            return Err(self.wrong(&format!("{place}.amount"), why));
        }
        Ok(Wish { purse, amount })
    }
}
