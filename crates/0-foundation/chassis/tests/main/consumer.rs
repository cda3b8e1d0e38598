//! Consumers of the journal: woken by news, resuming where the last effect was committed, repeating after an error.

use async_trait::async_trait;
use chassis::consumer::{React, run};
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::actor::ActorId;
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::{FactId, TenantId};
use kernel::time::Timestamp;
use parking_lot::Mutex;
use ports::error::PortError;
use ports::journal::Entry;
use ports::records::{Records, Transaction};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

fn tenant() -> (EmbeddedTenant, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let options = TenantOptions {
        reserve_bytes: 4_096,
        ..TenantOptions::default()
    };
    (EmbeddedTenant::open(dir.path(), options).unwrap(), dir)
}

fn fact(kind: &str, subject: usize) -> Fact {
    Fact {
        specversion: "1.0".into(),
        id: FactId(uuid::Uuid::now_v7()),
        kind: kind.into(),
        source: "/test".into(),
        subject: subject.to_string(),
        time: Timestamp::EPOCH,
        tenant: TenantId::new("gov").unwrap(),
        actor: ActorId::Anonymous,
        classification: Classification::Internal,
        areas: Vec::new(),
        data: serde_json::Value::Null,
    }
}

async fn publish(records: &Arc<dyn Records>, facts: impl IntoIterator<Item = Fact>) {
    let facts = facts.into_iter().collect();
    let transaction = Transaction {
        facts,
        ..Transaction::default()
    };
    records.commit(transaction).await.unwrap();
}

/// Tells the test what it is given, fails as often as told, and commits its cursor otherwise.
struct Witness {
    records: Arc<dyn Records>,
    failures: Mutex<u32>,
    tells: mpsc::UnboundedSender<Vec<String>>,
}

#[async_trait]
impl React for Witness {
    fn name(&self) -> &'static str {
        "witness"
    }
    fn kinds(&self) -> &'static [&'static str] {
        &["wanted."]
    }
    async fn react(&self, entries: Vec<Entry>) -> Result<(), PortError> {
        let subjects = entries.iter().map(|entry| entry.fact.subject.clone()).collect();
        let _ = self.tells.send(subjects);
        {
            let mut failures = self.failures.lock();
            if *failures > 0 {
                *failures -= 1;
                return Err(PortError::Unavailable("told to fail".into()));
            }
        }
        let number = entries.last().map_or(0, |entry| entry.number);
        let cursor = Some((self.name().to_owned(), number));
        let transaction = Transaction {
            cursor,
            ..Transaction::default()
        };
        self.records.commit(transaction).await.map(drop)
    }
}

struct Running {
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
    hears: mpsc::UnboundedReceiver<Vec<String>>,
}

fn start(tenant: &EmbeddedTenant, failures: u32) -> Running {
    let (tells, hears) = mpsc::unbounded_channel();
    let witness = Witness {
        records: Arc::clone(&tenant.records),
        failures: Mutex::new(failures),
        tells,
    };
    let stop = CancellationToken::new();
    let task = tokio::spawn(run(Arc::clone(&tenant.journal), Arc::new(witness), stop.clone()));
    Running { stop, task, hears }
}

impl Running {
    async fn hear(&mut self) -> Vec<String> {
        self.hears.recv().await.unwrap()
    }
    /// Ends it; answers what it was given and nobody has heard.
    async fn end(mut self) -> Vec<Vec<String>> {
        self.stop.cancel();
        self.task.await.unwrap();
        self.hears.close();
        let mut rest = Vec::new();
        while let Some(subjects) = self.hears.recv().await {
            rest.push(subjects);
        }
        rest
    }
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

#[tokio::test]
async fn it_is_woken_by_news_and_sees_only_its_kinds() {
    let (tenant, _dir) = tenant();
    let mut running = start(&tenant, 0);
    for number in 0..3 {
        publish(&tenant.records, [fact("other.v1", 9), fact("wanted.v1", number)]).await;
        assert_eq!(running.hear().await, [number.to_string()]);
    }
    assert_eq!(running.end().await, Vec::<Vec<String>>::new());
}

#[tokio::test]
async fn it_goes_on_where_its_last_effect_was_committed() {
    let (tenant, _dir) = tenant();
    publish(&tenant.records, [fact("wanted.v1", 0)]).await;
    let mut running = start(&tenant, 0);
    assert_eq!(running.hear().await, ["0"]);
    running.end().await;
    publish(&tenant.records, [fact("wanted.v1", 1), fact("wanted.v1", 2)]).await;
    let mut running = start(&tenant, 0);
    assert_eq!(running.hear().await, ["1", "2"]);
    assert!(running.end().await.is_empty());
    assert_eq!(tenant.journal.cursor("witness").await.unwrap(), 3);
}

#[tokio::test]
async fn after_an_error_the_same_entries_come_again() {
    let (tenant, _dir) = tenant();
    publish(&tenant.records, [fact("wanted.v1", 0), fact("wanted.v1", 1)]).await;
    let mut running = start(&tenant, 2);
    for _ in 0..3 {
        assert_eq!(running.hear().await, ["0", "1"]);
    }
    publish(&tenant.records, [fact("wanted.v1", 2)]).await;
    assert_eq!(running.hear().await, ["2"]);
    assert!(running.end().await.is_empty());
}

#[tokio::test]
async fn a_backlog_is_worked_off_in_batches_and_in_order() {
    let (tenant, _dir) = tenant();
    publish(&tenant.records, (0..2_300).map(|number| fact("wanted.v1", number))).await;
    let mut running = start(&tenant, 0);
    let mut seen = Vec::new();
    while seen.len() < 2_300 {
        let batch = running.hear().await;
        assert!(batch.len() <= 1_000);
        seen.extend(batch);
    }
    assert_eq!(seen, numbers(0..2_300));
    assert!(running.end().await.is_empty());
}
