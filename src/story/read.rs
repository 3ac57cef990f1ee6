//! JSON text -> a story that can be run: every name, number and time is checked before anything happens.

use std::collections::BTreeMap;
use std::fmt;

use super::{raw, shape};
use crate::loyalty::amount::{Currency, Price, Quantity, Rate};
use crate::loyalty::basket::Basket;
use crate::loyalty::calendar::{Day, Moment, Zone};
use crate::loyalty::engine::{Activity, Asked, Use};
use crate::loyalty::goods::{Goods, Unit};
use crate::loyalty::id::{MemberId, OrganisationId, PartnerId, SiteId, Sku};
use crate::loyalty::member::{Group, Member};
use crate::loyalty::program::{PriceBasis, Site, Terms};

/// Something in a story that cannot be taken: where it stands, what was found, and what would be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {place}: {why}")]
pub struct BadStory {
    file: String,
    place: String,
    why: String,
}

/// A story that has been read and checked.
#[derive(Clone, Debug)]
pub struct Story {
    /// The shop's terms, under which program files are read too.
    pub terms: Terms,
    pub(super) seed: String,
    pub(super) goods: BTreeMap<Sku, Goods>,
    pub(super) sites: BTreeMap<SiteId, Site>,
    pub(super) members: BTreeMap<MemberId, Member>,
    pub(super) steps: Vec<Step>,
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Sale {
        id: String,
        basket: Basket,
    },
    Return {
        id: String,
        at: Moment,
        sale: String,
        lines: Vec<(Sku, Quantity)>,
    },
    Activity {
        id: String,
        member: MemberId,
        what: Activity,
    },
    Redeem {
        id: String,
        member: MemberId,
        what: Asked,
    },
    Use {
        id: String,
        at: Moment,
        member: MemberId,
        what: Use,
    },
    Advance {
        to: Moment,
        text: String,
    },
    BalanceOfMember(MemberId),
    BalanceOfOrganisation(OrganisationId),
}

pub(super) type Checked<T> = Result<T, BadStory>;

/// Reads and checks a story. `file` is named in what is wrong with it.
pub fn read(file: &str, text: &str) -> Checked<Story> {
    // Some editors put a mark before the first letter.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let unreadable = |error: serde_json::Error| BadStory {
        file: file.to_owned(),
        place: format!("line {}, column {}", error.line(), error.column()),
        why: in_plain_words(&error),
    };
    let value: serde_json::Value = serde_json::from_str(text).map_err(unreadable)?;
    shape::check(&value).map_err(|(place, why)| BadStory {
        file: file.to_owned(),
        place,
        why,
    })?;
    let raw: raw::Story = serde_json::from_str(text).map_err(unreadable)?;
    let terms = terms(file, &raw)?;
    let mut reader = Reader {
        file,
        terms,
        goods: BTreeMap::new(),
        sites: BTreeMap::new(),
        members: BTreeMap::new(),
    };
    for (n, product) in raw.products.into_iter().flatten().enumerate() {
        reader.product(&format!("products[{n}]"), product)?;
    }
    for (n, site) in raw.sites.into_iter().flatten().enumerate() {
        reader.site(&format!("sites[{n}]"), site)?;
    }
    for (n, member) in raw.members.into_iter().flatten().enumerate() {
        reader.member(&format!("members[{n}]"), member)?;
    }
    let steps = reader.steps(raw.steps.unwrap_or_default())?;
    Ok(Story {
        seed: raw.seed.unwrap_or_else(|| "seed".to_owned()),
        terms: reader.terms,
        goods: reader.goods,
        sites: reader.sites,
        members: reader.members,
        steps,
    })
}

fn in_plain_words(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or(&said);
    match said.strip_prefix("duplicate field ") {
        Some(key) => format!("the key {key} stands here twice: keep one of them"),
        None => format!("this is no JSON ({said}): write one object with \"steps\""),
    }
}

fn terms(file: &str, raw: &raw::Story) -> Checked<Terms> {
    let wrong = |place: &str, why: String| BadStory {
        file: file.to_owned(),
        place: place.to_owned(),
        why,
    };
    let currency = Currency::of(raw.currency.as_deref().unwrap_or("EUR"));
    let zone = Zone::named(raw.timezone.as_deref().unwrap_or("UTC"));
    let price_basis = raw
        .price_basis
        .as_deref()
        .map_or(Ok(PriceBasis::default()), PriceBasis::parse);
    Ok(Terms {
        currency: currency.map_err(|error| wrong("currency", error.to_string()))?,
        zone: zone.map_err(|error| wrong("timezone", error.to_string()))?,
        price_basis: price_basis.map_err(|error| wrong("price_basis", error.to_string()))?,
    })
}

/// What has been read so far, by which the rest is checked.
pub(super) struct Reader<'a> {
    file: &'a str,
    pub(super) terms: Terms,
    pub(super) goods: BTreeMap<Sku, Goods>,
    pub(super) sites: BTreeMap<SiteId, Site>,
    members: BTreeMap<MemberId, Member>,
}

