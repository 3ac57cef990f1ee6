//! The catalogue as the member before the counter sees it: what there is, what it costs, and why it is not for him. Nothing is
//! redeemed here: a balance can be spent only where a part of it was set aside for this terminal.

use super::Counter;
use super::view::Offered;
use crate::loyalty::engine::{self, Asked};
use crate::words;

impl Counter {
    /// What the catalogue has now, the cheapest first; what only rules give comes last.
    pub fn catalogue(&self) -> Vec<Offered> {
        let now = self.watch.wall();
        let civil = now.in_zone(&self.site.zone);
        let currency = self.programs.terms.currency;
        let programs = self.programs.programs.iter();
        let offered = programs.filter(|program| program.window.contains(civil));
        let mut all: Vec<_> = offered
            .flat_map(|program| &program.rewards)
            .map(|(id, terms)| {
                let asked = Asked {
                    at: now,
                    reward: id.clone(),
                    quantity: 1,
                    is_approved: true,
                    dealt: self.draft.basket.dealt.clone(),
                };
                let tried = self
                    .known
                    .as_ref()
                    .map(|known| engine::redeem(&asked, known, &self.programs, &self.site));
                let why_not = match tried {
                    None => Some("only for a member who is known here".to_owned()),
                    Some(Ok(_)) => None,
                    Some(Err(refusal)) => Some(words::redeem_refusal(&refusal, currency)),
                };
                let cost = terms.cost.as_ref();
                let offered = Offered {
                    name: terms.name.clone().unwrap_or_else(|| id.to_string()),
                    costs: cost.map(|(purse, points)| format!("{points} {purse}")),
                    why_not,
                };
                (cost.map_or(i64::MAX, |(_, points)| points.units()), offered)
            })
            .collect();
        all.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
        all.into_iter().map(|(_, offered)| offered).collect()
    }
}
