//! POST /api/v1/alerts/{id}/comment

use super::act::Act;
use crate::decide::act::Command;
use crate::wire::{Alert, Comment};
use axum::response::Response;
use chassis::json::Json;
use chassis::problem::Problem;

/// Write something into the timeline of an alert, whatever its state.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/comment", tag = "alert", request_body = Comment,
    params(("id" = String, Path, description = "id of the alert"),
        ("If-Match" = Option<String>, Header, description = "the ETag that you have judged")),
    responses(
        (status = 200, body = Alert, headers(("ETag" = String, description = "its new version"))),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "no such alert, or not for you"),
        (status = 409, description = "the timeline is full"),
        (status = 412, description = "it has changed since the version of If-Match; `version` and `state` are the newest"),
        (status = 422, description = "a value is not valid; `field` names it"),
    ))]
pub(super) async fn comment_on_alert(act: Act, Json(body): Json<Comment>) -> Result<Response, Problem> {
    act.carry_out(Command::Comment { comment: body.comment }).await
}
