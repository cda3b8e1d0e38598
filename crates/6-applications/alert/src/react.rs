//! The consumer of signals: folds a batch in memory and commits every touched alert once, with its facts and the cursor.

use crate::decide::fold::Fold;
use crate::decide::hear::Heard;
use crate::error::AlertError;
use crate::fact::SOURCE;
use crate::model::Settings;
use crate::store::Store;
use async_trait::async_trait;
use chassis::consumer::React;
use kernel::actor::Actor;
use kernel::fact::SIGNAL;
use kernel::signal::Signal;
use ports::error::PortError;
use ports::journal::Entry;
use std::collections::BTreeSet;

/// How often a batch is decided anew when people keep acting in between; then the journal brings it again.
const TRIES: usize = 8;

/// Turns signals into alerts.
#[derive(Debug)]
pub struct Gathering {
    store: Store,
    settings: Settings,
    actor: Actor,
}

impl Gathering {
    /// Acts as the service `alert` of the store's tenant.
    pub fn new(store: Store, settings: Settings) -> Self {
        let actor = Actor::service(SOURCE, store.tenant());
        Self { store, settings, actor }
    }

    async fn turn(&self, heard: &[Heard], last: u64) -> Result<(), AlertError> {
        let groups: BTreeSet<&str> = heard.iter().map(|heard| heard.signal.group.as_str()).collect();
        let groups = groups.into_iter().map(str::to_owned).collect();
        let newest = self.store.newest(&self.actor, groups).await?;
        let mut fold = Fold::new(newest, self.store.tenant(), &self.settings);
        heard.iter().for_each(|heard| fold.take(heard));
        let (alerts, facts) = fold.finish();
        self.store
            .save(&self.actor, &alerts, facts, Some((SOURCE.to_owned(), last)))
            .await
    }
}

#[async_trait]
impl React for Gathering {
    fn name(&self) -> &'static str {
        SOURCE
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[SIGNAL]
    }

    async fn react(&self, entries: Vec<Entry>) -> Result<(), PortError> {
        let Some(last) = entries.last().map(|entry| entry.number) else {
            return Ok(());
        };
        let heard: Vec<Heard> = entries.into_iter().filter_map(listen).collect();
        let mut conflict = None;
        for _ in 0..TRIES {
            match self.turn(&heard, last).await.map_err(PortError::from) {
                Err(error @ PortError::Conflict { .. }) => {
                    metrics::counter!("hanoi_ioc_alert_conflicts_total", "by" => "signal").increment(1);
                    conflict = Some(error);
                }
                answer => return answer,
            }
        }
        conflict.map_or(Ok(()), Err)
    }
}

/// Longest group in bytes; it must fit into an index.
const MAX_GROUP: usize = 512;

/// The signal of an entry. One that cannot be used stays in the journal, is counted and passed over: it must not hold up
/// all others.
fn listen(entry: Entry) -> Option<Heard> {
    let Entry { number, fact } = entry;
    let usable = |signal: &Signal| (1..=MAX_GROUP).contains(&signal.group.len());
    let signal = fact.signal().filter(usable);
    let outcome = if signal.is_some() { "taken" } else { "unusable" };
    metrics::counter!("hanoi_ioc_alert_signals_total", "outcome" => outcome).increment(1);
    if signal.is_none() {
        tracing::warn!(number, fact = %fact.id, source = fact.source, "a signal cannot be used and is passed over");
    }
    Some(Heard {
        number,
        signal: signal?,
    })
}
