//! Draws at a terminal: what it commits to before anybody buys, how a sale is decided by it, and how it is shown again so that
//! the server can work out every draw. docs/draws.md says why.

use super::super::calendar::Day;
use super::super::engine;
use super::super::journal::{Body, Clock, DrawCommit, DrawReveal};
use super::super::sale::{Drawn, Sale};
use super::{Post, TerminalChange, TerminalMemory, business_day, write};

/// So many sales are decided by one secret; then it is shown, and the server looks at all of them.
pub const SALES_OF_A_SECRET: u64 = 250;

/// A secret that decides draws, while it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// The number of the entry that commits to it.
    pub commit: u64,
    /// The day of business on which that was.
    pub since: Day,
    /// The secret.
    pub secret: [u8; 32],
    /// How many sales it has decided.
    pub drawn: u64,
}

/// Sees to it that this terminal is committed to a secret where its programs draw, and shows one that has done its work: at
/// the end of a day of business, after many sales, or when nothing draws any more. `chance` becomes the next secret.
pub fn keep_draws<M: TerminalMemory>(
    memory: &M,
    post: &Post,
    bundle: u64,
    does_draw: bool,
    chance: [u8; 32],
    clock: Clock,
) -> Result<Vec<TerminalChange>, M::Error> {
    let today = business_day(clock.wall, post);
    let body = match memory.drawing()? {
        None if does_draw => Body::DrawCommit(Box::new(DrawCommit::to(&chance))),
        Some(now) if is_done(&now, does_draw, today) => Body::DrawReveal(Box::new(DrawReveal {
            commit: now.commit,
            secret: now.secret,
            drawn: now.drawn,
        })),
        _ => return Ok(Vec::new()),
    };
    let append = write(memory, post, bundle, &body, None, clock.wall, clock)?;
    let change = match &body {
        Body::DrawCommit(_) => TerminalChange::Commit {
            commit: append.seq,
            since: today,
            secret: chance,
        },
        _ => TerminalChange::Reveal,
    };
    Ok(vec![TerminalChange::Append(Box::new(append)), change])
}

/// Is there something for `keep_draws` to do? It only looks.
pub fn draws_wait<M: TerminalMemory>(
    memory: &M,
    post: &Post,
    does_draw: bool,
    clock: Clock,
) -> Result<bool, M::Error> {
    let today = business_day(clock.wall, post);
    Ok(match memory.drawing()? {
        None => does_draw,
        Some(now) => is_done(&now, does_draw, today),
    })
}

fn is_done(now: &Drawing, does_draw: bool, today: Day) -> bool {
    now.drawn > 0 && (!does_draw || now.since < today || now.drawn >= SALES_OF_A_SECRET)
}

/// Decides the draws of a sale that is being recorded: nobody can know the outcome before, and a sale that is not recorded
/// leaves the next one the same outcome. Nothing where the sale draws nothing.
pub(super) fn decide<M: TerminalMemory>(
    memory: &M,
    post: &Post,
    sale: &mut Sale,
) -> Result<Option<TerminalChange>, M::Error> {
    if sale.quote.draws.is_empty() {
        return Ok(None);
    }
    let Some(now) = memory.drawing()? else {
        return Ok(None);
    };
    let drawn = Drawn {
        commit: now.commit,
        number: now.drawn + 1,
    };
    engine::decide(&mut sale.quote, &now.secret, &drawn.name(&post.terminal));
    sale.drawn = Some(drawn);
    Ok(Some(TerminalChange::Draw))
}
