//! The routes of this slice: one handler per operation; its comment is the text of the API.

use crate::error::__Name__Error;
use crate::service::__Names__;
use crate::wire::{New__Name__, __Name__, __Name__Page};
use access::signed::Signed;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chassis::cursor::{self, CursorKey};
use chassis::json::{Json as Body, Path, Query};
use chassis::problem::Problem;
use kernel::area::AreaCode;
use kernel::error::Classified;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// What the routes of this slice need.
#[derive(Clone)]
pub struct __Name__State {
    /// The service.
    pub __names__: __Names__,
    /// Signs the cursors of pages.
    pub cursors: CursorKey,
}

/// Routes of this slice, with full paths. The caller wraps them into its layers: who asks, and the audit.
pub fn mount(state: __Name__State) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list___names__, open___name__))
        .routes(routes!(read___name__))
        .routes(routes!(close___name__))
        .with_state(state)
}

/// What a cursor of the list is for; one of another list is refused.
const QUESTION: &str = "__names__";

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Size of the page, 1 to 1000; 100 if absent.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// List what you may see, newest first.
#[utoipa::path(get, path = "/api/v1/__names__", tag = "__name__", params(Asked), responses(
    (status = 200, body = __Name__Page),
    (status = 422, description = "a value cannot be understood; `field` names it"),
))]
async fn list___names__(
    State(state): State<__Name__State>,
    Signed(actor): Signed,
    Query(asked): Query<Asked>,
) -> Result<Json<__Name__Page>, Problem> {
    let limit = cursor::limit(asked.limit)?;
    let cursor = asked.cursor.as_deref();
    let after = cursor.map(|cursor| state.cursors.read(QUESTION, cursor)).transpose()?;
    let (found, next) = state.__names__.list(&actor, after, limit).await.map_err(problem)?;
    Ok(Json(__Name__Page {
        items: found.iter().map(|stored| __Name__::of(&stored.it, stored.version)).collect(),
        next: next.map(|after| state.cursors.write(QUESTION, &after)),
    }))
}

/// Open one.
#[utoipa::path(post, path = "/api/v1/__names__", tag = "__name__", request_body = New__Name__, responses(
    (status = 201, body = __Name__),
    (status = 403, description = "your roles do not allow it"),
    (status = 422, description = "a value is not valid; `field` names it"),
))]
async fn open___name__(
    State(state): State<__Name__State>,
    Signed(actor): Signed,
    Body(body): Body<New__Name__>,
) -> Result<(StatusCode, Json<__Name__>), Problem> {
    let code = |text: &String| AreaCode::new(text).map_err(|error| Problem::invalid("areas", error.to_string()));
    let areas = body.areas.iter().map(code).collect::<Result<_, _>>()?;
    let opened = state.__names__.open(&actor, &body.title, areas).await;
    let stored = opened.map_err(problem)?;
    Ok((StatusCode::CREATED, Json(__Name__::of(&stored.it, stored.version))))
}

/// Read one.
#[utoipa::path(get, path = "/api/v1/__names__/{id}", tag = "__name__",
    params(("id" = String, Path, description = "its id")),
    responses(
        (status = 200, body = __Name__),
        (status = 404, description = "it does not exist, or not for you"),
    ))]
async fn read___name__(
    State(state): State<__Name__State>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<Json<__Name__>, Problem> {
    let stored = state.__names__.one(&actor, known(&id)?).await.map_err(problem)?;
    Ok(Json(__Name__::of(&stored.it, stored.version)))
}

/// Close one.
#[utoipa::path(post, path = "/api/v1/__names__/{id}/close", tag = "__name__",
    params(("id" = String, Path, description = "its id")),
    responses(
        (status = 200, body = __Name__),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "it does not exist, or not for you"),
        (status = 409, description = "it is closed already"),
    ))]
async fn close___name__(
    State(state): State<__Name__State>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<Json<__Name__>, Problem> {
    let stored = state.__names__.close(&actor, known(&id)?).await.map_err(problem)?;
    Ok(Json(__Name__::of(&stored.it, stored.version)))
}

/// An id in a path. What cannot be an id does not exist either.
fn known(id: &str) -> Result<Uuid, Problem> {
    id.parse().map_err(|_| problem(__Name__Error::NotFound))
}

fn problem(error: __Name__Error) -> Problem {
    let problem = Problem::of(&error as &dyn Classified);
    match error {
        __Name__Error::Invalid { field, .. } => problem.with("field", field),
        _ => problem,
    }
}
