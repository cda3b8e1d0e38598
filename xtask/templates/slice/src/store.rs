//! Where they live: the records port. Nobody gets to see more here than their scope allows.

use crate::error::__Name__Error;
use crate::record::{Stored, __NAMES__, indexes, read, write};
use kernel::actor::Actor;
use kernel::fact::Fact;
use kernel::id::TenantId;
use ports::error::PortError;
use ports::query::{After, Order, Query};
use ports::records::{Change, Expect, Records, Transaction};
use ports::scope::visible;
use std::sync::Arc;
use uuid::Uuid;

/// Those of one tenant.
#[derive(Clone, Debug)]
pub struct Store {
    records: Arc<dyn Records>,
    tenant: TenantId,
}

impl Store {
    /// Over the records of `tenant`.
    pub fn new(records: Arc<dyn Records>, tenant: TenantId) -> Self {
        Self { records, tenant }
    }

    /// The tenant whose they are.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// One, if the actor may see it.
    pub async fn get(&self, actor: &Actor, id: Uuid) -> Result<Option<Stored>, __Name__Error> {
        if actor.scope.tenant != self.tenant {
            return Ok(None);
        }
        let Some(document) = self.records.get(__NAMES__, &id.to_string()).await? else {
            return Ok(None);
        };
        let stored = read(&document)?;
        let visible = actor.scope.sees(&stored.it.areas, stored.it.classification);
        Ok(visible.then_some(stored))
    }

    /// A page of what the actor may see, newest first.
    pub async fn page(
        &self,
        actor: &Actor,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Stored>, Option<After>), __Name__Error> {
        let Some(visible) = visible(&actor.scope, &self.tenant) else {
            return Ok((Vec::new(), None));
        };
        let query = visible.into_iter().fold(Query::all(limit), Query::with);
        let query = query.by(Order::Descending("opened_at")).after(after);
        let page = self.records.query(__NAMES__, query).await?;
        let items = page.documents.iter().map(read).collect::<Result<_, __Name__Error>>()?;
        Ok((items, page.next))
    }

    /// Writes one, only if it is still at the version it was loaded at, together with the fact of the change.
    pub async fn save(&self, actor: &Actor, stored: &Stored, fact: Fact) -> Result<(), __Name__Error> {
        if actor.scope.tenant != self.tenant {
            let what = format!("{} acts in another tenant than {}", actor.id, self.tenant);
            return Err(PortError::Misuse(what).into());
        }
        let Stored { it, version } = stored;
        let change = Change::Put {
            collection: __NAMES__,
            key: it.id.to_string(),
            expect: Expect::since(*version),
            body: write(it)?,
            indexes: indexes(it),
        };
        let transaction = Transaction {
            changes: vec![change],
            facts: vec![fact],
            cursor: None,
        };
        self.records.commit(transaction).await?;
        Ok(())
    }
}
