//! `vafa demo`: a shop to try, one command.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use super::Place;
use crate::rehearsal::{DemoError, Shop};
use crate::till::look::Look;
use crate::till::printer::PrinterSettings;
use crate::till::scanners::Scanners;
use crate::till::{self, Settings};

/// What `vafa demo` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct DemoArgs {
    /// A short scripted day without a terminal: its receipts on standard output, the balances compared at the end.
    #[arg(long)]
    pub headless: bool,
}

/// Opens the shop: with a till on the screen, or headless where there is none.
pub fn run(args: &DemoArgs, place: &Place) -> anyhow::Result<u8> {
    let folder = match &place.data {
        Some(folder) => Folder {
            path: folder.clone(),
            is_ours: false,
        },
        None => Folder::fresh()?,
    };
    let is_headless = args.headless || !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal();
    // The shop is the demo's own; the scanners are this machine's.
    let scanners = Scanners::of(&place.config()?);
    let shop = Shop::open(&folder.path)?;
    if is_headless {
        let last = shop.scripted_day(&mut |line| say!("{line}"))?;
        shop.close()?;
        say!("\n{last}");
        return Ok(0);
    }
    till(&shop, &folder.path, scanners)?;
    shop.close()?;
    Ok(0)
}

fn till(shop: &Shop, folder: &Path, scanners: Scanners) -> anyhow::Result<()> {
    let settings = Settings {
        printer: PrinterSettings {
            receipt_to: None,
            mark: Some(folder.join("till.printed")),
        },
        look: Look::of_environment(),
        idle: Some(Box::new(|counter| counter.tend().unwrap_or(true))),
        scanners,
        cards: shop.cards(),
    };
    let (data, config) = (shop.till_folder().to_owned(), shop.config().clone());
    let open =
        move || crate::counter::Counter::open(&data, &config)?.with_sync(std::time::Duration::from_secs(5));
    Ok(till::run(open, settings)?)
}

/// The demo's folder: the named one, or a fresh one that goes with the demo.
struct Folder {
    path: PathBuf,
    is_ours: bool,
}

impl Folder {
    fn fresh() -> Result<Folder, DemoError> {
        let path = std::env::temp_dir().join(format!("vafa-demo-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&path).map_err(|error| DemoError::Folder {
            path: path.clone(),
            why: error.to_string(),
        })?;
        Ok(Folder { path, is_ours: true })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_ours {
            // What cannot be removed is the system's temporary folder to clear.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
