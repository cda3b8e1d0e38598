//! GET /api/v1/incidents/{id}

use super::answer;
use super::state::IncidentState;
use crate::wire::Incident;
use access::signed::Signed;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chassis::problem::Problem;
use chassis::version;

/// Read one incident with its timeline and all its alerts. The ETag is its version.
#[utoipa::path(get, path = "/api/v1/incidents/{id}", tag = "incident",
    params(("id" = String, Path, description = "id of the incident"),
        ("If-None-Match" = Option<String>, Header, description = "the ETag that you have already")),
    responses(
        (status = 200, body = Incident, headers(("ETag" = String, description = "its version"))),
        (status = 304, description = "you have this version already"),
        (status = 404, description = "no such incident, or not for you"),
    ))]
pub(super) async fn read_incident(
    State(state): State<IncidentState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let stored = state
        .incidents
        .one(&actor, answer::id(&id)?)
        .await
        .map_err(answer::problem)?;
    Ok(if version::is_known(&headers, stored.version) {
        version::unchanged(stored.version)
    } else {
        answer::incident(&stored)
    })
}
