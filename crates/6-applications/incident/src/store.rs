//! Incidents over the records port. Nobody gets to see more here than their scope allows.

use crate::error::IncidentError;
use crate::model::number::Register;
use crate::record::{INCIDENTS, REGISTER, REGISTERS, Stored, indexes, read, read_register, write, write_register};
use kernel::actor::Actor;
use kernel::area::AreaCode;
use kernel::fact::Fact;
use kernel::id::{AlertId, IncidentId, OrgId, TenantId};
use kernel::place::Bounds;
use kernel::severity::Severity;
use ports::error::PortError;
use ports::query::{After, Condition, Order, Query};
use ports::records::{Change, Expect, Records, Transaction};
use ports::scope::visible;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where the incidents of one tenant live.
#[derive(Clone, Debug)]
pub struct Store {
    records: Arc<dyn Records>,
    tenant: TenantId,
}

/// Which incidents; an empty list asks for no condition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Codes of phases, or `active` for all that are not closed.
    pub states: Vec<&'static str>,
    /// Severities.
    pub severities: Vec<Severity>,
    /// Kinds.
    pub kinds: Vec<String>,
    /// Areas; one of them is enough.
    pub areas: Vec<AreaCode>,
    /// Who leads or is assigned; one of them is enough.
    pub orgs: Vec<OrgId>,
    /// An alert that belongs to it.
    pub alert: Option<AlertId>,
    /// Beginnings of words, with or without tones.
    pub words: Option<String>,
    /// A box on the map.
    pub bounds: Option<Bounds>,
}

/// The register as it was read; to write it is to say that nobody else bound an alert or took a number meanwhile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registered {
    /// The numbers given.
    pub register: Register,
    /// The version it was read at; 0 while there is none.
    pub version: u64,
}

/// What the facts of a batch ask for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Concern {
    /// Alerts: incidents that link one, whatever their state.
    pub alerts: BTreeSet<String>,
    /// Groups: active incidents that link an alert of one.
    pub groups: BTreeSet<String>,
    /// `kind/commune`: active incidents of that kind there.
    pub nearby: BTreeSet<String>,
}

/// Values asked for at once.
const AT_ONCE: usize = 500;
/// Incidents read at once.
const PAGE: usize = 1_000;

impl Store {
    /// Over the records of `tenant`.
    pub fn new(records: Arc<dyn Records>, tenant: TenantId) -> Self {
        Self { records, tenant }
    }

    /// The tenant whose incidents these are.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// One incident, if the actor may see it.
    pub async fn get(&self, actor: &Actor, id: IncidentId) -> Result<Option<Stored>, IncidentError> {
        if actor.scope.tenant != self.tenant {
            return Ok(None);
        }
        let Some(document) = self.records.get(INCIDENTS, &id.to_string()).await? else {
            return Ok(None);
        };
        let stored = read(&document)?;
        let visible = actor.scope.sees(&stored.incident.areas, stored.incident.classification);
        Ok(visible.then_some(stored))
    }

    /// A page of what the actor may see: active before closed, gravest first, then newest.
    pub async fn page(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Stored>, Option<After>), IncidentError> {
        let shape = |query: Query| query.by(Order::Descending("rank")).after(after);
        self.ask(actor, filter.conditions(), shape, limit).await
    }

    /// Every incident that some facts may concern, as far as the actor sees it.
    pub async fn concerned(&self, actor: &Actor, concern: Concern) -> Result<Vec<Stored>, IncidentError> {
        let mut found = BTreeMap::new();
        let lists = [
            ("alert", concern.alerts),
            ("group", concern.groups),
            ("nearby", concern.nearby),
        ];
        for (index, values) in lists {
            let values: Vec<String> = values.into_iter().collect();
            for some in values.chunks(AT_ONCE) {
                self.collect(actor, Condition::AnyOf(index, some.to_vec()), &mut found)
                    .await?;
            }
        }
        Ok(found.into_values().collect())
    }

