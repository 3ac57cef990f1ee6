//! One thin file for each command; what it does lives below.

/// Says a line on standard output. Whoever reads may have gone (a closed pipe): then there is nobody left to tell.
macro_rules! say {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($line)*);
    }};
}

pub mod demo;
pub mod doctor;
pub mod enrol;
pub mod import;
pub mod journal;
pub mod pass;
pub mod program;
pub mod program_publish;
pub mod program_schema;
pub mod program_try;
pub mod programs;
pub mod replay;
pub mod report;
pub mod scan;
pub mod serve;
pub mod server_code;
pub mod simulate;
pub mod status;
pub mod sync;
pub mod till;

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::words;

/// Bad input or usage: status 2. The sentence names the file, the line or field, what was found and what would be
/// accepted; nothing was written.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadInput(pub String);

impl BadInput {
    /// Any error as bad input.
    pub fn of(error: impl std::fmt::Display) -> anyhow::Error {
        BadInput(error.to_string()).into()
    }
}

/// The folder and configuration that the command line names.
#[derive(Clone, Debug)]
pub struct Place {
    /// `--data`, where it was given.
    pub data: Option<PathBuf>,
    /// `--config`, where it was given.
    pub config: Option<PathBuf>,
}

impl Place {
    /// The folder of this terminal, or of the server: `vafa-data` here where none is named.
    pub fn data(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| PathBuf::from("vafa-data"))
    }

    /// The configuration: the named file, the folder's own, or all defaults.
    pub fn config(&self) -> anyhow::Result<Config> {
        self.config_for(&self.data())
    }

    /// The configuration of a folder that is not the named one.
    pub fn config_for(&self, data: &Path) -> anyhow::Result<Config> {
        let config = Config::load(self.config.as_deref(), data).map_err(BadInput::of)?;
        // What the command line chose was chosen before, and stays.
        speak(&config.terminal.language, &config.terminal.languages)?;
        Ok(config)
    }
}

/// From now on reasons are said in this language; the first choice stays. `folder` holds further languages; it may be empty.
pub fn speak(language: &str, folder: &str) -> anyhow::Result<()> {
    let folder = Some(Path::new(folder)).filter(|folder| !folder.as_os_str().is_empty());
    words::speak(words::Language::read(language, folder).map_err(BadInput::of)?);
    Ok(())
}

/// An answer of a room that knows the exit status of its own errors.
pub fn with_status<E>(done: Result<u8, E>, status: impl Fn(&E) -> u8) -> anyhow::Result<u8>
where
    E: std::error::Error + Send + Sync + 'static,
{
    done.map_err(|error| {
        if status(&error) == 2 {
            BadInput::of(error)
        } else {
            error.into()
        }
    })
}
