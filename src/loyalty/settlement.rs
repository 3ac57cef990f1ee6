//! Settling between the partners of a coalition: who owes whom for points that were earned at one and spent at another.
//!
//! Every unit of a purse lies in a lot, and the entry that opened the lot was made at some partner: he has issued it. Whoever
//! takes units out of the lot is owed them by the issuer; whoever puts them back owes them to him again. A debt has two ends,
//! so all that partners owe and are owed sums to zero, however it came about.

use std::collections::BTreeMap;

use super::amount::{Currency, Money, Points, Price};
use super::id::{PartnerId, PurseId};

/// A partner of a coalition; none is the shop itself, and all sites that name no partner.
pub type Party = Option<PartnerId>;

/// Units that left a lot, or came back to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Of which purse.
    pub purse: PurseId,
    /// Where the lot was earned.
    pub issuer: Party,
    /// Where it moved.
    pub at: Party,
    /// What the lot gained; below zero what it lost.
    pub amount: Points,
}

/// What one owes another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debt {
    /// Of which purse.
    pub purse: PurseId,
    /// Who has issued the units.
    pub from: Party,
    /// Where they were spent.
    pub to: Party,
    /// How many, above zero.
    pub units: Points,
}

/// What every two partners owe each other, net, by purse. Those that are even are left out.
pub fn settle(moves: impl IntoIterator<Item = Moved>) -> Vec<Debt> {
    let mut owed: BTreeMap<(PurseId, Party, Party), Points> = BTreeMap::new();
    for moved in moves.into_iter().filter(|moved| moved.issuer != moved.at) {
        // Both directions of a pair are one sum: what the lesser name owes the greater.
        let (low, high, amount) = match moved.issuer < moved.at {
            true => (moved.issuer, moved.at, -moved.amount),
            false => (moved.at, moved.issuer, moved.amount),
        };
        *owed.entry((moved.purse, low, high)).or_default() += amount;
    }
    let debts = owed.into_iter().filter(|(_, amount)| *amount != Points::ZERO);
    debts
        .map(|((purse, low, high), amount)| match amount > Points::ZERO {
            true => Debt {
                purse,
                from: low,
                to: high,
                units: amount,
            },
            false => Debt {
                purse,
                from: high,
                to: low,
                units: -amount,
            },
        })
        .collect()
}

/// What so many units are worth, to the minor unit, half away from zero. Each debt is rounded once and counts for both its
/// ends, so that money sums to zero as units do.
pub fn worth(units: Points, worth: Price, currency: Currency) -> Money {
    // Thousandths of a unit times ten-thousandths of the currency's unit.
    let minor = 10_i128.pow(currency.decimals());
    let exact = i128::from(units.units()) * i128::from(worth.units()) * minor;
    let whole = 10_000_000_i128;
    let rounded = (exact.abs() * 2 + whole) / (2 * whole) * exact.signum();
    Money::minor(i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn party(name: &str) -> Party {
        (!name.is_empty()).then(|| PartnerId::parse(name).expect("a name"))
    }

    fn moved(issuer: &str, at: &str, amount: i64) -> Moved {
        Moved {
            purse: PurseId::parse("points").expect("a name"),
            issuer: party(issuer),
            at: party(at),
            amount: Points::whole(amount),
        }
    }

    #[test]
    fn whoever_issued_points_owes_them_to_where_they_were_spent() {
        let moves = [
            moved("grocer", "phones", -123),
            moved("phones", "grocer", -23),
            moved("grocer", "grocer", -1_000),
            moved("restaurant", "grocer", -14),
            moved("", "phones", -5),
        ];
        let debts = settle(moves.clone());
        let told: Vec<_> = debts
            .iter()
            .map(|debt| (debt.from.clone(), debt.to.clone(), debt.units))
            .collect();
        let expected = [
            (party(""), party("phones"), Points::whole(5)),
            (party("grocer"), party("phones"), Points::whole(100)),
            (party("restaurant"), party("grocer"), Points::whole(14)),
        ];
        assert_eq!(told, expected);
        let eur = Currency::of("EUR").expect("a currency");
        let cent = Price::parse("0.015").expect("a price");
        assert_eq!(worth(Points::whole(100), cent, eur), Money::minor(150));
        assert_eq!(worth(Points::whole(1), cent, eur), Money::minor(2));
        assert_eq!(worth(Points::whole(-1), cent, eur), Money::minor(-2));
        assert_eq!(settle(Vec::new()), Vec::new());
    }

    fn any_move() -> impl Strategy<Value = Moved> {
        let names = prop::sample::select(vec!["", "grocer", "phones", "restaurant"]);
        (names.clone(), names, -1_000_i64..1_000, any::<bool>()).prop_map(|(issuer, at, amount, is_miles)| {
            Moved {
                purse: PurseId::parse(if is_miles { "miles" } else { "points" }).expect("a name"),
                ..moved(issuer, at, amount)
            }
        })
    }

    proptest! {
        /// What each party is owed less what it owes is what it took out of others' lots less what others took out of its
        /// own; over all parties that is nothing, in units and in money.
        #[test]
        fn settlement_sums_to_zero(moves in prop::collection::vec(any_move(), 0..40)) {
            let debts = settle(moves.clone());
            let mut parties: BTreeMap<(PurseId, Party), i64> = BTreeMap::new();
            for debt in &debts {
                prop_assert!(debt.units > Points::ZERO && debt.from != debt.to);
                *parties.entry((debt.purse.clone(), debt.to.clone())).or_default() += debt.units.units();
                *parties.entry((debt.purse.clone(), debt.from.clone())).or_default() -= debt.units.units();
            }
            let mut expected: BTreeMap<(PurseId, Party), i64> = BTreeMap::new();
            for moved in &moves {
                *expected.entry((moved.purse.clone(), moved.at.clone())).or_default() -= moved.amount.units();
                *expected.entry((moved.purse.clone(), moved.issuer.clone())).or_default() += moved.amount.units();
            }
            for (party, units) in &expected {
                prop_assert_eq!(parties.get(party).copied().unwrap_or(0), *units);
            }
            prop_assert_eq!(parties.values().sum::<i64>(), 0);
        }

        /// A sale that comes back whole leaves nothing to settle, in whatever parts it comes.
        #[test]
        fn a_returned_sale_settles_to_zero(
            moves in prop::collection::vec(any_move(), 0..20),
            cut in 0_i64..1_000,
        ) {
            let back = moves.iter().flat_map(|moved| {
                let first = Points::thousandths(moved.amount.units() * cut / 1_000);
                let parts = [first, moved.amount - first];
                parts.map(|part| Moved { amount: -part, ..moved.clone() })
            });
            let all: Vec<Moved> = moves.iter().cloned().chain(back).collect();
            prop_assert_eq!(settle(all), Vec::new());
        }
    }
}
