//! What the header of the console shows of the instance itself.

use super::health::Ready;
use crate::assemble::House;
use crate::clocks::Scaled;
use crate::settings::Settings;
use access::signed::Signed;
use axum::extract::State;
use kernel::clock::Clock;
use observation::service::Observations;
use ports::series::SeriesLog;
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::watch;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(Clone)]
struct StatusState {
    instance: String,
    clock: Arc<dyn Clock>,
    scaled: Option<Scaled>,
    ready: Ready,
    log: SeriesLog,
    devices: Arc<device::registry::Registry>,
    observations: Observations,
    read_only: watch::Receiver<bool>,
}

pub(super) fn mount(house: &House, settings: &Settings, ready: &Ready) -> OpenApiRouter {
    let state = StatusState {
        instance: settings.instance.name.clone(),
        clock: Arc::clone(&house.clock),
        scaled: house.scaled.clone(),
        ready: ready.clone(),
        log: house.engine.series.clone(),
        devices: Arc::clone(house.devices.registry()),
        observations: house.observations.clone(),
        read_only: house.engine.read_only(),
    };
    OpenApiRouter::new().routes(routes!(status)).with_state(state)
}

/// The instance at a glance.
#[derive(Serialize, ToSchema)]
struct Status {
    /// Its name.
    instance: String,
    /// Version of the program.
    version: &'static str,
    /// Its clock (RFC 3339).
    now: String,
    /// How its clock goes.
    clock: ClockStatus,
    /// Whether it takes work.
    ready: bool,
    /// Observations stored per second, over the last ten seconds.
    ingest_per_s: f64,
    /// The hot log.
    log: LogStatus,
    /// Registered devices.
    devices: usize,
    /// Known series.
    series: usize,
    /// The disk is full: nothing new is stored, what is stored can be read.
    disk_read_only: bool,
}

/// How the clock of rules, timers and deadlines goes.
#[derive(Serialize, ToSchema)]
struct ClockStatus {
    /// Whether it is not the time of the machine, because a past event is played.
    scaled: bool,
    /// How many seconds pass in a second.
    scale: f64,
    /// What must stand beside everything that is seen under a scaled clock.
    label: Option<String>,
}

/// How full the hot log is.
#[derive(Serialize, ToSchema)]
struct LogStatus {
    /// Bytes used.
    bytes: u64,
    /// Bytes after which observations are refused.
    max_bytes: u64,
    /// Damaged frames set aside since the start.
    quarantined: u64,
}

/// The instance at a glance.
#[utoipa::path(get, path = "/api/v1/status", tag = "status", responses((status = 200, body = Status)))]
async fn status(State(state): State<StatusState>, _: Signed) -> axum::Json<Status> {
    let usage = state.log.usage();
    axum::Json(Status {
        instance: state.instance,
        version: env!("CARGO_PKG_VERSION"),
        now: state.clock.now().to_string(),
        clock: ClockStatus {
            scaled: state.scaled.is_some(),
            scale: state.scaled.as_ref().map_or(1.0, |scaled| scaled.scaling.scale),
            label: state.scaled.map(|scaled| scaled.label),
        },
        ready: state.ready.get(),
        ingest_per_s: state.observations.ingest_rate(),
        log: LogStatus {
            bytes: usage.bytes,
            max_bytes: usage.max_bytes,
            quarantined: usage.quarantined,
        },
        devices: state.devices.len(),
        series: state.observations.series_count(),
        disk_read_only: *state.read_only.borrow(),
    })
}
