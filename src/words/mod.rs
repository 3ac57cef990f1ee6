//! Reason codes and arguments -> sentences of a language. What the rules decide is never text; what a person reads is
//! never decided here.

mod language;
mod nearly;

use crate::loyalty::amount::{Currency, Rate};
use crate::loyalty::engine::{RedeemRefusal, WishRefusal};
use crate::loyalty::quote::Reason;
use crate::loyalty::shown::SpendRefusal;
pub use nearly::nearly;

pub use language::{Language, LanguageError, speak, spoken};

/// A reason as one line that a cashier can say aloud.
pub fn reason(reason: &Reason, currency: Currency) -> String {
    let (key, arguments) = message(reason, currency);
    say(key, &arguments)
}

/// Why a purse cannot be spent as the customer wished, as one line.
pub fn wish_refusal(refusal: &WishRefusal, currency: Currency) -> String {
    let (key, arguments) = wish_message(refusal, currency);
    say(key, &arguments)
}

/// Why something of the catalogue is not given, as one line.
pub fn redeem_refusal(refusal: &RedeemRefusal, currency: Currency) -> String {
    let (key, arguments) = redeem_message(refusal, currency);
    say(key, &arguments)
}

fn redeem_message(refusal: &RedeemRefusal, currency: Currency) -> (&'static str, Arguments) {
    match refusal {
        RedeemRefusal::NotFor(why) => message(why, currency),
        RedeemRefusal::Unknown { reward } => ("redeem-unknown", vec![("reward", reward.to_string())]),
        RedeemRefusal::NotForPoints { reward } => {
            ("redeem-not-for-points", vec![("reward", reward.to_string())])
        }
        RedeemRefusal::NeedsApproval { reward } => {
            ("redeem-needs-approval", vec![("reward", reward.to_string())])
        }
        RedeemRefusal::TooMany { reward } => ("redeem-too-many", vec![("reward", reward.to_string())]),
        RedeemRefusal::NotDealt { reward } => ("redeem-not-dealt", vec![("reward", reward.to_string())]),
        RedeemRefusal::OutOfStock { reward, left, wanted } => (
            "redeem-out-of-stock",
            vec![
                ("reward", reward.to_string()),
                ("left", left.to_string()),
                ("wanted", wanted.to_string()),
            ],
        ),
        RedeemRefusal::TooFew {
            reward,
            purse,
            costs,
            has,
        } => (
            "redeem-too-few",
            vec![
                ("reward", reward.to_string()),
                ("purse", purse.to_string()),
                ("costs", costs.to_string()),
                ("has", has.to_string()),
            ],
        ),
    }
}

fn wish_message(refusal: &WishRefusal, currency: Currency) -> (&'static str, Arguments) {
    match refusal {
        WishRefusal::NoMember { purse } => ("wish-no-member", vec![("purse", purse.to_string())]),
        WishRefusal::CannotPay { purse } => ("wish-cannot-pay", vec![("purse", purse.to_string())]),
        WishRefusal::NotEnough { purse, wished, has } => {
            let arguments = vec![
                ("purse", purse.to_string()),
                ("has", has.to_string()),
                ("wished", wished.to_string()),
            ];
            ("wish-not-enough", arguments)
        }
        WishRefusal::NotSo { purse, why } => match why {
            SpendRefusal::NotSo { shown } => {
                let arguments = vec![("purse", purse.to_string()), ("shown", shown.to_string())];
                ("wish-not-so", arguments)
            }
            SpendRefusal::AboveLimit { shown, limit } => {
                let limit = ("limit", currency.text(*limit));
                ("wish-above-limit", vec![("shown", shown.to_string()), limit])
            }
        },
    }
}

