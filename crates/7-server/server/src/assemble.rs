//! Putting the house together, bottom to top, for one tenant.

use crate::keys::Keys;
use crate::pack::{self, Parsed};
use crate::settings::Settings;
use access::model::SessionLimits;
use access::service::Accounts;
use anyhow::{Context, Result};
use audit::store::AuditLog;
use chassis::cursor::CursorKey;
use chassis::shutdown::Shutdown;
use chassis::wall::WallClock;
use device::gate::Gate;
use device::registry::Registry;
use device::service::Devices;
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::clock::Clock;
use kernel::id::TenantId;
use observation::latest::Latest;
use observation::model::Limits;
use observation::pipeline::{self, Ask, Ground, Recovered};
use observation::series::SeriesRegistry;
use observation::service::Observations;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// The tenant of the city's government; further tenants come with the access issue (SEMANTICS 27).
pub(crate) const TENANT: &str = "government";

/// A running tenant.
pub(crate) struct House {
    pub(crate) engine: Arc<EmbeddedTenant>,
    pub(crate) tenant: TenantId,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) audit: AuditLog,
    pub(crate) accounts: Accounts,
    pub(crate) devices: Devices,
    pub(crate) gate: Arc<Gate>,
    pub(crate) observations: Observations,
    pub(crate) alerts: alert::service::Alerts,
    pub(crate) cursors: CursorKey,
    pub(crate) keys: Keys,
    pub(crate) pack: Arc<Parsed>,
    pub(crate) recovered: Recovered,
    /// Asks of the pipeline.
    pub(crate) asks: mpsc::Sender<Ask>,
    /// True when the pipeline has finished everything.
    pub(crate) pipeline_ended: watch::Receiver<bool>,
}

/// The directory of one tenant.
pub(crate) fn tenant_dir(data_dir: &Path) -> std::path::PathBuf {
    data_dir.join("tenants").join(TENANT)
}

/// Options of the engine from the settings.
pub(crate) fn engine_options(settings: &Settings) -> TenantOptions {
    let mut options = TenantOptions::default();
    let max_bytes = |mib: u64| match mib {
        0 => disk_fifth(&settings.instance.data_dir),
        mib => mib << 20,
    };
    options.log.max_bytes = max_bytes(settings.log.max_mib);
    options.audit.max_bytes = max_bytes(settings.audit.max_mib);
    options.reserve_bytes = settings.log.reserve_mib << 20;
    options
}

/// A fifth of the disk that holds the directory (SEMANTICS 13), at least 64 MiB.
fn disk_fifth(dir: &Path) -> u64 {
    let existing = dir.ancestors().find(|dir| dir.exists()).unwrap_or(Path::new("."));
    embedded::disk::total_bytes(existing)
        .map_or(1 << 30, |total| total / 5)
        .max(64 << 20)
}

