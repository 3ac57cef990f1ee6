//! GS1 element strings, as scanners send them and as people type them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vafa::loyalty::scan::{self, Settings};

fuzz_target!(|text: &str| {
    let settings = Settings {
        check_associations: text.len().is_multiple_of(2),
        dl_zero_suppressed_gtin: text.len().is_multiple_of(3),
        ..Settings::default()
    };
    for before in ["]C1", "]e0", "("] {
        let raw = format!("{before}{text}");
        match scan::read(&raw, &settings) {
            Ok(read) => drop(format!("{read:?}")),
            Err(fault) => drop(fault.to_string()),
        }
    }
});
