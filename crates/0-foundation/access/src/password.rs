//! Passwords: Argon2id, checked off the reactor, a bounded number at a time.

use crate::error::AccessError;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use rand::Rng;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Hashes and checks; each takes about 19 MiB and some tens of milliseconds, so only two run at once, and 32
/// with those that wait.
#[derive(Clone, Debug)]
pub struct Passwords {
    places: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    /// Checked when the account is unknown, so that the answer takes as long as for a known one.
    decoy: Arc<str>,
    /// How many checks were made: tests hold the work for known and unknown accounts against each other.
    checks: Arc<std::sync::atomic::AtomicU64>,
    /// How many new ones were hashed.
    hashes: Arc<std::sync::atomic::AtomicU64>,
}

impl Passwords {
    /// Prepares the decoy.
    pub fn new() -> Result<Self, AccessError> {
        Ok(Self {
            places: Arc::new(Semaphore::new(2)),
            queue: Arc::new(Semaphore::new(32)),
            decoy: hash(&generate())?.into(),
            checks: Arc::default(),
            hashes: Arc::default(),
        })
    }

    /// Whether `password` fits the stored form; without a stored form the same work is done and the answer is no.
    pub async fn fits(&self, password: String, stored: Option<String>) -> Result<bool, AccessError> {
        // an account without a password costs the same work as well
        let stored = stored.filter(|stored| !stored.is_empty());
        let known = stored.is_some();
        let checks = Arc::clone(&self.checks);
        let stored = stored.unwrap_or_else(|| self.decoy.as_ref().to_owned());
        let fits = self
            .off_the_reactor(move || {
                checks.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let hash = PasswordHash::new(&stored).ok();
                Ok(hash.is_some_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()))
            })
            .await?;
        Ok(known && fits)
    }

    /// How many passwords were checked so far.
    pub fn checks(&self) -> u64 {
        self.checks.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// How many new passwords were hashed so far.
    pub fn hashes(&self) -> u64 {
        self.hashes.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// The stored form of a new password.
    pub async fn hash(&self, password: String) -> Result<String, AccessError> {
        self.hashes.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.off_the_reactor(move || hash(&password)).await
    }

    async fn off_the_reactor<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AccessError> + Send + 'static,
    ) -> Result<T, AccessError> {
        let waiting = Arc::clone(&self.queue)
            .try_acquire_owned()
            .map_err(|_| AccessError::Busy)?;
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|_| AccessError::Busy)?;
        // the work cannot be stopped, so it keeps its places, also when nobody waits for it any more
        let work = move || {
            let _places = (waiting, place);
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| AccessError::Busy)?
    }
}

fn hash(password: &str) -> Result<String, AccessError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| AccessError::Invalid(format!("password cannot be hashed: {error}")))
}

/// Whether a new password is good enough: 12 to 128 characters and not the account's name.
pub fn check(password: &str, account: &str) -> Result<(), AccessError> {
    let length = password.chars().count();
    if !(12..=128).contains(&length) {
        return Err(AccessError::PasswordUnfit(
            "a password has 12 to 128 characters; a sentence is easy to remember",
        ));
    }
    if password.to_lowercase().contains(&account.to_lowercase()) {
        return Err(AccessError::PasswordUnfit(
            "the password contains the account's name; choose another one",
        ));
    }
    Ok(())
}

/// A random password that can be read aloud: 20 characters in five groups, about 92 bits.
pub fn generate() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let group = |rng: &mut rand::rngs::ThreadRng| -> String {
        (0..4)
            .map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())]))
            .collect()
    };
    (0..5).map(|_| group(&mut rng)).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_fits_and_an_unknown_account_never_does() {
        let passwords = Passwords::new().unwrap();
        let stored = passwords.hash("một câu dễ nhớ".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(
            passwords
                .fits("một câu dễ nhớ".into(), Some(stored.clone()))
                .await
                .unwrap()
        );
        assert!(!passwords.fits("một câu khác hẳn".into(), Some(stored)).await.unwrap());
        assert!(!passwords.fits("bất kỳ".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_keeps_its_place() {
        let passwords = Passwords::new().unwrap();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let work = passwords.off_the_reactor(move || Ok(ended.recv().is_ok()));
        let mut work = Box::pin(work);
        let first = std::future::poll_fn(|context| std::task::Poll::Ready(work.as_mut().poll(context))).await;
        assert!(first.is_pending());
        drop(work);
        assert_eq!(
            (
                passwords.places.available_permits(),
                passwords.queue.available_permits()
            ),
            (1, 31)
        );
        drop(end);
        let all = Arc::clone(&passwords.places).acquire_many_owned(2).await.unwrap();
        drop(all);
    }

    #[tokio::test]
    async fn more_than_may_wait_are_told_to_come_back() {
        let passwords = Passwords::new().unwrap();
        let _all = Arc::clone(&passwords.queue).acquire_many_owned(32).await.unwrap();
        assert!(matches!(
            passwords.hash("một câu dễ nhớ".into()).await,
            Err(AccessError::Busy)
        ));
    }

    #[test]
    fn weak_passwords_are_told_why() {
        for (password, good) in [
            ("short", false),
            ("truc-ban-2026-hanoi", false),
            ("một câu dễ nhớ", true),
        ] {
            assert_eq!(check(password, "truc-ban").is_ok(), good, "{password}");
        }
        assert_ne!(generate(), generate());
        assert!(check(&generate(), "truc-ban").is_ok());
    }
}
