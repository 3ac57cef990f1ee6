//! `[scanner]`: how the scanners of this machine send.

use serde::{Deserialize, Serialize};

/// How the scanners of this machine send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scanner {
    /// What a scanner that types sends before each scan; empty for nothing.
    pub prefix: String,
    /// What ends a scan.
    pub suffix: Suffix,
    /// The longest pause between two keys of one scan, in milliseconds.
    pub key_gap_ms: u64,
    /// How many characters a scan has at least.
    pub least_length: usize,
    /// After so many milliseconds of silence a scan is over.
    pub idle_flush_ms: u64,
    /// What the scanner sends where GS belongs: a character, or a function key F1 to F12; empty for GS itself.
    pub gs_substitute: String,
    /// Paths of serial scanners.
    pub serial: Vec<String>,
    /// Their speed.
    pub baud: u32,
    /// Paths of scanners that are keyboards for Linux, to be kept from everybody else.
    pub hid: Vec<String>,
    /// The keyboard's country to which those are set.
    pub hid_country: Country,
}

impl Default for Scanner {
    fn default() -> Scanner {
        Scanner {
            prefix: String::new(),
            suffix: Suffix::Any,
            key_gap_ms: 50,
            least_length: 6,
            idle_flush_ms: 100,
            gs_substitute: String::new(),
            serial: Vec::new(),
            baud: 9600,
            hid: Vec::new(),
            hid_country: Country::Us,
        }
    }
}

impl Scanner {
    /// The function key that stands for GS, if one does; F1 is 1.
    pub fn gs_key(&self) -> Option<u8> {
        let number = self.gs_substitute.strip_prefix(['F', 'f'])?.parse().ok()?;
        (1..=12).contains(&number).then_some(number)
    }

    /// The characters that stand for GS, if any do.
    pub fn gs_text(&self) -> Option<String> {
        let is_text = !self.gs_substitute.is_empty() && self.gs_key().is_none();
        is_text.then(|| self.gs_substitute.clone())
    }
}

/// What ends a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suffix {
    /// CR, LF, both, or TAB.
    Any,
    /// CR, the key Enter.
    Cr,
    /// LF.
    Lf,
    /// CR LF.
    Crlf,
    /// TAB.
    Tab,
    /// Nothing but the silence after it.
    None,
}

/// A keyboard's country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Country {
    /// United States.
    Us,
    /// United Kingdom.
    Uk,
    /// Germany.
    De,
    /// France.
    Fr,
    /// Belgium.
    Be,
    /// Spain.
    Es,
    /// Italy.
    It,
}
