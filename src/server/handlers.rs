//! One short function a route. Books are asked on blocking threads, never on those that serve the network.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{ACCEPT_RANGES, CONTENT_RANGE, RANGE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use ed25519_dalek::VerifyingKey;

use super::database::{Database, DatabaseError, Enrolled, Push, Pushed};
use super::gate::{Asker, Refusal};
use super::head_office::zone_of;
use super::{Server, ServerError, hold, now, snapshot};
use crate::loyalty::journal::Sealed;
use crate::wire::{
    self, EnrolReply, EnrolRequest, HelloReply, HelloRequest, PROTOCOL, PUSH_BYTES, PUSH_ENTRIES, PushReply,
    PushRequest, SharesRequest,
};

type Answer = Result<Response, Refusal>;

fn answer<T: minicbor::Encode<()>>(message: &T) -> Answer {
    Ok(wire::pack(message).into_response())
}

fn read<T: for<'b> minicbor::Decode<'b, ()>>(body: &[u8]) -> Result<T, Refusal> {
    wire::unpack(body).map_err(|error| Refusal::unreadable(&error))
}

async fn blocking<T, E>(act: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Refusal>
where
    T: Send + 'static,
    E: Send + 'static,
    Refusal: From<E>,
{
    match tokio::task::spawn_blocking(act).await {
        Ok(done) => Ok(done?),
        Err(error) => {
            let why = error.to_string();
            Err(<Refusal as From<ServerError>>::from(ServerError::Stopped { why }))
        }
    }
}

impl Server {
    /// Asks the books.
    pub async fn read<T: Send + 'static>(
        self: &Arc<Server>,
        ask: impl FnOnce(&dyn Database) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let server = self.clone();
        blocking(move || ask(hold(&server.reader).as_ref())).await
    }

    /// Writes into the books.
    async fn write<T: Send + 'static, E: Send + 'static>(
        self: &Arc<Server>,
        act: impl FnOnce(&mut dyn Database) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Refusal>
    where
        Refusal: From<E>,
    {
        let server = self.clone();
        blocking(move || act(hold(&server.writer).as_mut())).await
    }
}

/// For whoever watches the server: unsigned and plain.
pub async fn health() -> &'static str {
    "ok\n"
}

/// Nothing of ours.
pub async fn not_found() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "there is nothing of this name here",
    )
}

/// A machine becomes a terminal.
pub async fn enrol(State(server): State<Arc<Server>>, body: Bytes) -> Answer {
    let ask: EnrolRequest = read(&body)?;
    let not_valid = || {
        Refusal::new(
            StatusCode::FORBIDDEN,
            "code",
            "this code is not valid: it is mistyped, was used, or is older than 15 minutes. Make a new one on the \
             server with: vafa server code --site SITE",
        )
    };
    if VerifyingKey::from_bytes(&ask.public_key).is_err() {
        return Err(not_valid());
    }
    let terminal_key = ask.public_key;
    let enrolled = server
        .write(move |books| {
            let enrolled = books.enrol(&ask, now())?;
            let bundle = books.bundle()?;
            Ok::<_, DatabaseError>((enrolled, bundle))
        })
        .await?;
    let (
        Enrolled::Done {
            terminal,
            site,
            code_key,
        },
        Some(bundle),
    ) = enrolled
    else {
        return Err(not_valid());
    };
    tracing::info!(%terminal, site = %site.id, "a machine became a terminal");
    let mut reply = EnrolReply {
        shop: server.identity.shop.clone(),
        terminal,
        site,
        server_key: server.identity.server_public,
        card_key: server.identity.card_key,
        epoch: server.epoch(),
        bundle,
        proof: [0; 32],
    };
    reply.proof = wire::server_proof(&code_key, &terminal_key, &reply);
    answer(&reply)
}

