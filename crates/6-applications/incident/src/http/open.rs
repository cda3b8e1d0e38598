//! POST /api/v1/incidents

use super::answer;
use super::state::IncidentState;
use crate::fact::SOURCE;
use crate::service::open::{Key, Request};
use crate::wire::Incident;
use crate::wire::ask::Open;
use access::signed::Signed;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chassis::json::Json;
use chassis::problem::Problem;
use chassis::wire::Place;
use kernel::error::ErrorKind;
use kernel::id::derived;
use kernel::place::Point;

/// Open an incident by hand or from alerts. What is left out is taken from the gravest of the alerts.
#[utoipa::path(post, path = "/api/v1/incidents", tag = "incident", request_body = Open,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 128 characters; the same key with the same body answers what was opened before")),
    responses(
        (status = 201, body = Incident, headers(
            ("ETag" = String, description = "its version"), ("Location" = String, description = "its address"))),
        (status = 403, description = "your roles do not allow it, or not in these areas"),
        (status = 409, description = "an alert belongs to another active incident; `alert`, `incident` and `number` name them"),
        (status = 422, description = "a value is not valid, `field` names it; or the key was used for something else"),
    ))]
pub(super) async fn open_incident(
    State(state): State<IncidentState>,
    Signed(actor): Signed,
    headers: HeaderMap,
    Json(body): Json<Open>,
) -> Result<Response, Problem> {
    let key = key(&headers, &body)?;
    let request = Request {
        title: body.title.map(Into::into),
        kind: body.kind,
        severity: body.severity,
        areas: body.areas,
        place: body.place.map(point).transpose()?,
        text: body.text,
        alerts: body.alerts,
        register: body.org,
        key,
    };
    let stored = state.incidents.open(&actor, request).await;
    stored.map(|stored| answer::opened(&stored)).map_err(answer::problem)
}

fn point(place: Place) -> Result<Point, Problem> {
    let wrong = || Problem::invalid("place", "write lon from -180 to 180 and lat from -90 to 90");
    Point::new(place.lon, place.lat).ok_or_else(wrong)
}

/// The key with a digest of the body as it was understood: the order of its members does not count.
fn key(headers: &HeaderMap, body: &Open) -> Result<Option<Key>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default().trim();
    if !(1..=128).contains(&key.len()) {
        let detail = "write 1 to 128 visible ASCII characters, such as a UUID";
        return Err(Problem::new(ErrorKind::Invalid, "idempotency_key_invalid", detail));
    }
    let asked = serde_json::to_vec(body).unwrap_or_default();
    Ok(Some(Key {
        key: key.to_owned(),
        asked: derived(&[SOURCE.as_bytes(), b"body", &asked]),
    }))
}
