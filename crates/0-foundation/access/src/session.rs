//! The secret of a session, and the small cache that spares a look-up per request.

use crate::model::SessionLimits;
use kernel::actor::Actor;
use kernel::time::Timestamp;
use parking_lot::Mutex;
use rand::Rng;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// A live session.
#[derive(Clone, Debug)]
pub struct Live {
    /// Who.
    pub actor: Arc<Actor>,
    /// With which account.
    pub account: String,
    /// The first password has not been changed yet.
    pub must_change: bool,
    /// Sign-in.
    pub since: Timestamp,
    /// Last request.
    pub seen: Timestamp,
    /// The last request that storage knows of.
    pub saved: Timestamp,
}

impl Live {
    /// Whether it has not run out.
    pub fn lives(&self, limits: SessionLimits, now: Timestamp) -> bool {
        now.since(self.since) < Duration::from_secs(limits.absolute_s)
            && now.since(self.seen) < Duration::from_secs(limits.idle_s)
    }

    /// Whether storage should hear of this request, so that a restart does not lengthen the idle time: eight times per idle
    /// limit are enough.
    pub fn is_worth_saving(&self, limits: SessionLimits, now: Timestamp) -> bool {
        now.since(self.saved) >= Duration::from_secs(limits.idle_s) / 8
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
        let session = inside.live.get_mut(hash)?;
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
            account: "truc-ban".into(),
            must_change: false,
            since: seen,
            seen,
            saved: seen,
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
