//! The consumer of alerts' facts: remembers which alert the signals of an incident became.

use crate::decide::report::GROUP;
use crate::fact::SOURCE;
use crate::record::report::Raised;
use crate::store::Store;
use async_trait::async_trait;
use chassis::consumer::React;
use kernel::actor::Actor;
use kernel::fact::Fact;
use kernel::id::AlertId;
use ports::error::PortError;
use ports::journal::Entry;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Hears of alerts.
#[derive(Debug)]
pub struct Hearing {
    store: Store,
    actor: Actor,
}

impl Hearing {
    /// Acts as the service `security` of the store's tenant.
    pub fn new(store: Store) -> Self {
        let actor = Actor::service(SOURCE, store.tenant());
        Self { store, actor }
    }
}

#[async_trait]
impl React for Hearing {
    fn name(&self) -> &'static str {
        SOURCE
    }

    fn kinds(&self) -> &'static [&'static str] {
        &["alert.raised.v1"]
    }

    async fn react(&self, entries: Vec<Entry>) -> Result<(), PortError> {
        let Some(last) = entries.last().map(|entry| entry.number) else {
            return Ok(());
        };
        // of several alerts of a group the last one counts
        let raised: BTreeMap<String, Raised> = entries
            .iter()
            .filter_map(|entry| read(&entry.fact))
            .map(|raised| (raised.group.clone(), raised))
            .collect();
        let saved = self
            .store
            .save_alerts(&self.actor, raised.into_values().collect(), last);
        saved.await.map_err(PortError::from)
    }
}

/// The part of an alert's fact that this slice reads; the contract is `contracts/facts/alert.raised.v1.json`.
#[derive(Deserialize)]
struct Told {
    id: AlertId,
    group: String,
}

/// The alert of an incident, if the fact tells of one. A fact that cannot be read stays in the journal and is passed over.
fn read(fact: &Fact) -> Option<Raised> {
    let Told { id, group } = Told::deserialize(&fact.data).ok()?;
    group.starts_with(GROUP).then_some(Raised { group, alert: id })
}
