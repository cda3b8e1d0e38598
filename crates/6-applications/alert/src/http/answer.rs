//! How answers of this slice look: an alert with its ETag, and errors with what the screen needs to go on.

use crate::error::AlertError;
use crate::record::Stored;
use crate::wire::{Alert, id_of};
use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chassis::problem::Problem;
use chassis::version::{self, tag};
use kernel::error::Classified;
use kernel::id::AlertId;

/// The whole alert, with its version as ETag.
pub(super) fn alert(stored: &Stored) -> Response {
    (
        [(header::ETAG, tag(stored.version))],
        Json(Alert::whole(&stored.alert, stored.version)),
    )
        .into_response()
}

/// The version that the caller has judged, by `If-Match` (RFC 9110 section 13.1.1); none and `*` mean any.
pub(super) fn judged(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    version::judged(
        headers,
        "write the ETag of the alert that you have judged, such as \"3\"",
    )
}

/// An id in a path. What cannot be an id is no alert either.
pub(super) fn id(text: &str) -> Result<AlertId, Problem> {
    text.parse().map_err(|_| problem(AlertError::NotFound))
}

/// The public form of an error: conflicts tell the newest state, so that a screen can show it at once.
pub(super) fn problem(error: AlertError) -> Problem {
    let problem = Problem::of(&error as &dyn Classified);
    match error {
        AlertError::Invalid { field, .. } => problem.with("field", field),
        AlertError::WrongState { state, by, at, .. } => problem
            .with("state", state)
            .with("by", by.map(|by| id_of(&by)))
            .with("at", at.map(|at| at.to_string())),
        AlertError::Changed { found, state, .. } => problem
            .status(StatusCode::PRECONDITION_FAILED.as_u16())
            .with("state", state)
            .with("version", found),
        _ => problem,
    }
}
