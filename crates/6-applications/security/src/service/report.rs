//! Incidents of the SOC: written down, told and signalled in one transaction, each state once.

use super::authorise;
use crate::decide::report::{Outcome, check, hear};
use crate::error::SecurityError;
use crate::fact::{Kind, SOURCE, fact};
use crate::model::report::{Report, Told};
use crate::record::Stored;
use crate::store::Store;
use crate::store::report::Filter;
use crate::wire;
use kernel::actor::{Actor, ActorId};
use kernel::clock::Clock;
use kernel::fact::Fact;
use policy::action::Action;
use ports::error::PortError;
use ports::query::After;
use std::sync::Arc;

/// How often a report is decided anew when the same incident is told by several at once.
const TRIES: usize = 8;

/// How a report was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Nobody had told of this incident.
    New,
    /// It says something else than before.
    Changed,
    /// It was told before, word for word.
    Same,
}

/// The incidents that the SOC tells of. Time is wall time.
#[derive(Clone, Debug)]
pub struct Reports {
    store: Store,
    wall: Arc<dyn Clock>,
}

impl Reports {
    /// Over the records of one tenant.
    pub fn new(store: Store, wall: Arc<dyn Clock>) -> Self {
        Self { store, wall }
    }

    /// A page of what the actor may see, the newest word first.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Stored<Report>>, Option<After>), SecurityError> {
        authorise(actor, Action::SecurityRead)?;
        self.store.reports(actor, filter, after, limit).await
    }

    /// One incident by the SOC's id.
    pub async fn one(&self, actor: &Actor, id: &str) -> Result<Stored<Report>, SecurityError> {
        authorise(actor, Action::SecurityRead)?;
        let found = self.store.report(actor, id).await?;
        found.ok_or(SecurityError::NotFound("incident"))
    }

    /// Takes what the SOC tells. It is durable, with its signal, when this answers.
    pub async fn take(&self, actor: &Actor, told: Told) -> Result<(Stored<Report>, Taken), SecurityError> {
        authorise(actor, Action::SecurityReport)?;
        if !actor.scope.sees(&[], crate::record::CLASSIFICATION) {
            return Err(SecurityError::denied(Action::SecurityReport, "whole_city"));
        }
        let now = self.wall.now();
        check(&told, now)?;
        let mut conflict = SecurityError::NotFound("incident");
        for _ in 0..TRIES {
            let known = self.store.report(actor, &told.id).await?;
            let (version, report) = known.map_or((0, None), |stored| (stored.version, Some(stored.thing)));
            let (thing, signal) = match hear(report.as_ref(), told.clone(), now)? {
                Outcome::Taken(thing, signal) => (thing, signal),
                Outcome::Known => {
                    let thing = report.ok_or(SecurityError::NotFound("incident"))?;
                    return Ok((Stored { thing, version }, Taken::Same));
                }
            };
            let view = wire::report::Report::new(&thing, version + 1);
            let tenant = self.store.tenant();
            let mut facts = vec![fact(
                Kind::IncidentReported,
                thing.told.id.clone(),
                &actor.id,
                &view,
                tenant,
                now,
            )];
            let noticing = ActorId::Service(SOURCE.to_owned());
            facts.extend(signal.map(|signal| Fact::from_signal(&signal, tenant, noticing)));
            let stored = Stored { thing, version };
            match self.store.save_report(actor, &stored, facts).await {
                Ok(()) => {
                    let taken = if version == 0 { Taken::New } else { Taken::Changed };
                    let version = version + 1;
                    return Ok((Stored { version, ..stored }, taken));
                }
                Err(SecurityError::Port(error @ PortError::Conflict { .. })) => conflict = error.into(),
                Err(error) => return Err(error),
            }
        }
        Err(conflict)
    }
}
