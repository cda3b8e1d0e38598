//! The secret of a session, and the small cache that spares a look-up per request.

use crate::model::SessionLimits;
use kernel::actor::Actor;
use kernel::time::Timestamp;
use parking_lot::Mutex;
use policy::post::Post;
use policy::principal::Principal;
use rand::Rng;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// A live session, or an API token that is in use.
#[derive(Clone, Debug)]
pub struct Live {
    /// Who, with the rights of the post in which it acts.
    pub actor: Arc<Actor>,
    /// The same as the policy engine sees it.
    pub principal: Arc<Principal>,
    /// All posts of the account; an empty list: no right is valid now.
    pub posts: Arc<[Post]>,
    /// In which of them it acts.
    pub post: usize,
    /// With which account.
    pub account: String,
    /// The first password has not been changed yet.
    pub must_change: bool,
    /// A second factor protects the account.
    pub has_second_factor: bool,
    /// Sign-in, or when the token was made.
    pub since: Timestamp,
    /// Last request.
    pub seen: Timestamp,
    /// The last request that storage knows of.
    pub saved: Timestamp,
    /// When the token expires; `None` for a session, which has [`SessionLimits`].
    pub expires: Option<Timestamp>,
    /// When the first of the rights ends; what follows from them has to be made anew then.
    pub until: Option<Timestamp>,
    /// Where it is stored.
    pub(crate) key: Arc<str>,
}

impl Live {
    /// Whether it has not run out.
    pub fn lives(&self, limits: SessionLimits, now: Timestamp) -> bool {
        match self.expires {
            Some(expires) => now < expires,
            None => {
                now.since(self.since) < Duration::from_secs(limits.absolute_s)
                    && now.since(self.seen) < Duration::from_secs(limits.idle_s)
            }
        }
    }

    /// Whether it is an API token.
    pub fn is_token(&self) -> bool {
        self.expires.is_some()
    }

    /// Whether the rights are still the ones that it was made from.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// The id by which people name it.
    pub fn id(&self) -> uuid::Uuid {
        id_of(&self.key)
    }

    /// Whether storage should hear of this request, so that a restart does not lengthen the idle time: eight times per idle
    /// limit are enough.
    pub fn is_worth_saving(&self, limits: SessionLimits, now: Timestamp) -> bool {
        self.expires.is_none() && now.since(self.saved) >= Duration::from_secs(limits.idle_s) / 8
    }
}

/// Sessions in memory by hash of their secret; at most [`MAX_LIVE`], the longest unseen goes first.
#[derive(Default)]
pub struct Cache {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    live: HashMap<String, Live>,
    /// How many sessions were forgotten so far.
    era: u64,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cache({} sessions)", self.inside.lock().live.len())
    }
}

/// Most sessions that are kept in memory.
pub const MAX_LIVE: usize = 10_000;

impl Cache {
    /// The session as it was before this request; one that still lives is marked as seen now, and as saved when this request
    /// is worth saving, so that exactly one request saves it.
    pub fn touch(&self, hash: &str, limits: SessionLimits, now: Timestamp) -> Option<Live> {
        let mut inside = self.inside.lock();
        let session = inside.live.get_mut(hash).filter(|session| session.is_fresh(now))?;
        let before = session.clone();
        if before.lives(limits, now) {
            session.seen = session.seen.max(now);
            if before.is_worth_saving(limits, now) {
                session.saved = now;
            }
        }
        Some(before)
    }

    /// To be read before a session is loaded, and given to [`Cache::put`].
    pub fn era(&self) -> u64 {
        self.inside.lock().era
    }

    /// Remembers a session that was loaded in `era`. If any session ended since, this one may be it: nothing is kept then.
    pub fn put(&self, hash: String, session: Live, era: u64) {
        let mut inside = self.inside.lock();
        if inside.era != era {
            return;
        }
        if inside.live.len() >= MAX_LIVE && !inside.live.contains_key(&hash) {
            let oldest = inside
                .live
                .iter()
                .min_by_key(|(_, session)| session.seen)
                .map(|(hash, _)| hash.clone());
            oldest.and_then(|hash| inside.live.remove(&hash));
        }
        inside.live.insert(hash, session);
    }

