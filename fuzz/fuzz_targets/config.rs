//! config.toml.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use vafa::config::Config;

fuzz_target!(|text: &str| {
    match Config::parse(Path::new("config.toml"), text) {
        Ok(config) => drop(config.scan.settings()),
        Err(wrong) => drop(wrong.to_string()),
    }
});
