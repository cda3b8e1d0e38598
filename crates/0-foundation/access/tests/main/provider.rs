//! A provider of sign-ins with keys made here, for the tests of what is believed of it.

use access::oidc::flow::{Flow, Provider, Settings};
use access::oidc::jose::Refused;
use access::oidc::turned::Turned;
use access::sealed::SealKey;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::time::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

pub(crate) const ISSUER: &str = "https://id.example.vn";
pub(crate) const CLIENT: &str = "hanoi-ioc";

pub(crate) fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

pub(crate) fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A provider's key.
pub(crate) struct Signer {
    kid: &'static str,
    pair: EcdsaKeyPair,
}

impl Signer {
    pub(crate) fn new(kid: &'static str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        Self { kid, pair }
    }

    pub(crate) fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let coordinate = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({"kty": "EC", "crv": "P-256", "kid": self.kid, "use": "sig", "alg": "ES256",
            "x": coordinate(&point[1..33]), "y": coordinate(&point[33..])})
    }

    pub(crate) fn sign_as(&self, head: Value, claims: &Value) -> String {
        let signed = format!("{}.{}", part(&head), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_as(json!({"alg": "ES256", "kid": self.kid}), claims)
    }
}

pub(crate) fn set(keys: &[Value]) -> Vec<u8> {
    json!({ "keys": keys }).to_string().into_bytes()
}

pub(crate) fn claims(nonce: &str) -> Value {
    json!({"iss": ISSUER, "aud": CLIENT, "sub": "s-1", "nonce": nonce, "iat": 1_799_999_990, "exp": 1_800_000_300})
}

/// A provider that signs with its present key and gives each token once.
#[derive(Debug, Default)]
pub(crate) struct Fake {
    keys: Mutex<Vec<u8>>,
    token: Mutex<Option<String>>,
    /// How often its keys were asked for.
    pub(crate) asked: AtomicUsize,
    /// The last verifier that was shown.
    pub(crate) verifier: Mutex<String>,
    pub(crate) away: AtomicBool,
}

impl Fake {
    /// From now on only the key of this signer counts.
    pub(crate) fn publish(&self, signer: &Signer) {
        self.publish_set(set(&[signer.jwk()]));
    }

    /// From now on only this set of keys counts.
    pub(crate) fn publish_set(&self, set: Vec<u8>) {
        *self.keys.lock().unwrap() = set;
    }

    /// The token of the next code.
    pub(crate) fn gives(&self, signer: &Signer, claims: &Value) {
        self.gives_token(signer.sign(claims));
    }

    /// The same with a token that somebody else made.
    pub(crate) fn gives_token(&self, token: String) {
        *self.token.lock().unwrap() = Some(token);
    }

    fn there(&self) -> Result<(), Turned> {
        match self.away.load(Ordering::Relaxed) {
            true => Err(Turned::Away("no connection")),
            false => Ok(()),
        }
    }
}

#[async_trait]
impl Provider for Fake {
    async fn authorization(&self) -> Result<String, Turned> {
        self.there()?;
        Ok(format!("{ISSUER}/auth"))
    }

    async fn keys(&self) -> Result<Vec<u8>, Turned> {
        self.there()?;
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(self.keys.lock().unwrap().clone())
    }

    async fn token(&self, _: &str, verifier: &str, _: &str) -> Result<String, Turned> {
        self.there()?;
        *self.verifier.lock().unwrap() = verifier.to_owned();
        let token = self.token.lock().unwrap().take();
        Ok(token.ok_or(Refused("the provider does not take the code"))?)
    }
}

/// Sign-ins at the fake.
pub(crate) fn flow(id: &str, fake: &Arc<Fake>) -> Flow {
    let settings = Settings {
        id: id.into(),
        issuer: ISSUER.into(),
        client: CLIENT.into(),
        back: access::oidc::providers::back("https://ioc.example.vn/", id),
        scopes: vec!["openid".into(), "profile".into()],
        claim: "sub".into(),
    };
    let seal = SealKey::new(&[5; 32]).unwrap();
    Flow::new(settings, Arc::clone(fake) as Arc<dyn Provider>, seal)
}

/// A parameter of an address, as it is written there.
pub(crate) fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').unwrap().1;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| *known == name).unwrap().1.to_owned()
}
