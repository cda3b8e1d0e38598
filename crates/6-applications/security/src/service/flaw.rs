//! The register of flaws: imported lists of parts and advisories are held against each other, and what is overdue is told.

use super::authorise;
use crate::decide::flaw::{Word, again, find, gone, lapse, say, speak};
use crate::error::SecurityError;
use crate::fact::{Kind, SOURCE, fact};
use crate::model::flaw::{Advisory, Component, Flaw, Terms};
use crate::record::Stored;
use crate::record::flaw::Parts;
use crate::store::Store;
use crate::store::flaw::Filter;
use crate::wire;
use access::service::Accounts;
use kernel::actor::{Actor, ActorId};
use kernel::clock::Clock;
use kernel::fact::Fact;
use policy::action::Action;
use ports::error::PortError;
use ports::query::After;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Mutex;
use uuid::Uuid;

/// How often an act is decided anew when somebody else was faster.
const TRIES: usize = 8;

/// What an import came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// Parts, or advisories, that were taken.
    pub taken: usize,
    /// Flaws that are new, or open again.
    pub opened: usize,
    /// Flaws that are over.
    pub mended: usize,
}

/// The register of one tenant. Time is wall time.
#[derive(Clone, Debug)]
pub struct Flaws {
    store: Store,
    accounts: Accounts,
    terms: Terms,
    wall: Arc<dyn Clock>,
    /// One comparison at a time.
    turn: Arc<Mutex<()>>,
}

impl Flaws {
    /// Over the records of one tenant; the accounts know which organisations there are.
    pub fn new(store: Store, accounts: Accounts, terms: Terms, wall: Arc<dyn Clock>) -> Self {
        Self {
            store,
            accounts,
            terms,
            wall,
            turn: Arc::default(),
        }
    }

