//! The routes of this slice; each handler stands in a file of its own.

mod acknowledge;
mod act;
mod answer;
mod clear;
mod comment;
mod list;
mod one;
mod shelve;
mod state;
mod unshelve;

pub use state::AlertState;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this slice, with full paths. The caller wraps them into its layers: who asks, and the audit.
pub fn mount(state: AlertState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list::list_alerts))
        .routes(routes!(one::read_alert))
        .routes(routes!(acknowledge::acknowledge_alert))
        .routes(routes!(comment::comment_on_alert))
        .routes(routes!(shelve::shelve_alert))
        .routes(routes!(unshelve::unshelve_alert))
        .routes(routes!(clear::clear_alert))
        .with_state(state)
}
