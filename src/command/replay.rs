//! `vafa replay SALES.csv`: ring up recorded sales through the till's own path. The whole file is read and checked
//! before the first sale; one that is killed is simply started again.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{BadInput, Place};
use crate::counter::Counter;
use crate::loyalty::amount::Money;
use crate::recorded::{RecordedSales, SalesError};

/// What `vafa replay` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct ReplayArgs {
    /// Columns sale_id, at, site, card, sku, qty, unit_price; rows of one sale stand together.
    pub sales: PathBuf,
    /// One answer a sale, in JSON, printed after it is on the disk.
    #[arg(long)]
    pub json: bool,
}

/// Rings up every sale of the file that this terminal has not recorded yet.
pub fn run(args: &ReplayArgs, place: &Place) -> anyhow::Result<u8> {
    let (data, config) = (place.data(), place.config()?);
    let mut counter = Counter::open(&data, &config)?;
    let bad = |error: SalesError| BadInput::of(error);
    let sales = RecordedSales::check(&args.sales, counter.read_as()).map_err(bad)?;
    let bar = ProgressBar::new(sales.count());
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} sales, {per_sec}, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut out = std::io::stdout().lock();
    let mut day = Day {
        started: Instant::now(),
        ..Day::default()
    };
    for sale in sales.read().map_err(bad)? {
        let sale = sale.map_err(bad)?;
        bar.inc(1);
        if counter.has_rung_up(&sale.source)? {
            day.skipped += 1;
            continue;
        }
        let (id, total) = counter.ring_up(&sale)?;
        day.sales += 1;
        day.lines += sale.lines.len() as u64;
        day.total += total;
        if args.json {
            let seq = id.place().map_or(0, |(_, seq)| seq);
            let total = counter.terms().currency.text(total);
            let answer = json!({"sale": id.as_str(), "seq": seq, "source": sale.source, "total": total});
            writeln!(out, "{answer}").context("the sales' answers cannot be written any more")?;
        }
        counter.tidy()?;
    }
    bar.finish_and_clear();
    day.tell(&counter, &data);
    Ok(0)
}

/// What a replay came to.
struct Day {
    started: Instant,
    sales: u64,
    lines: u64,
    skipped: u64,
    total: Money,
}

impl Default for Day {
    fn default() -> Day {
        Day {
            started: Instant::now(),
            sales: 0,
            lines: 0,
            skipped: 0,
            total: Money::ZERO,
        }
    }
}

impl Day {
    fn tell(&self, counter: &Counter, data: &Path) {
        let seconds = self.started.elapsed().as_secs().max(1);
        let size: u64 = ["journal.db", "journal.db-wal", "cache.db"]
            .iter()
            .filter_map(|file| std::fs::metadata(data.join(file)).ok())
            .map(|file| file.len())
            .sum();
        eprintln!(
            "{} sales with {} lines rung up, {} in all, in {seconds} s; {} were here before; the terminal's files take {} MB",
            self.sales,
            self.lines,
            counter.terms().currency.text(self.total),
            self.skipped,
            size / 1_000_000
        );
    }
}