impl Reader<'_> {
    pub(super) fn wrong(&self, place: &str, why: impl fmt::Display) -> BadStory {
        BadStory {
            file: self.file.to_owned(),
            place: place.to_owned(),
            why: why.to_string(),
        }
    }

    /// What a parser refuses is named with its place.
    pub(super) fn at<T, E: fmt::Display>(&self, place: &str, key: &str, parsed: Result<T, E>) -> Checked<T> {
        parsed.map_err(|error| self.wrong(&format!("{place}.{key}"), error))
    }

    pub(super) fn price(&self, place: &str, key: &str, text: Option<&str>) -> Checked<Option<Price>> {
        let Some(text) = text else {
            return Ok(None);
        };
        let price = self.at(place, key, Price::parse(text))?;
        if price < Price::default() {
            let why = format!("\"{text}\" is below 0: write a price such as 12.50");
            return Err(self.wrong(&format!("{place}.{key}"), why));
        }
        Ok(Some(price))
    }

    pub(super) fn quantity(&self, place: &str, text: Option<&str>) -> Checked<Quantity> {
        let Some(text) = text else {
            return Ok(Quantity::ONE);
        };
        let quantity = self.at(place, "qty", Quantity::parse(text))?;
        if quantity <= Quantity::ZERO {
            let why = format!("\"{text}\" is not above 0: write a quantity such as 2 or 32.45");
            return Err(self.wrong(&format!("{place}.qty"), why));
        }
        Ok(quantity)
    }

    fn day(&self, place: &str, key: &str, text: Option<&str>) -> Checked<Option<Day>> {
        text.map(|text| self.at(place, key, Day::parse(text))).transpose()
    }

    pub(super) fn moment(&self, place: &str, key: &str, text: &str) -> Checked<Moment> {
        // A day alone would be read as its midnight, which nobody wrote.
        let has_time = text.contains(':') && text.contains(['T', 't', ' ']);
        if !has_time {
            let why = format!("\"{text}\" is not a time: write 2026-02-10T12:00:00, or with an offset");
            return Err(self.wrong(&format!("{place}.{key}"), why));
        }
        self.at(place, key, Moment::parse(text, &self.terms.zone))
    }

    pub(super) fn known_member(&self, place: &str, key: &str, text: &str) -> Checked<MemberId> {
        let id = self.at(place, key, MemberId::parse(text))?;
        if self.members.contains_key(&id) {
            return Ok(id);
        }
        let why = format!("\"{text}\" is not among the story's members: add it there");
        Err(self.wrong(&format!("{place}.{key}"), why))
    }

    fn product(&mut self, place: &str, raw: raw::Product) -> Checked<()> {
        let sku = self.at(place, "sku", Sku::parse(&raw.sku))?;
        let tax = raw.tax_rate.as_deref().map(|text| {
            let rate = self.at(place, "tax_rate", Rate::percent(text))?;
            let is_rate = rate >= Rate::default();
            is_rate.then_some(rate).ok_or_else(|| {
                self.wrong(
                    &format!("{place}.tax_rate"),
                    format!("\"{text}\" is below 0: write a percentage such as 18"),
                )
            })
        });
        let goods = Goods {
            name: raw.name.unwrap_or(raw.sku),
            categories: raw.categories.unwrap_or_default(),
            price: self.price(place, "price", raw.price.as_deref())?,
            unit: Unit::of(raw.unit.as_deref().unwrap_or_default()),
            on_sale: raw.on_sale.unwrap_or(false),
            tax_rate: tax.transpose()?,
            floor_price: self.price(place, "floor_price", raw.floor_price.as_deref())?,
            brand: raw.brand,
            sku: sku.clone(),
        };
        if self.goods.insert(sku.clone(), goods).is_some() {
            return Err(self.wrong(
                place,
                format!("the sku {sku} stands here twice: keep one of them"),
            ));
        }
        Ok(())
    }

    fn site(&mut self, place: &str, raw: raw::Site) -> Checked<()> {
        let id = self.at(place, "id", SiteId::parse(&raw.id))?;
        let partner = raw
            .partner
            .as_deref()
            .map(|text| self.at(place, "partner", PartnerId::parse(text)));
        let site = Site {
            partner: partner.transpose()?,
            ..self.bare_site(&id)
        };
        if self.sites.insert(id.clone(), site).is_some() {
            return Err(self.wrong(
                place,
                format!("the site {id} stands here twice: keep one of them"),
            ));
        }
        Ok(())
    }

    pub(super) fn bare_site(&self, id: &SiteId) -> Site {
        Site {
            id: id.clone(),
            partner: None,
            zone: self.terms.zone.clone(),
        }
    }

    fn member(&mut self, place: &str, raw: raw::Member) -> Checked<()> {
        let id = self.at(place, "id", MemberId::parse(&raw.id))?;
        let mut groups = Vec::new();
        for (n, group) in raw.groups.into_iter().flatten().enumerate() {
            let until = self.day(&format!("{place}.groups[{n}]"), "until", group.until.as_deref())?;
            groups.push(Group {
                name: group.name,
                until,
            });
        }
        let member = Member {
            birthday: self.day(place, "birthday", raw.birthday.as_deref())?,
            enrolled: self.day(place, "enrolled", raw.enrolled.as_deref())?,
            groups,
            organisation: raw
                .organisation
                .as_deref()
                .map(|text| self.at(place, "organisation", OrganisationId::parse(text)))
                .transpose()?,
            consents: raw.consents.unwrap_or_default(),
            interests: raw.interests.unwrap_or_default(),
            ..Member::named(id.clone())
        };
        if self.members.insert(id.clone(), member).is_some() {
            return Err(self.wrong(
                place,
                format!("the member {id} stands here twice: keep one of them"),
            ));
        }
        Ok(())
    }
}

impl Step {
    /// When it happens; a look at a balance is as of the step before it.
    pub fn moment(&self) -> Option<Moment> {
        match self {
            Step::Sale { basket, .. } => Some(basket.opened),
            Step::Return { at, .. } | Step::Use { at, .. } => Some(*at),
            Step::Activity { what, .. } => Some(what.at),
            Step::Redeem { what, .. } => Some(what.at),
            Step::Advance { to, .. } => Some(*to),
            Step::BalanceOfMember(_) | Step::BalanceOfOrganisation(_) => None,
        }
    }
}
