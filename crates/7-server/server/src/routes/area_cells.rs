//! The approximate cells of the wards, as the city pack has them.

use crate::assemble::House;
use access::signed::Signed;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chassis::problem::Problem;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn mount(house: &House) -> OpenApiRouter {
    let cells: Option<Arc<str>> = house.pack.cells.as_deref().map(Into::into);
    OpenApiRouter::new().routes(routes!(cells_of_areas)).with_state(cells)
}

/// The wards as GeoJSON; approximate ("địa giới xấp xỉ"), never for dispatch or legal use.
#[utoipa::path(get, path = "/api/v1/areas.geojson", tag = "access",
    responses((status = 200, description = "a FeatureCollection", content_type = "application/geo+json")))]
async fn cells_of_areas(State(cells): State<Option<Arc<str>>>, _: Signed) -> Response {
    match cells {
        Some(cells) => ([(header::CONTENT_TYPE, "application/geo+json")], cells.to_string()).into_response(),
        None => Problem::not_found("area file (areas/cells.geojson of the city pack)").into_response(),
    }
}
