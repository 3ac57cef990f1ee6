//! `vafa sync`: push and pull. With `--once` until neither side has anything left, else in the rhythm of a till.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Place;
use crate::counter::Counter;
use crate::counter::view::Line;
use crate::sync::Progress;

/// What `vafa sync` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct SyncArgs {
    /// End when neither side has anything left; status 1 where the server cannot be reached.
    #[arg(long)]
    pub once: bool,
}

/// Syncs; progress goes to standard error.
pub fn run(args: &SyncArgs, place: &Place) -> anyhow::Result<u8> {
    let (data, config) = (place.data(), place.config()?);
    let every = Duration::from_secs(config.terminal.sync_every_s);
    let mut counter = Counter::open(&data, &config)?.with_sync(every)?;
    if args.once {
        counter.sync_once(tell)?;
        return Ok(0);
    }
    in_rhythm(&mut counter)
}

fn in_rhythm(counter: &mut Counter) -> anyhow::Result<u8> {
    let ended = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
        signal_hook::flag::register(signal, Arc::clone(&ended))?;
    }
    let mut last = String::new();
    while !ended.load(Ordering::Relaxed) {
        counter.tend()?;
        let health = counter.health();
        let now = match health.line {
            Line::Online => format!("online, {} waiting", health.waiting),
            Line::Offline(why) => format!("offline, {} waiting: {why}", health.waiting),
            Line::Unknown => format!("{} waiting", health.waiting),
        };
        if now != last {
            eprintln!("{now}");
            last = now;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(0)
}

fn tell(progress: &Progress) {
    match progress {
        Progress::Waiting | Progress::Rested | Progress::Dealt => {}
        Progress::Pushed {
            through,
            quarantined: 0,
        } => eprintln!("sent up to entry {through}"),
        Progress::Pushed { through, quarantined } => {
            eprintln!("sent up to entry {through}; {quarantined} of them need the office");
        }
        Progress::Pulled { rows } => eprintln!("received {rows} rows"),
        Progress::Programs(version) => eprintln!("received programs, version {version}"),
    }
}
