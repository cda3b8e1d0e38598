//! GET /api/v1/indicators

use super::{IndicatorState, problem};
use crate::wire::Definitions;
use access::signed::Signed;
use axum::Json;
use axum::extract::State;
use chassis::problem::Problem;

/// List the indicators of the city pack, each with its bands, and the version of its standard that is in force.
#[utoipa::path(get, path = "/api/v1/indicators", tag = "indicator", responses(
    (status = 200, body = Definitions),
    (status = 403, description = "your roles do not allow it"),
))]
pub(super) async fn list_indicators(
    State(state): State<IndicatorState>,
    Signed(actor): Signed,
) -> Result<Json<Definitions>, Problem> {
    let items = state.indicators.list(&actor).map_err(problem)?;
    Ok(Json(Definitions { items }))
}
