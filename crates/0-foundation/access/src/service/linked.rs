//! Who somebody is at another provider: linked with an account by those who keep accounts, and signed in by it. Nobody gets an
//! account by coming from a provider.

use super::{Accounts, TRIES, to_the_end};
use crate::decide;
use crate::error::AccessError;
use crate::fact::Kind as FactKind;
use crate::model::{Account, Kind, Link, MAX_LINKS};
use crate::oidc::providers::Providers;
use crate::oidc::turned::Turned;
use crate::record::SessionRecord;
use crate::service::emergency::EMERGENCY;
use crate::session::{Live, hash_of};
use policy::action::Action;
use ports::error::PortError;
use serde_json::json;
use uuid::Uuid;

/// What a provider says of somebody who signed in there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Code of the provider in the configuration.
    pub provider: String,
    /// The provider's own name.
    pub issuer: String,
    /// Which claim says who it is.
    pub claim: String,
    /// What that claim says.
    pub subject: String,
    /// More than a password was shown there.
    pub strong: bool,
}

/// Where a link is stored: by its issuer, so that another provider under the same code opens nothing.
pub fn key(issuer: &str, claim: &str, subject: &str) -> String {
    hash_of(&json!([issuer, claim, subject]).to_string())
}

impl Accounts {
    /// Links an account of somebody else with a name at a provider. Who that is at the provider signs in with it from then on.
    pub async fn link(
        &self,
        by: &Live,
        name: &str,
        providers: &Providers,
        (provider, subject): (&str, &str),
    ) -> Result<Account, AccessError> {
        for _ in 0..TRIES {
            let (mut account, version) = self.wholly(by, Action::PersonKeep, name).await?;
            let provider = providers.get(provider).ok_or_else(|| {
                let known: Vec<&str> = providers.all().map(|one| one.id.as_str()).collect();
                AccessError::Invalid(format!(
                    "provider '{provider}' is not configured here; write one of: {}",
                    known.join(", ")
                ))
            })?;
            if !(1..=255).contains(&subject.len()) || subject.chars().any(char::is_control) {
                return Err(AccessError::Invalid(
                    "subject has 1 to 255 bytes, exactly as the provider writes it".into(),
                ));
            }
            if account.kind == Kind::Service || account.name == EMERGENCY {
                return Err(AccessError::WrongState(
                    "service accounts and the emergency account are linked with no provider",
                ));
            }
            if account.links.len() >= MAX_LINKS {
                return Err(AccessError::WrongState("the account has 8 links; take one away first"));
            }
            let (issuer, claim) = (provider.flow.issuer(), provider.flow.claim());
            let key = key(issuer, claim, subject);
            if self.store.link(&key).await?.is_some() {
                return Err(AccessError::WrongState(
                    "an account is linked with this name at the provider already; one name opens one account",
                ));
            }
            let link = Link {
                id: Uuid::now_v7(),
                provider: provider.id.clone(),
                issuer: issuer.to_owned(),
                claim: claim.to_owned(),
                subject: subject.to_owned(),
                by: by.actor.id.clone(),
                at: self.wall.now(),
            };
            let told = json!({ "link": link.id, "provider": link.provider });
            let fact = self.fact(FactKind::LinkMade, &by.actor, &account, told);
            account.links.push(link);
            match self.store.change_link(&account, version, (&key, true), &[], fact).await {
                Err(AccessError::Port(PortError::Conflict { .. })) => {}
                other => return other.map(|()| account),
            }
        }
        Err(AccessError::Busy)
    }

    /// Takes a link away. Sessions that came from its provider end at once.
    pub async fn unlink(&self, by: &Live, name: &str, id: &str) -> Result<Account, AccessError> {
        for _ in 0..TRIES {
            let (mut account, version) = self.wholly(by, Action::PersonKeep, name).await?;
            let at = account.links.iter().position(|link| link.id.to_string() == id);
            let link = account.links.remove(at.ok_or(AccessError::NotFound("link"))?);
            let key = key(&link.issuer, &link.claim, &link.subject);
            let sessions = self.store.sessions_of(name).await?.into_iter();
            let sessions: Vec<String> = sessions
                .filter(|(_, session)| session.provider.as_ref() == Some(&link.provider))
                .map(|(hash, _)| hash)
                .collect();
            let told = json!({ "link": link.id, "provider": link.provider });
            let fact = self.fact(FactKind::LinkEnded, &by.actor, &account, told);
            let (accounts, changed) = (self.clone(), account.clone());
            let written = to_the_end(async move {
                let store = &accounts.store;
                store
                    .change_link(&changed, version, (&key, false), &sessions, fact)
                    .await?;
                accounts.changed(&changed.name);
                Ok(())
            });
            match written.await {
                Err(AccessError::Port(PortError::Conflict { .. })) => {}
                other => return other.map(|()| account),
            }
        }
        Err(AccessError::Busy)
    }

    /// Opens a session for somebody whom a provider vouches for. A rest after wrong passwords does not hold it up: no password
    /// was shown.
    pub async fn open_linked(&self, who: &Foreign, from: &str) -> Result<(String, Live), AccessError> {
        let (accounts, who, from) = (self.clone(), who.clone(), from.chars().take(80).collect::<String>());
        to_the_end(async move {
            for _ in 0..TRIES {
                let now = accounts.wall.now();
                let (account, version) = accounts.linked_with(&who).await?;
                if account.ended.is_some_and(|at| at <= now) {
                    return Err(Turned::Ended.into());
                }
                if account.has_second_factor() && !who.strong {
                    return Err(Turned::Weak.into());
                }
                let sessions = accounts.store.sessions_of(&account.name).await?;
                let ended = decide::spent(sessions, accounts.settings.limits, now);
                let begun = SessionRecord {
                    strong: who.strong,
                    from: from.clone(),
                    provider: Some(who.provider.clone()),
                    ..SessionRecord::new(&account.name, now)
                };
                match accounts.begin(&account, version, &ended, begun).await {
                    Err(AccessError::Port(PortError::Conflict { .. })) => {}
                    other => return other,
                }
            }
            Err(AccessError::Busy)
        })
        .await
    }

    /// The account of a link; both ends of it have to name each other.
    async fn linked_with(&self, who: &Foreign) -> Result<(Account, u64), AccessError> {
        let key = key(&who.issuer, &who.claim, &who.subject);
        let Some(link) = self.store.link(&key).await? else {
            return Err(Turned::Unlinked.into());
        };
        let found = self.store.account(&link.account).await?;
        let same = |link: &Link| {
            (&link.issuer, &link.claim, &link.subject) == (&who.issuer, &who.claim, &who.subject)
                && link.provider == who.provider
        };
        found
            .filter(|(account, _)| account.links.iter().any(same))
            .ok_or_else(|| Turned::Unlinked.into())
    }
}
