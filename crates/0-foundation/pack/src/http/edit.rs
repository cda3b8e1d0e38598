//! PUT /api/v1/pack/{kind}/{id}

use super::PackState;
use super::answer::{changed, judged, name, problem};
use crate::wire::Outcome;
use access::signed::Signed;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use chassis::json::Path;
use chassis::problem::Problem;
use kernel::error::ErrorKind;

/// Put a text over what the pack says. The body is the whole file as it would stand in the pack, in UTF-8; it is judged with
/// all the others, and with a mistake nothing changes. `applies` tells whether it counts at once.
#[utoipa::path(put, path = "/api/v1/pack/{kind}/{id}", tag = "pack",
    request_body(content = String, content_type = "text/plain", description = "the text of the file"),
    params(("kind" = String, Path, description = "kind of the item"), ("id" = String, Path, description = "its id"),
        ("If-Match" = Option<String>, Header, description = "the ETag that you have judged")),
    responses(
        (status = 200, body = Outcome, headers(("ETag" = String, description = "its new version"))),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "no item can bear this name"),
        (status = 412, description = "it has changed since the version of If-Match; `version` is the newest"),
        (status = 422, description = "the text does not do; `mistakes` name file, line, column and remedy"),
    ))]
pub(super) async fn edit_pack_item(
    State(state): State<PackState>,
    Signed(actor): Signed,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let name = name(&kind, &id)?;
    let body = body.map_err(|error| Problem::new(ErrorKind::Invalid, "too_large", error.body_text()))?;
    let text = std::str::from_utf8(&body)
        .map_err(|error| Problem::invalid("body", format!("the text is not UTF-8: {error}; save it as UTF-8")))?;
    let done = state.packs.edit(&actor, &name, text, judged(&headers)?).await;
    done.map(|done| changed(&done)).map_err(problem)
}
