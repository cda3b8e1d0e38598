//! POST /api/v1/alerts/{id}/unshelve

use super::act::Act;
use crate::decide::act::Command;
use crate::wire::{Alert, Unshelve};
use axum::response::Response;
use chassis::json::Json;
use chassis::problem::Problem;

/// Take an alert back from the shelf before its time. It is raised again.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/unshelve", tag = "alert", request_body = Unshelve,
    params(("id" = String, Path, description = "id of the alert"),
        ("If-Match" = Option<String>, Header, description = "the ETag that you have judged")),
    responses(
        (status = 200, body = Alert, headers(("ETag" = String, description = "its new version"))),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "no such alert, or not for you"),
        (status = 409, description = "the alert is not shelved"),
        (status = 412, description = "it has changed since the version of If-Match; `version` and `state` are the newest"),
        (status = 422, description = "a value is not valid; `field` names it"),
    ))]
pub(super) async fn unshelve_alert(act: Act, Json(Unshelve {}): Json<Unshelve>) -> Result<Response, Problem> {
    act.carry_out(Command::Unshelve).await
}
