//! The lake of the tenant: its settings, the registry that it writes down, and its thread with an ordered end.

use crate::clocks::Scaled;
use crate::settings;
use anyhow::{Context, Result};
use chassis::shutdown::Shutdown;
use embedded::tenant::EmbeddedTenant;
use history::lake::Lake;
use history::model::{SeriesSource, Settings};
use history::reconcile::{self, Ground};
use kernel::classification::Classification;
use kernel::clock::Clock;
use kernel::series::SeriesInfo;
use observation::series::SeriesRegistry;
use std::sync::Arc;
use std::time::Duration;

/// The registry as the lake sees it.
#[derive(Debug)]
struct Registered(Arc<SeriesRegistry>);

impl SeriesSource for Registered {
    fn all(&self) -> Vec<Arc<SeriesInfo>> {
        self.0.from(0, usize::MAX)
    }
}

/// Starts the lake's thread. It is told to end after the pipeline, so that it takes what was acknowledged last.
pub(crate) fn start(
    settings: &settings::History,
    shutdown: &Shutdown,
    engine: &EmbeddedTenant,
    registry: &Arc<SeriesRegistry>,
    clock: Arc<dyn Clock>,
    scaled: Option<&Scaled>,
) -> Result<Lake> {
    let ground = Ground {
        log: engine.series.clone(),
        objects: Arc::clone(&engine.objects),
        clock,
        series: Arc::new(Registered(Arc::clone(registry))),
        waits_for: vec![observation::pipeline::PIN],
        is_full: engine.read_only(),
        settings: kept(settings, scaled),
    };
    let stop = shutdown.background.token();
    let (lake, mut ended) = reconcile::start(ground, stop).context("the lake's thread cannot start")?;
    shutdown
        .background
        .spawn(async move { drop(ended.wait_for(|ended| *ended).await) });
    Ok(lake)
}

/// What limits work goes by the time of the machine: on a scaled clock, that is so much more of the clock's time.
fn kept(settings: &settings::History, scaled: Option<&Scaled>) -> Settings {
    let real = |seconds: u64| {
        let real = Duration::from_secs(seconds);
        scaled.map_or(real, |scaled| scaled.scaling.stretch(real))
    };
    let days = [
        (Classification::Public, settings.keep_public_days),
        (Classification::Internal, settings.keep_internal_days),
        (Classification::Restricted, settings.keep_restricted_days),
    ];
    Settings {
        commit_rows: settings.commit_rows,
        commit_after: real(settings.commit_s),
        rollup_grace: Duration::from_secs(settings.rollup_grace_s),
        rollup_every: real(settings.rollup_s),
        checkpoint_commits: settings.checkpoint_commits,
        vacuum_after: real(settings.vacuum_h * 3_600),
        upkeep_every: real(settings.upkeep_s),
        compact_files: settings.compact_files,
        file_bytes: settings.file_mib << 20,
        cpu_percent: settings.cpu_percent,
        hot_window: Duration::from_secs(settings.hot_window_h * 3_600),
        keep_days: days.into_iter().filter(|(_, days)| *days > 0).collect(),
    }
}
