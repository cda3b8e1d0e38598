//! What is done for security to accounts, tokens and sessions, once the caller has decided that it may: at once, and so that
//! it can be taken back as far as that is possible.

use super::{Accounts, TRIES, to_the_end};
use crate::error::AccessError;
use crate::fact::Kind as FactKind;
use crate::model::Account;
use crate::record::TokenRecord;
use crate::session::{Live, id_of};
use kernel::actor::Actor;
use kernel::time::Timestamp;
use policy::action::Action;
use ports::error::PortError;
use serde_json::json;
use uuid::Uuid;

impl Accounts {
    /// An account upon which this action is permitted to the one who asks. One that lies out of reach is not there.
    pub async fn within_reach(&self, by: &Live, action: Action, name: &str) -> Result<Account, AccessError> {
        let (account, _) = self.load_account(name).await?;
        if !self.reaches(by, action, &account) {
            return Err(AccessError::NotFound("account"));
        }
        self.may(by, action, None, Some(account.person))?;
        Ok(account)
    }

    /// The token behind a live one, as people name it; none for a session or a token that has just ended.
    pub async fn token_behind(&self, live: &Live) -> Result<Option<TokenRecord>, AccessError> {
        if !live.is_token() {
            return Ok(None);
        }
        self.store.token(&live.key).await
    }

    /// A token of an account with the hash under which it is kept. The hash is for [`Self::take_token`] and
    /// [`Self::return_token`] and is never shown.
    pub async fn token_of(&self, account: &str, id: Uuid) -> Result<Option<(String, TokenRecord)>, AccessError> {
        let all = self.store.tokens_of(account).await?;
        Ok(all.into_iter().find(|(_, token)| token.id == id))
    }

    /// Whether an account has this session.
    pub async fn has_session(&self, account: &str, id: Uuid) -> Result<bool, AccessError> {
        let all = self.store.sessions_of(account).await?;
        Ok(all.iter().any(|(hash, _)| id_of(hash) == id))
    }

    /// Holds an account from `at` on: its sessions end, its tokens open nothing and stay. Done twice it changes nothing.
    pub async fn hold(&self, by: &Actor, name: &str, at: Timestamp) -> Result<(), AccessError> {
        for _ in 0..TRIES {
            let (mut account, version) = self.load_account(name).await?;
            let sessions = self.hashes_of(name).await?;
            let ends = account.ended.is_none_or(|ended| ended > at);
            if !ends && sessions.is_empty() {
                self.changed(name);
                return Ok(());
            }
            if ends {
                account.ended = Some(at);
            }
            match self.store_held(by, account, version, sessions).await {
                Err(AccessError::Port(PortError::Conflict { .. })) => {}
                other => return other,
            }
        }
        Err(AccessError::Busy)
    }

    /// Lets an account go that was held from `at` on: it stands as `before`. `false` when somebody has changed its end since;
    /// then nothing is touched.
    pub async fn release(
        &self,
        by: &Actor,
        name: &str,
        at: Timestamp,
        before: Option<Timestamp>,
    ) -> Result<bool, AccessError> {
        for _ in 0..TRIES {
            let (mut account, version) = self.load_account(name).await?;
            if account.ended != Some(at) {
                return Ok(false);
            }
            account.ended = before;
            match self.store_held(by, account, version, Vec::new()).await {
                Err(AccessError::Port(PortError::Conflict { .. })) => {}
                other => return other.map(|()| true),
            }
        }
        Err(AccessError::Busy)
    }

    async fn store_held(
        &self,
        by: &Actor,
        account: Account,
        version: u64,
        sessions: Vec<String>,
    ) -> Result<(), AccessError> {
        let fact = self.fact(FactKind::PersonChanged, by, &account, json!({ "ended": account.ended }));
        let accounts = self.clone();
        to_the_end(async move {
            accounts
                .store
                .change(&account, version, &sessions, &[], vec![fact])
                .await?;
            accounts.changed(&account.name);
            Ok(())
        })
        .await
    }

    /// Takes a token away at once; the caller keeps what [`Self::token_of`] gave. Done twice it changes nothing.
    pub async fn take_token(&self, by: &Actor, hash: &str, token: &TokenRecord) -> Result<(), AccessError> {
        let (account, _) = self.load_account(&token.account).await?;
        let told = match self.store.token(hash).await? {
            Some(_) => vec![self.fact(FactKind::TokenEnded, by, &account, json!({ "token": token.id }))],
            None => Vec::new(),
        };
        let (accounts, hash) = (self.clone(), hash.to_owned());
        to_the_end(async move {
            accounts.store.end(&[], std::slice::from_ref(&hash), told).await?;
            accounts.cache.remove(&hash);
            accounts.tell();
            Ok(())
        })
        .await
    }

    /// Gives a token back as it was. `false` when it has run out meanwhile, or is there already.
    pub async fn return_token(&self, by: &Actor, hash: &str, token: &TokenRecord) -> Result<bool, AccessError> {
        if token.expires <= self.wall.now() {
            return Ok(false);
        }
        let (account, _) = self.load_account(&token.account).await?;
        let told = json!({ "token": token.id, "actions": token.actions, "expires": token.expires });
        let fact = self.fact(FactKind::TokenMade, by, &account, told);
        match self.store.put_token(hash, token, fact).await {
            Err(AccessError::Port(PortError::Conflict { .. })) => Ok(false),
            other => other.map(|()| true),
        }
    }

    /// Ends a session at once, with whatever is open in it. Done twice it changes nothing.
    pub async fn cut_session(&self, by: &Actor, account: &str, id: Uuid) -> Result<(), AccessError> {
        let all = self.store.sessions_of(account).await?;
        let Some((hash, _)) = all.into_iter().find(|(hash, _)| id_of(hash) == id) else {
            return Ok(());
        };
        let (found, _) = self.load_account(account).await?;
        let fact = self.fact(FactKind::SessionEnded, by, &found, json!({ "session": id }));
        let accounts = self.clone();
        to_the_end(async move {
            accounts.store.end(std::slice::from_ref(&hash), &[], vec![fact]).await?;
            accounts.cache.remove(&hash);
            accounts.tell();
            Ok(())
        })
        .await
    }
}
