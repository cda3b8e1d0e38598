//! GET /api/v1/pack/{kind}/{id}

use super::PackState;
use super::answer::{name, problem, tagged};
use crate::wire::ItemWhole;
use access::signed::Signed;
use axum::extract::State;
use axum::response::Response;
use chassis::json::Path;
use chassis::problem::Problem;

/// One item: the text that counts, the pack's, the person's, and all versions with who, when and what.
#[utoipa::path(get, path = "/api/v1/pack/{kind}/{id}", tag = "pack",
    params(("kind" = String, Path, description = "kind of the item"), ("id" = String, Path, description = "its id")),
    responses(
        (status = 200, body = ItemWhole, headers(("ETag" = String, description = "its newest version"))),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "the pack has no such item"),
    ))]
pub(super) async fn read_pack_item(
    State(state): State<PackState>,
    Signed(actor): Signed,
    Path((kind, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let name = name(&kind, &id)?;
    let whole = state.packs.one(&actor, &name).await.map_err(problem)?;
    let version = whole.summary.item.latest;
    Ok(tagged(version, ItemWhole::new(whole, state.packs.applies(name.kind))))
}
