//! `vafa demo`: a server and a till in one go, nothing to prepare. The till is a real terminal of that server: it was
//! enrolled with a one-time code, and everything goes over the line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::shop;
use crate::config::{Config, ConfigError};
use crate::counter::{Counter, CounterError};
use crate::loyalty::id::{NameError, SiteId};
use crate::server::import::{self, ImportError, Kind};
use crate::server::{self, HeadOffice, Running, ServerError};
use crate::sync::{self, EnrolError};
use crate::till::screen::cards::CardToTry;

/// Why the demo did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The server.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The goods and members.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The till's folder.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// The counter.
    #[error(transparent)]
    Counter(#[from] CounterError),
    /// The demo's own configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The demo's own names.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A folder.
    #[error("{} cannot be used ({why}): name another folder with --data", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// Something in the scripted day is not as it must be.
    #[error("the demo's day did not come out right: {0}")]
    Day(String),
}

/// A shop that is open: its server runs in this process, its till's folder is ready.
pub struct Shop {
    server: Running,
    server_folder: PathBuf,
    till_folder: PathBuf,
    config: Config,
}

impl Shop {
    /// Opens the shop in a folder: makes it there the first time, finds it again later.
    pub fn open(folder: &Path) -> Result<Shop, DemoError> {
        let config = Config::parse(Path::new("demo"), shop::CONFIG)?;
        let (server_folder, till_folder) = (folder.join("server"), folder.join("till"));
        stock(&server_folder, &config)?;
        let server = server::serve_embedded(&server_folder, &config)?;
        let shop = Shop {
            server,
            server_folder,
            till_folder,
            config,
        };
        if crate::store::Journal::beside(&shop.till_folder).is_err() {
            let code = HeadOffice::open(&shop.server_folder, &shop.config)?
                .make_code(&SiteId::parse(shop::SITE)?)?;
            sync::enrol(shop.server.url(), &code, &shop.till_folder)?;
        } else {
            sync::move_to(&shop.till_folder, shop.server.url())?;
        }
        Ok(shop)
    }

    /// The till's folder.
    pub fn till_folder(&self) -> &Path {
        &self.till_folder
    }

    /// The shop's configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Cards to try.
    pub fn cards(&self) -> Vec<CardToTry> {
        shop::cards()
    }

    /// The till's counter, with its line to the server.
    pub fn counter(&self) -> Result<Counter, DemoError> {
        let every = Duration::from_secs(5);
        Ok(Counter::open(&self.till_folder, &self.config)?.with_sync(every)?)
    }

    /// The server's books, read beside the running server.
    pub fn office(&self) -> Result<HeadOffice, DemoError> {
        Ok(HeadOffice::open(&self.server_folder, &self.config)?)
    }

    /// A short scripted day; its receipts go to `print`. Answers the last line: what the comparison came to.
    pub fn scripted_day(&self, print: &mut dyn FnMut(&str)) -> Result<String, DemoError> {
        super::day::run(self, print)
    }

    /// Closes the shop: the server finishes what it does.
    pub fn close(self) -> Result<(), DemoError> {
        Ok(self.server.stop()?)
    }
}

/// Puts goods, members and programs into the server's books, as an owner would with files. What is there stays.
fn stock(folder: &Path, config: &Config) -> Result<(), DemoError> {
    let failed = |error: std::io::Error| DemoError::Folder {
        path: folder.to_owned(),
        why: error.to_string(),
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut office = HeadOffice::open(folder, config)?;
    for (kind, name, text) in [
        (Kind::Products, "products.csv", shop::PRODUCTS),
        (Kind::Members, "members.csv", shop::MEMBERS),
    ] {
        let file = folder.join(name);
        std::fs::write(&file, text).map_err(failed)?;
        let rows = import::read(kind, &file, &config.shop.timezone, &config.scan)?;
        import::write(&mut office, &file, &rows, false, &mut |_| {})?;
    }
    let programs = shop::PROGRAMS.map(|(name, text)| (name.to_owned(), text.to_owned()));
    office.publish(&programs)?;
    Ok(())
}
