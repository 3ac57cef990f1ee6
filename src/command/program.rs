//! `vafa program check` and `vafa program explain`: what is wrong with program files, and what they say in plain words.

use std::io::{self, Write};
use std::path::PathBuf;

use super::program_publish::{self, ProgramPublishArgs};
use super::programs::{BadFiles, read, read_set};
use super::{Place, with_status};
use crate::loyalty::amount::Currency;
use crate::loyalty::calendar::Zone;
use crate::loyalty::program::{PriceBasis, Terms, file};
use crate::server::ServerError;

/// What `vafa program` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct ProgramArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    /// Every mistake, with file, line and advice.
    Check {
        /// Program files, or folders of them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// One plain sentence a rule, as the cashier will see it.
    Explain {
        /// Program files, or folders of them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Sign and publish a folder to this server's terminals, with a version.
    Publish(ProgramPublishArgs),
}

/// Checks, explains or publishes.
pub fn run(args: &ProgramArgs, place: &Place) -> anyhow::Result<u8> {
    match &args.what {
        What::Check { paths } => Ok(check(paths)),
        What::Explain { paths } => Ok(explain(paths)),
        What::Publish(args) => with_status(
            program_publish::run(args, &place.data(), &place.config()?),
            ServerError::status,
        ),
    }
}

/// Files are read as for a shop that states nothing else: only its decimals matter here.
fn terms() -> Terms {
    Terms {
        currency: Currency::of("EUR").expect("EUR is in ISO 4217"),
        zone: Zone::utc(),
        price_basis: PriceBasis::TaxInclusive,
    }
}

/// Every mistake with file, line and advice. Status 0 where there is none, 2 otherwise.
fn check(paths: &[PathBuf]) -> u8 {
    match read_set(paths, &terms()) {
        Ok(set) => print(&format!("{} programs, no mistake\n", set.programs.len())),
        Err(wrong) => refuse(wrong),
    }
}

/// One plain sentence a rule.
fn explain(paths: &[PathBuf]) -> u8 {
    let terms = terms();
    match read(paths, &terms) {
        Ok(programs) => {
            let mut text = String::new();
            for program in &programs {
                text += &format!("{} ({})\n", program.name, program.id);
                for sentence in file::explain(program, &terms) {
                    text += &format!("  {sentence}\n");
                }
            }
            print(&text)
        }
        Err(wrong) => refuse(wrong),
    }
}

fn print(text: &str) -> u8 {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => 0,
        Err(_) => 1,
    }
}

fn refuse(BadFiles(wrong): BadFiles) -> u8 {
    for line in wrong {
        eprintln!("{line}");
    }
    2
}
