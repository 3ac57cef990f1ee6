//! `vafa till`: the cashier's screen over a terminal's folder.

use std::path::PathBuf;
use std::time::Duration;

use super::{BadInput, Place};
use crate::counter::Counter;
use crate::till::look::Look;
use crate::till::printer::PrinterSettings;
use crate::till::scanners::Scanners;
use crate::till::{self, Settings, TillError};

/// The file that holds the id of the last receipt that came out.
const MARK: &str = "till.printed";

/// What `vafa till` takes.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct TillArgs {
    /// Do not talk to the server; what is sold waits in the journal.
    #[arg(long)]
    pub offline: bool,
}

/// Runs the till on an enrolled terminal's folder until somebody leaves.
pub fn run(args: &TillArgs, place: &Place) -> anyhow::Result<u8> {
    let (data, config) = (place.data(), place.config()?);
    let receipt_to = Some(&config.terminal.receipt_to).filter(|path| !path.is_empty());
    let settings = Settings {
        printer: PrinterSettings {
            receipt_to: receipt_to.map(PathBuf::from),
            mark: Some(data.join(MARK)),
        },
        look: Look::of_environment(),
        // What sync could not do, the line's own state says on the screen.
        idle: Some(Box::new(|counter| counter.tend().unwrap_or(true))),
        scanners: Scanners::of(&config),
        cards: Vec::new(),
    };
    let every = Duration::from_secs(config.terminal.sync_every_s);
    let is_offline = args.offline;
    let open = move || {
        let counter = Counter::open(&data, &config)?;
        if is_offline {
            Ok(counter)
        } else {
            counter.with_sync(every)
        }
    };
    match till::run(open, settings) {
        Ok(()) => Ok(0),
        Err(error @ TillError::NoTerminal) => Err(BadInput::of(error)),
        Err(error) => Err(error.into()),
    }
}
