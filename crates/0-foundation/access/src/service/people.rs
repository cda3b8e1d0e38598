//! What administrators do with accounts: make, change and end them, give and withdraw rights. Nobody does it to oneself,
//! and nobody beyond the own organisation and area.

use super::emergency::EMERGENCY;
use super::{Accounts, TRIES, check_name, to_the_end};
use crate::error::AccessError;
use crate::fact::{self, Kind as FactKind};
use crate::model::{Account, Kind, Right};
use crate::password;
use crate::session::Live;
use kernel::actor::{Actor, ActorId, Target};
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::PersonId;
use policy::action::Action;
use policy::engine::Ask;
use policy::post::Assignment;
use policy::role;
use ports::error::PortError;
use ports::query::After;
use serde_json::{Value, json};
use uuid::Uuid;

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Name.
    pub name: String,
    /// A person or another system.
    pub kind: Kind,
    /// The highest classification that the person was cleared for.
    pub clearance: Classification,
    /// What it may do, where, and until when.
    pub rights: Vec<Assignment>,
}

/// Most rights of one account.
const MAX_RIGHTS: usize = 64;

impl Accounts {
    /// Makes an account. A person gets a random first password, which exists only in the answer and must be changed.
    pub async fn create(&self, by: &Live, new: NewAccount) -> Result<(Account, Option<String>), AccessError> {
        let now = self.wall.now();
        let person = PersonId(Uuid::now_v7());
        if new.kind == Kind::Service {
            self.may(by, Action::ServiceKeep, None, None)?;
        }
        if new.rights.len() > MAX_RIGHTS {
            return Err(AccessError::Invalid(format!(
                "an account has at most {MAX_RIGHTS} rights"
            )));
        }
        let mut rights = Vec::new();
        for assignment in new.rights {
            rights.push(self.right(by, person, assignment)?);
        }
        // an account lies where its rights lie; one without any, anywhere
        let anywhere = rights.is_empty().then(|| public(&[]));
        self.may(by, Action::PersonKeep, anywhere, Some(person))?;
        let password = (new.kind == Kind::Person).then(password::generate);
        let account = Account {
            name: check_name(&new.name)?,
            person,
            kind: new.kind,
            password: match &password {
                Some(password) => self.passwords.hash(password.clone()).await?,
                None => String::new(),
            },
            must_change: password.is_some(),
            rights,
            clearance: new.clearance.min(self.settings.max_classification),
            ended: None,
            failures: 0,
            locked_until: None,
            second: None,
        };
        let data = json!({ "account": account.name, "kind": account.kind, "rights": account.rights });
        let told = fact::fact(FactKind::PersonCreated, &by.actor.id, &account, data, &self.tenant, now);
        match self.store.change(&account, 0, &[], &[], vec![told]).await {
            Err(AccessError::Port(PortError::Conflict { .. })) => Err(AccessError::Exists),
            other => other.map(|()| (account, password)),
        }
    }

    /// A page of accounts that lie within the reach of the one who asks.
    pub async fn people(
        &self,
        by: &Live,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Account>, Option<After>), AccessError> {
        let (mut accounts, next) = self.store.accounts(after, limit).await?;
        accounts.retain(|(account, _)| self.reaches(by, Action::PersonRead, account));
        Ok((accounts.into_iter().map(|(account, _)| account).collect(), next))
    }

    /// One account, if it lies within reach.
    pub async fn person(&self, by: &Live, name: &str) -> Result<Account, AccessError> {
        let (account, _) = self.load_account(name).await?;
        self.reaches(by, Action::PersonRead, &account)
            .then_some(account)
            .ok_or(AccessError::NotFound("account"))
    }

    /// Gives a right.
    pub async fn give(&self, by: &Live, name: &str, assignment: Assignment) -> Result<Account, AccessError> {
        self.change(
            by,
            Action::RightKeep,
            name,
            FactKind::RightGiven,
            move |accounts, account| {
                let right = accounts.right(by, account.person, assignment.clone())?;
                if account.rights.len() >= MAX_RIGHTS {
                    return Err(AccessError::Invalid(format!(
                        "an account has at most {MAX_RIGHTS} rights"
                    )));
                }
                let told = json!({ "right": right });
                account.rights.push(right);
                Ok(told)
            },
        )
        .await
    }

    /// Withdraws a right. Sessions go on with what is left; open streams end and come back.
    pub async fn withdraw(&self, by: &Live, name: &str, id: Uuid) -> Result<Account, AccessError> {
        self.change(
            by,
            Action::RightKeep,
            name,
            FactKind::RightWithdrawn,
            move |accounts, account| {
                let at = account.rights.iter().position(|right| right.id == id);
                let right = account.rights.remove(at.ok_or(AccessError::NotFound("right"))?);
                accounts.may_give(by, account.person, &right.assignment())?;
                Ok(json!({ "right": right }))
            },
        )
        .await
    }

