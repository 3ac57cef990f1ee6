//! The door: arguments, one command, and its exit status.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use vafa::command::{program, simulate};

#[derive(Parser)]
#[command(name = "vafa", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Try programs on a story, without a till or a server
    Simulate(simulate::SimulateArgs),
    /// Program files: check, explain
    Program {
        #[command(subcommand)]
        command: ProgramCommand,
    },
}

#[derive(Subcommand)]
enum ProgramCommand {
    /// Every mistake with file, line and advice
    Check { paths: Vec<PathBuf> },
    /// One plain sentence a rule
    Explain { paths: Vec<PathBuf> },
}

fn main() -> ExitCode {
    let status = match Arguments::parse().command {
        Command::Simulate(arguments) => simulate::run(arguments),
        Command::Program { command } => match command {
            ProgramCommand::Check { paths } => program::check(&paths),
            ProgramCommand::Explain { paths } => program::explain(&paths),
        },
    };
    ExitCode::from(status)
}
