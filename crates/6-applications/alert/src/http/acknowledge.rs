//! POST /api/v1/alerts/{id}/acknowledge

use super::act::Act;
use crate::decide::act::Command;
use crate::wire::{Acknowledge, Alert};
use axum::response::Response;
use chassis::json::Json;
use chassis::problem::Problem;

/// Take note of a raised alert. It stays open until its causes are over; something graver raises it again.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/acknowledge", tag = "alert", request_body = Acknowledge,
    params(("id" = String, Path, description = "id of the alert"),
        ("If-Match" = Option<String>, Header, description = "the ETag that you have judged")),
    responses(
        (status = 200, body = Alert, headers(("ETag" = String, description = "its new version"))),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "no such alert, or not for you"),
        (status = 409, description = "the alert is not raised; `state`, `by` and `at` tell who was faster"),
        (status = 412, description = "it has changed since the version of If-Match; `version` and `state` are the newest"),
        (status = 422, description = "a value is not valid; `field` names it"),
    ))]
pub(super) async fn acknowledge_alert(act: Act, Json(body): Json<Acknowledge>) -> Result<Response, Problem> {
    act.carry_out(Command::Acknowledge { comment: body.comment }).await
}
