//! `vafa demo`: a shop to try, one command.

use super::Place;

/// What `vafa demo` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct DemoArgs {
    /// A short scripted day without a terminal: its receipts on standard output, the balances compared at the end.
    #[arg(long)]
    pub headless: bool,
}

/// Not yet.
pub fn run(_args: &DemoArgs, _place: &Place) -> anyhow::Result<u8> {
    Err(anyhow::anyhow!("not yet"))
}
