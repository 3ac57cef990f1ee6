//! What to do next, from where both sides stand: no file, no line, no clock. A terminal says hello, sends what the
//! server lacks, then takes what it lacks itself, asks for shares where its programs have totals, and rests when neither side has anything left.

use std::time::Duration;

use crate::loyalty::journal::Head;
use crate::loyalty::terminal::Epoch;
use crate::wire::HelloReply;

/// Where this terminal stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ours {
    /// The end of the journal.
    pub head: Head,
    /// Up to where the server has answered.
    pub acked: Head,
    /// The incarnation of the server that the cache came from.
    pub cache_epoch: Option<Epoch>,
    /// The version of the feed that the cache holds.
    pub cursor: u64,
    /// The programs have totals that all customers share.
    pub has_totals: bool,
}

/// Where the server stands, as its last signed word says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theirs {
    /// Its incarnation.
    pub epoch: Epoch,
    /// The newest version of the feed.
    pub version: u64,
    /// The oldest cursor that the feed can serve.
    pub floor: u64,
    /// It has dealt shares in this round.
    pub has_dealt: bool,
}

impl From<&HelloReply> for Theirs {
    fn from(reply: &HelloReply) -> Theirs {
        Theirs {
            epoch: reply.epoch,
            version: reply.version,
            floor: reply.floor,
            has_dealt: false,
        }
    }
}

/// The next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Compare where both stand; nothing else is said before.
    Hello,
    /// Send entries from this number on.
    Push(u64),
    /// Take everything anew.
    Snapshot,
    /// Take changes after this cursor.
    Feed(u64),
    /// Ask for shares of totals.
    Shares,
    /// Nothing is left on either side.
    Rest,
}

/// What to do next. Sales go before news.
pub fn next(ours: &Ours, theirs: Option<&Theirs>) -> Step {
    let Some(theirs) = theirs else { return Step::Hello };
    if ours.acked.seq < ours.head.seq {
        return Step::Push(ours.acked.seq + 1);
    }
    let is_other = ours.cache_epoch != Some(theirs.epoch);
    if is_other || ours.cursor == 0 || ours.cursor < theirs.floor || ours.cursor > theirs.version {
        return Step::Snapshot;
    }
    if ours.cursor < theirs.version {
        return Step::Feed(ours.cursor);
    }
    if ours.has_totals && !theirs.has_dealt {
        return Step::Shares;
    }
    Step::Rest
}

/// The longest pause between two attempts.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// How long to wait after so many failures in a row: a random share (`chance`, of 2^32) of a second doubled each time,
/// five minutes at most, so that many tills do not come back in one instant.
pub fn pause(failures: u32, chance: u32) -> Duration {
    let ceiling = Duration::from_secs(1)
        .saturating_mul(1 << failures.min(9))
        .min(LONGEST_PAUSE);
    let millis = u64::try_from(ceiling.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(millis * u64::from(chance) / u64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: Theirs = Theirs {
        epoch: Epoch([1; 16]),
        version: 9,
        floor: 2,
        has_dealt: false,
    };

    fn head(seq: u64) -> Head {
        Head {
            seq,
            ..Head::default()
        }
    }

    #[test]
    fn sales_go_before_news() {
        let rested = Ours {
            head: head(5),
            acked: head(5),
            cache_epoch: Some(SERVER.epoch),
            cursor: 9,
            has_totals: false,
        };
        let cases = [
            (rested, None, Step::Hello),
            (rested, Some(SERVER), Step::Rest),
            (
                Ours {
                    acked: head(3),
                    cursor: 0,
                    ..rested
                },
                Some(SERVER),
                Step::Push(4),
            ),
            (
                Ours {
                    has_totals: true,
                    ..rested
                },
                Some(SERVER),
                Step::Shares,
            ),
            (
                Ours {
                    has_totals: true,
                    ..rested
                },
                Some(Theirs {
                    has_dealt: true,
                    ..SERVER
                }),
                Step::Rest,
            ),
            (Ours { cursor: 7, ..rested }, Some(SERVER), Step::Feed(7)),
            (Ours { cursor: 0, ..rested }, Some(SERVER), Step::Snapshot),
            (Ours { cursor: 1, ..rested }, Some(SERVER), Step::Snapshot),
            (Ours { cursor: 10, ..rested }, Some(SERVER), Step::Snapshot),
            (
                Ours {
                    cache_epoch: Some(Epoch([2; 16])),
                    ..rested
                },
                Some(SERVER),
                Step::Snapshot,
            ),
        ];
        for (ours, theirs, step) in cases {
            assert_eq!(next(&ours, theirs.as_ref()), step, "{ours:?}");
        }
    }

    #[test]
    fn pauses_grow_and_end_at_five_minutes() {
        assert_eq!(pause(0, u32::MAX), Duration::from_secs(1));
        assert_eq!(pause(3, u32::MAX), Duration::from_secs(8));
        assert_eq!(pause(99, u32::MAX), LONGEST_PAUSE);
        assert_eq!(pause(99, 0), Duration::ZERO);
    }
}
