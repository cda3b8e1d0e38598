//! A whole house in a temporary folder, with a device, a series, an alert and an incident for every owner, area and
//! classification, and accounts to be administered.

use super::people::{self, Asker, OTHER, OWN};
use crate::assemble::{self, House};
use crate::clocks::Clocks;
use crate::routes::{self, Ready};
use crate::settings::Settings;
use access::model::Right;
use access::store::Store;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use chassis::shutdown::Shutdown;
use device::model::{Device, DeviceState, Speaks};
use kernel::actor::{Actor, ActorId};
use kernel::area::AreaCode;
use kernel::classification::Classification::{self, Confidential, Internal, Public, Restricted, Secret, TopSecret};
use kernel::fact::Fact;
use kernel::id::{DeviceId, OrgId, ProfileId, SignalId, derived};
use kernel::severity::Severity;
use kernel::signal::{Change, Signal};
use kernel::text::LangText;
use ports::records::Transaction;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub(super) const TENANT: &str = assemble::TENANT;

/// Something that is asked about, with what the rules need of it.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    /// `device`, `alert`, `incident` or `person`.
    pub(super) kind: &'static str,
    pub(super) id: String,
    pub(super) owner: Option<OrgId>,
    pub(super) areas: Vec<AreaCode>,
    pub(super) classification: Classification,
}

pub(super) struct Stage {
    pub(super) house: House,
    pub(super) things: Vec<Thing>,
    pub(super) askers: Vec<Asker>,
    settings: Settings,
    shutdown: Shutdown,
    _dir: tempfile::TempDir,
}

const ALL: [Classification; 6] = [Public, Internal, Restricted, Confidential, Secret, TopSecret];

/// Own ward, other ward, the whole city.
fn areas() -> [Vec<AreaCode>; 3] {
    let one = |code: &str| vec![AreaCode::new(code).unwrap()];
    [one(OWN.1), one(OTHER.1), Vec::new()]
}

