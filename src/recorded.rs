//! Recorded sales from a CSV file: checked whole before the first is rung up, then read again basket by basket, so that
//! a year needs no more memory than a day. A terminal replays them; programs are tried on them.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::loyalty::amount::{Price, Quantity};
use crate::loyalty::basket::Basket;
use crate::loyalty::calendar::{Moment, Zone};
use crate::loyalty::card::CardNumber;
use crate::loyalty::id::{SiteId, Sku};
use crate::loyalty::said::quoted;
use crate::loyalty::scan::{self, Unread};

/// The columns, in the order in which they are explained.
const COLUMNS: [&str; 7] = ["sale_id", "at", "site", "card", "sku", "qty", "unit_price"];

/// What a field with a payment card is told, whatever else is wrong with it.
const PAYMENT_CARD: &str =
    "this looks like a payment card, which is never read: leave it out, or give the shop's own number";

/// Why a file of sales cannot be taken. Nothing was rung up.
#[derive(Debug, thiserror::Error)]
pub enum SalesError {
    /// The file cannot be read.
    #[error("{}: cannot be read ({why})", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        why: String,
    },
    /// A column is missing.
    #[error("{}, line 1: the column {missing} is missing; write {}", file.display(), COLUMNS.join(","))]
    Column {
        /// The file.
        file: PathBuf,
        /// The column.
        missing: &'static str,
    },
    /// A field that cannot be taken.
    #[error("{}, line {line}, {field}: {why}", file.display())]
    Field {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// The column.
        field: &'static str,
        /// What was found and what would be accepted.
        why: String,
    },
}

/// A sale that was recorded elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct RungUp {
    /// Its number where it came from.
    pub source: String,
    /// When it was.
    pub at: Moment,
    /// Where it was.
    pub site: SiteId,
    /// The card that was shown, already checked.
    pub card: Option<String>,
    /// Sku, quantity and price of each line.
    pub lines: Vec<(Sku, Quantity, Price)>,
}

/// How the rows of a file are understood.
#[derive(Clone, Debug)]
pub struct ReadAs {
    /// The zones of the sites that are known, by site.
    pub zones: HashMap<String, Zone>,
    /// The zone of all others.
    pub shop_zone: Zone,
    /// What may be a card.
    pub settings: scan::Settings,
}

/// A file of recorded sales that was checked.
pub struct RecordedSales {
    file: PathBuf,
    read_as: ReadAs,
    count: u64,
}

impl RecordedSales {
    /// Reads and checks the whole file.
    pub fn check(file: &Path, read_as: ReadAs) -> Result<RecordedSales, SalesError> {
        let mut seen = HashSet::new();
        let mut count = 0;
        for sale in Baskets::open(file, read_as.clone())? {
            let (line, sale) = sale?;
            count += 1;
            let lines = sale.lines.iter().map(|(_, quantity, price)| (*quantity, *price));
            Basket::could_hold(lines).map_err(|error| SalesError::Field {
                file: file.to_owned(),
                line,
                field: "sale_id",
                why: format!("{} cannot be one sale: {error}", quoted(&sale.source)),
            })?;
            let key = blake3::hash(sale.source.as_bytes());
            if !seen.insert(key.as_bytes().first_chunk::<16>().copied()) {
                let why = format!(
                    "{} comes again after other sales: rows of one sale must stand together",
                    quoted(&sale.source)
                );
                return Err(SalesError::Field {
                    file: file.to_owned(),
                    line,
                    field: "sale_id",
                    why,
                });
            }
        }
        Ok(RecordedSales {
            file: file.to_owned(),
            read_as,
            count,
        })
    }

    /// How many sales there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Reads the sales again, one after the other.
    pub fn read(&self) -> Result<impl Iterator<Item = Result<RungUp, SalesError>> + use<>, SalesError> {
        Ok(Baskets::open(&self.file, self.read_as.clone())?.map(|sale| sale.map(|(_, sale)| sale)))
    }
}

/// Rows put together to baskets, each with the line it begins on.
struct Baskets {
    file: PathBuf,
    reader: csv::Reader<File>,
    columns: [usize; 7],
    read_as: ReadAs,
    next: Option<(u64, RungUp)>,
    is_done: bool,
}

impl Baskets {
    fn open(file: &Path, read_as: ReadAs) -> Result<Baskets, SalesError> {
        let unreadable = |why: String| SalesError::Unreadable {
            file: file.to_owned(),
            why,
        };
        let mut reader = csv::Reader::from_path(file).map_err(|error| unreadable(error.to_string()))?;
        let header = reader
            .headers()
            .map_err(|error| unreadable(error.to_string()))?
            .clone();
        let mut columns = [0; 7];
        for (place, name) in columns.iter_mut().zip(COLUMNS) {
            *place = header
                .iter()
                .position(|found| found.trim_start_matches('\u{feff}').trim() == name)
                .ok_or(SalesError::Column {
                    file: file.to_owned(),
                    missing: name,
                })?;
        }
        Ok(Baskets {
            file: file.to_owned(),
            reader,
            columns,
            read_as,
            next: None,
            is_done: false,
        })
    }

