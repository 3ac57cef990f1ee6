//! The central server: what terminals ask over the wire, and the books behind it. `gate` lets in what is signed and
//! signs what goes out, `handlers` answers route by route, `head_office` is what the commands on the server's own
//! machine use beside it, `database` keeps the books.

mod calendar;
pub mod database;
mod door;
mod error;
mod gate;
mod handlers;
mod head_office;
pub mod import;
mod keys;
mod snapshot;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::Router;
use axum::routing::{get, post};
use ed25519_dalek::SigningKey;

use self::database::{Database, Identity};
pub use self::door::{Running, serve, serve_embedded};
pub use self::error::ServerError;
pub use self::head_office::{HeadOffice, PassFor, PassIssued, PassWanted, Published, Settlement};
use self::keys::Incarnation;
use crate::config::Config;
use crate::loyalty::calendar::Moment;
use crate::loyalty::terminal::Epoch;
use crate::wire::path;

/// How far the clock of this process is moved, in seconds. A program made for tests hears it from the environment, so that a
/// test can let a month pass; one made to be installed hears of nothing.
static MOVED_S: LazyLock<i64> = LazyLock::new(|| {
    let moved = std::env::var("VAFA_TEST_CLOCK_S").ok();
    let moved = moved.filter(|_| cfg!(debug_assertions));
    moved.and_then(|moved| moved.parse().ok()).unwrap_or(0)
});

/// What the clock on the server's wall says.
pub fn now() -> Moment {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let millis = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    Moment::from_millis(millis.saturating_add(MOVED_S.saturating_mul(1000)))
}

/// Everything a request may need. SQLite is asked on blocking threads only: one connection writes, another reads.
struct Server {
    data: PathBuf,
    config: Config,
    key: SigningKey,
    identity: Identity,
    incarnation: Mutex<Incarnation>,
    writer: Mutex<Box<dyn Database>>,
    reader: Mutex<Box<dyn Database>>,
    nonces: Mutex<gate::Nonces>,
    snapshots: Mutex<()>,
    _only_one: File,
}

/// What was behind a lock when a thread panicked is a transaction that was rolled back: it can be used again.
fn hold<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    fn start(data: &Path, config: &Config) -> Result<Arc<Server>, ServerError> {
        let office = HeadOffice::open(data, config)?;
        let only_one = lock_for_serving(data)?;
        let reader = head_office::open_database(data, config)?;
        let (key, identity, mut writer) = office.into_parts();
        let incarnation = begin(data, writer.as_mut())?;
        Ok(Arc::new(Server {
            data: data.to_owned(),
            config: config.clone(),
            key,
            identity,
            incarnation: Mutex::new(incarnation),
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            nonces: Mutex::default(),
            snapshots: Mutex::new(()),
            _only_one: only_one,
        }))
    }

    fn epoch(&self) -> Epoch {
        hold(&self.incarnation).epoch
    }

    /// A terminal proved that the books were put back from a backup: every cursor of the old incarnation is void.
    fn begin_anew(&self, known: Epoch) -> Result<(), ServerError> {
        let mut incarnation = hold(&self.incarnation);
        if incarnation.epoch == known {
            incarnation.epoch = Epoch(keys::random()?);
            keys::write_incarnation(&self.data, &incarnation)?;
            tracing::warn!("the books were put back from a backup: a new incarnation begins");
        }
        Ok(())
    }
}

fn lock_for_serving(data: &Path) -> Result<File, ServerError> {
    let path = data.join("serving.lock");
    let file = File::create(&path).map_err(|error| ServerError::file(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(ServerError::Running {
            data: data.to_owned(),
        }),
        Err(std::fs::TryLockError::Error(error)) => Err(ServerError::file(&path, &error)),
    }
}

/// Counts this start in the books and beside them. Books that know of fewer starts than the file were put back from a
/// backup: a new incarnation begins, so that no terminal trusts a cursor into the lost part.
fn begin(data: &Path, books: &mut dyn Database) -> Result<Incarnation, ServerError> {
    let kept = keys::read_incarnation(data)?;
    let in_books = books.starts()?;
    let same = kept.filter(|kept| kept.starts <= in_books);
    let epoch = match same {
        Some(kept) => kept.epoch,
        None => Epoch(keys::random()?),
    };
    let starts = books.count_start(kept.map_or(0, |kept| kept.starts))?;
    let incarnation = Incarnation { epoch, starts };
    keys::write_incarnation(data, &incarnation)?;
    Ok(incarnation)
}

fn routes(server: &Arc<Server>) -> Router {
    Router::new()
        .route("/health", get(handlers::health))
        .route(path::ENROL, post(handlers::enrol))
        .route(path::HELLO, post(handlers::hello))
        .route(path::PUSH, post(handlers::push))
        .route(path::SHARES, post(handlers::shares))
        .route(path::FEED, get(handlers::feed))
        .route(path::SNAPSHOT, get(handlers::snapshot))
        .route("/v1/snapshot/part/{hash}", get(handlers::snapshot_part))
        .fallback(handlers::not_found)
        .method_not_allowed_fallback(handlers::not_found)
        .layer(axum::middleware::from_fn_with_state(server.clone(), gate::gate))
        .with_state(server.clone())
}
