//! Signing in and out, knowing who asks, changing a password, and the first account.

use crate::error::AccessError;
use crate::model::{Account, LOCK_S, MAX_FAILURES, ROLES, SessionLimits};
use crate::password::{self, Passwords};
use crate::record::SessionRecord;
use crate::session::{Cache, Live, hash_of, new_secret};
use crate::store::Store;
use kernel::actor::{Actor, ActorId, Grant, Scope};
use kernel::classification::Classification;
use kernel::clock::Clock;
use kernel::id::{PersonId, TenantId};
use ports::records::Records;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// The accounts of one tenant. Time is wall time, always (SEMANTICS 31).
#[derive(Clone, Debug)]
pub struct Accounts {
    store: Store,
    tenant: TenantId,
    wall: Arc<dyn Clock>,
    passwords: Passwords,
    limits: SessionLimits,
    max_classification: Classification,
    cache: Arc<Cache>,
}

impl Accounts {
    /// Opens the accounts. Nobody sees more than `max_classification` of the instance (SEMANTICS 26).
    pub fn new(
        records: Arc<dyn Records>,
        tenant: TenantId,
        wall: Arc<dyn Clock>,
        limits: SessionLimits,
        max_classification: Classification,
    ) -> Result<Self, AccessError> {
        let passwords = Passwords::new()?;
        let store = Store::new(records);
        Ok(Self { store, tenant, wall, passwords, limits, max_classification, cache: Arc::default() })
    }

    /// Makes the first account with a random password, if there is none yet. The password exists only in the answer.
    pub async fn create_first(&self, name: &str, must_change: bool) -> Result<Option<String>, AccessError> {
        if self.store.has_accounts().await? {
            return Ok(None);
        }
        let password = password::generate();
        let roles = ROLES.iter().filter(|role| **role != "leader").map(|role| (*role).to_owned()).collect();
        let account = Account {
            name: check_name(name)?,
            person: PersonId(uuid::Uuid::now_v7()),
            password: self.passwords.hash(password.clone()).await?,
            must_change,
            roles,
            failures: 0,
            locked_until: None,
        };
        self.store.put_account(&account, 0).await?;
        Ok(Some(password))
    }

    /// Gives an existing account a new random password and ends its sessions; for the operator on the machine.
    pub async fn reset_password(&self, name: &str) -> Result<Option<String>, AccessError> {
        let Some((mut account, version)) = self.store.account(name).await? else { return Ok(None) };
        let password = password::generate();
        account.password = self.passwords.hash(password.clone()).await?;
        (account.must_change, account.failures, account.locked_until) = (true, 0, None);
        self.store.put_account(&account, version).await?;
        self.end_sessions_of(name).await?;
        Ok(Some(password))
    }

    /// Signs in; the answer is the session's secret and the session.
    pub async fn sign_in(&self, name: &str, password: String) -> Result<(String, Live), AccessError> {
        let now = self.wall.now();
        let name = name.trim().to_lowercase();
        let found = if check_name(&name).is_ok() { self.store.account(&name).await? } else { None };
        let stored = found.as_ref().map(|(account, _)| account.password.clone());
        let fits = self.passwords.fits(password, stored).await?;
        let Some((mut account, version)) = found else { return Err(AccessError::SignInFailed) };
        if account.locked_until.is_some_and(|until| now < until) {
            return Err(AccessError::SignInFailed);
        }
        if !fits {
            account.failures += 1;
            if account.failures >= MAX_FAILURES {
                account.locked_until = Some(now.plus(Duration::from_secs(LOCK_S)));
                account.failures = 0;
            }
            self.store.put_account(&account, version).await?;
            return Err(AccessError::SignInFailed);
        }
        if account.failures > 0 || account.locked_until.is_some() {
            (account.failures, account.locked_until) = (0, None);
            self.store.put_account(&account, version).await?;
        }
        let secret = new_secret();
        let hash = hash_of(&secret);
        self.store.put_session(&hash, &SessionRecord::new(&account.name, now)).await?;
        let live = self.live(&account, now, now);
        self.cache.put(hash, live.clone());
        Ok((secret, live))
    }

    /// Who holds this secret, if the session still lives.
    pub async fn authenticate(&self, secret: &str) -> Result<Option<Live>, AccessError> {
        let now = self.wall.now();
        let hash = hash_of(secret);
        let live = match self.cache.touch(&hash, now) {
            Some(live) => live,
            None => {
                let Some(session) = self.store.session(&hash).await? else { return Ok(None) };
                let Some((account, _)) = self.store.account(&session.account).await? else { return Ok(None) };
                let live = self.live(&account, session.since, now);
                self.cache.put(hash.clone(), live.clone());
                live
            }
        };
        if live.lives(self.limits, now) {
            return Ok(Some(live));
        }
        self.cache.remove(&hash);
        self.store.delete_session(&hash).await?;
        Ok(None)
    }

    /// Ends a session at once.
    pub async fn sign_out(&self, secret: &str) -> Result<(), AccessError> {
        let hash = hash_of(secret);
        self.cache.remove(&hash);
        self.store.delete_session(&hash).await
    }

    /// Changes the password and ends every session of the account; a new one begins.
    pub async fn change_password(&self, live: &Live, old: String, new: String) -> Result<(String, Live), AccessError> {
        let Some((mut account, version)) = self.store.account(&live.account).await? else {
            return Err(AccessError::SignInFailed);
        };
        if !self.passwords.fits(old.clone(), Some(account.password.clone())).await? {
            return Err(AccessError::SignInFailed);
        }
        password::check(&new, &account.name)?;
        if old == new {
            return Err(AccessError::PasswordUnfit("the new password is the old one; choose another"));
        }
        account.password = self.passwords.hash(new.clone()).await?;
        account.must_change = false;
        self.store.put_account(&account, version).await?;
        self.end_sessions_of(&account.name).await?;
        self.sign_in(&account.name, new).await
    }

    async fn end_sessions_of(&self, account: &str) -> Result<(), AccessError> {
        for hash in self.store.delete_sessions_of(account).await? {
            self.cache.remove(&hash);
        }
        Ok(())
    }

    fn live(&self, account: &Account, since: kernel::time::Timestamp, seen: kernel::time::Timestamp) -> Live {
        let actor = Actor {
            id: ActorId::Person(account.person),
            roles: account.roles.clone(),
            scope: Scope {
                tenant: self.tenant.clone(),
                orgs: Grant::All,
                areas: Grant::All,
                max_classification: self.max_classification,
                purposes: Grant::Only(BTreeSet::from(["operation".to_owned()])),
            },
        };
        let must_change = account.must_change;
        Live { actor: Arc::new(actor), account: account.name.clone(), must_change, since, seen }
    }
}

fn check_name(name: &str) -> Result<String, AccessError> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
    if (3..=64).contains(&name.len()) && name.bytes().all(fits) {
        Ok(name.to_owned())
    } else {
        Err(AccessError::Invalid("an account name has 3 to 64 of a-z, 0-9, '.', '_' and '-'".to_owned()))
    }
}
