//! The words of settings: beside what a rule gives or needs, where well-known products disagree.

use super::super::settings::{Counted, Settings, Stage};
use super::super::{Reward, Stage as At};
use super::fields::{Fields, Page};

/// `at`: at which stage of the sale an amount is looked at.
pub(super) const STAGES: [(&str, At); 3] = [
    ("list price", Stage::ListPrice),
    ("after unit offers", Stage::AfterUnitOffers),
    ("what is left", Stage::WhatIsLeft),
];

/// The settings beside a reward: `at` of a percentage, `counting`, `without` and `rounded` of what is earned.
pub(super) fn of_reward(page: &mut Page, fields: &mut Fields, reward: Option<&Reward>) -> Settings {
    let mut settings = Settings::default();
    let is_percentage = matches!(
        reward,
        Some(Reward::PercentOffGoods { .. } | Reward::PercentOffBasket { .. })
    );
    let is_earned = matches!(
        reward,
        Some(Reward::Earn { .. } | Reward::Back { .. } | Reward::Donate { .. })
    );
    if is_percentage {
        let words = [("what is left", false), ("list price", true)];
        settings.of_list_price = fields.one_of(page, "at", &words).unwrap_or(false);
    }
    if is_earned {
        settings.counted = counted(page, fields);
    }
    if is_earned && !matches!(reward, Some(Reward::Donate { .. })) {
        let words = [("by sale", false), ("by line", true)];
        settings.by_line = fields.one_of(page, "rounded", &words).unwrap_or(false);
    }
    settings
}

/// Parts of a sale that the base of earning may hold or not.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Discounts,
    Purses,
    Gifts,
    Tax,
}

const PARTS: [(&str, Part); 4] = [
    ("discounts", Part::Discounts),
    ("purses", Part::Purses),
    ("gift balance", Part::Gifts),
    ("tax", Part::Tax),
];

fn counted(page: &mut Page, fields: &mut Fields) -> Counted {
    let mut counted = Counted::default();
    let mut named: Vec<Part> = Vec::new();
    for (word, is_in) in [("counting", true), ("without", false)] {
        for (text, span) in fields.texts(page, word) {
            let Some((_, part)) = PARTS.iter().find(|(known, _)| *known == text) else {
                let found = format!("{word} is \"{text}\"");
                page.mistake(
                    span,
                    &found,
                    "write \"discounts\", \"purses\", \"gift balance\" or \"tax\"",
                );
                continue;
            };
            if named.contains(part) {
                let found = format!("\"{text}\" is counted and not counted, or stands twice");
                page.mistake(span, &found, "name it once, in counting or in without");
                continue;
            }
            named.push(*part);
            match part {
                Part::Discounts => counted.discounts = is_in,
                Part::Purses => counted.purses = is_in,
                Part::Gifts => counted.gifts = is_in,
                Part::Tax => counted.tax = Some(is_in),
            }
        }
    }
    counted
}
