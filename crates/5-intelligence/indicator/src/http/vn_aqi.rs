//! GET /api/v1/indicators/vn-aqi

use super::{IndicatorState, problem};
use crate::model::Period;
use crate::service::{By, Question};
use crate::wire::Values;
use access::signed::Signed;
use axum::Json;
use axum::extract::State;
use chassis::filter::wrong;
use chassis::json::Query;
use chassis::problem::Problem;
use kernel::area::AreaCode;
use kernel::time::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Code of an area: its value, and the stations in it.
    area: Option<String>,
    /// A station, by its device or its NGSI-LD id.
    station: Option<String>,
    /// `station` (if absent) or `area`: what is listed when neither area nor station is given.
    by: Option<String>,
    /// `hour` (if absent) or `day`.
    period: Option<String>,
    /// The newest hour or day that was over at this instant (RFC 3339); now if absent.
    at: Option<String>,
}

/// Read the VN_AQI (QĐ 1459/QĐ-TCMT) of stations or areas, for an hour or a day. What lacks data has no item.
#[utoipa::path(get, path = "/api/v1/indicators/vn-aqi", tag = "indicator", params(Asked), responses(
    (status = 200, body = Values),
    (status = 403, description = "your roles do not allow it"),
    (status = 404, description = "the pack has no VN_AQI, or no version of it was in force then"),
    (status = 422, description = "a parameter cannot be understood; `field` names it"),
))]
pub(super) async fn read_vn_aqi(
    State(state): State<IndicatorState>,
    Signed(actor): Signed,
    Query(asked): Query<Asked>,
) -> Result<Json<Values>, Problem> {
    let values = state.indicators.vn_aqi(&actor, &asked.question()?).await;
    values.map(Json).map_err(problem)
}

impl Asked {
    fn question(&self) -> Result<Question, Problem> {
        Ok(Question {
            period: match self.period.as_deref() {
                None | Some("hour") => Period::Hour,
                Some("day") => Period::Day,
                Some(other) => return Err(wrong("period", other, "hour or day")),
            },
            by: match self.by.as_deref() {
                None | Some("station") => By::Station,
                Some("area") => By::Area,
                Some(other) => return Err(wrong("by", other, "station or area")),
            },
            area: match &self.area {
                None => None,
                Some(text) => {
                    let code = AreaCode::new(text);
                    Some(code.map_err(|_| wrong("area", text, "a code of two or five digits such as 00070"))?)
                }
            },
            station: match &self.station {
                Some(text) if text.is_empty() || text.len() > 200 => {
                    return Err(wrong("station", text, "the id of a device or an NGSI-LD id"));
                }
                station => station.clone(),
            },
            at: match &self.at {
                None => None,
                Some(text) => {
                    let at = Timestamp::parse(text);
                    Some(at.map_err(|_| wrong("at", text, "RFC 3339 such as 2026-11-21T08:00:00Z"))?)
                }
            },
        })
    }
}
