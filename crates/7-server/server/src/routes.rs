//! All routes of the instance: who mounts where, and in which order the layers lie around them.

mod area_cells;
mod assets;
mod events;
mod headers;
mod health;
mod meter;
mod patience;
mod status;

use crate::assemble::House;
use crate::join::MainRoad;
use crate::settings::Settings;
use access::http::AccessState;
use anyhow::{Result, bail};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use chassis::problem::Problem;
use driver::intake::Intake;
use kernel::error::ErrorKind;
use metrics_exporter_prometheus::PrometheusHandle;
use policy::cell::Cells;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use health::Ready;

#[derive(OpenApi)]
#[openapi(info(
    title = "HaNoi IOC",
    description = "The city's observations, devices, alerts, incidents and events. Errors are problem+json (RFC 9457); pages are read with signed cursors.",
    license(name = "Apache-2.0", identifier = "Apache-2.0"),
))]
struct Document;

/// The routes under `/api/v1` with their description.
struct Api {
    audited: OpenApiRouter,
    ingest: OpenApiRouter,
}

fn api(house: &House, settings: &Settings, ready: &Ready) -> Result<Api> {
    let cursors = house.cursors.clone();
    let road = Arc::new(MainRoad(house.observations.clone()));
    let access = AccessState {
        accounts: house.accounts.clone(),
        areas: Arc::new(house.pack.areas.clone()),
        things: Arc::new(crate::rights::AllThings::of(house)),
        cursors: cursors.clone(),
        providers: Arc::new(crate::identity::providers(
            settings,
            &house.keys.seal_key()?,
            &house.wall,
        )?),
        secure_cookie: settings.http.only_tls(),
    };
    let devices = device::http::DeviceState {
        devices: house.devices.clone(),
        commands: house.commands.clone(),
        certificates: house.certificates.clone(),
        contacts: Arc::clone(&road) as Arc<dyn device::http::Contacts>,
        cursors: cursors.clone(),
    };
    let observations = observation::http::ObservationState {
        observations: house.observations.clone(),
        clock: Arc::clone(&house.clock),
        cursors: Arc::new(cursors.clone()),
        decode: crate::join::read_mended,
    };
    let past = history::HistoryState {
        history: house.history.clone(),
        zone_offset_s: crate::past::ZONE_OFFSET_S,
    };
    let indicators = indicator::IndicatorState {
        indicators: house.indicators.clone(),
    };
    let alerts = alert::AlertState {
        alerts: house.alerts.clone(),
        cursors: cursors.clone(),
    };
    let incidents = incident::IncidentState {
        incidents: house.incidents.clone(),
        cursors: cursors.clone(),
    };
    let security = security::SecurityState {
        measures: house.security.measures.clone(),
        reports: house.security.reports.clone(),
        inventory: house.security.inventory.clone(),
        flaws: house.security.flaws.clone(),
        usage: house.security.usage.clone(),
        cursors,
    };
    let gatekeeper = Arc::new(meter::MeteredGate {
        gate: Arc::clone(&house.gate),
        usage: house.security.usage.clone(),
    });
    let uplink = uplink::UplinkState {
        gatekeeper: Arc::clone(&gatekeeper) as Arc<dyn driver::gatekeeper::Gatekeeper>,
        intake: road as Arc<dyn Intake>,
        clock: Arc::clone(&house.clock),
        limits: uplink::Limits {
            body: settings.http.max_body_mib << 20,
            unpacked: settings.http.max_unpacked_mib << 20,
            ..uplink::Limits::default()
        },
    };
    let trail = audit::api::AuditState {
        trail: house.trail.trail.clone(),
        seals: Arc::clone(&house.trail.seals),
        cursors: house.cursors.clone(),
    };
    let audited = OpenApiRouter::new()
        .merge(audit::api::mount(trail))
        .merge(access::http::mount(access))
        .merge(access::http::mount_orgs(Arc::new(house.pack.orgs.clone())))
        .merge(personal::mount(personal::PersonalState {
            people: house.people.clone(),
        }))
        .merge(area_cells::mount(house))
        .merge(pack::mount(pack::PackState {
            packs: house.packs.clone(),
        }))
        .merge(setting::mount(setting::SettingState {
            history: house.configured.clone(),
        }))
        .merge(device::http::mount(devices))
        .merge(observation::http::mount(observations))
        .merge(history::mount(past))
        .merge(indicator::mount(indicators))
        .merge(alert::mount(alerts))
        .merge(incident::mount(incidents))
        .merge(security::mount(security))
        .merge(events::mount(house))
        .merge(status::mount(house, settings, ready));
    let est = device::http::est::EstState {
        certificates: house.certificates.clone(),
        gatekeeper: gatekeeper as Arc<dyn driver::gatekeeper::Gatekeeper>,
    };
    Ok(Api {
        audited,
        ingest: uplink::mount(uplink).merge(device::http::est::mount(est)),
    })
}

