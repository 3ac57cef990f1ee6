//! Pictures: files that begin like a PNG or JPEG, or like nothing.
#![no_main]

use std::io::Write;
use std::sync::Once;

use libfuzzer_sys::fuzz_target;
use vafa::device::picture;

static QUIET: Once = Once::new();

fuzz_target!(|data: &[u8]| {
    // A library that gives up inside is caught by our own code; whatever leaves our code still ends the run.
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    let mut file = tempfile::NamedTempFile::new_in("/dev/shm").expect("a file");
    file.write_all(data).expect("room");
    match picture::read(file.path()) {
        Ok(codes) => assert!(codes.iter().all(|code| code.starts_with(']'))),
        Err(error) => drop(error.to_string()),
    }
});