/// Where both stand.
pub async fn hello(
    State(server): State<Arc<Server>>,
    Extension(asker): Extension<Asker>,
    body: Bytes,
) -> Answer {
    let ask: HelloRequest = read(&body)?;
    let (least, greatest) = ask.protocol;
    if !(least..=greatest).contains(&PROTOCOL) {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            "protocol",
            format!(
                "this server speaks version {PROTOCOL} and the terminal {least} to {greatest}: upgrade the older"
            ),
        ));
    }
    let version = ask.program_version.clone();
    let terminal = asker.terminal.clone();
    let (heads, bundle) = ([ask.head, ask.acked], ask.bundle);
    let (known, newest) = server
        .write(move |books| {
            books.seen(&terminal, &version, now())?;
            if books.heard(&terminal, &heads, bundle, now())? {
                tracing::warn!(%terminal, "two machines share this terminal's name");
            }
            books.tell_lapsed(now().day(&zone_of(books)?))?;
            Ok::<_, ServerError>((books.terminal(&terminal)?, books.version()?))
        })
        .await?;
    let through = known.map(|known| known.through).unwrap_or_default();
    // Within one incarnation a server never forgets: if it did, it was put back from a backup.
    let forgot = ask.acked.seq > through.seq || ask.cursor > newest;
    if let Some(epoch) = ask.epoch.filter(|_| forgot) {
        let server = server.clone();
        blocking(move || server.begin_anew(epoch)).await?;
    }
    answer(&HelloReply {
        epoch: server.epoch(),
        through,
        time: now(),
        protocol: PROTOCOL,
        version: newest,
        floor: 0,
    })
}

/// Entries come in.
pub async fn push(
    State(server): State<Arc<Server>>,
    Extension(asker): Extension<Asker>,
    body: Bytes,
) -> Answer {
    let ask: PushRequest = read(&body)?;
    if ask.epoch != server.epoch() {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            "epoch",
            "the server began anew since it was met: say hello first",
        ));
    }
    let entries = check_push(&asker, ask.from, ask.head, &ask.signature, ask.entries)?;
    let (from, terminal) = (ask.from, asker.terminal.clone());
    let pushed = server
        .write(move |books| {
            let push = Push {
                terminal: &terminal,
                from,
                entries: &entries,
                zone: &zone_of(books)?,
                now: now(),
            };
            Ok::<_, ServerError>(books.push(&push)?)
        })
        .await?;
    match pushed {
        Pushed::Taken {
            through,
            results,
            version,
        } => answer(&PushReply {
            epoch: server.epoch(),
            through,
            results,
            time: now(),
            version,
        }),
        Pushed::Gap { need } => Err(Refusal::gap(need)),
        Pushed::Fork { seq } => {
            tracing::warn!(terminal = %asker.terminal, seq, "two machines share this terminal's name");
            Err(Refusal::new(
                StatusCode::CONFLICT,
                "fork",
                format!(
                    "another entry {seq} of this terminal is kept here: two machines share its name; call the office"
                ),
            ))
        }
    }
}

/// A terminal asks for shares of what all customers have in common.
pub async fn shares(
    State(server): State<Arc<Server>>,
    Extension(asker): Extension<Asker>,
    body: Bytes,
) -> Answer {
    let ask: SharesRequest = read(&body)?;
    let reply = server
        .write(move |books| books.deal(&asker.terminal, &ask))
        .await?;
    answer(&reply)
}

