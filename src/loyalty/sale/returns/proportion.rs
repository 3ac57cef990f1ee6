//! What a return gives back in shops that give it back in proportion: of each line so much as was paid for the units that
//! come back, whatever the goods that are kept would cost alone. What was earned goes back in the same proportion as the
//! money; what was counted, issued and reached follows the goods that are kept.

use std::collections::BTreeMap;

use super::super::super::amount::{Money, Points, Rate, divide_half_away};
use super::super::super::basket::Basket;
use super::super::super::member::{Change, ForOther};
use super::super::super::program::{PriceBasis, ProgramSet};
use super::super::super::quote::Quote;
use super::super::Sale;

/// What all that is not in `after` was paid with: its share of each line, rounded once a line, so that the parts of a
/// return sum to the whole.
pub(super) fn value(sale: &Sale, after: &Basket, programs: &ProgramSet) -> Money {
    let lines = sale.basket.lines.iter().zip(&after.lines);
    let paid = paid(sale, programs);
    let parts = lines.zip(paid).map(|((bought, kept), paid)| {
        let back = (bought.quantity - kept.quantity).units();
        let exact = i128::from(paid.units()) * i128::from(back);
        Money::minor(divide_half_away(
            exact,
            i128::from(bought.quantity.units()).max(1),
        ))
    });
    parts.sum()
}

/// What each line was paid with, with its share of the tax where that came on top.
fn paid(sale: &Sale, programs: &ProgramSet) -> Vec<Money> {
    let mut paid: Vec<Money> = sale.quote.lines.iter().map(|line| line.net()).collect();
    if programs.terms.price_basis == PriceBasis::TaxInclusive {
        return paid;
    }
    let mut of_rate: BTreeMap<Rate, Vec<usize>> = BTreeMap::new();
    for (line, bought) in sale.basket.lines.iter().enumerate() {
        if let Some(rate) = bought.goods.tax_rate {
            of_rate.entry(rate).or_default().push(line);
        }
    }
    for share in &sale.quote.taxes {
        let lines = of_rate.get(&share.rate).map_or(&[][..], Vec::as_slice);
        let nets: Vec<i128> = lines.iter().map(|line| i128::from(paid[*line].units())).collect();
        for (line, part) in lines.iter().zip(share.tax.split(&nets)) {
            paid[*line] += part;
        }
    }
    paid
}

/// Leaves of what the sale earned as much as of what was paid: `kept` of `paid`, rounded down to the purse's step.
pub(super) fn earned(quote: &mut Quote, sold: &Quote, (kept, paid): (Money, Money), programs: &ProgramSet) {
    let part = |units: i64| match paid.is_zero() {
        true => 0,
        false => i128::from(units) * i128::from(kept.units()) / i128::from(paid.units()),
    };
    let part = |units: i64| i64::try_from(part(units)).unwrap_or(0);
    let scaled = |change: &Change| match change {
        Change::Earn {
            purse,
            amount,
            program,
            expires,
        } => Some(Change::Earn {
            purse: purse.clone(),
            amount: Points::thousandths(part(amount.units()))
                .down_to(programs.purse(purse).step.unwrap_or(Points::ONE)),
            program: program.clone(),
            expires: *expires,
        }),
        Change::Donate {
            charity,
            amount,
            program,
        } => Some(Change::Donate {
            charity: charity.clone(),
            amount: Money::minor(part(amount.units())),
            program: program.clone(),
        }),
        _ => None,
    };
    let is_scaled = |change: &Change| matches!(change, Change::Earn { .. } | Change::Donate { .. });
    quote.changes.retain(|change| !is_scaled(change));
    quote.changes.extend(sold.changes.iter().filter_map(scaled));
    for other in &mut quote.others {
        other.changes.retain(|change| !is_scaled(change));
    }
    for sold in &sold.others {
        let changes: Vec<Change> = sold.changes.iter().filter_map(scaled).collect();
        match quote.others.iter_mut().find(|other| other.holder == sold.holder) {
            Some(other) => other.changes.extend(changes),
            None => quote.others.push(ForOther {
                holder: sold.holder.clone(),
                changes,
            }),
        }
    }
}
