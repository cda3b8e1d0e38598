//! The security slice joined with what it acts upon and what it counts: devices by a port, clients by the doors.

mod catalogue;
#[cfg(test)]
mod tests;

use crate::settings::Settings;
use access::org::Orgs;
use access::service::Accounts;
use async_trait::async_trait;
use audit::store::AuditLog;
use chassis::shutdown::Shutdown;
use device::error::DeviceError;
use device::model::DeviceState;
use device::service::Devices;
use embedded::tenant::EmbeddedTenant;
use history::lake::Lake;
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::error::{Classified, ErrorKind};
use kernel::id::{DeviceId, TenantId};
use ports::error::PortError;
use security::model::flaw::Terms;
use security::model::usage::{Limits, Settings as Quota};
use security::react::Hearing;
use security::reconcile;
use security::service::flaw::Flaws;
use security::service::ground::{self, Seen};
use security::service::measure::Measures;
use security::service::object::Inventory;
use security::service::report::Reports;
use security::service::usage::Usage;
use security::store::Store;
use std::sync::Arc;

/// What the slice stands on.
pub(crate) struct Ground<'a> {
    pub(crate) engine: &'a EmbeddedTenant,
    pub(crate) lake: &'a Lake,
    pub(crate) accounts: &'a Accounts,
    pub(crate) orgs: &'a Orgs,
    pub(crate) devices: &'a Devices,
    pub(crate) audit: &'a AuditLog,
    pub(crate) tenant: &'a TenantId,
    pub(crate) wall: &'a Arc<dyn Clock>,
}

/// The services of the slice.
#[derive(Clone, Debug)]
pub(crate) struct Security {
    pub(crate) measures: Measures,
    pub(crate) reports: Reports,
    pub(crate) inventory: Inventory,
    pub(crate) flaws: Flaws,
    pub(crate) usage: Usage,
}

/// Opens the slice and starts what works by itself.
pub(crate) fn start(settings: &Settings, ground: Ground<'_>, shutdown: &Shutdown) -> Security {
    let store = Store::new(Arc::clone(&ground.engine.records), ground.tenant.clone());
    let devices = Arc::new(Registered(ground.devices.clone()));
    let measures = Measures::new(
        store.clone(),
        ground.accounts.clone(),
        devices,
        ground.audit.clone(),
        Arc::clone(ground.wall),
    );
    let (working, stop) = (measures.clone(), shutdown.background.token());
    shutdown.background.spawn(async move {
        let turn = || {
            let measures = working.clone();
            async move { reconcile::measure::turn(&measures).await }
        };
        let period = reconcile::measure::PERIOD;
        chassis::reconcile::run("security_actions", period, Arc::default(), stop, turn).await;
    });
    let hearing = Arc::new(Hearing::new(store.clone()));
    let (journal, stop) = (Arc::clone(&ground.engine.journal), shutdown.background.token());
    shutdown
        .background
        .spawn(chassis::consumer::run(journal, hearing, stop));
    let usage = Usage::new(store.clone(), Arc::clone(ground.wall), quota(settings));
    // the last store comes after the doors have closed and everything is counted
    let (counted, stop) = (usage.clone(), shutdown.background.token());
    shutdown.background.spawn(reconcile::usage::run(counted, stop));
    let sources = catalogue::Sources {
        devices: ground.devices.clone(),
        accounts: ground.accounts.clone(),
        orgs: ground.orgs.clone(),
        links: catalogue::links(settings),
        stores: catalogue::Stores {
            dir: crate::assemble::tenant_dir(&settings.instance.data_dir),
            log: ground.engine.series.log(),
            audit: Arc::clone(&ground.engine.audit),
            lake: ground.lake.clone(),
        },
        wall: Arc::clone(ground.wall),
    };
    let wall = Arc::clone(ground.wall);
    let flaws = Flaws::new(
        store.clone(),
        ground.accounts.clone(),
        terms(settings),
        Arc::clone(&wall),
    );
    let (watched, stop) = (flaws.clone(), shutdown.background.token());
    shutdown.background.spawn(async move {
        let turn = || {
            let flaws = watched.clone();
            async move { reconcile::flaw::turn(&flaws).await }
        };
        chassis::reconcile::run("security_flaws", reconcile::flaw::PERIOD, Arc::default(), stop, turn).await;
    });
    Security {
        flaws,
        inventory: Inventory::new(store.clone(), ground.accounts.clone(), Arc::new(sources), wall),
        measures,
        reports: Reports::new(store, Arc::clone(ground.wall)),
        usage,
    }
}

fn terms(settings: &Settings) -> Terms {
    let days = &settings.vulnerability;
    Terms {
        critical: days.critical_days,
        high: days.high_days,
        medium: days.medium_days,
        low: days.low_days,
    }
}

fn quota(settings: &Settings) -> Quota {
    let quota = &settings.quota;
    let limits = |per_minute, per_day| Limits { per_minute, per_day };
    Quota {
        account: limits(quota.account_per_minute, quota.account_per_day),
        token: limits(quota.token_per_minute, quota.token_per_day),
        device: limits(quota.device_per_minute, quota.device_per_day),
        max_clients: quota.max_clients,
        keep_days: quota.keep_days,
        zone_offset_s: i64::from(crate::past::ZONE_OFFSET_S),
    }
}

/// The registry as measures see it.
#[derive(Debug)]
struct Registered(Devices);

#[async_trait]
impl ground::Devices for Registered {
    async fn look(&self, by: &Actor, device: &DeviceId) -> Result<Option<Seen>, PortError> {
        match self.0.get(by, device.as_str()).await {
            Ok(found) => Ok(Some(Seen {
                blocked: found.state == DeviceState::Blocked,
                areas: found.areas,
            })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(port(error)),
        }
    }

    async fn set_blocked(&self, by: &Actor, device: &DeviceId, blocked: bool) -> Result<bool, PortError> {
        let wanted = if blocked {
            DeviceState::Blocked
        } else {
            DeviceState::Active
        };
        match self.0.get(by, device.as_str()).await {
            Ok(found) if found.state == wanted => return Ok(false),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(port(error)),
        }
        let changed = self.0.set_state(by, device.as_str(), wanted).await;
        changed.map(|_| true).map_err(port)
    }
}

fn port(error: DeviceError) -> PortError {
    match error {
        DeviceError::Port(error) => error,
        other => PortError::Misuse(other.to_string()),
    }
}
