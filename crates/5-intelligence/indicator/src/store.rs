//! What this slice stands on: records of its own, and ports that the server joins to the floors below.

pub mod ground;
pub mod stations;

use crate::decide::level::Standing;
use crate::error::IndicatorError;
use crate::record::{LEVEL, PROGRESS, Progress, key_of, level_key, read, write};
use kernel::actor::Actor;
use kernel::fact::Fact;
use kernel::id::TenantId;
use ports::error::PortError;
use ports::records::{Change, Expect, Records, Transaction};
use std::sync::Arc;

/// Progress and levels of one tenant; written by one task only.
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

    /// The tenant whose records these are.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// How far an indicator has come; `None` before its first turn.
    pub async fn progress(&self, actor: &Actor, indicator: &str) -> Result<Option<Progress>, IndicatorError> {
        self.check(actor)?;
        let document = self.records.get(PROGRESS, indicator).await?;
        document.as_ref().map(read).transpose()
    }

    /// The newest level of a station.
    pub async fn level(
        &self,
        actor: &Actor,
        indicator: &str,
        entity: &str,
    ) -> Result<Option<Standing>, IndicatorError> {
        self.check(actor)?;
        let document = self.records.get(LEVEL, &key_of(indicator, entity)).await?;
        document.as_ref().map(read).transpose()
    }

    /// Writes the progress.
    pub async fn put_progress(
        &self,
        actor: &Actor,
        indicator: &str,
        progress: &Progress,
    ) -> Result<(), IndicatorError> {
        self.check(actor)?;
        let change = Change::Put {
            collection: PROGRESS,
            key: indicator.to_owned(),
            expect: Expect::Any,
            body: write(indicator, progress)?,
            indexes: Vec::new(),
        };
        let transaction = Transaction {
            changes: vec![change],
            ..Transaction::default()
        };
        self.records.commit(transaction).await?;
        Ok(())
    }

    /// Writes levels together with the facts that tell of them: all or nothing.
    pub async fn put_levels(
        &self,
        actor: &Actor,
        standings: &[Standing],
        facts: Vec<Fact>,
    ) -> Result<(), IndicatorError> {
        self.check(actor)?;
        let changes = standings.iter().map(|standing| {
            Ok(Change::Put {
                collection: LEVEL,
                key: level_key(standing),
                expect: Expect::Any,
                body: write(&standing.entity, standing)?,
                indexes: Vec::new(),
            })
        });
        let changes = changes.collect::<Result<_, IndicatorError>>()?;
        let transaction = Transaction {
            changes,
            facts,
            cursor: None,
        };
        self.records.commit(transaction).await?;
        Ok(())
    }

    fn check(&self, actor: &Actor) -> Result<(), IndicatorError> {
        if actor.scope.tenant == self.tenant {
            Ok(())
        } else {
            Err(PortError::Misuse(format!("{} acts in another tenant than {}", actor.id, self.tenant)).into())
        }
    }
}
