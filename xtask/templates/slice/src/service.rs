//! What can be asked. Every method takes the actor, checks its role and scope, decides, and commits the change with its fact.

use crate::decide::{self, Deed};
use crate::error::__Name__Error;
use crate::fact::{Happened, fact};
use crate::record::Stored;
use crate::store::Store;
use kernel::actor::Actor;
use kernel::area::AreaCode;
use kernel::clock::Clock;
use ports::query::After;
use std::sync::Arc;
use uuid::Uuid;

/// May look. Roles stand here only until the slice is mounted: then its actions have names (docs/add-a-slice.md, 4).
pub const READERS: [&str; 4] = ["duty_officer", "administrator", "leader", "service"];
/// May do something.
pub const KEEPERS: [&str; 3] = ["duty_officer", "administrator", "service"];

/// Those of one tenant.
#[derive(Clone, Debug)]
pub struct __Names__ {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl __Names__ {
    /// Time is the instance's clock, which may be virtual.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// A page of what the actor may see, and where the next one begins.
    pub async fn list(
        &self,
        actor: &Actor,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Stored>, Option<After>), __Name__Error> {
        authorise(actor, &READERS)?;
        self.store.page(actor, after, limit).await
    }

    /// One.
    pub async fn one(&self, actor: &Actor, id: Uuid) -> Result<Stored, __Name__Error> {
        authorise(actor, &READERS)?;
        self.store.get(actor, id).await?.ok_or(__Name__Error::NotFound)
    }

    /// Begins one, in areas that the actor sees.
    pub async fn open(&self, actor: &Actor, title: &str, areas: Vec<AreaCode>) -> Result<Stored, __Name__Error> {
        authorise(actor, &KEEPERS)?;
        let (it, happened) = decide::open(title, areas, self.deed(actor))?;
        let foreign = it.areas.iter().find(|area| !actor.scope.areas.holds(area));
        if let Some(area) = foreign {
            let what = format!("{area} is not among those in which you may act; leave it out");
            return Err(__Name__Error::Invalid { field: "areas", what });
        }
        if !actor.scope.sees(&it.areas, it.classification) {
            let what = "without areas this would concern the whole city, which you do not see; name the areas".to_owned();
            return Err(__Name__Error::Invalid { field: "areas", what });
        }
        self.save(actor, Stored { it, version: 0 }, happened).await
    }

    /// Ends one.
    pub async fn close(&self, actor: &Actor, id: Uuid) -> Result<Stored, __Name__Error> {
        authorise(actor, &KEEPERS)?;
        let mut stored = self.store.get(actor, id).await?.ok_or(__Name__Error::NotFound)?;
        let happened = decide::close(&mut stored.it, self.deed(actor))?;
        self.save(actor, stored, happened).await
    }

    async fn save(&self, actor: &Actor, mut stored: Stored, happened: Happened) -> Result<Stored, __Name__Error> {
        let fact = fact(happened, &stored.it, stored.version + 1, self.store.tenant());
        self.store.save(actor, &stored, fact).await?;
        stored.version += 1;
        Ok(stored)
    }

    fn deed(&self, actor: &Actor) -> Deed {
        Deed {
            id: Uuid::now_v7(),
            at: self.clock.now(),
            by: actor.id.clone(),
        }
    }
}

fn authorise(actor: &Actor, roles: &[&str]) -> Result<(), __Name__Error> {
    if roles.iter().any(|role| actor.has_role(role)) {
        Ok(())
    } else {
        Err(__Name__Error::Denied(roles.join(", ")))
    }
}
