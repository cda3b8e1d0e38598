//! POST /api/v1/alerts/{id}/clear

use super::act::Act;
use crate::decide::act::Command;
use crate::wire::{Alert, Clear};
use axum::response::Response;
use chassis::json::Json;
use chassis::problem::Problem;

/// End an alert by hand, whatever its causes do. What goes on as before stays quiet; a new beginning raises it again.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/clear", tag = "alert", request_body = Clear,
    params(("id" = String, Path, description = "id of the alert"),
        ("If-Match" = Option<String>, Header, description = "the ETag that you have judged")),
    responses(
        (status = 200, body = Alert, headers(("ETag" = String, description = "its new version"))),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "no such alert, or not for you"),
        (status = 409, description = "the alert is cleared already; `by` and `at` tell who did it"),
        (status = 412, description = "it has changed since the version of If-Match; `version` and `state` are the newest"),
        (status = 422, description = "a value is not valid; `field` names it"),
    ))]
pub(super) async fn clear_alert(act: Act, Json(body): Json<Clear>) -> Result<Response, Problem> {
    act.carry_out(Command::Clear { reason: body.reason }).await
}
