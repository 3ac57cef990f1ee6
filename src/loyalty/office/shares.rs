//! Shares of what all customers have in common, as the server deals them: of a total it never deals more than there is, to all
//! terminals together, so that no two of them can give the same thing, whether they see each other or not.

use std::collections::BTreeMap;

use super::super::id::{CounterId, TerminalId};
use super::super::journal::Body;
use super::super::member::{Change, Holder};
use super::{OfficeChange, OfficeMemory};

/// More was used than was dealt.
pub const OVERDRAWN: &str = "share_overdrawn";

/// Of totals of at least so much a share is no smaller than a thousandth: nobody needs a cent of a budget.
const LARGE: i64 = 100_000;

/// What was dealt to a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dealt {
    /// In all.
    pub dealt: i64,
    /// What it gave back.
    pub back: i64,
    /// What its entries used.
    pub used: i64,
}

/// How much more a terminal gets: nothing while it has more than half of a share, else what fills the share up. A share is the
/// rest that is free divided by twice the terminals, so that a few who ask first do not take everything. `rest` is what
/// nobody holds, `left` what this terminal can still give.
pub fn more(total: i64, rest: i64, left: i64, terminals: i64) -> i64 {
    let least = if total >= LARGE { total / 1000 } else { 1 };
    let (rest, left) = (rest.max(0), left.max(0));
    let share = (rest.saturating_add(left) / terminals.saturating_mul(2).max(1)).max(least);
    if left > share / 2 {
        return 0;
    }
    (share - left).min(rest)
}

/// What an entry of a terminal uses of its shares, and gives back of them: a code where that is more than was dealt.
pub(super) fn used<M: OfficeMemory>(
    memory: &M,
    terminal: &TerminalId,
    body: &Body,
) -> Result<(Option<&'static str>, Vec<OfficeChange>), M::Error> {
    let mut sums: BTreeMap<CounterId, (i64, i64)> = BTreeMap::new();
    if let Body::ShareBack(back) = body {
        sums.entry(back.counter.clone()).or_default().1 += back.amount;
    }
    let of_shop = body.others().iter().filter(|other| other.holder == Holder::Shop);
    for change in of_shop.flat_map(|other| &other.changes) {
        if let Change::Count { counter, amount, .. } = change {
            sums.entry(counter.clone()).or_default().0 += amount;
        }
    }
    let (mut code, mut changes) = (None, Vec::new());
    for (counter, (used, back)) in sums {
        let before = memory.dealt(terminal, &counter)?;
        if used.max(0) + back > before.dealt - before.back - before.used {
            code = Some(OVERDRAWN);
        }
        changes.push(OfficeChange::Share {
            terminal: terminal.clone(),
            counter,
            used,
            back,
        });
    }
    Ok((code, changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_small_and_filled_up_when_half_of_it_is_used() {
        // total, what nobody holds, what this terminal has left, terminals; what it gets.
        let cases = [
            ((3, 3, 0, 2), 1),
            ((3, 2, 1, 2), 0),
            ((3, 1, 0, 2), 1),
            ((3, 0, 0, 2), 0),
            ((1, 1, 0, 500), 1),
            ((100, 100, 0, 1), 50),
            ((100, 50, 17, 1), 0),
            ((100, 50, 16, 1), 17),
            ((100, 50, 0, 1), 25),
            ((1_000_000, 1_000_000, 0, 5), 100_000),
            ((1_000_000, 300, 0, 5), 300),
            ((1_000_000, 900_000, 0, 5000), 1000),
            // A bundle with a smaller total: nothing is free any more.
            ((5, -2, 0, 2), 0),
            ((i64::MAX, i64::MAX, 0, i64::MAX), i64::MAX / 1000),
        ];
        for ((total, rest, left, terminals), expected) in cases {
            assert_eq!(
                more(total, rest, left, terminals),
                expected,
                "{total} {rest} {left} {terminals}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_asked_for_no_more_is_dealt_than_there_is(
            total in 0..50_i64,
            asks in proptest::collection::vec((0..4_usize, 0..6_i64), 0..200),
        ) {
            let (mut left, mut used) = ([0_i64; 4], 0_i64);
            for (terminal, uses) in asks {
                let spent = uses.min(left[terminal]);
                left[terminal] -= spent;
                used += spent;
                let rest = total - used - left.iter().sum::<i64>();
                let more = more(total, rest, left[terminal], 4);
                proptest::prop_assert!(more >= 0);
                left[terminal] += more;
                proptest::prop_assert!(used + left.iter().sum::<i64>() <= total);
            }
            // Who asks when nothing is left to him gets the last.
            let rest = total - used - left.iter().sum::<i64>();
            proptest::prop_assert_eq!(more(total, rest, 0, 4) > 0, rest > 0);
        }
    }
}
