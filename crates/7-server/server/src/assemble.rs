//! Putting the house together, bottom to top, for one tenant.

mod size;

pub(crate) use size::engine_options;

use crate::city::{self, Parsed};
use crate::clocks::{Clocks, Scaled};
use crate::hours;
use crate::keys::Keys;
use crate::settings::Settings;
use access::model::SessionLimits;
use access::service::Accounts;
use anyhow::{Context, Result};
use audit::store::AuditLog;
use chassis::cursor::CursorKey;
use chassis::shutdown::Shutdown;
use device::gate::Gate;
use device::registry::Registry;
use device::service::Devices;
use embedded::tenant::EmbeddedTenant;
use kernel::clock::Clock;
use kernel::id::TenantId;
use observation::latest::Latest;
use observation::pipeline::{self, Ground, Recovered};
use observation::series::SeriesRegistry;
use observation::service::Observations;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// The tenant of the city's government; sealed ones stand beside it (`tenants.rs`).
pub(crate) const TENANT: &str = "government";

/// A running tenant.
pub(crate) struct House {
    pub(crate) engine: Arc<EmbeddedTenant>,
    pub(crate) tenant: TenantId,
    /// The sealed tenants beside it.
    pub(crate) tenants: crate::tenants::Tenants,
    pub(crate) clock: Arc<dyn Clock>,
    /// The time of the machine, whatever `clock` shows.
    pub(crate) wall: Arc<dyn Clock>,
    /// How `clock` is scaled, if it is.
    pub(crate) scaled: Option<Scaled>,
    pub(crate) audit: AuditLog,
    pub(crate) trail: crate::trail::AuditTrail,
    pub(crate) accounts: Accounts,
    pub(crate) people: personal::service::People,
    pub(crate) boundaries: boundary::service::Boundaries,
    pub(crate) devices: Devices,
    pub(crate) commands: device::service::command::Commands,
    /// The way of commands down; joined with the door of the devices when it opens.
    pub(crate) downlink: Arc<crate::join::Downward>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) certificates: device::service::certificate::Certificates,
    pub(crate) observations: Observations,
    pub(crate) history: history::service::History,
    pub(crate) indicators: indicator::service::Indicators,
    pub(crate) alerts: alert::service::Alerts,
    pub(crate) incidents: incident::service::Incidents,
    pub(crate) security: crate::security::Security,
    pub(crate) cursors: CursorKey,
    pub(crate) keys: Keys,
    pub(crate) pack: Arc<Parsed>,
    /// The versions of the pack.
    pub(crate) packs: pack::service::Packs,
    /// What was configured, start by start.
    pub(crate) configured: setting::service::SettingHistory,
    pub(crate) recovered: Recovered,
    /// True when the pipeline has finished everything.
    pub(crate) pipeline_ended: watch::Receiver<bool>,
}

/// The directory of one tenant.
pub(crate) fn tenant_dir(data_dir: &Path) -> std::path::PathBuf {
    data_dir.join("tenants").join(TENANT)
}

