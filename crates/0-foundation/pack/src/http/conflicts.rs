//! GET /api/v1/pack/conflicts

use super::PackState;
use super::answer::problem;
use crate::wire::{ConflictList, ConflictView};
use access::signed::Signed;
use axum::Json;
use axum::extract::State;
use chassis::problem::Problem;

/// Items that a person and a newer pack have both changed. The person's text counts until somebody chooses.
#[utoipa::path(get, path = "/api/v1/pack/conflicts", tag = "pack", responses(
    (status = 200, body = ConflictList),
    (status = 403, description = "your roles do not allow it"),
))]
pub(super) async fn list_pack_conflicts(
    State(state): State<PackState>,
    Signed(actor): Signed,
) -> Result<Json<ConflictList>, Problem> {
    let found = state.packs.conflicts(&actor).await.map_err(problem)?;
    let items = found.into_iter().map(|(summary, conflict)| {
        let applies = state.packs.applies(summary.item.name.kind);
        ConflictView::new(&summary, conflict, applies)
    });
    Ok(Json(ConflictList { items: items.collect() }))
}
