//! Program files: TOML to a program, or its mistakes; what was understood can be explained and put together.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vafa::loyalty::program::{Terms, file};

fuzz_target!(|text: &str| {
    let terms = Terms::of("EUR", "Europe/Berlin", "tax_inclusive").expect("terms that are known");
    match file::read("p.toml", text, &terms) {
        Ok(program) => {
            let _ = file::explain(&program, &terms);
            let _ = file::read_all(&[("p.toml".to_owned(), text.to_owned())], terms);
        }
        Err(mistakes) => {
            assert!(!mistakes.is_empty());
            for mistake in mistakes {
                let _ = mistake.to_string();
            }
        }
    }
});