/// Opens everything. Work that runs by itself is started on `shutdown`'s stages.
pub(crate) async fn open(settings: &Settings, clocks: &Clocks, shutdown: &Shutdown) -> Result<House> {
    let (clock, wall) = (Arc::clone(&clocks.clock), Arc::clone(&clocks.wall));
    let tenant = TenantId::new(TENANT)?;
    let keys = Keys::open(&settings.instance.data_dir)?;
    let cursors = keys.cursor_key()?;

    let dir = tenant_dir(&settings.instance.data_dir);
    let options = engine_options(settings);
    let engine = tokio::task::spawn_blocking(move || EmbeddedTenant::open(&dir, options)).await??;
    let records = Arc::clone(&engine.records);
    let tenants = crate::tenants::Tenants::open(settings, Arc::clone(&wall)).await?;

    let versions = pack::store::Store::new(Arc::clone(&records));
    let files = city::lay(&versions, &settings.instance.pack_dir, &tenant, wall.as_ref()).await?;
    let pack = Arc::new(city::parse(&files));
    for mistake in &pack.mistakes {
        tracing::error!(
            %mistake,
            "the city pack has a mistake; a file that cannot be read is left out"
        );
    }

    let audit = AuditLog::new(Arc::clone(&engine.audit), tenant.clone(), Arc::clone(&wall));
    let (trace, stop) = (audit.clone(), shutdown.background.token());
    shutdown
        .background
        .spawn(async move { trace.keep_flushing(stop).await });
    let history = setting::store::Store::new(Arc::clone(&records));
    let configured = setting::service::SettingHistory::new(history, tenant.clone(), Arc::clone(&wall));
    let ground = crate::trail::Ground {
        engine: &engine,
        audit: &audit,
        tenant: &tenant,
        keys: &keys,
        wall: Arc::clone(&wall),
    };
    let trail = crate::trail::start(settings, ground, shutdown)
        .await
        .context("the audit trail cannot be opened")?;
    let limits = SessionLimits {
        idle_s: settings.session.idle_min * 60,
        absolute_s: settings.session.absolute_min * 60,
    };
    let accounts = Accounts::new(
        Arc::clone(&records),
        tenant.clone(),
        Arc::clone(&wall),
        access::model::Settings {
            limits,
            max_classification: settings.instance.max_classification,
            second_factor: settings.session.second_factor,
        },
        policy::engine::Engine::new(crate::rights::ground(&pack))?,
        keys.seal_key()?,
    )?;

    let people = crate::graves::people(settings, &engine, &accounts, &keys, &tenant, &wall).await?;

    let boundaries = boundary::service::Boundaries::open(
        boundary::store::Store::new(Arc::clone(&records)),
        Arc::new(pack.areas.clone()),
        tenant.clone(),
        Arc::clone(&wall),
    )
    .await
    .context("boundaries cannot be loaded")?;

    let registry = Arc::new(Registry::default());
    registry.set_profiles(pack.profiles.iter().cloned());
    let devices = Devices::new(Arc::clone(&records), Arc::clone(&registry), Arc::clone(&clock));
    devices.load().await.context("devices cannot be loaded")?;
    let gate = Arc::new(Gate::new(
        Arc::clone(&registry),
        audit.clone(),
        tenant.clone(),
        Arc::clone(&wall),
    ));

    let house = crate::identity::House {
        engine: &engine,
        devices: &devices,
        audit: &audit,
        tenant: &tenant,
        keys: &keys,
        wall: &wall,
    };
    let certificates = crate::identity::start(settings, house, shutdown).await?;

    let limits = settings.intake_limits();
    let store = observation::store::Store::new(Arc::clone(&records));
    let series = Arc::new(SeriesRegistry::new(registry, store.clone()));
    series.load().await.context("series cannot be loaded")?;
    let latest = Arc::new(Latest::default());
    let (queue, jobs) = mpsc::channel(limits.queue);
    let (asks, asked) = mpsc::channel(8);
    empty_quarantine(settings, shutdown, store.clone(), Arc::clone(&clock));
    let observations = Observations::new(Arc::clone(&series), Arc::clone(&latest), store, limits, queue);
    let ground = Ground {
        log: engine.series.clone(),
        objects: Arc::clone(&engine.objects),
        records: Arc::clone(&records),
        registry: Arc::clone(&series),
        latest,
        clock: Arc::clone(&clock),
        limits,
        tenant: tenant.clone(),
    };
    let rules = clocks.pace(pack.rules.clone());
    let (recovered, pipeline_ended) = pipeline::start(ground, rules, jobs, asked, shutdown.pipelines.token())
        .await
        .context("the log cannot be read")?;

    let lake = crate::lake::start(
        &settings.history,
        shutdown,
        &engine,
        &series,
        Arc::clone(&clock),
        clocks.scaled.as_ref(),
    )?;

    let mut alert_settings = alert::model::Settings::default();
    alert_settings.renew_seconds =
        u32::try_from(clocks.paced(alert_settings.renew_after()).as_secs()).unwrap_or(u32::MAX);
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

    let incidents = incident_slice(settings, shutdown, &engine, &pack, &alerts, Arc::clone(&clock), &tenant)?;

    let ground = crate::security::Ground {
        engine: &engine,
        lake: &lake,
        accounts: &accounts,
        orgs: &pack.orgs,
        devices: &devices,
        audit: &audit,
        tenant: &tenant,
        wall: &wall,
    };
    let security = crate::security::start(settings, ground, shutdown);

    let (commands, downlink) = crate::orders::start(shutdown, &engine, &devices, &observations, &tenant);

    let tables = crate::past::RecordTables {
        devices: devices.clone(),
        alerts: alerts.clone(),
        incidents: incidents.clone(),
        observations: observations.clone(),
        journal: Arc::clone(&engine.journal),
    };
    let history = crate::past::open(
        &settings.sql,
        &engine,
        lake,
        Arc::clone(&series),
        Arc::clone(&clock),
        audit.clone(),
        tables,
    );
    let computing = kernel::actor::Actor::service(indicator::fact::SOURCE, &tenant);
    let means = hours::Hours::new(
        engine.series.clone(),
        Arc::clone(&series),
        Arc::clone(&clock),
        history.clone(),
        computing.clone(),
    );
    let outlet = hours::WayBack {
        observations: observations.clone(),
        actor: computing,
        clock: Arc::clone(&clock),
    };
    let indicators = indicator_slice(shutdown, &engine, &pack, series, means, outlet, &tenant);
    let city = city::live::LiveCity {
        registry: Arc::clone(devices.registry()),
        indicators: indicators.clone(),
        asks,
        clocks: clocks.clone(),
    };
    let packs = pack::service::Packs::new(versions, Arc::new(city), tenant.clone(), Arc::clone(&wall));

    Ok(House {
        engine: Arc::new(engine),
        tenant,
        tenants,
        clock,
        wall,
        scaled: clocks.scaled.clone(),
        audit,
        trail,
        accounts,
        people,
        boundaries,
        devices,
        commands,
        downlink,
        gate,
        certificates,
        observations,
        history,
        indicators,
        alerts,
        incidents,
        security,
        cursors,
        keys,
        pack,
        packs,
        configured,
        recovered,
        pipeline_ended,
    })
}

