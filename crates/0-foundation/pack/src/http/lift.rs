//! DELETE /api/v1/pack/{kind}/{id}/overlay

use super::PackState;
use super::answer::{changed, judged, name, problem};
use crate::wire::Outcome;
use access::signed::Signed;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chassis::json::Path;
use chassis::problem::Problem;

/// Go back to what the pack says. The overlay stays among the versions.
#[utoipa::path(delete, path = "/api/v1/pack/{kind}/{id}/overlay", tag = "pack",
    params(("kind" = String, Path, description = "kind of the item"), ("id" = String, Path, description = "its id"),
        ("If-Match" = Option<String>, Header, description = "the ETag that you have judged")),
    responses(
        (status = 200, body = Outcome, headers(("ETag" = String, description = "its new version"))),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "the pack has no such item"),
        (status = 409, description = "it has no overlay"),
        (status = 412, description = "it has changed since the version of If-Match; `version` is the newest"),
        (status = 422, description = "the base does not do with the rest; `mistakes` name file, line, column and remedy"),
    ))]
pub(super) async fn lift_pack_overlay(
    State(state): State<PackState>,
    Signed(actor): Signed,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let done = state.packs.lift(&actor, &name(&kind, &id)?, judged(&headers)?).await;
    done.map(|done| changed(&done)).map_err(problem)
}
