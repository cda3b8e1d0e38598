//! The way to the provider and back: what is asked for, what has to come back, and who that is there.
//!
//! What has to be remembered meanwhile goes with the browser, in a cookie that is sealed with the instance's key: nobody fills a
//! memory of ours by leaving and never coming back, and a restart loses nobody who is under way.

use super::claims::{self, Expected, Subject};
use super::jose::{Keys, Refused};
use super::turned::Turned;
use crate::sealed::SealKey;
use crate::session::hash_of;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::time::Timestamp;
use parking_lot::Mutex;
use rand::Rng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How long somebody may take at the provider.
pub const PATIENCE: Duration = Duration::from_secs(600);
/// How long keys are believed without being fetched again, so that one that the provider withdrew is not.
const KEYS_LIVE: Duration = Duration::from_secs(3_600);
/// Most sign-ins that are remembered as used; the oldest gives way. Their codes count once at the provider as well.
const MAX_USED: usize = 10_000;

/// A provider as it is configured.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Code of the provider; what was sealed for one opens at no other.
    pub id: String,
    /// The issuer, exactly as its tokens name it.
    pub issuer: String,
    /// Our name there.
    pub client: String,
    /// Where they come back to.
    pub back: String,
    /// What is asked for, `openid` among it.
    pub scopes: Vec<String>,
    /// Which claim says who somebody is.
    pub claim: String,
}

/// What the provider is asked by this program itself: [`super::remote::Remote`], or a stand-in of a test.
#[async_trait]
pub trait Provider: Send + Sync + std::fmt::Debug {
    /// Where people are sent to.
    async fn authorization(&self) -> Result<String, Turned>;

    /// The present key set, as JSON.
    async fn keys(&self) -> Result<Vec<u8>, Turned>;

    /// The ID token for a code, with the PKCE verifier.
    async fn token(&self, code: &str, verifier: &str, back: &str) -> Result<String, Turned>;
}

/// Sign-ins at one provider.
#[derive(Debug)]
pub struct Flow {
    settings: Settings,
    provider: Arc<dyn Provider>,
    seal: SealKey,
    used: Mutex<HashMap<String, Timestamp>>,
    keys: Mutex<Option<(Timestamp, Keys)>>,
}

/// What goes with the browser.
#[derive(Serialize, Deserialize)]
struct Pending {
    state: String,
    nonce: String,
    verifier: String,
    since: Timestamp,
}

/// Where to send the browser, and what to bind to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// The address at the provider.
    pub address: String,
    /// Has to be kept in a cookie of the browser: only the browser that left may come back.
    pub bound: String,
}

/// What a browser brings back.
#[derive(Clone, Copy)]
pub struct Back<'a> {
    /// From the address.
    pub state: &'a str,
    /// From the address.
    pub code: &'a str,
    /// From the address, where the provider names itself (RFC 9207).
    pub issuer: Option<&'a str>,
    /// From the cookie.
    pub bound: &'a str,
}

impl Flow {
    /// With nobody under way. `seal` seals what goes with the browser.
    pub fn new(settings: Settings, provider: Arc<dyn Provider>, seal: SealKey) -> Self {
        Self {
            settings,
            provider,
            seal,
            used: Mutex::default(),
            keys: Mutex::default(),
        }
    }

    /// The issuer.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// The claim that says who somebody is.
    pub fn claim(&self) -> &str {
        &self.settings.claim
    }

    fn owner(&self) -> String {
        format!("sign-in at {}", self.settings.id)
    }

    /// Begins a sign-in.
    pub async fn begin(&self, now: Timestamp) -> Result<Begun, Turned> {
        let authorization = self.provider.authorization().await?;
        let begun = Pending {
            state: random(),
            nonce: random(),
            verifier: random(),
            since: now,
        };
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(begun.verifier.as_bytes()));
        let joint = if authorization.contains('?') { '&' } else { '?' };
        let address = format!(
            "{authorization}{joint}response_type=code&scope={}&client_id={}&redirect_uri={}&state={}&nonce={}\
             &code_challenge={challenge}&code_challenge_method=S256",
            escape(&self.settings.scopes.join(" ")),
            escape(&self.settings.client),
            escape(&self.settings.back),
            begun.state,
            begun.nonce,
        );
        let secret = serde_json::to_vec(&begun).unwrap_or_default();
        let bound = self.seal.seal(&self.owner(), &secret);
        let bound = bound.map_err(|_| Turned::Away("what goes with the browser cannot be sealed"))?;
        Ok(Begun { address, bound })
    }

    /// Ends a sign-in. Each state counts once, also when it fails.
    pub async fn end(&self, back: Back<'_>, now: Timestamp) -> Result<Subject, Turned> {
        let begun = self.left(back, now)?;
        if back.issuer.is_some_and(|issuer| issuer != self.settings.issuer) {
            return Err(Refused("the answer is from another issuer").into());
        }
        let token = self
            .provider
            .token(back.code, &begun.verifier, &self.settings.back)
            .await?;
        let claims = self.verified(&token, now).await?;
        let expected = Expected {
            issuer: &self.settings.issuer,
            client: &self.settings.client,
            nonce: &begun.nonce,
            claim: &self.settings.claim,
        };
        Ok(claims::check(&claims, expected, now)?)
    }

    /// The person, or the provider, broke it off: the state is used up.
    pub fn give_up(&self, back: Back<'_>, now: Timestamp) -> Result<Subject, Turned> {
        self.left(back, now).and(Err(Turned::BrokenOff))
    }

    /// What the browser took along, if it is this one, in time and for the first time. Marks it as used.
    fn left(&self, back: Back<'_>, now: Timestamp) -> Result<Pending, Turned> {
        let opened = self.seal.open(&self.owner(), back.bound).map_err(|_| Turned::Stale)?;
        let begun: Pending = serde_json::from_slice(&opened).map_err(|_| Turned::Stale)?;
        let same = subtle::ConstantTimeEq::ct_eq(begun.state.as_bytes(), back.state.as_bytes());
        let in_time = begun.since <= now && now.since(begun.since) < PATIENCE;
        if !bool::from(same) || !in_time {
            return Err(Turned::Stale);
        }
        let mut used = self.used.lock();
        used.retain(|_, since| now.since(*since) < PATIENCE);
        if used.len() >= MAX_USED {
            let oldest = used.iter().min_by_key(|(_, since)| **since);
            let oldest = oldest.map(|(state, _)| state.clone());
            oldest.and_then(|state| used.remove(&state));
        }
        match used.insert(hash_of(&begun.state), begun.since) {
            Some(_) => Err(Turned::Stale),
            None => Ok(begun),
        }
    }

    /// By the keys that are known; when none has the token's name, or they are old, by those that the provider publishes now.
    async fn verified(&self, token: &str, now: Timestamp) -> Result<serde_json::Value, Turned> {
        let known = self.keys.lock().clone();
        if let Some((_, keys)) = known.filter(|(at, keys)| now.since(*at) < KEYS_LIVE && keys.has(token)) {
            return Ok(keys.verify(token)?);
        }
        let fresh = Keys::read(&self.provider.keys().await?)?;
        *self.keys.lock() = Some((now, fresh.clone()));
        Ok(fresh.verify(token)?)
    }
}

/// 32 random bytes as text.
fn random() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// RFC 3986: everything but the unreserved is escaped.
pub(super) fn escape(text: &str) -> String {
    let one = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(one).collect()
}