    /// A page of what the actor may see, the soonest due first.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Stored<Flaw>>, Option<After>), SecurityError> {
        authorise(actor, Action::SecurityRead)?;
        self.store.flaws(actor, filter, after, limit).await
    }

    /// Takes a list of parts in place of the one before.
    pub async fn take_parts(&self, actor: &Actor, components: Vec<Component>) -> Result<Import, SecurityError> {
        self.may_import(actor)?;
        let _alone = self.turn.lock().await;
        let parts = Parts {
            by: actor.id.clone(),
            at: self.wall.now(),
            components,
        };
        self.store.save_parts(actor, &parts).await?;
        let import = self.compare(actor, &parts.components, true).await?;
        let taken = parts.components.len();
        Ok(Import { taken, ..import })
    }

    /// Takes advisories, each in place of what bore its id.
    pub async fn take_advisories(&self, actor: &Actor, advisories: Vec<Advisory>) -> Result<Import, SecurityError> {
        self.may_import(actor)?;
        let _alone = self.turn.lock().await;
        self.store.save_advisories(actor, &advisories).await?;
        let parts = self.store.parts().await?;
        let components = parts.map_or_else(Vec::new, |stored| stored.thing.components);
        let import = self.compare(actor, &components, false).await?;
        let taken = advisories.len();
        Ok(Import { taken, ..import })
    }

    /// Takes what somebody says of a flaw. With `judged`, only if that is still the newest version.
    pub async fn change(
        &self,
        actor: &Actor,
        id: Uuid,
        word: Word,
        judged: Option<u64>,
    ) -> Result<Stored<Flaw>, SecurityError> {
        authorise(actor, Action::SecurityKeep)?;
        let orgs = &self.accounts.engine().ground().orgs;
        if let Some(org) = word.owner.as_ref().filter(|org| !orgs.holds(org)) {
            let what = format!("'{org}' is not an organisation of this instance; GET /api/v1/orgs lists them");
            return Err(SecurityError::invalid("owner", what));
        }
        let mut conflict = SecurityError::NotFound("vulnerability");
        for _ in 0..TRIES {
            let found = self.store.flaw(actor, id).await?;
            let Stored { thing, version } = found.ok_or(SecurityError::NotFound("vulnerability"))?;
            if let Some(expected) = judged.filter(|expected| *expected != version) {
                let (what, state, found) = ("vulnerability", thing.phase.code(), version);
                return Err(SecurityError::Changed {
                    what,
                    state,
                    found,
                    expected,
                });
            }
            let flaw = say(&thing, word.clone(), &actor.id, self.wall.now())?;
            let told = self.told(actor, flaw, version);
            let mut stored = told.0.clone();
            match self.store.save_flaws(actor, vec![told]).await {
                Ok(()) => {
                    stored.version += 1;
                    return Ok(stored);
                }
                Err(SecurityError::Port(error @ PortError::Conflict { .. })) => conflict = error.into(),
                Err(error) => return Err(error),
            }
        }
        Err(conflict)
    }

    /// Opens what was accepted until now, and tells what is overdue. Called every few minutes and after the start.
    pub async fn turn(&self) -> Result<usize, SecurityError> {
        let house = Actor::service(SOURCE, self.store.tenant());
        let _alone = self.turn.lock().await;
        let now = self.wall.now();
        let ripe = self.store.ripe(now).await?;
        let count = ripe.len();
        for Stored { thing, version } in ripe {
            let flaw = lapse(&thing, now).unwrap_or(thing);
            let told = self.told(&house, flaw, version);
            match self.store.save_flaws(&house, vec![told]).await {
                // somebody has just said something of it; the next turn sees what is left
                Ok(()) | Err(SecurityError::Port(PortError::Conflict { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(count)
    }

    fn may_import(&self, actor: &Actor) -> Result<(), SecurityError> {
        authorise(actor, Action::SecurityKeep)?;
        if actor.scope.sees(&[], crate::record::CLASSIFICATION) {
            return Ok(());
        }
        Err(SecurityError::denied(Action::SecurityKeep, "whole_city"))
    }

    /// Holds parts and advisories against each other, and the register against what comes out.
    async fn compare(&self, actor: &Actor, parts: &[Component], parts_are_new: bool) -> Result<Import, SecurityError> {
        let now = self.wall.now();
        let names = parts.iter().map(Component::package).collect();
        let advisories = self.store.advisories_of(names).await?;
        let mut found = find(parts, advisories.iter(), &self.terms, now);
        let known = self.store.all_flaws().await?;
        let known: HashMap<Uuid, Stored<Flaw>> = known.into_iter().map(|stored| (stored.thing.id, stored)).collect();
        let mut import = Import::default();
        let mut changed = Vec::new();
        for Stored { thing, version } in known.into_values() {
            let (was_open, now_is) = match found.remove(&thing.id) {
                Some(found) => (
                    thing.phase.code() == "open",
                    again(&thing, &found, parts_are_new, &self.terms),
                ),
                None => (false, gone(&thing, now)),
            };
            let Some(flaw) = now_is else { continue };
            import.opened += usize::from(flaw.phase.code() == "open" && !was_open);
            import.mended += usize::from(flaw.phase.code() == "mended");
            changed.push(self.told(actor, flaw, version));
        }
        import.opened += found.len();
        changed.extend(found.into_values().map(|flaw| self.told(actor, flaw, 0)));
        self.store.save_flaws(actor, changed).await?;
        Ok(import)
    }

    /// A flaw with its fact, and with its signal when one goes out.
    fn told(&self, actor: &Actor, mut flaw: Flaw, version: u64) -> (Stored<Flaw>, Vec<Fact>) {
        let (now, tenant) = (self.wall.now(), self.store.tenant());
        let signal = speak(&mut flaw, now);
        let view = wire::flaw::Flaw::new(&flaw, version + 1);
        let mut facts = vec![fact(
            Kind::FlawChanged,
            flaw.id.to_string(),
            &actor.id,
            &view,
            tenant,
            now,
        )];
        let noticing = ActorId::Service(SOURCE.to_owned());
        facts.extend(signal.map(|signal| Fact::from_signal(&signal, tenant, noticing)));
        (Stored { thing: flaw, version }, facts)
    }
}
