//! The base of earning: how much of a sale a rule gives points, money back or a donation for. Unless its file says
//! otherwise that is what the goods cost after discounts, with tax as it stands in the prices, and without the part that
//! purses paid.

use std::collections::BTreeMap;

use super::super::amount::{Money, Points, Quantity, Rate};
use super::super::program::settings::{Counted, tax_within};
use super::super::program::{EarnBase, PriceBasis};
use super::offer::{Offer, Scene};
use super::pricing::Priced;
use super::room::Room;

/// What purses pay of a bill.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PaidBy {
    /// Points and money of the shop.
    pub purses: Money,
    /// Gift balances, which were paid for with money.
    pub gifts: Money,
}

impl PaidBy {
    /// What of it earns nothing.
    fn not_counted(&self, counted: &Counted) -> Money {
        let purses = if counted.purses { Money::ZERO } else { self.purses };
        let gifts = if counted.gifts { Money::ZERO } else { self.gifts };
        purses + gifts
    }
}

/// A priced sale as phase 8 looks at it.
#[derive(Clone, Copy)]
pub(super) struct Base<'a, 'b> {
    pub scene: &'a Scene<'b>,
    pub priced: &'a Priced,
    pub paid: PaidBy,
}

impl Base<'_, '_> {
    /// What was spent on the offer's goods. Whole minor units.
    pub fn of(&self, offer: &Offer) -> Money {
        let lines: Vec<usize> = offer.lines().collect();
        self.part(self.amount(&lines, &offer.rule.settings.counted), offer)
    }

    /// The share of an amount that no purse paid: what purses pay is borne by all goods in proportion. Whole minor units.
    pub fn without_purses(&self, net: Money) -> Money {
        self.without(net, &Counted::default())
    }

    fn without(&self, net: Money, counted: &Counted) -> Money {
        let (in_money, total) = self.in_money(counted);
        match total {
            0 => Money::ZERO,
            _ => Money::minor(i64::try_from(i128::from(net.units()) * in_money / total).unwrap_or(i64::MAX)),
        }
    }

    fn part(&self, amount: Money, offer: &Offer) -> Money {
        // Where nothing was left to pay, no purse paid any of it.
        match self.priced.bill.total().is_zero() {
            true => amount,
            false => self.without(amount, &offer.rule.settings.counted),
        }
    }

    /// What no purse paid, of how much.
    fn in_money(&self, counted: &Counted) -> (i128, i128) {
        let total = i128::from(self.priced.bill.total().units());
        let paid = i128::from(self.paid.not_counted(counted).units());
        ((total - paid).max(0), total)
    }

    /// What lines come to, whoever paid it.
    fn amount(&self, lines: &[usize], counted: &Counted) -> Money {
        let basis = self.scene.programs.terms.price_basis;
        let is_in_prices = basis == PriceBasis::TaxInclusive;
        let mut by_rate: BTreeMap<Option<Rate>, Money> = BTreeMap::new();
        for &n in lines {
            let (line, priced) = (&self.scene.basket.lines[n], &self.priced.bill.lines[n]);
            let amount = if counted.discounts {
                priced.gross
            } else {
                priced.net
            };
            *by_rate.entry(line.goods.tax_rate).or_default() += amount;
        }
        let tax = |(rate, sum): (Option<Rate>, Money)| match (rate, counted.with_tax(is_in_prices)) {
            (Some(rate), true) if !is_in_prices => sum + sum.share(rate),
            (Some(rate), false) if is_in_prices => sum - Money::minor(tax_within(sum.units(), rate)),
            _ => sum,
        };
        by_rate.into_iter().map(tax).sum()
    }

    /// The lines that are rounded together: all of them, or each alone.
    fn roundings(&self, offer: &Offer) -> Vec<Vec<usize>> {
        match offer.rule.settings.by_line {
            true => offer.lines().map(|line| vec![line]).collect(),
            false => vec![offer.lines().collect()],
        }
    }

    /// The units that an offer gives points for: those of its goods, as far as its limit goes.
    pub fn units(&self, offer: &Offer, room: &Room) -> Quantity {
        let lines: Vec<usize> = offer.lines().collect();
        let sold = self.sold(&lines);
        room.units.map_or(sold, |most| sold.min(most))
    }

    fn sold(&self, lines: &[usize]) -> Quantity {
        lines
            .iter()
            .map(|line| self.scene.basket.lines[*line].quantity)
            .sum()
    }

    /// Points for what was spent on the offer's goods, so many times over. Rounded down once, to the purse's step.
    pub fn points(
        &self,
        (offer, room): (&Offer, &Room),
        points: Points,
        per: EarnBase,
        times: Rate,
        step: Points,
    ) -> Points {
        if per == EarnBase::Once {
            return points;
        }
        let mut left = room.units.unwrap_or(Quantity::thousandths(i64::MAX));
        let rounded = self.roundings(offer).into_iter().map(|lines| {
            let (base, per) = match per {
                EarnBase::Amount(per) => {
                    let amount = self.amount(&lines, &offer.rule.settings.counted);
                    (amount.units(), per.units())
                }
                EarnBase::Unit(per) => {
                    let units = self.sold(&lines).min(left);
                    left -= units;
                    (units.units(), per.units())
                }
                EarnBase::Once => (0, 0),
            };
            self.worth(offer, points, (base, per), times).down_to(step)
        });
        rounded.sum()
    }

    fn worth(&self, offer: &Offer, points: Points, (base, per): (i64, i64), times: Rate) -> Points {
        let counted = &offer.rule.settings.counted;
        let (in_money, total) = match self.in_money(counted) {
            (_, 0) if counted.discounts => (1, 1),
            shares => shares,
        };
        if total == 0 || per <= 0 {
            return Points::ZERO;
        }
        // Saturating: no shop comes near, but a mistyped file must not stop a till.
        let points = i128::from(points.units()).saturating_mul(i128::from(base));
        let points = points
            .saturating_mul(in_money)
            .saturating_mul(i128::from(times.units()));
        let points = points / (total * i128::from(per)) / i128::from(Rate::ONE.units());
        Points::thousandths(i64::try_from(points).unwrap_or(i64::MAX))
    }

    /// A share of what was spent on the offer's goods, as money of a purse, rounded down to its step.
    pub fn back(&self, offer: &Offer, share: Rate, step: Points) -> Points {
        let minor = self.scene.programs.terms.currency.step();
        let rounded = self.roundings(offer).into_iter().map(|lines| {
            let spent = self.part(self.amount(&lines, &offer.rule.settings.counted), offer);
            let base = i128::from(spent.units()) * i128::from(minor.units());
            let exact = base * i128::from(share.units()) / i128::from(Rate::ONE.units());
            Points::thousandths(i64::try_from(exact).unwrap_or(i64::MAX)).down_to(step)
        });
        rounded.sum()
    }
}