type Arguments = Vec<(&'static str, String)>;

/// The message and what is put into it.
fn message(reason: &Reason, currency: Currency) -> (&'static str, Arguments) {
    let off = |rate: &Rate| ("off", rate.percent_text());
    match reason {
        Reason::OwnPrice => ("own-price", vec![]),
        Reason::PercentOffGoods { off: rate, goods } if goods.is_empty() => {
            ("percent-off-any-goods", vec![off(rate)])
        }
        Reason::PercentOffGoods { off: rate, goods } => {
            ("percent-off-goods", vec![off(rate), ("goods", goods.clone())])
        }
        Reason::AmountOffUnit { goods } if goods.is_empty() => ("amount-off-any-unit", vec![]),
        Reason::AmountOffUnit { goods } => ("amount-off-unit", vec![("goods", goods.clone())]),
        Reason::CheapestOfGroup {
            every,
            off: rate,
            units,
        } => {
            let key = if *rate == Rate::ONE {
                "cheapest-free"
            } else {
                "cheapest-reduced"
            };
            let arguments = vec![
                ("every", every.to_string()),
                ("paid", every.saturating_sub(1).to_string()),
                ("units", units.to_string()),
                off(rate),
            ];
            (key, arguments)
        }
        Reason::PercentOffBasket { off: rate } => ("percent-off-basket", vec![off(rate)]),
        Reason::CardPercent {
            off: rate,
            membership: None,
        } => ("card-percent", vec![off(rate)]),
        Reason::CardPercent {
            off: rate,
            membership: Some(held),
        } => (
            "holder-percent",
            vec![off(rate), ("membership", held.to_string())],
        ),
        Reason::BirthdayPercent { off: rate } => ("birthday-percent", vec![off(rate)]),
        Reason::AmountOffBasket => ("amount-off-basket", vec![]),
        Reason::Earned { purse, points } => {
            let arguments = vec![("points", points.to_string()), ("purse", purse.to_string())];
            ("earned", arguments)
        }
        Reason::MembershipSold { membership } => {
            ("membership-sold", vec![("membership", membership.to_string())])
        }
        Reason::MembershipBegins { membership } => {
            ("membership-begins", vec![("membership", membership.to_string())])
        }
        Reason::ForStamps { units, stamps } => (
            "for-stamps",
            vec![("units", units.to_string()), ("stamps", stamps.to_string())],
        ),
        Reason::Issued { reward, quantity } => (
            "issued",
            vec![("reward", reward.clone()), ("quantity", quantity.to_string())],
        ),
        Reason::Donated { charity, amount } => (
            "donated",
            vec![
                ("charity", charity.to_string()),
                ("amount", currency.text(*amount)),
            ],
        ),
        Reason::DrawIsDue { chance } => ("draw-is-due", vec![("chance", chance.percent_text())]),
        Reason::Multiplied { purse, times } => (
            "multiplied",
            vec![("purse", purse.to_string()), ("percent", times.percent_text())],
        ),
        Reason::EarnedForOther { purse, points } => (
            "earned-for-other",
            vec![("points", points.to_string()), ("purse", purse.to_string())],
        ),
        Reason::PutOn { purse, amount } => (
            "put-on",
            vec![("purse", purse.to_string()), ("amount", currency.text(*amount))],
        ),
        Reason::Says { text } => ("says", vec![("text", text.clone())]),
        Reason::NeedsApproval => ("needs-approval", vec![]),
        Reason::UnitsReduced {
            units,
            off: share,
            goods,
        } => {
            let key = match (share, goods.is_empty()) {
                (Some(Rate::ONE), false) => "units-free",
                (Some(Rate::ONE), true) => "any-units-free",
                (Some(_), _) => "units-percent",
                (None, _) => "units-reduced",
            };
            let mut arguments = vec![("units", units.to_string()), ("goods", goods.clone())];
            arguments.extend(share.as_ref().map(off));
            (key, arguments)
        }
        Reason::GroupsReduced { pieces, groups: 1 } => {
            ("groups-reduced-once", vec![("pieces", pieces.to_string())])
        }
        Reason::GroupsReduced { pieces, groups } => (
            "groups-reduced",
            vec![("pieces", pieces.to_string()), ("groups", groups.to_string())],
        ),
        Reason::FixedPrice { goods } if goods.is_empty() => ("fixed-price", vec![]),
        Reason::FixedPrice { goods } => ("fixed-price-of", vec![("goods", goods.clone())]),
        Reason::BasketPrice => ("basket-price", vec![]),
        Reason::MoreForFree { .. }
        | Reason::NeedsAmountOf { .. }
        | Reason::HasGoods { .. }
        | Reason::GiftUnknown { .. }
        | Reason::NeedsTier { .. }
        | Reason::NeedsOrganisation
        | Reason::NeedsConsent { .. }
        | Reason::NeedsInterest { .. }
        | Reason::NotBrought
        | Reason::NeedsAgent
        | Reason::NeedsSpent { .. }
        | Reason::NeedsBought { .. }
        | Reason::NeedsEarned { .. }
        | Reason::PastIt
        | Reason::NeedsStamps { .. }
        | Reason::LimitReached
        | Reason::DoesNotReach { .. }
        | Reason::UnknownCode { .. }
        | Reason::NeedsCode
        | Reason::CodeUsed { .. }
        | Reason::NotDealt
        | Reason::GivenAway
        | Reason::NeedsUnits { .. }
        | Reason::NeedsEntitlement { .. }
        | Reason::NeedsGoods { .. }
        | Reason::NeedsTotal { .. }
        | Reason::NeedsMember
        | Reason::NeedsStranger
        | Reason::NeedsGroup { .. }
        | Reason::NeedsMembership { .. }
        | Reason::HasMembership { .. }
        | Reason::NotBirthday
        | Reason::NotNow
        | Reason::NotHere
        | Reason::NothingLeft
        | Reason::OnlyFullPrice
        | Reason::OnlyReduced
        | Reason::OtherIsBetter { .. }
        | Reason::NoEarning { .. }
        | Reason::NoMemberPrices { .. }
        | Reason::TooLittleToEarn { .. } => missing_message(reason, currency),
    }
}

/// What keeps a rule from applying.
fn missing_message(reason: &Reason, currency: Currency) -> (&'static str, Arguments) {
    match reason {
        Reason::NeedsGoods { needs, has, goods } => {
            let key = if goods.is_empty() {
                "needs-any-goods"
            } else {
                "needs-goods"
            };
            let arguments = vec![
                ("needs", needs.to_string()),
                ("has", has.to_string()),
                ("goods", goods.clone()),
            ];
            (key, arguments)
        }
        Reason::NeedsTotal { needs, has } => {
            let arguments = vec![("needs", currency.text(*needs)), ("has", currency.text(*has))];
            ("needs-total", arguments)
        }
        Reason::MoreForFree { more, goods } => {
            let key = if goods.is_empty() {
                "more-for-free"
            } else {
                "more-of-for-free"
            };
            (key, vec![("more", more.to_string()), ("goods", goods.clone())])
        }
        Reason::NeedsAmountOf { needs, has, goods } => {
            let key = if goods.is_empty() {
                "needs-total"
            } else {
                "needs-amount-of"
            };
            let arguments = vec![
                ("needs", currency.text(*needs)),
                ("has", currency.text(*has)),
                ("goods", goods.clone()),
            ];
            (key, arguments)
        }
        Reason::HasGoods { goods } => ("has-goods", vec![("goods", goods.clone())]),
        Reason::GiftUnknown { goods } => ("gift-unknown", vec![("goods", goods.clone())]),
        Reason::NeedsTier { tier } => ("needs-tier", vec![("tier", tier.clone())]),
        Reason::DoesNotReach { tier } => ("does-not-reach", vec![("tier", tier.clone())]),
        Reason::NeedsOrganisation => ("needs-organisation", vec![]),
        Reason::NeedsConsent { consent } => ("needs-consent", vec![("consent", consent.clone())]),
        Reason::NeedsInterest { interest } => ("needs-interest", vec![("interest", interest.clone())]),
        Reason::NotBrought => ("not-brought", vec![]),
        Reason::NeedsAgent => ("needs-agent", vec![]),
        Reason::NeedsSpent { needs, has } => {
            let arguments = vec![("needs", currency.text(*needs)), ("has", currency.text(*has))];
            ("needs-spent", arguments)
        }
        Reason::NeedsBought { needs, has } => (
            "needs-bought",
            vec![("needs", needs.to_string()), ("has", has.to_string())],
        ),
        Reason::NeedsEarned { purse, needs, has } => {
            let arguments = vec![
                ("purse", purse.to_string()),
                ("needs", needs.to_string()),
                ("has", has.to_string()),
            ];
            ("needs-earned", arguments)
        }
        Reason::PastIt => ("past-it", vec![]),
        Reason::NeedsStamps { more, purse, goods } if goods.is_empty() => (
            "needs-stamps",
            vec![("more", more.to_string()), ("purse", purse.to_string())],
        ),
        Reason::NeedsStamps { more, goods, .. } => (
            "needs-stamps-of",
            vec![("more", more.to_string()), ("goods", goods.clone())],
        ),
        Reason::LimitReached => ("limit-reached", vec![]),
        Reason::UnknownCode { code } => ("unknown-code", vec![("code", code.clone())]),
        Reason::NeedsCode => ("needs-code", vec![]),
        Reason::CodeUsed { code } => ("code-used", vec![("code", code.clone())]),
        Reason::NotDealt => ("not-dealt", vec![]),
        Reason::NeedsUnits { more, purse } => (
            "needs-units",
            vec![("more", more.to_string()), ("purse", purse.to_string())],
        ),
        Reason::NeedsEntitlement { reward } => ("needs-entitlement", vec![("reward", reward.to_string())]),
        Reason::GivenAway => ("given-away", vec![]),
        Reason::NeedsMember => ("needs-member", vec![]),
        Reason::NeedsStranger => ("needs-stranger", vec![]),
        Reason::NeedsGroup { group } => ("needs-group", vec![("group", group.clone())]),
        Reason::NeedsMembership { membership } => {
            ("needs-membership", vec![("membership", membership.to_string())])
        }
        Reason::HasMembership { membership } => {
            ("has-membership", vec![("membership", membership.to_string())])
        }
        Reason::NotBirthday => ("not-birthday", vec![]),
        Reason::NotNow => ("not-now", vec![]),
        Reason::NotHere => ("not-here", vec![]),
        Reason::OnlyFullPrice => ("only-full-price", vec![]),
        Reason::OnlyReduced => ("only-reduced", vec![]),
        Reason::OtherIsBetter { program } => ("other-is-better", vec![("program", program.to_string())]),
        Reason::NoEarning { shown } => ("no-earning", vec![("shown", shown.to_string())]),
        Reason::NoMemberPrices { shown } => ("no-member-prices", vec![("shown", shown.to_string())]),
        Reason::TooLittleToEarn { per } => ("too-little-to-earn", vec![("per", currency.text(*per))]),
        _ => ("nothing-left", vec![]),
    }
}

fn say(key: &str, arguments: &Arguments) -> String {
    spoken().say(key, arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loyalty::amount::{Money, Points, Quantity};
    use crate::loyalty::id::{MembershipId, ProgramId, PurseId};
    use crate::loyalty::shown::Shown;

    /// Every reason with its sentence; the test below finds a message that no reason of this list says.
    fn all() -> Vec<(Reason, &'static str)> {
        let off = Rate::percent("5").expect("a rate");
        let membership = MembershipId::parse("gold-card").expect("a name");
        let (goods, group) = ("GUM".to_owned(), "student".to_owned());
        let program = ProgramId::parse("s1-points").expect("a name");
        let purse = PurseId::parse("points").expect("a name");
        let (three, none) = (Quantity::whole(3), Quantity::ZERO);
        let miles = PurseId::parse("miles").expect("a name");
        let units = |off, goods: &str| Reason::UnitsReduced {
            units: 2,
            off,
            goods: goods.to_owned(),
        };
        vec![
            (units(Some(Rate::ONE), "GUM"), "2 of GUM free"),
            (units(Some(Rate::ONE), ""), "2 free"),
            (units(Some(off), "GUM"), "2 with 5 % off"),
            (units(None, "GUM"), "2 reduced"),
            (
                Reason::GroupsReduced { pieces: 3, groups: 2 },
                "3 together for less, 2 times",
            ),
            (Reason::FixedPrice { goods: String::new() }, "special price"),
            (
                Reason::FixedPrice { goods: goods.clone() },
                "special price for GUM",
            ),
            (
                Reason::GroupsReduced { pieces: 3, groups: 1 },
                "3 together for less",
            ),
            (Reason::BasketPrice, "one price for the basket"),
            (
                Reason::MoreForFree {
                    more: Quantity::ONE,
                    goods: goods.clone(),
                },
                "1 more of GUM for a free one",
            ),
            (
                Reason::MoreForFree {
                    more: Quantity::ONE,
                    goods: String::new(),
                },
                "1 more for a free one",
            ),
            (
                Reason::NeedsAmountOf {
                    needs: Money::minor(5000),
                    has: Money::minor(4200),
                    goods: goods.clone(),
                },
                "needs 50.00 of GUM, basket has 42.00",
            ),
            (Reason::HasGoods { goods: goods.clone() }, "not together with GUM"),
            (
                Reason::GiftUnknown { goods: goods.clone() },
                "the gift GUM is not known here",
            ),
            (Reason::OwnPrice, "member's price"),
            (
                Reason::PercentOffGoods {
                    off,
                    goods: goods.clone(),
                },
                "5 % off GUM",
            ),
            (
                Reason::PercentOffGoods {
                    off,
                    goods: String::new(),
                },
                "5 % off",
            ),
            (
                Reason::AmountOffUnit { goods: goods.clone() },
                "money off each GUM",
            ),
            (Reason::AmountOffUnit { goods: String::new() }, "money off each"),
            (
                Reason::CheapestOfGroup {
                    every: 3,
                    off: Rate::ONE,
                    units: 1,
                },
                "3 for 2: 1 free",
            ),
            (
                Reason::CheapestOfGroup {
                    every: 2,
                    off,
                    units: 4,
                },
                "every 2: cheapest 5 % off, 4 reduced",
            ),
            (Reason::PercentOffBasket { off }, "5 % off"),
            (
                Reason::CardPercent {
                    off,
                    membership: None,
                },
                "5 % card",
            ),
            (
                Reason::CardPercent {
                    off,
                    membership: Some(membership.clone()),
                },
                "5 % off with gold-card",
            ),
            (Reason::BirthdayPercent { off }, "5 % birthday"),
            (Reason::AmountOffBasket, "off the basket"),
            (
                Reason::Earned {
                    purse: purse.clone(),
                    points: Points::thousandths(4_500),
                },
                "4.5 points earned",
            ),
            (
                Reason::MembershipBegins {
                    membership: membership.clone(),
                },
                "gold-card counts from the next purchase",
            ),
            (
                Reason::MembershipSold {
                    membership: membership.clone(),
                },
                "gold-card counts from now on",
            ),
            (
                Reason::NeedsGoods {
                    needs: three,
                    has: none,
                    goods,
                },
                "needs 3 of GUM, basket has 0",
            ),
            (
                Reason::NeedsGoods {
                    needs: three,
                    has: none,
                    goods: String::new(),
                },
                "needs 3 goods, basket has 0",
            ),
            (
                Reason::NeedsTotal {
                    needs: Money::minor(150_000),
                    has: Money::minor(1),
                },
                "needs 1500.00, basket has 0.01",
            ),
            (
                Reason::ForStamps {
                    units: 2,
                    stamps: Points::whole(10),
                },
                "2 free for 10 stamps",
            ),
            (
                Reason::Issued {
                    reward: "fresh mask".to_owned(),
                    quantity: 2,
                },
                "2 fresh mask for you",
            ),
            (
                Reason::Donated {
                    charity: crate::loyalty::id::CharityId::parse("nature").expect("a name"),
                    amount: Money::minor(500),
                },
                "5.00 goes to nature, at no cost to you",
            ),
            (Reason::DrawIsDue { chance: off }, "a draw with a chance of 5 %"),
            (
                Reason::Multiplied {
                    purse: miles.clone(),
                    times: Rate::percent("150").expect("a rate"),
                },
                "150 % of the base of miles",
            ),
            (
                Reason::EarnedForOther {
                    purse: miles.clone(),
                    points: Points::ONE,
                },
                "1 miles for another account",
            ),
            (
                Reason::Says {
                    text: "Hello".to_owned(),
                },
                "Hello",
            ),
            (Reason::NeedsApproval, "somebody must approve it"),
            (
                Reason::NeedsTier {
                    tier: "gold".to_owned(),
                },
                "only for gold",
            ),
            (
                Reason::DoesNotReach {
                    tier: "gold".to_owned(),
                },
                "given with the sale that reaches gold",
            ),
            (Reason::NeedsOrganisation, "only for an organisation"),
            (
                Reason::NeedsConsent {
                    consent: "news".to_owned(),
                },
                "needs the consent news",
            ),
            (
                Reason::NeedsInterest {
                    interest: "garden".to_owned(),
                },
                "only for members who like garden",
            ),
            (Reason::NotBrought, "only for members whom a friend brought"),
            (Reason::NeedsAgent, "needs the name of who sold it"),
            (
                Reason::NeedsSpent {
                    needs: Money::minor(1000),
                    has: Money::minor(999),
                },
                "needs 10.00 spent, so far 9.99",
            ),
            (
                Reason::NeedsBought {
                    needs: three,
                    has: none,
                },
                "needs 3 bought, so far 0",
            ),
            (
                Reason::NeedsEarned {
                    purse: miles.clone(),
                    needs: Points::whole(4000),
                    has: Points::ONE,
                },
                "needs 4000 miles, so far 1",
            ),
            (Reason::PastIt, "this step is behind"),
            (
                Reason::NeedsStamps {
                    more: Points::ONE,
                    purse: miles.clone(),
                    goods: String::new(),
                },
                "1 more mile for a free one",
            ),
            (
                Reason::NeedsStamps {
                    more: Points::whole(2),
                    purse: miles,
                    goods: "COFFEE".to_owned(),
                },
                "2 more COFFEE for a free one",
            ),
            (
                Reason::LimitReached,
                "the limit is reached, nothing more of it for now",
            ),
            (
                Reason::UnknownCode {
                    code: "WELCOM".to_owned(),
                },
                "the code WELCOM is not known here",
            ),
            (Reason::NeedsCode, "needs a code"),
            (
                Reason::CodeUsed {
                    code: "A1".to_owned(),
                },
                "the code A1 is used up",
            ),
            (
                Reason::PutOn {
                    purse: purse.clone(),
                    amount: Money::minor(5000),
                },
                "50.00 put on points",
            ),
            (
                Reason::NeedsUnits {
                    more: Points::ONE,
                    purse: purse.clone(),
                },
                "needs 1 more of points",
            ),
            (
                Reason::NeedsEntitlement {
                    reward: crate::loyalty::id::RewardId::parse("five-off").expect("a name"),
                },
                "needs five-off, which is not held",
            ),
            (Reason::NotDealt, "the office has dealt this till no share of it"),
            (Reason::GivenAway, "all of it is given away"),
            (Reason::NeedsMember, "needs a card"),
            (Reason::NeedsStranger, "only without a card"),
            (Reason::NeedsGroup { group }, "needs a valid proof as student"),
            (
                Reason::NeedsMembership {
                    membership: membership.clone(),
                },
                "needs gold-card",
            ),
            (Reason::HasMembership { membership }, "gold-card is held already"),
            (Reason::NotBirthday, "only on the birthday"),
            (Reason::NotNow, "not at this time"),
            (Reason::NotHere, "not at this place"),
            (Reason::NothingLeft, "nothing in the basket is left for it"),
            (Reason::OnlyFullPrice, "only for goods that are not reduced"),
            (Reason::OnlyReduced, "only for goods that are reduced"),
            (
                Reason::NoEarning { shown: Shown::Typed },
                "nothing is earned on a typed number: scan the card or pass",
            ),
            (
                Reason::NoEarning { shown: Shown::Card },
                "nothing is earned with a printed card",
            ),
            (
                Reason::NoMemberPrices { shown: Shown::Pass },
                "not with a pass that can be copied: open it on the phone",
            ),
            (
                Reason::NoMemberPrices { shown: Shown::Phone },
                "not with a phone's pass",
            ),
            (Reason::OtherIsBetter { program }, "s1-points gives more"),
            (
                Reason::TooLittleToEarn {
                    per: Money::minor(1000),
                },
                "less than 10.00 to earn on",
            ),
        ]
    }

    fn wishes() -> [(WishRefusal, &'static str); 5] {
        let purse = PurseId::parse("points").expect("a name");
        let (wished, has) = (Points::whole(5), Points::whole(4));
        [
            (
                WishRefusal::NoMember { purse: purse.clone() },
                "only a member who is known here can spend points",
            ),
            (
                WishRefusal::CannotPay { purse: purse.clone() },
                "points cannot pay",
            ),
            (
                WishRefusal::NotSo {
                    purse: purse.clone(),
                    why: SpendRefusal::NotSo { shown: Shown::Typed },
                },
                "points cannot be spent on a typed number: scan the card or pass",
            ),
            (
                WishRefusal::NotSo {
                    purse: purse.clone(),
                    why: SpendRefusal::AboveLimit {
                        shown: Shown::Pass,
                        limit: Money::minor(1000),
                    },
                },
                "up to 10.00 with a pass that can be copied: more with the phone's own code, a PIN or a supervisor",
            ),
            (
                WishRefusal::NotEnough { purse, wished, has },
                "5 of points asked for, 4 there",
            ),
        ]
    }

    #[test]
    fn every_refused_wish_has_its_sentence() {
        let eur = Currency::of("EUR").expect("a currency");
        for (refusal, sentence) in wishes() {
            assert_eq!(wish_refusal(&refusal, eur), sentence);
        }
    }

    #[test]
    fn every_reason_has_its_sentence() {
        let eur = Currency::of("EUR").expect("a currency");
        for (why, sentence) in all() {
            assert_eq!(reason(&why, eur), sentence);
        }
    }

    /// Every refusal of the catalogue with its sentence.
    fn redeems() -> Vec<(RedeemRefusal, &'static str)> {
        let reward = crate::loyalty::id::RewardId::parse("cruise").expect("a name");
        vec![
            (
                RedeemRefusal::Unknown {
                    reward: reward.clone(),
                },
                "no program offers cruise",
            ),
            (
                RedeemRefusal::NotForPoints {
                    reward: reward.clone(),
                },
                "cruise cannot be bought with points: its program gives it",
            ),
            (
                RedeemRefusal::NeedsApproval {
                    reward: reward.clone(),
                },
                "cruise needs somebody's approval",
            ),
            (
                RedeemRefusal::TooMany {
                    reward: reward.clone(),
                },
                "cruise: ask for fewer at once",
            ),
            (
                RedeemRefusal::NotDealt {
                    reward: reward.clone(),
                },
                "the office has dealt this till no share of cruise",
            ),
            (
                RedeemRefusal::OutOfStock {
                    reward: reward.clone(),
                    left: 1,
                    wanted: 2,
                },
                "1 of cruise are left, 2 were asked for",
            ),
            (
                RedeemRefusal::TooFew {
                    reward,
                    purse: PurseId::parse("points").expect("a name"),
                    costs: Points::whole(5000),
                    has: Points::ONE,
                },
                "cruise costs 5000 points, 1 are there",
            ),
            (RedeemRefusal::NotFor(Reason::NotBirthday), "only on the birthday"),
        ]
    }

    #[test]
    fn every_refusal_of_the_catalogue_has_its_sentence() {
        let eur = Currency::of("EUR").expect("a currency");
        for (refusal, sentence) in redeems() {
            assert_eq!(redeem_refusal(&refusal, eur), sentence);
        }
    }

    #[test]
    fn every_message_is_said_by_some_reason_and_none_is_missing() {
        let eur = Currency::of("EUR").expect("a currency");
        let mut said: Vec<&str> = all().iter().map(|(why, _)| message(why, eur).0).collect();
        said.extend(wishes().iter().map(|(refusal, _)| wish_message(refusal, eur).0));
        said.extend(
            redeems()
                .iter()
                .map(|(refusal, _)| redeem_message(refusal, eur).0),
        );
        said.extend(
            nearly::tests::all()
                .iter()
                .map(|(near, _)| nearly::nearly_message(near, eur).0),
        );
        let mut written: Vec<&str> = language::english_keys().collect();
        said.sort_unstable();
        said.dedup();
        written.sort_unstable();
        assert_eq!(said, written);
    }
}
