//! `vafa enrol URL CODE`: make this machine a terminal of that server.

use super::Place;
use crate::counter::Counter;
use crate::sync;

/// What `vafa enrol` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct EnrolArgs {
    /// The server's address: https://…, or http:// for this machine itself.
    pub url: String,
    /// The one-time code that "vafa server code" printed.
    pub code: String,
}

/// Enrols, and takes goods, members and programs at once where the line allows it.
pub fn run(args: &EnrolArgs, place: &Place) -> anyhow::Result<u8> {
    let (data, config) = (place.data(), place.config()?);
    let terminal = sync::enrol(&args.url, &args.code, &data)?;
    eprintln!(
        "this machine is terminal {terminal} now; its folder is {}",
        data.display()
    );
    let every = std::time::Duration::from_secs(config.terminal.sync_every_s);
    let mut counter = Counter::open(&data, &config)?.with_sync(every)?;
    match counter.sync_once(|_| {}) {
        Ok(()) => {
            let health = counter.health();
            eprintln!("{} goods and {} cards have arrived", health.goods, health.cards);
        }
        Err(error) => eprintln!("goods and members come with the next sync ({error})"),
    }
    say!("{terminal}");
    Ok(0)
}
