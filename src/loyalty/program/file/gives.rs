//! What a rule gives: exactly one reward, and on what it falls.

use super::super::super::amount::{Currency, Money, Points, Price, Quantity, Rate};
use super::super::super::id::{MembershipId, PurseId};
use super::super::rule::Needs;
use super::super::{EarnBase, Reward};
use super::fields::{Fields, Page, percent};
use super::near::UNDERSTOOD_LATER;

pub(super) fn gives(page: &mut Page, mut fields: Fields, needs: &mut Needs) -> Option<Reward> {
    let span = fields.span();
    let kinds = ["price", "off", "free", "points", "membership"];
    let named: Vec<&str> = kinds.into_iter().filter(|kind| fields.has(kind)).collect();
    let reward = match named.as_slice() {
        ["price"] => fields.price(page, "price").map(Reward::Price),
        ["off"] => off(page, &mut fields, needs),
        ["free"] => fields
            .one_of(page, "free", &[("cheapest", ())])
            .map(|()| Reward::CheapestOfGroup { off: Rate::ONE }),
        ["points"] => earn(page, &mut fields, needs),
        ["membership"] => fields
            .parsed(page, "membership", MembershipId::parse)
            .map(Reward::Membership),
        [] => {
            // A word that is not understood is answered by itself, below.
            let helpers = ["of", "per", "purse"];
            if fields
                .named()
                .iter()
                .all(|(word, ..)| helpers.contains(&word.as_str()))
            {
                page.mistake(
                    span,
                    "gives names no reward",
                    "write price, off, free, points or membership",
                );
            }
            fields.know(&helpers);
            None
        }
        several => {
            let found = format!("gives names several rewards: {}", several.join(", "));
            page.mistake(span, &found, "write a rule for each");
            None
        }
    };
    fields.know(&kinds);
    fields.finish(page, UNDERSTOOD_LATER.gives);
    reward
}

/// What a reduction falls on.
#[derive(Clone, Copy)]
enum Of {
    Basket,
    Goods,
    Each,
    Cheapest,
}

fn off(page: &mut Page, fields: &mut Fields, needs: &Needs) -> Option<Reward> {
    let words = [
        ("basket", Of::Basket),
        ("goods", Of::Goods),
        ("each", Of::Each),
        ("cheapest", Of::Cheapest),
    ];
    let stated = fields.one_of(page, "of", &words);
    let (text, span) = fields.spanned_text(page, "off")?;
    let is_share = text.trim_end().ends_with('%');
    let default = match (needs.every, is_share, needs.goods.names_goods()) {
        (1.., ..) => Of::Cheapest,
        (0, true, true) => Of::Goods,
        (0, false, true) => Of::Each,
        (0, _, false) => Of::Basket,
    };
    let of = stated.unwrap_or(default);
    let reward = match (of, is_share) {
        (Of::Basket, true) => percent(&text).map(|off| Reward::PercentOffBasket { off }),
        (Of::Goods | Of::Each, true) => percent(&text).map(|off| Reward::PercentOffGoods { off }),
        (Of::Cheapest, true) => percent(&text).map(|off| Reward::CheapestOfGroup { off }),
        (Of::Basket, false) => money_off(page, &text).map(Reward::AmountOffBasket),
        (Of::Each | Of::Goods, false) => match Price::parse(&text) {
            Ok(off) if off > Price::default() => Ok(Reward::AmountOffUnit(off)),
            _ => Err(format!(
                "\"{text}\" is no amount: write \"5 %\" or \"0.05\", above 0"
            )),
        },
        (Of::Cheapest, false) => Err(format!(
            "\"{text}\" off the cheapest: write a percentage, such as \"50 %\""
        )),
    };
    match reward {
        Ok(reward) => Some(reward),
        Err(accepted) => {
            page.mistake(span, "off", &accepted);
            None
        }
    }
}

fn money_off(page: &Page, text: &str) -> Result<Money, String> {
    match page.terms.currency.money(text) {
        Ok(money) if money > Money::ZERO => Ok(money),
        Ok(_) => Err(format!("\"{text}\" is not above 0")),
        Err(error) => Err(error.to_string()),
    }
}

fn earn(page: &mut Page, fields: &mut Fields, needs: &mut Needs) -> Option<Reward> {
    let points = fields.parsed(page, "points", |text| match Points::parse(text) {
        Ok(points) if points > Points::ZERO => Ok(points),
        _ => Err(format!(
            "\"{text}\" are no points: write a number above 0 with at most 3 decimals"
        )),
    });
    let purse = fields.parsed(page, "purse", PurseId::parse);
    let one = Money::minor(10_i64.pow(page.terms.currency.decimals()));
    let currency = page.terms.currency;
    let per = fields.parsed(page, "per", |text| earn_base(currency, text));
    let purse = match (purse, fields.has("purse")) {
        (None, false) => PurseId::parse("points").ok(),
        (purse, _) => purse,
    };
    let per = match (per, fields.has("per")) {
        (None, false) => Some((EarnBase::Amount(one), None)),
        (per, _) => per,
    };
    let (per, unit) = per?;
    // Points by the litre are for goods that are sold by the litre.
    if let Some(unit) = unit {
        needs.goods.unit.get_or_insert(unit);
    }
    Some(Reward::Earn {
        purse: purse?,
        points: points?,
        per,
    })
}

/// "10.00" is an amount, "1 l" a quantity of the goods that are counted in this unit.
fn earn_base(currency: Currency, text: &str) -> Result<(EarnBase, Option<String>), String> {
    let wrong = || {
        format!("\"{text}\": write an amount such as \"10.00\", or a quantity such as \"1 l\" or \"1 each\"")
    };
    if let Some((number, unit)) = text.split_once(' ') {
        let quantity = Quantity::parse(number).map_err(|_| wrong())?;
        let is_good = quantity > Quantity::ZERO && !unit.trim().is_empty();
        let base = (EarnBase::Unit(quantity), Some(unit.trim().to_owned()));
        return is_good.then_some(base).ok_or_else(wrong);
    }
    let money = currency.money(text).map_err(|error| error.to_string())?;
    let base = (EarnBase::Amount(money), None);
    (money > Money::ZERO).then_some(base).ok_or_else(wrong)
}
