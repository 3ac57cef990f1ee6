//! The door, for the time being with the till's handle only.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use vafa::command::till::{self, TillArgs};
use vafa::config::Config;

#[derive(Parser)]
#[command(name = "vafa")]
struct Arguments {
    #[arg(long, default_value = "vafa-data", global = true)]
    data: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Till(TillArgs),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match Config::load(None, &arguments.data) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let Command::Till(args) = &arguments.command;
    match till::run(args, &arguments.data, &config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(error.status())
        }
    }
}
