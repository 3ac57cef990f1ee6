//! The shop as the people behind the server handle it: one-time codes, imports, programs, reports. It opens the books
//! itself and may do so beside a running server; whoever comes first makes the shop.

mod passes;
mod settlement;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use ed25519_dalek::SigningKey;

use super::database::sqlite::SqliteBooks;
use super::database::{Database, Identity, Import, ImportMode, Imported, NewCode, Progress, SyncReport};
use super::{ServerError, keys, now};
use crate::config::Config;
use crate::loyalty::amount::{Currency, Points};
use crate::loyalty::calendar::{Day, Moment, Zone};
use crate::loyalty::id::{MemberId, PurseId, SiteId};
use crate::loyalty::program::{self, PriceBasis, Terms};
use crate::wire::{self, Bundle, SignedBundle};
pub use passes::{PassFor, PassIssued, PassWanted};
pub use settlement::Settlement;

/// A code is good for so long.
const CODE_MS: i64 = 15 * 60 * 1000;
/// Random characters of a code behind its hint: 60 bits that no listener can guess in a quarter of an hour.
const CODE_SECRET: usize = 12;
/// All program files together have at most so many bytes: every terminal holds them whole.
const PROGRAM_BYTES: usize = 512 * 1024;

/// The shop's books with the key that signs for it.
pub struct HeadOffice {
    key: SigningKey,
    identity: Identity,
    terms: Terms,
    books: Box<dyn Database>,
}

/// What a publication came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// The version that terminals get.
    pub version: u64,
    /// False where exactly this was published already.
    pub new: bool,
    /// How many program files it holds.
    pub files: usize,
}

/// Opens the books that the configuration names.
pub fn open_database(data: &Path, config: &Config) -> Result<Box<dyn Database>, ServerError> {
    if !config.server.database.is_empty() {
        let scheme = config.server.database.split("://").next().unwrap_or_default();
        return Err(ServerError::OtherDatabase {
            found: format!("{scheme}://…"),
        });
    }
    Ok(Box::new(SqliteBooks::open(&data.join("server.db"))?))
}

fn terms(config: &Config) -> Result<Terms, ServerError> {
    let shop = &config.shop;
    Ok(Terms {
        currency: Currency::of(&shop.currency).map_err(|error| ServerError::Setting {
            key: "currency",
            why: error.to_string(),
        })?,
        zone: Zone::named(&shop.timezone).map_err(|error| ServerError::zone(&error))?,
        price_basis: PriceBasis::parse(&shop.price_basis).map_err(|error| ServerError::Setting {
            key: "price_basis",
            why: error.to_string(),
        })?,
    })
}

/// The zone that the newest bundle states.
pub fn zone_of(books: &dyn Database) -> Result<Zone, ServerError> {
    let bundle: Option<Bundle> = books
        .bundle()?
        .and_then(|signed| minicbor::decode(&signed.bytes).ok());
    bundle.map_or(Ok(Zone::utc()), |bundle| {
        Zone::named(&bundle.timezone).map_err(|error| ServerError::zone(&error))
    })
}

impl HeadOffice {
    /// Opens the shop of a folder; makes folder, books, keys and the first bundle where they are missing.
    pub fn open(data: &Path, config: &Config) -> Result<HeadOffice, ServerError> {
        let terms = terms(config)?;
        make_folder(data).map_err(|error| ServerError::file(data, &error))?;
        let lock_path = data.join("server.lock");
        let lock = File::create(&lock_path).map_err(|error| ServerError::file(&lock_path, &error))?;
        lock.lock()
            .map_err(|error| ServerError::file(&lock_path, &error))?;
        if config.server.database.is_empty() {
            make_books(data)?;
        }
        let mut books = open_database(data, config)?;
        let (key, identity) = match books.identity()? {
            Some(identity) => (kept_key(data, &identity)?, identity),
            None => found(data, books.as_mut())?,
        };
        let first = books.bundle()?.is_none();
        let mut office = HeadOffice {
            key,
            identity,
            terms,
            books,
        };
        if first {
            office.publish(&[])?;
        }
        Ok(office)
    }

    pub(super) fn into_parts(self) -> (SigningKey, Identity, Box<dyn Database>) {
        (self.key, self.identity, self.books)
    }

    /// What holds for the whole shop, as the configuration says it.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Today in the shop's zone.
    pub fn today(&self) -> Result<Day, ServerError> {
        Ok(now().day(&zone_of(self.books.as_ref())?))
    }

    /// Makes a one-time code for a site; an unknown site is created.
    pub fn make_code(&mut self, site: &SiteId) -> Result<String, ServerError> {
        let zone = zone_of(self.books.as_ref())?;
        let now = now();
        loop {
            let random: [u8; wire::CODE_HINT + CODE_SECRET] = keys::random()?;
            let mut plain: String = random
                .iter()
                .map(|byte| char::from(wire::CODE_LETTERS[usize::from(byte & 31)]))
                .collect();
            plain.extend(wire::code_check(&plain));
            let code = NewCode {
                hint: wire::code_hint(&plain),
                key: wire::code_key(&plain),
                site: site.clone(),
                expires_at: Moment::from_millis(now.millis() + CODE_MS),
            };
            if self.books.keep_code(&code, &zone, now)? {
                return Ok(in_groups(&plain));
            }
        }
    }

