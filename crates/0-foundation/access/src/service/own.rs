//! What people do with their own account: the post in which they act, the second factor, their sessions.

use super::{Accounts, TRIES, to_the_end};
use crate::error::AccessError;
use crate::fact::Kind as FactKind;
use crate::model::{Account, SecondFactor};
use crate::record::{Place, SessionRecord};
use crate::session::{Live, id_of};
use crate::totp;
use ports::error::PortError;
use uuid::Uuid;

/// A second factor that was begun; shown once.
#[derive(Clone)]
pub struct Enrolment {
    /// For authenticator apps, by hand.
    pub secret: String,
    /// For authenticator apps, as QR code.
    pub address: String,
}

impl Accounts {
    /// Acts in another post of the same person from now on.
    pub async fn switch(&self, live: &Live, post: usize) -> Result<Live, AccessError> {
        let Some(chosen) = live.posts.get(post).filter(|_| !live.is_token()) else {
            return Err(AccessError::Invalid(format!(
                "post {post} is none of yours; GET /api/v1/session lists them"
            )));
        };
        let place = Place {
            org: chosen.org.clone(),
            area: chosen.area.clone(),
        };
        let (accounts, key) = (self.clone(), live.key.to_string());
        to_the_end(async move {
            for _ in 0..TRIES {
                let Some((session, version)) = accounts.store.session(&key).await? else {
                    return Err(AccessError::NotFound("session"));
                };
                let session = SessionRecord {
                    post: Some(place.clone()),
                    ..session
                };
                match accounts.store.put_session(&key, &session, version).await {
                    Err(AccessError::Port(PortError::Conflict { .. })) => continue,
                    other => other?,
                }
                accounts.cache.remove(&key);
                accounts.tell();
                let account = accounts.load_account(&session.account).await?.0;
                return Ok(accounts.live_session(&account, &key, &session));
            }
            Err(AccessError::Busy)
        })
        .await
    }

    /// Begins a second factor. It counts once a code of it was shown.
    pub async fn enrol(&self, live: &Live) -> Result<Enrolment, AccessError> {
        let secret = totp::new_secret();
        let sealed = self.seal.seal(&live.account, &secret)?;
        self.alter(&live.account, |account| {
            if account.has_second_factor() {
                return Err(AccessError::WrongState(
                    "a second factor is there already; remove it with a code first",
                ));
            }
            account.second = Some(SecondFactor {
                sealed: sealed.clone(),
                confirmed: false,
                step: 0,
                recovery: Vec::new(),
            });
            Ok(())
        })
        .await?;
        Ok(Enrolment {
            secret: totp::base32(&secret),
            address: totp::address(&secret, &live.account, "HaNoi-IOC"),
        })
    }

    /// Confirms a second factor with a code of it. Answers the recovery codes, which exist nowhere else, and every session of
    /// the account but the present one ends; the present one counts as strong.
    pub async fn confirm(&self, live: &Live, code: &str) -> Result<Vec<String>, AccessError> {
        let (codes, kept) = totp::recovery();
        let now = self.wall.now();
        let account = self
            .alter(&live.account, |account| {
                let second = account.second.clone().filter(|second| !second.confirmed);
                let second = second.ok_or(AccessError::WrongState("begin a second factor first"))?;
                let secret = self.seal.open(&account.name, &second.sealed)?;
                let mut second = totp::take(&second, &secret, code, now).ok_or(AccessError::CodeUnfit)?;
                second.confirmed = true;
                second.recovery.clone_from(&kept);
                account.second = Some(second);
                Ok(())
            })
            .await?;
        if let Some((session, version)) = self.store.session(&live.key).await? {
            let session = SessionRecord {
                strong: true,
                ..session
            };
            self.store.put_session(&live.key, &session, version).await?;
        }
        self.end_others(live, &account).await?;
        Ok(codes)
    }

    /// Takes the second factor away, with a code of it or a recovery code.
    pub async fn remove_second_factor(&self, live: &Live, code: &str) -> Result<(), AccessError> {
        let now = self.wall.now();
        let account = self
            .alter(&live.account, |account| {
                let second = account.second.clone().filter(|second| second.confirmed);
                let second = second.ok_or(AccessError::WrongState("there is no second factor"))?;
                let secret = self.seal.open(&account.name, &second.sealed)?;
                totp::take(&second, &secret, code, now).ok_or(AccessError::CodeUnfit)?;
                account.second = None;
                Ok(())
            })
            .await?;
        self.end_others(live, &account).await
    }

    async fn end_others(&self, live: &Live, account: &Account) -> Result<(), AccessError> {
        let mut ended = self.hashes_of(&account.name).await?;
        ended.retain(|hash| **hash != *live.key);
        self.store.end(&ended, &[], Vec::new()).await?;
        self.changed(&account.name);
        Ok(())
    }

    /// The sessions of an account by their ids.
    pub async fn sessions(&self, account: &str) -> Result<Vec<(Uuid, SessionRecord)>, AccessError> {
        let (now, limits) = (self.wall.now(), self.settings.limits);
        let mut sessions = self.store.sessions_of(account).await?;
        sessions.retain(|(_, session)| session.lives(limits, now));
        Ok(sessions
            .into_iter()
            .map(|(hash, session)| (id_of(&hash), session))
            .collect())
    }

    /// Ends a session of an account at once.
    pub async fn end_session(&self, by: &Live, account: &str, id: Uuid) -> Result<(), AccessError> {
        let all = self.store.sessions_of(account).await?;
        let Some((hash, _)) = all.into_iter().find(|(hash, _)| id_of(hash) == id) else {
            return Err(AccessError::NotFound("session"));
        };
        let (found, _) = self.load_account(account).await?;
        let fact = self.fact(
            FactKind::SessionEnded,
            &by.actor,
            &found,
            serde_json::json!({ "session": id }),
        );
        let accounts = self.clone();
        to_the_end(async move {
            accounts.store.end(std::slice::from_ref(&hash), &[], vec![fact]).await?;
            accounts.cache.remove(&hash);
            accounts.tell();
            Ok(())
        })
        .await
    }

    /// An account with its version.
    pub(super) async fn load_account(&self, name: &str) -> Result<(Account, u64), AccessError> {
        self.store.account(name).await?.ok_or(AccessError::NotFound("account"))
    }

    /// Changes one's own account; decided anew when somebody else was faster.
    async fn alter(
        &self,
        name: &str,
        change: impl Fn(&mut Account) -> Result<(), AccessError>,
    ) -> Result<Account, AccessError> {
        for _ in 0..TRIES {
            let (mut account, version) = self.load_account(name).await?;
            change(&mut account)?;
            let fact = self.fact_of_self(FactKind::PersonChanged, &account);
            match self.store.change(&account, version, &[], &[], vec![fact]).await {
                Err(AccessError::Port(PortError::Conflict { .. })) => {}
                other => return other.map(|()| account),
            }
        }
        Err(AccessError::Busy)
    }
}
