//! A tenant in a temporary folder with a profile, people of several reach, and a gate.

use audit::model::AuditRecord;
use audit::store::AuditLog;
use device::certificate::PlatformCa;
use device::gate::Gate;
use device::model::{Device, DeviceState, Speaks};
use device::profile::command::Reading;
use device::reconcile::Dispatch;
use device::registry::Registry;
use device::service::Devices;
use device::service::certificate::{Certificates, Terms};
use device::service::command::{Commands, Readings};
use device::store::certificate::CertificateStore;
use device::store::command::CommandStore;
use driver::command::{Answer, Answers, Downlink, NotHanded, Order};
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::actor::{Actor, Grant};
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::clock::Clock as _;
use kernel::id::{CommandId, DeviceId, OrgId, ProfileId, TenantId};
use kernel::position::Position;
use kernel::submission::{Sender, SpeaksFor};
use kernel::text::LangText;
use kernel::time::Timestamp;
use ports::records::Records;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use testkit::clock::VirtualClock;

pub(crate) struct Ground {
    pub(crate) tenant: EmbeddedTenant,
    pub(crate) clock: VirtualClock,
    pub(crate) devices: Devices,
    pub(crate) gate: Gate,
    pub(crate) certificates: Certificates,
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
        let made = PlatformCa::create(clock.now()).unwrap();
        let authority = Arc::new(PlatformCa::load(&made.certificate, &made.key).unwrap());
        let certificates = certificates(Arc::clone(&tenant.records), &devices, &audit, authority, &clock);
        Self {
            tenant,
            clock,
            devices,
            gate,
            certificates,
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

    /// Commands with their dispatcher, and stand-ins for the driver and for what devices reported.
    pub(crate) fn way(&self) -> Way {
        self.way_over(Arc::clone(&self.tenant.records))
    }

    pub(crate) fn way_over(&self, records: Arc<dyn Records>) -> Way {
        let (line, values) = (Arc::<Line>::default(), Arc::<Values>::default());
        let store = CommandStore::new(records, gov());
        let commands = Commands::new(store, self.devices.clone(), Arc::<Values>::clone(&values));
        let dispatch = Dispatch::new(commands.clone(), Arc::<Line>::clone(&line));
        Way {
            commands,
            dispatch,
            line,
            values,
        }
    }

    /// Types of all facts about commands in the journal, without what they have in common.
    pub(crate) async fn told(&self) -> Vec<String> {
        let entries = self.tenant.journal.read(0, &["command."], 1_000).await.unwrap();
        let kinds = entries.into_iter().map(|entry| entry.fact.kind);
        kinds
            .map(|kind| kind.trim_start_matches("command.").trim_end_matches(".v1").to_owned())
            .collect()
    }

    pub(crate) async fn trace(&self) -> Vec<AuditRecord> {
        let records = self.audit.read(Position::START, 1 << 20).await.unwrap();
        records.into_iter().map(|(_, record)| record).collect()
    }
}

/// A register of certificates of 90 days over records.
pub(crate) fn certificates(
    records: Arc<dyn Records>,
    devices: &Devices,
    audit: &AuditLog,
    authority: Arc<PlatformCa>,
    clock: &VirtualClock,
) -> Certificates {
    Certificates::new(device::service::certificate::Ground {
        store: CertificateStore::new(records),
        devices: devices.clone(),
        authority,
        audit: audit.clone(),
        tenant: gov(),
        wall: Arc::new(clock.clone()),
        terms: Terms {
            days: 90,
            renew_days: 30,
        },
    })
}

/// Commands and their way.
pub(crate) struct Way {
    pub(crate) commands: Commands,
    pub(crate) dispatch: Dispatch,
    pub(crate) line: Arc<Line>,
    pub(crate) values: Arc<Values>,
}

impl Way {
    /// Hears an answer of a device as a driver passes it on.
    pub(crate) async fn answer(&self, device: &str, command: CommandId, ok: bool, reason: Option<&str>) {
        let sender = Sender {
            shown: kernel::submission::Shown::Nothing,
            device: id(device),
            speaks_for: Arc::new(SpeaksFor::Itself),
            actor: Arc::new(Actor::device(&id(device), &gov())),
        };
        let answer = Answer {
            id: command,
            ok,
            result: ok.then(|| serde_json::json!({ "on": true })),
            reason: reason.map(str::to_owned),
        };
        self.commands.answered(&sender, &id(device), answer).await.unwrap();
    }

    /// The device connects and subscribes.
    pub(crate) async fn connect(&self, device: &str) -> usize {
        self.line.listens(device, true);
        self.commands.listening(&id(device));
        self.dispatch.turn().await.unwrap()
    }
}

/// A driver: devices listen or do not, and what they get is kept.
#[derive(Default)]
pub(crate) struct Line {
    listening: Mutex<BTreeSet<DeviceId>>,
    got: Mutex<Vec<(DeviceId, Order)>>,
    pub(crate) max: Mutex<Option<usize>>,
}

impl Line {
    pub(crate) fn listens(&self, device: &str, listens: bool) {
        let mut listening = self.listening.lock().unwrap();
        if listens {
            listening.insert(id(device));
        } else {
            listening.remove(device);
        }
    }

    /// What devices got since the last question: payloads, and how long each was worth delivering.
    pub(crate) fn got(&self) -> Vec<(serde_json::Value, u64)> {
        let got = std::mem::take(&mut *self.got.lock().unwrap());
        let read = |(device, order): (DeviceId, Order)| {
            let payload: serde_json::Value = serde_json::from_slice(&order.payload).unwrap();
            assert_eq!(payload["id"], order.id.to_string(), "{device}");
            (payload, order.expires_in.as_secs())
        };
        got.into_iter().map(read).collect()
    }
}

impl Downlink for Line {
    fn hand_over(&self, device: &DeviceId, order: Order) -> Result<(), NotHanded> {
        if !self.listening.lock().unwrap().contains(device) {
            return Err(NotHanded::Away);
        }
        let size = order.payload.len();
        if let Some(max) = self.max.lock().unwrap().filter(|max| size > *max) {
            return Err(NotHanded::TooLong { size, max });
        }
        self.got.lock().unwrap().push((device.clone(), order));
        Ok(())
    }
}

/// What devices reported last.
#[derive(Default)]
pub(crate) struct Values(Mutex<BTreeMap<(String, String), Reading>>);

impl Values {
    pub(crate) fn set(&self, device: &str, name: &str, value: f64, time: Timestamp) {
        let key = (device.to_owned(), name.to_owned());
        self.0.lock().unwrap().insert(key, Reading { value, time });
    }
}

impl Readings for Values {
    fn newest(&self, device: &str, name: &str) -> Option<Reading> {
        let key = (device.to_owned(), name.to_owned());
        self.0.lock().unwrap().get(&key).copied()
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

/// The duty officer of the whole city.
pub(crate) fn officer() -> Actor {
    let mut actor = administrator();
    actor.id = kernel::actor::ActorId::Person(kernel::id::PersonId(uuid::Uuid::from_u128(42)));
    actor.roles = ["duty_officer".to_owned()].into();
    actor
}

pub(crate) fn pump(name: &str, areas: &[&str]) -> Device {
    Device {
        profile: ProfileId::new("pump").unwrap(),
        ..gauge(name, areas)
    }
}
