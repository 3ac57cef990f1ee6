//! Draws of a terminal as the server looks at them: was the secret sealed before, did each sale take its turn, and, once the
//! secret is shown, is every outcome the one that it gives. What was promised stays promised; the office sees what differs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::engine;
use super::super::id::{RewardId, TerminalId};
use super::super::journal::{DrawCommit, DrawReveal, Hash};
use super::super::program::{ProgramSet, Reward};
use super::super::quote::{Draw, Quote};
use super::super::sale::{Drawn, Sale};
use super::{OfficeChange, OfficeMemory};

/// No entry of this terminal seals the secret that it names.
pub const NOT_COMMITTED: &str = "draw_not_committed";
/// The secret had been shown before the sale.
pub const AFTER_SHOWN: &str = "draw_after_shown";
/// A number was left out or taken again.
pub const OUT_OF_TURN: &str = "draw_out_of_turn";
/// What was shown is not what was sealed.
pub const OTHER_SECRET: &str = "draw_secret_differs";
/// The secret gives another outcome, or the programs another chance.
pub const DIFFERS: &str = "draw_differs";

/// A secret of a terminal as the server keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// What the terminal sealed.
    pub commitment: Hash,
    /// The number of the last sale that it decided.
    pub last: u64,
    /// It was shown.
    pub is_shown: bool,
}

/// A sale that drew, as it was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnSale {
    /// Its number in the terminal's journal.
    pub seq: u64,
    /// The version of the programs.
    pub bundle: u64,
    /// The sale.
    pub sale: Sale,
}

/// Looks at a sale when it arrives: a code where something is wrong, and what to keep.
pub(super) fn arrived<M: OfficeMemory>(
    memory: &M,
    terminal: &TerminalId,
    seq: u64,
    sale: &Sale,
) -> Result<(Option<&'static str>, Option<OfficeChange>), M::Error> {
    let Some(drawn) = sale.drawn else {
        let has_won = sale.quote.draws.iter().any(|draw| draw.won.is_some());
        return Ok((has_won.then_some(NOT_COMMITTED), None));
    };
    let Some(committed) = memory.committed(terminal, drawn.commit)? else {
        return Ok((Some(NOT_COMMITTED), None));
    };
    let code = if committed.is_shown {
        Some(AFTER_SHOWN)
    } else if drawn.number != committed.last + 1 {
        Some(OUT_OF_TURN)
    } else {
        None
    };
    let keep = OfficeChange::Drawn {
        terminal: terminal.clone(),
        drawn,
        seq,
    };
    Ok((code, Some(keep)))
}

/// Works out every draw that a secret has decided, now that it is shown.
pub(super) fn shown<M: OfficeMemory>(
    memory: &M,
    terminal: &TerminalId,
    reveal: &DrawReveal,
) -> Result<(Option<&'static str>, Vec<OfficeChange>), M::Error> {
    let Some(committed) = memory.committed(terminal, reveal.commit)? else {
        return Ok((Some(NOT_COMMITTED), Vec::new()));
    };
    let is_same = DrawCommit::to(&reveal.secret).commitment == committed.commitment;
    let mut programs: BTreeMap<u64, Option<Arc<ProgramSet>>> = BTreeMap::new();
    let mut wrong = Vec::new();
    let sales = memory.drawn_sales(terminal, reveal.commit)?;
    for one in &sales {
        let set = match programs.get(&one.bundle) {
            Some(set) => set.clone(),
            None => memory.programs(one.bundle)?,
        };
        programs.insert(one.bundle, set.clone());
        let Some(drawn) = one.sale.drawn else { continue };
        if !is_same || !is_right(terminal, drawn, &one.sale.quote, &reveal.secret, set.as_deref()) {
            wrong.push(one.seq);
        }
    }
    let code = if !is_same {
        Some(OTHER_SECRET)
    } else if !wrong.is_empty() {
        Some(DIFFERS)
    } else if reveal.drawn != committed.last || sales.len() as u64 != reveal.drawn {
        Some(OUT_OF_TURN)
    } else {
        None
    };
    let keep = OfficeChange::Shown {
        terminal: terminal.clone(),
        commit: reveal.commit,
        wrong,
    };
    Ok((code, vec![keep]))
}

/// Does the secret decide so, with the chances that the programs give?
fn is_right(
    terminal: &TerminalId,
    drawn: Drawn,
    quote: &Quote,
    secret: &[u8; 32],
    programs: Option<&ProgramSet>,
) -> bool {
    let undecided = |draw: &Draw| Draw {
        won: None,
        ..draw.clone()
    };
    let mut again = Quote {
        draws: quote.draws.iter().map(undecided).collect(),
        ..Quote::default()
    };
    engine::decide(&mut again, secret, &drawn.name(terminal));
    // Programs that this server cannot read any more cannot be asked.
    let is_ruled = |draw: &Draw| programs.is_none_or(|programs| is_of(programs, draw));
    // A rule draws once in a sale.
    let rules: BTreeSet<_> = quote
        .draws
        .iter()
        .map(|draw| (&draw.program, draw.rule))
        .collect();
    again.draws == quote.draws && rules.len() == quote.draws.len() && quote.draws.iter().all(is_ruled)
}

/// Is this a draw of these programs? Only prizes with a stock may be missing from it, as they were gone; the others stand in
/// their order and once, and what has a stock is counted.
fn is_of(programs: &ProgramSet, draw: &Draw) -> bool {
    let program = programs
        .programs
        .iter()
        .find(|program| program.id == draw.program);
    let rule = usize::try_from(draw.rule)
        .ok()
        .and_then(|rule| program?.rules.get(rule));
    let Some(Reward::Draw { chance, among }) = rule.map(|rule| &rule.gives) else {
        return false;
    };
    let has_stock = |reward: &&RewardId| {
        let terms = programs.reward(reward);
        terms.is_some_and(|(_, terms)| terms.stock.is_some())
    };
    let may_stand = |reward: &&RewardId| !has_stock(reward) || draw.among.contains(reward);
    let counted = draw.among.iter().filter(has_stock);
    *chance == draw.chance
        && draw.among.iter().eq(among.iter().filter(may_stand))
        && draw.counted.iter().eq(counted)
}
