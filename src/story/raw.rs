//! A story as its JSON says it. Only shape is checked here; what the words mean is checked by `read`.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Story {
    pub currency: Option<String>,
    pub timezone: Option<String>,
    pub price_basis: Option<String>,
    pub seed: Option<String>,
    pub products: Option<Vec<Product>>,
    pub sites: Option<Vec<Site>>,
    pub members: Option<Vec<Member>>,
    pub steps: Option<Vec<Step>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Product {
    pub sku: String,
    pub name: Option<String>,
    pub price: Option<String>,
    pub categories: Option<Vec<String>>,
    pub unit: Option<String>,
    pub on_sale: Option<bool>,
    pub tax_rate: Option<String>,
    pub floor_price: Option<String>,
    pub brand: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Site {
    pub id: String,
    pub partner: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    pub id: String,
    pub birthday: Option<String>,
    pub enrolled: Option<String>,
    pub groups: Option<Vec<Group>>,
    pub organisation: Option<String>,
    pub consents: Option<Vec<String>>,
    pub interests: Option<Vec<String>>,
    #[serde(rename = "cards")]
    pub _cards: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub name: String,
    pub until: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Step {
    Sale(Sale),
    Return(Return),
    Activity(Activity),
    Redeem(Redeem),
    Use(Use),
    Advance(Advance),
    Balance(Balance),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sale {
    pub id: String,
    pub at: String,
    pub site: Option<String>,
    pub member: Option<String>,
    pub agent: Option<String>,
    pub organisation: Option<String>,
    pub codes: Option<Vec<String>>,
    pub lines: Vec<Line>,
    pub redeem: Option<Vec<Wish>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub sku: String,
    pub qty: Option<String>,
    pub price: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    pub purse: String,
    pub amount: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Return {
    pub id: String,
    pub at: String,
    pub sale: String,
    pub lines: Vec<ReturnLine>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReturnLine {
    pub sku: String,
    pub qty: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Activity {
    pub id: String,
    pub at: String,
    pub member: String,
    pub kind: String,
    pub qty: Option<String>,
    pub attributes: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Redeem {
    pub id: String,
    pub at: String,
    pub member: String,
    pub reward: String,
    pub qty: Option<String>,
    pub approved_by: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Use {
    pub id: String,
    pub at: String,
    pub member: String,
    pub reward: String,
    pub qty: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Advance {
    pub to: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Balance {
    pub member: Option<String>,
    pub organisation: Option<String>,
}
