//! /api/v1/security/objects

use super::answer::{judged, problem, tagged};
use super::state::SecurityState;
use crate::decide::object::Narrow;
use crate::model::object::Kind;
use crate::wire::object::{InventoryObject, Page, Request};
use access::session::Live;
use access::signed::Signed;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use chassis::cursor;
use chassis::filter::{self, several};
use chassis::json::{Json as Body, Query};
use chassis::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// `device`, `account`, `link`, `api`, `store`, `dashboard`; several with commas.
    kind: Option<String>,
    /// States as the sources call them, such as `blocked` or `off`; several with commas.
    state: Option<String>,
    /// Words of id, title, or code or name of the owner, with or without tones; beginnings are enough.
    q: Option<String>,
    /// Size of the page, 1 to 1000; 100 if absent.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

const STATES: [&str; 9] = [
    "active", "blocked", "ended", "on", "off", "open", "guarded", "in_use", "shown",
];

/// What there is: devices, accounts, links, interfaces, stores and dashboards, with owner, state and last review. Devices and
/// accounts as far as you may see them; with an API token, accounts take `person.read` as well.
#[utoipa::path(get, path = "/api/v1/security/objects", tag = "security", params(Asked), responses(
    (status = 200, body = Page),
    (status = 422, description = "a filter cannot be understood; `field` names it"),
))]
pub(super) async fn list_objects(
    State(state): State<SecurityState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Query(asked): Query<Asked>,
) -> Result<Json<Page>, Problem> {
    let limit = cursor::limit(asked.limit)?;
    let kinds = several(
        "kind",
        asked.kind.as_deref(),
        &Kind::ALL.map(Kind::code).join(", "),
        Kind::read,
    )?;
    let narrow = Narrow {
        states: several("state", asked.state.as_deref(), &STATES.join(", "), |text| {
            STATES.contains(&text).then(|| text.to_owned())
        })?,
        words: filter::words(asked.q.as_deref())?,
    };
    let question = format!("security objects {kinds:?} {narrow:?}");
    let after = asked.cursor.as_deref().map(|text| state.cursors.read(&question, text));
    let found = state
        .inventory
        .list(&live, &kinds, &narrow, after.transpose()?, limit)
        .await;
    let (objects, next) = found.map_err(problem)?;
    Ok(Json(Page {
        items: objects.iter().map(InventoryObject::from).collect(),
        next: next.map(|after| state.cursors.write(&question, &after)),
    }))
}

/// Say that you have looked at an object, what you found, and who answers for it.
#[utoipa::path(post, path = "/api/v1/security/objects/{kind}/{id}/review", tag = "security", request_body = Request,
    params(
        ("kind" = String, Path, description = "`device`, `account`, `link`, `api`, `store` or `dashboard`"),
        ("id" = String, Path, description = "its id within the kind, percent-encoded"),
        ("If-Match" = Option<String>, Header, description = "the ETag, or version, that you have judged")),
    responses(
        (status = 200, body = InventoryObject, headers(("ETag" = String, description = "its new version"))),
        (status = 404, description = "no such object, or not for you"),
        (status = 412, description = "somebody has reviewed it since the version of If-Match; `version` is the newest, `state` its finding"),
        (status = 422, description = "a value is not valid; `field` names it"),
    ))]
pub(super) async fn review_object(
    State(state): State<SecurityState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
    Body(body): Body<Request>,
) -> Result<Response, Problem> {
    let kind = Kind::read(&kind).ok_or_else(|| Problem::not_found("object"))?;
    let look = body.read().map_err(problem)?;
    let reviewed = state.inventory.review(&live, kind, &id, look, judged(&headers)?).await;
    let listed = reviewed.map_err(problem)?;
    Ok(tagged(InventoryObject::from(&listed), listed.version))
}