    /// Forgets all sessions and tokens of an account, whose rights have changed.
    pub fn remove_of(&self, account: &str) {
        let mut inside = self.inside.lock();
        inside.era += 1;
        inside.live.retain(|_, live| live.account != account);
    }

    /// Forgets a session.
    pub fn remove(&self, hash: &str) {
        let mut inside = self.inside.lock();
        inside.era += 1;
        inside.live.remove(hash);
    }
}

/// 32 random bytes in hex: what the cookie carries.
pub fn new_secret() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill(&mut bytes);
    hex(&bytes)
}

/// How every API token begins, so that scanners of leaked secrets recognise it.
pub const TOKEN_PREFIX: &str = "hioc_";

/// The id by which people name a session, from where it is stored; it says nothing of the secret.
pub fn id_of(key: &str) -> uuid::Uuid {
    kernel::id::derived(&[b"session", key.as_bytes()])
}

/// What is stored of a secret.
pub fn hash_of(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::id::TenantId;

    const LIMITS: SessionLimits = SessionLimits {
        idle_s: 80,
        absolute_s: 1_000,
    };

    fn session(seen: i64) -> Live {
        let seen = Timestamp::from_seconds(seen);
        let actor = Arc::new(Actor::service("test", &TenantId::new("gov").unwrap()));
        Live {
            actor,
            principal: Arc::new(Principal::anonymous()),
            posts: Arc::new([]),
            post: 0,
            account: "truc-ban".into(),
            must_change: false,
            has_second_factor: false,
            since: seen,
            seen,
            saved: seen,
            expires: None,
            until: None,
            key: "".into(),
        }
    }

    #[test]
    fn a_session_that_ended_while_it_was_loaded_does_not_come_back() {
        let cache = Cache::default();
        let era = cache.era();
        cache.remove("a");
        cache.put("a".into(), session(0), era);
        assert!(cache.touch("a", LIMITS, Timestamp::EPOCH).is_none());
    }

    #[test]
    fn the_longest_unseen_makes_room() {
        let cache = Cache::default();
        for number in 0..=MAX_LIVE {
            cache.put(number.to_string(), session(number as i64), cache.era());
        }
        assert!(cache.touch("0", LIMITS, Timestamp::EPOCH).is_none());
        assert!(cache.touch("1", LIMITS, Timestamp::EPOCH).is_some());
        assert_eq!(format!("{cache:?}"), format!("Cache({MAX_LIVE} sessions)"));
    }

    #[test]
    fn rights_that_end_and_accounts_that_change_are_looked_up_again() {
        let cache = Cache::default();
        let at = Timestamp::from_seconds;
        let ending = Live {
            until: Some(at(5)),
            ..session(0)
        };
        cache.put("a".into(), ending, cache.era());
        assert!(cache.touch("a", LIMITS, at(4)).is_some());
        assert!(cache.touch("a", LIMITS, at(5)).is_none());
        cache.put("b".into(), session(0), cache.era());
        let era = cache.era();
        cache.remove_of("truc-ban");
        assert!(cache.touch("b", LIMITS, at(1)).is_none());
        cache.put("b".into(), session(0), era);
        assert!(
            cache.touch("b", LIMITS, at(1)).is_none(),
            "it was loaded before the change"
        );
    }

    #[test]
    fn one_request_saves_and_a_dead_session_is_not_woken() {
        let cache = Cache::default();
        cache.put("a".into(), session(0), cache.era());
        let at = Timestamp::from_seconds;
        assert!(!cache.touch("a", LIMITS, at(9)).unwrap().is_worth_saving(LIMITS, at(9)));
        assert!(
            cache
                .touch("a", LIMITS, at(10))
                .unwrap()
                .is_worth_saving(LIMITS, at(10))
        );
        assert!(
            !cache
                .touch("a", LIMITS, at(10))
                .unwrap()
                .is_worth_saving(LIMITS, at(10))
        );
        for _ in 0..2 {
            assert!(!cache.touch("a", LIMITS, at(90)).unwrap().lives(LIMITS, at(90)));
        }
    }
}
