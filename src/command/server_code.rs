//! `vafa server code`: a one-time code that makes a machine a terminal.

use std::path::Path;

use crate::config::Config;
use crate::loyalty::id::SiteId;
use crate::server::{HeadOffice, ServerError};

/// A one-time enrolment code, good for 15 minutes, printed alone on a line.
#[derive(clap::Args, Debug)]
pub struct ServerCodeArgs {
    /// The site where the terminal will stand; an unknown one is created.
    #[arg(long, value_parser = SiteId::parse)]
    pub site: SiteId,
}

/// Prints a new code.
pub fn run(args: &ServerCodeArgs, data: &Path, config: &Config) -> Result<u8, ServerError> {
    let code = HeadOffice::open(data, config)?.make_code(&args.site)?;
    say!("{code}");
    Ok(0)
}
