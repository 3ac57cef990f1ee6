//! A rule: may it apply to this basket and this customer, and if not, why.

use super::super::amount::{Money, Quantity};
use super::super::calendar::Window;
use super::super::id::{MembershipId, PartnerId, SiteId, Sku};
use super::Reward;

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
    /// In which company it applies.
    pub with: With,
    /// The phase in which it acts, where the file moves it; each reward has its own.
    pub phase: Option<u8>,
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
    /// Somebody whose birthday is today.
    Birthday,
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
    /// The least amount of the whole basket, after phase 2; reached at its value.
    pub total: Option<Money>,
    /// The least quantity of the goods; reached at its value.
    pub quantity: Option<Quantity>,
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

    /// The goods as the file names them: "GUM", "gum, sweets"; nothing where all are meant.
    pub fn text(&self) -> String {
        let skus = self.skus.iter().map(Sku::as_str);
        let named = skus.chain(self.categories.iter().chain(&self.brands).map(String::as_str));
        let named: Vec<&str> = named.chain(self.unit.as_deref()).collect();
        named.join(", ")
    }
}
