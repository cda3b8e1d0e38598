//! Alerts over the records port. Nobody gets to see more here than their scope allows.

use crate::error::AlertError;
use crate::record::{ALERTS, Stored, indexes, read, write};
use kernel::actor::Actor;
use kernel::area::AreaCode;
use kernel::fact::Fact;
use kernel::id::{AlertId, DeviceId, TenantId};
use kernel::place::Bounds;
use kernel::severity::Severity;
use kernel::time::Timestamp;
use ports::error::PortError;
use ports::query::{After, Condition, Order, Query};
use ports::records::{Change, Expect, Records, Transaction};
use ports::scope::visible;
use std::sync::Arc;

/// Where the alerts of one tenant live.
#[derive(Clone, Debug)]
pub struct Store {
    records: Arc<dyn Records>,
    tenant: TenantId,
}

/// Which alerts; an empty list asks for no condition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Codes of phases, or `open` for all that are not cleared.
    pub states: Vec<&'static str>,
    /// Severities.
    pub severities: Vec<Severity>,
    /// Areas; one of them is enough.
    pub areas: Vec<AreaCode>,
    /// The device concerned.
    pub device: Option<DeviceId>,
    /// Beginnings of words, with or without tones.
    pub words: Option<String>,
    /// A box on the map.
    pub bounds: Option<Bounds>,
}

impl Store {
    /// Over the records of `tenant`.
    pub fn new(records: Arc<dyn Records>, tenant: TenantId) -> Self {
        Self { records, tenant }
    }

    /// The tenant whose alerts these are.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// One alert, if the actor may see it.
    pub async fn get(&self, actor: &Actor, id: AlertId) -> Result<Option<Stored>, AlertError> {
        if actor.scope.tenant != self.tenant {
            return Ok(None);
        }
        let Some(document) = self.records.get(ALERTS, &id.to_string()).await? else {
            return Ok(None);
        };
        let stored = read(&document)?;
        let visible = actor.scope.sees(&stored.alert.areas, stored.alert.classification);
        Ok(visible.then_some(stored))
    }

    /// A page of what the actor may see: open before cleared, gravest first, then newest.
    pub async fn page(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Stored>, Option<After>), AlertError> {
        let asked = filter.conditions();
        self.ask(
            actor,
            asked,
            |query| query.by(Order::Descending("rank")).after(after),
            limit,
        )
        .await
    }

    /// The newest alert of each group, open or cleared, as far as there is one. At most 1,000 groups.
    pub async fn newest(&self, actor: &Actor, groups: Vec<String>) -> Result<Vec<Stored>, AlertError> {
        let limit = groups.len();
        if limit == 0 {
            return Ok(Vec::new());
        }
        let asked = vec![Condition::AnyOf("group", groups)];
        Ok(self.ask(actor, asked, |query| query, limit).await?.0)
    }

    /// Shelved alerts whose time is up at `now`, the longest overdue first.
    pub async fn due(&self, actor: &Actor, now: Timestamp, limit: usize) -> Result<Vec<Stored>, AlertError> {
        let asked = vec![Condition::Between("due", None, Some(now.micros().saturating_add(1)))];
        Ok(self
            .ask(actor, asked, |query| query.by(Order::Ascending("due")), limit)
            .await?
            .0)
    }

    /// Writes alerts, each only if it is still at the version it was loaded at, with the facts of the change and the
    /// cursor of a consumer: all or nothing.
    pub async fn save(
        &self,
        actor: &Actor,
        alerts: &[Stored],
        facts: Vec<Fact>,
        cursor: Option<(String, u64)>,
    ) -> Result<(), AlertError> {
        if actor.scope.tenant != self.tenant {
            return Err(PortError::Misuse(format!("{} acts in another tenant than {}", actor.id, self.tenant)).into());
        }
        let changes = alerts.iter().map(put).collect::<Result<_, AlertError>>()?;
        let kinds: Vec<String> = facts.iter().map(|fact| fact.kind.clone()).collect();
        self.records.commit(Transaction { changes, facts, cursor }).await?;
        for kind in kinds {
            metrics::counter!("hanoi_ioc_alert_facts_total", "type" => kind).increment(1);
        }
        Ok(())
    }

    async fn ask(
        &self,
        actor: &Actor,
        asked: Vec<Condition>,
        shape: impl FnOnce(Query) -> Query,
        limit: usize,
    ) -> Result<(Vec<Stored>, Option<After>), AlertError> {
        let Some(visible) = visible(&actor.scope, &self.tenant) else {
            return Ok((Vec::new(), None));
        };
        let query = visible.into_iter().chain(asked).fold(Query::all(limit), Query::with);
        let page = self.records.query(ALERTS, shape(query)).await?;
        let alerts = page.documents.iter().map(read).collect::<Result<_, AlertError>>()?;
        Ok((alerts, page.next))
    }
}

impl Filter {
    fn conditions(&self) -> Vec<Condition> {
        let lists = [
            Condition::any_of("state", &self.states),
            Condition::any_of("severity", self.severities.iter().map(|severity| severity.level())),
            Condition::any_of("area", &self.areas),
            Condition::any_of("device", &self.device),
        ];
        let asked = lists
            .into_iter()
            .filter(|list| !matches!(list, Condition::AnyOf(_, values) if values.is_empty()));
        let words = self.words.iter().map(|words| Condition::Words("words", words.clone()));
        let bounds = self.bounds.iter().map(|bounds| Condition::Touches("place", *bounds));
        asked.chain(words).chain(bounds).collect()
    }
}

fn put(stored: &Stored) -> Result<Change, AlertError> {
    let Stored { alert, version } = stored;
    Ok(Change::Put {
        collection: ALERTS,
        key: alert.id.to_string(),
        expect: Expect::since(*version),
        body: write(alert)?,
        indexes: indexes(alert),
    })
}
