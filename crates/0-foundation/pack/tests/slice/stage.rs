//! The real engine, and a city that understands just enough to judge: words that do not do, and two files that must agree.

use async_trait::async_trait;
use chassis::yaml::Mistake;
use embedded::records::{EmbeddedRecords, RecordsOptions};
use kernel::actor::{Actor, ActorId};
use kernel::fact::Fact;
use kernel::id::{PersonId, TenantId};
use kernel::time::Timestamp;
use pack::decide::act::Deed;
use pack::model::name::{Kind, Name};
use pack::model::{Applies, Files, Incoming};
use pack::service::Packs;
use pack::service::city::City;
use pack::service::upgrade::{Report, at_start};
use pack::store::Store;
use ports::journal::Journal;
use ports::records::Records;
use std::sync::{Arc, Mutex};
use testkit::clock::VirtualClock;
use uuid::Uuid;

/// A city whose rules are lines of text.
#[derive(Debug, Default)]
pub(crate) struct Town {
    /// What counts, as it was told last.
    pub(crate) counts: Mutex<Files>,
}

#[async_trait]
impl City for Town {
    fn check(&self, files: &Files) -> Vec<Mistake> {
        let wrong = |file: &str, line: usize, what: String| Mistake {
            file: file.to_owned(),
            line: line as u64 + 1,
            column: 1,
            what,
            advice: "write another word".to_owned(),
        };
        let mut found = Vec::new();
        for (file, text) in files {
            for (line, words) in text.lines().enumerate() {
                if words.contains("bad") {
                    found.push(wrong(file, line, format!("'{words}'")));
                }
            }
        }
        // rules are in the unit of the one profile
        let unit = files.get("profiles/p.yaml").map(String::as_str).unwrap_or_default();
        for (file, text) in files.iter().filter(|(file, _)| file.starts_with("rules/")) {
            if text.contains("volt") && !unit.contains("volt") {
                found.push(wrong(file, 0, "volt is not what the profile reports".to_owned()));
            }
        }
        found
    }

    fn applies(&self, kind: Kind) -> Applies {
        match kind {
            Kind::Orgs => Applies::Restart,
            _ => Applies::Now,
        }
    }

    async fn apply(&self, files: &Files) -> Result<(), String> {
        *self.counts.lock().unwrap() = files.clone();
        Ok(())
    }
}

pub(crate) struct Stage {
    pub(crate) engine: EmbeddedRecords,
    pub(crate) clock: VirtualClock,
    pub(crate) town: Arc<Town>,
    pub(crate) packs: Packs,
    pub(crate) store: Store,
    _folder: tempfile::TempDir,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = EmbeddedRecords::open(folder.path().join("records.sqlite"), RecordsOptions::default()).unwrap();
        let clock = VirtualClock::at(Timestamp::from_seconds(1_000));
        let town = Arc::new(Town::default());
        let store = Store::new(Arc::new(engine.clone()));
        let city: Arc<dyn City> = Arc::<Town>::clone(&town);
        Self {
            packs: Packs::new(store.clone(), city, tenant(), Arc::new(clock.clone())),
            store,
            engine,
            clock,
            town,
            _folder: folder,
        }
    }

    /// The pack over other records, as behind a fault.
    pub(crate) fn packs_over(&self, records: Arc<dyn Records>) -> Packs {
        let city: Arc<dyn City> = Arc::<Town>::clone(&self.town);
        Packs::new(Store::new(records), city, tenant(), Arc::new(self.clock.clone()))
    }

    pub(crate) async fn start(&self, pack: Incoming) -> Option<Report> {
        at_start(&self.store, &pack, &deed(), &tenant()).await.unwrap()
    }

    pub(crate) async fn load(&self, pack: Incoming) -> Report {
        self.packs.upgrade(&operator(), pack, false).await.unwrap()
    }

    pub(crate) async fn put(&self, path: &str, text: &str) {
        self.packs.edit(&keeper(), &name(path), text, None).await.unwrap();
    }

    /// What counts of a file.
    pub(crate) async fn text(&self, path: &str) -> Option<String> {
        self.store.files().await.unwrap().remove(path)
    }

    pub(crate) async fn facts(&self) -> Vec<Fact> {
        let entries = Journal::read(&self.engine, 0, &[], 10_000).await.unwrap();
        entries.into_iter().map(|entry| entry.fact).collect()
    }
}

pub(crate) fn tenant() -> TenantId {
    TenantId::new("government").unwrap()
}

pub(crate) fn name(path: &str) -> Name {
    Name::of_path(path).unwrap()
}

pub(crate) fn operator() -> Actor {
    Actor::service("operator", &tenant())
}

/// A person with one role.
pub(crate) fn person(role: &str) -> Actor {
    Actor {
        id: ActorId::Person(PersonId(Uuid::from_u128(7))),
        roles: [role.to_owned()].into(),
        ..operator()
    }
}

pub(crate) fn keeper() -> Actor {
    person("administrator")
}

fn deed() -> Deed {
    Deed {
        by: ActorId::Service("pack".into()),
        at: Timestamp::from_seconds(500),
    }
}

pub(crate) fn incoming(name: &str, files: &[(&str, &str)]) -> Incoming {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    Incoming {
        name: name.to_owned(),
        files: files.collect(),
    }
}
