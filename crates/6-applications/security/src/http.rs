//! The routes of this slice; each noun stands in a file of its own.

mod answer;
mod flaw;
mod measure;
mod object;
mod report;
mod state;
mod usage;

pub use state::SecurityState;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this slice, with full paths. The caller wraps them into its layers: who asks, and the audit.
pub fn mount(state: SecurityState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(measure::list_actions, measure::take_action))
        .routes(routes!(measure::read_action, measure::undo_action))
        .routes(routes!(report::list_soc_incidents, report::report_soc_incident))
        .routes(routes!(report::read_soc_incident))
        .routes(routes!(usage::read_usage))
        .routes(routes!(object::list_objects))
        .routes(routes!(object::review_object))
        .merge(flaw::mount())
        .with_state(state)
}
