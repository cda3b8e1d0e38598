//! A provider over the network: what it publishes of itself (OpenID Connect Discovery 1.0), its keys, and the exchange of a code.

use super::client::{Ask, Client, fit};
use super::flow::{Provider, escape};
use super::jose::Refused;
use super::turned::Turned;
use async_trait::async_trait;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::clock::Clock;
use kernel::time::Timestamp;
use parking_lot::Mutex;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long what a provider publishes of itself is believed.
const KNOWN_FOR: Duration = Duration::from_secs(3_600);
/// How long a provider that does not say who it is is left in peace.
const REST: Duration = Duration::from_secs(5);
/// Requests to one provider at once.
const AT_ONCE: usize = 8;

/// How we show ourselves there.
#[derive(Clone)]
pub struct Us {
    /// The issuer, exactly.
    pub issuer: String,
    /// Our name there.
    pub client: String,
    /// Our secret there; without one only PKCE binds a code to us.
    pub secret: Option<String>,
}

impl std::fmt::Debug for Us {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Us({} at {})", self.client, self.issuer)
    }
}

/// A provider over the network.
#[derive(Debug)]
pub struct Remote {
    us: Us,
    client: Client,
    clock: Arc<dyn Clock>,
    places: Semaphore,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    published: Option<(Timestamp, Published)>,
    failed: Option<Timestamp>,
}

/// What is used of the document that a provider publishes.
#[derive(Clone, Debug, Deserialize)]
struct Published {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

impl Remote {
    /// Nothing is asked before the first sign-in.
    pub fn new(us: Us, client: Client, clock: Arc<dyn Clock>) -> Self {
        Self {
            us,
            client,
            clock,
            places: Semaphore::new(AT_ONCE),
            known: Mutex::default(),
        }
    }

    async fn ask(&self, address: &str, ask: Ask) -> Result<(StatusCode, Vec<u8>), Turned> {
        let _place = self.places.try_acquire().map_err(|_| Turned::Busy)?;
        let (status, body) = self.client.ask(address, ask).await?;
        Ok((status, body.to_vec()))
    }

    async fn fetched(&self, address: &str) -> Result<Vec<u8>, Turned> {
        match self.ask(address, Ask::default()).await? {
            (StatusCode::OK, body) => Ok(body),
            _ => Err(Turned::Away("it does not publish what it has to")),
        }
    }

    /// What the provider says of itself, from memory or asked anew.
    async fn published(&self) -> Result<Published, Turned> {
        let now = self.clock.now();
        {
            let known = self.known.lock();
            let fresh = known.published.as_ref().filter(|(at, _)| now.since(*at) < KNOWN_FOR);
            if let Some((_, published)) = fresh {
                return Ok(published.clone());
            }
            if known.failed.is_some_and(|at| now.since(at) < REST) {
                return Err(Turned::Away("it did not answer a moment ago"));
            }
        }
        let asked = self.introduced().await;
        let mut known = self.known.lock();
        match &asked {
            Ok(published) => {
                *known = Known {
                    published: Some((now, published.clone())),
                    failed: None,
                }
            }
            Err(Turned::Busy) => {}
            Err(turned) => {
                tracing::warn!(
                    issuer = self.us.issuer,
                    why = turned.why(),
                    "a provider of sign-ins is away"
                );
                known.failed = Some(now);
            }
        }
        asked
    }

    async fn introduced(&self) -> Result<Published, Turned> {
        let address = format!(
            "{}/.well-known/openid-configuration",
            self.us.issuer.trim_end_matches('/')
        );
        let published: Published = serde_json::from_slice(&self.fetched(&address).await?)
            .map_err(|_| Turned::Away("what it publishes of itself cannot be read"))?;
        if published.issuer != self.us.issuer {
            return Err(Turned::Away("it calls itself by another name"));
        }
        let secure = self.us.issuer.starts_with("https:");
        let all = [
            &published.authorization_endpoint,
            &published.token_endpoint,
            &published.jwks_uri,
        ];
        // who is asked over TLS leads nobody to a place without it
        let good = |address: &&String| fit(address).is_some() && (!secure || address.starts_with("https:"));
        if !all.iter().all(good) {
            return Err(Turned::Away("an address of it is neither https nor on this machine"));
        }
        Ok(published)
    }

    /// Ourselves, as RFC 6749 section 2.3.1 writes it: `Authorization`, or what the form has more.
    fn shown(&self, published: &Published) -> Result<(Option<String>, String), Turned> {
        let client = escape(&self.us.client);
        let Some(secret) = &self.us.secret else {
            return Ok((None, format!("&client_id={client}")));
        };
        let secret = escape(secret);
        let methods = published.token_endpoint_auth_methods_supported.as_deref();
        let takes = |method: &str| methods.is_none_or(|all| all.iter().any(|one| one == method));
        if takes("client_secret_basic") {
            let pair = STANDARD.encode(format!("{client}:{secret}"));
            return Ok((Some(format!("Basic {pair}")), String::new()));
        }
        if takes("client_secret_post") {
            return Ok((None, format!("&client_id={client}&client_secret={secret}")));
        }
        Err(Turned::Away("it takes our secret in no way that is known here"))
    }
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

#[async_trait]
impl Provider for Remote {
    async fn authorization(&self) -> Result<String, Turned> {
        Ok(self.published().await?.authorization_endpoint)
    }

    async fn keys(&self) -> Result<Vec<u8>, Turned> {
        let published = self.published().await?;
        self.fetched(&published.jwks_uri).await
    }

    async fn token(&self, code: &str, verifier: &str, back: &str) -> Result<String, Turned> {
        let published = self.published().await?;
        let (authorization, more) = self.shown(&published)?;
        let form = format!(
            "grant_type=authorization_code&code={}&redirect_uri={}&code_verifier={}{more}",
            escape(code),
            escape(back),
            escape(verifier)
        );
        let ask = Ask {
            authorization,
            form: Some(form),
        };
        match self.ask(&published.token_endpoint, ask).await? {
            (StatusCode::OK, body) => {
                let tokens: Result<Tokens, _> = serde_json::from_slice(&body);
                Ok(tokens
                    .map_err(|_| Refused("there is no ID token in the answer"))?
                    .id_token)
            }
            (StatusCode::BAD_REQUEST, _) => Err(Refused("the provider does not take the code").into()),
            (StatusCode::UNAUTHORIZED, _) => Err(Turned::Away("it does not know us by this secret")),
            _ => Err(Turned::Away("it does not exchange the code")),
        }
    }
}
