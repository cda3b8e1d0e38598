//! The slice on the real embedded engine, fed by the real slice of alerts, with a clock that stands until it is moved.

use crate::script::{org, second, settings, tenant};
use access::area::{Area, Areas};
use access::org::Orgs;
use alert::react::Gathering;
use alert::service::Alerts;
use async_trait::async_trait;
use chassis::consumer::React;
use embedded::records::{EmbeddedRecords, RecordsOptions};
use incident::decide::act::Command;
use incident::error::IncidentError;
use incident::model::Settings;
use incident::react::Watch;
use incident::record::Stored;
use incident::service::ground::Ground;
use incident::service::open::Request;
use incident::service::{Incidents, Wish};
use incident::store::{Filter, Store};
use kernel::actor::{Actor, ActorId, Grant, Scope};
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::{AlertId, IncidentId, PersonId, SignalId, derived};
use kernel::severity::Severity;
use kernel::signal::{Change, Signal};
use kernel::text::LangText;
use ports::error::PortError;
use ports::error::Result;
use ports::journal::{Entry, Journal};
use ports::query::Query;
use ports::records::{Collection, Committed, Document, Page, Records, Transaction};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use testkit::clock::VirtualClock;
use uuid::Uuid;

pub(crate) struct Stage {
    pub(crate) engine: EmbeddedRecords,
    pub(crate) clock: VirtualClock,
    pub(crate) incidents: Incidents,
    pub(crate) watch: Watch,
    pub(crate) alerts: Alerts,
    pub(crate) meddler: Arc<Meddler>,
    gathering: Gathering,
    _folder: tempfile::TempDir,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = EmbeddedRecords::open(folder.path().join("records.sqlite"), RecordsOptions::default()).unwrap();
        let records: Arc<dyn Records> = Arc::new(engine.clone());
        let meddler = Arc::new(Meddler {
            inner: engine.clone(),
            first: Mutex::default(),
        });
        let clock = VirtualClock::at(second(0));
        let store = alert::store::Store::new(records, tenant());
        let rules = alert::model::Settings::default();
        let alerts = Alerts::new(store.clone(), Arc::new(clock.clone()), rules);
        let watched: Arc<dyn Records> = Arc::<Meddler>::clone(&meddler);
        Self {
            incidents: incidents(Arc::clone(&watched), alerts.clone(), clock.clone()),
            watch: Watch::new(Store::new(watched, tenant()), settings()),
            gathering: Gathering::new(store, rules),
            alerts,
            clock,
            engine,
            meddler,
            _folder: folder,
        }
    }

    /// The same slice over other records, as after a restart or behind a fault.
    pub(crate) fn incidents_over(&self, records: Arc<dyn Records>) -> Incidents {
        incidents(records, self.alerts.clone(), self.clock.clone())
    }

    /// The consumer over other records, with the same settings.
    pub(crate) fn watch_over(&self, records: Arc<dyn Records>) -> Watch {
        Watch::new(Store::new(records, tenant()), settings())
    }

    /// A consumer that opens nothing by itself.
    pub(crate) fn quiet_watch(&self) -> Watch {
        let records: Arc<dyn Records> = Arc::new(self.engine.clone());
        let quiet = Settings {
            opens_at: None,
            ..settings()
        };
        Watch::new(Store::new(records, tenant()), quiet)
    }

    /// Publishes signals as their sources do, and lets the alerts follow from them.
    pub(crate) async fn publish(&self, signals: &[Signal]) {
        let by = ActorId::Service("rule".into());
        let facts = signals
            .iter()
            .map(|signal| Fact::from_signal(signal, &tenant(), by.clone()));
        self.commit(facts.collect()).await;
        let cursor = self.engine.cursor(self.gathering.name()).await.unwrap();
        let kinds = self.gathering.kinds();
        let entries = Journal::read(&self.engine, cursor, kinds, 10_000).await.unwrap();
        self.gathering.react(entries).await.unwrap();
    }

    pub(crate) async fn commit(&self, facts: Vec<Fact>) {
        let transaction = Transaction {
            facts,
            ..Transaction::default()
        };
        self.engine.commit(transaction).await.unwrap();
    }

    /// What the consumer has not worked off yet.
    pub(crate) async fn waiting(&self) -> Vec<Entry> {
        let cursor = self.engine.cursor(self.watch.name()).await.unwrap();
        let kinds = self.watch.kinds();
        Journal::read(&self.engine, cursor, kinds, 1_000).await.unwrap()
    }

    /// Lets the consumer work off everything.
    pub(crate) async fn settle(&self) {
        loop {
            let entries = self.waiting().await;
            if entries.is_empty() {
                return;
            }
            match self.watch.react(entries).await {
                // the consumer comes again, too
                Err(PortError::Conflict { .. }) => {}
                done => done.unwrap(),
            }
        }
    }

    pub(crate) async fn hear(&self, signals: &[Signal]) {
        self.publish(signals).await;
        self.settle().await;
    }

    /// Types of all facts of this slice in the journal.
    pub(crate) async fn told(&self) -> Vec<String> {
        let entries = Journal::read(&self.engine, 0, &["incident."], 10_000).await.unwrap();
        entries.into_iter().map(|entry| entry.fact.kind).collect()
    }

    /// All incidents as an officer of the whole city lists them.
    pub(crate) async fn all(&self) -> Vec<Stored> {
        let all = Filter::default();
        self.incidents.list(&officer(), &all, None, 1_000).await.unwrap().0
    }

    pub(crate) async fn only(&self) -> Stored {
        let mut all = self.all().await;
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    pub(crate) async fn act(&self, stored: &Stored, command: Command) -> std::result::Result<Stored, IncidentError> {
        let id = stored.incident.id;
        self.incidents.act(&officer(), id, Wish::Act(command), None).await
    }

    pub(crate) async fn link(
        &self,
        id: IncidentId,
        alerts: Vec<AlertId>,
    ) -> std::result::Result<Stored, IncidentError> {
        self.incidents.act(&officer(), id, Wish::Link(alerts), None).await
    }

    pub(crate) async fn open(&self, request: Request) -> std::result::Result<Stored, IncidentError> {
        self.incidents.open(&officer(), request).await
    }

    /// The ids of all alerts, oldest first.
    pub(crate) async fn alert_ids(&self) -> Vec<AlertId> {
        let all = alert::store::Filter::default();
        let (mut alerts, _) = self.alerts.list(&officer(), &all, None, 1_000).await.unwrap();
        alerts.sort_by_key(|stored| (stored.alert.raised_at, stored.alert.group.clone()));
        alerts.into_iter().map(|stored| stored.alert.id).collect()
    }
}

