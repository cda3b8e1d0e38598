//! `POST /api/v1/observations`: who is it, read the body, decode, hand over, answer when it is durable.

mod answer;
mod body;
mod credential;
mod error;

pub use error::UplinkError;

use crate::decode::{Format, Precision};
use crate::wire::{IngestQuery, IngestReceipt};
use answer::Outcome;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, header, request::Parts};
use axum::response::Response;
use body::{Encoding, Unpacked};
use driver::gatekeeper::Gatekeeper;
use driver::intake::{Intake, IntakeError, PATIENCE};
use kernel::clock::Clock;
use kernel::submission::{IdempotencyKey, Receipt, Sender, Submission};
use kernel::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How much one request may bring, and how many big ones are read at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of a body as received.
    pub body: usize,
    /// Most bytes of a body after decompression.
    pub unpacked: usize,
    /// Longest time from the first to the last byte of a body.
    pub patience: Duration,
    /// How many bodies that are compressed, long or of unknown length are read and decoded at once; others wait. This
    /// bounds memory.
    pub large_at_once: usize,
}

impl Default for Limits {
    /// 10 MB, 64 MB, 30 s and 8.
    fn default() -> Self {
        Self {
            body: 10 << 20,
            unpacked: 64 << 20,
            patience: Duration::from_secs(30),
            large_at_once: 8,
        }
    }
}

/// What ingest needs.
#[derive(Clone)]
pub struct UplinkState {
    /// Knows the devices.
    pub gatekeeper: Arc<dyn Gatekeeper>,
    /// Keeps what they send.
    pub intake: Arc<dyn Intake>,
    /// The instance's clock, for arrival and relative times.
    pub clock: Arc<dyn Clock>,
    /// Limits of one request.
    pub limits: Limits,
}

impl std::fmt::Debug for UplinkState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UplinkState")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The state with what only this router knows.
#[derive(Clone, Debug)]
struct Door {
    state: UplinkState,
    large: Arc<Semaphore>,
}

/// The routes of ingest.
///
/// Client certificates are found in the request's extensions as [`chassis::tls::PeerCertificates`] or inside
/// `ConnectInfo<`[`chassis::tls::Peer`]`>`.
pub fn mount(state: UplinkState) -> OpenApiRouter {
    let large = Arc::new(Semaphore::new(state.limits.large_at_once.max(1)));
    OpenApiRouter::new()
        .routes(routes!(ingest))
        .with_state(Door { state, large })
}

/// Send observations
///
/// Takes SenML (RFC 8428) in JSON or CBOR, InfluxDB line protocol, or an Arrow IPC stream, plain or compressed. The sender
/// is a device with its token or client certificate. The answer comes when everything is durable: good items in the log,
/// bad ones in quarantine, each listed with its number and reason. With an `Idempotency-Key`, a retry gets the first answer
/// again and nothing is stored twice.
#[utoipa::path(
    post, path = "/api/v1/observations", tag = "observation",
    params(
        IngestQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters, kept for 24 h"),
        ("Content-Encoding" = Option<String>, Header, description = "gzip or zstd"),
    ),
    request_body(content(
        (Object = "application/senml+json"),
        (Object = "application/json"),
        (Vec<u8> = "application/senml+cbor"),
        (String = "text/plain"),
        (String = "application/vnd.influx.line"),
        (Vec<u8> = "application/vnd.apache.arrow.stream"),
    )),
    responses(
        (status = 200, description = "at least one item was taken or was there already", body = IngestReceipt),
        (status = 400, description = "the payload cannot be read; it is kept in quarantine whole", content_type = "application/problem+json", body = Object),
        (status = 401, description = "no valid device token or client certificate", content_type = "application/problem+json", body = Object),
        (status = 403, description = "the device is blocked", content_type = "application/problem+json", body = Object),
        (status = 408, description = "the body came too slowly", content_type = "application/problem+json", body = Object),
        (status = 413, description = "too many bytes or items; `limit` says how many are taken", content_type = "application/problem+json", body = Object),
        (status = 415, description = "unknown media type or encoding; `allowed` lists the known ones", content_type = "application/problem+json", body = Object),
        (status = 422, description = "no item could be taken (see `items`), or the Idempotency-Key was used for another body", content_type = "application/problem+json", body = Object),
        (status = 429, description = "too much is waiting; see Retry-After", content_type = "application/problem+json", body = Object),
        (status = 503, description = "storage does not answer; see Retry-After", content_type = "application/problem+json", body = Object),
        (status = 507, description = "the log is full; see Retry-After", content_type = "application/problem+json", body = Object),
    ),
)]
async fn ingest(State(door): State<Door>, request: Request) -> Response {
    let mut outcome = Outcome::default();
    let answer = serve(&door, request, &mut outcome).await;
    answer::answer(outcome, answer)
}

