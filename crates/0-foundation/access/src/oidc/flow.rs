//! The way to the provider and back: what is asked for, what has to come back, and who that is here.

use super::claims::{self, Expected, Subject};
use super::jose::{Keys, Refused};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::time::Timestamp;
use parking_lot::Mutex;
use rand::Rng;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How long somebody may take at the provider.
const PATIENCE: Duration = Duration::from_secs(600);
/// Most sign-ins that are under way at once; the oldest gives way.
const MAX_PENDING: usize = 10_000;

/// A provider as it is configured.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The issuer, exactly as its tokens name it.
    pub issuer: String,
    /// Our name there.
    pub client: String,
    /// Where people are sent to.
    pub authorization: String,
    /// Where they come back to.
    pub back: String,
}

/// What the provider is asked by this program itself. Implemented in the server over HTTPS with the configured roots.
#[async_trait]
pub trait Provider: Send + Sync + std::fmt::Debug {
    /// The present key set, as JSON.
    async fn keys(&self) -> Result<Vec<u8>, Refused>;

    /// The ID token for a code, with the PKCE verifier.
    async fn token(&self, code: &str, verifier: &str, back: &str) -> Result<String, Refused>;
}

/// Sign-ins at one provider.
#[derive(Debug)]
pub struct Flow {
    settings: Settings,
    provider: Arc<dyn Provider>,
    pending: Mutex<HashMap<String, Pending>>,
    keys: Mutex<Keys>,
}

struct Pending {
    nonce: String,
    verifier: String,
    since: Timestamp,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pending({})", self.since)
    }
}

/// Where to send the browser, and what to bind to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The address at the provider.
    pub address: String,
    /// Has to be kept in a cookie of the browser: only the browser that left may come back.
    pub state: String,
}

impl Flow {
    /// With nobody under way.
    pub fn new(settings: Settings, provider: Arc<dyn Provider>) -> Self {
        Self {
            settings,
            provider,
            pending: Mutex::default(),
            keys: Mutex::default(),
        }
    }

    /// The issuer.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Begins a sign-in.
    pub fn begin(&self, now: Timestamp) -> Begun {
        let (state, nonce, verifier) = (random(), random(), random());
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let Settings {
            client,
            authorization,
            back,
            ..
        } = &self.settings;
        let joint = if authorization.contains('?') { '&' } else { '?' };
        let address = format!(
            "{authorization}{joint}response_type=code&scope=openid&client_id={}&redirect_uri={}&state={state}\
             &nonce={nonce}&code_challenge={challenge}&code_challenge_method=S256",
            escape(client),
            escape(back)
        );
        let mut pending = self.pending.lock();
        pending.retain(|_, begun| now.since(begun.since) < PATIENCE);
        if pending.len() >= MAX_PENDING {
            let oldest = pending.iter().min_by_key(|(_, begun)| begun.since);
            let oldest = oldest.map(|(state, _)| state.clone());
            oldest.and_then(|state| pending.remove(&state));
        }
        let begun = Pending {
            nonce,
            verifier,
            since: now,
        };
        pending.insert(state.clone(), begun);
        Begun { address, state }
    }

    /// Ends a sign-in: `state` as the provider gave it back, `bound` as the browser's cookie has it. Each state counts once,
    /// also when it fails.
    pub async fn end(&self, state: &str, bound: &str, code: &str, now: Timestamp) -> Result<Subject, Refused> {
        let begun = self.pending.lock().remove(state);
        let same = bool::from(subtle::ConstantTimeEq::ct_eq(state.as_bytes(), bound.as_bytes()));
        let begun = begun
            .filter(|begun| same && now.since(begun.since) < PATIENCE)
            .ok_or(Refused("nobody left from this browser with this state"))?;
        let token = self.provider.token(code, &begun.verifier, &self.settings.back).await?;
        let claims = self.verified(&token).await?;
        let expected = Expected {
            issuer: &self.settings.issuer,
            client: &self.settings.client,
            nonce: &begun.nonce,
        };
        claims::check(&claims, expected, now)
    }

    /// By the keys that are known; when none has the token's name, by those that the provider publishes now.
    async fn verified(&self, token: &str) -> Result<serde_json::Value, Refused> {
        let known = self.keys.lock().clone();
        if known.has(token) {
            return known.verify(token);
        }
        let fresh = Keys::read(&self.provider.keys().await?)?;
        self.keys.lock().clone_from(&fresh);
        fresh.verify(token)
    }
}

/// 32 random bytes as text.
fn random() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// RFC 3986: everything but the unreserved is escaped.
fn escape(text: &str) -> String {
    let one = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(one).collect()
}
