//! Files of `vafa import`: sites, products, members and balances, as CSV or lines of JSON. The first byte chooses.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use vafa::config::Config;
use vafa::server::import::{Kind, read};

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a temporary folder")
});

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else { return };
    let names = ["sites", "products", "members", "balances"];
    let kind = Kind::of(names[usize::from(*kind) % names.len()]).expect("a kind of file");
    let file = FOLDER.path().join("file.csv");
    std::fs::write(&file, bytes).expect("a file in the temporary folder");
    match read(kind, &file, "Europe/Berlin", &Config::default().scan) {
        Ok(_) => {}
        Err(wrong) => drop(wrong.to_string()),
    }
});
