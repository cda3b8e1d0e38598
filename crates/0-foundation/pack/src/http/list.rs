//! GET /api/v1/pack

use super::PackState;
use super::answer::problem;
use crate::model::State as ItemState;
use crate::model::name::Kind;
use crate::wire::{ItemList, ItemView};
use access::signed::Signed;
use axum::Json;
use axum::extract::State;
use chassis::json::Query;
use chassis::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Only this kind.
    kind: Option<Kind>,
    /// Only what stands so.
    state: Option<ItemState>,
}

/// All items of the city pack, by kind and id, and how each stands.
#[utoipa::path(get, path = "/api/v1/pack", tag = "pack", params(Asked), responses(
    (status = 200, body = ItemList),
    (status = 403, description = "your roles do not allow it"),
))]
pub(super) async fn list_pack(
    State(state): State<PackState>,
    Signed(actor): Signed,
    Query(asked): Query<Asked>,
) -> Result<Json<ItemList>, Problem> {
    let (pack, summaries) = state.packs.list(&actor).await.map_err(problem)?;
    let wanted = summaries.iter().filter(|summary| {
        asked.kind.is_none_or(|kind| kind == summary.item.name.kind)
            && asked.state.is_none_or(|wanted| wanted == summary.item.state())
    });
    let items = wanted.map(|summary| ItemView::new(summary, state.packs.applies(summary.item.name.kind)));
    Ok(Json(ItemList {
        pack,
        items: items.collect(),
    }))
}
