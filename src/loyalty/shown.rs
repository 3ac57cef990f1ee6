//! How a customer shows who he is, and what that may do here. A number that was typed proves nothing, a printed card or
//! pass can be copied, a phone that signs the time cannot: so the shop says for each of them whether it earns, takes
//! members' prices, and pays from a purse. What was allowed is kept with the basket, so that a return is worked out by it.

use std::fmt;

use minicbor::{Decode, Encode};

use super::amount::Money;

/// How somebody showed who he is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Shown {
    /// The number was typed by hand: anybody can say a number.
    #[n(0)]
    Typed,
    /// A printed card was scanned or swiped.
    #[n(1)]
    Card,
    /// A pass that the issuer signed, on paper or as a picture.
    #[n(2)]
    Pass,
    /// A pass that the member's own phone signed within this minute.
    #[n(3)]
    Phone,
}

impl Shown {
    /// The word for it in answers and settings.
    pub const fn name(self) -> &'static str {
        match self {
            Shown::Typed => "typed",
            Shown::Card => "card",
            Shown::Pass => "pass",
            Shown::Phone => "phone",
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How much may be paid from purses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Spend {
    /// Nothing, whoever approves it.
    #[n(0)]
    Nothing,
    /// Up to so much of one basket; more needs a second factor.
    #[n(1)]
    UpTo(#[n(0)] Money),
    /// Any amount.
    #[n(2)]
    Any,
}

/// What may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Allowed {
    /// Points are earned, memberships begin.
    #[n(0)]
    pub earn: bool,
    /// Prices and discounts that only members get.
    #[n(1)]
    pub prices: bool,
    /// Paying from purses.
    #[n(2)]
    pub spend: Spend,
}

/// How the buyer of a basket was identified, and what that allowed by the shop's settings then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Identified {
    /// How.
    #[n(0)]
    pub shown: Shown,
    /// What it allowed.
    #[n(1)]
    pub allowed: Allowed,
}

/// What each way of showing oneself may do: the shop's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ways {
    /// A number typed by hand.
    pub typed: Allowed,
    /// A printed card.
    pub card: Allowed,
    /// A static pass.
    pub pass: Allowed,
    /// A pass signed by the phone.
    pub phone: Allowed,
}

impl Ways {
    /// What this way may do.
    pub fn of(&self, shown: Shown) -> Identified {
        let allowed = match shown {
            Shown::Typed => self.typed,
            Shown::Card => self.card,
            Shown::Pass => self.pass,
            Shown::Phone => self.phone,
        };
        Identified { shown, allowed }
    }
}

impl Identified {
    /// The same where nobody here can know whether the pass was withdrawn: it still says who he is, earns and takes
    /// members' prices as the shop allows, but pays nothing.
    pub fn unchecked(self) -> Identified {
        let allowed = Allowed {
            spend: Spend::Nothing,
            ..self.allowed
        };
        Identified { allowed, ..self }
    }
}

/// Something besides the card or pass that the member knows, or somebody who answers for him. It works offline, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// None was given.
    Missing,
    /// The member's PIN was right, or a supervisor approved.
    Given,
}

/// Why so much cannot be paid from purses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpendRefusal {
    /// Not in this way at all.
    #[error("purses cannot be spent with this")]
    NotSo {
        /// How the member was identified.
        shown: Shown,
    },
    /// More than may be spent without a second factor.
    #[error("more than may be spent without a PIN, a supervisor or a pass signed by the phone")]
    AboveLimit {
        /// How the member was identified.
        shown: Shown,
        /// What may be spent of this basket.
        limit: Money,
    },
}

/// Decides how much purses may pay of a basket. `asked` is what the customer wants to pay so; without it, as much as can
/// be: all of `available`, or the limit where that is less. `available` is what his purses and the bill allow together.
/// Baskets from before this was asked (`how` is none) are as they were: anything.
///
/// # Errors
/// An amount that was asked for and may not be: nothing is cut down in silence.
pub fn may_spend(
    asked: Option<Money>,
    available: Money,
    how: Option<&Identified>,
    second: SecondFactor,
) -> Result<Money, SpendRefusal> {
    let wanted = asked.unwrap_or(available);
    let Some(Identified { shown, allowed }) = how.copied() else {
        return Ok(wanted);
    };
    match (allowed.spend, second) {
        _ if wanted <= Money::ZERO => Ok(Money::ZERO),
        (Spend::Nothing, _) if asked.is_some() => Err(SpendRefusal::NotSo { shown }),
        (Spend::Nothing, _) => Ok(Money::ZERO),
        (Spend::Any, _) | (Spend::UpTo(_), SecondFactor::Given) => Ok(wanted),
        (Spend::UpTo(limit), SecondFactor::Missing) if wanted <= limit => Ok(wanted),
        (Spend::UpTo(limit), SecondFactor::Missing) if asked.is_some() => {
            Err(SpendRefusal::AboveLimit { shown, limit })
        }
        (Spend::UpTo(limit), SecondFactor::Missing) => Ok(limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(limit: i64) -> Ways {
        let allowed = |spend| Allowed {
            earn: true,
            prices: true,
            spend,
        };
        let limit = Spend::UpTo(Money::minor(limit));
        Ways {
            typed: allowed(Spend::Nothing),
            card: allowed(limit),
            pass: allowed(limit),
            phone: allowed(Spend::Any),
        }
    }

    #[test]
    fn c38_above_a_limit_a_static_pass_cannot_spend_and_a_phone_can() {
        use SecondFactor::{Given, Missing};
        use Shown::{Card, Pass, Phone, Typed};
        let not_so = |shown| Err(SpendRefusal::NotSo { shown });
        let above = |shown| {
            Err(SpendRefusal::AboveLimit {
                shown,
                limit: Money::minor(1000),
            })
        };
        // How, what is asked for, the second factor, what may be paid; 50.00 are available, the limit is 10.00.
        let cases = [
            (Pass, Some(999), Missing, Ok(999)),
            (Pass, Some(1000), Missing, Ok(1000)),
            (Pass, Some(1001), Missing, above(Pass)),
            (Pass, Some(1001), Given, Ok(1001)),
            (Pass, None, Missing, Ok(1000)),
            (Pass, None, Given, Ok(5000)),
            (Card, Some(1001), Missing, above(Card)),
            (Card, Some(1000), Missing, Ok(1000)),
            (Phone, Some(5000), Missing, Ok(5000)),
            (Phone, None, Missing, Ok(5000)),
            (Typed, Some(1), Missing, not_so(Typed)),
            (Typed, Some(1), Given, not_so(Typed)),
            (Typed, None, Given, Ok(0)),
            (Typed, Some(0), Missing, Ok(0)),
        ];
        for (shown, asked, second, may) in cases {
            let how = ways(1000).of(shown);
            let done = may_spend(asked.map(Money::minor), Money::minor(5000), Some(&how), second);
            assert_eq!(done, may.map(Money::minor), "{shown} {asked:?} {second:?}");
        }
    }

    #[test]
    fn a_pass_that_may_have_been_withdrawn_pays_nothing() {
        let how = ways(1000).of(Shown::Phone).unchecked();
        assert!(how.allowed.earn && how.allowed.prices);
        let asked = Some(Money::minor(1));
        let refused = may_spend(asked, Money::minor(1), Some(&how), SecondFactor::Given);
        assert_eq!(refused, Err(SpendRefusal::NotSo { shown: Shown::Phone }));
    }

    #[test]
    fn a_basket_from_before_is_as_it_was() {
        let all = Money::minor(5000);
        assert_eq!(may_spend(None, all, None, SecondFactor::Missing), Ok(all));
    }
}