/// Opens everything. Work that runs by itself is started on `shutdown`'s stages.
pub(crate) async fn open(settings: &Settings, shutdown: &Shutdown) -> Result<House> {
    let clock: Arc<dyn Clock> = Arc::new(WallClock);
    let wall: Arc<dyn Clock> = Arc::new(WallClock);
    let tenant = TenantId::new(TENANT)?;
    let keys = Keys::open(&settings.instance.data_dir)?;
    let cursors = keys.cursor_key()?;

    let dir = tenant_dir(&settings.instance.data_dir);
    let options = engine_options(settings);
    let engine = tokio::task::spawn_blocking(move || EmbeddedTenant::open(&dir, options)).await??;
    let records = Arc::clone(&engine.records);

    let files = pack::files(&settings.instance.pack_dir)?;
    match pack::store(records.as_ref(), &files).await {
        Ok(changed) => tracing::info!(files = files.len(), changed, "city pack"),
        Err(error) => tracing::warn!(%error, "the city pack could not be stored; the stored one is used"),
    }
    let pack = Arc::new(pack::parse(&pack::load(records.as_ref()).await?));
    for mistake in &pack.mistakes {
        tracing::error!(
            mistake,
            "the city pack has a mistake; a file that cannot be read is left out"
        );
    }

    let audit = AuditLog::new(Arc::clone(&engine.audit), tenant.clone(), Arc::clone(&wall));
    let (trace, stop) = (audit.clone(), shutdown.background.token());
    shutdown
        .background
        .spawn(async move { trace.keep_flushing(stop).await });
    let limits = SessionLimits {
        idle_s: settings.session.idle_min * 60,
        absolute_s: settings.session.absolute_min * 60,
    };
    let highest = settings.instance.max_classification;
    let accounts = Accounts::new(Arc::clone(&records), tenant.clone(), Arc::clone(&wall), limits, highest)?;

    let registry = Arc::new(Registry::default());
    registry.set_profiles(pack.profiles.iter().cloned());
    let devices = Devices::new(Arc::clone(&records), Arc::clone(&registry), Arc::clone(&clock));
    devices.load().await.context("devices cannot be loaded")?;
    let gate = Arc::new(Gate::new(Arc::clone(&registry), audit.clone(), tenant.clone(), wall));

    let limits = intake_limits(settings);
    let store = observation::store::Store::new(Arc::clone(&records));
    let series = Arc::new(SeriesRegistry::new(registry, store.clone()));
    series.load().await.context("series cannot be loaded")?;
    let latest = Arc::new(Latest::default());
    let (queue, jobs) = mpsc::channel(limits.queue);
    let (asks, asked) = mpsc::channel(8);
    let observations = Observations::new(Arc::clone(&series), Arc::clone(&latest), store, limits, queue);
    let ground = Ground {
        log: engine.series.clone(),
        objects: Arc::clone(&engine.objects),
        records: Arc::clone(&records),
        registry: series,
        latest,
        clock: Arc::clone(&clock),
        limits,
        tenant: tenant.clone(),
    };
    let rules = pack.rules.clone();
    let (recovered, pipeline_ended) = pipeline::start(ground, rules, jobs, asked, shutdown.pipelines.token())
        .await
        .context("the log cannot be read")?;

    let alert_settings = alert::model::Settings::default();
    let alert_store = alert::store::Store::new(Arc::clone(&records), tenant.clone());
    let alerts = alert::service::Alerts::new(alert_store.clone(), Arc::clone(&clock), alert_settings);
    let consumer = Arc::new(alert::react::Gathering::new(alert_store.clone(), alert_settings));
    let stop = shutdown.background.token();
    shutdown
        .background
        .spawn(chassis::consumer::run(Arc::clone(&engine.journal), consumer, stop));
    let shelf = Arc::new(alert::reconcile::Shelves::new(alert_store, Arc::clone(&clock)));
    let stop = shutdown.background.token();
    shutdown.background.spawn(async move {
        let nudge = Arc::default();
        let turn = || {
            let shelf = Arc::clone(&shelf);
            async move { shelf.turn().await.map(drop) }
        };
        chassis::reconcile::run("alert_shelf", std::time::Duration::from_secs(1), nudge, stop, turn).await;
    });

    Ok(House {
        engine: Arc::new(engine),
        tenant,
        clock,
        audit,
        accounts,
        devices,
        gate,
        observations,
        alerts,
        cursors,
        keys,
        pack,
        recovered,
        asks,
        pipeline_ended,
    })
}

fn intake_limits(settings: &Settings) -> Limits {
    Limits {
        rows: settings.observation.max_waiting_rows,
        snapshot_bytes: settings.log.snapshot_mib << 20,
        max_age_s: settings.observation.max_age_days * 86_400,
        max_ahead_s: settings.observation.max_ahead_s,
        quarantine_per_hour: settings.observation.quarantine_per_hour,
        ..Limits::default()
    }
}