    /// Reads rows until one belongs to another sale.
    fn basket(&mut self) -> Result<Option<(u64, RungUp)>, SalesError> {
        let mut record = csv::StringRecord::new();
        loop {
            let read = self.reader.read_record(&mut record);
            let is_row = read.map_err(|error| {
                let line = error.position().map_or(0, csv::Position::line);
                self.wrong(line, "the row", error.to_string())
            })?;
            if !is_row {
                self.is_done = true;
                return Ok(self.next.take());
            }
            let line = record.position().map_or(0, csv::Position::line);
            let field = |i: usize| record.get(self.columns[i]).unwrap_or_default();
            match &mut self.next {
                Some((_, sale)) if sale.source == field(0) => {
                    if sale.site.as_str() != field(2) || sale.card.as_deref().unwrap_or_default() != field(3)
                    {
                        let why = "another site or card than in the rows before: one sale has one of each";
                        return Err(self.wrong(line, "sale_id", why.to_owned()));
                    }
                    let goods = self.goods(&record, line)?;
                    if let Some((_, sale)) = &mut self.next {
                        sale.lines.push(goods);
                    }
                }
                _ => {
                    let sale = self.first_row(&record, line)?;
                    if let Some(before) = self.next.replace((line, sale)) {
                        return Ok(Some(before));
                    }
                }
            }
        }
    }

    fn first_row(&self, record: &csv::StringRecord, line: u64) -> Result<RungUp, SalesError> {
        let field = |i: usize| record.get(self.columns[i]).unwrap_or_default();
        let wrong = |i: usize, why: String| self.wrong_field(line, i, field(i), why);
        let source = field(0);
        if scan::is_payment_card_as_name(source, &self.read_as.settings) {
            return Err(wrong(0, PAYMENT_CARD.to_owned()));
        }
        let is_name = source.trim() == source && !source.chars().any(char::is_control);
        if !is_name || source.is_empty() || source.chars().count() > 50 {
            return Err(wrong(
                0,
                format!(
                    "{} is no number of a sale: write 1 to 50 characters without spaces at the ends",
                    quoted(&source.escape_default().to_string())
                ),
            ));
        }
        let site = SiteId::parse(field(2)).map_err(|error| wrong(2, error.to_string()))?;
        let zone = self
            .read_as
            .zones
            .get(site.as_str())
            .unwrap_or(&self.read_as.shop_zone);
        let at = Moment::parse(field(1), zone).map_err(|error| wrong(1, error.to_string()))?;
        let card = match field(3) {
            "" => None,
            number => Some(self.card(number).map_err(|why| wrong(3, why))?),
        };
        Ok(RungUp {
            source: source.to_owned(),
            at,
            site,
            card,
            lines: vec![self.goods(record, line)?],
        })
    }

    /// A card number is taken as it stands, but never one of a payment card.
    fn card(&self, number: &str) -> Result<String, String> {
        if matches!(
            scan::read(number, &self.read_as.settings),
            Err(Unread::PaymentCard)
        ) || scan::hides_payment_card(number, &self.read_as.settings)
        {
            return Err(PAYMENT_CARD.to_owned());
        }
        CardNumber::parse(number)
            .map(|card| card.as_str().to_owned())
            .map_err(|error| error.to_string())
    }

    fn goods(&self, record: &csv::StringRecord, line: u64) -> Result<(Sku, Quantity, Price), SalesError> {
        let field = |i: usize| record.get(self.columns[i]).unwrap_or_default();
        let wrong = |i: usize, why: String| self.wrong_field(line, i, field(i), why);
        if scan::is_payment_card_as_name(field(4), &self.read_as.settings) {
            return Err(wrong(4, PAYMENT_CARD.to_owned()));
        }
        let sku = Sku::parse(field(4)).map_err(|error| wrong(4, error.to_string()))?;
        let quantity = Quantity::parse(field(5)).map_err(|error| wrong(5, error.to_string()))?;
        if quantity <= Quantity::ZERO {
            return Err(wrong(
                5,
                format!("{quantity} cannot be sold: write a quantity above 0"),
            ));
        }
        let price = Price::parse(field(6)).map_err(|error| wrong(6, error.to_string()))?;
        if price < Price::default() {
            return Err(wrong(6, "a price below 0 cannot be sold".to_owned()));
        }
        Ok((sku, quantity, price))
    }

    /// A mistake in one field, which is not repeated where a payment card stands in it.
    fn wrong_field(&self, line: u64, column: usize, found: &str, why: String) -> SalesError {
        let why = match scan::hides_payment_card(found, &self.read_as.settings) {
            true => PAYMENT_CARD.to_owned(),
            false => why,
        };
        self.wrong(line, COLUMNS[column], why)
    }

    fn wrong(&self, line: u64, field: &'static str, why: String) -> SalesError {
        SalesError::Field {
            file: self.file.clone(),
            line,
            field,
            why,
        }
    }
}

impl Iterator for Baskets {
    type Item = Result<(u64, RungUp), SalesError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let basket = self.basket().transpose();
        self.is_done |= matches!(basket, Some(Err(_)) | None);
        basket
    }
}
