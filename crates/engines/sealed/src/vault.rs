//! The keys of one sealed tenant: made, unlocked, locked, wrapped anew. Wrong attempts are counted durably and slowed.

use crate::error::{SealError, locked};
use crate::keyring::{Keyring, Underway};
use crate::passphrase::{Cost, Proof, checked, new_recovery};
use crate::secret::{Keys, new_secret};
use kernel::clock::Clock;
use kernel::time::Timestamp;
use parking_lot::RwLock;
use ports::error::PortError;
use ports::records::{Records, Transaction};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// Wrong attempts in a row that cost no time.
pub const FREE_ATTEMPTS: u32 = 2;
/// Longest wait after a wrong attempt, in seconds.
pub const LONGEST_WAIT_S: u32 = 900;

/// How long after so many wrong attempts in a row: 2, 4, 8 seconds and so on.
fn wait_s(failures: u32) -> u32 {
    match failures.saturating_sub(FREE_ATTEMPTS) {
        0 => 0,
        over => 1_u32
            .checked_shl(over)
            .unwrap_or(LONGEST_WAIT_S)
            .clamp(1, LONGEST_WAIT_S),
    }
}

/// How a tenant stands; nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct State {
    /// Whether it has keys at all.
    pub sealed: bool,
    /// Whether the keys are in memory.
    pub unlocked: bool,
    /// Version of the data key for what is new.
    pub version: u32,
    /// Versions that still open something.
    pub versions: Vec<u32>,
    /// When the change of the data key began that is under way.
    pub rotating_since: Option<Timestamp>,
    /// Wrong attempts in a row.
    pub failures: u32,
    /// Before this no attempt is looked at.
    pub not_before: Option<Timestamp>,
    /// What an attempt costs.
    pub cost: Cost,
}

/// The vault of one tenant. Clones share it.
#[derive(Clone, Debug)]
pub struct Vault {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    tenant: String,
    records: Arc<dyn Records>,
    clock: Arc<dyn Clock>,
    keys: RwLock<Option<Arc<Keys>>>,
    /// Held for reading by whoever writes under the present key, and for writing by whoever changes it.
    turn: Arc<tokio::sync::RwLock<()>>,
    /// One attempt or change of the keyring at a time, so that no two attempts are counted as one.
    one: tokio::sync::Mutex<()>,
    /// One rotation at a time: a second one would take what the first has done for its own.
    rotating: Arc<tokio::sync::Mutex<()>>,
}

