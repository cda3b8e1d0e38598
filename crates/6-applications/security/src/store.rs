//! This slice over the records port. Nobody gets to see more here than their scope allows.

pub mod flaw;
pub mod measure;
pub mod object;
pub mod report;
pub mod usage;

use crate::error::SecurityError;
use kernel::actor::Actor;
use kernel::fact::Fact;
use kernel::id::TenantId;
use ports::error::PortError;
use ports::query::{Condition, Query};
use ports::records::{Change, Records, Transaction};
use ports::scope::visible;
use std::sync::Arc;

/// Where what this slice knows of one tenant lives.
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

    /// The tenant.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Conditions of what the actor may see with those that were asked; `None` when that is nothing.
    fn asked(&self, actor: &Actor, asked: Vec<Condition>, limit: usize) -> Option<Query> {
        let visible = visible(&actor.scope, &self.tenant)?;
        Some(visible.into_iter().chain(asked).fold(Query::all(limit), Query::with))
    }

    async fn commit(&self, actor: &Actor, changes: Vec<Change>, facts: Vec<Fact>) -> Result<(), SecurityError> {
        self.commit_at(actor, changes, facts, None).await
    }

    /// The same, with the place of a consumer.
    async fn commit_at(
        &self,
        actor: &Actor,
        changes: Vec<Change>,
        facts: Vec<Fact>,
        cursor: Option<(String, u64)>,
    ) -> Result<(), SecurityError> {
        if actor.scope.tenant != self.tenant {
            return Err(PortError::Misuse(format!("{} acts in another tenant than {}", actor.id, self.tenant)).into());
        }
        let kinds: Vec<String> = facts.iter().map(|fact| fact.kind.clone()).collect();
        let transaction = Transaction { changes, facts, cursor };
        self.records.commit(transaction).await?;
        for kind in kinds {
            metrics::counter!("hanoi_ioc_security_facts_total", "type" => kind).increment(1);
        }
        Ok(())
    }
}
