//! The clocks of this machine: the one place below the commands where the time is asked for.

use std::time::Instant;

use crate::loyalty::calendar::Moment;
use crate::loyalty::journal::Clock;

/// A wall clock that may be wrong, and a stopwatch that cannot be.
pub struct Watch {
    started: Instant,
    boot: u64,
}

impl Watch {
    /// Starts the stopwatch, with a number of its own for this run.
    pub fn start() -> Watch {
        let mut boot = [0; 8];
        // Without chance two runs look like one, which only weakens what the office can see of a clock that was moved.
        let _ = getrandom::fill(&mut boot);
        Watch {
            started: Instant::now(),
            boot: u64::from_le_bytes(boot) >> 16,
        }
    }

    /// What the clock on the wall says.
    pub fn wall(&self) -> Moment {
        Moment::from_millis(jiff::Timestamp::now().as_millisecond())
    }

    /// All clocks, for an entry of the journal.
    pub fn clock(&self) -> Clock {
        let mono_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Clock {
            wall: self.wall(),
            mono_ms,
            boot: self.boot,
        }
    }
}
