//! POST /api/v1/alerts/{id}/shelve

use super::act::Act;
use crate::decide::act::Command;
use crate::wire::{Alert, Shelve};
use axum::response::Response;
use chassis::json::Json;
use chassis::problem::Problem;

/// Put an alert aside for a while. It comes back when the time is up, or at once when it becomes graver.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/shelve", tag = "alert", request_body = Shelve,
    params(("id" = String, Path, description = "id of the alert"),
        ("If-Match" = Option<String>, Header, description = "the ETag that you have judged")),
    responses(
        (status = 200, body = Alert, headers(("ETag" = String, description = "its new version"))),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "no such alert, or not for you"),
        (status = 409, description = "the alert is shelved already or cleared; `state`, `by` and `at` tell more"),
        (status = 412, description = "it has changed since the version of If-Match; `version` and `state` are the newest"),
        (status = 422, description = "a value is not valid; `field` names it"),
    ))]
pub(super) async fn shelve_alert(act: Act, Json(body): Json<Shelve>) -> Result<Response, Problem> {
    act.carry_out(Command::Shelve {
        reason: body.reason,
        until: body.until,
    })
    .await
}
