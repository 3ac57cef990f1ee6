//! Listening: plain http on this machine, TLS beyond it; starting, and ending without breaking a request off.

use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::{Server, ServerError, calendar, hold, routes};
use crate::config::Config;

/// The header of a request must be there after so many seconds.
const HEADER_S: u64 = 10;
/// The first request of a connection must be there after so many seconds.
const FIRST_S: u64 = 60;
/// Running requests may take so long to end when the server is stopped.
const FAREWELL_S: u64 = 10;

/// A listener with what it needs to speak.
struct Door {
    listener: TcpListener,
    tls: Option<RustlsConfig>,
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
            (cert, key) => Some(read_certificate(cert, key)?),
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
                .first_request_timeout(Duration::from_secs(FIRST_S))
        };
        let plain = limits(axum_server::from_tcp(self.listener).map_err(stopped)?);
        let Some(settings) = self.tls else {
            return plain.serve(service).await.map_err(stopped);
        };
        plain
            .acceptor(axum_server::tls_rustls::RustlsAcceptor::new(settings))
            .serve(service)
            .await
            .map_err(stopped)
    }
}

/// Reads a certificate chain with its key, before anything is listened for.
fn read_certificate(cert: &str, key: &str) -> Result<RustlsConfig, ServerError> {
    let fail = |why: String| ServerError::Certificate {
        cert: cert.to_owned(),
        key: key.to_owned(),
        why,
    };
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| fail(format!("{cert}: {error}")))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| fail(format!("{key}: {error}")))?;
    // A second installation in the same process finds the first: that is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut settings = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| fail(error.to_string()))?;
    settings.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(settings)))
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
        let asked = asked_to_end().map_err(|error| ServerError::Stopped {
            why: error.to_string(),
        })?;
        tokio::spawn(async move {
            asked.await;
            stop.graceful_shutdown(Some(Duration::from_secs(FAREWELL_S)));
        });
        tokio::spawn(calendar::turn(server.clone()));
        ready(&url);
        door.serve(server.clone(), handle).await
    });
    hold(&server.writer).checkpoint()?;
    served
}

/// Hears from now on when the process is asked to end; the future is ready once it is.
fn asked_to_end() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
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
        let served = runtime.block_on(async {
            tokio::spawn(calendar::turn(server.clone()));
            door.serve(server.clone(), inside).await
        });
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
