//! The shapes of the communes: imported boundaries, or else the approximate cells of the city pack.

use crate::assemble::House;
use access::signed::Signed;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use boundary::service::Boundaries;
use chassis::problem::Problem;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(Clone)]
struct Shapes {
    boundaries: Boundaries,
    cells: Option<Arc<str>>,
}

pub(super) fn mount(house: &House) -> OpenApiRouter {
    let shapes = Shapes {
        boundaries: house.boundaries.clone(),
        cells: house.pack.cells.as_deref().map(Into::into),
    };
    OpenApiRouter::new().routes(routes!(cells_of_areas)).with_state(shapes)
}

/// The wards as GeoJSON: imported boundaries with their `source`, or else approximate cells ("địa giới xấp xỉ").
///
/// Cells have a `note` that says so, and are never for dispatch or legal use.
#[utoipa::path(get, path = "/api/v1/areas.geojson", tag = "access",
    responses((status = 200, description = "a FeatureCollection", content_type = "application/geo+json")))]
async fn cells_of_areas(State(shapes): State<Shapes>, _: Signed) -> Response {
    match shapes.boundaries.collection().or(shapes.cells) {
        Some(shapes) => ([(header::CONTENT_TYPE, "application/geo+json")], shapes.to_string()).into_response(),
        None => Problem::not_found("area file (areas/cells.geojson of the city pack)").into_response(),
    }
}
