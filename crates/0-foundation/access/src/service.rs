//! Signing in and out, knowing who asks, and the first account.

mod cut;
mod elsewhere;
pub mod emergency;
mod factor;
pub mod linked;
mod live;
mod own;
mod password;
mod people;
mod reach;
mod review;
mod tokens;

pub use people::{NewAccount, Renewed};
pub use reach::Ended;
pub use tokens::NewToken;

use crate::attempts::Attempts;
use crate::decide::{self, Verdict};
use crate::error::AccessError;
use crate::model::{Account, FIRST_ROLES, Kind, Right, SessionLimits, Settings};
use crate::password::Passwords;
use crate::record::SessionRecord;
use crate::sealed::SealKey;
use crate::session::{Cache, Live, hash_of, new_secret};
use crate::store::Store;
use kernel::classification::Classification;
use kernel::clock::Clock;
use kernel::id::{PersonId, TenantId};
use policy::engine::Engine;
use ports::error::PortError;
use ports::records::Records;
use std::sync::Arc;
use tokio::sync::watch;

/// How often an act is decided anew because others changed the same account meanwhile; each time somebody else went on.
const TRIES: usize = 64;

/// A stored password and whether the given one fits it.
type Judged = Option<(String, bool)>;

/// What somebody shows to sign in.
#[derive(Clone, Default)]
pub struct Shown {
    /// Account name, in any case.
    pub account: String,
    /// Password.
    pub password: String,
    /// A one-time or recovery code, if the account asks for one.
    pub code: Option<String>,
    /// Where from, for the owner to recognise it.
    pub from: String,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shown({})", self.account)
    }
}

/// The accounts of one tenant. Time is wall time, always (SEMANTICS 31).
#[derive(Clone, Debug)]
pub struct Accounts {
    store: Store,
    tenant: TenantId,
    wall: Arc<dyn Clock>,
    passwords: Passwords,
    settings: Settings,
    engine: Engine,
    seal: SealKey,
    cache: Arc<Cache>,
    /// Failed sign-ins by address.
    attempts: Arc<Attempts>,
    /// Sign-ins at providers that were begun, by address.
    begins: Arc<Attempts>,
    /// Counts changes of rights and ends of sessions; open streams listen.
    news: watch::Sender<u64>,
}

impl Accounts {
    /// Opens the accounts of a tenant.
    pub fn new(
        records: Arc<dyn Records>,
        tenant: TenantId,
        wall: Arc<dyn Clock>,
        settings: Settings,
        engine: Engine,
        seal: SealKey,
    ) -> Result<Self, AccessError> {
        Ok(Self {
            store: Store::new(records),
            tenant,
            wall,
            passwords: Passwords::new()?,
            settings,
            engine,
            seal,
            cache: Arc::default(),
            attempts: Arc::default(),
            begins: Arc::default(),
            news: watch::Sender::new(0),
        })
    }

    /// Makes the first account with a random password, if there is none yet. The password exists only in the answer.
    pub async fn create_first(&self, name: &str, must_change: bool) -> Result<Option<String>, AccessError> {
        if self.store.has_accounts().await? {
            return Ok(None);
        }
        let password = crate::password::generate();
        let now = self.wall.now();
        let account = Account {
            name: check_name(name)?,
            person: PersonId(uuid::Uuid::now_v7()),
            kind: Kind::Person,
            password: self.passwords.hash(password.clone()).await?,
            must_change,
            rights: FIRST_ROLES.iter().map(|role| Right::everywhere(role, now)).collect(),
            clearance: Classification::TopSecret,
            ended: None,
            failures: 0,
            locked_until: None,
            second: None,
            links: Vec::new(),
        };
        match self.store.put_account(&account, 0, &[], None).await {
            Err(AccessError::Port(PortError::Conflict { .. })) => Ok(None),
            other => other.map(|()| Some(password)),
        }
    }

    /// Signs in with a password alone.
    pub async fn sign_in(&self, name: &str, password: String) -> Result<(String, Live), AccessError> {
        let account = name.to_owned();
        self.open(Shown {
            account,
            password,
            ..Shown::default()
        })
        .await
    }

    /// Signs in; the answer is the session's secret and the session.
    pub async fn open(&self, shown: Shown) -> Result<(String, Live), AccessError> {
        if !self.attempts.may(&shown.from, self.wall.now()) {
            return Err(AccessError::TooManyFailures);
        }
        let from = shown.from.clone();
        let opened = self.try_open(shown).await;
        if matches!(opened, Err(AccessError::SignInFailed)) {
            self.attempts.failed(&from, self.wall.now());
        }
        opened
    }

