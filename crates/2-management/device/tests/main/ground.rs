//! A tenant in a temporary folder with a profile, people of several reach, and a gate.

use audit::model::AuditRecord;
use audit::store::AuditLog;
use device::gate::Gate;
use device::model::{Device, DeviceState, Speaks};
use device::registry::Registry;
use device::service::Devices;
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::actor::{Actor, Grant};
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{DeviceId, OrgId, ProfileId, TenantId};
use kernel::position::Position;
use kernel::text::LangText;
use ports::records::Records;
use std::path::PathBuf;
use std::sync::Arc;
use testkit::clock::VirtualClock;

pub(crate) struct Ground {
    pub(crate) tenant: EmbeddedTenant,
    pub(crate) clock: VirtualClock,
    pub(crate) devices: Devices,
    pub(crate) gate: Gate,
    pub(crate) audit: AuditLog,
    _dir: tempfile::TempDir,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = TenantOptions {
            reserve_bytes: 4_096,
            ..TenantOptions::default()
        };
        let tenant = EmbeddedTenant::open(dir.path(), options).unwrap();
        let clock = VirtualClock::default();
        let wall = Arc::new(clock.clone());
        let audit = AuditLog::new(Arc::clone(&tenant.audit), gov(), wall.clone());
        let devices = devices(Arc::clone(&tenant.records), &clock);
        let gate = Gate::new(Arc::clone(devices.registry()), audit.clone(), gov(), wall);
        Self {
            tenant,
            clock,
            devices,
            gate,
            audit,
            _dir: dir,
        }
    }

    /// With these devices, registered by the administrator.
    pub(crate) async fn with(devices: impl IntoIterator<Item = Device>) -> Self {
        let ground = Self::new();
        ground
            .devices
            .import(&administrator(), devices.into_iter().collect())
            .await
            .unwrap();
        ground
    }

    pub(crate) async fn trace(&self) -> Vec<AuditRecord> {
        let records = self.audit.read(Position::START, 1 << 20).await.unwrap();
        records.into_iter().map(|(_, record)| record).collect()
    }
}

/// A service over records, its registry filled with the profiles of the city pack.
pub(crate) fn devices(records: Arc<dyn Records>, clock: &VirtualClock) -> Devices {
    let registry = Arc::new(Registry::default());
    registry.set_profiles(
        pack()
            .into_iter()
            .map(|(name, text)| device::profile::parse(&name, &text).unwrap()),
    );
    Devices::new(records, registry, Arc::new(clock.clone()))
}

/// Name and text of every profile file of the city pack.
pub(crate) fn pack() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../city/hanoi/profiles");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    files
        .map(|path| (name(&path), std::fs::read_to_string(&path).unwrap()))
        .collect()
}

pub(crate) fn gov() -> TenantId {
    TenantId::new("gov").unwrap()
}

pub(crate) fn administrator() -> Actor {
    let mut actor = Actor::service("test", &gov());
    actor.roles = ["administrator".to_owned()].into();
    actor.scope.max_classification = Classification::Restricted;
    actor
}

/// Somebody who sees only these areas.
pub(crate) fn of_areas(areas: &[&str]) -> Actor {
    let mut actor = administrator();
    actor.roles = ["duty_officer".to_owned()].into();
    actor.scope.areas = Grant::Only(areas.iter().map(|code| AreaCode::new(code).unwrap()).collect());
    actor
}

pub(crate) fn id(name: &str) -> DeviceId {
    DeviceId::new(name).unwrap()
}

pub(crate) fn gauge(name: &str, areas: &[&str]) -> Device {
    Device {
        id: id(name),
        title: LangText::new(format!("Trạm đo ngập {name}"), "Flood gauge"),
        profile: ProfileId::new("flood-gauge").unwrap(),
        org: OrgId::new("so-xay-dung").unwrap(),
        areas: areas.iter().map(|code| AreaCode::new(code).unwrap()).collect(),
        place: None,
        state: DeviceState::Active,
        classification: Classification::Internal,
        speaks: Speaks::Itself,
        gateway: None,
        token_hash: None,
    }
}
