//! The door: arguments, config, one command, and the one place where a final error is printed.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use vafa::command::{import, program_publish, report, serve, server_code};
use vafa::config::Config;

#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// The folder of this server.
    #[arg(long, global = true, default_value = "vafa-data")]
    data: PathBuf,
    /// The settings; without it config.toml in the data folder.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::ServeArgs),
    #[command(subcommand)]
    Server(ServerCommand),
    Import(import::ImportArgs),
    #[command(subcommand)]
    Program(ProgramCommand),
    Report(report::ReportArgs),
}

/// What the office does beside the server.
#[derive(Subcommand)]
enum ServerCommand {
    Code(server_code::ServerCodeArgs),
}

/// Loyalty programs.
#[derive(Subcommand)]
enum ProgramCommand {
    Publish(program_publish::ProgramPublishArgs),
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        // Whoever read the log may be gone: that must not end a request.
        .log_internal_errors(false)
        .with_env_filter(tracing_subscriber::EnvFilter::new("warn"))
        .init();
    let arguments = Arguments::parse();
    let (data, named) = (&arguments.data, arguments.config.as_deref());
    let config = match Config::load(named, data) {
        Ok(config) => config,
        Err(error) => return fail(&error, 2),
    };
    let done = match &arguments.command {
        Command::Import(args) => {
            return match import::run(args, data, &config) {
                Ok(status) => ExitCode::from(status),
                Err(error) => fail(&error, error.status()),
            };
        }
        Command::Serve(args) => serve::run(args, data, &config),
        Command::Server(ServerCommand::Code(args)) => server_code::run(args, data, &config),
        Command::Program(ProgramCommand::Publish(args)) => program_publish::run(args, data, &config),
        Command::Report(args) => report::run(args, data, &config),
    };
    match done {
        Ok(status) => ExitCode::from(status),
        Err(error) => fail(&error, error.status()),
    }
}

fn fail(error: &dyn std::error::Error, status: u8) -> ExitCode {
    eprintln!("{error}");
    ExitCode::from(status)
}
