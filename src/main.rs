//! The door: arguments, configuration, one command, and the one place where a final error is printed.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use vafa::command::{self, BadInput, Place};

/// Loyalty at the till, online or not.
#[derive(Parser)]
#[command(name = "vafa", version, about, max_term_width = 100)]
struct Cli {
    /// The folder of this terminal, or of the server; made when missing.
    #[arg(long, global = true, value_name = "DIR", env = "VAFA_DATA")]
    data: Option<PathBuf>,
    /// The configuration; without it, config.toml in the data folder if it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A shop to try, in one command: server, goods, members, programs and a till.
    Demo(command::demo::DemoArgs),
    /// The cashier's screen.
    Till(command::till::TillArgs),
    /// Make this machine a terminal of a server.
    Enrol(command::enrol::EnrolArgs),
    /// Push and pull until neither side has anything left.
    Sync(command::sync::SyncArgs),
    /// Ring up recorded sales through the till's own path.
    Replay(command::replay::ReplayArgs),
    /// Try programs on a story, without a till or a server.
    Simulate(command::simulate::SimulateArgs),
    /// Program files: check, explain, publish.
    Program(command::program::ProgramArgs),
    /// What a scan means.
    Scan(command::scan::ScanArgs),
    /// The journal of this terminal: verify it, export it.
    Journal(command::journal::JournalArgs),
    /// How this terminal is.
    Status(command::status::StatusArgs),
    /// What is wrong with this terminal, and what to do about it.
    Doctor(command::doctor::DoctorArgs),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let place = Place {
        data: cli.data,
        config: cli.config,
    };
    let done = match &cli.command {
        Command::Demo(args) => command::demo::run(args, &place),
        Command::Till(args) => command::till::run(args, &place),
        Command::Enrol(args) => command::enrol::run(args, &place),
        Command::Sync(args) => command::sync::run(args, &place),
        Command::Replay(args) => command::replay::run(args, &place),
        Command::Simulate(args) => Ok(command::simulate::run(args)),
        Command::Program(args) => Ok(command::program::run(args)),
        Command::Scan(args) => command::scan::run(args, &place),
        Command::Journal(args) => command::journal::run(args, &place),
        Command::Status(args) => command::status::run(args, &place),
        Command::Doctor(args) => command::doctor::run(args, &place),
    };
    match done {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("vafa: {error:#}");
            ExitCode::from(if error.is::<BadInput>() { 2 } else { 1 })
        }
    }
}
