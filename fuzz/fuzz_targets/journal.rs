//! Entries of the journal, as they come from a file or a terminal; what was opened is sealed and opened again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vafa::loyalty::journal::Sealed;

fuzz_target!(|data: &[u8]| {
    let sealed = Sealed::from_bytes(data.to_vec());
    let Ok(entry) = sealed.open() else { return };
    if let Ok(body) = entry.body() {
        let _ = (body.kind(), body.changes().len(), body.to_bytes());
    }
    let again = Sealed::seal(&entry).open().expect("what was sealed opens");
    assert_eq!(entry, again);
});
