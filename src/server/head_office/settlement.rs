//! The settlement between the partners of a coalition, from the books and the newest programs.

use std::collections::BTreeMap;

use super::HeadOffice;
use crate::loyalty::amount::{Currency, Money, Points};
use crate::loyalty::id::PurseId;
use crate::loyalty::program::file;
use crate::loyalty::settlement::{Debt, Party, settle, worth};
use crate::server::ServerError;
use crate::wire::Bundle;

/// Who owes whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The shop's currency.
    pub currency: Currency,
    /// Every debt between two partners, by purse, with what it is worth where the programs say what a unit is worth.
    pub debts: Vec<(Debt, Option<Money>)>,
}

impl Settlement {
    /// What each partner is owed by all others together, below zero what it owes: sums to zero for every purse.
    pub fn balances(&self) -> BTreeMap<(PurseId, Party), (Points, Option<Money>)> {
        let mut all: BTreeMap<(PurseId, Party), (Points, Option<Money>)> = BTreeMap::new();
        for (debt, money) in &self.debts {
            let none = (Points::ZERO, money.map(|_| Money::ZERO));
            let to = all.entry((debt.purse.clone(), debt.to.clone())).or_insert(none);
            to.0 += debt.units;
            to.1 = to.1.zip(*money).map(|(sum, money)| sum + money);
            let from = all.entry((debt.purse.clone(), debt.from.clone())).or_insert(none);
            from.0 -= debt.units;
            from.1 = from.1.zip(*money).map(|(sum, money)| sum - money);
        }
        all
    }
}

impl HeadOffice {
    /// What every two partners owe each other for points that were earned at one and spent at the other, with what those
    /// are worth by the programs of the newest bundle.
    pub fn settlement(&self) -> Result<Settlement, ServerError> {
        let currency = self.terms.currency;
        let bundle: Option<Bundle> = self
            .books
            .bundle()?
            .and_then(|signed| minicbor::decode(&signed.bytes).ok());
        let files = bundle.map(|bundle| bundle.files).unwrap_or_default();
        let programs = file::read_all(&files, self.terms.clone())
            .map_err(|findings| ServerError::Programs { findings })?;
        let debts = settle(self.books.moves_between_partners()?).into_iter();
        let debts = debts.map(|debt| {
            let price = programs.purse(&debt.purse).worth;
            let money = price.map(|price| worth(debt.units, price, currency));
            (debt, money)
        });
        Ok(Settlement {
            currency,
            debts: debts.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loyalty::id::PartnerId;

    #[test]
    fn what_partners_are_owed_sums_to_zero_in_units_and_in_money() {
        let currency = Currency::of("EUR").expect("a currency");
        let party = |name: &str| Some(PartnerId::parse(name).expect("a name"));
        let debt = |from: &str, to: &str, units: i64, money: i64| {
            let debt = Debt {
                purse: PurseId::parse("points").expect("a name"),
                from: party(from),
                to: party(to),
                units: Points::whole(units),
            };
            (debt, Some(Money::minor(money)))
        };
        let debts = vec![
            debt("grocer", "phones", 100, 150),
            debt("phones", "restaurant", 7, 11),
            debt("grocer", "restaurant", 1, 2),
        ];
        let balances = Settlement { currency, debts }.balances();
        let told: Vec<(Points, Option<Money>)> = balances.values().copied().collect();
        let expected = [(-101, -152), (93, 139), (8, 13)];
        assert_eq!(
            told,
            expected.map(|(units, money)| (Points::whole(units), Some(Money::minor(money))))
        );
        assert_eq!(told.iter().map(|(units, _)| *units).sum::<Points>(), Points::ZERO);
        assert_eq!(
            told.iter().filter_map(|(_, money)| *money).sum::<Money>(),
            Money::ZERO
        );
    }
}
