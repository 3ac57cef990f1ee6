//! Whether what `[scan]` says of ranges of numbers can be meant: a sentence for each that cannot.

use super::Scan;
use crate::loyalty::scan::{Ai, is_payment_range};

/// Beginnings inside a payment scheme's range are as long as an issuer's own number at least.
const LEAST_OWN_DIGITS: usize = 6;
/// The longest number of a card that is kept.
const MOST_CARD_DIGITS: usize = 32;

impl Scan {
    /// The first key that cannot be meant, and why.
    pub(super) fn fault(&self) -> Option<(&'static str, String)> {
        self.digits()
            .or_else(|| self.in_store())
            .or_else(|| self.payment())
            .or_else(|| self.claimed_twice())
            .or_else(|| self.others())
    }

    fn lists(&self) -> [(&'static str, &[String], usize); 5] {
        [
            ("gsrn_prefixes", &self.gsrn_prefixes, 17),
            ("in_store_prefixes", &self.in_store_prefixes, 12),
            ("luhn_prefixes", &self.luhn_prefixes, 18),
            ("coupon_prefixes", &self.coupon_prefixes, 12),
            ("voucher_prefixes", &self.voucher_prefixes, 12),
        ]
    }

    fn digits(&self) -> Option<(&'static str, String)> {
        self.lists().into_iter().find_map(|(key, prefixes, most)| {
            let wrong = prefixes.iter().find(|prefix| {
                !(1..=most).contains(&prefix.len()) || !prefix.bytes().all(|digit| digit.is_ascii_digit())
            })?;
            Some((
                key,
                format!("{key} has \"{wrong}\": a beginning is 1 to {most} digits"),
            ))
        })
    }

    fn in_store(&self) -> Option<(&'static str, String)> {
        let own = |prefix: &&String| {
            let begins = |range: &str| prefix.starts_with(range);
            !(begins("02") || begins("04") || begins("2") || begins("00000"))
        };
        let wrong = self.in_store_prefixes.iter().find(own)?;
        let why = format!(
            "in_store_prefixes has \"{wrong}\": a shop's own numbers begin with 02, 04 or 20 to 29, or with 00000 where \
             they have 8 digits"
        );
        Some(("in_store_prefixes", why))
    }

    fn payment(&self) -> Option<(&'static str, String)> {
        let lists = [
            ("gsrn_prefixes", &self.gsrn_prefixes),
            ("luhn_prefixes", &self.luhn_prefixes),
        ];
        lists.into_iter().find_map(|(key, prefixes)| {
            let short = |prefix: &&String| prefix.len() < LEAST_OWN_DIGITS && is_payment_range(prefix);
            let wrong = prefixes.iter().find(short)?;
            let why = format!(
                "{key} has \"{wrong}\", which takes in payment cards: name at least {LEAST_OWN_DIGITS} digits with which \
                 only the shop's own cards begin"
            );
            Some((key, why))
        })
    }

    fn claimed_twice(&self) -> Option<(&'static str, String)> {
        let thirteen = [
            ("in_store_prefixes", &self.in_store_prefixes),
            ("coupon_prefixes", &self.coupon_prefixes),
            ("voucher_prefixes", &self.voucher_prefixes),
        ];
        for (at, (key, prefixes)) in thirteen.iter().enumerate() {
            for (other, others) in &thirteen[..at] {
                if let Some(both) = prefixes.iter().find(|prefix| others.contains(prefix)) {
                    let why = format!(
                        "\"{both}\" stands in {other} and in {key}: a beginning has one meaning; a longer one may stand \
                         beside it"
                    );
                    return Some((key, why));
                }
            }
        }
        None
    }

    fn others(&self) -> Option<(&'static str, String)> {
        if self.measured_region().is_err() {
            let why = format!(
                "region is \"{}\": it may be dk, de, gb, no, se, fi, ee, lv, lt, or empty for none",
                self.region
            );
            return Some(("region", why));
        }
        let (least, most) = (self.card_digits_least, self.card_digits_most);
        if least == 0 || least > most {
            let why =
                format!("card_digits_least is {least}: it may be 1 to card_digits_most, which is {most}");
            return Some(("card_digits_least", why));
        }
        if most > MOST_CARD_DIGITS {
            let why = format!("card_digits_most is {most}: it may be at most {MOST_CARD_DIGITS}");
            return Some(("card_digits_most", why));
        }
        let known = |ai: &&String| {
            ai.parse()
                .ok()
                .and_then(Ai::of)
                .is_none_or(|found| found.to_string() != **ai)
        };
        let wrong = self.coupon_identifiers.iter().find(known)?;
        let why =
            format!("coupon_identifiers has \"{wrong}\": it may hold AIs of GS1, such as 255, 8110 or 8112");
        Some(("coupon_identifiers", why))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Config;

    #[test]
    fn ranges_that_cannot_be_meant_earn_a_sentence() {
        for (line, word) in [
            (
                "coupon_prefixes = [\"9A\"]",
                "\"9A\": a beginning is 1 to 12 digits",
            ),
            ("in_store_prefixes = [\"\"]", "a beginning is"),
            ("in_store_prefixes = [\"59\"]", "02, 04 or 20 to 29"),
            ("luhn_prefixes = [\"4\"]", "payment cards"),
            ("luhn_prefixes = [\"62\"]", "payment cards"),
            (
                "luhn_prefixes = [\"9356\", \"35\"]",
                "\"35\", which takes in payment cards",
            ),
            ("luhn_prefixes = [\"222\"]", "payment cards"),
            ("gsrn_prefixes = [\"5\"]", "payment cards"),
            (
                "voucher_prefixes = [\"99\"]",
                "stands in coupon_prefixes and in voucher_prefixes",
            ),
            ("coupon_prefixes = [\"04\"]", "stands in in_store_prefixes"),
            ("region = \"xx\"", "dk, de, gb"),
            ("card_digits_least = 20", "1 to card_digits_most"),
            ("card_digits_most = 40", "at most 32"),
            ("coupon_identifiers = [\"89\"]", "AIs of GS1"),
            ("eight_digits_are = \"seven\"", "ean8"),
        ] {
            let text = format!("[shop]\ncurrency = \"EUR\"\n\n[scan]\n# here\n{line}\n");
            let why = Config::parse(Path::new("shop.toml"), &text)
                .expect_err(line)
                .to_string();
            assert!(
                why.starts_with("shop.toml, line 6: ") && why.contains(word),
                "{line}: {why}"
            );
        }
    }

    #[test]
    fn ranges_that_can_be_meant_are_taken() {
        for line in [
            "luhn_prefixes = [\"9356\", \"627712\", \"7\"]",
            "gsrn_prefixes = [\"4012345\", \"9526\"]",
            "in_store_prefixes = [\"04\", \"29\", \"2\", \"000002\"]",
            "voucher_prefixes = [\"980\", \"0490\", \"9912\"]",
            "region = \"de\"",
            "coupon_identifiers = []",
        ] {
            let text = format!("[scan]\n{line}\n");
            assert!(Config::parse(Path::new("shop.toml"), &text).is_ok(), "{line}");
        }
    }
}
