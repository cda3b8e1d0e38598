//! GET /api/v1/observations/history

use super::{HistoryState, problem, wants_csv};
use crate::query::range::{MAX_POINTS, Method, QualityFilter, RangeAnswer, RangeAsk};
use crate::query::rows::csv_line;
use crate::wire::{HistoryAnswer, HistoryPoint};
use access::signed::Signed;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use chassis::problem::Problem;
use kernel::series::SeriesId;
use kernel::time::Timestamp;
use serde::Deserialize;
use std::time::Duration;
use utoipa::IntoParams;

/// Points of a series when nothing else is said.
const DEFAULT_POINTS: usize = 800;
/// The range when no begin is said.
const DEFAULT_RANGE: Duration = Duration::from_secs(24 * 3_600);

/// The parameters, for the description of the API; they are read one by one because `series` may come several times.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes only")]
struct Asked {
    /// Series number; up to 20 of them, each with its own `series=` or with commas.
    series: Vec<u32>,
    /// First instant (RFC 3339); 24 hours before `to` by default.
    from: Option<String>,
    /// End, not included (RFC 3339); now by default.
    to: Option<String>,
    /// Points of each series at most, 1 to 10000; 800 by default.
    points: Option<usize>,
    /// `minmax` (default), `lttb` or `mean`.
    method: Option<String>,
    /// Length of the buckets of `mean` (ISO 8601), such as PT5M, PT1H or P1D; days begin at local midnight.
    bucket: Option<String>,
    /// `usable` (default: good and suspect), `good` or `all`.
    quality: Option<String>,
}

/// The past of up to 20 series for a chart. With `Accept: text/csv` the answer is CSV.
#[utoipa::path(get, path = "/api/v1/observations/history", tag = "history", params(Asked), responses(
    (status = 200, body = HistoryAnswer),
    (status = 404, description = "a series is not there, or not for you"),
    (status = 422, description = "a parameter cannot be understood (`field`), or the answer would be too large"),
))]
pub(super) async fn read_history(
    State(state): State<HistoryState>,
    Signed(actor): Signed,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let ask = read(
        query.as_deref().unwrap_or_default(),
        state.history.clock().now(),
        state.zone_offset_s,
    )?;
    let (from, to) = (ask.from, ask.to);
    let answer = state
        .history
        .range(&actor, ask)
        .await
        .map_err(|error| problem(&error))?;
    if wants_csv(&headers) {
        return Ok(as_csv(&answer));
    }
    Ok(axum::Json(HistoryAnswer::new(&answer, from, to)).into_response())
}

fn read(query: &str, now: Timestamp, zone_offset_s: i32) -> Result<RangeAsk, Problem> {
    let mut ask = RangeAsk {
        series: Vec::new(),
        from: Timestamp::MIN,
        to: now,
        points: DEFAULT_POINTS,
        method: Method::MinMax,
        bucket: None,
        quality: QualityFilter::Usable,
        zone_offset_s,
    };
    let mut from = None;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let wrong = |allowed: &str| Problem::invalid(&name, format!("{name} is '{value}'; {allowed}"));
        match name.as_ref() {
            "series" => {
                for part in value.split(',') {
                    let series = part
                        .trim()
                        .parse()
                        .map_err(|_| wrong("write series numbers such as 17"))?;
                    let series = SeriesId(series);
                    if !ask.series.contains(&series) {
                        ask.series.push(series);
                    }
                }
            }
            "from" => from = Some(instant(&value).ok_or_else(|| wrong("write RFC 3339 such as 2026-11-21T08:00:00Z"))?),
            "to" => ask.to = instant(&value).ok_or_else(|| wrong("write RFC 3339 such as 2026-11-21T08:00:00Z"))?,
            "points" => {
                let points = value.parse().ok().filter(|points| (1..=MAX_POINTS).contains(points));
                ask.points = points.ok_or_else(|| wrong("write 1 to 10000"))?;
            }
            "method" => {
                ask.method = match value.as_ref() {
                    "minmax" => Method::MinMax,
                    "lttb" => Method::Lttb,
                    "mean" => Method::Mean,
                    _ => return Err(wrong("write minmax, lttb or mean")),
                }
            }
            "bucket" => {
                ask.bucket = Some(duration(&value).ok_or_else(|| wrong("write ISO 8601 such as PT5M, PT1H or P1D"))?)
            }
            "quality" => {
                ask.quality = match value.as_ref() {
                    "good" => QualityFilter::Good,
                    "usable" => QualityFilter::Usable,
                    "all" => QualityFilter::All,
                    _ => return Err(wrong("write good, usable or all")),
                }
            }
            _ => return Err(wrong("there are series, from, to, points, method, bucket and quality")),
        }
    }
    ask.from = from.unwrap_or_else(|| ask.to.minus(DEFAULT_RANGE));
    Ok(ask)
}

/// An instant; a `+` of its offset that was not escaped has become a blank.
fn instant(text: &str) -> Option<Timestamp> {
    Timestamp::parse(&text.replace(' ', "+")).ok()
}

/// At least a second, days of 24 hours.
fn duration(text: &str) -> Option<Duration> {
    let span: jiff::Span = text.parse().ok()?;
    let length = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    let length = Duration::try_from(length).ok()?;
    (length >= Duration::from_secs(1)).then_some(length)
}

fn as_csv(answer: &RangeAnswer) -> Response {
    let mut body = Vec::new();
    let head = [
        "series",
        "device",
        "attribute",
        "unit",
        "time",
        "value",
        "min",
        "max",
        "count",
        "quality",
    ];
    csv_line(head.into_iter(), &mut body);
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for item in &answer.items {
        let info = &item.info;
        for point in &item.points {
            let point = HistoryPoint::from(point);
            let cells = [
                info.id.0.to_string(),
                info.device.to_string(),
                info.attribute.to_string(),
                info.unit.to_string(),
                point.time,
                point.value.to_string(),
                number(point.min),
                number(point.max),
                point.count.map_or_else(String::new, |count| count.to_string()),
                point.quality.unwrap_or("good").to_owned(),
            ];
            csv_line(cells.iter().map(String::as_str), &mut body);
        }
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"history.csv\""),
    ];
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_and_mistakes_name_their_field() {
        let now = Timestamp::parse("2026-11-21T08:00:00Z").unwrap();
        let ask = read(
            "series=1&series=2,3&series=1&bucket=P1D&method=mean&quality=good&points=5",
            now,
            0,
        )
        .unwrap();
        assert_eq!(ask.series, [SeriesId(1), SeriesId(2), SeriesId(3)]);
        assert_eq!((ask.bucket, ask.points), (Some(Duration::from_secs(86_400)), 5));
        assert_eq!((ask.to, ask.from), (now, now.minus(DEFAULT_RANGE)));
        let local = read("series=1&from=2026-11-21T08:00:00+07:00", now, 0).unwrap();
        assert_eq!(local.from, Timestamp::parse("2026-11-21T01:00:00Z").unwrap());
        for wrong in [
            "series=x",
            "series=",
            "series=-1",
            "from=yesterday",
            "to=1",
            "points=0",
            "points=10001",
            "method=max",
            "bucket=5m5",
            "bucket=PT0S",
            "bucket=-PT5M",
            "bucket=PT0.001S",
            "quality=best",
            "serie=1",
        ] {
            let problem = read(wrong, now, 0).err();
            assert_eq!(
                problem.map(|problem| problem.status_code().as_u16()),
                Some(422),
                "{wrong}"
            );
        }
    }
}
