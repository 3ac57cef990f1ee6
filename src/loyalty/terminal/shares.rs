//! Shares of what all customers have in common, as a terminal holds them: so many uses of a code, so much of a budget, so many
//! pieces of a prize. The server says how much it has dealt to this terminal in all; what entries used of it is counted in
//! the transaction that keeps the entry. So the word of the server may arrive twice, late or not at all, and nothing is given
//! twice. What is not needed any more goes back by an entry.

use super::super::id::CounterId;
use super::super::journal::{Body, Clock, ShareBack};
use super::super::member::{Change, Holder};
use super::{Post, TerminalChange, TerminalMemory, write};

/// What a terminal holds of a total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Of what.
    pub counter: CounterId,
    /// All that the server has ever dealt to this terminal; nothing where it has not answered yet.
    pub dealt: Option<i64>,
    /// What this terminal's entries have used of it, and given back.
    pub used: i64,
    /// The code that it is for, where it is a single code's.
    pub code: Option<String>,
}

impl Share {
    /// What can still be given here; nothing where none was dealt.
    pub fn left(&self) -> Option<i64> {
        self.dealt.map(|dealt| (dealt - self.used).max(0))
    }
}

/// What a body uses of shares, counter by counter; below zero where a return gives it back.
pub(super) fn used(body: &Body) -> Vec<(CounterId, i64)> {
    if let Body::ShareBack(back) = body {
        return vec![(back.counter.clone(), back.amount)];
    }
    let of_shop = body.others().iter().filter(|other| other.holder == Holder::Shop);
    let counts = of_shop.flat_map(|other| &other.changes);
    counts
        .filter_map(|change| match change {
            Change::Count { counter, amount, .. } => Some((counter.clone(), *amount)),
            _ => None,
        })
        .collect()
}

/// Gives back what is left of a share. From the moment the entry is kept this terminal gives none of it any more; the server
/// deals it again when it has booked the entry, behind every use before it.
pub fn give_share_back<M: TerminalMemory>(
    memory: &M,
    post: &Post,
    bundle: u64,
    share: &Share,
    clock: Clock,
) -> Result<Vec<TerminalChange>, M::Error> {
    let Some(amount @ 1..) = share.left() else {
        return Ok(Vec::new());
    };
    let body = Body::ShareBack(Box::new(ShareBack {
        counter: share.counter.clone(),
        amount,
    }));
    let append = write(memory, post, bundle, &body, None, clock.wall, clock)?;
    Ok(vec![TerminalChange::Append(Box::new(append))])
}
