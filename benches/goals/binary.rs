//! The size of the program as it is installed: stripped, till and server in one, TLS in.

use crate::measure::tell;

const TARGET_MB: f64 = 12.0;

#[expect(clippy::cast_precision_loss, reason = "a file's size in MB needs no 53 bits")]
pub fn run() -> anyhow::Result<()> {
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_vafa"))?.len() as f64 / 1e6;
    tell(
        "binary",
        &format!("{size:.1}MB"),
        "n/a",
        "n/a",
        &format!("{TARGET_MB:.1}MB"),
        size <= TARGET_MB,
    );
    Ok(())
}
