//! `vafa serve`: the central server.

use std::path::Path;

use crate::config::Config;
use crate::server::{ServerError, serve};

/// The central server: takes in what terminals have sold and tells them what is new.
#[derive(clap::Args, Debug)]
pub struct ServeArgs {
    /// The address to listen on, such as 127.0.0.1:7373; port 0 takes a free one.
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
}

/// Serves until the process is asked to end.
pub fn run(args: &ServeArgs, data: &Path, config: &Config) -> Result<u8, ServerError> {
    serve(data, config, args.listen.as_deref(), |url| {
        eprintln!("listening on {url}")
    })?;
    Ok(0)
}