    /// Puts rows into the books, all or none; `progress` hears how many are done.
    pub fn import(
        &mut self,
        rows: &Import,
        dry_run: bool,
        progress: &mut Progress<'_>,
    ) -> Result<Imported, ServerError> {
        let mode = ImportMode {
            today: self.today()?,
            dry_run,
        };
        Ok(self.books.import(rows, mode, progress)?)
    }

    /// Signs program files and gives them to all terminals. Files that were published last time change nothing.
    pub fn publish(&mut self, files: &[(String, String)]) -> Result<Published, ServerError> {
        check_files(files, &self.terms).map_err(|findings| ServerError::Programs { findings })?;
        let last: Option<Bundle> = self
            .books
            .bundle()?
            .and_then(|signed| minicbor::decode(&signed.bytes).ok());
        let version = last.as_ref().map_or(0, |last| last.version);
        let mut bundle = Bundle {
            version,
            shop: self.identity.shop.clone(),
            currency: self.terms.currency.code().to_owned(),
            timezone: self.terms.zone.name().to_owned(),
            price_basis: self.terms.price_basis.name().to_owned(),
            files: files.to_vec(),
        };
        bundle.files.sort();
        let published = |version, new| Published {
            version,
            new,
            files: files.len(),
        };
        // Books put back from a backup know of fewer publications than the terminals, which ignore what is not newer.
        let seen = self.books.bundle_seen()?;
        if last.as_ref() == Some(&bundle) && seen <= version {
            return Ok(published(version, false));
        }
        self.refuse_other_currency(last.as_ref())?;
        bundle.version = version.max(seen) + 1;
        self.books
            .publish(&SignedBundle::sign(&bundle, &self.key), now())?;
        Ok(published(bundle.version, true))
    }

    fn refuse_other_currency(&self, last: Option<&Bundle>) -> Result<(), ServerError> {
        let wanted = self.terms.currency.code();
        let kept = last.map_or(wanted, |last| last.currency.as_str());
        if kept == wanted || self.books.sync_report()?.entries == 0 {
            return Ok(());
        }
        Err(ServerError::CurrencyChanged {
            kept: kept.to_owned(),
            wanted: wanted.to_owned(),
        })
    }

    /// How the terminals stand.
    pub fn sync_report(&self) -> Result<SyncReport, ServerError> {
        Ok(self.books.sync_report()?)
    }

    /// What each member's purses hold today; purses that hold nothing are left out.
    pub fn balances(&self) -> Result<BTreeMap<MemberId, BTreeMap<PurseId, Points>>, ServerError> {
        Ok(self.books.balances(self.today()?)?)
    }

    /// Checks the books against themselves. Each finding is a sentence; none is the good case.
    pub fn audit(&self) -> Result<Vec<String>, ServerError> {
        Ok(self.books.audit()?)
    }
}

/// Makes the folder where it is missing, for nobody but its owner: the books hold names, days of birth and telephone
/// numbers.
fn make_folder(data: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data)
}

/// Makes an empty file for the books where there is none: SQLite would make one that everybody may read. What it lays
/// beside the file gets the file's mode.
fn make_books(data: &Path) -> Result<(), ServerError> {
    let path = data.join("server.db");
    let mut options = File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(&path)
        .map(drop)
        .map_err(|error| ServerError::file(&path, &error))
}

fn found(data: &Path, books: &mut dyn Database) -> Result<(SigningKey, Identity), ServerError> {
    let key = match keys::read_key(data)? {
        Some(key) => key,
        None => keys::make_key(data)?,
    };
    let identity = Identity {
        shop: wire::hex(&keys::random::<8>()?),
        card_key: keys::random()?,
        server_public: key.verifying_key().to_bytes(),
    };
    books.found(&identity)?;
    Ok((key, identity))
}

fn kept_key(data: &Path, identity: &Identity) -> Result<SigningKey, ServerError> {
    let path = keys::key_path(data);
    match keys::read_key(data)? {
        None => Err(ServerError::KeyLost { path }),
        Some(key) if key.verifying_key().to_bytes() != identity.server_public => {
            Err(ServerError::KeyOther { path })
        }
        Some(key) => Ok(key),
    }
}

/// "K7QX9M2P4T8WH3VA5" as it is read aloud: K7QX-9M2P-4T8W-H3VA5.
fn in_groups(plain: &str) -> String {
    let mut code = String::new();
    for (i, letter) in plain.chars().enumerate() {
        if i > 0 && i % 4 == 0 && i + 1 < plain.len() {
            code.push('-');
        }
        code.push(letter);
    }
    code
}

/// Finds mistakes in program files, and what two of them say differently: a sentence for each.
fn check_files(files: &[(String, String)], terms: &Terms) -> Result<(), Vec<String>> {
    let bytes: usize = files.iter().map(|(name, text)| name.len() + text.len()).sum();
    if bytes > PROGRAM_BYTES {
        return Err(vec![format!(
            "the program files have {bytes} bytes together; terminals take at most {PROGRAM_BYTES}: publish fewer or \
             shorter files"
        )]);
    }
    program::file::read_all(files, terms.clone()).map(drop)
}
