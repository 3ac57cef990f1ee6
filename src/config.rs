//! `config.toml` as a type: each field says what it is for and what happens without it. Every key has a default, and a
//! file may leave out all of them.

use std::path::{Path, PathBuf};

mod passes;
mod ranges;
mod scanner;

use serde::{Deserialize, Serialize};

use crate::loyalty::scan::{EightDigits, Region, Settings};
pub use passes::{May, Passes};
pub use scanner::{Country, Scanner, Suffix};

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The server's own settings.
    pub server: Server,
    /// What holds for the whole shop; terminals receive it from the server.
    pub shop: Shop,
    /// A terminal's settings.
    pub terminal: Terminal,
    /// What a scan means here.
    pub scan: Scan,
    /// What each way of showing who one is may do here.
    pub passes: Passes,
    /// How the scanners of this machine send.
    pub scanner: Scanner,
}

/// The server's own settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Where the books are kept: empty for server.db in the data folder, or postgres://… for a PostgreSQL server.
    pub database: String,
    /// The address to listen on. Loopback by default: plain http is for this machine alone.
    pub listen: String,
    /// The certificate chain (PEM) for TLS; with `tls_key`. Empty: plain http, on loopback only.
    pub tls_cert: String,
    /// The certificate's private key (PEM).
    pub tls_key: String,
}

impl Default for Server {
    fn default() -> Server {
        Server {
            database: String::new(),
            listen: "127.0.0.1:7373".to_owned(),
            tls_cert: String::new(),
            tls_key: String::new(),
        }
    }
}

/// What holds for the whole shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shop {
    /// The one currency, ISO 4217.
    pub currency: String,
    /// The zone in which purses, periods and birthdays are judged, and that of sites that name none.
    pub timezone: String,
    /// Whether prices contain tax: tax_inclusive or tax_exclusive.
    pub price_basis: String,
}

impl Default for Shop {
    fn default() -> Shop {
        Shop {
            currency: "EUR".to_owned(),
            timezone: "UTC".to_owned(),
            price_basis: "tax_inclusive".to_owned(),
        }
    }
}

/// A terminal's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Terminal {
    /// The hour (0 to 12) at which a new day of business begins.
    pub day_begins_h: i8,
    /// How often to ask the server for news, in seconds, while nothing is waiting to be sent.
    pub sync_every_s: u64,
    /// How many columns the receipt printer has: 32, 42 or 48.
    pub receipt_columns: u16,
    /// A file or device to which receipts are printed as text; empty for none.
    pub receipt_to: String,
    /// In which language rules say why: en, hi, or one of the folder below.
    pub language: String,
    /// A folder of further languages, each as CODE/core.ftl; empty for none.
    pub languages: String,
}

impl Default for Terminal {
    fn default() -> Terminal {
        Terminal {
            day_begins_h: 4,
            sync_every_s: 30,
            receipt_columns: 42,
            receipt_to: String::new(),
            language: "en".to_owned(),
            languages: String::new(),
        }
    }
}

/// What a scan means here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scan {
    /// First digits of the shop's GSRN member cards; empty takes every 18-digit number whose check digit is right.
    pub gsrn_prefixes: Vec<String>,
    /// First digits, on the 13-digit form, of the shop's own in-store cards (02, 04, 20 to 29); empty for none.
    pub in_store_prefixes: Vec<String>,
    /// First digits of member cards with a Luhn check digit; only these are ever taken for a card of ours.
    pub luhn_prefixes: Vec<String>,
    /// The fewest digits of such a card.
    pub card_digits_least: usize,
    /// The most digits of such a card.
    pub card_digits_most: usize,
    /// Whose layout scale labels have: dk, de, gb, no, se, fi, ee, lv or lt; empty for none.
    pub region: String,
    /// What 8 digits without an identifier are, where the goods do not say: ean8 or upce.
    pub eight_digits_are: EightDigits,
    /// Whether AIs must stand beside those that they need.
    pub check_associations: bool,
    /// Whether a Digital Link may give an article's number without its leading zeros.
    pub dl_zero_suppressed_gtin: bool,
    /// Whether a scan without an identifier is an element string.
    pub assume_gs1: bool,
    /// First digits, on the 13-digit form, of coupons.
    pub coupon_prefixes: Vec<String>,
    /// AIs that make an element string a coupon.
    pub coupon_identifiers: Vec<String>,
    /// First digits, on the 13-digit form, of vouchers that the shop itself gives out.
    pub voucher_prefixes: Vec<String>,
}

