//! The routes of this slice; each handler stands in a file of its own.

mod list;
mod vn_aqi;

use crate::error::IndicatorError;
use crate::service::Indicators;
use chassis::problem::Problem;
use kernel::error::Classified;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the routes of this slice need.
#[derive(Clone, Debug)]
pub struct IndicatorState {
    /// The indicators.
    pub indicators: Indicators,
}

/// Routes of this slice, with full paths. The caller wraps them into its layers: who asks, and the audit.
pub fn mount(state: IndicatorState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list::list_indicators))
        .routes(routes!(vn_aqi::read_vn_aqi))
        .with_state(state)
}

fn problem(error: IndicatorError) -> Problem {
    let problem = Problem::of(&error as &dyn Classified);
    match error {
        IndicatorError::Invalid { field, .. } => problem.with("field", field),
        _ => problem,
    }
}
