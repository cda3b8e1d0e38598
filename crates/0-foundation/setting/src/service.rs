//! What can be asked: note a start, what is configured now, and what was changed when.

use crate::decide::changes;
use crate::error::SettingError;
use crate::fact::changed;
use crate::model::{Newest, Settings, Starter, Version};
use crate::record::KEY;
use crate::store::Store;
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::id::TenantId;
use policy::action::Action;
use policy::compiled::{Table, permits};
use std::sync::Arc;

/// Most versions of one answer.
pub const MAX_PAGE: u32 = 100;

/// The history of settings of one tenant. Time is wall time.
#[derive(Clone, Debug)]
pub struct SettingHistory {
    store: Store,
    tenant: TenantId,
    wall: Arc<dyn Clock>,
}

impl SettingHistory {
    /// Over the versions of a tenant.
    pub fn new(store: Store, tenant: TenantId, wall: Arc<dyn Clock>) -> Self {
        Self { store, tenant, wall }
    }

    /// Notes the settings of a start. Returns the version that it made, or nothing when all values are those of before.
    pub async fn note(&self, settings: Settings, by: Starter) -> Result<Option<Version>, SettingError> {
        let before = self.store.newest().await?;
        let (newest, seen) = match &before {
            Some((newest, seen)) => (Some(newest), *seen),
            None => (None, 0),
        };
        let changes = changes(newest.map(|newest| &newest.settings), &settings);
        if newest.is_some() && changes.is_empty() {
            return Ok(None);
        }
        let version = Version {
            number: newest.map_or(0, |newest| newest.number) + 1,
            at: self.wall.now(),
            by,
            changes,
        };
        let actor = Actor::service("setting", &self.tenant);
        let told = changed(&version, &actor.id, &self.tenant);
        let newest = Newest {
            number: version.number,
            settings,
        };
        self.store.add(&version, &newest, seen, told).await?;
        Ok(Some(version))
    }

    /// What is configured, with the version that it belongs to. Every start has noted it before anybody can ask.
    pub async fn now(&self, actor: &Actor) -> Result<(Settings, Version), SettingError> {
        authorise(actor)?;
        let missing = |what: &str| SettingError::Unreadable {
            key: KEY.to_owned(),
            why: format!("{what} is not there; start the program again"),
        };
        let (newest, _) = self.store.newest().await?.ok_or_else(|| missing("it"))?;
        let version = self.store.version(newest.number).await?;
        Ok((newest.settings, version.ok_or_else(|| missing("its version"))?))
    }

    /// Versions, newest first: at most `limit` (1 to [`MAX_PAGE`]) of those below `before`.
    pub async fn versions(&self, actor: &Actor, before: Option<u32>, limit: u32) -> Result<Vec<Version>, SettingError> {
        authorise(actor)?;
        if !(1..=MAX_PAGE).contains(&limit) {
            let what = format!("limit is {limit}; write 1 to {MAX_PAGE}");
            return Err(SettingError::Invalid(what));
        }
        let newest = self.store.newest().await?.map_or(0, |(newest, _)| newest.number);
        let from = before.map_or(newest, |before| before.saturating_sub(1).min(newest));
        let mut found = Vec::new();
        for number in (1..=from).rev().take(limit as usize) {
            found.extend(self.store.version(number).await?);
        }
        Ok(found)
    }
}

fn authorise(actor: &Actor) -> Result<(), SettingError> {
    if permits(actor, Action::SettingRead) {
        return Ok(());
    }
    let roles = Table::here().roles_that_may(Action::SettingRead);
    Err(SettingError::Denied(roles.join(", ")))
}
