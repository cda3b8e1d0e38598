//! GET /api/v1/alerts/{id}

use super::answer;
use super::state::AlertState;
use crate::wire::Alert;
use access::signed::Signed;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chassis::problem::Problem;
use chassis::version;

/// Read one alert with its timeline. The ETag is its version.
#[utoipa::path(get, path = "/api/v1/alerts/{id}", tag = "alert",
    params(("id" = String, Path, description = "id of the alert"),
        ("If-None-Match" = Option<String>, Header, description = "the ETag that you have already")),
    responses(
        (status = 200, body = Alert, headers(("ETag" = String, description = "its version"))),
        (status = 304, description = "you have this version already"),
        (status = 404, description = "no such alert, or not for you"),
    ))]
pub(super) async fn read_alert(
    State(state): State<AlertState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let stored = state
        .alerts
        .one(&actor, answer::id(&id)?)
        .await
        .map_err(answer::problem)?;
    Ok(if version::is_known(&headers, stored.version) {
        version::unchanged(stored.version)
    } else {
        answer::alert(&stored)
    })
}