impl Scan {
    /// The same as the rules of scanning take it.
    pub fn settings(&self) -> Settings {
        Settings {
            gsrn_prefixes: self.gsrn_prefixes.clone(),
            in_store_prefixes: self.in_store_prefixes.clone(),
            card_prefixes: self.luhn_prefixes.clone(),
            min_len: self.card_digits_least,
            max_len: self.card_digits_most,
            rcn_region: self.measured_region().ok().flatten(),
            eight_digits_are: self.eight_digits_are,
            check_associations: self.check_associations,
            dl_zero_suppressed_gtin: self.dl_zero_suppressed_gtin,
            assume_gs1: self.assume_gs1,
            coupon_prefixes: self.coupon_prefixes.clone(),
            coupon_identifiers: self.coupon_identifiers.clone(),
            voucher_prefixes: self.voucher_prefixes.clone(),
            ..Settings::default()
        }
    }

    /// The region by its letters; none where the key is empty.
    fn measured_region(&self) -> Result<Option<Region>, serde::de::value::Error> {
        use serde::de::IntoDeserializer;
        match self.region.as_str() {
            "" => Ok(None),
            letters => Region::deserialize(letters.into_deserializer()).map(Some),
        }
    }
}

impl Default for Scan {
    fn default() -> Scan {
        Scan {
            gsrn_prefixes: Vec::new(),
            in_store_prefixes: vec!["04".to_owned()],
            luhn_prefixes: Vec::new(),
            card_digits_least: 8,
            card_digits_most: 19,
            region: String::new(),
            eight_digits_are: EightDigits::Ean8,
            check_associations: false,
            dl_zero_suppressed_gtin: false,
            assume_gs1: false,
            coupon_prefixes: ["05", "981", "982", "983", "99"].map(str::to_owned).to_vec(),
            coupon_identifiers: ["255", "8110", "8112"].map(str::to_owned).to_vec(),
            voucher_prefixes: vec!["980".to_owned()],
        }
    }
}

/// A file that cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{} cannot be read ({why})", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// A key or value that is not understood.
    #[error("{}, line {line}: {why}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What was found and what would be accepted.
        why: String,
    },
}

impl Config {
    /// Reads a file; without one, `config.toml` in the data folder if it is there, else all defaults.
    pub fn load(named: Option<&Path>, data: &Path) -> Result<Config, ConfigError> {
        let beside = data.join("config.toml");
        let path = match named {
            Some(path) => path,
            None if beside.exists() => &beside,
            None => return Ok(Config::default()),
        };
        let unreadable = |error: std::io::Error| ConfigError::Unreadable {
            path: path.to_owned(),
            why: error.to_string(),
        };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Config::parse(path, &text)
    }

    /// Reads the text of a file.
    pub fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
        let config: Config = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.as_bytes()[..at]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count()
                + 1;
            ConfigError::Wrong {
                path: path.to_owned(),
                line,
                why: error.message().to_owned(),
            }
        })?;
        match config.scan.fault() {
            None => Ok(config),
            Some((key, why)) => Err(ConfigError::Wrong {
                path: path.to_owned(),
                line: line_of(text, "scan", key),
                why,
            }),
        }
    }
}

/// The line on which a key of a table stands, counted from 1; the table's own where it is written in one line.
fn line_of(text: &str, table: &str, key: &str) -> usize {
    let (mut here, mut table_line) = (String::new(), 1);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            name.trim().clone_into(&mut here);
            if here == table {
                table_line = index + 1;
            }
        }
        let Some((name, _)) = line.split_once('=') else {
            continue;
        };
        let name = name.trim().trim_matches('"');
        if (here == table && name == key) || name == format!("{table}.{key}") {
            return index + 1;
        }
    }
    table_line
}
