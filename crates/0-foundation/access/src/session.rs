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
}

impl Live {
    /// Whether it has not run out.
    pub fn lives(&self, limits: SessionLimits, now: Timestamp) -> bool {
        now.since(self.since) < Duration::from_secs(limits.absolute_s)
            && now.since(self.seen) < Duration::from_secs(limits.idle_s)
    }
}

/// Sessions in memory by hash of their secret; at most [`MAX_LIVE`], the longest unseen goes first.
#[derive(Debug, Default)]
pub struct Cache {
    live: Mutex<HashMap<String, Live>>,
}

const MAX_LIVE: usize = 10_000;

impl Cache {
    /// The session, marked as seen now.
    pub fn touch(&self, hash: &str, now: Timestamp) -> Option<Live> {
        let mut live = self.live.lock();
        let session = live.get_mut(hash)?;
        let before = session.clone();
        session.seen = session.seen.max(now);
        Some(before)
    }
    /// Remembers a session.
    pub fn put(&self, hash: String, session: Live) {
        let mut live = self.live.lock();
        if live.len() >= MAX_LIVE && !live.contains_key(&hash) {
            let oldest = live.iter().min_by_key(|(_, session)| session.seen).map(|(hash, _)| hash.clone());
            oldest.and_then(|hash| live.remove(&hash));
        }
        live.insert(hash, session);
    }
    /// Forgets a session.
    pub fn remove(&self, hash: &str) {
        self.live.lock().remove(hash);
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
