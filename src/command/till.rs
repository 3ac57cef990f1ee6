//! `vafa till`: the cashier's screen over a terminal's folder.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::counter::Counter;
use crate::till::look::Look;
use crate::till::printer::PrinterSettings;
use crate::till::{self, Settings, TillError};

/// The file that holds the id of the last receipt that came out.
const MARK: &str = "till.printed";

/// Arguments of `vafa till`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct TillArgs {}

/// Runs the till on an enrolled terminal's folder until somebody leaves.
pub fn run(_args: &TillArgs, data: &Path, config: &Config) -> Result<(), TillError> {
    let settings = Settings {
        printer: PrinterSettings {
            receipt_to: Some(&config.terminal.receipt_to)
                .filter(|path| !path.is_empty())
                .map(PathBuf::from),
            mark: Some(data.join(MARK)),
        },
        look: Look::of_environment(),
        idle: None,
    };
    let (data, config) = (data.to_owned(), config.clone());
    till::run(move || Counter::open(&data, &config), settings)
}
