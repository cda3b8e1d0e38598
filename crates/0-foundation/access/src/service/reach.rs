//! How far somebody reaches who keeps accounts of others: to what lies in the own place, never to oneself.

use super::{Accounts, TRIES, to_the_end};
use crate::denied::Denied;
use crate::error::AccessError;
use crate::fact::{self, Kind as FactKind};
use crate::model::{Account, Right};
use crate::session::Live;
use kernel::actor::{Actor, ActorId, Target};
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::{OrgId, PersonId};
use policy::action::Action;
use policy::engine::Ask;
use policy::post::Assignment;
use policy::role;
use ports::error::PortError;
use serde_json::{Value, json};
use uuid::Uuid;

/// What a change of an account tells.
pub(super) struct Told {
    /// For the fact.
    pub(super) data: Value,
    /// All sessions and API tokens of the account end with it.
    pub(super) ends_all: bool,
}

impl From<Value> for Told {
    fn from(data: Value) -> Self {
        Self { data, ends_all: false }
    }
}

/// How much ended with a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Sessions.
    pub sessions: usize,
    /// API tokens.
    pub tokens: usize,
}

impl Accounts {
    /// An account of somebody else, with its version, upon which `by` may do this. What lies out of reach is not there; what
    /// nobody does to oneself is refused.
    pub(super) async fn theirs(&self, by: &Live, action: Action, name: &str) -> Result<(Account, u64), AccessError> {
        let (account, version) = self.load_account(name).await?;
        if !self.reaches(by, Action::PersonRead, &account) {
            return Err(AccessError::NotFound("account"));
        }
        self.may(by, action, None, Some(account.person))?;
        Ok((account, version))
    }

    /// The same, for what opens or closes the account as a whole: each of its rights that counts lies within reach. Otherwise who
    /// keeps the accounts of one ward would come in with what a person may do elsewhere.
    pub(super) async fn wholly(&self, by: &Live, action: Action, name: &str) -> Result<(Account, u64), AccessError> {
        let (account, version) = self.theirs(by, action, name).await?;
        self.covers(by, action, &account)?;
        Ok((account, version))
    }

    /// Refuses an act upon a whole account that has a right out of reach.
    pub(super) fn covers(&self, by: &Live, action: Action, account: &Account) -> Result<(), AccessError> {
        let now = self.wall.now();
        let counting = account
            .rights
            .iter()
            .filter(|right| right.until.is_none_or(|until| until > now));
        for right in counting {
            let place = (right.org.as_ref(), right.area.as_ref());
            self.may_at(by, action, place, Some(account.person))?;
        }
        Ok(())
    }

    /// Changes an account of somebody else with its fact; decided anew when somebody was faster.
    pub(super) async fn change(
        &self,
        by: &Live,
        action: Action,
        name: &str,
        kind: FactKind,
        change: impl Fn(&Self, &mut Account) -> Result<Told, AccessError>,
    ) -> Result<(Account, Ended), AccessError> {
        for _ in 0..TRIES {
            let (mut account, version) = self.theirs(by, action, name).await?;
            let Told { data, ends_all } = change(self, &mut account)?;
            let fact = self.fact(kind, &by.actor, &account, data);
            let (sessions, tokens) = if ends_all {
                (self.hashes_of(name).await?, self.token_hashes_of(name).await?)
            } else {
                (Vec::new(), Vec::new())
            };
            let ended = Ended {
                sessions: sessions.len(),
                tokens: tokens.len(),
            };
            let (accounts, changed) = (self.clone(), account.clone());
            let stored = to_the_end(async move {
                accounts
                    .store
                    .change(&changed, version, &sessions, &tokens, vec![fact])
                    .await?;
                accounts.changed(&changed.name);
                Ok(())
            });
            match stored.await {
                Err(AccessError::Port(PortError::Conflict { .. })) => {}
                other => return other.map(|()| (account, ended)),
            }
        }
        Err(AccessError::Busy)
    }