/// The head must be signed by the terminal and be the last of these entries; what lies between is checked by the
/// chain.
fn check_push(
    asker: &Asker,
    from: u64,
    head: crate::loyalty::journal::Head,
    signature: &[u8; 64],
    entries: Vec<minicbor::bytes::ByteVec>,
) -> Result<Vec<Sealed>, Refusal> {
    let bytes: usize = entries.iter().map(|entry| entry.len()).sum();
    if entries.len() > PUSH_ENTRIES || (entries.len() > 1 && bytes > PUSH_BYTES) {
        return Err(Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("at most {PUSH_ENTRIES} entries or {PUSH_BYTES} bytes of them are taken at once"),
        ));
    }
    if !head.is_signed(&asker.terminal, &asker.key, signature) {
        return Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "bad_signature",
            "the head of the entries is not signed by this terminal's key",
        ));
    }
    let entries: Vec<Sealed> = entries
        .into_iter()
        .map(|entry| Sealed::from_bytes(entry.into()))
        .collect();
    let next = from.checked_add(entries.len() as u64);
    // The books count with signed numbers, and nobody has sold so much.
    let can_be_counted = next.is_some_and(|next| i64::try_from(next).is_ok());
    let leads_there = match entries.last() {
        Some(end) => from > 0 && next == head.seq.checked_add(1) && end.hash() == head.hash,
        None => true,
    };
    if can_be_counted && leads_there {
        return Ok(entries);
    }
    Err(Refusal::new(
        StatusCode::BAD_REQUEST,
        "unreadable",
        "the entries do not lead to the head that was signed",
    ))
}

fn number_in(query: &str, name: &str) -> Option<u64> {
    let number = query.split('&').find_map(|pair| pair.strip_prefix(name));
    number.and_then(|number| number.parse().ok())
}

/// Which rows the terminal reads. The first ones did not say.
fn generation(query: &str) -> u16 {
    number_in(query, "rows=").map_or(1, |rows| u16::try_from(rows).unwrap_or(u16::MAX))
}

/// Changes after a cursor.
pub async fn feed(
    State(server): State<Arc<Server>>,
    Extension(asker): Extension<Asker>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = query.unwrap_or_default();
    let from = number_in(&query, "from=").ok_or_else(|| {
        Refusal::new(
            StatusCode::BAD_REQUEST,
            "unreadable",
            "name the cursor: ?from=0 for the beginning",
        )
    })?;
    let rows = generation(&query);
    let terminal = asker.terminal;
    let server_too = server.clone();
    let page = blocking(move || {
        let books = hold(&server_too.reader);
        let today = now().day(&zone_of(books.as_ref())?);
        Ok::<_, ServerError>(books.feed(&terminal, from, rows, today)?)
    })
    .await?;
    answer(&page)
}

/// What a snapshot consists of; one is made if there is none that is new enough.
pub async fn snapshot(
    State(server): State<Arc<Server>>,
    Extension(asker): Extension<Asker>,
    RawQuery(query): RawQuery,
) -> Answer {
    let rows = generation(&query.unwrap_or_default());
    let manifest = blocking(move || snapshot::manifest(&server, &asker.terminal, rows)).await?;
    answer(&manifest)
}

/// A part of a snapshot, or the rest of it from a byte on.
pub async fn snapshot_part(
    State(server): State<Arc<Server>>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let Some(part) = blocking(move || snapshot::part(&server, &hash)).await? else {
        return Err(Refusal::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "there is no such part any more: ask for the snapshot again",
        ));
    };
    let whole = part.len();
    let range = headers.get(RANGE).and_then(|value| value.to_str().ok());
    let (status, part, range) = match range.and_then(|range| first_byte(range, whole)) {
        None => (StatusCode::OK, part, None),
        Some(Ok(first)) => {
            let last = whole - 1;
            let rest = part[first..].to_vec();
            (
                StatusCode::PARTIAL_CONTENT,
                rest,
                Some(format!("bytes {first}-{last}/{whole}")),
            )
        }
        Some(Err(())) => (
            StatusCode::RANGE_NOT_SATISFIABLE,
            Vec::new(),
            Some(format!("bytes */{whole}")),
        ),
    };
    let mut response = (status, part).into_response();
    response
        .headers_mut()
        .insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Some(range) = range.and_then(|range| HeaderValue::from_str(&range).ok()) {
        response.headers_mut().insert(CONTENT_RANGE, range);
    }
    Ok(response)
}

/// The first byte of "bytes=N-"; none for any other range, which may be answered with the whole.
fn first_byte(range: &str, whole: usize) -> Option<Result<usize, ()>> {
    let first: usize = range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()?;
    Some(if first < whole { Ok(first) } else { Err(()) })
}
