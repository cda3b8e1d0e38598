//! Headers on every answer, and what is answered when we have a bug.

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chassis::problem::Problem;
use chassis::tls::Peer;
use futures::StreamExt;
use kernel::error::ErrorKind;
use tokio_util::sync::CancellationToken;

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

/// For how long browsers take no plain HTTP from this host any more (RFC 6797): a year.
const ONLY_TLS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Nothing is framed, sniffed, referred or loaded from elsewhere; where there is only TLS, nothing goes without it.
pub(super) async fn harden(State(only_tls): State<bool>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if only_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Puts the certificates of the connection where `uplink` looks for them.
pub(super) async fn peer(mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<Peer>>().cloned() {
        request.extensions_mut().insert(peer.certificates.clone());
        request.extensions_mut().insert(ConnectInfo(peer.address));
    }
    next.run(request).await
}

/// Open event streams end when the doors close; clients resume them elsewhere or later.
pub(super) async fn end_streams(State(stop): State<CancellationToken>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("text/event-stream")) {
        return response;
    }
    response.map(|body| Body::from_stream(body.into_data_stream().take_until(stop.cancelled_owned())))
}

/// A handler panicked: that is our bug, and nobody else's connection shall suffer.
pub(super) fn bug(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or(panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("?"), "a handler panicked");
    metrics::counter!("hanoi_ioc_panics_total").increment(1);
    Problem::new(
        ErrorKind::Bug,
        "internal",
        "the error was logged; please report the time of this answer",
    )
    .into_response()
}
