//! What can be asked of incidents. Every method takes the actor, checks its role and scope, decides, and commits the change
//! with its fact in one transaction.

pub mod ground;
pub mod open;

use crate::decide::Deed;
use crate::decide::act::{Command, act};
use crate::error::IncidentError;
use crate::fact::{Happened, SOURCE, fact};
use crate::record::Stored;
use crate::store::{Concern, Filter, Registered, Store};
use ground::Ground;
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::id::{AlertId, IncidentId};
use policy::action::Action;
use policy::compiled::permit;
use ports::error::PortError;
use ports::query::After;
use std::sync::Arc;
use tokio::sync::Mutex;
use uuid::Uuid;

/// How often an act is decided anew when others keep getting in between; each time somebody else went on.
const TRIES: usize = 64;

/// The incidents of one tenant.
#[derive(Clone, Debug)]
pub struct Incidents {
    store: Store,
    ground: Ground,
    clock: Arc<dyn Clock>,
    /// Looks at all incidents where a law holds for all of them, whoever asks.
    itself: Actor,
    /// People decide one after another: beside each other they would only make each other decide anew.
    turns: Arc<Mutex<()>>,
}

/// What a person wants of one incident, before anything it names was looked up.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// A command that needs nothing else.
    Act(Command),
    /// Let these alerts belong to it.
    Link(Vec<AlertId>),
}

impl Incidents {
    /// Time is the instance's clock, which may be virtual.
    pub fn new(store: Store, ground: Ground, clock: Arc<dyn Clock>) -> Self {
        let itself = Actor::service(SOURCE, store.tenant());
        Self {
            store,
            ground,
            clock,
            itself,
            turns: Arc::default(),
        }
    }

    /// A page of what the actor may see, and where the next one begins.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Stored>, Option<After>), IncidentError> {
        authorise(actor, Action::IncidentRead)?;
        self.store.page(actor, filter, after, limit).await
    }

    /// One incident.
    pub async fn one(&self, actor: &Actor, id: IncidentId) -> Result<Stored, IncidentError> {
        authorise(actor, Action::IncidentRead)?;
        self.store.get(actor, id).await?.ok_or(IncidentError::NotFound)
    }

    /// Fulfils a wish and answers the incident after it. With `judged`, only if that is still the newest version; without,
    /// the wish is decided anew when something got in between.
    pub async fn act(
        &self,
        actor: &Actor,
        id: IncidentId,
        wish: Wish,
        judged: Option<u64>,
    ) -> Result<Stored, IncidentError> {
        authorise(actor, action(&wish))?;
        self.ground.check_wish(&wish)?;
        retried(&self.turns, || self.try_act(actor, id, wish.clone(), judged)).await
    }

    async fn try_act(
        &self,
        actor: &Actor,
        id: IncidentId,
        wish: Wish,
        judged: Option<u64>,
    ) -> Result<Stored, IncidentError> {
        let binds = matches!(wish, Wish::Link(_) | Wish::Act(Command::Reopen { .. }));
        // before everything else is read: whoever binds an alert after this moment makes the commit fail
        let register = if binds {
            Some(self.store.registered(&self.itself).await?)
        } else {
            None
        };
        let mut stored = self.store.get(actor, id).await?.ok_or(IncidentError::NotFound)?;
        if let Some(expected) = judged.filter(|expected| *expected != stored.version) {
            let state = stored.incident.phase.code();
            return Err(IncidentError::Changed {
                expected,
                found: stored.version,
                state,
            });
        }
        let command = match wish {
            Wish::Act(command) => command,
            Wish::Link(alerts) => Command::Link {
                alerts: self.ground.seen(actor, &alerts).await?,
            },
        };
        let deed = self.deed(actor);
        let happened = act(&mut stored.incident, command, deed)?;
        if binds {
            let alerts = stored.incident.linked.iter().map(|linked| linked.alert);
            self.check_free(actor, id, alerts.collect()).await?;
        }
        self.save(actor, &mut stored, register, happened).await?;
        Ok(stored)
    }

    /// Refuses alerts that another active incident holds. Everything is looked at, whatever the actor may see.
    async fn check_free(&self, actor: &Actor, id: IncidentId, alerts: Vec<AlertId>) -> Result<(), IncidentError> {
        let concern = Concern {
            alerts: alerts.iter().map(ToString::to_string).collect(),
            ..Concern::default()
        };
        for Stored { incident, .. } in self.store.concerned(&self.itself, concern).await? {
            let held = alerts.iter().find(|alert| incident.link_to(**alert).is_some());
            if let (Some(alert), true) = (held, incident.is_active() && incident.id != id) {
                let visible = actor.scope.sees(&incident.areas, incident.classification);
                return Err(IncidentError::LinkedElsewhere {
                    alert: *alert,
                    incident: visible.then_some(incident.id),
                    number: visible.then(|| incident.number.to_string()),
                });
            }
        }
        Ok(())
    }

    async fn save(
        &self,
        actor: &Actor,
        stored: &mut Stored,
        register: Option<Registered>,
        happened: Vec<Happened>,
    ) -> Result<(), IncidentError> {
        let told = |happened| fact(happened, &stored.incident, stored.version + 1, self.store.tenant());
        let facts = happened.into_iter().map(told).collect();
        let incidents = std::slice::from_ref(&*stored);
        self.store
            .save(actor, incidents, register.as_ref(), facts, None)
            .await?;
        stored.version += 1;
        Ok(())
    }

    fn deed(&self, actor: &Actor) -> Deed {
        Deed {
            id: Uuid::now_v7(),
            at: self.clock.now(),
            by: actor.id.clone(),
        }
    }
}

/// Tries again as long as somebody else was faster.
async fn retried<F>(turns: &Mutex<()>, mut attempt: impl FnMut() -> F) -> Result<Stored, IncidentError>
where
    F: Future<Output = Result<Stored, IncidentError>>,
{
    let _turn = turns.lock().await;
    let mut conflict = IncidentError::NotFound;
    for _ in 0..TRIES {
        match attempt().await {
            Err(IncidentError::Port(error @ PortError::Conflict { .. })) => {
                metrics::counter!("hanoi_ioc_incident_conflicts_total", "by" => "person").increment(1);
                conflict = error.into();
            }
            answer => return answer,
        }
    }
    Err(conflict)
}

/// What a wish is for the policies.
const fn action(wish: &Wish) -> Action {
    match wish {
        Wish::Link(_) | Wish::Act(Command::Link { .. }) => Action::IncidentLink,
        Wish::Act(Command::Note { .. }) => Action::IncidentNote,
        Wish::Act(Command::Assign { .. } | Command::Withdraw { .. }) => Action::IncidentAssign,
        Wish::Act(Command::SetSeverity { .. }) => Action::IncidentGrade,
        Wish::Act(Command::Start { .. }) => Action::IncidentWork,
        Wish::Act(Command::Close { .. } | Command::Reopen { .. }) => Action::IncidentClose,
    }
}

fn authorise(actor: &Actor, action: Action) -> Result<(), IncidentError> {
    permit(actor, action).map_err(|refused| IncidentError::Denied(refused.roles()))
}
