//! Logs by tracing and figures for Prometheus; both are set up once, by the binary.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// Why telemetry could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The level filter cannot be read.
    #[error(
        "log.level '{0}' cannot be read; write error, warn, info, debug or trace, or a filter such as info,mqtt=debug"
    )]
    Level(String),
    /// Somebody installed telemetry before.
    #[error("telemetry was set up twice: {0}")]
    Twice(String),
    /// The thread that tidies the figures could not be started.
    #[error("the thread that tidies figures cannot be started: {0}")]
    Upkeep(String),
}

/// Libraries that tell at `info` what only their authors need, some kilobytes at each commit. `level` may name them otherwise.
const QUIET: &str = "buoyant_kernel=warn,deltalake_core=warn";

/// Starts logging to standard error; `json` for machines, otherwise for eyes.
pub fn logs(level: &str, json: bool) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(format!("{QUIET},{level}")).map_err(|_| TelemetryError::Level(level.to_owned()))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let done = if json {
        builder.json().try_init()
    } else {
        builder.with_target(false).try_init()
    };
    done.map_err(|error| TelemetryError::Twice(error.to_string()))
}

/// Installs the metrics recorder; the handle renders the text that Prometheus reads.
pub fn metrics() -> Result<PrometheusHandle, TelemetryError> {
    const SECONDS: [f64; 12] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
    ];
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| TelemetryError::Twice(error.to_string()))?;
    // without it the single values of histograms would pile up until somebody asks for the figures
    let upkeep = handle.clone();
    let work = move || {
        loop {
            std::thread::sleep(Duration::from_secs(5));
            upkeep.run_upkeep();
        }
    };
    let thread = std::thread::Builder::new().name("figures".to_owned()).spawn(work);
    thread.map_err(|error| TelemetryError::Upkeep(error.to_string()))?;
    Ok(handle)
}