    async fn try_open(&self, shown: Shown) -> Result<(String, Live), AccessError> {
        let name = shown.account.trim().to_lowercase();
        let mut judged = None;
        for _ in 0..TRIES {
            let (account, version, strong) = self
                .verify(&name, &shown.password, shown.code.as_deref(), &mut judged)
                .await?;
            let ended = decide::spent(
                self.store.sessions_of(&name).await?,
                self.settings.limits,
                self.wall.now(),
            );
            let begun = SessionRecord {
                strong,
                from: shown.from.chars().take(80).collect(),
                ..SessionRecord::new(&account.name, self.wall.now())
            };
            match self.begin(&account, version, &ended, begun).await {
                Err(AccessError::Port(PortError::Conflict { .. })) => {}
                other => return other,
            }
        }
        Err(AccessError::Busy)
    }

    /// Ends a session at once, also when the one who asks does not wait for the answer.
    pub async fn sign_out(&self, secret: &str) -> Result<(), AccessError> {
        let (accounts, hash) = (self.clone(), hash_of(secret));
        to_the_end(async move {
            accounts.store.delete_session(&hash).await?;
            accounts.cache.remove(&hash);
            accounts.tell();
            Ok(())
        })
        .await
    }

    /// How long sessions last.
    pub fn limits(&self) -> SessionLimits {
        self.settings.limits
    }

    /// The policy engine of the tenant.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The tenant.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// How many passwords were checked so far; known and unknown accounts cost the same.
    pub fn password_checks(&self) -> u64 {
        self.passwords.checks()
    }

    /// How many new passwords were hashed so far; who is refused costs none.
    pub fn password_hashes(&self) -> u64 {
        self.passwords.hashes()
    }

    /// The account that this password opens, with its version. The caller stores the account, at this version, together with
    /// what it opens. A wrong try is counted before the answer; when somebody else was faster, the account is read and
    /// judged again, and `judged` spares the costly check of the same stored password.
    async fn verify_password(
        &self,
        name: &str,
        password: &str,
        judged: &mut Judged,
    ) -> Result<(Account, u64), AccessError> {
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

    /// Like [`Self::verify_password`], with the second factor of an account that has one. Says whether one was shown. A
    /// wrong code counts like a wrong password; a missing one is asked for.
    async fn verify(
        &self,
        name: &str,
        password: &str,
        code: Option<&str>,
        judged: &mut Judged,
    ) -> Result<(Account, u64, bool), AccessError> {
        for _ in 0..TRIES {
            let (mut account, version) = self.verify_password(name, password, judged).await?;
            let Some(second) = account.second.clone().filter(|second| second.confirmed) else {
                return Ok((account, version, false));
            };
            let Some(code) = code else {
                return Err(AccessError::SecondFactorNeeded);
            };
            let secret = self.seal.open(name, &second.sealed)?;
            if let Some(after) = crate::totp::take(&second, &secret, code, self.wall.now()) {
                account.second = Some(after);
                return Ok((account, version, true));
            }
            // the stored count, which the right password has just forgiven
            let Some((stored, version)) = self.store.account(name).await? else {
                return Err(AccessError::SignInFailed);
            };
            let Verdict::Counts(counted) = decide::judge(&stored, false, self.wall.now()) else {
                return Err(AccessError::SignInFailed);
            };
            match self.store.put_account(&counted, version, &[], None).await {
                Err(AccessError::Port(PortError::Conflict { .. })) => {}
                other => return other.and(Err(AccessError::SignInFailed)),
            }
        }
        Err(AccessError::Busy)
    }

    /// Stores the account, if it is still at `version`, ends sessions and begins one, all or nothing. The new session is not
    /// put into the cache: its first request finds it, or that it has ended meanwhile.
    async fn begin(
        &self,
        account: &Account,
        version: u64,
        ended: &[String],
        session: SessionRecord,
    ) -> Result<(String, Live), AccessError> {
        let secret = new_secret();
        let hash = hash_of(&secret);
        self.store
            .put_account(account, version, ended, Some((&hash, &session)))
            .await?;
        if !ended.is_empty() {
            ended.iter().for_each(|hash| self.cache.remove(hash));
            self.tell();
        }
        Ok((secret, self.live_session(account, &hash, &session)))
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
}

/// Runs an act to its end, also when the caller goes away: what storage knows and what memory knows must not part.
async fn to_the_end<T: Send + 'static>(
    act: impl Future<Output = Result<T, AccessError>> + Send + 'static,
) -> Result<T, AccessError> {
    let stopped = |error: tokio::task::JoinError| PortError::Unavailable(error.to_string());
    tokio::spawn(act).await.map_err(stopped)?
}

pub(crate) fn check_name(name: &str) -> Result<String, AccessError> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
    if (3..=64).contains(&name.len()) && name.bytes().all(fits) {
        Ok(name.to_owned())
    } else {
        Err(AccessError::Invalid(
            "an account name has 3 to 64 of a-z, 0-9, '.', '_' and '-'".to_owned(),
        ))
    }
}
