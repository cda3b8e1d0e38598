//! API tokens: for scripts of people and for other systems. Made for some actions, for some time, and shown once.

use super::{Accounts, to_the_end};
use crate::denied::Denied;
use crate::error::AccessError;
use crate::fact::Kind as FactKind;
use crate::model::{Account, Kind};
use crate::record::TokenRecord;
use crate::session::{Live, TOKEN_PREFIX, hash_of, new_secret};
use kernel::actor::Actor;
use kernel::fact::Fact;
use kernel::time::Timestamp;
use policy::action::Action;
use policy::compiled::Table;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;
use uuid::Uuid;

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What it is for, 1 to 80 characters.
    pub title: String,
    /// What it may do; never more than the account.
    pub actions: BTreeSet<Action>,
    /// From then on it opens nothing; at most a year ahead.
    pub expires: Timestamp,
}

/// Longest life of a token.
pub(super) const MAX_LIFE_S: u64 = 366 * 86_400;
/// Most tokens of an account.
pub(super) const MAX_TOKENS: usize = 32;
/// Acts that no token does: whoever found one could make it last.
const NEVER: [Action; 8] = [
    Action::AccountKeep,
    Action::SessionSwitch,
    Action::PersonKeep,
    Action::RightKeep,
    Action::SessionKeep,
    Action::TokenKeep,
    Action::ServiceKeep,
    Action::EmergencyUnlock,
];

impl Accounts {
    /// Makes a token of the own account. Its secret exists only in the answer.
    pub async fn make_token(&self, live: &Live, new: NewToken) -> Result<(String, TokenRecord), AccessError> {
        let (account, _) = self.load_account(&live.account).await?;
        self.make(live, &account, new).await
    }

    /// Makes a token of a service account.
    pub async fn make_service_token(
        &self,
        by: &Live,
        name: &str,
        new: NewToken,
    ) -> Result<(String, TokenRecord), AccessError> {
        let (account, _) = self.wholly(by, Action::ServiceKeep, name).await?;
        if account.kind != Kind::Service || account.ended.is_some() {
            return Err(AccessError::WrongState(
                "people make their tokens themselves; this takes a service account",
            ));
        }
        self.make(by, &account, new).await
    }

    async fn make(&self, by: &Live, account: &Account, new: NewToken) -> Result<(String, TokenRecord), AccessError> {
        let now = self.wall.now();
        if by.is_token() {
            let (vi, en) = (
                "mã API không tạo được mã API; hãy đăng nhập",
                "a token makes no tokens; sign in",
            );
            return Err(Box::new(Denied::because(Action::AccountKeep, "token_scope", vi, en)).into());
        }
        if !(1..=80).contains(&new.title.chars().count()) || new.title.chars().any(char::is_control) {
            return Err(AccessError::Invalid(
                "title has 1 to 80 characters and says what the token is for".into(),
            ));
        }
        if new.expires <= now || new.expires > now.plus(Duration::from_secs(MAX_LIFE_S)) {
            return Err(AccessError::Invalid("expires lies ahead, and at most 366 days".into()));
        }
        if new.actions.is_empty() {
            return Err(AccessError::Invalid("actions names at least one action".into()));
        }
        if let Some(action) = new.actions.iter().find(|action| NEVER.contains(action)) {
            return Err(AccessError::Invalid(format!(
                "no token does '{action}'; that takes somebody who signed in"
            )));
        }
        let roles: BTreeSet<&str> = account.rights.iter().map(|right| right.role.as_str()).collect();
        let beyond = new
            .actions
            .iter()
            .find(|action| !Table::here().permits(roles.iter().copied(), **action));
        if let Some(action) = beyond {
            return Err(AccessError::Invalid(format!(
                "the account itself may not do '{action}'"
            )));
        }
        if self.store.tokens_of(&account.name).await?.len() >= MAX_TOKENS {
            return Err(AccessError::WrongState("the account has 32 tokens; end one first"));
        }
        let secret = format!("{TOKEN_PREFIX}{}", new_secret());
        let token = TokenRecord {
            format: TokenRecord::FORMAT,
            id: Uuid::now_v7(),
            account: account.name.clone(),
            title: new.title,
            actions: new.actions.iter().map(|action| action.code().to_owned()).collect(),
            at: now,
            by: by.actor.id.clone(),
            expires: new.expires,
            strong: by.principal.strong,
        };
        let told = json!({ "token": token.id, "actions": token.actions, "expires": token.expires });
        let fact = self.fact(FactKind::TokenMade, &by.actor, account, told);
        self.store.put_token(&hash_of(&secret), &token, fact).await?;
        Ok((secret, token))
    }

    /// The tokens of an account.
    pub async fn tokens(&self, account: &str) -> Result<Vec<TokenRecord>, AccessError> {
        let tokens = self.store.tokens_of(account).await?;
        Ok(tokens.into_iter().map(|(_, token)| token).collect())
    }

    /// Ends a token of somebody else at once.
    pub async fn end_token_of(&self, by: &Live, account: &str, id: &str) -> Result<(), AccessError> {
        let (account, _) = self.theirs(by, Action::TokenKeep, account).await?;
        let id = id.parse().map_err(|_| AccessError::NotFound("token"))?;
        self.end_token(by, &account.name, id).await
    }

    /// Ends a token at once; of one's own, or after [`Self::end_token_of`] has asked.
    pub async fn end_token(&self, by: &Live, account: &str, id: Uuid) -> Result<(), AccessError> {
        let all = self.store.tokens_of(account).await?;
        let Some((hash, _)) = all.into_iter().find(|(_, token)| token.id == id) else {
            return Err(AccessError::NotFound("token"));
        };
        let (found, _) = self.load_account(account).await?;
        let fact = self.fact(FactKind::TokenEnded, &by.actor, &found, json!({ "token": id }));
        let accounts = self.clone();
        to_the_end(async move {
            accounts.store.end(&[], std::slice::from_ref(&hash), vec![fact]).await?;
            accounts.cache.remove(&hash);
            accounts.tell();
            Ok(())
        })
        .await
    }

    /// The tokens that end with the password of an account, and the facts that tell of it.
    pub(super) async fn ending_tokens(
        &self,
        by: &Actor,
        account: &Account,
    ) -> Result<(Vec<String>, Vec<Fact>), AccessError> {
        let tokens = self.store.tokens_of(&account.name).await?;
        let fact = |token: &TokenRecord| self.fact(FactKind::TokenEnded, by, account, json!({ "token": token.id }));
        let facts = tokens.iter().map(|(_, token)| fact(token)).collect();
        Ok((tokens.into_iter().map(|(hash, _)| hash).collect(), facts))
    }

    pub(super) async fn token_hashes_of(&self, account: &str) -> Result<Vec<String>, AccessError> {
        let tokens = self.store.tokens_of(account).await?;
        Ok(tokens.into_iter().map(|(hash, _)| hash).collect())
    }
}