    /// A right that `by` gives to a person, checked.
    pub(super) fn right(&self, by: &Live, person: PersonId, given: Assignment) -> Result<Right, AccessError> {
        let mut roles = role::of_tenant(self.tenant.as_str());
        if !roles.any(|(code, _)| code == given.role) {
            let known: Vec<&str> = role::of_tenant(self.tenant.as_str()).map(|(code, _)| code).collect();
            let what = format!(
                "role '{}' is not given here; write one of: {}",
                given.role,
                known.join(", ")
            );
            return Err(AccessError::Invalid(what));
        }
        let ground = self.engine.ground();
        if let Some(org) = given.org.as_ref().filter(|org| !ground.orgs.holds(org)) {
            return Err(AccessError::Invalid(format!(
                "org '{org}' is not known; GET /api/v1/orgs lists them"
            )));
        }
        if let Some(area) = given.area.as_ref().filter(|area| !ground.areas.holds(area)) {
            return Err(AccessError::Invalid(format!(
                "area '{area}' is not known; GET /api/v1/areas lists them"
            )));
        }
        if given.until.is_some_and(|until| until <= self.wall.now()) {
            return Err(AccessError::Invalid(
                "until is over already; write a later time or leave it out".into(),
            ));
        }
        self.may_give(by, person, &given)?;
        Ok(Right {
            id: Uuid::now_v7(),
            role: given.role,
            org: given.org,
            area: given.area,
            until: given.until,
            by: by.actor.id.clone(),
            at: self.wall.now(),
        })
    }

    /// Nobody gives or takes what lies beyond the own reach.
    pub(super) fn may_give(&self, by: &Live, person: PersonId, given: &Assignment) -> Result<(), AccessError> {
        let place = (given.org.as_ref(), given.area.as_ref());
        self.may_at(by, Action::RightKeep, place, Some(person))
    }

    /// Asks the engine about an act at a place: an organisation and an area, absent for all of them.
    fn may_at(
        &self,
        by: &Live,
        action: Action,
        (org, area): (Option<&OrgId>, Option<&AreaCode>),
        person: Option<PersonId>,
    ) -> Result<(), AccessError> {
        let areas: Vec<_> = area.into_iter().cloned().collect();
        let target = Target {
            owner: org,
            ..public(&areas)
        };
        self.may(by, action, Some(target), person)
    }

    /// Asks the engine about an act upon a person or what belongs to one.
    pub(super) fn may(
        &self,
        by: &Live,
        action: Action,
        target: Option<Target<'_>>,
        person: Option<PersonId>,
    ) -> Result<(), AccessError> {
        let ask = Ask { action, target, person };
        let decision = self.engine.decide(&by.principal, &ask)?;
        if decision.allowed {
            return Ok(());
        }
        Err(Box::new(Denied::by(action, &decision.reasons)).into())
    }

    /// Whether one of the account's rights lies within reach, or all of the tenant does.
    pub(super) fn reaches(&self, by: &Live, action: Action, account: &Account) -> bool {
        let places = account
            .rights
            .iter()
            .map(|right| (right.org.as_ref(), right.area.as_ref()));
        let mut places = places.chain(account.rights.is_empty().then_some((None, None)));
        places.any(|place| self.may_at(by, action, place, None).is_ok())
    }

    pub(super) fn fact(&self, kind: FactKind, by: &Actor, account: &Account, data: Value) -> Fact {
        fact::fact(kind, &by.id, account, data, &self.tenant, self.wall.now())
    }

    pub(super) fn fact_of_self(&self, kind: FactKind, account: &Account) -> Fact {
        let by: ActorId = account.actor_id();
        let data = json!({ "second_factor": account.has_second_factor() });
        fact::fact(kind, &by, account, data, &self.tenant, self.wall.now())
    }
}

/// Rights are no secret data; what they open is.
pub(super) fn public(areas: &[kernel::area::AreaCode]) -> Target<'_> {
    Target {
        areas,
        classification: Classification::Public,
        ..Target::default()
    }
}
