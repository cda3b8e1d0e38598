//! /api/v1/security/incidents

use super::answer::problem;
use super::state::SecurityState;
use crate::service::report::Taken;
use crate::store::report::Filter;
use crate::wire::report::{Page, Report, Request};
use access::signed::Signed;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
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
    /// `open`, `closed`; several with commas.
    state: Option<String>,
    /// 1 to 5; several with commas.
    severity: Option<String>,
    /// Words of id, title or objects, with or without tones; beginnings are enough.
    q: Option<String>,
    /// Size of the page, 1 to 1000; 100 if absent.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// List incidents of the security centre, the newest word first.
#[utoipa::path(get, path = "/api/v1/security/incidents", tag = "security", params(Asked), responses(
    (status = 200, body = Page),
    (status = 422, description = "a filter cannot be understood; `field` names it"),
))]
pub(super) async fn list_soc_incidents(
    State(state): State<SecurityState>,
    Signed(actor): Signed,
    Query(asked): Query<Asked>,
) -> Result<Json<Page>, Problem> {
    let limit = cursor::limit(asked.limit)?;
    let filter = Filter {
        states: several("state", asked.state.as_deref(), "open or closed", |text| {
            ["open", "closed"].into_iter().find(|known| *known == text)
        })?,
        severities: filter::severities(asked.severity.as_deref())?,
        words: filter::words(asked.q.as_deref())?,
    };
    let question = format!("security incidents {filter:?}");
    let after = asked.cursor.as_deref().map(|text| state.cursors.read(&question, text));
    let found = state.reports.list(&actor, &filter, after.transpose()?, limit).await;
    let (reports, next) = found.map_err(problem)?;
    let view = |stored: &crate::record::Stored<_>| Report::new(&stored.thing, stored.version);
    Ok(Json(Page {
        items: reports.iter().map(view).collect(),
        next: next.map(|after| state.cursors.write(&question, &after)),
    }))
}

/// Tell of an incident of the security centre: a new one, a newer state of it, or its end (`closed`). Each different state
/// becomes one signal, and so an alert; the same words again change nothing.
#[utoipa::path(post, path = "/api/v1/security/incidents", tag = "security", request_body = Request, responses(
    (status = 201, body = Report, description = "nobody had told of it"),
    (status = 200, body = Report, description = "it was known; as it stands now"),
    (status = 403, description = "your roles do not allow it, or only for a part of the city"),
    (status = 409, description = "it is older than what was told; `known` is the time of the newest"),
    (status = 422, description = "a value is not valid; `field` names it"),
))]
pub(super) async fn report_soc_incident(
    State(state): State<SecurityState>,
    Signed(actor): Signed,
    Body(body): Body<Request>,
) -> Result<(StatusCode, Json<Report>), Problem> {
    let told = body.read().map_err(problem)?;
    let (stored, taken) = state.reports.take(&actor, told).await.map_err(problem)?;
    let status = if taken == Taken::New {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(Report::new(&stored.thing, stored.version))))
}

/// Read one incident by the security centre's id.
#[utoipa::path(get, path = "/api/v1/security/incidents/{id}", tag = "security",
    params(("id" = String, Path, description = "the SOC's own id")),
    responses((status = 200, body = Report), (status = 404, description = "no such incident, or not for you")))]
pub(super) async fn read_soc_incident(
    State(state): State<SecurityState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<Json<Report>, Problem> {
    let stored = state.reports.one(&actor, &id).await.map_err(problem)?;
    Ok(Json(Report::new(&stored.thing, stored.version)))
}
