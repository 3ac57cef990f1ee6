//! Amounts off the basket, or off certain goods of it together: once, for each so much, or down to one price.

use super::super::super::amount::Money;
use super::super::super::amount::Quantity;
use super::super::super::program::{EarnBase, Reward};
use super::super::super::quote::Reason;
use super::super::bill::Exact;
use super::super::offer::pieces;
use super::{Pricing, UNIT_OFFERS};

impl Pricing<'_, '_> {
    /// An amount off, split by what the lines still cost.
    pub(super) fn amount_off(&mut self, k: usize) {
        let offer = self.offers[k];
        let (most, times) = match &offer.rule.gives {
            Reward::AmountOffBasket(off) => (*off, self.times(k, &EarnBase::Once)),
            Reward::AmountPer { off, per } => (*off, self.times(k, per)),
            Reward::BasketPrice(price) => {
                let nets: Money = offer.lines().map(|line| self.priced.bill.lines[line].net).sum();
                ((nets - *price).max(Money::ZERO), 1)
            }
            _ => return,
        };
        if times == 0 {
            let why = self.too_little(k);
            return self.refuse(k, why);
        }
        // Saturating: what is more than the basket costs is cut to it.
        let most = Money::minor(most.units().saturating_mul(times));
        let exacts = self.by_net(k, most);
        if offer.rule.units_each_time().is_some() {
            self.priced.given[k].0 = Quantity::whole(times);
        }
        self.charge(k, exacts, 0);
    }

    /// How often the amount is given.
    fn times(&self, k: usize, per: &EarnBase) -> i64 {
        let offer = self.offers[k];
        let nets = |line: usize| match offer.phase > UNIT_OFFERS {
            true => self.priced.after_units[line],
            false => self.priced.bill.lines[line].net,
        };
        let steps = match per {
            EarnBase::Once => i64::MAX,
            EarnBase::Amount(per) => {
                let has: Money = offer.lines().map(nets).sum();
                has.units() / per.units().max(1)
            }
            EarnBase::Unit(per) => {
                let has: Quantity = offer.lines().map(|line| self.basket.lines[line].quantity).sum();
                has.units() / per.units().max(1)
            }
        };
        let triggers = offer.rule.needs.triggers().map(|(n, contains)| {
            let on = self.basket.lines.iter().zip(&offer.contains_on[n]);
            let has: Quantity = on
                .filter(|(_, is_one)| **is_one)
                .map(|(line, _)| pieces(line, line.quantity))
                .sum();
            has.units() / 1000 / i64::from(contains.every.max(1))
        });
        let times = triggers.fold(steps, i64::min);
        let times = if times == i64::MAX { 1 } else { times };
        match offer.rule.units_each_time() {
            Some(_) => times.min(self.most_times(k, 1)),
            None => times,
        }
    }

    fn too_little(&self, k: usize) -> Reason {
        let offer = self.offers[k];
        let goods = offer.rule.needs.goods.text();
        match &offer.rule.gives {
            Reward::AmountPer {
                per: EarnBase::Amount(needs),
                ..
            } => Reason::NeedsAmountOf {
                needs: *needs,
                has: offer.lines().map(|line| self.priced.bill.lines[line].net).sum(),
                goods,
            },
            Reward::AmountPer {
                per: EarnBase::Unit(needs),
                ..
            } => Reason::NeedsGoods {
                needs: *needs,
                has: offer.lines().map(|line| self.basket.lines[line].quantity).sum(),
                goods,
            },
            _ => Reason::NothingLeft,
        }
    }

    /// So much off the basket, by what the lines still cost.
    fn by_net(&self, k: usize, most: Money) -> Vec<(usize, Exact)> {
        let bill = &self.priced.bill;
        let lines: Vec<usize> = self.offers[k].lines().collect();
        let nets: Vec<i128> = lines
            .iter()
            .map(|&l| i128::from(bill.lines[l].net.units()))
            .collect();
        let sum: i128 = nets.iter().sum();
        if sum == 0 {
            return Vec::new();
        }
        let amount = bill
            .exact(most)
            .min(bill.exact(Money::minor(i64::try_from(sum).unwrap_or(i64::MAX))));
        // A basket is at most 10¹¹ minor units and 10²³ of the exact scale: the product fits.
        lines
            .into_iter()
            .zip(nets.into_iter().map(|net| amount * net / sum))
            .collect()
    }
}
