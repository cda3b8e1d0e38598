//! What administrators do with accounts: make, change and end them, give and withdraw rights. Nobody does it to oneself,
//! and nobody beyond the own organisation and area.

use super::emergency::EMERGENCY;
use super::reach::{Ended, Told, public};
use super::{Accounts, check_name};
use crate::error::AccessError;
use crate::fact::{self, Kind as FactKind};
use crate::model::{Account, Kind};
use crate::password;
use crate::session::Live;
use kernel::classification::Classification;
use kernel::id::PersonId;
use policy::action::Action;
use policy::post::Assignment;
use ports::error::PortError;
use ports::query::After;
use serde_json::json;
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

/// A new password, which exists only here, and what ended with the old one.
#[derive(Clone)]
pub struct Renewed {
    /// To be shown once.
    pub password: String,
    /// How many sessions and API tokens.
    pub ended: Ended,
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
            clearance: self.kept(new.clearance)?,
            ended: None,
            failures: 0,
            locked_until: None,
            second: None,
            links: Vec::new(),
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
                Ok(told.into())
            },
        )
        .await
        .map(|(account, _)| account)
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
                Ok(json!({ "right": right }).into())
            },
        )
        .await
        .map(|(account, _)| account)
    }

    /// A clearance that this instance has a use for. What lies above its highest class is not kept here (SEMANTICS 26).
    fn kept(&self, clearance: Classification) -> Result<Classification, AccessError> {
        let most = self.settings.max_classification;
        if clearance <= most {
            return Ok(clearance);
        }
        let (clearance, most) = (json!(clearance), json!(most));
        Err(AccessError::Invalid(format!(
            "clearance is {clearance}; this instance keeps nothing above {most} (instance.max_classification), write at most that"
        )))
    }

    /// Sets the clearance of a person. One above what the instance keeps is refused.
    pub async fn clear(&self, by: &Live, name: &str, clearance: Classification) -> Result<Account, AccessError> {
        self.change(
            by,
            Action::RightKeep,
            name,
            FactKind::PersonChanged,
            move |accounts, account| {
                accounts.covers(by, Action::RightKeep, account)?;
                account.clearance = accounts.kept(clearance)?;
                Ok(json!({ "clearance": account.clearance }).into())
            },
        )
        .await
        .map(|(account, _)| account)
    }

    /// Ends an account with all its sessions and tokens, or opens it again.
    pub async fn set_ended(&self, by: &Live, name: &str, ended: bool) -> Result<Account, AccessError> {
        let now = self.wall.now();
        self.change(
            by,
            Action::PersonKeep,
            name,
            FactKind::PersonChanged,
            move |accounts, account| {
                accounts.covers(by, Action::PersonKeep, account)?;
                account.ended = ended.then_some(account.ended.map_or(now, |at| at.min(now)));
                if account.name == EMERGENCY && !ended {
                    return Err(AccessError::WrongState(
                        "the emergency account is opened by two people together",
                    ));
                }
                let data = json!({ "ended": account.ended });
                let ends_all = account.ended.is_some();
                Ok(Told { data, ends_all })
            },
        )
        .await
        .map(|(account, _)| account)
    }

    /// Gives a person a new random password and takes the second factor away; all sessions and API tokens end. Who may not do
    /// it learns nothing of the account, and no password is hashed for them.
    pub async fn renew_password(&self, by: &Live, name: &str) -> Result<Renewed, AccessError> {
        let (account, _) = self.wholly(by, Action::PersonKeep, name).await?;
        if account.kind == Kind::Service || account.name == EMERGENCY {
            return Err(AccessError::WrongState(
                "no password is renewed for service accounts and the emergency account",
            ));
        }
        let password = password::generate();
        let stored = self.passwords.hash(password.clone()).await?;
        let change = move |accounts: &Self, account: &mut Account| {
            accounts.covers(by, Action::PersonKeep, account)?;
            account.password.clone_from(&stored);
            (account.must_change, account.failures, account.locked_until) = (true, 0, None);
            account.second = None;
            Ok(Told {
                data: json!({ "password": "renewed" }),
                ends_all: true,
            })
        };
        let kind = FactKind::PersonChanged;
        let (_, ended) = self.change(by, Action::PersonKeep, name, kind, change).await?;
        Ok(Renewed { password, ended })
    }
}
