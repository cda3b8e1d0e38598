//! The routes of the pack.

mod answer;
mod conflicts;
mod edit;
mod lift;
mod list;
mod one;
mod resolve;
mod version;

use crate::service::Packs;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the routes need.
#[derive(Clone, Debug)]
pub struct PackState {
    /// The pack.
    pub packs: Packs,
}

/// Routes with full paths. The caller wraps them into its layers: who asks, and the audit.
pub fn mount(state: PackState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list::list_pack))
        .routes(routes!(conflicts::list_pack_conflicts))
        .routes(routes!(one::read_pack_item, edit::edit_pack_item))
        .routes(routes!(version::read_pack_version))
        .routes(routes!(lift::lift_pack_overlay))
        .routes(routes!(resolve::resolve_pack_conflict))
        .with_state(state)
}
