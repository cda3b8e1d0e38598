//! Changing one's own password, and the one that an operator gives. What the old password opened ends with it.

use super::{Accounts, TRIES, to_the_end};
use crate::error::AccessError;
use crate::password;
use crate::record::SessionRecord;
use crate::session::{Live, hash_of, new_secret};
use ports::error::PortError;
use std::sync::Arc;

impl Accounts {
    /// Changes the password and ends every session and API token of the account; a new session begins, `from` where this is
    /// asked. Answers how many tokens ended. Wrong old passwords count like wrong sign-ins, so a stolen session cannot be used
    /// to guess.
    pub async fn change_password(
        &self,
        live: &Live,
        old: String,
        new: String,
        from: &str,
    ) -> Result<(String, Live, usize), AccessError> {
        password::check(&new, &live.account)?;
        if old == new {
            return Err(AccessError::PasswordUnfit(
                "the new password is the old one; choose another",
            ));
        }
        let (accounts, name) = (self.clone(), live.account.clone());
        // as it was shown, not as the configuration lets it count now
        let before = self.store.session(&live.key).await?;
        let begun = SessionRecord {
            strong: before.is_some_and(|(session, _)| session.strong),
            post: live.place(),
            from: from.chars().take(80).collect(),
            ..SessionRecord::new(&name, self.wall.now())
        };
        let by = Arc::clone(&live.actor);
        to_the_end(async move {
            let (mut judged, mut stored) = (None, None);
            for _ in 0..TRIES {
                let (mut account, version) = accounts.verify_password(&name, &old, &mut judged).await?;
                if stored.is_none() {
                    stored = Some(accounts.passwords.hash(new.clone()).await?);
                }
                account.password = stored.clone().unwrap_or_default();
                account.must_change = false;
                let sessions = accounts.hashes_of(&name).await?;
                let (tokens, facts) = accounts.ending_tokens(&by, &account).await?;
                let secret = new_secret();
                let hash = hash_of(&secret);
                let ended = (&sessions[..], &tokens[..]);
                let written = accounts
                    .store
                    .begin_anew(&account, version, ended, (&hash, &begun), facts);
                match written.await {
                    Err(AccessError::Port(PortError::Conflict { .. })) => continue,
                    other => other?,
                }
                accounts.changed(&name);
                return Ok((secret, accounts.live_session(&account, &hash, &begun), tokens.len()));
            }
            Err(AccessError::Busy)
        })
        .await
    }

    /// Gives an existing account a new random password, takes its second factor away and ends its sessions and API tokens; for
    /// the operator on the machine.
    pub async fn reset_password(&self, name: &str) -> Result<Option<String>, AccessError> {
        let Some((mut account, version)) = self.store.account(name).await? else {
            return Ok(None);
        };
        let password = password::generate();
        account.password = self.passwords.hash(password.clone()).await?;
        (account.must_change, account.failures, account.locked_until) = (true, 0, None);
        account.second = None;
        let (sessions, tokens) = (self.hashes_of(name).await?, self.token_hashes_of(name).await?);
        self.store
            .change(&account, version, &sessions, &tokens, Vec::new())
            .await?;
        self.changed(name);
        Ok(Some(password))
    }
}
