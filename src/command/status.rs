//! `vafa status`: how this terminal is. Reads beside a till that is running.

use serde_json::{Value, json};

use super::Place;
use crate::loyalty::calendar::{Moment, Zone};
use crate::store::{Cache, Journal, StoreError};

/// What `vafa status` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct StatusArgs {
    /// Answer in JSON.
    #[arg(long)]
    pub json: bool,
}

/// A terminal counts as online for so long after a signed answer.
const ONLINE_MS: i64 = 60_000;

/// Shows the state.
pub fn run(args: &StatusArgs, place: &Place) -> anyhow::Result<u8> {
    let status = status(place)?;
    if args.json {
        say!("{status}");
        return Ok(0);
    }
    for (key, value) in status.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        say!("{:<14} {text}", key.replace('_', " "));
    }
    Ok(0)
}

pub(super) fn status(place: &Place) -> Result<Value, StoreError> {
    let data = place.data();
    let journal = Journal::beside(&data)?;
    let identity = journal
        .identity()?
        .ok_or(StoreError::NotEnrolled { folder: data.clone() })?;
    let waiting = journal.waiting()?;
    let cache = Cache::beside(&data).ok();
    let mark = cache
        .as_ref()
        .and_then(|cache| cache.mark().ok())
        .unwrap_or_default();
    let (cards, goods) = cache
        .as_ref()
        .and_then(|cache| cache.counts().ok())
        .unwrap_or_default();
    let now = Moment::from_millis(jiff::Timestamp::now().as_millisecond());
    let age_ms = mark.last_sync.map(|at| now.millis() - at.millis());
    let text = |at: Option<Moment>| at.map(|at| at.text(&Zone::utc()));
    Ok(json!({
        "terminal": identity.post.terminal.as_str(),
        "site": identity.post.site.as_str(),
        "server": identity.url,
        "online": age_ms.is_some_and(|age| (0..ONLINE_MS).contains(&age)),
        "last_sync": text(mark.last_sync),
        "queue_depth": waiting.entries,
        "oldest_waiting": text(waiting.oldest),
        "cache_age_s": age_ms.map(|age| age / 1000),
        "cards": cards,
        "goods": goods,
        "versions": {
            "vafa": env!("CARGO_PKG_VERSION"),
            "sqlite": crate::sqlite::version(),
            "programs": journal.bundles()?.first().map_or(0, |bundle| bundle.version),
            "data": mark.cursor,
        },
        "entries": journal.head()?.seq,
        "exposure": {"leases": "0", "floor": "0"},
    }))
}
