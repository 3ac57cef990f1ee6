//! The door: arguments, configuration, one command, and the one place where a final error is printed.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use vafa::command::{self, BadInput, Place, with_status};
use vafa::loyalty::scan::{Settings, hides_payment_card};
use vafa::server::ServerError;
use vafa::server::import::ImportError;

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
    /// In which language rules say why: en, hi, or one of --languages; without it, that of the configuration.
    #[arg(long, global = true, value_name = "CODE", env = "VAFA_LANG")]
    lang: Option<String>,
    /// A folder of further languages, each as CODE/core.ftl.
    #[arg(long, global = true, value_name = "DIR", env = "VAFA_LANGUAGES")]
    languages: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A shop to try, in one command: server, goods, members, programs and a till.
    Demo(command::demo::DemoArgs),
    /// The cashier's screen.
    Till(command::till::TillArgs),
    /// The central server.
    Serve(command::serve::ServeArgs),
    /// What the office does beside the server.
    #[command(subcommand)]
    Server(ServerCommand),
    /// Read sites, products, members or balances into the server's books.
    Import(command::import::ImportArgs),
    /// Reports on the server.
    Report(command::report::ReportArgs),
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
    /// Passes that prove themselves: give them out, withdraw them, their keys.
    Pass(command::pass::PassArgs),
    /// What a scan means.
    Scan(command::scan::ScanArgs),
    /// The journal of this terminal: verify it, export it.
    Journal(command::journal::JournalArgs),
    /// How this terminal is.
    Status(command::status::StatusArgs),
    /// What is wrong with this terminal, and what to do about it.
    Doctor(command::doctor::DoctorArgs),
}

#[derive(Subcommand)]
enum ServerCommand {
    /// A one-time enrolment code, printed alone on a line; an unknown site is created.
    Code(command::server_code::ServerCodeArgs),
}

fn main() -> ExitCode {
    keep_out_of_core_files();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        // Whoever read the log may be gone: that must not end a request.
        .log_internal_errors(false)
        .with_max_level(tracing::Level::WARN)
        .init();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    let place = Place {
        data: cli.data,
        config: cli.config,
    };
    let spoken = match &cli.lang {
        Some(code) => command::speak(code, cli.languages.as_deref().unwrap_or_default()),
        None => Ok(()),
    };
    match spoken.and_then(|()| run(&cli.command, &place)) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("vafa: {}", without_card(format!("{error:#}")));
            ExitCode::from(if error.is::<BadInput>() { 2 } else { 1 })
        }
    }
}

/// Help and version are answers. Anything else is one line, as scripts expect.
fn refuse(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return match error.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        eprintln!("vafa: a command is missing (see vafa --help)");
        return ExitCode::from(2);
    }
    let text = error.to_string();
    let message = text.lines().take_while(|line| !line.trim().is_empty());
    let message: Vec<&str> = message.map(str::trim).collect();
    let message = message.join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    eprintln!("vafa: {} (see vafa --help)", without_card(message.to_owned()));
    ExitCode::from(2)
}

/// A message names what was typed. A payment card's number that was typed in the wrong place is no exception to the rule
/// that none is shown.
fn without_card(message: String) -> String {
    match hides_payment_card(&message, &Settings::default()) {
        true => message.replace(|letter: char| letter.is_ascii_digit(), "*"),
        false => message,
    }
}

/// Neither a crash nor a debugger of the same user leaves our memory in a file: it may hold a scan that is being refused.
/// Where the system does not know how, vafa runs all the same.
fn keep_out_of_core_files() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let _ = setrlimit(Resource::Core, none);
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

fn run(command: &Command, place: &Place) -> anyhow::Result<u8> {
    let here = || -> anyhow::Result<_> { Ok((place.data(), place.config()?)) };
    match command {
        Command::Serve(args) => {
            let (data, config) = here()?;
            with_status(command::serve::run(args, &data, &config), ServerError::status)
        }
        Command::Server(ServerCommand::Code(args)) => {
            let (data, config) = here()?;
            with_status(
                command::server_code::run(args, &data, &config),
                ServerError::status,
            )
        }
        Command::Import(args) => {
            let (data, config) = here()?;
            with_status(command::import::run(args, &data, &config), ImportError::status)
        }
        Command::Report(args) => {
            let (data, config) = here()?;
            with_status(command::report::run(args, &data, &config), ServerError::status)
        }
        Command::Demo(args) => command::demo::run(args, place),
        Command::Till(args) => command::till::run(args, place),
        Command::Enrol(args) => command::enrol::run(args, place),
        Command::Sync(args) => command::sync::run(args, place),
        Command::Replay(args) => command::replay::run(args, place),
        Command::Simulate(args) => Ok(command::simulate::run(args)),
        Command::Program(args) => command::program::run(args, place),
        Command::Pass(args) => command::pass::run(args, place),
        Command::Scan(args) => command::scan::run(args, place),
        Command::Journal(args) => command::journal::run(args, place),
        Command::Status(args) => command::status::run(args, place),
        Command::Doctor(args) => command::doctor::run(args, place),
    }
}
