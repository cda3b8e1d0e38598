//! POST /api/v1/incidents/{id}/link

use super::answer;
use super::state::IncidentState;
use crate::service::Wish;
use crate::wire::Incident;
use crate::wire::ask::Link;
use access::signed::Signed;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chassis::json::Json;
use chassis::problem::Problem;

/// Let alerts belong to an incident. What belongs to it already is passed over.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/link", tag = "incident", request_body = Link,
    params(("id" = String, Path, description = "id of the incident"),
        ("If-Match" = Option<String>, Header, description = "the ETag that you have judged")),
    responses(
        (status = 200, body = Incident, headers(("ETag" = String, description = "its new version"))),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "no such incident, or not for you"),
        (status = 409, description = "the incident is closed, or an alert belongs to another active incident (`alert`, `incident`, `number`)"),
        (status = 412, description = "it has changed since the version of If-Match; `version` and `state` are the newest"),
        (status = 422, description = "a value is not valid; `field` names it"),
    ))]
pub(super) async fn link_to_incident(
    State(state): State<IncidentState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Link>,
) -> Result<Response, Problem> {
    let wish = Wish::Link(body.alerts);
    let stored = state
        .incidents
        .act(&actor, answer::id(&id)?, wish, answer::judged(&headers)?)
        .await;
    stored.map(|stored| answer::incident(&stored)).map_err(answer::problem)
}
