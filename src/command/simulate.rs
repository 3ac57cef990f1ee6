//! `vafa simulate`: programs on a story, without a till or a server.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::programs::{BadFiles, read_set};
use crate::story;

/// What `simulate` is asked to do.
#[derive(Args, Clone, Debug)]
pub struct SimulateArgs {
    /// Program files, or folders of them; the last argument is the story.
    #[arg(long, num_args = 0.., value_name = "FILE-OR-FOLDER")]
    pub programs: Vec<PathBuf>,
    /// The story (JSON).
    #[arg(value_name = "STORY.json")]
    pub story: Option<PathBuf>,
    /// One JSON object a line; simulate always answers so.
    #[arg(long)]
    pub json: bool,
}

/// Runs the story and prints its answers. Answers the exit status.
pub fn run(arguments: &SimulateArgs) -> u8 {
    match answers(arguments) {
        Ok(lines) => match io::stdout().lock().write_all(lines.as_bytes()) {
            Ok(()) => 0,
            Err(_) => 1,
        },
        Err(BadFiles(wrong)) => {
            // One line, as scripts expect; check lists the others.
            let more = wrong.len().saturating_sub(1);
            let rest = if more > 0 {
                format!(" (and {more} more: see \"vafa program check\")")
            } else {
                String::new()
            };
            eprintln!(
                "{}{rest}",
                wrong.first().map_or("nothing can be read", String::as_str)
            );
            2
        }
    }
}

fn answers(arguments: &SimulateArgs) -> Result<String, BadFiles> {
    let one = |why: String| BadFiles(vec![why]);
    let mut programs = arguments.programs.clone();
    // --programs takes all that follows it, and the story stands last.
    let Some(path) = arguments.story.clone().or_else(|| programs.pop()) else {
        return Err(one(
            "simulate: no story was named: vafa simulate --programs FILE-OR-FOLDER... STORY.json".to_owned(),
        ));
    };
    let name = path.display().to_string();
    let text = fs::read_to_string(&path).map_err(|error| {
        one(format!(
            "{name}: cannot be read ({error}): name a story file (JSON)"
        ))
    })?;
    let story = story::read(&name, &text).map_err(|error| one(error.to_string()))?;
    let programs = read_set(&programs, &story.terms)?;
    let answers = story.run(&programs);
    Ok(answers.iter().map(|answer| format!("{answer}\n")).collect())
}