fn incidents(records: Arc<dyn Records>, alerts: Alerts, clock: VirtualClock) -> Incidents {
    let area = |code: &str| Area {
        code: code.into(),
        name: code.into(),
        kind: "Phường".into(),
        population: 0,
        lon: 105.8,
        lat: 21.0,
    };
    let areas = Areas::new(["01", "00070", "00118", "00160"].map(area)).unwrap();
    let listed =
        ["ioc", "so-xay-dung", "so-y-te"].map(|code| format!("- {{id: {code}, name: {{vi: {code}, en: {code}}}}}\n"));
    let orgs = Orgs::read("orgs.yaml", &format!("orgs:\n{}", listed.concat())).unwrap();
    let ground = Ground {
        orgs: Arc::new(orgs.with_committees(&areas)),
        areas: Arc::new(areas),
        alerts,
        register: org("ioc"),
    };
    Incidents::new(Store::new(records, tenant()), ground, Arc::new(clock))
}

/// A signal about the water at a gauge in ward 00070; each gauge is a group of its own.
pub(crate) fn signal(gauge: &str, change: Change, severity: u8, seconds: i64) -> Signal {
    let kind = format!("{change:?}");
    let id = derived(&[gauge.as_bytes(), kind.as_bytes(), &[severity], &seconds.to_be_bytes()]);
    Signal {
        id: SignalId(id),
        source: "rule/flood-depth".into(),
        version: 1,
        code: "flood_depth".into(),
        group: format!("flood/{gauge}"),
        change,
        severity: Severity::try_from(severity).unwrap(),
        at: second(seconds),
        noticed: second(seconds),
        title: LangText::new("Ngập sâu tại Đống Đa", "Deep flooding at Đống Đa"),
        entity: format!("urn:ngsi-ld:WaterObserved:hanoi:{gauge}"),
        device: None,
        series: None,
        org: None,
        areas: vec![AreaCode::new("00070").unwrap()],
        place: kernel::place::Point::new(105.83, 21.01),
        classification: Classification::Internal,
        params: BTreeMap::new(),
    }
}

/// The same in another ward.
pub(crate) fn elsewhere(mut signal: Signal, area: &str) -> Signal {
    signal.areas = vec![AreaCode::new(area).unwrap()];
    signal
}

/// A call about water in ward 00070.
pub(crate) fn call() -> Request {
    Request {
        title: Some(LangText::new("Nước vào nhà", "Water in a house")),
        kind: Some("flood_depth".into()),
        severity: Some(Severity::TWO),
        areas: vec![AreaCode::new("00070").unwrap()],
        text: Some("dân gọi".into()),
        ..Request::default()
    }
}

/// The real engine, before whose next commit somebody else commits something.
#[derive(Debug)]
pub(crate) struct Meddler {
    inner: EmbeddedRecords,
    pub(crate) first: Mutex<Option<Transaction>>,
}

#[async_trait]
impl Records for Meddler {
    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Document>> {
        self.inner.get(collection, key).await
    }
    async fn query(&self, collection: Collection, query: Query) -> Result<Page> {
        self.inner.query(collection, query).await
    }
    async fn count(&self, collection: Collection, query: Query) -> Result<u64> {
        self.inner.count(collection, query).await
    }
    async fn commit(&self, transaction: Transaction) -> Result<Committed> {
        let first = self.first.lock().unwrap().take();
        if let Some(first) = first {
            self.inner.commit(first).await?;
        }
        self.inner.commit(transaction).await
    }
}

/// Somebody with a role and areas (`None`: the whole city).
pub(crate) fn somebody(role: &str, areas: Option<&[&str]>, max: Classification) -> Actor {
    let areas = areas.map_or(Grant::All, |codes| {
        let codes = codes.iter().map(|code| AreaCode::new(code).unwrap());
        Grant::Only(codes.collect::<BTreeSet<_>>())
    });
    let scope = Scope {
        tenant: tenant(),
        orgs: Grant::All,
        areas,
        max_classification: max,
        purposes: Grant::All,
    };
    Actor {
        id: ActorId::Person(PersonId(Uuid::from_u128(42))),
        roles: BTreeSet::from([role.to_owned()]),
        scope,
    }
}

pub(crate) fn officer() -> Actor {
    somebody("duty_officer", None, Classification::Restricted)
}
