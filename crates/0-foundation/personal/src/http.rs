//! The routes of personal fields: one's own, those of people within an administrator's reach, and the inventory.

use crate::error::PersonalError;
use crate::inventory::{Inventory, inventory};
use crate::service::People;
use crate::wire::PersonDetails;
use access::session::Live;
use access::signed::Signed;
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use chassis::json::{Json as Body, Path};
use chassis::problem::Problem;
use policy::action::Action;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the routes need.
#[derive(Clone, Debug)]
pub struct PersonalState {
    /// The personal fields.
    pub people: People,
}

/// Routes with full paths. The caller wraps them into its layers: who asks, and the audit.
pub fn mount(state: PersonalState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(read_inventory))
        .routes(routes!(read_own, write_own, erase_own))
        .routes(routes!(read_details, write_details, erase_details))
        .with_state(state)
}

fn problem(error: PersonalError) -> Problem {
    Problem::of(&error)
}

/// Which personal fields this instance keeps, where and what for.
#[utoipa::path(get, path = "/api/v1/personal/inventory", tag = "personal", responses((status = 200, body = Inventory)))]
async fn read_inventory(_: Signed) -> Result<Json<Inventory>, Problem> {
    inventory().map(Json).map_err(problem)
}

/// Your own details.
#[utoipa::path(get, path = "/api/v1/account/details", tag = "personal", responses(
    (status = 200, body = PersonDetails, description = "all empty when none are stored")))]
async fn read_own(
    State(state): State<PersonalState>,
    _: Signed,
    Extension(live): Extension<Live>,
) -> Result<Json<PersonDetails>, Problem> {
    let person = state.people.oneself(&live).map_err(problem)?;
    let details = state.people.read(&live.actor, person).await.map_err(problem)?;
    Ok(Json(details.into()))
}

/// Write your own details, all of them.
#[utoipa::path(put, path = "/api/v1/account/details", tag = "personal", request_body = PersonDetails, responses(
    (status = 200, body = PersonDetails), (status = 422, description = "a value does not fit")))]
async fn write_own(
    State(state): State<PersonalState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Body(body): Body<PersonDetails>,
) -> Result<Json<PersonDetails>, Problem> {
    let person = state.people.oneself(&live).map_err(problem)?;
    let details = state
        .people
        .write(&live.actor, person, body.into())
        .await
        .map_err(problem)?;
    Ok(Json(details.into()))
}

/// Erase your own details: their key is destroyed, here and for every backup that is restored here.
#[utoipa::path(delete, path = "/api/v1/account/details", tag = "personal", responses(
    (status = 204, description = "nothing is stored any more")))]
async fn erase_own(
    State(state): State<PersonalState>,
    _: Signed,
    Extension(live): Extension<Live>,
) -> Result<StatusCode, Problem> {
    let person = state.people.oneself(&live).map_err(problem)?;
    state.people.erase(&live.actor, person).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The details of a person within your reach.
#[utoipa::path(get, path = "/api/v1/people/{account}/details", tag = "personal",
    params(("account" = String, Path, description = "account name")),
    responses((status = 200, body = PersonDetails), (status = 404, description = "no such account, or not for you")))]
async fn read_details(
    State(state): State<PersonalState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(account): Path<String>,
) -> Result<Json<PersonDetails>, Problem> {
    let person = state
        .people
        .person(&live, Action::DetailRead, &account)
        .await
        .map_err(problem)?;
    let details = state.people.read(&live.actor, person).await.map_err(problem)?;
    Ok(Json(details.into()))
}

/// Write the details of a person within your reach, all of them.
#[utoipa::path(put, path = "/api/v1/people/{account}/details", tag = "personal", request_body = PersonDetails,
    params(("account" = String, Path, description = "account name")),
    responses((status = 200, body = PersonDetails), (status = 404, description = "no such account, or not for you"),
        (status = 422, description = "a value does not fit")))]
async fn write_details(
    State(state): State<PersonalState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(account): Path<String>,
    Body(body): Body<PersonDetails>,
) -> Result<Json<PersonDetails>, Problem> {
    let person = state
        .people
        .person(&live, Action::DetailKeep, &account)
        .await
        .map_err(problem)?;
    let details = state
        .people
        .write(&live.actor, person, body.into())
        .await
        .map_err(problem)?;
    Ok(Json(details.into()))
}

/// Erase the details of a person within your reach: their key is destroyed, here and for every backup that is restored here.
#[utoipa::path(delete, path = "/api/v1/people/{account}/details", tag = "personal",
    params(("account" = String, Path, description = "account name")),
    responses((status = 204, description = "nothing is stored any more"), (status = 404, description = "no such account, or not for you")))]
async fn erase_details(
    State(state): State<PersonalState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(account): Path<String>,
) -> Result<StatusCode, Problem> {
    let person = state
        .people
        .person(&live, Action::DetailKeep, &account)
        .await
        .map_err(problem)?;
    state.people.erase(&live.actor, person).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}
