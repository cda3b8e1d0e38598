//! From what is stored to what a request carries: who asks, in which post, with which scope; and the news of changes.

use super::Accounts;
use super::emergency::EMERGENCY;
use crate::error::AccessError;
use crate::model::{Account, Kind};
use crate::record::{Place, SessionRecord, TokenRecord};
use crate::session::{Live, TOKEN_PREFIX, hash_of};
use kernel::actor::{Actor, Grant, Scope};
use kernel::classification::Classification;
use kernel::time::Timestamp;
use policy::action::Action;
use policy::post::{Ceiling, Post, posts};
use policy::principal::Principal;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Longest time between two looks at an open stream's rights when nothing is announced; its session may have run out.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

impl Accounts {
    /// Who holds this secret of a session or an API token, if it still lives.
    pub async fn authenticate(&self, secret: &str) -> Result<Option<Live>, AccessError> {
        self.holder(&hash_of(secret), secret.starts_with(TOKEN_PREFIX)).await
    }

    async fn holder(&self, key: &str, is_token: bool) -> Result<Option<Live>, AccessError> {
        let (now, limits) = (self.wall.now(), self.settings.limits);
        let live = match self.cache.touch(key, limits, now) {
            Some(live) => live,
            None => {
                let era = self.cache.era();
                let Some(live) = self.load(key, is_token).await? else {
                    return Ok(None);
                };
                if live.lives(limits, now) {
                    let saved = if live.is_worth_saving(limits, now) {
                        now
                    } else {
                        live.saved
                    };
                    let seen = Live {
                        seen: now,
                        saved,
                        ..live.clone()
                    };
                    self.cache.put(key.to_owned(), seen, era);
                }
                live
            }
        };
        if !live.lives(limits, now) {
            self.cache.remove(key);
            if is_token {
                self.store.end(&[], &[key.to_owned()], Vec::new()).await?;
            } else {
                self.store.delete_session(key).await?;
            }
            return Ok(None);
        }
        if live.is_worth_saving(limits, now)
            && let Err(error) = self.store.save_seen(key, now).await
        {
            // the session lives on in memory; only a restart would end it somewhat early
            tracing::warn!(%error, "the last request of a session could not be saved");
        }
        Ok(Some(live))
    }

    async fn load(&self, key: &str, is_token: bool) -> Result<Option<Live>, AccessError> {
        if is_token {
            let Some(token) = self.store.token(key).await? else {
                return Ok(None);
            };
            let account = self.standing(&token.account).await?;
            return Ok(account.map(|account| self.live_token(&account, key, &token)));
        }
        let Some((session, _)) = self.store.session(key).await? else {
            return Ok(None);
        };
        let account = self.standing(&session.account).await?;
        Ok(account.map(|account| self.live_session(&account, key, &session)))
    }

    /// An account that has not ended; that of emergencies ends by the clock.
    async fn standing(&self, name: &str) -> Result<Option<Account>, AccessError> {
        let now = self.wall.now();
        let found = self.store.account(name).await?.map(|(account, _)| account);
        Ok(found.filter(|account| account.ended.is_none_or(|at| now < at)))
    }

    pub(super) fn live_session(&self, account: &Account, key: &str, session: &SessionRecord) -> Live {
        // the emergency account was opened by two people, which is more than a second factor
        let strong = session.strong || !self.settings.second_factor || account.name == EMERGENCY;
        let mut live = self.live(account, key, session.post.as_ref(), strong, None);
        // who came from a provider showed no password that somebody else knows
        live.must_change = account.must_change && session.provider.is_none();
        live.since = session.since;
        live.seen = session.seen.unwrap_or(session.since);
        live.saved = live.seen;
        live
    }

    fn live_token(&self, account: &Account, key: &str, token: &TokenRecord) -> Live {
        let actions: BTreeSet<Action> = token.actions.iter().filter_map(|code| code.parse().ok()).collect();
        let strong = token.strong || account.kind == Kind::Service || !self.settings.second_factor;
        let mut live = self.live(account, key, None, strong, Some(actions));
        live.since = token.at;
        live.expires = Some(token.expires);
        // nobody changes a first password with a token
        live.must_change = account.must_change;
        live
    }

