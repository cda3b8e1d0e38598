//! /api/v1/emergency: the account that two people open together.

use super::AccessState;
use super::answer::problem;
use crate::session::Live;
use crate::signed::Signed;
use crate::wire::emergency::{EmergencyView, UnlockRequest, UnlockView};
use axum::extract::State;
use axum::{Extension, Json};
use chassis::json::Json as Body;
use chassis::problem::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn mount() -> OpenApiRouter<AccessState> {
    OpenApiRouter::new()
        .routes(routes!(read_emergency))
        .routes(routes!(unlock_emergency))
}

/// How the emergency account stands: closed, waiting for a second person, or open; who asked, why, and until when.
#[utoipa::path(get, path = "/api/v1/emergency", tag = "access",
    responses((status = 200, body = EmergencyView), (status = 403, description = "not permitted")))]
async fn read_emergency(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
) -> Result<Json<EmergencyView>, Problem> {
    let standing = state.accounts.emergency(&live).await.map_err(problem)?;
    Ok(Json(standing.into()))
}

/// Ask for the emergency account. A second, different person within ten minutes opens it for an hour and gets its password;
/// an alert of the gravest kind goes out at the same moment.
#[utoipa::path(post, path = "/api/v1/emergency/unlock", tag = "access", request_body = UnlockRequest,
    responses((status = 200, body = UnlockView), (status = 403, description = "not permitted")))]
async fn unlock_emergency(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Body(body): Body<UnlockRequest>,
) -> Result<Json<UnlockView>, Problem> {
    let unlocking = state.accounts.unlock(&live, body.reason.trim()).await;
    Ok(Json(unlocking.map_err(problem)?.into()))
}
