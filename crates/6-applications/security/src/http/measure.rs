//! /api/v1/security/actions

use super::answer::problem;
use super::state::SecurityState;
use crate::error::SecurityError;
use crate::model::measure::{KINDS, STATES};
use crate::store::measure::Filter;
use crate::wire::measure::{Measure, Page, Request};
use access::session::Live;
use access::signed::Signed;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use chassis::cursor;
use chassis::filter::{self, several};
use chassis::json::{Json as Body, Query};
use chassis::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// `block_account`, `block_token`, `quarantine_device`, `cut_session`; several with commas.
    kind: Option<String>,
    /// `begun`, `in_force`, `done`, `undoing`, `undone`, `failed`; several with commas.
    state: Option<String>,
    /// Words of target or reason, with or without tones; beginnings are enough.
    q: Option<String>,
    /// Size of the page, 1 to 1000; 100 if absent.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

impl Asked {
    fn filter(&self) -> Result<Filter, Problem> {
        let of = |all: &'static [&'static str]| move |text: &str| all.iter().copied().find(|known| *known == text);
        Ok(Filter {
            kinds: several("kind", self.kind.as_deref(), &KINDS.join(", "), of(&KINDS))?,
            states: several("state", self.state.as_deref(), &STATES.join(", "), of(&STATES))?,
            words: filter::words(self.q.as_deref())?,
        })
    }
}

/// List what was done for security, newest first.
#[utoipa::path(get, path = "/api/v1/security/actions", tag = "security", params(Asked), responses(
    (status = 200, body = Page),
    (status = 422, description = "a filter cannot be understood; `field` names it"),
))]
pub(super) async fn list_actions(
    State(state): State<SecurityState>,
    Signed(actor): Signed,
    Query(asked): Query<Asked>,
) -> Result<Json<Page>, Problem> {
    let limit = cursor::limit(asked.limit)?;
    let filter = asked.filter()?;
    let question = format!("security actions {filter:?}");
    let after = asked.cursor.as_deref().map(|text| state.cursors.read(&question, text));
    let found = state.measures.list(&actor, &filter, after.transpose()?, limit).await;
    let (measures, next) = found.map_err(problem)?;
    let view = |stored: &crate::record::Stored<_>| Measure::new(&stored.thing, stored.version);
    Ok(Json(Page {
        items: measures.iter().map(view).collect(),
        next: next.map(|after| state.cursors.write(&question, &after)),
    }))
}

/// Take an action: block an account or an API token, quarantine a device, cut a session. It holds when this answers. Beside
/// `security.act` each kind takes its own right, `security.block_account` and so on, and a token has to be made for both. With
/// an `Idempotency-Key` the same request again answers the same action.
#[utoipa::path(post, path = "/api/v1/security/actions", tag = "security", request_body = Request,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 200 visible ASCII characters")),
    responses(
        (status = 201, body = Measure, headers(("Location" = String, description = "its address"))),
        (status = 200, body = Measure, description = "the same was asked before with this key; as it stands now"),
        (status = 403, description = "your roles, or this token, do not allow this kind; nobody does it to oneself"),
        (status = 404, description = "no such account, token, session or device, or not for you"),
        (status = 409, description = "the target is under another action; `action` names it"),
        (status = 422, description = "a value is not valid, or the key was used with another body; `field` names it"),
        (status = 503, description = "written down and not in force yet; it is tried again, `action` names it"),
    ))]
pub(super) async fn take_action(
    State(state): State<SecurityState>,
    _: Signed,
    Extension(live): Extension<Live>,
    headers: HeaderMap,
    Body(body): Body<Request>,
) -> Result<Response, Problem> {
    let key = headers
        .get("idempotency-key")
        .map(|key| key.to_str().unwrap_or_default().to_owned());
    let wish = body.read(key).map_err(problem)?;
    let (stored, new) = state.measures.take(&live, wish).await.map_err(problem)?;
    let view = Json(Measure::new(&stored.thing, stored.version));
    let address = format!("/api/v1/security/actions/{}", stored.thing.id);
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, [(header::LOCATION, address)], view).into_response())
}

/// Read one action.
#[utoipa::path(get, path = "/api/v1/security/actions/{id}", tag = "security",
    params(("id" = String, Path, description = "id of the action")),
    responses((status = 200, body = Measure), (status = 404, description = "no such action, or not for you")))]
pub(super) async fn read_action(
    State(state): State<SecurityState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<Json<Measure>, Problem> {
    let stored = state.measures.one(&actor, read_id(&id)?).await.map_err(problem)?;
    Ok(Json(Measure::new(&stored.thing, stored.version)))
}

/// Take an action back. What was before is there again when this answers: the account opens, the token works, the device is
/// heard. What others have changed meanwhile stays, and `restored` says so. A session that was cut cannot be uncut.
#[utoipa::path(delete, path = "/api/v1/security/actions/{id}", tag = "security",
    params(("id" = String, Path, description = "id of the action")),
    responses(
        (status = 200, body = Measure),
        (status = 403, description = "your roles, or this token, do not allow this kind"),
        (status = 404, description = "no such action, or not for you"),
        (status = 409, description = "it cannot be taken back"),
    ))]
pub(super) async fn undo_action(
    State(state): State<SecurityState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(id): Path<String>,
) -> Result<Json<Measure>, Problem> {
    let stored = state.measures.undo(&live, read_id(&id)?).await.map_err(problem)?;
    Ok(Json(Measure::new(&stored.thing, stored.version)))
}

/// An id in a path. What cannot be an id is no action either.
fn read_id(text: &str) -> Result<Uuid, Problem> {
    text.parse().map_err(|_| problem(SecurityError::NotFound("action")))
}
