//! What can be asked of alerts. Every method takes the actor, checks its role and scope, decides, and commits the change
//! with its fact in one transaction.

use crate::decide::Deed;
use crate::decide::act::{Command, act};
use crate::error::AlertError;
use crate::fact::fact;
use crate::model::Settings;
use crate::record::Stored;
use crate::store::{Filter, Store};
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::id::AlertId;
use policy::action::Action;
use policy::compiled::permit;
use ports::error::PortError;
use ports::query::After;
use std::sync::Arc;
use uuid::Uuid;

/// How often an act is decided anew when signals keep getting in between.
const TRIES: usize = 8;

/// The alerts of one tenant.
#[derive(Clone, Debug)]
pub struct Alerts {
    store: Store,
    clock: Arc<dyn Clock>,
    settings: Settings,
}

impl Alerts {
    /// Time is the instance's clock, which may be virtual.
    pub fn new(store: Store, clock: Arc<dyn Clock>, settings: Settings) -> Self {
        Self { store, clock, settings }
    }

    /// A page of what the actor may see, and where the next one begins.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Stored>, Option<After>), AlertError> {
        authorise(actor, Action::AlertRead)?;
        self.store.page(actor, filter, after, limit).await
    }

    /// One alert.
    pub async fn one(&self, actor: &Actor, id: AlertId) -> Result<Stored, AlertError> {
        authorise(actor, Action::AlertRead)?;
        self.store.get(actor, id).await?.ok_or(AlertError::NotFound)
    }

    /// Carries out a command and answers the alert after it. With `judged`, only if that is still the newest version;
    /// without, the command is decided anew when something got in between.
    pub async fn act(
        &self,
        actor: &Actor,
        id: AlertId,
        command: Command,
        judged: Option<u64>,
    ) -> Result<Stored, AlertError> {
        authorise(actor, action(&command))?;
        let mut conflict = AlertError::NotFound;
        for _ in 0..TRIES {
            match self.try_act(actor, id, command.clone(), judged).await {
                Err(AlertError::Port(error @ PortError::Conflict { .. })) => {
                    metrics::counter!("hanoi_ioc_alert_conflicts_total", "by" => "person").increment(1);
                    conflict = error.into();
                }
                answer => return answer,
            }
        }
        Err(conflict)
    }

    async fn try_act(
        &self,
        actor: &Actor,
        id: AlertId,
        command: Command,
        judged: Option<u64>,
    ) -> Result<Stored, AlertError> {
        let mut stored = self.store.get(actor, id).await?.ok_or(AlertError::NotFound)?;
        if let Some(expected) = judged.filter(|expected| *expected != stored.version) {
            let state = stored.alert.phase.code();
            return Err(AlertError::Changed {
                expected,
                found: stored.version,
                state,
            });
        }
        let deed = Deed {
            id: Uuid::now_v7(),
            at: self.clock.now(),
            by: actor.id.clone(),
        };
        let happened = act(&mut stored.alert, command, deed, &self.settings)?;
        let fact = fact(happened, &stored.alert, stored.version + 1, self.store.tenant());
        self.store
            .save(actor, std::slice::from_ref(&stored), vec![fact], None)
            .await?;
        stored.version += 1;
        Ok(stored)
    }
}

/// What a command is for the policies.
const fn action(command: &Command) -> Action {
    match command {
        Command::Acknowledge { .. } => Action::AlertAcknowledge,
        Command::Comment { .. } => Action::AlertComment,
        Command::Shelve { .. } | Command::Unshelve => Action::AlertShelve,
        Command::Clear { .. } => Action::AlertClear,
    }
}

fn authorise(actor: &Actor, action: Action) -> Result<(), AlertError> {
    permit(actor, action).map_err(|refused| AlertError::Denied(refused.roles()))
}
