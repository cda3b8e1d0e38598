//! Signing in and out, knowing who asks, changing a password, and the first account.

use crate::decide::{self, Verdict};
use crate::error::AccessError;
use crate::model::{Account, ROLES, SessionLimits};
use crate::password::{self, Passwords};
use crate::record::SessionRecord;
use crate::session::{Cache, Live, hash_of, new_secret};
use crate::store::Store;
use kernel::actor::{Actor, ActorId, Grant, Scope};
use kernel::classification::Classification;
use kernel::clock::Clock;
use kernel::id::{PersonId, TenantId};
use ports::error::PortError;
use ports::records::Records;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How often an act is decided anew because others changed the same account meanwhile; each time somebody else went on.
const TRIES: usize = 64;

/// A stored password and whether the given one fits it.
type Judged = Option<(String, bool)>;

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
        Ok(Self {
            store,
            tenant,
            wall,
            passwords,
            limits,
            max_classification,
            cache: Arc::default(),
        })
    }

    /// Makes the first account with a random password, if there is none yet. The password exists only in the answer.
    pub async fn create_first(&self, name: &str, must_change: bool) -> Result<Option<String>, AccessError> {
        if self.store.has_accounts().await? {
            return Ok(None);
        }
        let password = password::generate();
        let roles = ROLES
            .iter()
            .filter(|role| **role != "leader")
            .map(|role| (*role).to_owned())
            .collect();
        let account = Account {
            name: check_name(name)?,
            person: PersonId(uuid::Uuid::now_v7()),
            password: self.passwords.hash(password.clone()).await?,
            must_change,
            roles,
            failures: 0,
            locked_until: None,
        };
        match self.store.put_account(&account, 0, &[], None).await {
            Err(AccessError::Port(PortError::Conflict { .. })) => Ok(None),
            other => other.map(|()| Some(password)),
        }
    }

    /// Gives an existing account a new random password and ends its sessions; for the operator on the machine.
    pub async fn reset_password(&self, name: &str) -> Result<Option<String>, AccessError> {
        let Some((mut account, version)) = self.store.account(name).await? else {
            return Ok(None);
        };
        let password = password::generate();
        account.password = self.passwords.hash(password.clone()).await?;
        (account.must_change, account.failures, account.locked_until) = (true, 0, None);
        let ended = self.hashes_of(name).await?;
        self.store.put_account(&account, version, &ended, None).await?;
        ended.iter().for_each(|hash| self.cache.remove(hash));
        Ok(Some(password))
    }

    /// Signs in; the answer is the session's secret and the session.
    pub async fn sign_in(&self, name: &str, password: String) -> Result<(String, Live), AccessError> {
        let name = name.trim().to_lowercase();
        let mut judged = None;
        for _ in 0..TRIES {
            let (account, version) = self.verify(&name, &password, &mut judged).await?;
            let ended = decide::spent(self.store.sessions_of(&name).await?, self.limits, self.wall.now());
            match self.begin(&account, version, &ended).await {
                Err(AccessError::Port(PortError::Conflict { .. })) => {}
                other => return other,
            }
        }
        Err(AccessError::Busy)
    }

    /// Who holds this secret, if the session still lives.
    pub async fn authenticate(&self, secret: &str) -> Result<Option<Live>, AccessError> {
        let now = self.wall.now();
        let hash = hash_of(secret);
        let live = match self.cache.touch(&hash, self.limits, now) {
            Some(live) => live,
            None => {
                let era = self.cache.era();
                let Some((session, _)) = self.store.session(&hash).await? else {
                    return Ok(None);
                };
                let Some((account, _)) = self.store.account(&session.account).await? else {
                    return Ok(None);
                };
                let live = self.live(&account, session.since, session.seen.unwrap_or(session.since));
                if live.lives(self.limits, now) {
                    let saved = if live.is_worth_saving(self.limits, now) {
                        now
                    } else {
                        live.saved
                    };
                    self.cache.put(
                        hash.clone(),
                        Live {
                            seen: now,
                            saved,
                            ..live.clone()
                        },
                        era,
                    );
                }
                live
            }
        };
        if !live.lives(self.limits, now) {
            self.cache.remove(&hash);
            self.store.delete_session(&hash).await?;
            return Ok(None);
        }
        if live.is_worth_saving(self.limits, now)
            && let Err(error) = self.store.save_seen(&hash, now).await
        {
            // the session lives on in memory; only a restart would end it somewhat early
            tracing::warn!(%error, "the last request of a session could not be saved");
        }
        Ok(Some(live))
    }

    /// Ends a session at once, also when the one who asks does not wait for the answer.
    pub async fn sign_out(&self, secret: &str) -> Result<(), AccessError> {
        let (accounts, hash) = (self.clone(), hash_of(secret));
        to_the_end(async move {
            accounts.store.delete_session(&hash).await?;
            accounts.cache.remove(&hash);
            Ok(())
        })
        .await
    }

    /// Changes the password and ends every session of the account; a new one begins. Wrong old passwords count like wrong
    /// sign-ins, so a stolen session cannot be used to guess.
    pub async fn change_password(&self, live: &Live, old: String, new: String) -> Result<(String, Live), AccessError> {
        password::check(&new, &live.account)?;
        if old == new {
            return Err(AccessError::PasswordUnfit(
                "the new password is the old one; choose another",
            ));
        }
        let (accounts, name) = (self.clone(), live.account.clone());
        to_the_end(async move {
            let (mut judged, mut stored) = (None, None);
            for _ in 0..TRIES {
                let (mut account, version) = accounts.verify(&name, &old, &mut judged).await?;
                if stored.is_none() {
                    stored = Some(accounts.passwords.hash(new.clone()).await?);
                }
                account.password = stored.clone().unwrap_or_default();
                account.must_change = false;
                let ended = accounts.hashes_of(&name).await?;
                match accounts.begin(&account, version, &ended).await {
                    Err(AccessError::Port(PortError::Conflict { .. })) => {}
                    other => return other,
                }
            }
            Err(AccessError::Busy)
        })
        .await
    }

    /// How long sessions last.
    pub fn limits(&self) -> SessionLimits {
        self.limits
    }

    /// The account that this password opens, with its version. The caller stores the account, at this version, together with
    /// what it opens. A wrong try is counted before the answer; when somebody else was faster, the account is read and
    /// judged again, and `judged` spares the costly check of the same stored password.
    async fn verify(&self, name: &str, password: &str, judged: &mut Judged) -> Result<(Account, u64), AccessError> {
        for _ in 0..TRIES {
            let found = if check_name(name).is_ok() {
                self.store.account(name).await?
            } else {
                None
            };
            let stored = found.as_ref().map(|(account, _)| account.password.clone());
            let known = judged
                .as_ref()
                .filter(|(form, _)| Some(form) == stored.as_ref())
                .map(|(_, fits)| *fits);
            let fits = match known {
                Some(fits) => fits,
                None => self.passwords.fits(password.to_owned(), stored.clone()).await?,
            };
            let Some((account, version)) = found else {
                return Err(AccessError::SignInFailed);
            };
            *judged = stored.map(|form| (form, fits));
            match decide::judge(&account, fits, self.wall.now()) {
                Verdict::Opens(account) => return Ok((account, version)),
                Verdict::Rests => return Err(AccessError::SignInFailed),
                Verdict::Counts(account) => match self.store.put_account(&account, version, &[], None).await {
                    Err(AccessError::Port(PortError::Conflict { .. })) => {}
                    other => return other.and(Err(AccessError::SignInFailed)),
                },
            }
        }
        Err(AccessError::Busy)
    }

    /// Stores the account, if it is still at `version`, ends sessions and begins one, all or nothing. The new session is not
    /// put into the cache: its first request finds it, or that it has ended meanwhile.
    async fn begin(&self, account: &Account, version: u64, ended: &[String]) -> Result<(String, Live), AccessError> {
        let now = self.wall.now();
        let secret = new_secret();
        let session = SessionRecord::new(&account.name, now);
        self.store
            .put_account(account, version, ended, Some((&hash_of(&secret), &session)))
            .await?;
        ended.iter().for_each(|hash| self.cache.remove(hash));
        Ok((secret, self.live(account, now, now)))
    }

    async fn hashes_of(&self, account: &str) -> Result<Vec<String>, AccessError> {
        Ok(self
            .store
            .sessions_of(account)
            .await?
            .into_iter()
            .map(|(hash, _)| hash)
            .collect())
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
        Live {
            actor: Arc::new(actor),
            account: account.name.clone(),
            must_change,
            since,
            seen,
            saved: seen,
        }
    }
}

/// Runs an act to its end, also when the caller goes away: what storage knows and what memory knows must not part.
async fn to_the_end<T: Send + 'static>(
    act: impl Future<Output = Result<T, AccessError>> + Send + 'static,
) -> Result<T, AccessError> {
    let stopped = |error: tokio::task::JoinError| PortError::Unavailable(error.to_string());
    tokio::spawn(act).await.map_err(stopped)?
}

fn check_name(name: &str) -> Result<String, AccessError> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
    if (3..=64).contains(&name.len()) && name.bytes().all(fits) {
        Ok(name.to_owned())
    } else {
        Err(AccessError::Invalid(
            "an account name has 3 to 64 of a-z, 0-9, '.', '_' and '-'".to_owned(),
        ))
    }
}
