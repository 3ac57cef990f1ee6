//! The line to the server: HTTP, signatures, limits. It believes nothing that the server has not signed for this very
//! request, and follows no redirect, so that a login page with status 200 is a line that is down.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ed25519_dalek::{SigningKey, VerifyingKey};
use reqwest::{Method, StatusCode, Url};

use crate::loyalty::id::TerminalId;
use crate::wire::{self, EnrolReply, EnrolRequest, Refused, ReplyParts, RequestParts, header, path};

/// A connection is used again for so long. The server closes idle ones, and a request that meets one that was just
/// closed would look like a line that is down.
const KEPT_OPEN: Duration = Duration::from_secs(2);

/// Why the server's word did not arrive, or is none.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LineError {
    /// The address is not one we talk to.
    #[error("\"{url}\" is no server address: write https://…, or http:// for this machine itself ({why})")]
    Address {
        /// The address as it was given.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// No connection.
    #[error("the server {url} cannot be reached ({why})")]
    Unreachable {
        /// The address.
        url: String,
        /// What the system says.
        why: String,
    },
    /// Something answered that is not our server.
    #[error("no connection to the server: something else answers in its place ({what}; a login page?)")]
    NotOurs {
        /// What gave it away.
        what: &'static str,
    },
    /// The server is there and cannot work now.
    #[error("the server is there but cannot work now (status {status})")]
    Unwell {
        /// The HTTP status.
        status: u16,
    },
    /// The server says no, signed.
    #[error("the server refuses: {}", .0.says)]
    Refused(Refused),
    /// A snapshot's part that is not what its list says.
    #[error("a part of the snapshot arrived damaged")]
    DamagedPart,
    /// A file beside the cache cannot be written.
    #[error("{} cannot be written ({why})", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
}

/// A line to one server.
pub struct Line {
    http: reqwest::Client,
    url: Url,
    terminal: TerminalId,
    key: SigningKey,
    server_key: VerifyingKey,
}

impl Line {
    /// A line for a terminal. Nothing is sent yet.
    pub fn new(
        url: &str,
        terminal: TerminalId,
        key: SigningKey,
        server_key: VerifyingKey,
    ) -> Result<Line, LineError> {
        Ok(Line {
            http: http_client()?,
            url: address(url)?,
            terminal,
            key,
            server_key,
        })
    }

    /// Asks with a body, and takes only an answer that the server signed for this request.
    pub async fn ask<Q, R>(&self, path: &str, question: &Q) -> Result<R, LineError>
    where
        Q: minicbor::Encode<()>,
        R: for<'b> minicbor::Decode<'b, ()>,
    {
        self.signed(Method::POST, path, wire::pack(question)).await
    }

    /// Asks without a body.
    pub async fn get<R: for<'b> minicbor::Decode<'b, ()>>(&self, path: &str) -> Result<R, LineError> {
        self.signed(Method::GET, path, Vec::new()).await
    }

    async fn signed<R>(&self, method: Method, path: &str, body: Vec<u8>) -> Result<R, LineError>
    where
        R: for<'b> minicbor::Decode<'b, ()>,
    {
        let nonce = nonce();
        let response = self.request(method, path, &nonce, body, None).send().await;
        let response = response.map_err(|error| unreachable(&self.url, &error))?;
        let status = response.status();
        let signature = self.signature(&response, &nonce, status)?;
        let body = read_capped(&self.url, response, wire::REQUEST_BYTES * 8).await?;
        let parts = ReplyParts {
            status: status.as_u16(),
            path,
            nonce: &nonce,
            body: &body,
        };
        let unsigned = |_| LineError::NotOurs {
            what: "its answer is not signed by our server",
        };
        parts.check(&self.server_key, &signature).map_err(unsigned)?;
        let unreadable = |_| LineError::NotOurs {
            what: "its answer cannot be read",
        };
        if status.is_success() {
            return wire::unpack(&body).map_err(unreadable);
        }
        Err(LineError::Refused(wire::unpack(&body).map_err(unreadable)?))
    }

