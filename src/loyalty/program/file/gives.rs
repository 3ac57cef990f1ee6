//! What a rule gives: exactly one reward, and on what it falls.

use super::super::super::amount::{Currency, Money, Points, Price, Quantity, Rate};
use super::super::super::id::{CharityId, MembershipId, PurseId, RewardId};
use super::super::rule::Needs;
use super::super::{EarnBase, Recipient, Reward};
use super::fields::{Fields, Page, percent};
use super::near::UNDERSTOOD_LATER;

/// The words that each begin a reward of their own.
const KINDS: [&str; 16] = [
    "price",
    "off",
    "free",
    "points",
    "membership",
    "stamp",
    "times",
    "back",
    "share",
    "issue",
    "draw",
    "donate",
    "message",
    "approval",
    "brings",
    "split",
];
/// Words that stand beside them.
const HELPERS: [&str; 7] = ["of", "per", "purse", "to", "quantity", "among", "over"];

pub(super) fn gives(page: &mut Page, mut fields: Fields, needs: &mut Needs) -> Option<Reward> {
    let span = fields.span();
    // A split is said beside the points that it splits.
    let is_reward = |kind: &&str| *kind != "split" || !fields.has("points");
    let named: Vec<&str> = KINDS
        .into_iter()
        .filter(|kind| fields.has(kind))
        .filter(is_reward)
        .collect();
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
        ["stamp"] => stamp(page, &mut fields),
        ["times"] => times(page, &mut fields),
        ["back"] => {
            let share = fields.percent(page, "back");
            let purse = fields.parsed(page, "purse", PurseId::parse);
            purse
                .zip(share)
                .map(|(purse, share)| Reward::Back { purse, share })
        }
        ["share"] => share_of(page, &mut fields),
        ["issue"] => {
            let quantity = fields.whole(page, "quantity", 1..=1_000_000);
            let quantity = u64::try_from(quantity.unwrap_or(1)).unwrap_or(1);
            let reward = fields.parsed(page, "issue", RewardId::parse);
            let to = recipient(page, &mut fields);
            reward.map(|reward| Reward::Issue { reward, quantity, to })
        }
        ["brings"] => fields
            .text(page, "brings")
            .map(|attribute| Reward::Bring { attribute }),
        ["draw"] => draw(page, &mut fields),
        ["donate"] => {
            let share = fields.percent(page, "donate");
            let charity = fields.parsed(page, "to", CharityId::parse);
            charity
                .zip(share)
                .map(|(charity, share)| Reward::Donate { share, charity })
        }
        ["message"] => fields.text(page, "message").map(Reward::Message),
        ["approval"] => fields
            .one_of(page, "approval", &[("needed", ())])
            .map(|()| Reward::Approval),
        [] | ["split"] => {
            // A word that is not understood is answered by itself, below.
            let known = |word: &str| HELPERS.contains(&word) || word == "split";
            if fields.named().iter().all(|(word, ..)| known(word)) {
                let accepted = format!("write {}", super::near::list(&KINDS[..KINDS.len() - 1]));
                page.mistake(span.clone(), "gives names no reward", &accepted);
            }
            fields.know(&HELPERS);
            None
        }
        several => {
            let found = format!("gives names several rewards: {}", several.join(", "));
            page.mistake(span.clone(), &found, "write a rule for each");
            fields.know(&HELPERS);
            None
        }
    };
    fields.know(&KINDS);
    let before = page.mistakes.len();
    fields.finish(page, UNDERSTOOD_LATER.gives);
    if reward.is_none() && named.len() == 1 && page.mistakes.len() == before && !page.names(&span) {
        let found = format!("{} does not say all that it must", named[0]);
        page.mistake(span, &found, "see its line in docs/vocabulary.md");
    }
    reward
}

fn stamp(page: &mut Page, fields: &mut Fields) -> Option<Reward> {
    let stamps = fields.whole(page, "stamp", 1..=1_000).map(Points::whole);
    let purse = fields.parsed(page, "purse", PurseId::parse);
    purse
        .zip(stamps)
        .map(|(purse, stamps)| Reward::Stamp { purse, stamps })
}

fn times(page: &mut Page, fields: &mut Fields) -> Option<Reward> {
    let times = fields.parsed(page, "times", |text| match Rate::parse(text) {
        Ok(times) if times >= Rate::ONE => Ok(times),
        _ => Err(format!(
            "\"{text}\" is no multiple: write a number of 1 or more, such as \"1.5\""
        )),
    });
    let purse = fields.parsed(page, "purse", PurseId::parse);
    purse
        .zip(times)
        .map(|(purse, times)| Reward::Times { purse, times })
}

fn share_of(page: &mut Page, fields: &mut Fields) -> Option<Reward> {
    let share = fields.percent(page, "share");
    let purse = fields.parsed(page, "purse", PurseId::parse);
    let of = fields.text(page, "of");
    let over = fields.text(page, "over");
    Some(Reward::Share {
        purse: purse?,
        share: share?,
        of: of?,
        over,
    })
}

fn draw(page: &mut Page, fields: &mut Fields) -> Option<Reward> {
    let chance = fields.percent(page, "draw");
    let mut among = Vec::new();
    for (text, span) in fields.texts(page, "among") {
        match RewardId::parse(&text) {
            Ok(reward) => among.push(reward),
            Err(error) => page.mistake(span, "among", &error.to_string()),
        }
    }
    chance
        .filter(|_| !among.is_empty())
        .map(|chance| Reward::Draw { chance, among })
}

/// `to`, or `split`: into whose account.
fn recipient(page: &mut Page, fields: &mut Fields) -> Recipient {
    let words = [
        ("buyer", Recipient::Buyer),
        ("organisation", Recipient::Organisation),
        ("agent", Recipient::Agent),
        ("referrer", Recipient::Referrer),
    ];
    if let Some(mut table) = fields.table(page, "split") {
        let organisation = table.percent(page, "organisation");
        let consent = table.text(page, "consent");
        if organisation.is_none() && !table.has("organisation") {
            let accepted = "write split = { organisation = \"70 %\" }";
            page.mistake(table.span(), "a split without shares", accepted);
        }
        table.finish(page, &[]);
        return organisation.map_or(Recipient::Buyer, |organisation| Recipient::Split {
            organisation,
            consent,
        });
    }
    let by_word: Vec<(&str, usize)> = words
        .iter()
        .enumerate()
        .map(|(n, (word, _))| (*word, n))
        .collect();
    let at = fields.one_of(page, "to", &by_word);
    at.map_or(Recipient::Buyer, |at| words[at].1.clone())
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
        (None, false) if needs.activity.is_some() => Some((EarnBase::Once, None)),
        (None, false) => Some((EarnBase::Amount(one), None)),
        (per, _) => per,
    };
    let (per, unit) = per?;
    // Points by the litre are for goods that are sold by the litre.
    if let Some(unit) = unit {
        needs.goods.unit.get_or_insert(unit);
    }
    let to = recipient(page, fields);
    Some(Reward::Earn {
        purse: purse?,
        points: points?,
        per,
        to,
    })
}

/// "10.00" is an amount, "1 l" a quantity of the goods that are counted in this unit.
fn earn_base(currency: Currency, text: &str) -> Result<(EarnBase, Option<String>), String> {
    let wrong = || {
        format!(
            "\"{text}\": write an amount such as \"10.00\", a quantity such as \"1 l\" or \"1 each\", \"sale\" or \"activity\""
        )
    };
    if matches!(text, "sale" | "activity") {
        return Ok((EarnBase::Once, None));
    }
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
