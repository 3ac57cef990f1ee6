//! The central server: what terminals ask over the wire, and the books behind it. `gate` lets in what is signed and
//! signs what goes out, `handlers` answers route by route, `head_office` is what the commands on the server's own
//! machine use beside it, `database` keeps the books.

pub mod database;
mod gate;
mod handlers;
mod head_office;
pub mod import;
mod keys;
mod snapshot;

use std::fs::File;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::routing::{get, post};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use ed25519_dalek::SigningKey;

use self::database::{Database, DatabaseError, Identity};
pub use self::head_office::{HeadOffice, Published};
use self::keys::Incarnation;
use crate::config::Config;
use crate::loyalty::calendar::{CalendarError, Moment};
use crate::loyalty::terminal::Epoch;
use crate::wire::path;

/// The header of a request must be there after so many seconds.
const HEADER_S: u64 = 10;
/// Running requests may take so long to end when the server is stopped.
const FAREWELL_S: u64 = 10;

/// Why the server, or a command on its machine, did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The books.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A file of the server's folder.
    #[error("{} cannot be used ({why}): check the folder's owner, and whether its disk is full or read-only", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// Another kind of database.
    #[error(
        "[server] database = \"{found}\" cannot be used: this vafa keeps its books in server.db; leave the key empty"
    )]
    OtherDatabase {
        /// What was configured, without a password.
        found: String,
    },
    /// The signing key is not there, but terminals trust it.
    #[error("{} is missing, and terminals trust no other key: put it back from its copy", path.display())]
    KeyLost {
        /// Where it should be.
        path: PathBuf,
    },
    /// Not the signing key that terminals trust.
    #[error("{} holds another key than the one that made this shop, and terminals trust no other: put the right one back", path.display())]
    KeyOther {
        /// The file.
        path: PathBuf,
    },
    /// The key file holds no key.
    #[error("{} holds no key (64 hexadecimal digits): put it back from its copy", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers ({why})")]
    Chance {
        /// What it says.
        why: String,
    },
    /// A setting of the shop.
    #[error("[shop] {key}: {why}")]
    Setting {
        /// The key.
        key: &'static str,
        /// What was found and what would be accepted.
        why: String,
    },
    /// The currency cannot change under entries.
    #[error(
        "[shop] currency is {wanted} and the books are kept in {kept}: a shop with sales keeps its currency"
    )]
    CurrencyChanged {
        /// The books' currency.
        kept: String,
        /// The configured one.
        wanted: String,
    },
    /// Programs with mistakes.
    #[error("{}", findings.join("\n"))]
    Programs {
        /// A sentence for each mistake.
        findings: Vec<String>,
    },
    /// An address that is none, or is taken.
    #[error("cannot listen on {address} ({why}): name a free address such as 127.0.0.1:7373")]
    Address {
        /// What was asked for.
        address: String,
        /// What the system says.
        why: String,
    },
    /// Plain http beyond this machine.
    #[error(
        "{address} can be reached from other machines, and without a certificate anybody between could read along: set [server] tls_cert and tls_key, or listen on 127.0.0.1"
    )]
    PlainHttp {
        /// The address.
        address: SocketAddr,
    },
    /// The certificate cannot be used.
    #[error(
        "the certificate {cert} with the key {key} cannot be used ({why}): both are PEM files, set together"
    )]
    Certificate {
        /// `tls_cert`.
        cert: String,
        /// `tls_key`.
        key: String,
        /// What is wrong.
        why: String,
    },
    /// Two servers on one folder.
    #[error("another server runs on {}: stop it first", data.display())]
    Running {
        /// The folder.
        data: PathBuf,
    },
    /// What a command was given cannot be read.
    #[error("{} cannot be read ({why})", path.display())]
    Input {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// A report that there is not.
    #[error("there is no report \"{found}\"; there are: {known}")]
    Report {
        /// What was asked for.
        found: String,
        /// The names that there are.
        known: String,
    },
    /// The server ended by itself.
    #[error("the server stopped ({why})")]
    Stopped {
        /// What happened.
        why: String,
    },
}

impl ServerError {
    /// The exit status of a command that ends so: 2 for bad input or settings, 1 for the rest.
    pub fn status(&self) -> u8 {
        match self {
            ServerError::OtherDatabase { .. }
            | ServerError::Setting { .. }
            | ServerError::Programs { .. }
            | ServerError::Address { .. }
            | ServerError::PlainHttp { .. }
            | ServerError::Certificate { .. }
            | ServerError::Input { .. }
            | ServerError::Report { .. }
            | ServerError::Database(DatabaseError::Row { .. }) => 2,
            _ => 1,
        }
    }

    fn file(path: &Path, error: &std::io::Error) -> ServerError {
        ServerError::File {
            path: path.to_owned(),
            why: error.to_string(),
        }
    }

    fn zone(error: &CalendarError) -> ServerError {
        ServerError::Setting {
            key: "timezone",
            why: error.to_string(),
        }
    }
}

