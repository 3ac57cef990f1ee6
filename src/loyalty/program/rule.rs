//! A rule: may it apply to this basket and this customer, and if not, why.

use std::collections::BTreeSet;

use super::super::amount::{Money, Points, Price, Quantity};
use super::super::calendar::{Period, Window};
use super::super::id::{LadderId, MembershipId, OrganisationId, PartnerId, PurseId, RewardId, SiteId, Sku};
use super::Reward;
use super::limit::Limit;
use super::past::Past;
use super::settings::{Settings, Stage};

/// One rule of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// To whom it applies; all conditions must hold.
    pub who: Vec<Who>,
    /// When, in the site's civil time.
    pub when: Window,
    /// At which places.
    pub at: Place,
    /// What must be in the basket.
    pub needs: Needs,
    /// What it gives.
    pub gives: Reward,
    /// How much of it at most.
    pub limits: Vec<Limit>,
    /// It acts at the beginning of each such period instead of in a sale.
    pub each: Option<Period>,
    /// In which company it applies.
    pub with: With,
    /// The phase in which it acts, where the file moves it; each reward has its own.
    pub phase: Option<u8>,
    /// How it works out what it gives.
    pub settings: Settings,
}

/// A condition on the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody with a card.
    Members,
    /// Anybody without a card.
    Strangers,
    /// A group with a proof that is still good.
    Group(String),
    /// Somebody who holds this membership.
    Holds(MembershipId),
    /// Somebody who does not hold it.
    Lacks(MembershipId),
    /// Somebody whose birthday is today; 29 February is kept on 1 March.
    Birthday,
    /// Somebody whose birthday is today; 29 February is kept on 28 February.
    BirthdayInFebruary,
    /// Somebody who has this tier of a ladder.
    Tier(LadderId, String),
    /// Somebody who buys for an organisation; a certain one where it is named.
    Organisation(Option<OrganisationId>),
    /// Somebody who has agreed to this.
    Consent(String),
    /// Somebody who likes this.
    Interest(String),
    /// Somebody who was brought by another member.
    Friend,
}

/// Places at which a rule applies: everywhere where both lists are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// These sites.
    pub sites: Vec<SiteId>,
    /// Sites of these partners.
    pub partners: Vec<PartnerId>,
}

/// What must be in the basket. Its goods are also those that the reward acts on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Which goods; all where nothing is named.
    pub goods: Selector,
    /// Units in a group for "every third": 0 where the rule does not count units.
    pub every: u32,
    /// What else must be in the basket; the reward does not act on it.
    pub contains: Vec<Contains>,
    /// What must not be in the basket.
    pub lacks: Vec<Selector>,
    /// Goods that make a group together, one portion of each.
    pub set: Vec<Portion>,
    /// The amount of the whole basket, after phase 2.
    pub total: Option<Step<Money>>,
    /// At which stage of the sale that amount is looked at.
    pub total_at: Stage,
    /// The quantity of the goods.
    pub quantity: Option<Step<Quantity>>,
    /// So many stamps of a purse, which the reward uses up.
    pub stamps: Option<(PurseId, Points)>,
    /// What must have been before.
    pub past: Vec<Past>,
    /// Something done outside of a sale.
    pub activity: Option<Activity>,
    /// A tier that this very sale reaches.
    pub reaches: Option<(LadderId, String)>,
    /// Something issued that the customer holds, of which the rule uses one up.
    pub entitlement: Option<RewardId>,
    /// One of these must have been shown, as [`normal`](super::limit::normal) writes them; none where the rule asks for no
    /// code.
    pub codes: BTreeSet<String>,
}

/// From so much, reached at its value, up to where a next step takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<T> {
    /// At least so much.
    pub from: T,
    /// Less than so much.
    pub below: Option<T>,
}

/// On which side of a step something lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// The step is not reached.
    Short,
    /// The next step has taken over.
    Past,
}

impl<T: PartialOrd + Copy> Step<T> {
    /// Where this much misses the step.
    pub fn missed(&self, has: T) -> Option<Beside> {
        if has < self.from {
            return Some(Beside::Short);
        }
        let is_past = self.below.is_some_and(|below| below <= has);
        is_past.then_some(Beside::Past)
    }
}

/// Goods that must be in the basket without being acted on. Where nothing but goods is stated, one of them is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contains {
    /// Which goods.
    pub goods: Selector,
    /// At least so much of them.
    pub quantity: Option<Quantity>,
    /// They come to at least this amount, measured when `Needs::total` is.
    pub amount: Option<Money>,
    /// For each so many of them the reward is given once, and they take part in the offer; 0 where they only must be there.
    pub every: u32,
}

