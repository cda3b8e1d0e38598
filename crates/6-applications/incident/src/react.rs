//! The consumer of alerts' facts: folds a batch in memory and commits every touched incident once, with its facts and the
//! cursor.

use crate::decide::fold::Fold;
use crate::decide::hear::{Heard, News};
use crate::decide::join::places;
use crate::error::IncidentError;
use crate::fact::SOURCE;
use crate::model::{Seen, Settings};
use crate::store::{Concern, Registered, Store};
use async_trait::async_trait;
use chassis::consumer::React;
use kernel::actor::Actor;
use kernel::area::AreaCode;
use kernel::fact::Fact;
use kernel::id::AlertId;
use kernel::place::Point;
use kernel::severity::Severity;
use kernel::text::LangText;
use ports::error::PortError;
use ports::journal::Entry;
use serde::Deserialize;

/// How often a batch is decided anew when people keep acting in between; then the journal brings it again.
const TRIES: usize = 8;

/// Turns alerts into incidents.
#[derive(Debug)]
pub struct Watch {
    store: Store,
    settings: Settings,
    actor: Actor,
}

impl Watch {
    /// Acts as the service `incident` of the store's tenant.
    pub fn new(store: Store, settings: Settings) -> Self {
        let actor = Actor::service(SOURCE, store.tenant());
        Self { store, settings, actor }
    }

    async fn turn(&self, heard: &[Heard], last: u64) -> Result<(), IncidentError> {
        // the register first: whoever binds an alert after this moment makes the commit fail
        let Registered { register, version } = self.store.registered(&self.actor).await?;
        let concerned = self.store.concerned(&self.actor, concern(heard)).await?;
        let mut fold = Fold::new(concerned, register, self.store.tenant(), &self.settings);
        heard.iter().for_each(|heard| fold.take(heard));
        let folded = fold.finish();
        let register = folded.register.map(|register| Registered { register, version });
        let cursor = Some((SOURCE.to_owned(), last));
        self.store
            .save(&self.actor, &folded.incidents, register.as_ref(), folded.facts, cursor)
            .await
    }
}

fn concern(heard: &[Heard]) -> Concern {
    let mut concern = Concern::default();
    for Heard { news, seen, .. } in heard {
        concern.alerts.insert(seen.alert.to_string());
        if *news != News::Cleared {
            concern.groups.insert(seen.group.clone());
            concern.nearby.extend(places(&seen.code, &seen.areas));
        }
    }
    concern
}

#[async_trait]
impl React for Watch {
    fn name(&self) -> &'static str {
        SOURCE
    }

    fn kinds(&self) -> &'static [&'static str] {
        &["alert."]
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
                    metrics::counter!("hanoi_ioc_incident_conflicts_total", "by" => "alert").increment(1);
                    conflict = Some(error);
                }
                answer => return answer,
            }
        }
        conflict.map_or(Ok(()), Err)
    }
}

/// The part of an alert's fact that this slice reads; the contract is `contracts/facts/alert.*.v1.json`.
#[derive(Deserialize)]
struct Told {
    id: AlertId,
    code: String,
    title: LangText,
    severity: Severity,
    state: String,
    group: String,
    entity: String,
    areas: Vec<AreaCode>,
    place: Option<Point>,
    version: u64,
}

/// Longest code and group in bytes; they must fit into an index.
const MAX_CODE: usize = 512;

/// The news in an entry, if it is any for incidents. A fact that cannot be used stays in the journal, is counted and passed
/// over: it must not hold up all others.
fn listen(entry: Entry) -> Option<Heard> {
    let Entry { number, fact } = entry;
    let news = match fact.kind.as_str() {
        "alert.raised.v1" => News::Raised,
        "alert.escalated.v1" => News::Escalated,
        "alert.cleared.v1" => News::Cleared,
        "alert.reopened.v1" => News::Reopened,
        _ => return None,
    };
    let heard = read(number, news, &fact);
    let outcome = if heard.is_some() { "taken" } else { "unusable" };
    metrics::counter!("hanoi_ioc_incident_alerts_total", "outcome" => outcome).increment(1);
    if heard.is_none() {
        tracing::warn!(number, fact = %fact.id, kind = fact.kind, "a fact of an alert cannot be used and is passed over");
    }
    heard
}

fn read(number: u64, news: News, fact: &Fact) -> Option<Heard> {
    let told = Told::deserialize(&fact.data).ok()?;
    let fits = |text: &str| (1..=MAX_CODE).contains(&text.len());
    if !fits(&told.code) || !fits(&told.group) {
        return None;
    }
    let seen = Seen {
        alert: told.id,
        code: told.code,
        title: told.title,
        severity: told.severity,
        over: told.state == "cleared",
        group: told.group,
        entity: told.entity,
        areas: told.areas,
        place: told.place,
        classification: fact.classification,
        version: told.version,
    };
    Some(Heard {
        number,
        fact: fact.id.0,
        at: fact.time,
        news,
        seen,
    })
}
