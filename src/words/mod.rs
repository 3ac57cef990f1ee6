//! Reason codes and their arguments as sentences. A stand-in in short English until the message files are here.

use crate::loyalty::amount::Currency;
use crate::loyalty::quote::Reason;

/// Says a reason in one line.
pub fn reason(why: &Reason, currency: Currency) -> String {
    match why {
        Reason::OwnPrice => "member price".to_owned(),
        Reason::PercentOffGoods { off, goods } => format!("{} % off {goods}", off.percent_text()),
        Reason::AmountOffUnit { goods } => format!("off each {goods}"),
        Reason::CheapestOfGroup { every, off, units } => {
            format!("{units} of {every} with {} % off", off.percent_text())
        }
        Reason::PercentOffBasket { off } => format!("{} % off everything", off.percent_text()),
        Reason::CardPercent { off, .. } => format!("your card: {} % off", off.percent_text()),
        Reason::BirthdayPercent { off } => format!("birthday: {} % off", off.percent_text()),
        Reason::AmountOffBasket => "off this basket".to_owned(),
        Reason::Earned { purse, points } => format!("+{points} {purse}"),
        Reason::MembershipBegins { membership } => format!("{membership} begins with the next purchase"),
        Reason::NeedsGoods { needs, has, goods } => format!("needs {needs} of {goods}, basket has {has}"),
        Reason::NeedsTotal { needs, has } => {
            format!(
                "needs {}, basket has {}",
                currency.text(*needs),
                currency.text(*has)
            )
        }
        Reason::NeedsMember => "only with a card".to_owned(),
        Reason::NeedsStranger => "only without a card".to_owned(),
        Reason::NeedsGroup { group } => format!("only for {group}"),
        Reason::NeedsMembership { membership } => format!("only with {membership}"),
        Reason::HasMembership { membership } => format!("has {membership} already"),
        Reason::NotBirthday => "only on the birthday".to_owned(),
        Reason::NotNow => "not at this time".to_owned(),
        Reason::NotHere => "not at this place".to_owned(),
        Reason::NothingLeft => "all goods are reduced already".to_owned(),
        Reason::OtherIsBetter { program } => format!("{program} gives more"),
        Reason::TooLittleToEarn { per } => format!("earns for each {}", currency.text(*per)),
    }
}