    /// Sets the clearance of a person.
    pub async fn clear(&self, by: &Live, name: &str, clearance: Classification) -> Result<Account, AccessError> {
        self.change(
            by,
            Action::RightKeep,
            name,
            FactKind::PersonChanged,
            move |accounts, account| {
                account.clearance = clearance.min(accounts.settings.max_classification);
                Ok(json!({ "clearance": account.clearance }))
            },
        )
        .await
    }

    /// Ends an account with all its sessions and tokens, or opens it again.
    pub async fn set_ended(&self, by: &Live, name: &str, ended: bool) -> Result<Account, AccessError> {
        let now = self.wall.now();
        self.change(
            by,
            Action::PersonKeep,
            name,
            FactKind::PersonChanged,
            move |_, account| {
                account.ended = ended.then_some(account.ended.map_or(now, |at| at.min(now)));
                if account.name == EMERGENCY && !ended {
                    return Err(AccessError::WrongState(
                        "the emergency account is opened by two people together",
                    ));
                }
                Ok(json!({ "ended": account.ended }))
            },
        )
        .await
    }

    /// Gives a person a new random password and takes the second factor away; all sessions end.
    pub async fn renew_password(&self, by: &Live, name: &str) -> Result<String, AccessError> {
        let (account, _) = self.load_account(name).await?;
        if account.kind == Kind::Service || account.name == EMERGENCY {
            return Err(AccessError::WrongState(
                "no password is renewed for service accounts and the emergency account",
            ));
        }
        let password = password::generate();
        let stored = self.passwords.hash(password.clone()).await?;
        self.change(
            by,
            Action::PersonKeep,
            name,
            FactKind::PersonChanged,
            move |_, account| {
                account.password.clone_from(&stored);
                (account.must_change, account.failures, account.locked_until) = (true, 0, None);
                account.second = None;
                Ok(json!({ "password": "renewed" }))
            },
        )
        .await?;
        let sessions = self.hashes_of(name).await?;
        self.store.end(&sessions, &[], Vec::new()).await?;
        self.changed(name);
        Ok(password)
    }

    /// Changes an account of somebody else with its fact; decided anew when somebody was faster.
    async fn change(
        &self,
        by: &Live,
        action: Action,
        name: &str,
        kind: FactKind,
        change: impl Fn(&Self, &mut Account) -> Result<Value, AccessError>,
    ) -> Result<Account, AccessError> {
        for _ in 0..TRIES {
            let (mut account, version) = self.load_account(name).await?;
            if !self.reaches(by, Action::PersonRead, &account) {
                return Err(AccessError::NotFound("account"));
            }
            self.may(by, action, None, Some(account.person))?;
            let told = change(self, &mut account)?;
            let fact = self.fact(kind, &by.actor, &account, told);
            let (sessions, tokens) = if account.ended.is_some() {
                (self.hashes_of(name).await?, self.token_hashes_of(name).await?)
            } else {
                (Vec::new(), Vec::new())
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
                other => return other.map(|()| account),
            }
        }
        Err(AccessError::Busy)
    }

    /// A right that `by` gives to a person, checked.
    fn right(&self, by: &Live, person: PersonId, given: Assignment) -> Result<Right, AccessError> {
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
    fn may_give(&self, by: &Live, person: PersonId, given: &Assignment) -> Result<(), AccessError> {
        let areas: Vec<_> = given.area.iter().cloned().collect();
        let target = Target {
            owner: given.org.as_ref(),
            ..public(&areas)
        };
        self.may(by, Action::RightKeep, Some(target), Some(person))
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
        let reasons: Vec<&str> = decision.reasons.iter().map(|reason| reason.text.en.as_str()).collect();
        Err(AccessError::Denied(if reasons.is_empty() {
            format!("your roles do not permit '{action}'")
        } else {
            reasons.join("; ")
        }))
    }

    /// Whether one of the account's rights lies within reach, or all of the tenant does.
    pub(super) fn reaches(&self, by: &Live, action: Action, account: &Account) -> bool {
        let places = account
            .rights
            .iter()
            .map(|right| (right.org.clone(), right.area.clone()));
        let mut places = places.chain(account.rights.is_empty().then_some((None, None)));
        places.any(|(org, area)| {
            let areas: Vec<_> = area.into_iter().collect();
            let target = Target {
                owner: org.as_ref(),
                ..public(&areas)
            };
            self.may(by, action, Some(target), None).is_ok()
        })
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
fn public(areas: &[kernel::area::AreaCode]) -> Target<'_> {
    Target {
        areas,
        classification: Classification::Public,
        ..Target::default()
    }
}