async fn serve(door: &Door, request: Request, outcome: &mut Outcome) -> Result<Receipt, UplinkError> {
    let (parts, body) = request.into_parts();
    let state = &door.state;
    let from = credential::from(&parts);
    let sender = match credential::of(&parts) {
        Ok(credential) => state.gatekeeper.admit(credential, from).await?,
        Err(refusal) => return Err(state.gatekeeper.refused(refusal, from).await.into()),
    };
    let format = format_of(&parts)?;
    outcome.format = Some(format);
    let encoding = Encoding::of(&parts.headers)?;
    let key = key_of(&parts.headers)?;
    let large = encoding != Encoding::Plain || body::announced(&parts.headers).is_none_or(|len| len > body::LARGE);
    let place = match large {
        true => Some(place(door).await?),
        false => None,
    };
    let body = body::read(body, &parts.headers, &state.limits).await?;
    outcome.bytes = body.len();
    if let Err(refusal) = state.gatekeeper.standing(&sender) {
        return Err(state.gatekeeper.cut(&sender, refusal, from).await.into());
    }
    let received = state.clock.now();
    let unpacked_limit = state.limits.unpacked;
    let hashed = key.is_some();
    let unpack = move || body::unpack(&body, encoding, format, received, unpacked_limit, hashed);
    let unpacked = if large {
        tokio::task::spawn_blocking(unpack)
            .await
            .map_err(|_| UplinkError::Internal)??
    } else {
        unpack()?
    };
    drop(place);
    let key = key.map(|key| IdempotencyKey {
        key,
        body: unpacked.hash,
    });
    submit(state, sender, received, unpacked, key, outcome).await
}

/// A place among the large bodies. Those who send slowly keep theirs for long: who finds none in time is told to come back.
async fn place(door: &Door) -> Result<SemaphorePermit<'_>, UplinkError> {
    match tokio::time::timeout(door.state.limits.patience, door.large.acquire()).await {
        Ok(place) => place.map_err(|_| UplinkError::Internal),
        Err(_) => Err(IntakeError::Busy.into()),
    }
}

/// Hands over what was read. What could not be read at all is handed over too, so that quarantine has it; then its error is
/// the answer.
async fn submit(
    state: &UplinkState,
    sender: Sender,
    received: Timestamp,
    unpacked: Unpacked,
    key: Option<IdempotencyKey>,
    outcome: &mut Outcome,
) -> Result<Receipt, UplinkError> {
    let (readings, rejected) = (unpacked.decoded.readings, unpacked.decoded.rejected);
    outcome.count(readings.len(), &rejected);
    if readings.is_empty() && rejected.is_empty() {
        return Err(unpacked.error.unwrap_or(UplinkError::Internal));
    }
    let submission = Submission {
        sender,
        received,
        readings,
        rejected,
        key,
    };
    let receipt = tokio::time::timeout(PATIENCE, state.intake.accept(&submission))
        .await
        .unwrap_or(Err(IntakeError::Unavailable))?;
    match unpacked.error {
        Some(error) => Err(error),
        None if receipt.accepted == 0 && receipt.duplicates == 0 && receipt.rejected > 0 => {
            Err(UplinkError::AllRejected(Box::new(receipt)))
        }
        None => Ok(receipt),
    }
}

fn format_of(parts: &Parts) -> Result<Format, UplinkError> {
    let content_type = parts.headers.get(header::CONTENT_TYPE);
    let text = content_type.map_or("", |value| value.to_str().unwrap_or("?"));
    let format = Format::from_content_type(text).ok_or_else(|| UplinkError::UnknownFormat(shown(text)))?;
    let query = Query::<IngestQuery>::try_from_uri(&parts.uri);
    let precision = query
        .map_err(|error| UplinkError::Precision(shown(&error.body_text())))?
        .0
        .precision;
    match (format, precision) {
        (Format::Line(_), Some(text)) => Precision::parse(&text)
            .map(Format::Line)
            .ok_or_else(|| UplinkError::Precision(shown(&text))),
        (format, _) => Ok(format),
    }
}

fn key_of(headers: &HeaderMap) -> Result<Option<Arc<str>>, UplinkError> {
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Ok(None) };
    let bytes = value.as_bytes();
    let good = (1..=128).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic) && values.next().is_none();
    match value.to_str() {
        Ok(text) if good => Ok(Some(text.into())),
        _ => Err(UplinkError::Key),
    }
}

/// A piece of what the client sent, short enough for an answer.
fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}
