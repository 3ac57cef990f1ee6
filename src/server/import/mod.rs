//! Files that the office brings along: sites, products, members, balances. A file is read and checked whole before
//! anything is written; each mistake is told with file, line, field, what was found and what would be accepted.

mod rows;
mod table;

use std::path::{Path, PathBuf};

use super::database::{DatabaseError, Import, Imported, Progress};
use super::{HeadOffice, ServerError};
use crate::config::Scan;
use table::Table;

/// A file that cannot be taken. Nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Not one of the kinds.
    #[error("\"{found}\" is no kind of file to import: write sites, products, members or balances")]
    Kind {
        /// What was asked for.
        found: String,
    },
    /// The file cannot be read.
    #[error("{} cannot be read ({why})", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The columns are not those of this kind.
    #[error("{}, line {line}: {why}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// What was found and what would be accepted.
        why: String,
    },
    /// A field that is wrong.
    #[error("{}, line {line}, field {field}: {why}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// The column.
        field: String,
        /// What was found and what would be accepted.
        why: String,
    },
    /// The books.
    #[error(transparent)]
    Server(#[from] ServerError),
}

impl ImportError {
    /// The exit status of a command that ends so: 2 for bad input.
    pub fn status(&self) -> u8 {
        match self {
            ImportError::Server(error) => error.status(),
            _ => 2,
        }
    }
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// id, and perhaps partner, timezone.
    Sites,
    /// sku, name, and perhaps categories, brand, unit, price, tax_rate, on_sale, floor_price.
    Products,
    /// id, card, and perhaps name, birthday, phone, groups and more.
    Members,
    /// member, purse, amount, and perhaps expires.
    Balances,
}

impl Kind {
    /// Reads the kind's name.
    pub fn of(name: &str) -> Result<Kind, ImportError> {
        Ok(match name {
            "sites" => Kind::Sites,
            "products" => Kind::Products,
            "members" => Kind::Members,
            "balances" => Kind::Balances,
            other => {
                return Err(ImportError::Kind {
                    found: other.chars().filter(|c| !c.is_control()).take(40).collect(),
                });
            }
        })
    }

    fn columns(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Kind::Sites => (&["id"], &["partner", "timezone"]),
            Kind::Products => (
                &["sku", "name"],
                &[
                    "categories",
                    "brand",
                    "unit",
                    "price",
                    "tax_rate",
                    "on_sale",
                    "floor_price",
                ],
            ),
            Kind::Members => (
                &["id", "card"],
                &[
                    "name",
                    "birthday",
                    "phone",
                    "groups",
                    "enrolled",
                    "organisation",
                    "consents",
                    "interests",
                    "blocked",
                ],
            ),
            Kind::Balances => (&["member", "purse", "amount"], &["expires"]),
        }
    }
}

/// Reads and checks a whole file. `timezone` is the shop's, for sites that name none.
pub fn read(kind: Kind, path: &Path, timezone: &str, scan: &Scan) -> Result<Import, ImportError> {
    let (required, optional) = kind.columns();
    let table = Table::read(path, required, optional)?;
    let settings = scan.settings();
    let mut import = Import::default();
    match kind {
        Kind::Sites => import.sites = rows::sites(&table, timezone)?,
        Kind::Products => import.goods = rows::goods(&table, &settings)?,
        Kind::Members => import.members = rows::members(&table, &settings)?,
        Kind::Balances => import.balances = rows::balances(&table)?,
    }
    Ok(import)
}

/// Puts what was read from a file into the books; what contradicts them is told with the file's line.
pub fn write(
    office: &mut HeadOffice,
    path: &Path,
    rows: &Import,
    dry_run: bool,
    progress: &mut Progress<'_>,
) -> Result<Imported, ImportError> {
    office
        .import(rows, dry_run, progress)
        .map_err(|error| match error {
            ServerError::Database(DatabaseError::Row { line, why }) => ImportError::Line {
                path: path.to_owned(),
                line,
                why,
            },
            other => ImportError::Server(other),
        })
}
