//! Scanners and cameras: what they send becomes scans here, and nothing else does. `wedge` tells a scanner that types like a keyboard
//! from fingers, `serial` and `hid` listen to scanners of their own, `frame` cuts their characters into scans, `layout` and
//! `probe` find out how a scanner is set up, `picture` finds codes in a PNG or JPEG. What a scan means is for `loyalty`; what it does, for the screens.

pub mod content;
pub mod country;
pub mod frame;
#[cfg(target_os = "linux")]
pub mod hid;
pub mod hid_keys;
pub mod layout;
pub mod listen;
pub mod picture;
pub mod probe;
pub mod serial;
pub mod wedge;

use std::fmt;

pub use country::Country;

use crate::loyalty::scan;

/// No code is longer, in bytes; the rest of a jammed scanner is dropped.
pub const LONGEST: usize = 4096;

/// How scanners are set up here. Times are milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What stands before each scan of a scanner that types; empty for nothing.
    pub prefix: String,
    /// What ends a scan.
    pub suffix: Suffix,
    /// Keys of one scan follow each other at most so far apart. Only a hint: content decides.
    pub key_gap_ms: u64,
    /// Shorter bursts are fingers.
    pub least_length: usize,
    /// After so long a silence nothing more of a scan will come.
    pub idle_flush_ms: u64,
    /// The function key (F1 is 1) that the scanner presses where GS belongs, if it does.
    pub gs_key: Option<u8>,
    /// The country of the keyboard that a grabbed scanner believes to be.
    pub country: Country,
    /// What a scan means here: content can prove that something is a code.
    pub scan: scan::Settings,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            prefix: String::new(),
            suffix: Suffix::Any,
            key_gap_ms: 50,
            least_length: 6,
            idle_flush_ms: 100,
            gs_key: None,
            country: Country::Us,
            scan: scan::Settings::default(),
        }
    }
}

/// What ends a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Suffix {
    /// CR, LF, both, or TAB.
    #[default]
    Any,
    /// CR.
    Cr,
    /// LF.
    Lf,
    /// CR LF; the CR ends it, the LF is nothing.
    CrLf,
    /// TAB.
    Tab,
    /// Nothing: the silence after it.
    None,
}

/// A key or byte that may end a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// CR, the key Enter.
    Cr,
    /// LF.
    Lf,
    /// TAB.
    Tab,
}

impl Suffix {
    /// Does this end a scan?
    pub fn is(self, end: End) -> bool {
        match self {
            Suffix::Any => true,
            Suffix::Cr | Suffix::CrLf => end == End::Cr,
            Suffix::Lf => end == End::Lf,
            Suffix::Tab => end == End::Tab,
            Suffix::None => false,
        }
    }
}

impl End {
    /// The control character.
    pub fn char(self) -> char {
        match self {
            End::Cr => '\r',
            End::Lf => '\n',
            End::Tab => '\t',
        }
    }
}

/// Where a text came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Fingers.
    Typed,
    /// A scanner that types like a keyboard.
    Keyboard,
    /// A scanner on a serial port.
    Serial,
    /// A scanner whose keys reach nobody else.
    Hid,
}

impl Source {
    /// It came from a scanner, not from fingers.
    pub fn is_scanner(self) -> bool {
        self != Source::Typed
    }
}

/// Something a scanner sent that is no scan. Never names a character of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It stopped in the middle.
    Half,
    /// Keys of commands stood in it.
    Damaged,
    /// It never ended.
    TooLong,
    /// Its bytes are not UTF-8.
    NotText,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Trouble::Half => "A code came without its end: scan it again (Enter takes it as it is)",
            Trouble::Damaged => "Codes and keys came mixed, nothing was taken: scan again, or press again",
            Trouble::TooLong => {
                "The scanner sends without an end, nothing was taken: unplug it, plug it in again"
            }
            Trouble::NotText => "The scanner sent bytes that are no text: scan again; check its baud rate",
        })
    }
}

/// Without what frames a scan: the configured prefix, but not where it begins an AIM identifier, and STX.
fn without_prefix<'a>(text: &'a str, prefix: &str) -> &'a str {
    let text = match text.strip_prefix(prefix) {
        Some(rest) if !prefix.starts_with(']') => rest,
        _ => text,
    };
    text.trim_start_matches('\u{2}').trim_end_matches('\u{3}')
}
