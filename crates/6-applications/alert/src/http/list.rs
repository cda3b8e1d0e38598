//! GET /api/v1/alerts

use super::answer::problem;
use super::state::AlertState;
use crate::store::Filter;
use crate::wire::{Alert, AlertPage};
use access::signed::Signed;
use axum::Json;
use axum::extract::State;
use chassis::cursor;
use chassis::json::Query;
use chassis::problem::Problem;
use kernel::area::AreaCode;
use kernel::id::DeviceId;
use kernel::place::{Bounds, Point};
use kernel::severity::Severity;
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
                &self.state,
                "open, raised, acknowledged, shelved or cleared",
                |text| STATES.into_iter().find(|state| *state == text),
            )?,
            severities: several("severity", &self.severity, "1, 2, 3, 4 or 5", |text| {
                text.parse().ok().and_then(|level: u8| Severity::try_from(level).ok())
            })?,
            areas: several(
                "area",
                &self.area,
                "codes of two or five digits such as 00070",
                |text| AreaCode::new(text).ok(),
            )?,
            device: one("device", &self.device, "the id of a device", |text| {
                DeviceId::new(text).ok()
            })?,
            words: one("q", &self.q, "1 to 200 characters", |text| {
                (1..=200).contains(&text.chars().count()).then(|| text.to_owned())
            })?,
            bounds: one(
                "bbox",
                &self.bbox,
                "west,south,east,north in degrees, such as 105.2,20.5,106.1,21.4",
                bounds,
            )?,
        })
    }
}

fn several<T>(
    field: &str,
    given: &Option<String>,
    allowed: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Problem> {
    let parts = given.iter().flat_map(|text| text.split(','));
    parts
        .map(|part| read(part.trim()).ok_or_else(|| wrong(field, part, allowed)))
        .collect()
}

fn one<T>(
    field: &str,
    given: &Option<String>,
    allowed: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    given
        .as_deref()
        .map(|text| read(text.trim()).ok_or_else(|| wrong(field, text, allowed)))
        .transpose()
}

fn wrong(field: &str, found: &str, allowed: &str) -> Problem {
    let found: String = found.chars().take(80).collect();
    Problem::invalid(
        field,
        format!("{field} '{found}' cannot be understood; write {allowed}"),
    )
}

fn bounds(text: &str) -> Option<Bounds> {
    let degrees: Vec<f64> = text
        .split(',')
        .map(|part| part.trim().parse().ok())
        .collect::<Option<_>>()?;
    let [west, south, east, north] = degrees.try_into().ok()?;
    Point::new(west, south)?;
    Point::new(east, north)?;
    (west <= east && south <= north).then_some(Bounds {
        west,
        south,
        east,
        north,
    })
}