impl Stage {
    pub(super) async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let args = crate::cli::ConfigArgs {
            config: None,
            data_dir: Some(dir.path().to_owned()),
        };
        let mut settings = crate::settings::load(&args).unwrap().settings;
        settings.instance.max_classification = TopSecret;
        let shutdown = Shutdown::default();
        let house = assemble::open(&settings, &Clocks::real(), &shutdown).await.unwrap();
        settings.noted.note(&house.configured, &house.audit).await.unwrap();
        let store = Store::new(house.engine.records.clone());
        let askers = people::askers(&store, house.wall.now()).await;
        let mut stage = Self {
            house,
            things: Vec::new(),
            askers,
            settings,
            shutdown,
            _dir: dir,
        };
        stage.devices().await;
        stage.alerts_and_incidents().await;
        stage.people(&store).await;
        stage
    }

    /// The router as the program serves it.
    pub(super) fn router(&self) -> Router {
        let figures = metrics_exporter_prometheus::PrometheusBuilder::new()
            .build_recorder()
            .handle();
        let ready = Ready::default();
        ready.set(true);
        routes::build(&self.house, &self.settings, ready, figures, CancellationToken::new()).unwrap()
    }

    /// All files of the tenant below a folder, with their bytes.
    pub(super) fn files(&self, folder: &str) -> Vec<(String, Vec<u8>)> {
        let mut open = vec![assemble::tenant_dir(&self.settings.instance.data_dir).join(folder)];
        let mut files = Vec::new();
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else if let Ok(bytes) = std::fs::read(&path) {
                files.push((path.display().to_string(), bytes));
            }
        }
        files
    }

    pub(super) async fn close(self) {
        self.shutdown.run(Duration::from_secs(10)).await;
    }

    pub(super) fn itself(&self) -> Actor {
        Actor::service("matrix", &self.house.tenant)
    }

    /// Each device sends one observation through the door, so that it has a series with a latest value.
    async fn devices(&mut self) {
        let (actor, router) = (self.itself(), self.router());
        for (place, areas) in areas().into_iter().enumerate() {
            for org in [OWN.0, OTHER.0] {
                for class in ALL {
                    let id = format!("m-{place}-{org}-{}", class as u8);
                    let owner = OrgId::new(org).unwrap();
                    let device = Device {
                        id: DeviceId::new(&id).unwrap(),
                        title: LangText::new("Trạm đo", "Gauge"),
                        profile: ProfileId::new("flood-gauge").unwrap(),
                        org: owner.clone(),
                        areas: areas.clone(),
                        place: None,
                        state: DeviceState::Active,
                        classification: class,
                        speaks: Speaks::Itself,
                        gateway: None,
                        token_hash: None,
                    };
                    self.house.devices.register(&actor, device).await.unwrap();
                    let token = self.house.devices.new_token(&actor, &id).await.unwrap();
                    let request = Request::post("/api/v1/observations")
                        .header("authorization", format!("Bearer {token}"))
                        .header("content-type", "text/plain")
                        .body(Body::from("depth value=0.01"))
                        .unwrap();
                    let sent = router.clone().oneshot(request).await.unwrap();
                    assert_eq!(sent.status(), 200, "{id}");
                    self.things.push(Thing {
                        kind: "device",
                        id,
                        owner: Some(owner),
                        areas: areas.clone(),
                        classification: class,
                    });
                }
            }
        }
    }

    /// A grave signal for each area and classification; the consumers make an alert and an incident of it.
    async fn alerts_and_incidents(&mut self) {
        let now = self.house.wall.now();
        let mut facts = Vec::new();
        for (place, areas) in areas().into_iter().enumerate() {
            for class in ALL {
                let group = format!("matrix-{place}-{}", class as u8);
                let signal = Signal {
                    id: SignalId(derived(&[group.as_bytes()])),
                    source: "rule/matrix".into(),
                    version: 1,
                    // of a kind of its own: alerts of one kind in one place would become one incident
                    code: format!("matrix_{place}_{}", class as u8),
                    group: group.clone(),
                    change: Change::Raised,
                    severity: Severity::FIVE,
                    at: now,
                    noticed: now,
                    title: LangText::new("Ngập", "Flood"),
                    entity: format!("urn:ngsi-ld:WaterObserved:hanoi:{group}"),
                    device: None,
                    series: None,
                    org: None,
                    areas: areas.clone(),
                    place: None,
                    classification: class,
                    params: BTreeMap::new(),
                };
                let by = ActorId::Service("matrix".into());
                facts.push(Fact::from_signal(&signal, &self.house.tenant, by));
            }
        }
        let expected = facts.len();
        let mut head = self.house.engine.journal.head();
        let transaction = Transaction {
            facts,
            ..Transaction::default()
        };
        self.house.engine.records.commit(transaction).await.unwrap();
        let actor = self.itself();
        loop {
            let (alerts, incidents) = (&self.house.alerts, &self.house.incidents);
            let (alerts, _) = alerts.list(&actor, &Default::default(), None, 1_000).await.unwrap();
            let (incidents, _) = incidents.list(&actor, &Default::default(), None, 1_000).await.unwrap();
            if alerts.len() == expected && incidents.len() == expected {
                self.things.extend(alerts.into_iter().map(|stored| Thing {
                    kind: "alert",
                    id: stored.alert.id.to_string(),
                    owner: None,
                    areas: stored.alert.areas,
                    classification: stored.alert.classification,
                }));
                self.things.extend(incidents.into_iter().map(|stored| Thing {
                    kind: "incident",
                    id: stored.incident.id.to_string(),
                    owner: None,
                    areas: stored.incident.areas,
                    classification: stored.incident.classification,
                }));
                return;
            }
            head.changed().await.unwrap();
        }
    }

    /// Accounts whose rights lie in the own place, in another and everywhere.
    async fn people(&mut self, store: &Store) {
        let now = self.house.wall.now();
        for (name, place) in [("p-own", Some(OWN)), ("p-other", Some(OTHER)), ("p-all", None)] {
            let right = Right {
                org: place.map(|(org, _)| OrgId::new(org).unwrap()),
                area: place.map(|(_, area)| AreaCode::new(area).unwrap()),
                ..Right::everywhere("ward_officer", now)
            };
            self.things.push(Thing {
                kind: "person",
                id: name.to_owned(),
                owner: right.org.clone(),
                areas: right.area.iter().cloned().collect(),
                classification: Public,
            });
            let account = people::account(name, vec![right], Internal);
            store.put_account(&account, 0, &[], None).await.unwrap();
        }
    }
}
