//! `vafa program`: what is wrong with program files, what they say in plain words, which words there are.

use std::io::{self, Write};
use std::path::PathBuf;

use super::program_publish::{self, ProgramPublishArgs};
use super::program_schema;
use super::program_try::{self, ProgramTryArgs};
use super::programs::{BadFiles, read, texts};
use super::{BadInput, Place, with_status};
use crate::loyalty::program::{Terms, file};
use crate::server::ServerError;

/// What `vafa program` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct ProgramArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    /// Every mistake of all files together, with file, line and advice.
    ///
    /// Beside what no version could run it finds rules that can never act, purses, rewards, tiers and memberships that
    /// nothing leads to, and what two files say differently. Status 0: no mistake; 2: mistakes, a line each.
    Check {
        /// Program files, or folders of them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// The currency of amounts in them; without it, that of the configuration.
        #[arg(long, value_name = "CODE")]
        currency: Option<String>,
    },
    /// One plain sentence a rule, and one for each reward of the catalogue, as the cashier will see it.
    Explain {
        /// Program files, or folders of them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// The currency of amounts in them; without it, that of the configuration.
        #[arg(long, value_name = "CODE")]
        currency: Option<String>,
    },
    /// A JSON Schema of the program file, for editors that complete words and mark wrong ones.
    Schema {
        /// The schema is JSON in any case.
        #[arg(long)]
        json: bool,
    },
    /// What these programs would have given on recorded sales: by program the sales touched, members, discount, points
    /// and shares of the turnover.
    Try(ProgramTryArgs),
    /// Sign and publish a folder to this server's terminals, with a version.
    Publish(ProgramPublishArgs),
}

/// Checks, explains or publishes.
pub fn run(args: &ProgramArgs, place: &Place) -> anyhow::Result<u8> {
    match &args.what {
        What::Check { paths, currency } => Ok(check(paths, &terms(currency.as_deref(), place)?)),
        What::Explain { paths, currency } => Ok(explain(paths, &terms(currency.as_deref(), place)?)),
        What::Schema { .. } => Ok(print(&format!("{:#}\n", program_schema::schema()))),
        What::Try(args) => program_try::run(args, &terms(args.currency.as_deref(), place)?, place),
        What::Publish(args) => with_status(
            program_publish::run(args, &place.data(), &place.config()?),
            ServerError::status,
        ),
    }
}

/// Files are read as for this shop, or for one with another currency.
fn terms(currency: Option<&str>, place: &Place) -> anyhow::Result<Terms> {
    let shop = place.config()?.shop;
    let currency = currency.unwrap_or(&shop.currency);
    Terms::of(currency, &shop.timezone, &shop.price_basis).map_err(BadInput::of)
}

/// Every mistake with file, line and advice. Status 0 where there is none, 2 otherwise.
fn check(paths: &[PathBuf], terms: &Terms) -> u8 {
    let (files, mut wrong) = texts(paths);
    wrong.extend(file::check(&files, terms).iter().map(ToString::to_string));
    if !wrong.is_empty() {
        return refuse(BadFiles(wrong));
    }
    print(&match files.len() {
        1 => "1 program, no mistake\n".to_owned(),
        many => format!("{many} programs, no mistake\n"),
    })
}

/// One plain sentence a rule.
fn explain(paths: &[PathBuf], terms: &Terms) -> u8 {
    match read(paths, terms) {
        Ok(programs) => {
            let mut text = String::new();
            for (_, program) in &programs {
                text += &format!("{} ({})\n", program.name, program.id);
                let rules = file::explain(program, terms);
                for sentence in rules.into_iter().chain(file::explain_catalogue(program)) {
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
