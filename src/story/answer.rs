//! What a story's steps answer, in the fixed shapes and order of keys that host systems read.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::loyalty::amount::{Money, Points};
use crate::loyalty::basket::Basket;
use crate::loyalty::engine::Done;
use crate::loyalty::id::{LadderId, PurseId, RewardId};
use crate::loyalty::member::{Change, ForOther, Tier};
use crate::loyalty::program::ProgramSet;
use crate::loyalty::quote::{Quote, Reason};
use crate::loyalty::sale::TakenBack;
use crate::words;

/// Amounts by purse. Purses that programs name are always shown.
pub(super) type ByPurse = BTreeMap<PurseId, Points>;

/// The tier on each ladder.
pub(super) type Tiers = BTreeMap<LadderId, Tier>;

/// Writes answers in the words of these programs.
pub(super) struct Answers<'a> {
    pub programs: &'a ProgramSet,
}

impl Answers<'_> {
    pub fn sale(&self, id: &str, basket: &Basket, quote: &Quote, tiers: &Tiers) -> Value {
        json!({
            "sale": id,
            "subtotal": self.money(quote.subtotal),
            "discount": self.money(quote.discount),
            "total": self.money(quote.total),
            "paid_with_purses": self.money(quote.paid_with_purses()),
            "due": self.money(quote.due),
            "lines": self.lines(basket, quote),
            "applied": self.applied(quote),
            "declined": self.declined(quote),
            "earned": self.purses(&earned(&quote.changes)),
            "spent": self.purses(&spent(&quote.changes)),
            "issued": issued(&quote.changes, &quote.others),
            "donated": self.money(donated(&quote.changes)),
            "approval": if quote.needs_approval { json!("needed") } else { Value::Null },
            "taxes": self.taxes(quote),
            "tiers": tiers_of(tiers),
            "messages": self.messages(quote),
        })
    }

    pub fn back(&self, id: &str, back: &TakenBack) -> Value {
        json!({
            "return": id,
            "refund": self.money(back.refund),
            "earned": self.purses(&earned(&back.changes)),
            "spent": self.purses(&spent(&back.changes)),
            "issued": withdrawn(&back.changes, &back.others),
        })
    }

    /// Only what an activity earned is named.
    pub fn activity(&self, id: &str, done: &Done) -> Value {
        let earned = earned(&done.changes);
        let earned = earned.iter().filter(|(_, points)| !points.is_zero());
        let earned: Map<String, Value> = earned.map(|(purse, points)| self.entry(purse, *points)).collect();
        json!({ "activity": id, "earned": earned, "issued": issued(&done.changes, &done.others) })
    }

    pub fn redeem(&self, id: &str, done: &Done) -> Value {
        let spent = spent(&done.changes);
        let spent: Map<String, Value> = spent
            .iter()
            .map(|(purse, points)| self.entry(purse, *points))
            .collect();
        json!({ "redeem": id, "spent": spent, "issued": issued(&done.changes, &done.others) })
    }

    pub fn used(&self, id: &str, left: u64) -> Value {
        json!({ "use": id, "left": left.to_string() })
    }

    pub fn advance(&self, to: &str, expired: &BTreeMap<String, ByPurse>) -> Value {
        let members = expired.iter().map(|(member, purses)| {
            let purses = purses.iter().map(|(purse, points)| self.entry(purse, *points));
            (member.clone(), Value::Object(purses.collect()))
        });
        json!({ "advance": to, "expired": Value::Object(members.collect()) })
    }

    pub fn balance(
        &self,
        holder: &str,
        purses: &ByPurse,
        tiers: &Tiers,
        entitlements: &BTreeMap<RewardId, u64>,
    ) -> Value {
        let held = entitlements.iter().filter(|(_, many)| **many > 0);
        let held: Map<String, Value> = held
            .map(|(reward, many)| (reward.to_string(), Value::String(many.to_string())))
            .collect();
        json!({
            "balance": holder,
            "purses": self.purses(purses),
            "tiers": tiers_of(tiers),
            "entitlements": held,
        })
    }

    pub fn refused(&self, step: usize, why: &str) -> Value {
        json!({ "refused": why, "step": step })
    }

    fn lines(&self, basket: &Basket, quote: &Quote) -> Vec<Value> {
        let lines = basket.lines.iter().zip(&quote.lines).map(|(line, priced)| {
            json!({
                "sku": line.goods.sku.as_str(),
                "qty": line.quantity.to_string(),
                "gross": self.money(priced.gross),
                "discount": self.money(priced.discount),
                "net": self.money(priced.net()),
            })
        });
        lines.collect()
    }

    fn applied(&self, quote: &Quote) -> Vec<Value> {
        let applied = quote.applied.iter().map(|applied| {
            json!({
                "program": applied.program.as_str(),
                "amount": self.money(applied.amount),
                "explain": words::reason(&applied.why, self.programs.terms.currency),
            })
        });
        applied.collect()
    }

    fn declined(&self, quote: &Quote) -> Vec<Value> {
        let declined = quote.declined.iter().map(|declined| {
            json!({
                "program": declined.program.as_str(),
                "why": words::reason(&declined.why, self.programs.terms.currency),
            })
        });
        declined.collect()
    }

    /// The programs' own lines, and what is to be said about codes that no program knows.
    fn messages(&self, quote: &Quote) -> Vec<String> {
        let codes = quote.unknown_codes.iter().map(|code| {
            let unknown = Reason::UnknownCode { code: code.clone() };
            words::reason(&unknown, self.programs.terms.currency)
        });
        quote.messages.iter().cloned().chain(codes).collect()
    }

    fn taxes(&self, quote: &Quote) -> Vec<Value> {
        let taxes = quote.taxes.iter().map(|share| {
            json!({
                "rate": share.rate.percent_text(),
                "base": self.money(share.base),
                "tax": self.money(share.tax),
            })
        });
        taxes.collect()
    }

    fn purses(&self, amounts: &ByPurse) -> Value {
        let mut all: ByPurse = self
            .programs
            .purses
            .keys()
            .map(|purse| (purse.clone(), Points::ZERO))
            .collect();
        all.extend(amounts.iter().map(|(purse, points)| (purse.clone(), *points)));
        let entries: Map<String, Value> = all
            .iter()
            .map(|(purse, points)| self.entry(purse, *points))
            .collect();
        Value::Object(entries)
    }

    /// A money purse is written like money.
    fn entry(&self, purse: &PurseId, points: Points) -> (String, Value) {
        let currency = self.programs.terms.currency;
        let minor = currency.step().units();
        let is_money =
            self.programs.purse(purse).is_money && points.units() % minor == 0 && !points.is_zero();
        let text = if is_money {
            currency.text(Money::minor(points.units() / minor))
        } else {
            points.to_string()
        };
        (purse.to_string(), Value::String(text))
    }

    fn money(&self, money: Money) -> String {
        self.programs.terms.currency.text(money)
    }
}

