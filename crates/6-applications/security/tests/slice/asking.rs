//! Asking through the router, as the SOC's automation does.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use serde_json::Value;
use tower::ServiceExt;

/// An answer as the SOC's automation reads it.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) body: Value,
}

/// Asks as the holder of a secret; `key` is an Idempotency-Key.
pub(crate) async fn ask(
    api: &Router,
    secret: &str,
    method: &str,
    path: &str,
    key: Option<&str>,
    body: Value,
) -> Answer {
    let headers: Vec<(&str, &str)> = key.map(|key| ("idempotency-key", key)).into_iter().collect();
    ask_with(api, secret, method, path, &headers, body).await
}

/// Asks with further headers.
pub(crate) async fn ask_with(
    api: &Router,
    secret: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Value,
) -> Answer {
    let mut request = Request::builder().method(method).uri(format!("/api/v1/security{path}"));
    if !secret.is_empty() {
        request = request.header("authorization", format!("Bearer {secret}"));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if body.is_null() {
        Body::empty()
    } else {
        request = request.header("content-type", "application/json");
        Body::from(body.to_string())
    };
    let response: Response<Body> = api.clone().oneshot(request.body(body).unwrap()).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    Answer {
        status,
        headers,
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
    }
}
