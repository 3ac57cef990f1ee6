//! Program files and folders named on the command line -> programs.

use std::fs;
use std::path::{Path, PathBuf};

use crate::loyalty::program::{Program, ProgramSet, Terms, file};

/// Everything that is wrong with the files named, a line each.
pub struct BadFiles(pub Vec<String>);

/// The programs of these files and folders, each with the name of its file. A folder means its own *.toml, not those below it.
pub fn read(paths: &[PathBuf], terms: &Terms) -> Result<Vec<(String, Program)>, BadFiles> {
    let (texts, mut wrong) = texts(paths);
    let mut programs = Vec::new();
    for (name, text) in texts {
        match file::read(&name, &text, terms) {
            Ok(program) => programs.push((name, program)),
            Err(mistakes) => wrong.extend(mistakes.iter().map(ToString::to_string)),
        }
    }
    if wrong.is_empty() {
        Ok(programs)
    } else {
        Err(BadFiles(wrong))
    }
}

/// The files named, and those of the folders named, as text; a sentence for each that cannot be read.
pub fn texts(paths: &[PathBuf]) -> (Vec<(String, String)>, Vec<String>) {
    let (mut texts, mut wrong) = (Vec::new(), Vec::new());
    let files = files(paths).unwrap_or_else(|why| {
        wrong.push(why);
        Vec::new()
    });
    for path in files {
        let name = path.display().to_string();
        match fs::read_to_string(&path) {
            Ok(text) => texts.push((name, text)),
            Err(error) => wrong.push(format!(
                "{name}: cannot be read ({error}): name a program file or a folder of them"
            )),
        }
    }
    (texts, wrong)
}

/// The same, put together: files that contradict each other are refused.
pub fn read_set(paths: &[PathBuf], terms: &Terms) -> Result<ProgramSet, BadFiles> {
    let programs = read(paths, terms)?;
    ProgramSet::of_files(terms.clone(), programs).map_err(|error| BadFiles(vec![error.to_string()]))
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(folder(path)?);
        } else {
            files.push(path.clone());
        }
    }
    // A file that is named twice, itself and by its folder, is one file.
    let mut seen = Vec::new();
    files.retain(|file| {
        let real = fs::canonicalize(file).unwrap_or_else(|_| file.clone());
        let is_new = !seen.contains(&real);
        seen.push(real);
        is_new
    });
    Ok(files)
}

fn folder(path: &Path) -> Result<Vec<PathBuf>, String> {
    let wrong = |error| format!("{}: cannot be read ({error})", path.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(wrong)? {
        let file = entry.map_err(wrong)?.path();
        if file.extension().is_some_and(|ending| ending == "toml") && file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}