fn earned(changes: &[Change]) -> ByPurse {
    let mut by_purse = ByPurse::new();
    for change in changes {
        match change {
            Change::Earn { purse, amount, .. } => *by_purse.entry(purse.clone()).or_default() += *amount,
            Change::TakeBack { purse, amount, .. } => *by_purse.entry(purse.clone()).or_default() -= *amount,
            // Stamps that turned into a reward show net.
            Change::Turn { purse, amount } => *by_purse.entry(purse.clone()).or_default() -= *amount,
            _ => {}
        }
    }
    by_purse
}

/// What was issued, to whomever.
fn issued(changes: &[Change], others: &[ForOther]) -> Value {
    let mut by_reward: BTreeMap<&RewardId, u64> = BTreeMap::new();
    for change in changes
        .iter()
        .chain(others.iter().flat_map(|other| &other.changes))
    {
        if let Change::Issue { reward, quantity, .. } = change {
            let sum = by_reward.entry(reward).or_default();
            *sum = sum.saturating_add(*quantity);
        }
    }
    let list = by_reward.iter();
    list.map(|(reward, many)| json!({"reward": reward.as_str(), "qty": many.to_string()}))
        .collect()
}

/// What a return took back of it.
fn withdrawn(changes: &[Change], others: &[ForOther]) -> Value {
    let mut by_reward: BTreeMap<&RewardId, u64> = BTreeMap::new();
    for change in changes
        .iter()
        .chain(others.iter().flat_map(|other| &other.changes))
    {
        if let Change::Withdraw { reward, quantity } = change {
            let sum = by_reward.entry(reward).or_default();
            *sum = sum.saturating_add(*quantity);
        }
    }
    let list = by_reward.iter();
    list.map(|(reward, many)| json!({"reward": reward.as_str(), "qty": format!("-{many}")}))
        .collect()
}

fn donated(changes: &[Change]) -> Money {
    let amounts = changes.iter().filter_map(|change| match change {
        Change::Donate { amount, .. } => Some(*amount),
        _ => None,
    });
    amounts.sum()
}

fn tiers_of(tiers: &Tiers) -> Value {
    let entries = tiers
        .iter()
        .map(|(ladder, tier)| (ladder.to_string(), Value::String(tier.name.clone())));
    Value::Object(entries.collect())
}

fn spent(changes: &[Change]) -> ByPurse {
    let mut by_purse = ByPurse::new();
    for change in changes {
        match change {
            Change::Spend { purse, amount } => *by_purse.entry(purse.clone()).or_default() += *amount,
            Change::Restore { purse, amount, .. } => *by_purse.entry(purse.clone()).or_default() -= *amount,
            _ => {}
        }
    }
    by_purse
}
