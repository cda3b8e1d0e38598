//! GET /api/v1/pack/{kind}/{id}/versions/{version}

use super::PackState;
use super::answer::{name, problem};
use crate::wire::VersionView;
use access::signed::Signed;
use axum::Json;
use axum::extract::State;
use chassis::json::Path;
use chassis::problem::Problem;

/// One version of an item with its text. Every text that ever counted can be read here.
#[utoipa::path(get, path = "/api/v1/pack/{kind}/{id}/versions/{version}", tag = "pack",
    params(("kind" = String, Path, description = "kind of the item"), ("id" = String, Path, description = "its id"),
        ("version" = u32, Path, description = "number of the version")),
    responses(
        (status = 200, body = VersionView),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "there is no such version"),
    ))]
pub(super) async fn read_pack_version(
    State(state): State<PackState>,
    Signed(actor): Signed,
    Path((kind, id, version)): Path<(String, String, u32)>,
) -> Result<Json<VersionView>, Problem> {
    let name = name(&kind, &id)?;
    let version = state.packs.version(&actor, &name, version).await.map_err(problem)?;
    Ok(Json(VersionView {
        text: version.text.clone(),
        ..VersionView::from(&version)
    }))
}
