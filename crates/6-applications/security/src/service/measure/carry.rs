//! Carrying out what is written down. Everything here may be done twice: after a crash it is.

use super::Measures;
use crate::error::SecurityError;
use crate::fact::{self, Kind};
use crate::model::measure::{Before, Measure, Order, Phase};
use crate::record::Stored;
use crate::wire;
use access::error::AccessError;
use audit::model::Outcome;
use audit::store::Access;
use kernel::actor::{Actor, ActorId};
use kernel::error::{Classified, ErrorKind};
use ports::error::PortError;
use std::collections::BTreeMap;

impl Measures {
    /// Does what the phase of a measure asks for, and answers it as it stands then.
    pub(super) async fn carry_out(&self, stored: Stored<Measure>) -> Result<Stored<Measure>, SecurityError> {
        let id = stored.thing.id;
        let outcome = match &stored.thing.phase {
            Phase::Begun => self.apply(&stored.thing).await,
            Phase::Undoing { by, .. } => self.restore(&stored.thing, by).await,
            _ => return Ok(stored),
        };
        let (phase, kind) = match outcome {
            Ok(phase) => (phase, Kind::of(&stored.thing.phase)),
            // what can never be done is told once and not tried for ever
            Err(error) if is_final(&error) => {
                let (at, why) = (self.wall.now(), error.to_string());
                let code = Some(error.code().to_owned());
                (Phase::Failed { at, why, code }, Kind::MeasureFailed)
            }
            Err(error) => {
                self.trace(&stored.thing, Outcome::Failed).await?;
                let (measure, why) = (id, error.to_string());
                return Err(SecurityError::NotYet { measure, why });
            }
        };
        let version = stored.version;
        let thing = Measure { phase, ..stored.thing };
        let by = self.witness(&thing);
        let view = wire::measure::Measure::new(&thing, version + 1);
        let told = fact::fact(
            kind,
            id.to_string(),
            &by.id,
            &view,
            self.store.tenant(),
            self.wall.now(),
        );
        let done = Stored { thing, version };
        match self.store.save(&by, &done, vec![told]).await {
            // the same was carried out twice at the same time; the other one has told it
            Err(SecurityError::Port(PortError::Conflict { .. })) => {
                let found = self.store.measure(&by, id).await?;
                return found.ok_or(SecurityError::NotFound("action"));
            }
            other => other?,
        }
        let outcome = match done.thing.phase {
            Phase::Failed { .. } => Outcome::Failed,
            _ => Outcome::Allowed,
        };
        self.trace(&done.thing, outcome).await?;
        Ok(Stored {
            version: version + 1,
            ..done
        })
    }

    async fn apply(&self, measure: &Measure) -> Result<Phase, SecurityError> {
        let by = self.in_the_name_of(&measure.by);
        match (&measure.order, &measure.before) {
            (Order::BlockAccount { account }, _) => self.accounts.hold(&by, account, measure.at).await?,
            (_, Before::Token { hash, token }) => self.accounts.take_token(&by, hash, token).await?,
            (Order::QuarantineDevice { device }, _) => drop(self.devices.set_blocked(&by, device, true).await?),
            (Order::CutSession { account, session }, _) => {
                self.accounts.cut_session(&by, account, *session).await?;
                return Ok(Phase::Done { at: self.wall.now() });
            }
            (Order::BlockToken { .. }, _) => return Err(SecurityError::NotFound("token")),
        }
        Ok(Phase::InForce { since: self.wall.now() })
    }

    async fn restore(&self, measure: &Measure, by: &ActorId) -> Result<Phase, SecurityError> {
        let actor = self.in_the_name_of(by);
        let restored = match (&measure.order, &measure.before) {
            (Order::BlockAccount { account }, Before::Account { ended }) => {
                self.accounts.release(&actor, account, measure.at, *ended).await?
            }
            (_, Before::Token { hash, token }) => self.accounts.return_token(&actor, hash, token).await?,
            (Order::QuarantineDevice { device }, Before::Device { blocked: false }) => {
                self.devices.set_blocked(&actor, device, false).await?
            }
            // it was blocked before, so it stays
            (_, Before::Device { blocked: true }) => true,
            _ => false,
        };
        let (by, at) = (by.clone(), self.wall.now());
        Ok(Phase::Undone { by, at, restored })
    }

    /// Who is answerable for the present phase.
    fn witness(&self, measure: &Measure) -> Actor {
        match &measure.phase {
            Phase::Undoing { by, .. } | Phase::Undone { by, .. } => self.in_the_name_of(by),
            _ => self.in_the_name_of(&measure.by),
        }
    }

    /// What was decided for somebody is done in that one's name, with the house's own reach.
    fn in_the_name_of(&self, by: &ActorId) -> Actor {
        Actor {
            id: by.clone(),
            ..Actor::service(fact::SOURCE, self.store.tenant())
        }
    }

    /// The act itself in the audit trail, beside the request that asked for it.
    async fn trace(&self, measure: &Measure, outcome: Outcome) -> Result<(), SecurityError> {
        let detail = [
            ("action", measure.id.to_string()),
            ("state", measure.phase.code().to_owned()),
        ];
        let access = Access {
            actor: self.witness(measure).id,
            act: measure.order.action().code().to_owned(),
            target: measure.order.target(),
            outcome,
            from: String::new(),
            detail: detail
                .map(|(name, value)| (name.to_owned(), value))
                .into_iter()
                .collect::<BTreeMap<_, _>>(),
        };
        self.audit.write(access).await?;
        Ok(())
    }
}

/// Whether trying again cannot help.
fn is_final(error: &SecurityError) -> bool {
    let gone = matches!(error, SecurityError::Access(AccessError::NotFound(_)));
    gone || matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::Invalid | ErrorKind::Corrupt
    )
}
