//! Stories of `vafa simulate`: JSON to steps, and the steps run without programs.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vafa::loyalty::program::ProgramSet;

fuzz_target!(|text: &str| {
    match vafa::story::read("s.json", text) {
        Ok(story) => {
            if let Ok(programs) = ProgramSet::of(story.terms.clone(), Vec::new()) {
                let _ = story.run(&programs);
            }
        }
        Err(bad) => drop(bad.to_string()),
    }
});
