//! The gate: every request is limited in size and time and must be signed by a terminal that we know; every reply is
//! signed by us, refusals included, so that no login page or proxy can speak for the server.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ed25519_dalek::VerifyingKey;

use super::database::DatabaseError;
use super::{Server, ServerError, hold};
use crate::loyalty::id::TerminalId;
use crate::wire::{self, REQUEST_BYTES, Refused, ReplyParts, RequestParts, header, path};

/// A whole request, answered, takes at most so long.
const REQUEST_S: u64 = 60;
/// So many nonces of a terminal's last requests are remembered.
const NONCES: usize = 4096;

/// Who signed the request, and with which key.
#[derive(Clone)]
pub struct Asker {
    /// The terminal.
    pub terminal: TerminalId,
    /// Its key.
    pub key: VerifyingKey,
}

/// Why a request was not done; becomes a signed reply.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    refused: Refused,
}

impl Refusal {
    /// A refusal with a word for programs and a sentence for people.
    pub fn new(status: StatusCode, code: &str, says: impl Into<String>) -> Refusal {
        Refusal {
            status,
            refused: Refused {
                code: code.to_owned(),
                need: None,
                says: says.into(),
            },
        }
    }

    /// Entries are missing before those that were sent.
    pub fn gap(need: u64) -> Refusal {
        let mut refusal = Refusal::new(
            StatusCode::CONFLICT,
            "gap",
            format!("entry {need} is the next that is wanted"),
        );
        refusal.refused.need = Some(need);
        refusal
    }

    /// A message that cannot be read.
    pub fn unreadable(error: &wire::WireError) -> Refusal {
        match error {
            wire::WireError::TooLarge { .. } => {
                Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", error.to_string())
            }
            _ => Refusal::new(StatusCode::BAD_REQUEST, "unreadable", error.to_string()),
        }
    }
}

/// What goes wrong inside is for the log; the terminal hears that nothing was taken and that it may try again.
impl From<ServerError> for Refusal {
    fn from(error: ServerError) -> Refusal {
        tracing::error!(%error, "a request could not be done");
        Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "the server cannot use its books now; nothing was taken, try again later",
        )
    }
}

impl From<DatabaseError> for Refusal {
    fn from(error: DatabaseError) -> Refusal {
        Refusal::from(ServerError::from(error))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, wire::pack(&self.refused)).into_response()
    }
}

/// The nonces that were seen, so that what a listener recorded cannot be asked again. Only asking is guarded: pushing
/// the same entries twice changes nothing anyway.
#[derive(Default)]
pub struct Nonces {
    seen: HashMap<TerminalId, Seen>,
}

#[derive(Default)]
struct Seen {
    order: VecDeque<[u8; 16]>,
    all: HashSet<[u8; 16]>,
}

impl Nonces {
    fn is_new(&mut self, terminal: &TerminalId, nonce: [u8; 16]) -> bool {
        let Seen { order, all } = self.seen.entry(terminal.clone()).or_default();
        if !all.insert(nonce) {
            return false;
        }
        order.push_back(nonce);
        if order.len() > NONCES
            && let Some(oldest) = order.pop_front()
        {
            all.remove(&oldest);
        }
        true
    }
}

/// Lets a request in and signs its reply.
pub async fn gate(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let path = request
        .uri()
        .path_and_query()
        .map_or_else(String::new, ToString::to_string);
    if path == "/health" {
        return next.run(request).await;
    }
    let nonce = text(request.headers(), header::NONCE);
    let admitted = admit(&server, request, next, &path);
    let answer = match tokio::time::timeout(Duration::from_secs(REQUEST_S), admitted).await {
        Ok(Ok(response)) => response,
        Ok(Err(refusal)) => refusal.into_response(),
        Err(_) => Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "slow",
            format!("the request took more than {REQUEST_S} s; send less at once"),
        )
        .into_response(),
    };
    signed(&server, answer, &path, &nonce).await
}

async fn admit(server: &Arc<Server>, request: Request, next: Next, path: &str) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, REQUEST_BYTES).await.map_err(|_| {
        Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("the request is larger than {REQUEST_BYTES} bytes, or was cut off"),
        )
    })?;
    if path != path::ENROL {
        let asker = check(server, &parts.method, path, &parts.headers, &body).await?;
        parts.extensions.insert(asker);
    }
    Ok(next.run(Request::from_parts(parts, Body::from(body))).await)
}

async fn check(
    server: &Arc<Server>,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Asker, Refusal> {
    let refuse = |code, says: &str| Refusal::new(StatusCode::UNAUTHORIZED, code, says);
    let named = text(headers, header::TERMINAL);
    let known = match TerminalId::parse(&named) {
        Ok(terminal) => {
            let asked = terminal.clone();
            server
                .read(move |books| books.terminal(&asked))
                .await?
                .map(|known| (terminal, known))
        }
        Err(_) => None,
    };
    let Some((terminal, known)) = known else {
        return Err(refuse(
            "unknown_terminal",
            "this server knows no such terminal: enrol the machine",
        ));
    };
    let (nonce, time) = (text(headers, header::NONCE), text(headers, header::TIME));
    let request = RequestParts {
        method: method.as_str(),
        path,
        terminal: terminal.as_str(),
        nonce: &nonce,
        time: &time,
        body,
    };
    let key = VerifyingKey::from_bytes(&known.public_key).ok();
    let signature = text(headers, header::SIGNATURE);
    let nonce_bytes = wire::unhex::<16>(&nonce);
    let (Some(key), Some(nonce_bytes)) = (key, nonce_bytes) else {
        return Err(refuse(
            "bad_signature",
            "the request carries no signature that can be checked",
        ));
    };
    if request.check(&key, &signature).is_err() {
        return Err(refuse(
            "bad_signature",
            "the request is not signed by this terminal's key",
        ));
    }
    if known.revoked {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "revoked",
            "the office has taken this terminal out of service; keep its folder for the office",
        ));
    }
    if method == Method::GET && !hold(&server.nonces).is_new(&terminal, nonce_bytes) {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            "replayed",
            "this request was answered before: ask again with a new nonce",
        ));
    }
    Ok(Asker { terminal, key })
}

async fn signed(server: &Server, answer: Response, path: &str, nonce: &str) -> Response {
    let (mut parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let signature = ReplyParts {
        status: parts.status.as_u16(),
        path,
        nonce,
        body: &body,
    }
    .sign(&server.key);
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            parts.headers.insert(name, value);
        }
    };
    set(header::SIGNATURE, &signature);
    set(header::NONCE, nonce);
    parts
        .headers
        .insert(CONTENT_TYPE, HeaderValue::from_static(wire::CONTENT_TYPE));
    Response::from_parts(parts, Body::from(body))
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_new_once_and_forgotten_in_the_end() {
        let (mut nonces, t1) = (Nonces::default(), TerminalId::parse("t1").expect("a name"));
        let nonce = |n: usize| {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&n.to_be_bytes());
            bytes
        };
        assert!(nonces.is_new(&t1, nonce(0)));
        assert!(!nonces.is_new(&t1, nonce(0)));
        assert!((1..=NONCES).all(|n| nonces.is_new(&t1, nonce(n))));
        assert!(nonces.is_new(&t1, nonce(0)));
    }
}