/// Every route that the description names, as method and path, with those that stand outside of it.
pub(crate) fn all_routes(document: &utoipa::openapi::OpenApi) -> Vec<(String, String)> {
    let described = serde_json::to_value(&document.paths).unwrap_or_default();
    let paths = described.as_object().into_iter().flatten();
    let described = paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flat_map(|item| item.keys());
        let methods = methods.filter(|key| ["get", "put", "post", "delete", "patch"].contains(&key.as_str()));
        methods.map(move |method| (method.to_uppercase(), path.clone()))
    });
    let open = health::ROUTES
        .iter()
        .chain(&assets::ROUTES)
        .chain(&device::http::est::OPEN);
    described
        .chain(open.map(|path| ("GET".to_owned(), (*path).to_owned())))
        .collect()
}

/// The whole instance as one router. A route without a policy cell is a mistake of ours, and nothing starts.
pub(crate) fn build(
    house: &House,
    settings: &Settings,
    ready: Ready,
    figures: PrometheusHandle,
    stop: CancellationToken,
) -> Result<Router> {
    let Api { audited, ingest } = api(house, settings, &ready)?;
    let (audited, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .merge(audited)
        .split_for_parts();
    let (ingest, described) = ingest.split_for_parts();
    document.merge(described);
    let routes = all_routes(&document);
    let routes = || routes.iter().map(|(method, path)| (method.as_str(), path.as_str()));
    let holes = Cells::here().without_cell(routes());
    if !holes.is_empty() {
        bail!("nobody has said who may use these routes:\n{}", holes.join("\n"));
    }
    for left in Cells::here().without_route(routes()) {
        tracing::warn!(left, "a policy cell is out of date");
    }
    let document: Arc<str> = document.to_pretty_json().unwrap_or_default().into();

    let door = access::door::Door {
        accounts: house.accounts.clone(),
        cells: Cells::here(),
    };
    let meter = meter::Meter {
        usage: house.security.usage.clone(),
        accounts: house.accounts.clone(),
    };
    // inside out: whether the route's action is permitted; how much was asked; who asks; around it, no answer without its record, refusals included
    let audited = audited
        .layer(from_fn(patience::in_time))
        .layer(DefaultBodyLimit::max(1 << 20))
        .layer(from_fn_with_state(stop, headers::end_streams))
        .layer(from_fn_with_state(
            house.accounts.clone(),
            access::door::end_with_rights,
        ))
        .layer(from_fn_with_state(door.clone(), access::door::authorise))
        .layer(from_fn_with_state(meter.clone(), meter::people))
        .layer(from_fn_with_state(house.accounts.clone(), access::http::identify))
        .layer(from_fn_with_state(house.audit.clone(), audit::http::record));
    let open = health::mount(ready, figures, settings.http.watchers()?)
        .merge(assets::mount(document))
        .merge(device::http::est::mount_open(house.certificates.clone()))
        .layer(from_fn_with_state(door, access::door::authorise));
    Ok(Router::new()
        .merge(audited)
        .merge(
            ingest
                .layer(from_fn_with_state(meter, meter::devices))
                .layer(from_fn(headers::peer)),
        )
        .merge(open)
        .method_not_allowed_fallback(async || {
            Problem::new(
                ErrorKind::Invalid,
                "method_not_allowed",
                "see /api/v1/openapi.json for what this path takes",
            )
            .status(405)
        })
        .layer(tower_http::compression::CompressionLayer::new())
        .layer(from_fn_with_state(settings.http.only_tls(), headers::harden))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(headers::bug)))
}

/// The API's description as text, without a running instance.
pub(crate) fn openapi_json() -> Result<String> {
    Ok(openapi()?.to_pretty_json()?)
}

/// The API's description, without a running instance.
pub(crate) fn openapi() -> Result<utoipa::openapi::OpenApi> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let dir = tempfile::tempdir()?;
        let args = crate::cli::ConfigArgs {
            config: None,
            data_dir: Some(dir.path().to_owned()),
        };
        let settings = crate::settings::load(&args)?.settings;
        let shutdown = chassis::shutdown::Shutdown::default();
        let house = crate::assemble::open(&settings, &crate::clocks::Clocks::real(), &shutdown).await?;
        let Api { audited, ingest } = api(&house, &settings, &Ready::default())?;
        let (_, mut document) = OpenApiRouter::with_openapi(Document::openapi())
            .merge(audited)
            .split_for_parts();
        document.merge(ingest.split_for_parts().1);
        shutdown.run(std::time::Duration::from_secs(5)).await;
        drop(house);
        Ok(document)
    })
}