/// Goods of a set, and how many pieces of them make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portion {
    /// Which goods.
    pub goods: Selector,
    /// How many pieces.
    pub pieces: u32,
}

/// Something done outside of a sale: packaging brought back, a course finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// The word for it.
    pub kind: String,
    /// It counts once for each value of this attribute.
    pub once_per: Option<String>,
}

/// Which goods are meant: all named conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    /// One of these articles.
    pub skus: Vec<Sku>,
    /// In one of these categories.
    pub categories: Vec<String>,
    /// Of one of these brands.
    pub brands: Vec<String>,
    /// Counted in this unit.
    pub unit: Option<String>,
    /// Reduced goods only, or none of them.
    pub on_sale: Option<bool>,
    /// Of which one costs at least so much at list price.
    pub from_price: Option<Price>,
    /// Of which one costs less than this at list price.
    pub below_price: Option<Price>,
    /// But none of these.
    pub except: Vec<Selector>,
}

/// In which company a rule applies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum With {
    /// As its reward does by default: basket offers stack, of unit offers one takes a unit.
    #[default]
    Default,
    /// With everything else, and on units that another stacking offer has taken.
    Stack,
    /// One of this group applies: the one that gives the customer most.
    OneOf(String),
    /// On goods that it acts on, no other percentage acts.
    Alone,
}

impl Rule {
    /// How many units are reduced each time the rule gives; none where it gives once in a sale, whatever the units.
    pub fn units_each_time(&self) -> Option<i64> {
        let in_steps = self.needs.contains.iter().any(|contains| contains.every > 0);
        match &self.gives {
            Reward::UnitsOfGroup { units, .. } => Some(i64::from(*units)),
            Reward::WholeGroup { .. } => Some(self.needs.group_size()),
            Reward::ForStamps { .. } | Reward::AmountPer { .. } => Some(1),
            Reward::AmountOffBasket(_) if in_steps => Some(1),
            _ => None,
        }
    }
}

impl Needs {
    /// Units of a whole group: so many of one kind, or a set.
    pub fn group_size(&self) -> i64 {
        let of_set: i64 = self.set.iter().map(|portion| i64::from(portion.pieces)).sum();
        of_set.max(i64::from(self.every)).max(1)
    }

    /// Goods of which so many at a time give the reward once.
    pub fn triggers(&self) -> impl Iterator<Item = (usize, &Contains)> {
        self.contains
            .iter()
            .enumerate()
            .filter(|(_, contains)| contains.every > 0)
    }
}

impl Selector {
    /// Does it name goods, rather than take all or tell reduced ones from others?
    pub fn names_goods(&self) -> bool {
        let lists = [
            self.skus.is_empty(),
            self.categories.is_empty(),
            self.brands.is_empty(),
        ];
        lists.contains(&false) || self.unit.is_some()
    }

    /// All of it in one line, the same for the same selector.
    pub(super) fn canonical(&self) -> String {
        let list = |what: &str, names: &[String]| {
            let names = names.join(",");
            (!names.is_empty()).then(|| format!("{what}={names}"))
        };
        let skus: Vec<String> = self.skus.iter().map(ToString::to_string).collect();
        let named = [
            list("sku", &skus),
            list("category", &self.categories),
            list("brand", &self.brands),
            self.unit.as_ref().map(|unit| format!("unit={unit}")),
        ];
        let mut parts: Vec<String> = named.into_iter().flatten().collect();
        parts.extend(self.on_sale.map(|on_sale| format!("on_sale={on_sale}")));
        parts.extend(self.from_price.map(|price| format!("from={}", price.units())));
        parts.extend(self.below_price.map(|price| format!("below={}", price.units())));
        parts.extend(
            self.except
                .iter()
                .map(|except| format!("except({})", except.canonical())),
        );
        parts.join(" ").trim().to_owned()
    }

    /// Is nothing stated, so that all goods are meant?
    pub fn is_everything(&self) -> bool {
        *self == Selector::default()
    }

    /// The goods as the file names them: "GUM", "gum, sweets", "drinks except BEER"; nothing where all are meant.
    pub fn text(&self) -> String {
        let named = self.named();
        let excepted: Vec<String> = self.except.iter().map(Selector::named).collect();
        match (named.is_empty(), excepted.is_empty()) {
            (_, true) => named,
            (true, false) => format!("goods except {}", excepted.join(", ")),
            (false, false) => format!("{named} except {}", excepted.join(", ")),
        }
    }

    fn named(&self) -> String {
        let skus = self.skus.iter().map(Sku::as_str);
        let named = skus.chain(self.categories.iter().chain(&self.brands).map(String::as_str));
        let named: Vec<&str> = named.chain(self.unit.as_deref()).collect();
        named.join(", ")
    }
}
