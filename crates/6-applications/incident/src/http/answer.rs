//! How answers of this slice look: an incident with its ETag, and errors with what the screen needs to go on.

use crate::error::IncidentError;
use crate::record::Stored;
use crate::wire::{Incident, id_of};
use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chassis::problem::Problem;
use chassis::version::{self, tag};
use kernel::error::Classified;
use kernel::id::IncidentId;

/// The whole incident, with its version as ETag.
pub(super) fn incident(stored: &Stored) -> Response {
    (
        [(header::ETAG, tag(stored.version))],
        Json(Incident::whole(&stored.incident, stored.version)),
    )
        .into_response()
}

/// The same for one that was opened: 201 with its address.
pub(super) fn opened(stored: &Stored) -> Response {
    let address = format!("/api/v1/incidents/{}", stored.incident.id);
    (StatusCode::CREATED, [(header::LOCATION, address)], incident(stored)).into_response()
}

/// The version that the caller has judged, by `If-Match` (RFC 9110 section 13.1.1); none and `*` mean any.
pub(super) fn judged(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    version::judged(
        headers,
        "write the ETag of the incident that you have judged, such as \"3\"",
    )
}

/// An id in a path. What cannot be an id is no incident either.
pub(super) fn id(text: &str) -> Result<IncidentId, Problem> {
    text.parse().map_err(|_| problem(IncidentError::NotFound))
}

/// The public form of an error: conflicts tell the newest state, so that a screen can show it at once.
pub(super) fn problem(error: IncidentError) -> Problem {
    let problem = Problem::of(&error as &dyn Classified);
    match error {
        IncidentError::Invalid { field, .. } => problem.with("field", field),
        IncidentError::ForeignArea(area) => problem.with("field", "areas").with("area", area.to_string()),
        IncidentError::WholeCity => problem.with("field", "areas"),
        IncidentError::WrongState { state, by, at, .. } => problem
            .with("state", state)
            .with("by", id_of(&by))
            .with("at", at.to_string()),
        IncidentError::LinkedElsewhere {
            alert,
            incident,
            number,
        } => problem
            .with("alert", alert.to_string())
            .with("incident", incident.map(|id| id.to_string()))
            .with("number", number),
        IncidentError::Changed { found, state, .. } => problem
            .status(StatusCode::PRECONDITION_FAILED.as_u16())
            .with("state", state)
            .with("version", found),
        _ => problem,
    }
}