    async fn collect(
        &self,
        actor: &Actor,
        condition: Condition,
        found: &mut BTreeMap<IncidentId, Stored>,
    ) -> Result<(), IncidentError> {
        let mut after = None;
        loop {
            let from = after.take();
            let asked = vec![condition.clone()];
            let (page, next) = self.ask(actor, asked, |query| query.after(from), PAGE).await?;
            found.extend(page.into_iter().map(|stored| (stored.incident.id, stored)));
            if next.is_none() {
                return Ok(());
            }
            after = next;
        }
    }

    /// The numbers given so far. It belongs to no area: what it tells is only how many there are.
    pub async fn registered(&self, actor: &Actor) -> Result<Registered, IncidentError> {
        if actor.scope.tenant != self.tenant {
            return Err(self.foreign(actor));
        }
        let Some(document) = self.records.get(REGISTERS, REGISTER).await? else {
            return Ok(Registered::default());
        };
        let (register, version) = read_register(&document)?;
        Ok(Registered { register, version })
    }

    /// Writes incidents, each only if it is still at the version it was loaded at, with the register, the facts of the
    /// change and the cursor of a consumer: all or nothing.
    pub async fn save(
        &self,
        actor: &Actor,
        incidents: &[Stored],
        register: Option<&Registered>,
        facts: Vec<Fact>,
        cursor: Option<(String, u64)>,
    ) -> Result<(), IncidentError> {
        if actor.scope.tenant != self.tenant {
            return Err(self.foreign(actor));
        }
        let mut changes = incidents.iter().map(put).collect::<Result<Vec<_>, IncidentError>>()?;
        if let Some(Registered { register, version }) = register {
            changes.push(Change::Put {
                collection: REGISTERS,
                key: REGISTER.to_owned(),
                expect: Expect::since(*version),
                body: write_register(register)?,
                indexes: Vec::new(),
            });
        }
        let kinds: Vec<String> = facts.iter().map(|fact| fact.kind.clone()).collect();
        self.records.commit(Transaction { changes, facts, cursor }).await?;
        for kind in kinds {
            metrics::counter!("hanoi_ioc_incident_facts_total", "type" => kind).increment(1);
        }
        Ok(())
    }

    fn foreign(&self, actor: &Actor) -> IncidentError {
        PortError::Misuse(format!("{} acts in another tenant than {}", actor.id, self.tenant)).into()
    }

    async fn ask(
        &self,
        actor: &Actor,
        asked: Vec<Condition>,
        shape: impl FnOnce(Query) -> Query,
        limit: usize,
    ) -> Result<(Vec<Stored>, Option<After>), IncidentError> {
        let Some(visible) = visible(&actor.scope, &self.tenant) else {
            return Ok((Vec::new(), None));
        };
        let query = visible.into_iter().chain(asked).fold(Query::all(limit), Query::with);
        let page = self.records.query(INCIDENTS, shape(query)).await?;
        let incidents = page.documents.iter().map(read).collect::<Result<_, IncidentError>>()?;
        Ok((incidents, page.next))
    }
}

impl Filter {
    fn conditions(&self) -> Vec<Condition> {
        let lists = [
            Condition::any_of("state", &self.states),
            Condition::any_of("severity", self.severities.iter().map(|severity| severity.level())),
            Condition::any_of("kind", &self.kinds),
            Condition::any_of("area", &self.areas),
            Condition::any_of("org", &self.orgs),
            Condition::any_of("alert", self.alert),
        ];
        let asked = lists
            .into_iter()
            .filter(|list| !matches!(list, Condition::AnyOf(_, values) if values.is_empty()));
        let words = self.words.iter().map(|words| Condition::Words("words", words.clone()));
        let bounds = self.bounds.iter().map(|bounds| Condition::Touches("place", *bounds));
        asked.chain(words).chain(bounds).collect()
    }
}

fn put(stored: &Stored) -> Result<Change, IncidentError> {
    let Stored { incident, version } = stored;
    Ok(Change::Put {
        collection: INCIDENTS,
        key: incident.id.to_string(),
        expect: Expect::since(*version),
        body: write(incident)?,
        indexes: indexes(incident),
    })
}
