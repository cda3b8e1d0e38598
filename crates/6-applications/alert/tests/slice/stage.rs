//! A slice on the real embedded engine, with a clock that stands still until it is moved.

use crate::signals::{second, tenant};
use alert::decide::act::Command;
use alert::model::Settings;
use alert::react::Gathering;
use alert::reconcile::Shelves;
use alert::record::Stored;
use alert::service::Alerts;
use alert::store::{Filter, Store};
use async_trait::async_trait;
use chassis::consumer::React;
use embedded::records::{EmbeddedRecords, RecordsOptions};
use kernel::actor::{Actor, ActorId, Grant, Scope};
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::PersonId;
use kernel::signal::Signal;
use ports::error::Result;
use ports::journal::{Entry, Journal};
use ports::query::Query;
use ports::records::{Collection, Committed, Document, Page, Records, Transaction};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use testkit::clock::VirtualClock;
use uuid::Uuid;

pub(crate) struct Stage {
    pub(crate) engine: EmbeddedRecords,
    pub(crate) clock: VirtualClock,
    pub(crate) gathering: Gathering,
    pub(crate) alerts: Alerts,
    pub(crate) shelves: Shelves,
    pub(crate) meddler: Arc<Meddler>,
    _folder: tempfile::TempDir,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = EmbeddedRecords::open(folder.path().join("records.sqlite"), RecordsOptions::default()).unwrap();
        let meddler = Arc::new(Meddler {
            inner: engine.clone(),
            first: Mutex::default(),
        });
        let store = Store::new(Arc::<Meddler>::clone(&meddler), tenant());
        let clock = VirtualClock::at(second(0));
        let shared = Arc::new(clock.clone());
        let settings = Settings::default();
        Self {
            engine,
            gathering: Gathering::new(store.clone(), settings),
            alerts: Alerts::new(store.clone(), Arc::<VirtualClock>::clone(&shared), settings),
            shelves: Shelves::new(store, shared),
            clock,
            meddler,
            _folder: folder,
        }
    }

    /// Publishes signals as their sources do.
    pub(crate) async fn publish(&self, signals: &[Signal]) {
        let by = ActorId::Service("rule".into());
        let facts = signals
            .iter()
            .map(|signal| Fact::from_signal(signal, &tenant(), by.clone()))
            .collect();
        self.engine
            .commit(Transaction {
                facts,
                ..Transaction::default()
            })
            .await
            .unwrap();
    }

    /// What the consumer has not worked off yet.
    pub(crate) async fn waiting(&self) -> Vec<Entry> {
        let cursor = self.engine.cursor(self.gathering.name()).await.unwrap();
        Journal::read(&self.engine, cursor, self.gathering.kinds(), 1_000)
            .await
            .unwrap()
    }

    /// Lets the consumer work off everything.
    pub(crate) async fn settle(&self) {
        loop {
            let entries = self.waiting().await;
            if entries.is_empty() {
                return;
            }
            self.gathering.react(entries).await.unwrap();
        }
    }

    /// Another consumer under the same name, as after a restart.
    pub(crate) fn gathering(&self) -> Gathering {
        let records: Arc<dyn Records> = Arc::new(self.engine.clone());
        Gathering::new(Store::new(records, tenant()), Settings::default())
    }

    pub(crate) async fn hear(&self, signals: &[Signal]) {
        self.publish(signals).await;
        self.settle().await;
    }

    /// Types of all facts of this slice in the journal.
    pub(crate) async fn told(&self) -> Vec<String> {
        let entries = Journal::read(&self.engine, 0, &["alert."], 1_000).await.unwrap();
        entries.into_iter().map(|entry| entry.fact.kind).collect()
    }

    /// All alerts as an officer of the whole city lists them.
    pub(crate) async fn all(&self) -> Vec<Stored> {
        self.alerts
            .list(&officer(), &Filter::default(), None, 1_000)
            .await
            .unwrap()
            .0
    }

    pub(crate) async fn only(&self) -> Stored {
        let mut all = self.all().await;
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    pub(crate) async fn act(&self, command: Command) -> std::result::Result<Stored, alert::error::AlertError> {
        let id = self.only().await.alert.id;
        self.alerts.act(&officer(), id, command, None).await
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
        Grant::Only(
            codes
                .iter()
                .map(|code| AreaCode::new(code).unwrap())
                .collect::<BTreeSet<_>>(),
        )
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