    fn signature(
        &self,
        response: &reqwest::Response,
        nonce: &str,
        status: StatusCode,
    ) -> Result<String, LineError> {
        let header = |name| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        if status.is_redirection() {
            return Err(LineError::NotOurs {
                what: "it sends us elsewhere",
            });
        }
        if header("content-type") != wire::CONTENT_TYPE {
            let is_sick = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
            return Err(match is_sick {
                true => LineError::Unwell {
                    status: status.as_u16(),
                },
                false => LineError::NotOurs {
                    what: "its answer is of another type",
                },
            });
        }
        if header(header::NONCE) != nonce {
            return Err(LineError::NotOurs {
                what: "its answer belongs to another question",
            });
        }
        Ok(header(header::SIGNATURE).to_owned())
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        nonce: &str,
        body: Vec<u8>,
        from_byte: Option<u64>,
    ) -> reqwest::RequestBuilder {
        let time = jiff::Timestamp::now().as_millisecond().to_string();
        let terminal = self.terminal.as_str();
        let parts = RequestParts {
            method: method.as_str(),
            path,
            terminal,
            nonce,
            time: &time,
            body: &body,
        };
        let signature = parts.sign(&self.key);
        let mut url = self.url.clone();
        let (plain, query) = path
            .split_once('?')
            .map_or((path, None), |(plain, query)| (plain, Some(query)));
        url.set_path(plain);
        url.set_query(query);
        let mut request = self
            .http
            .request(method, url)
            .header("content-type", wire::CONTENT_TYPE)
            .header(header::TERMINAL, terminal)
            .header(header::NONCE, nonce)
            .header(header::TIME, &time)
            .header(header::SIGNATURE, signature);
        if let Some(from) = from_byte {
            request = request.header("range", format!("bytes={from}-"));
        }
        if body.is_empty() {
            request
        } else {
            request.body(body)
        }
    }

    /// Fetches a part of a snapshot into a file, going on where an earlier attempt stopped, and checks its hash.
    pub async fn fetch_part(&self, part: &wire::Part, into: &Path) -> Result<(), LineError> {
        use std::io::Write;
        let failed = |error: std::io::Error| LineError::File {
            path: into.to_owned(),
            why: error.to_string(),
        };
        let mut there = std::fs::metadata(into).map_or(0, |file| file.len());
        if there > part.bytes {
            std::fs::remove_file(into).map_err(failed)?;
            there = 0;
        }
        if there < part.bytes {
            let path = format!("{}/{}", path::SNAPSHOT_PART, wire::hex(&part.hash));
            let request = self.request(
                Method::GET,
                &path,
                &nonce(),
                Vec::new(),
                (there > 0).then_some(there),
            );
            let mut response = request
                .send()
                .await
                .map_err(|error| unreachable(&self.url, &error))?;
            let is_rest = response.status() == StatusCode::PARTIAL_CONTENT;
            if !is_rest && response.status() != StatusCode::OK {
                return Err(LineError::Unwell {
                    status: response.status().as_u16(),
                });
            }
            let mut file = std::fs::File::options()
                .create(true)
                .append(is_rest)
                .write(true)
                .truncate(!is_rest)
                .open(into)
                .map_err(failed)?;
            let mut size = if is_rest { there } else { 0 };
            while let Some(chunk) = response
                .chunk()
                .await
                .map_err(|error| unreachable(&self.url, &error))?
            {
                size += chunk.len() as u64;
                if size > part.bytes {
                    break;
                }
                file.write_all(&chunk).map_err(failed)?;
            }
        }
        let bytes = std::fs::File::open(into).map_err(failed)?;
        let mut hasher = blake3::Hasher::new();
        std::io::copy(&mut std::io::BufReader::new(bytes), &mut hasher).map_err(failed)?;
        if hasher.finalize().as_bytes() != &part.hash {
            std::fs::remove_file(into).map_err(failed)?;
            return Err(LineError::DamagedPart);
        }
        Ok(())
    }
}

