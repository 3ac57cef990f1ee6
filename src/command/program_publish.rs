//! `vafa program publish`: programs go to all terminals of this server.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::server::{HeadOffice, ServerError};

/// Checks, signs and publishes the program files of a folder to this server's terminals.
#[derive(clap::Args, Clone, Debug)]
pub struct ProgramPublishArgs {
    /// The folder; its own *.toml files are meant, not its subfolders. An empty one withdraws all programs.
    pub folder: PathBuf,
}

/// Publishes what the folder holds.
pub fn run(args: &ProgramPublishArgs, data: &Path, config: &Config) -> Result<u8, ServerError> {
    let files = read_folder(&args.folder)?;
    let done = HeadOffice::open(data, config)?.publish(&files)?;
    if done.new {
        say!(
            "version {} is published: {} program files",
            done.version,
            done.files
        );
    } else {
        say!(
            "nothing has changed: version {} is published already",
            done.version
        );
    }
    Ok(0)
}

fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, ServerError> {
    let fail = |path: &Path, error: &std::io::Error| ServerError::Input {
        path: path.to_owned(),
        why: error.to_string(),
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| fail(folder, &error))? {
        let path = entry.map_err(|error| fail(folder, &error))?.path();
        if !path.is_file() || path.extension().is_none_or(|kind| kind != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|error| fail(&path, &error))?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        files.push((name, text));
    }
    files.sort();
    Ok(files)
}
