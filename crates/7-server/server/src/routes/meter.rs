//! The layers that count each request for its client and refuse what goes beyond its quota.
//!
//! Who signed in is known from the session layer. A device is known once the gatekeeper has admitted it, inside of the
//! handler: it then leaves its pass in a place of the request's own, before a byte of the body is read.

use access::service::Accounts;
use access::session::Live;
use async_trait::async_trait;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chassis::problem::Problem;
use device::gate::Gate;
use driver::gatekeeper::{Credential, Gatekeeper, Refusal};
use futures::TryStreamExt;
use kernel::error::ErrorKind;
use kernel::id::DeviceId;
use kernel::submission::Sender;
use parking_lot::Mutex;
use security::decide::usage::{Left, Over, Window};
use security::model::usage::Client;
use security::service::usage::{Pass, Usage};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::broadcast;

/// What the layers need.
#[derive(Clone, Debug)]
pub(super) struct Meter {
    pub(super) usage: Usage,
    pub(super) accounts: Accounts,
}

/// Middleware for routes of people and their systems, inside of the session layer.
pub(super) async fn people(State(meter): State<Meter>, request: Request, next: Next) -> Response {
    let client = match request.extensions().get::<Live>() {
        None => Client::anonymous(),
        Some(live) if live.is_token() => match meter.accounts.token_behind(live).await {
            Ok(Some(token)) => Client::token(token.id, &token.account),
            // it has just ended, or storage does not answer; the layers inside say so
            _ => Client::token(live.id(), &live.account),
        },
        Some(live) => Client::account(&live.account),
    };
    let pass = match meter.usage.enter(client).await {
        Ok(pass) => pass,
        Err(over) => return refusal(over),
    };
    let (request, came) = watched(request);
    let response = next.run(request).await;
    pass.came(came.load(Ordering::Relaxed));
    counted(response, pass)
}

tokio::task_local! {
    static SENDER: Mutex<Option<Result<Pass, Over>>>;
}

/// Middleware for routes of devices, around their handlers.
pub(super) async fn devices(State(meter): State<Meter>, request: Request, next: Next) -> Response {
    let (request, came) = watched(request);
    let asked = SENDER.scope(Mutex::default(), async {
        let response = next.run(request).await;
        (response, SENDER.with(|sender| sender.lock().take()))
    });
    let (response, sender) = asked.await;
    let pass = match sender {
        Some(Err(over)) => return refusal(over),
        Some(Ok(pass)) => Ok(pass),
        None => meter.usage.enter(Client::anonymous()).await,
    };
    let Ok(pass) = pass else { return response };
    pass.came(came.load(Ordering::Relaxed));
    counted(response, pass)
}

/// The gate of devices for routes under [`devices`]: whoever it admits is counted, and refused beyond its quota.
#[derive(Clone, Debug)]
pub(super) struct MeteredGate {
    pub(super) gate: Arc<Gate>,
    pub(super) usage: Usage,
}

#[async_trait]
impl Gatekeeper for MeteredGate {
    async fn admit(&self, credential: Credential, from: SocketAddr) -> Result<Sender, Refusal> {
        let sender = self.gate.admit(credential, from).await?;
        let asked = self.usage.enter(Client::device(sender.device.as_str())).await;
        let over = asked.is_err();
        let told = SENDER.try_with(|place| place.lock().replace(asked)).is_ok();
        // the layer answers in words of the quota; without the layer nobody is counted and nobody refused
        if over && told {
            Err(Refusal::Unavailable)
        } else {
            Ok(sender)
        }
    }

    async fn refused(&self, refusal: Refusal, from: SocketAddr) -> Refusal {
        self.gate.refused(refusal, from).await
    }

    fn still_admitted(&self, sender: &Sender) -> bool {
        self.gate.still_admitted(sender)
    }

    fn standing(&self, sender: &Sender) -> Result<(), Refusal> {
        self.gate.standing(sender)
    }

    fn withdrawals(&self) -> Option<broadcast::Receiver<DeviceId>> {
        self.gate.withdrawals()
    }

    async fn cut(&self, sender: &Sender, refusal: Refusal, from: SocketAddr) -> Refusal {
        self.gate.cut(sender, refusal, from).await
    }
}

/// The bytes of a body that comes: what its head says, or what is read of one without length.
fn watched(request: Request) -> (Request, Arc<AtomicU64>) {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let length = length.or(request.body().size_hint().exact());
    let came = Arc::new(AtomicU64::new(length.unwrap_or(0)));
    if length.is_some() {
        return (request, came);
    }
    let counter = Arc::clone(&came);
    let request = request.map(|body| {
        let count = move |chunk: &bytes::Bytes| {
            counter.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        };
        Body::from_stream(body.into_data_stream().inspect_ok(count))
    });
    (request, came)
}

/// Counts the bytes of an answer; those of a stream as they go.
fn counted(mut response: Response, pass: Pass) -> Response {
    tell(response.headers_mut(), pass.left());
    if let Some(bytes) = response.body().size_hint().exact() {
        pass.went(bytes);
        return response;
    }
    response.map(|body| {
        let count = move |chunk: &bytes::Bytes| pass.went(chunk.len() as u64);
        Body::from_stream(body.into_data_stream().inspect_ok(count))
    })
}

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// What is left, where there is a limit (draft-ietf-httpapi-ratelimit-headers).
fn tell(headers: &mut HeaderMap, left: Left) {
    if left.limit > 0 {
        headers.insert(LIMIT, HeaderValue::from(left.limit));
        headers.insert(REMAINING, HeaderValue::from(left.remaining));
        headers.insert(RESET, HeaderValue::from(left.reset_s));
    }
}

fn refusal(over: Over) -> Response {
    let Over {
        window,
        limit,
        retry_after_s,
    } = over;
    let (word, per) = match window {
        Window::Minute => ("minute", "quota.*_per_minute"),
        Window::Day => ("day", "quota.*_per_day"),
    };
    let detail = format!(
        "this client may ask {limit} times a {word} and has done so; ask again in {retry_after_s} seconds, ask for more at \
         once, or have {per} raised"
    );
    let problem = Problem::new(ErrorKind::Exhausted, "quota_exhausted", detail)
        .with("window", word)
        .with("limit", limit)
        .with("retry_after_s", retry_after_s);
    let mut response = problem.into_response();
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
    let left = Left {
        limit,
        remaining: 0,
        reset_s: retry_after_s,
    };
    tell(response.headers_mut(), left);
    response
}
