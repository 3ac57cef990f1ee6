//! What is sold: sku, name, categories, unit, price and tax.

use minicbor::{Decode, Encode};

use super::amount::{Price, Rate};
use super::id::Sku;

/// One article as the shop lists it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Goods {
    /// The article's number; a GTIN stands as its 14 digits or as the shop wrote it.
    #[n(0)]
    pub sku: Sku,
    /// What the receipt calls it.
    #[n(1)]
    pub name: String,
    /// Paths such as "drinks/hot": a rule for "drinks" takes in all that is below.
    #[n(2)]
    pub categories: Vec<String>,
    /// The list price of one unit; without one the cashier is asked.
    #[n(3)]
    pub price: Option<Price>,
    /// How it is counted.
    #[n(4)]
    pub unit: Unit,
    /// Already reduced: some programs give nothing on it.
    #[n(5)]
    pub on_sale: bool,
    /// The rate of tax, as a factor.
    #[n(6)]
    pub tax_rate: Option<Rate>,
    /// Nothing may bring the price of a unit below this.
    #[n(7)]
    pub floor_price: Option<Price>,
    /// The maker.
    #[n(8)]
    pub brand: Option<String>,
}

impl Goods {
    /// Something that is not among the goods: sold at the price that was named, never a reason to stop.
    pub fn uncatalogued(sku: Sku, price: Option<Price>) -> Goods {
        Goods {
            name: sku.as_str().to_owned(),
            sku,
            categories: Vec::new(),
            price,
            unit: Unit::Each,
            on_sale: false,
            tax_rate: None,
            floor_price: None,
            brand: None,
        }
    }

    /// Does it stand in this category, or in one below it?
    pub fn is_in(&self, category: &str) -> bool {
        self.categories.iter().any(|own| {
            own.strip_prefix(category)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// How goods are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub enum Unit {
    /// By the piece.
    #[default]
    #[n(0)]
    Each,
    /// By the litre.
    #[n(1)]
    Litre,
    /// By the kilogram.
    #[n(2)]
    Kilogram,
    /// By anything else, as the shop calls it.
    #[n(3)]
    Other(#[n(0)] String),
}

impl Unit {
    /// "each", "l", "kg" or any other label.
    pub fn of(label: &str) -> Unit {
        match label {
            "" | "each" => Unit::Each,
            "l" => Unit::Litre,
            "kg" => Unit::Kilogram,
            other => Unit::Other(other.to_owned()),
        }
    }

    /// The label that `of` reads.
    pub fn label(&self) -> &str {
        match self {
            Unit::Each => "each",
            Unit::Litre => "l",
            Unit::Kilogram => "kg",
            Unit::Other(label) => label,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_takes_in_all_below_it() {
        let mut gum = Goods::uncatalogued(Sku::parse("GUM").expect("a sku"), None);
        gum.categories = vec!["sweets/gum".to_owned()];
        for (category, inside) in [
            ("sweets", true),
            ("sweets/gum", true),
            ("sweets/g", false),
            ("gum", false),
        ] {
            assert_eq!(gum.is_in(category), inside, "{category}");
        }
    }
}
