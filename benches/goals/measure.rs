//! Samples, and the one line that each goal is told in.

use std::time::{Duration, Instant};

/// Times of one kind of work.
#[derive(Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// Does the work once and keeps how long it took.
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let done = work();
        self.0.push(started.elapsed());
        done
    }

    /// The time below which so many of a hundred samples lie, in microseconds.
    pub fn percentile_us(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e6)
    }
}

/// Tells of times: less is better, and the target is the largest ratio.
pub fn tell_times(name: &str, ours_us: f64, floor_us: f64, target: f64) {
    let ratio = ours_us / floor_us;
    println!(
        "bench {name} ours={ours_us:.1}us floor={floor_us:.1}us ratio={ratio:.2} target={target:.1} {}",
        verdict(ratio <= target)
    );
}

/// Tells of anything else, in words that fit it.
pub fn tell(name: &str, ours: &str, floor: &str, ratio: &str, target: &str, is_reached: bool) {
    println!(
        "bench {name} ours={ours} floor={floor} ratio={ratio} target={target} {}",
        verdict(is_reached)
    );
}

/// Tells that something cannot be measured here, and why.
pub fn tell_unmeasured(name: &str, target: &str, why: &str) {
    println!("bench {name} ours=n/a floor=n/a ratio=n/a target={target} n/a");
    eprintln!("  {name}: {why}");
}

fn verdict(is_reached: bool) -> &'static str {
    if is_reached { "ok" } else { "over" }
}
