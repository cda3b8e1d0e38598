//! GET /api/v1/alerts

use super::answer::problem;
use super::state::AlertState;
use crate::store::Filter;
use crate::wire::{Alert, AlertPage};
use access::signed::Signed;
use axum::Json;
use axum::extract::State;
use chassis::cursor;
use chassis::filter::{self, one, several};
use chassis::json::Query;
use chassis::problem::Problem;
use kernel::id::DeviceId;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// `open` (all that are not cleared), `raised`, `acknowledged`, `shelved`, `cleared`; several with commas.
    state: Option<String>,
    /// 1 to 5; several with commas.
    severity: Option<String>,
    /// Area codes; several with commas.
    area: Option<String>,
    /// A device.
    device: Option<String>,
    /// Words of the title, with or without tones; beginnings are enough.
    q: Option<String>,
    /// A box on the map: `west,south,east,north` in degrees.
    bbox: Option<String>,
    /// Size of the page, 1 to 1000; 100 if absent.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// List alerts: open before cleared, gravest first, then newest.
#[utoipa::path(get, path = "/api/v1/alerts", tag = "alert", params(Asked), responses(
    (status = 200, body = AlertPage),
    (status = 422, description = "a filter cannot be understood; `field` names it"),
))]
pub(super) async fn list_alerts(
    State(state): State<AlertState>,
    Signed(actor): Signed,
    Query(asked): Query<Asked>,
) -> Result<Json<AlertPage>, Problem> {
    let limit = cursor::limit(asked.limit)?;
    let filter = asked.filter()?;
    let question = asked.question();
    let after = asked
        .cursor
        .as_deref()
        .map(|cursor| state.cursors.read(&question, cursor))
        .transpose()?;
    let (alerts, next) = state
        .alerts
        .list(&actor, &filter, after, limit)
        .await
        .map_err(problem)?;
    Ok(Json(AlertPage {
        items: alerts
            .iter()
            .map(|stored| Alert::brief(&stored.alert, stored.version))
            .collect(),
        next: next.map(|after| state.cursors.write(&question, &after)),
    }))
}

const STATES: [&str; 5] = ["open", "raised", "acknowledged", "shelved", "cleared"];

impl Asked {
    /// Everything about the question except the page; a cursor holds only for it.
    fn question(&self) -> String {
        let Self {
            state,
            severity,
            area,
            device,
            q,
            bbox,
            ..
        } = self;
        format!("alerts {state:?} {severity:?} {area:?} {device:?} {q:?} {bbox:?}")
    }

    fn filter(&self) -> Result<Filter, Problem> {
        Ok(Filter {
            states: several(
                "state",
                self.state.as_deref(),
                "open, raised, acknowledged, shelved or cleared",
                |text| STATES.into_iter().find(|state| *state == text),
            )?,
            severities: filter::severities(self.severity.as_deref())?,
            areas: filter::areas(self.area.as_deref())?,
            device: one("device", self.device.as_deref(), "the id of a device", |text| {
                DeviceId::new(text).ok()
            })?,
            words: filter::words(self.q.as_deref())?,
            bounds: filter::bounds(self.bbox.as_deref())?,
        })
    }
}