/// The slice of indicators, with its computing under way.
fn indicator_slice(
    shutdown: &Shutdown,
    engine: &EmbeddedTenant,
    pack: &Parsed,
    series: Arc<SeriesRegistry>,
    means: hours::Hours,
    outlet: hours::WayBack,
    tenant: &TenantId,
) -> indicator::service::Indicators {
    let catalogue = Arc::new(hours::AllSeries(series));
    let clock = Arc::clone(&outlet.clock);
    let indicators = indicator::service::Indicators::new(
        pack.library.clone(),
        indicator::store::stations::Stations::new(catalogue),
        Arc::new(pack.areas.clone()),
        Arc::new(means),
        clock,
    );
    let store = indicator::store::Store::new(Arc::clone(&engine.records), tenant.clone());
    let computing = Arc::new(indicator::reconcile::Computing::new(
        indicators.clone(),
        engine.series.clone(),
        Arc::new(outlet),
        store,
    ));
    let stop = shutdown.background.token();
    shutdown.background.spawn(async move {
        let turn = || {
            let computing = Arc::clone(&computing);
            async move { computing.turn().await.map(drop) }
        };
        chassis::reconcile::run("indicator", indicator::reconcile::PERIOD, Arc::default(), stop, turn).await;
    });
    indicators
}

/// The slice of incidents, with its consumer of alerts running.
fn incident_slice(
    settings: &Settings,
    shutdown: &Shutdown,
    engine: &EmbeddedTenant,
    pack: &Parsed,
    alerts: &alert::service::Alerts,
    clock: Arc<dyn Clock>,
    tenant: &TenantId,
) -> Result<incident::service::Incidents> {
    let rules = incident::model::Settings {
        opens_at: kernel::severity::Severity::try_from(settings.incident.opens_at).ok(),
        register: kernel::id::OrgId::new(&settings.incident.register).context("incident.register")?,
    };
    let store = incident::store::Store::new(Arc::clone(&engine.records), tenant.clone());
    let ground = incident::service::ground::Ground {
        areas: Arc::new(pack.areas.clone()),
        orgs: Arc::new(pack.orgs.clone()),
        alerts: alerts.clone(),
        register: rules.register.clone(),
    };
    let watch = Arc::new(incident::react::Watch::new(store.clone(), rules));
    let (journal, stop) = (Arc::clone(&engine.journal), shutdown.background.token());
    shutdown.background.spawn(chassis::consumer::run(journal, watch, stop));
    Ok(incident::service::Incidents::new(store, ground, clock))
}

/// Keeps the quarantine within its bounds.
fn empty_quarantine(settings: &Settings, shutdown: &Shutdown, store: observation::store::Store, clock: Arc<dyn Clock>) {
    let (days, most) = (
        settings.observation.quarantine_days,
        settings.observation.quarantine_most,
    );
    let emptying = observation::reconcile::Emptying::new(store, clock, days, most);
    let stop = shutdown.background.token();
    shutdown.background.spawn(async move {
        let turn = || {
            let emptying = emptying.clone();
            async move { emptying.turn().await.map(drop) }
        };
        let period = observation::reconcile::PERIOD;
        chassis::reconcile::run("quarantine", period, Arc::default(), stop, turn).await;
    });
}