/// Asks to become a terminal. The reply must prove that the server knows the code.
pub async fn enrol(url: &str, code: &str, key: &SigningKey) -> Result<EnrolReply, LineError> {
    let mut target = address(url)?;
    target.set_path(path::ENROL);
    let code_key = wire::code_key(code);
    let public_key = key.verifying_key().to_bytes();
    let question = EnrolRequest {
        hint: wire::code_hint(code),
        public_key,
        proof: wire::terminal_proof(&code_key, &public_key),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let request = http_client()?
        .post(target.clone())
        .header("content-type", wire::CONTENT_TYPE);
    let response = request.body(wire::pack(&question)).send().await;
    let response = response.map_err(|error| unreachable(&target, &error))?;
    let status = response.status();
    let kind = response
        .headers()
        .get("content-type")
        .and_then(|value| value.to_str().ok());
    if status.is_redirection() || kind != Some(wire::CONTENT_TYPE) {
        return Err(match status.is_server_error() {
            true => LineError::Unwell {
                status: status.as_u16(),
            },
            false => LineError::NotOurs {
                what: "its answer is of another type",
            },
        });
    }
    let body = read_capped(&target, response, wire::REQUEST_BYTES * 8).await?;
    let unreadable = |_| LineError::NotOurs {
        what: "its answer cannot be read",
    };
    if !status.is_success() {
        return Err(LineError::Refused(wire::unpack(&body).map_err(unreadable)?));
    }
    let reply: EnrolReply = wire::unpack(&body).map_err(unreadable)?;
    if reply.proof != wire::server_proof(&code_key, &public_key, &reply) {
        return Err(LineError::NotOurs {
            what: "it does not know the code",
        });
    }
    Ok(reply)
}

fn http_client() -> Result<reqwest::Client, LineError> {
    // A provider is installed once for the process; whoever was first is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(3))
        .read_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(60))
        .pool_idle_timeout(KEPT_OPEN)
        .tcp_keepalive(Duration::from_secs(30))
        .build()
        .map_err(|error| LineError::Unreachable {
            url: String::new(),
            why: error.to_string(),
        })
}

/// Checks an address: https, or plain http to this very machine.
pub fn address(text: &str) -> Result<Url, LineError> {
    let wrong = |why| LineError::Address {
        url: text.to_owned(),
        why,
    };
    let url = Url::parse(text).map_err(|_| wrong("it is not a URL"))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback => Ok(url),
        "http" => Err(wrong("plain http is for this machine alone")),
        _ => Err(wrong("it begins with neither https:// nor http://")),
    }
}

async fn read_capped(url: &Url, mut response: reqwest::Response, most: usize) -> Result<Vec<u8>, LineError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(url, &error))? {
        if body.len() + chunk.len() > most {
            return Err(LineError::NotOurs {
                what: "its answer does not end",
            });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn unreachable(url: &Url, error: &reqwest::Error) -> LineError {
    let mut why = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(deeper) = source {
        why = deeper.to_string();
        source = deeper.source();
    }
    LineError::Unreachable {
        url: url.origin().ascii_serialization(),
        why,
    }
}

fn nonce() -> String {
    let mut bytes = [0; 16];
    // Without chance a nonce repeats at worst, and the server refuses it.
    let _ = getrandom::fill(&mut bytes);
    wire::hex(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for good in [
            "https://vafa.example",
            "http://127.0.0.1:7373",
            "http://localhost:1",
            "http://[::1]:1",
        ] {
            assert!(address(good).is_ok(), "{good}");
        }
        for wrong in [
            "http://vafa.example",
            "ftp://127.0.0.1",
            "vafa",
            "http://10.0.0.1",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
