//! A file as a table: CSV with a header, or JSON lines; which of them it is shows its first character.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::ImportError;
use super::rows::PAYMENT_CARD;
use crate::loyalty::said::quoted;
use crate::loyalty::scan;

/// A table with the columns that a kind knows.
pub struct Table {
    path: PathBuf,
    columns: Vec<String>,
    records: Vec<Record>,
}

struct Record {
    line: u64,
    values: Vec<String>,
}

/// One row of a table.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    table: &'a Table,
    record: &'a Record,
}

impl Table {
    /// Reads a file; columns that nobody knows and required ones that are not there are refused.
    pub fn read(path: &Path, required: &[&str], optional: &[&str]) -> Result<Table, ImportError> {
        let bytes = std::fs::read(path).map_err(|error| ImportError::Unreadable {
            path: path.to_owned(),
            why: error.to_string(),
        })?;
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let before = &bytes[..error.valid_up_to()];
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count() as u64;
            let why = "bytes that are no UTF-8; save the file as UTF-8".to_owned();
            line_error(path, line, why)
        })?;
        let text = text.trim_start_matches('\u{feff}');
        let known: Vec<&str> = required.iter().chain(optional).copied().collect();
        if text.trim_start().starts_with('{') {
            json_lines(path, text, required, &known)
        } else {
            csv(path, text, required, &known)
        }
    }

    /// Row by row.
    pub fn rows(&self) -> impl Iterator<Item = Fields<'_>> {
        self.records.iter().map(|record| Fields { table: self, record })
    }
}

fn line_error(path: &Path, line: u64, why: String) -> ImportError {
    ImportError::Line {
        path: path.to_owned(),
        line,
        why,
    }
}

fn csv(path: &Path, text: &str, required: &[&str], known: &[&str]) -> Result<Table, ImportError> {
    let wrong = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        let why = match error.kind() {
            csv::ErrorKind::UnequalLengths {
                expected_len, len, ..
            } => {
                format!("{len} fields, and the header has {expected_len}")
            }
            _ => "no line of a CSV file with commas and double quotes".to_owned(),
        };
        line_error(path, line, why)
    };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let columns: Vec<String> = reader
        .headers()
        .map_err(wrong)?
        .iter()
        .map(str::to_owned)
        .collect();
    let mut seen = HashSet::new();
    for column in &columns {
        check_column(path, 1, column, known)?;
        if !seen.insert(column) {
            return Err(line_error(
                path,
                1,
                format!("the column {column} stands there twice"),
            ));
        }
    }
    check_required(path, 1, required, known, |name| {
        columns.iter().any(|column| column == name)
    })?;
    let mut records = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        records.push(Record {
            line: record.position().map_or(0, csv::Position::line),
            values: record.iter().map(str::to_owned).collect(),
        });
    }
    Ok(Table {
        path: path.to_owned(),
        columns,
        records,
    })
}

fn json_lines(path: &Path, text: &str, required: &[&str], known: &[&str]) -> Result<Table, ImportError> {
    let columns: Vec<String> = known.iter().map(|name| (*name).to_owned()).collect();
    let mut named: HashSet<&str> = HashSet::new();
    let mut records = Vec::new();
    for (line, text) in (1..)
        .zip(text.lines())
        .filter(|(_, text)| !text.trim().is_empty())
    {
        let object = match serde_json::from_str(text) {
            Ok(Value::Object(object)) => object,
            _ => {
                let why = "no JSON object, such as {\"id\": \"…\"}, on a line of its own".to_owned();
                return Err(line_error(path, line, why));
            }
        };
        for key in object.keys() {
            check_column(path, line, key, known)?;
        }
        check_required(path, line, required, known, |name| object.contains_key(name))?;
        named.extend(known.iter().filter(|name| object.contains_key(**name)));
        let value = |name: &&str| object.get(*name).map_or(Some(String::new()), plain);
        let values = known
            .iter()
            .map(|name| {
                value(name).ok_or_else(|| ImportError::Field {
                    path: path.to_owned(),
                    line,
                    field: (*name).to_owned(),
                    why: "an object; write a text, a number, true, false or a list of texts".to_owned(),
                })
            })
            .collect::<Result<_, _>>()?;
        records.push(Record { line, values });
    }
    let columns = columns
        .into_iter()
        .map(|name| {
            if named.contains(name.as_str()) {
                name
            } else {
                String::new()
            }
        })
        .collect();
    Ok(Table {
        path: path.to_owned(),
        columns,
        records,
    })
}

/// A value as a CSV field would hold it; a list's values are separated by "|".
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Array(values) => {
            let texts: Option<Vec<String>> = values.iter().map(plain).collect();
            texts.map(|texts| texts.join("|"))
        }
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Object(_) => None,
    }
}

fn check_column(path: &Path, line: u64, column: &str, known: &[&str]) -> Result<(), ImportError> {
    if known.contains(&column) {
        return Ok(());
    }
    let found = quoted(column);
    let why = format!("the column {found} is not known; known are {}", known.join(", "));
    Err(line_error(path, line, why))
}

fn check_required(
    path: &Path,
    line: u64,
    required: &[&str],
    known: &[&str],
    is_there: impl Fn(&str) -> bool,
) -> Result<(), ImportError> {
    match required.iter().find(|name| !is_there(name)) {
        None => Ok(()),
        Some(missing) => {
            let why = format!(
                "the column {missing} is missing; of {} the columns {} must be there",
                known.join(", "),
                required.join(", ")
            );
            Err(line_error(path, line, why))
        }
    }
}

impl<'a> Fields<'a> {
    /// The line of the file.
    pub fn line(&self) -> u64 {
        self.record.line
    }

    /// Does the file have this column at all?
    pub fn has(&self, name: &str) -> bool {
        self.table.columns.iter().any(|column| column == name)
    }

    /// The field's text; none where it is empty or the column is not there.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        let at = self.table.columns.iter().position(|column| column == name)?;
        self.record
            .values
            .get(at)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }

    /// Several values, separated by "|".
    pub fn list(&self, name: &str) -> Vec<&'a str> {
        let values = self.text(name).unwrap_or_default().split('|');
        values.map(str::trim).filter(|value| !value.is_empty()).collect()
    }

    /// A mistake in this field.
    pub fn wrong(&self, name: &str, why: impl ToString) -> ImportError {
        ImportError::Field {
            path: self.table.path.clone(),
            line: self.record.line,
            field: name.to_owned(),
            why: self.unless_payment_card(name, why.to_string()),
        }
    }

    /// A field in which a payment card may stand is never repeated.
    fn unless_payment_card(&self, name: &str, why: String) -> String {
        let found = self.text(name).unwrap_or_default();
        match scan::hides_payment_card(found, &scan::Settings::default()) && why.contains('"') {
            true => PAYMENT_CARD.to_owned(),
            false => why,
        }
    }

    /// A field that must not be empty, read by a function whose error says what would be accepted.
    pub fn read<T, E: ToString>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, ImportError> {
        let text = self
            .text(name)
            .ok_or_else(|| self.wrong(name, "it is empty; a value must stand here"))?;
        read(text).map_err(|error| self.wrong(name, error.to_string()))
    }

    /// A field that may be empty.
    pub fn read_if_any<T, E: ToString>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, ImportError> {
        match self.text(name) {
            Some(_) => self.read(name, read).map(Some),
            None => Ok(None),
        }
    }
}
