//! Draws: decided from a key that was fixed before, and decided the same way again.

use super::super::amount::Rate;
use super::super::id::{ProgramId, RewardId};
use super::super::member::{Change, ForOther, Holder};
use super::super::quote::Quote;
use super::room::taken;

/// Decides the draws of a sale, and writes what is won into it. The same key and sale decide the same way again, so that
/// the server can check it and nobody can draw twice by beginning anew.
pub fn decide(quote: &mut Quote, key: &[u8; 32], sale: &str) {
    let mut won = Vec::new();
    for draw in &mut quote.draws {
        let text = format!("vafa draw 1\0{sale}\0{}\0{}", draw.program, draw.rule);
        let hash = blake3::keyed_hash(key, text.as_bytes());
        let number = |from: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&hash.as_bytes()[from..from + 8]);
            u128::from(u64::from_be_bytes(bytes))
        };
        let chance = u128::try_from(draw.chance.units()).unwrap_or(0) << 64;
        let one = u128::try_from(Rate::ONE.units()).unwrap_or(1);
        if number(0) * one < chance && !draw.among.is_empty() {
            let at = number(8) % draw.among.len() as u128;
            let reward = draw.among[usize::try_from(at).unwrap_or(0)].clone();
            draw.won = Some(reward.clone());
            won.push((
                issue(&draw.program, reward.clone()),
                draw.counted.contains(&reward).then_some(reward),
            ));
        }
    }
    give(quote, won);
}

/// What was won goes to the buyer, and is counted where it has a stock.
fn give(quote: &mut Quote, won: Vec<(Change, Option<RewardId>)>) {
    for (issue, counted) in won {
        quote.changes.push(issue);
        let Some(counted) = counted.map(|reward| taken(&reward, 1)) else {
            continue;
        };
        let shop = quote.others.iter_mut().find(|other| other.holder == Holder::Shop);
        match shop {
            Some(shop) => shop.changes.push(counted),
            None => quote.others.push(ForOther {
                holder: Holder::Shop,
                changes: vec![counted],
            }),
        }
    }
}

/// What the draws of a sale won, in a quote of what is kept of it.
pub(in crate::loyalty) fn decided_before(quote: &mut Quote, sold: &Quote) {
    for draw in &mut quote.draws {
        let before = sold
            .draws
            .iter()
            .find(|one| one.program == draw.program && one.rule == draw.rule);
        draw.won = before.and_then(|one| one.won.clone());
    }
    let won = quote.draws.iter().filter_map(|draw| {
        let reward = draw.won.clone()?;
        let counted = draw.counted.contains(&reward).then_some(reward.clone());
        Some((issue(&draw.program, reward), counted))
    });
    let won = won.collect();
    give(quote, won);
}

fn issue(program: &ProgramId, reward: RewardId) -> Change {
    Change::Issue {
        reward,
        quantity: 1,
        program: program.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::quote::Draw;
    use super::*;

    #[test]
    fn one_in_four_wins_in_the_long_run_and_each_prize_as_often_as_the_other() {
        let prizes = ["dessert", "drink"].map(|name| RewardId::parse(name).expect("a name"));
        let (mut won, secret) = ([0, 0], [42; 32]);
        for number in 1..=2000 {
            let mut quote = Quote {
                draws: vec![Draw {
                    program: ProgramId::parse("s7").expect("a name"),
                    rule: 0,
                    chance: Rate::percent("25 %").expect("a chance"),
                    among: prizes.to_vec(),
                    won: None,
                    counted: Vec::new(),
                }],
                ..Quote::default()
            };
            decide(&mut quote, &secret, &format!("t1/1/{number}"));
            let prize = quote.draws[0].won.as_ref();
            if let Some(at) = prize.and_then(|prize| prizes.iter().position(|one| one == prize)) {
                won[at] += 1;
            }
        }
        // Three standard deviations around 250 each.
        assert!(won.iter().all(|won| (205..=295).contains(won)), "{won:?}");
        assert!((442..=558).contains(&(won[0] + won[1])), "{won:?}");
    }
}
