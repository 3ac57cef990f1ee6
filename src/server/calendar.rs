//! What the calendar brings while nobody asks: on the first day of a month, a quarter or a year what is due is posted, in
//! parts, so that terminals need not wait for it.

use std::sync::Arc;
use std::time::Duration;

use super::head_office::zone_of;
use super::{Server, ServerError, hold, now};

/// So often the clock is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// So many holders are served in one transaction: a terminal that pushes meanwhile waits for no more of them.
const AT_ONCE: usize = 500;

/// Looks at the clock for as long as the server runs.
pub async fn turn(server: Arc<Server>) {
    loop {
        let server_too = server.clone();
        let done = tokio::task::spawn_blocking(move || part(&server_too)).await;
        match done {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::error!(%error, "what has fallen due cannot be posted"),
            Err(error) => tracing::error!(%error, "what has fallen due was not posted"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// One part of what is due; answers whether there is more.
fn part(server: &Server) -> Result<bool, ServerError> {
    let mut books = hold(&server.writer);
    let zone = zone_of(books.as_ref())?;
    Ok(books.fall_due(&zone, now(), AT_ONCE)?)
}
