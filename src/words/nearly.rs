//! What is nearly reached, as one line that a cashier can say to the customer.

use super::{Arguments, message, say};
use crate::loyalty::amount::Currency;
use crate::loyalty::engine::{Missing, Nearly};
use crate::loyalty::quote::Reason;

/// What is missing, and what it brings: "1 more coffee for a free one".
pub fn nearly(nearly: &Nearly, currency: Currency) -> String {
    let (key, arguments) = nearly_message(nearly, currency);
    say(key, &arguments)
}

pub(super) fn nearly_message(nearly: &Nearly, currency: Currency) -> (&'static str, Arguments) {
    let mut arguments = vec![("saves", currency.text(nearly.saves))];
    let key = match &nearly.missing {
        Missing::Goods { more, goods } => {
            arguments.extend([("more", more.to_string()), ("goods", goods.clone())]);
            match (nearly.is_free, nearly.saves.is_zero(), goods.is_empty()) {
                (true, _, false) => "nearly-free",
                (true, _, true) => "nearly-any-free",
                (false, false, false) => "nearly-saves",
                (false, false, true) => "nearly-any-saves",
                (false, true, false) => "nearly-goods",
                (false, true, true) => "nearly-any-goods",
            }
        }
        Missing::Money(more) => {
            arguments.push(("more", currency.text(*more)));
            match nearly.saves.is_zero() {
                true => "nearly-money",
                false => "nearly-money-saves",
            }
        }
        Missing::Stamps { more, purse, goods } => {
            let (more, purse, goods) = (*more, purse.clone(), goods.clone());
            return message(&Reason::NeedsStamps { more, purse, goods }, currency);
        }
        Missing::Card(why) => return message(why, currency),
    };
    (key, arguments)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::loyalty::amount::{Money, Points, Quantity};
    use crate::loyalty::id::{ProgramId, PurseId};

    /// Every way to be near, with its sentence.
    pub fn all() -> Vec<(Nearly, &'static str)> {
        let goods = |goods: &str| Missing::Goods {
            more: Quantity::ONE,
            goods: goods.to_owned(),
        };
        let stamps = Missing::Stamps {
            more: Points::ONE,
            purse: PurseId::parse("cups").expect("a name"),
            goods: String::new(),
        };
        let money = || Missing::Money(Money::minor(750));
        let rows = [
            (goods("coffee"), 250, true, "1 more coffee for a free one"),
            (goods(""), 250, true, "1 more of anything for a free one"),
            (goods("coffee"), 125, false, "1 more coffee saves 1.25"),
            (goods(""), 125, false, "1 more of anything saves 1.25"),
            (goods("coffee"), 0, false, "1 more coffee"),
            (goods(""), 0, false, "1 more of anything"),
            (money(), 500, false, "7.50 more saves 5.00"),
            (money(), 0, false, "7.50 more"),
            (stamps, 0, false, "1 more cup for a free one"),
            (Missing::Card(Reason::NeedsMember), 0, false, "needs a card"),
        ];
        let nearly = |(missing, saves, is_free, sentence)| {
            let program = ProgramId::parse("p").expect("a name");
            let saves = Money::minor(saves);
            let nearly = Nearly {
                program,
                missing,
                saves,
                is_free,
            };
            (nearly, sentence)
        };
        rows.into_iter().map(nearly).collect()
    }

    #[test]
    fn every_way_to_be_near_has_its_sentence() {
        let eur = Currency::of("EUR").expect("a currency");
        for (near, sentence) in all() {
            assert_eq!(nearly(&near, eur), sentence);
        }
    }
}