/// What the clock on the server's wall says.
pub fn now() -> Moment {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Moment::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
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
        .route(path::FEED, get(handlers::feed))
        .route(path::SNAPSHOT, get(handlers::snapshot))
        .route("/v1/snapshot/part/{hash}", get(handlers::snapshot_part))
        .fallback(handlers::not_found)
        .method_not_allowed_fallback(handlers::not_found)
        .layer(axum::middleware::from_fn_with_state(server.clone(), gate::gate))
        .with_state(server.clone())
}

/// A listener with what it needs to speak.
struct Door {
    listener: TcpListener,
    tls: Option<(String, String)>,
}

impl Door {
    fn open(config: &Config, listen: &str) -> Result<Door, ServerError> {
        let fail = |error: std::io::Error| ServerError::Address {
            address: listen.to_owned(),
            why: error.to_string(),
        };
        let settings = &config.server;
        let tls = match (settings.tls_cert.as_str(), settings.tls_key.as_str()) {
            ("", "") => None,
            (cert, key) => Some((cert.to_owned(), key.to_owned())),
        };
        let addresses: Vec<SocketAddr> = listen.to_socket_addrs().map_err(fail)?.collect();
        if tls.is_none()
            && let Some(address) = addresses.iter().find(|address| !address.ip().is_loopback())
        {
            return Err(ServerError::PlainHttp { address: *address });
        }
        let listener = TcpListener::bind(addresses.as_slice()).map_err(fail)?;
        Ok(Door { listener, tls })
    }

    fn url(&self) -> Result<(SocketAddr, String), ServerError> {
        let address = self.listener.local_addr().map_err(|error| ServerError::Stopped {
            why: error.to_string(),
        })?;
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        Ok((address, format!("{scheme}://{address}")))
    }

    async fn serve(self, server: Arc<Server>, handle: Handle<SocketAddr>) -> Result<(), ServerError> {
        let stopped = |error: std::io::Error| ServerError::Stopped {
            why: error.to_string(),
        };
        let service = routes(&server).into_make_service();
        let limits = |mut plain: axum_server::Server<SocketAddr>| {
            plain
                .http_builder()
                .http1()
                .header_read_timeout(Duration::from_secs(HEADER_S));
            plain
                .handle(handle)
                .first_request_timeout(Duration::from_secs(60))
        };
        let plain = limits(axum_server::from_tcp(self.listener).map_err(stopped)?);
        let Some((cert, key)) = self.tls else {
            return plain.serve(service).await.map_err(stopped);
        };
        // A second installation in the same process finds the first: that is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let settings =
            RustlsConfig::from_pem_file(&cert, &key)
                .await
                .map_err(|error| ServerError::Certificate {
                    cert,
                    key,
                    why: error.to_string(),
                })?;
        plain
            .acceptor(axum_server::tls_rustls::RustlsAcceptor::new(settings))
            .serve(service)
            .await
            .map_err(stopped)
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, ServerError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| ServerError::Stopped {
            why: error.to_string(),
        })
}

/// Serves until the process is asked to end (SIGTERM, Ctrl-C): running requests are finished, the books are closed.
/// `ready` hears the address once requests are taken.
pub fn serve(
    data: &Path,
    config: &Config,
    listen: Option<&str>,
    ready: impl FnOnce(&str),
) -> Result<(), ServerError> {
    let door = Door::open(config, listen.unwrap_or(&config.server.listen))?;
    let server = Server::start(data, config)?;
    let (_, url) = door.url()?;
    let handle = Handle::new();
    let served = runtime()?.block_on(async {
        let stop = handle.clone();
        tokio::spawn(async move {
            asked_to_end().await;
            stop.graceful_shutdown(Some(Duration::from_secs(FAREWELL_S)));
        });
        ready(&url);
        door.serve(server.clone(), handle).await
    });
    hold(&server.writer).checkpoint()?;
    served
}

async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// A server that runs in this process.
pub struct Running {
    addr: SocketAddr,
    url: String,
    handle: Handle<SocketAddr>,
    thread: Option<std::thread::JoinHandle<Result<(), ServerError>>>,
}

/// Starts a server in a thread of its own, for the demo and for tests. It listens where the configuration says; port 0
/// takes a free one.
pub fn serve_embedded(data: &Path, config: &Config) -> Result<Running, ServerError> {
    let door = Door::open(config, &config.server.listen)?;
    let server = Server::start(data, config)?;
    let (addr, url) = door.url()?;
    let handle = Handle::new();
    let inside = handle.clone();
    let thread = std::thread::spawn(move || {
        let runtime = runtime()?;
        let served = runtime.block_on(door.serve(server.clone(), inside));
        hold(&server.writer).checkpoint()?;
        served
    });
    Ok(Running {
        addr,
        url,
        handle,
        thread: Some(thread),
    })
}

impl Running {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What a terminal is enrolled at, such as "http://127.0.0.1:7373".
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends it: running requests are finished, the books are closed.
    pub fn stop(mut self) -> Result<(), ServerError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), ServerError> {
        let Some(thread) = self.thread.take() else {
            return Ok(());
        };
        self.handle
            .graceful_shutdown(Some(Duration::from_secs(FAREWELL_S)));
        thread.join().unwrap_or_else(|_| {
            Err(ServerError::Stopped {
                why: "its thread panicked".to_owned(),
            })
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::error!(%error, "the server did not end well");
        }
    }
}
