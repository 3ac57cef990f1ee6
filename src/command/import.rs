//! `vafa import`: sites, products, members and balances from files.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use crate::config::Config;
use crate::server::HeadOffice;
use crate::server::import::{ImportError, Kind, read, write};

/// Reads a file of sites, products, members or balances into the server's books: all of it, or nothing.
#[derive(clap::Args, Debug)]
pub struct ImportArgs {
    /// sites, products, members or balances.
    pub kind: String,
    /// CSV with a header, or JSON lines.
    pub file: PathBuf,
    /// Check everything and say what would change, but change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// Checks the whole file, then writes it in one go.
pub fn run(args: &ImportArgs, data: &Path, config: &Config) -> Result<u8, ImportError> {
    let kind = Kind::of(&args.kind)?;
    let rows = read(kind, &args.file, &config.shop.timezone, &config.scan)?;
    let mut office = HeadOffice::open(data, config)?;
    let bar = progress_bar(rows.rows() as u64);
    let done = write(&mut office, &args.file, &rows, args.dry_run, &mut |rows| {
        bar.set_position(rows);
    });
    bar.finish_and_clear();
    let done = done?;
    let would = if args.dry_run { "would be " } else { "" };
    say!(
        "{}: {} {would}new or changed, {} as before",
        args.kind,
        done.changed,
        done.unchanged
    );
    Ok(0)
}

fn progress_bar(rows: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(rows);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len}, {eta} left") {
        bar.set_style(style);
    }
    bar
}
