//! The routes of this slice; each handler stands in a file of its own.

mod answer;
mod assign;
mod close;
mod link;
mod list;
mod note;
mod one;
mod open;
mod reopen;
mod severity;
mod state;
mod work;

pub use state::IncidentState;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this slice, with full paths. The caller wraps them into its layers: who asks, and the audit.
pub fn mount(state: IncidentState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list::list_incidents, open::open_incident))
        .routes(routes!(one::read_incident))
        .routes(routes!(note::note_on_incident))
        .routes(routes!(assign::assign_incident))
        .routes(routes!(severity::set_incident_severity))
        .routes(routes!(work::work_on_incident))
        .routes(routes!(close::close_incident))
        .routes(routes!(reopen::reopen_incident))
        .routes(routes!(link::link_to_incident))
        .with_state(state)
}
