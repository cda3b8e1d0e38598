//! What can be asked: see, write and erase the details of oneself, or of a person within an administrator's reach.

use crate::error::PersonalError;
use crate::fact::{CHANGED, ERASED, fact};
use crate::grave::{Grave, Graves};
use crate::model::Details;
use crate::record::KeyRecord;
use crate::store::Store;
use access::model::Kind;
use access::sealed::SealKey;
use access::service::Accounts;
use access::session::Live;
use kernel::actor::{Actor, ActorId};
use kernel::clock::Clock;
use kernel::id::{PersonId, TenantId};
use policy::action::Action;
use std::sync::Arc;

/// The personal fields of one tenant. Time is wall time.
#[derive(Clone, Debug)]
pub struct People {
    store: Store,
    accounts: Accounts,
    seal: SealKey,
    graves: Arc<dyn Graves>,
    tenant: TenantId,
    wall: Arc<dyn Clock>,
}

impl People {
    /// Over a tenant; `seal` wraps the keys of the people.
    pub fn new(
        store: Store,
        accounts: Accounts,
        seal: SealKey,
        graves: Arc<dyn Graves>,
        tenant: TenantId,
        wall: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            accounts,
            seal,
            graves,
            tenant,
            wall,
        }
    }

    /// The person of an account within reach of the one who asks. `access` decides what lies within reach.
    pub async fn person(&self, by: &Live, action: Action, account: &str) -> Result<PersonId, PersonalError> {
        if !policy::compiled::permits(&by.actor, action) {
            return Err(PersonalError::Denied);
        }
        let account = self.accounts.person(by, account).await?;
        match account.kind {
            Kind::Person => Ok(account.person),
            // a service has no personal fields
            Kind::Service => Err(PersonalError::NotFound),
        }
    }

    /// The person who asks.
    pub fn oneself(&self, by: &Live) -> Result<PersonId, PersonalError> {
        match by.actor.id {
            ActorId::Person(person) => Ok(person),
            _ => Err(PersonalError::Denied),
        }
    }

    /// The details of a person whom [`People::person`] or [`People::oneself`] gave; all empty when none are stored.
    pub async fn read(&self, _by: &Actor, person: PersonId) -> Result<Details, PersonalError> {
        let (Some((key, _)), Some(sealed)) = (self.store.key(person).await?, self.store.details(person).await?) else {
            return Ok(Details::default());
        };
        key.details(&self.seal, person, &sealed)
    }

    /// Writes all details; the key of the person is made at the first time.
    pub async fn write(&self, by: &Actor, person: PersonId, details: Details) -> Result<Details, PersonalError> {
        let (details, now) = (details.checked()?, self.wall.now());
        let (key, version) = match self.store.key(person).await? {
            Some(found) => found,
            None => (KeyRecord::new(&self.seal, person, now)?, 0),
        };
        let sealed = key.seal(&self.seal, person, &details)?;
        let told = fact(CHANGED, person, &by.id, &self.tenant, now);
        self.store.put(person, &key, version, sealed, told).await?;
        Ok(details)
    }

    /// Destroys the key of a person, and the details with it. It is written down outside of the records first, so that it
    /// holds after a kill and after the restoration of an older backup. A person without details is erased already.
    pub async fn erase(&self, by: &Actor, person: PersonId) -> Result<(), PersonalError> {
        let Some((KeyRecord { id: key, .. }, _)) = self.store.key(person).await? else {
            return Ok(());
        };
        let at = self.wall.now();
        self.graves.add(Grave { person, key, at }).await?;
        self.store
            .destroy(person, fact(ERASED, person, &by.id, &self.tenant, at))
            .await
    }

    /// Does again what was erased before and has come back, with a backup or because of a kill. Called at every start.
    /// Returns how many.
    pub async fn bury(&self) -> Result<usize, PersonalError> {
        let by = Actor::service("personal", &self.tenant);
        let mut buried = 0;
        for grave in self.graves.all().await? {
            let person = grave.person;
            let Some((found, _)) = self.store.key(person).await? else {
                continue;
            };
            if found.id == grave.key {
                let told = fact(ERASED, person, &by.id, &self.tenant, self.wall.now());
                self.store.destroy(person, told).await?;
                buried += 1;
            }
        }
        Ok(buried)
    }
}
