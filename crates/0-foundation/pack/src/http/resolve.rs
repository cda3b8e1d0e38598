//! POST /api/v1/pack/{kind}/{id}/resolve

use super::PackState;
use super::answer::{changed, judged, name, problem};
use crate::model::MAX_TEXT;
use crate::service::Take;
use crate::wire::{Outcome, Resolve, Taken};
use access::signed::Signed;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chassis::json::{Json, Path};
use chassis::problem::Problem;

/// Settle a conflict: keep the overlay, take the newer base, or another text, such as the proposal.
#[utoipa::path(post, path = "/api/v1/pack/{kind}/{id}/resolve", tag = "pack", request_body = Resolve,
    params(("kind" = String, Path, description = "kind of the item"), ("id" = String, Path, description = "its id"),
        ("If-Match" = Option<String>, Header, description = "the ETag that you have judged")),
    responses(
        (status = 200, body = Outcome, headers(("ETag" = String, description = "its new version"))),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "the pack has no such item"),
        (status = 409, description = "it is in no conflict"),
        (status = 412, description = "it has changed since the version of If-Match; `version` is the newest"),
        (status = 422, description = "the text does not do; `mistakes` name file, line, column and remedy"),
    ))]
pub(super) async fn resolve_pack_conflict(
    State(state): State<PackState>,
    Signed(actor): Signed,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
    Json(body): Json<Resolve>,
) -> Result<Response, Problem> {
    let name = name(&kind, &id)?;
    let take = match (body.take, body.text) {
        (Taken::Overlay, None) => Take::Overlay,
        (Taken::Base, None) => Take::Base,
        (Taken::Text, Some(text)) if text.len() <= MAX_TEXT => Take::Text(text),
        (Taken::Text, Some(_)) => return Err(Problem::invalid("text", format!("at most {MAX_TEXT} bytes are taken"))),
        (Taken::Text, None) => return Err(Problem::invalid("text", "write the text that shall count")),
        (_, Some(_)) => {
            return Err(Problem::invalid(
                "text",
                "leave it out; it goes with \"take\": \"text\"",
            ));
        }
    };
    let done = state.packs.resolve(&actor, &name, &take, judged(&headers)?).await;
    done.map(|done| changed(&done)).map_err(problem)
}
