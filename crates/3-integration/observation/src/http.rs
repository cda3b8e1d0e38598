//! The observation API: newest values, live values, quarantine.

mod replay;

use crate::replay::Decode;
use crate::service::Observations;
use crate::stream;
use crate::wire::{LatestList, ObservationView, QuarantineList};
use access::signed::Signed;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::KeepAlive;
use chassis::cursor::{self, CursorKey};
use chassis::json::Query;
use chassis::problem::Problem;
use kernel::clock::Clock;
use ports::query::After;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the routes of this slice need.
#[derive(Clone, Debug)]
pub struct ObservationState {
    /// The main road.
    pub observations: Observations,
    /// The clock of the instance.
    pub clock: Arc<dyn Clock>,
    /// Signs page cursors.
    pub cursors: Arc<CursorKey>,
    /// Reads content that was mended.
    pub decode: Decode,
}

/// Routes of this slice.
pub fn mount(state: ObservationState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(latest))
        .routes(routes!(live))
        .routes(routes!(quarantine))
        .routes(routes!(replay::replay))
        .with_state(state)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct LatestQuery {
    /// Only this device.
    device: Option<String>,
    /// Page size, 1 to 1000; 100 by default.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// The newest value of each series that you may see.
#[utoipa::path(get, path = "/api/v1/observations/latest", tag = "observation", params(LatestQuery),
    responses((status = 200, body = LatestList)))]
async fn latest(
    State(state): State<ObservationState>,
    Signed(actor): Signed,
    Query(query): Query<LatestQuery>,
) -> Result<axum::Json<LatestList>, Problem> {
    let limit = cursor::limit(query.limit)?;
    let bound = format!("latest|{:?}", query.device);
    let after = query
        .cursor
        .as_deref()
        .map(|text| state.cursors.read(&bound, text))
        .transpose()?;
    let first = after.map_or(0, |after| u32::try_from(after.value).unwrap_or(0));
    let (rows, next) = state.observations.latest(&actor, query.device.as_deref(), first, limit);
    let next = next.map(|next| {
        state.cursors.write(
            &bound,
            &After {
                value: i64::from(next),
                key: String::new(),
            },
        )
    });
    let items = rows
        .iter()
        .map(|(info, row)| ObservationView::new(info, row, state.observations.derivation(info.id).is_some()))
        .collect();
    Ok(axum::Json(LatestList {
        items,
        at: state.clock.now().to_string(),
        next,
    }))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct LiveQuery {
    /// The device to follow.
    device: String,
}

/// Live values of a device as server-sent events named `observation`.
#[utoipa::path(get, path = "/api/v1/observations/stream", tag = "observation", params(LiveQuery),
    responses((status = 200, description = "text/event-stream", content_type = "text/event-stream")))]
async fn live(
    State(state): State<ObservationState>,
    Signed(actor): Signed,
    Query(query): Query<LiveQuery>,
) -> impl axum::response::IntoResponse {
    let events = stream::live(state.observations, actor, query.device);
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)).text("ping"))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct QuarantineQuery {
    /// Only what speaks of this device.
    device: Option<String>,
    /// Only this reason code.
    reason: Option<String>,
    /// Page size, 1 to 1000; 100 by default.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What was kept aside, newest first; only administrators and duty officers see something.
#[utoipa::path(get, path = "/api/v1/quarantine", tag = "observation", params(QuarantineQuery),
    responses((status = 200, body = QuarantineList)))]
async fn quarantine(
    State(state): State<ObservationState>,
    Signed(actor): Signed,
    Query(query): Query<QuarantineQuery>,
) -> Result<axum::Json<QuarantineList>, Problem> {
    let limit = cursor::limit(query.limit)?;
    let bound = format!("quarantine|{:?}|{:?}", query.device, query.reason);
    let after = query
        .cursor
        .as_deref()
        .map(|text| state.cursors.read(&bound, text))
        .transpose()?;
    let page = state
        .observations
        .quarantined(&actor, query.device, query.reason, after, limit)
        .await;
    let (items, next) = page.map_err(|error| Problem::of(&error))?;
    let next = next.map(|after| state.cursors.write(&bound, &after));
    Ok(axum::Json(QuarantineList {
        items: items.into_iter().map(Into::into).collect(),
        next,
    }))
}
