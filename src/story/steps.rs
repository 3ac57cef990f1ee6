//! The steps of a story: what happens when, in the order of time.

use std::collections::{BTreeMap, BTreeSet};

use super::raw;
use super::read::{Checked, Reader, Step};
use crate::loyalty::amount::Points;
use crate::loyalty::basket::{Basket, Line, Wish};
use crate::loyalty::calendar::{Day, Moment};
use crate::loyalty::engine::{Activity, Asked, Use};
use crate::loyalty::goods::Goods;
use crate::loyalty::id::{BasketId, OrganisationId, PurseId, RewardId, SiteId, Sku};
use crate::loyalty::member::Holder;

/// No story is longer: what falls due is looked at month by month.
const MOST_YEARS: i32 = 1_000;

impl Reader<'_> {
    pub(super) fn steps(&mut self, raw: Vec<raw::Step>) -> Checked<Vec<Step>> {
        let mut steps = Vec::with_capacity(raw.len());
        let mut now: Option<Moment> = None;
        let mut last: Option<Day> = None;
        let mut sales: BTreeSet<String> = BTreeSet::new();
        for (n, raw) in raw.into_iter().enumerate() {
            let step = self.step(n, raw)?;
            if let Some(at) = step.moment() {
                if now.is_some_and(|now| at < now) {
                    let why = "this step is earlier than the one before it: write steps in the order of time";
                    return Err(self.wrong(&format!("steps[{n}]"), why));
                }
                now = Some(at);
                let day = at.day(&self.terms.zone);
                if day > *last.get_or_insert(day.plus_months(12 * MOST_YEARS)) {
                    let why = format!(
                        "this step is more than {MOST_YEARS} years after the first one: write an earlier time"
                    );
                    return Err(self.wrong(&format!("steps[{n}]"), why));
                }
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
                Ok(Step::Activity {
                    id: raw.id,
                    member: self.known_member(&place, "member", &raw.member)?,
                    what: Activity {
                        at: self.moment(&place, "at", &raw.at)?,
                        kind: raw.kind,
                        quantity: self.quantity(&place, raw.qty.as_deref())?,
                        attributes: raw.attributes.unwrap_or_default(),
                        dealt: BTreeMap::new(),
                    },
                })
            }
            raw::Step::Redeem(raw) => {
                let place = place("redeem");
                Ok(Step::Redeem {
                    id: raw.id,
                    member: self.known_member(&place, "member", &raw.member)?,
                    what: Asked {
                        at: self.moment(&place, "at", &raw.at)?,
                        reward: self.at(&place, "reward", RewardId::parse(&raw.reward))?,
                        quantity: self.pieces(&place, raw.qty.as_deref())?,
                        is_approved: raw.approved_by.is_some(),
                        dealt: BTreeMap::new(),
                    },
                })
            }
            raw::Step::Use(raw) => {
                let place = place("use");
                Ok(Step::Use {
                    id: raw.id,
                    at: self.moment(&place, "at", &raw.at)?,
                    member: self.known_member(&place, "member", &raw.member)?,
                    what: Use {
                        reward: self.at(&place, "reward", RewardId::parse(&raw.reward))?,
                        quantity: self.pieces(&place, raw.qty.as_deref())?,
                    },
                })
            }
            raw::Step::Advance(raw) => Ok(Step::Advance {
                to: self.moment(&place("advance"), "to", &raw.to)?,
                text: raw.to,
            }),
            raw::Step::Balance(raw) => match (raw.member, raw.organisation) {
                (Some(member), None) => self
                    .known_member(&place("balance"), "member", &member)
                    .map(Step::BalanceOfMember),
                (None, Some(name)) => self
                    .at(&place("balance"), "organisation", OrganisationId::parse(&name))
                    .map(Step::BalanceOfOrganisation),
                _ => Err(self.wrong(&place("balance"), "write either a member or an organisation")),
            },
        }
    }

    /// A whole number of things: none of the catalogue can be cut.
    fn pieces(&self, place: &str, text: Option<&str>) -> Checked<u64> {
        let quantity = self.quantity(place, text)?;
        let pieces = quantity.pieces().and_then(|pieces| u64::try_from(pieces).ok());
        pieces.ok_or_else(|| {
            let why = format!("\"{quantity}\" is not a whole number: write a quantity such as 2");
            self.wrong(&format!("{place}.qty"), why)
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
            basket.agent = Some(self.known_member(place, "agent", agent)?);
        }
        if let Some(name) = &raw.organisation {
            let name = self.at(place, "organisation", OrganisationId::parse(name))?;
            // A member's own organisation is the buyer in each of his sales.
            if basket.buyer.is_none() {
                basket.buyer = Some(Holder::Organisation(name.clone()));
                basket.organisation = Some(name);
            }
        }
        for (n, code) in raw.codes.iter().flatten().enumerate() {
            let shown = basket.show(code);
            shown.map_err(|error| self.wrong(&format!("{place}.codes[{n}]"), error))?;
        }
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
            added_by: None,
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
