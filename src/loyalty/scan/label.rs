//! What an element string or a link says of goods beside their number: how much it is, and until when it is good.

use jiff::civil::Date;

use super::{Ai, Amount, Elements, Gtin, Scaled};

/// The goods of an element string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// The article.
    pub gtin: Gtin,
    /// Its price (392n), net weight in kilograms (310n) or count (30, 37), where the label says one. A price wins over a
    /// weight: the money on the label is what the customer was shown.
    pub amount: Option<Amount>,
}

impl Label {
    /// The goods; none where the elements name no article, or say an amount that no till can sell.
    pub(in crate::loyalty) fn of(elements: &Elements) -> Option<Label> {
        // 01 names an article, 02 what is in a case, 8006 a piece of one: each begins with its GTIN.
        let article = elements
            .iter()
            .find(|element| matches!(element.ai.number(), 1 | 2 | 8006))?;
        let gtin = Gtin::parse(article.value.get(..14)?).ok()?;
        let first = |numbers: std::ops::RangeInclusive<u16>| {
            elements
                .iter()
                .find(|element| numbers.contains(&element.ai.number()))
        };
        let scaled = |ai: Ai, value: &str| {
            let units = value.parse().ok()?;
            let decimals = (ai.number() % 10) as u8;
            Some(Scaled { units, decimals })
        };
        let amount = if let Some(price) = first(3920..=3929) {
            Some(Amount::Price(scaled(price.ai, &price.value)?))
        } else if let Some(weight) = first(3100..=3105) {
            Some(Amount::WeightKg(scaled(weight.ai, &weight.value)?))
        } else if let Some(count) = first(30..=30).or_else(|| first(37..=37)) {
            Some(Amount::Count(count.value.parse().ok()?))
        } else {
            None
        };
        Some(Label { gtin, amount })
    }
}

impl Elements {
    /// The day after which these goods must not be sold (17), if it is past.
    pub fn expired(&self, today: Date) -> Option<Date> {
        self.past(17, today)
    }

    /// The day up to which these goods are at their best (15), if it is past.
    pub fn past_its_best(&self, today: Date) -> Option<Date> {
        self.past(15, today)
    }

    fn past(&self, number: u16, today: Date) -> Option<Date> {
        self.dates(today)
            .find(|(ai, date)| ai.number() == number && *date < today)
            .map(|(_, date)| date)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::{Kind, Settings, read};
    use super::*;

    fn elements(raw: &str) -> Elements {
        match read(raw, &Settings::default()).expect(raw).kind {
            Kind::Elements(elements) => elements,
            other => panic!("{raw}: {other:?}"),
        }
    }

    #[test]
    fn what_labels_say() {
        let price = |units, decimals| Some(Amount::Price(Scaled { units, decimals }));
        let weight = |units, decimals| Some(Amount::WeightKg(Scaled { units, decimals }));
        for (raw, amount) in [
            ("(01)09501101530003", None),
            ("(01)09501101530003(3103)000750", weight(750, 3)),
            ("(01)09501101530003(3922)599", price(599, 2)),
            ("(01)09501101530003(3103)000750(3922)599", price(599, 2)),
            ("(01)09501101530003(30)12", Some(Amount::Count(12))),
            ("(02)09501101530003(37)6", Some(Amount::Count(6))),
        ] {
            let label = Label::of(&elements(raw)).expect(raw);
            assert_eq!(label.amount, amount, "{raw}");
            assert_eq!(label.gtin.as_str(), "09501101530003");
        }
        assert_eq!(Label::of(&elements("(01)09501101530003(3922)99999999999")), None);
        assert_eq!(Label::of(&elements("(17)260430")), None);
    }

    #[test]
    fn the_last_day_is_still_good() {
        let milk = elements("(01)09501101530003(15)260301(17)260430");
        assert_eq!(milk.expired(date(2026, 4, 30)), None);
        assert_eq!(milk.expired(date(2026, 5, 1)), Some(date(2026, 4, 30)));
        assert_eq!(milk.past_its_best(date(2026, 3, 2)), Some(date(2026, 3, 1)));
    }
}
