//! The post in which people act, and sessions: one's own, and those of others.

use super::{Accounts, TRIES, to_the_end};
use crate::error::AccessError;
use crate::fact::Kind as FactKind;
use crate::model::Account;
use crate::record::{Place, SessionRecord};
use crate::session::{Live, id_of};
use policy::action::Action;
use ports::error::PortError;
use uuid::Uuid;

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

    /// Ends a session of somebody else at once.
    pub async fn end_session_of(&self, by: &Live, account: &str, id: &str) -> Result<(), AccessError> {
        let (account, _) = self.theirs(by, Action::SessionKeep, account).await?;
        let id = id.parse().map_err(|_| AccessError::NotFound("session"))?;
        self.end_session(by, &account.name, id).await
    }

    /// Ends a session of an account at once; of one's own, or after [`Self::end_session_of`] has asked.
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
}