    fn live(
        &self,
        account: &Account,
        key: &str,
        place: Option<&Place>,
        strong: bool,
        token: Option<BTreeSet<Action>>,
    ) -> Live {
        let now = self.wall.now();
        let assignments: Vec<_> = account.rights.iter().map(|right| right.assignment()).collect();
        let posts = posts(&assignments, now);
        let chosen = place.and_then(|place| {
            let same = |post: &Post| post.org == place.org && post.area == place.area;
            posts.iter().position(same)
        });
        let post = chosen.unwrap_or(0);
        let until = posts.iter().filter_map(|post| post.until).chain(account.ended).min();
        let id = account.actor_id();
        let (principal, scope) = match posts.get(post) {
            Some(post) => {
                let ceiling = self.ceiling(account);
                (
                    Principal::in_post(id.clone(), post, ceiling),
                    post.scope(&self.tenant, self.engine.ground(), ceiling),
                )
            }
            None => (
                Principal {
                    id: id.clone(),
                    roles: BTreeSet::new(),
                    ..Principal::anonymous()
                },
                self.blind(),
            ),
        };
        let actor = Actor {
            id,
            roles: principal.roles.clone(),
            scope,
        };
        Live {
            actor: Arc::new(actor),
            principal: Arc::new(Principal {
                token,
                strong,
                ..principal
            }),
            posts: posts.into(),
            post,
            account: account.name.clone(),
            must_change: account.must_change,
            has_second_factor: account.has_second_factor(),
            since: Timestamp::EPOCH,
            seen: now,
            saved: now,
            expires: None,
            until,
            key: key.into(),
        }
    }

    /// How far a person and the instance go at all.
    pub(super) fn ceiling(&self, account: &Account) -> Ceiling {
        Ceiling {
            person: account.clearance,
            instance: self.settings.max_classification,
        }
    }

    /// The scope of somebody without any valid right.
    fn blind(&self) -> Scope {
        Scope {
            tenant: self.tenant.clone(),
            orgs: Grant::none(),
            areas: Grant::none(),
            max_classification: Classification::Public,
            purposes: Grant::none(),
        }
    }

    /// The rights or the account itself changed: what memory knows of it is forgotten, and open streams look again.
    pub(super) fn changed(&self, account: &str) {
        self.cache.remove_of(account);
        self.tell();
    }

    /// Wakes open streams.
    pub(super) fn tell(&self) {
        self.news.send_modify(|count| *count += 1);
    }

    /// Resolves when the session or token has ended, or its rights are no longer the ones that `live` has. Open streams end
    /// then; a client that may go on comes back with its new rights.
    pub async fn lost(&self, live: &Live) {
        let mut news = self.news.subscribe();
        loop {
            news.mark_unchanged();
            match self.holder(&live.key, live.is_token()).await {
                Ok(Some(now)) if now.actor == live.actor && now.principal == live.principal => {}
                // what cannot be told is no right
                _ => return,
            }
            let _ = tokio::time::timeout(LOOK_AGAIN, news.changed()).await;
        }
    }
}

impl Live {
    /// Organisation and area of the post in which it acts.
    pub fn place(&self) -> Option<Place> {
        self.posts.get(self.post).map(|post| Place {
            org: post.org.clone(),
            area: post.area.clone(),
        })
    }

    /// The other posts as the engine sees them, with their numbers.
    pub fn others(&self, ceiling: Ceiling) -> Vec<(usize, Principal)> {
        let posts = self.posts.iter().enumerate().filter(|(number, _)| *number != self.post);
        posts
            .map(|(number, post)| {
                let other = Principal::in_post(self.actor.id.clone(), post, ceiling);
                let other = Principal {
                    token: self.principal.token.clone(),
                    strong: self.principal.strong,
                    ..other
                };
                (number, other)
            })
            .collect()
    }
}
