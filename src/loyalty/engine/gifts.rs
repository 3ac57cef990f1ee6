//! Goods that a program adds to a basket at no cost. A quote gives each of them a line of its own behind what was bought,
//! empty at first, which grows when its offer acts. So a quoted basket that is quoted again does not change, and no other
//! rule ever sees what was added.

use std::borrow::Cow;

use super::super::amount::{Price, Quantity};
use super::super::basket::{Basket, Line};
use super::super::goods::Goods;
use super::super::id::Sku;
use super::super::program::{ProgramSet, Reward, Rule, Site};
use super::super::quote::Quote;

/// The most pieces that one rule adds to a basket.
pub(super) const MOST_ADDED: i64 = 10_000;

/// What was bought, without what an earlier quote added.
pub(super) fn without_added(basket: &Basket) -> Cow<'_, Basket> {
    if basket.lines.iter().all(|line| line.added_by.is_none()) {
        return Cow::Borrowed(basket);
    }
    let mut bought = basket.clone();
    bought.lines.retain(|line| line.added_by.is_none());
    Cow::Owned(bought)
}

/// What was bought, with an empty line for all that a program may add to it.
pub(super) fn with_room<'a>(basket: &'a Basket, programs: &ProgramSet, site: &Site) -> Cow<'a, Basket> {
    let may_add = programs.may_add_to(basket, site);
    if may_add.is_empty() {
        return Cow::Borrowed(basket);
    }
    let mut bought = basket.clone();
    for (program, sku) in may_add {
        if let Some((goods, price)) = at_hand(basket, &sku) {
            bought.lines.push(Line {
                goods,
                price,
                quantity: Quantity::ZERO,
                added_by: Some(program),
            });
        }
    }
    Cow::Owned(bought)
}

/// The article and its price: as it was scanned, else as it is listed. What may not be sold below a floor is no gift.
fn at_hand(basket: &Basket, sku: &Sku) -> Option<(Goods, Price)> {
    let scanned = basket.lines.iter().find(|line| line.goods.sku == *sku);
    let scanned = scanned.map(|line| (line.goods.clone(), line.price));
    let listed = || {
        let goods = basket.at_hand.iter().find(|goods| goods.sku == *sku)?;
        Some((goods.clone(), goods.price?))
    };
    let (goods, price) = scanned.or_else(listed)?;
    let has_no_floor = goods.floor_price.is_none_or(|floor| floor <= Price::default());
    has_no_floor.then_some((goods, price))
}

/// Is this line one that this rule has added, or may add to?
pub(super) fn is_added(line: &Line, by: &super::super::id::ProgramId, rule: &Rule) -> bool {
    adds(rule) && line.added_by.as_ref() == Some(by) && rule.needs.goods.skus.contains(&line.goods.sku)
}

/// Does a rule add goods?
pub(super) fn adds(rule: &Rule) -> bool {
    matches!(rule.gives, Reward::UnitsOfGroup { add: true, .. })
}

/// Takes out lines that nothing was added to; the others are what the quote adds. `grown` is how much each line holds.
pub(super) fn settle(mut quote: Quote, basket: &Basket, grown: &[Quantity]) -> Quote {
    let is_kept = |n: usize| basket.lines[n].added_by.is_none() || grown[n] > Quantity::ZERO;
    let mut places = vec![0_u32; basket.lines.len()];
    let mut kept = 0;
    for (n, place) in places.iter_mut().enumerate() {
        *place = kept;
        kept += u32::from(is_kept(n));
    }
    for applied in &mut quote.applied {
        for part in &mut applied.parts {
            part.line = places[part.line as usize];
        }
    }
    let lines = std::mem::take(&mut quote.lines).into_iter().enumerate();
    quote.lines = lines.filter(|(n, _)| is_kept(*n)).map(|(_, line)| line).collect();
    let added = basket.lines.iter().zip(grown);
    quote.added = added
        .filter(|(line, many)| line.added_by.is_some() && **many > Quantity::ZERO)
        .map(|(line, many)| Line {
            quantity: *many,
            ..line.clone()
        })
        .collect();
    quote
}
