//! How answers of this slice look: a thing with its ETag, and errors with what a screen or the SOC's automation needs to go on.

use crate::error::SecurityError;
use access::error::AccessError;
use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chassis::problem::Problem;
use chassis::version::{self, tag};
use chassis::wire::Text;
use kernel::error::Classified;
use serde::Serialize;
use serde_json::json;

/// A thing with its version as ETag.
pub(super) fn tagged<T: Serialize>(thing: T, version: u64) -> Response {
    ([(header::ETAG, tag(version))], Json(thing)).into_response()
}

/// The version that the caller has judged, by `If-Match` (RFC 9110 section 13.1.1); none and `*` mean any.
pub(super) fn judged(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    version::judged(headers, "write the ETag of what you have judged, such as \"3\"")
}

/// The public form of an error: conflicts tell the newest state, and what people read of it stands in both languages.
pub(super) fn problem(error: SecurityError) -> Problem {
    if let SecurityError::Denied(denied) | SecurityError::Access(AccessError::Denied(denied)) = &error {
        return denied.problem();
    }
    let problem = match &error {
        SecurityError::Access(error) => Problem::of(error as &dyn Classified),
        error => Problem::of(error as &dyn Classified),
    };
    let problem = match error.text() {
        Some(text) => problem.with("text", json!(Text::from(&text))),
        None => problem,
    };
    match error {
        SecurityError::Invalid { field, .. } => problem.with("field", field),
        SecurityError::KeyReused => problem.with("field", "Idempotency-Key"),
        SecurityError::Held { target, measure } => problem.with("target", target).with("action", measure.to_string()),
        SecurityError::NotYet { measure, .. } => problem.with("action", measure.to_string()),
        SecurityError::Older { known, .. } => problem.with("known", known),
        SecurityError::Changed { state, found, .. } => problem
            .status(StatusCode::PRECONDITION_FAILED.as_u16())
            .with("state", state)
            .with("version", found),
        _ => problem,
    }
}
