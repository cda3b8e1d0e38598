//! POST /api/v1/incidents/{id}/assign

use super::answer;
use super::state::IncidentState;
use crate::decide::act::Command;
use crate::service::Wish;
use crate::wire::Incident;
use crate::wire::ask::Assign;
use access::signed::Signed;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chassis::json::Json;
use chassis::problem::Problem;

/// Give work to an organisation or a person of it, or take it back. The first one assigned leads.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/assign", tag = "incident", request_body = Assign,
    params(("id" = String, Path, description = "id of the incident"),
        ("If-Match" = Option<String>, Header, description = "the ETag that you have judged")),
    responses(
        (status = 200, body = Incident, headers(("ETag" = String, description = "its new version"))),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "no such incident, or not for you"),
        (status = 409, description = "the incident is closed, or its timeline is full; `state`, `by` and `at` tell more"),
        (status = 412, description = "it has changed since the version of If-Match; `version` and `state` are the newest"),
        (status = 422, description = "a value is not valid; `field` names it"),
    ))]
pub(super) async fn assign_incident(
    State(state): State<IncidentState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Assign>,
) -> Result<Response, Problem> {
    let wish = match body {
        Assign {
            org,
            person,
            withdraw: true,
            text,
            ..
        } => Wish::Act(Command::Withdraw { org, person, text }),
        Assign {
            org,
            person,
            lead,
            text,
            ..
        } => Wish::Act(Command::Assign {
            org,
            person,
            lead,
            text,
        }),
    };
    let stored = state
        .incidents
        .act(&actor, answer::id(&id)?, wish, answer::judged(&headers)?)
        .await;
    stored.map(|stored| answer::incident(&stored)).map_err(answer::problem)
}
