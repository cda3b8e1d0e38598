//! GET /api/v1/incidents

use super::answer::problem;
use super::state::IncidentState;
use crate::store::Filter;
use crate::wire::{Incident, IncidentPage};
use access::signed::Signed;
use axum::Json;
use axum::extract::State;
use chassis::cursor;
use chassis::filter::{self, one, several};
use chassis::json::Query;
use chassis::problem::Problem;
use kernel::id::{AlertId, OrgId};
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// `active` (all that are not closed), `open`, `in_progress`, `closed`; several with commas.
    state: Option<String>,
    /// 1 to 5; several with commas.
    severity: Option<String>,
    /// Kinds such as `flood_depth`; several with commas.
    kind: Option<String>,
    /// Area codes; several with commas.
    area: Option<String>,
    /// Organisations that lead or are assigned; several with commas.
    org: Option<String>,
    /// An alert that belongs to it.
    alert: Option<String>,
    /// Words of number, title or kind, with or without tones; beginnings are enough.
    q: Option<String>,
    /// A box on the map: `west,south,east,north` in degrees.
    bbox: Option<String>,
    /// Size of the page, 1 to 1000; 100 if absent.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// List incidents: active before closed, gravest first, then newest.
#[utoipa::path(get, path = "/api/v1/incidents", tag = "incident", params(Asked), responses(
    (status = 200, body = IncidentPage),
    (status = 422, description = "a filter cannot be understood; `field` names it"),
))]
pub(super) async fn list_incidents(
    State(state): State<IncidentState>,
    Signed(actor): Signed,
    Query(asked): Query<Asked>,
) -> Result<Json<IncidentPage>, Problem> {
    let limit = cursor::limit(asked.limit)?;
    let filter = asked.filter()?;
    let question = asked.question();
    let after = asked
        .cursor
        .as_deref()
        .map(|cursor| state.cursors.read(&question, cursor))
        .transpose()?;
    let (incidents, next) = state
        .incidents
        .list(&actor, &filter, after, limit)
        .await
        .map_err(problem)?;
    Ok(Json(IncidentPage {
        items: incidents
            .iter()
            .map(|stored| Incident::brief(&stored.incident, stored.version))
            .collect(),
        next: next.map(|after| state.cursors.write(&question, &after)),
    }))
}

const STATES: [&str; 4] = ["active", "open", "in_progress", "closed"];

impl Asked {
    /// Everything about the question except the page; a cursor holds only for it.
    fn question(&self) -> String {
        let Self {
            state,
            severity,
            kind,
            area,
            org,
            alert,
            q,
            bbox,
            ..
        } = self;
        format!("incidents {state:?} {severity:?} {kind:?} {area:?} {org:?} {alert:?} {q:?} {bbox:?}")
    }

    fn filter(&self) -> Result<Filter, Problem> {
        Ok(Filter {
            states: several(
                "state",
                self.state.as_deref(),
                "active, open, in_progress or closed",
                |text| STATES.into_iter().find(|state| *state == text),
            )?,
            severities: filter::severities(self.severity.as_deref())?,
            kinds: several(
                "kind",
                self.kind.as_deref(),
                "codes of 1 to 64 characters such as flood_depth",
                |text| (1..=64).contains(&text.len()).then(|| text.to_owned()),
            )?,
            areas: filter::areas(self.area.as_deref())?,
            orgs: several(
                "org",
                self.org.as_deref(),
                "codes of organisations, see /api/v1/orgs",
                |text| OrgId::new(text).ok(),
            )?,
            alert: one("alert", self.alert.as_deref(), "the id of an alert", |text| {
                text.parse::<AlertId>().ok()
            })?,
            words: filter::words(self.q.as_deref())?,
            bounds: filter::bounds(self.bbox.as_deref())?,
        })
    }
}