impl Vault {
    /// Over the records of the engine below; locked at first. `clock` is the machine's, never a virtual one.
    pub fn new(tenant: &str, records: Arc<dyn Records>, clock: Arc<dyn Clock>) -> Self {
        let tenant = tenant.to_owned();
        let (keys, turn, one) = (RwLock::default(), Arc::default(), tokio::sync::Mutex::default());
        let inner = Inner {
            tenant,
            records,
            clock,
            keys,
            turn,
            one,
            rotating: Arc::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Name of the tenant.
    pub fn tenant(&self) -> &str {
        &self.inner.tenant
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    pub(crate) fn turn(&self) -> Arc<tokio::sync::RwLock<()>> {
        Arc::clone(&self.inner.turn)
    }

    /// The keys, or the one error of a locked tenant.
    pub(crate) fn keys(&self) -> Result<Arc<Keys>, PortError> {
        self.inner.keys.read().clone().ok_or_else(|| locked(self.tenant()))
    }

    /// Whether the keys are in memory.
    pub fn is_unlocked(&self) -> bool {
        self.inner.keys.read().is_some()
    }

    /// Makes the keys of a new tenant and leaves it locked. Returns the recovery key, which nobody can show again.
    pub async fn create(&self, passphrase: &str, cost: Cost) -> Result<Zeroizing<String>, SealError> {
        checked(passphrase)?;
        let _one = self.inner.one.lock().await;
        if Keyring::load(&*self.inner.records, self.tenant()).await?.is_some() {
            return Err(SealError::Exists);
        }
        let (tenant, now) = (self.tenant().to_owned(), self.now());
        let passphrase = Zeroizing::new(passphrase.to_owned());
        let (keyring, shown) = blocking(move || {
            let (recovery, shown) = new_recovery()?;
            let keyring = Keyring::new(&tenant, cost, &passphrase, &recovery, &new_secret()?, now)?;
            Ok((keyring, shown))
        })
        .await?;
        self.save(&keyring, 0).await?;
        Ok(shown)
    }

    /// Takes the keys into memory. An attempt counts as wrong, durably, until it has turned out right.
    pub async fn unlock(&self, proof: Proof) -> Result<(), SealError> {
        let _one = self.inner.one.lock().await;
        let (keyring, _, root) = self.prove(proof).await?;
        let keys = keyring.keys(root)?;
        *self.inner.keys.write() = Some(Arc::new(keys));
        Ok(())
    }

    /// Lets go of the keys, after the writes that are under way. Their memory is overwritten when the last reader ends.
    pub async fn lock(&self) {
        let _one = self.inner.one.lock().await;
        let _alone = self.inner.turn.write().await;
        *self.inner.keys.write() = None;
    }

    /// Wraps the root key by another passphrase; the old one, or the recovery key, has to be shown. The tenant stays as it
    /// is, locked or unlocked; nothing is sealed anew.
    pub async fn change_passphrase(&self, proof: Proof, passphrase: &str, cost: Cost) -> Result<(), SealError> {
        checked(passphrase)?;
        let _one = self.inner.one.lock().await;
        let (mut keyring, version, root) = self.prove(proof).await?;
        let passphrase = Zeroizing::new(passphrase.to_owned());
        let keyring = blocking(move || {
            keyring.close_with(cost, &passphrase, &root)?;
            Ok(keyring)
        })
        .await?;
        self.save(&keyring, version).await.map(drop)
    }

    /// How it stands.
    pub async fn state(&self) -> Result<State, SealError> {
        let found = Keyring::load(&*self.inner.records, self.tenant()).await?;
        let (keyring, _) = found.ok_or(SealError::Absent)?;
        Ok(State {
            sealed: true,
            unlocked: self.is_unlocked(),
            version: keyring.current,
            versions: keyring.versions.iter().map(|one| one.number).collect(),
            rotating_since: keyring.rotation.map(|one| one.began),
            failures: keyring.failures,
            not_before: keyring.not_before,
            cost: keyring.cost,
        })
    }

    /// Counts the attempt, looks at it, and takes the count back when it was right. The keyring comes with its version.
    async fn prove(&self, proof: Proof) -> Result<(Keyring, u64, crate::secret::Secret), SealError> {
        let found = Keyring::load(&*self.inner.records, self.tenant()).await?;
        let (mut keyring, version) = found.ok_or(SealError::Absent)?;
        let now = self.now();
        let left = keyring
            .not_before
            .map_or(0, |instant| instant.since(now).as_secs_f64().ceil() as u64);
        let wait_s = u32::try_from(left).unwrap_or(u32::MAX);
        // a wait that nobody was given comes from a clock that was set back; the attempt counts all the same
        if (1..=LONGEST_WAIT_S).contains(&wait_s) {
            return Err(SealError::TooEarly { wait_s });
        }
        let failures = keyring.failures.saturating_add(1);
        let wait = self::wait_s(failures);
        keyring.failures = failures;
        keyring.not_before = (wait > 0).then(|| now.plus(Duration::from_secs(u64::from(wait))));
        let version = self.save(&keyring, version).await?;
        let (mut keyring, root) = blocking(move || {
            let root = keyring.root(&proof)?;
            Ok((keyring, root))
        })
        .await?;
        let Some(root) = root else {
            return Err(SealError::Wrong { failures, wait_s: wait });
        };
        (keyring.failures, keyring.not_before) = (0, None);
        let version = self.save(&keyring, version).await?;
        Ok((keyring, version, root))
    }

    /// The right to change the data key, which one has at a time.
    pub(crate) fn alone(&self) -> Result<tokio::sync::OwnedMutexGuard<()>, SealError> {
        let free = Arc::clone(&self.inner.rotating).try_lock_owned();
        free.map_err(|_| SealError::Rotating)
    }

    /// Begins a change of the data key, or finds the one that is under way: from here on, everything new is under the new
    /// version. `journal` is the last number of the journal at that moment.
    pub(crate) async fn begin(&self, journal: impl FnOnce() -> u64 + Send) -> Result<Underway, SealError> {
        let _one = self.inner.one.lock().await;
        let _alone = self.inner.turn.write().await;
        let keys = self.keys()?;
        let found = Keyring::load(&*self.inner.records, self.tenant()).await?;
        let (mut keyring, version) = found.ok_or(SealError::Absent)?;
        let underway = match keyring.rotation {
            Some(underway) if keyring.current == keys.current => return Ok(underway),
            // the answer to its beginning was lost, so that everything since is under the older version
            Some(Underway { began, .. }) => Underway {
                began,
                journal: journal(),
            },
            None => {
                let began = self.now();
                keyring.add_version(&keys.root, began)?;
                Underway {
                    began,
                    journal: journal(),
                }
            }
        };
        keyring.rotation = Some(underway);
        self.save(&keyring, version).await?;
        *self.inner.keys.write() = Some(Arc::new(keyring.keys(keys.root.clone())?));
        Ok(underway)
    }

    /// Destroys every version but the present one.
    pub(crate) async fn end(&self, underway: Underway) -> Result<(), SealError> {
        let _one = self.inner.one.lock().await;
        let _alone = self.inner.turn.write().await;
        let keys = self.keys()?;
        let found = Keyring::load(&*self.inner.records, self.tenant()).await?;
        let (mut keyring, version) = found.ok_or(SealError::Absent)?;
        if keyring.rotation != Some(underway) || keyring.current != keys.current {
            return Err(SealError::Rotating);
        }
        keyring.versions.retain(|one| one.number == keyring.current);
        keyring.rotation = None;
        self.save(&keyring, version).await?;
        *self.inner.keys.write() = Some(Arc::new(keyring.keys(keys.root.clone())?));
        Ok(())
    }

    /// Durable when it answers, with the new version.
    async fn save(&self, keyring: &Keyring, version: u64) -> Result<u64, SealError> {
        let changes = vec![keyring.put(version)?];
        let transaction = Transaction {
            changes,
            ..Transaction::default()
        };
        let committed = self.inner.records.commit(transaction).await?;
        committed
            .versions
            .first()
            .copied()
            .ok_or_else(|| SealError::Keyring("it was stored without a version".to_owned()))
    }
}

/// Runs what takes long apart from what answers others.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SealError> + Send + 'static,
) -> Result<T, SealError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| SealError::Crypto("the work was stopped"))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_are_bounded() {
        let waits: Vec<u32> = (0..7).map(wait_s).collect();
        assert_eq!(waits, [0, 0, 0, 2, 4, 8, 16]);
        assert_eq!((wait_s(40), wait_s(u32::MAX)), (LONGEST_WAIT_S, LONGEST_WAIT_S));
    }
}
