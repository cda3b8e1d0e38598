//! The providers that are trusted with sign-ins, as they are configured.

use super::client::{Client, fit};
use super::flow::{Flow, Settings};
use super::remote::{Remote, Us};
use crate::sealed::SealKey;
use kernel::clock::Clock;
use kernel::text::LangText;
use std::sync::Arc;
use std::time::Duration;

/// How long a request to a provider may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// One entry of the configuration.
#[derive(Clone)]
pub struct Entry {
    /// Code, as it stands in addresses: 1 to 32 of a-z, 0-9 and `-`.
    pub id: String,
    /// What people call it.
    pub title: LangText,
    /// The issuer, exactly as its tokens name it.
    pub issuer: String,
    /// Our name there.
    pub client: String,
    /// Our secret there, if it gave one.
    pub secret: Option<String>,
    /// Authorities that may sign its certificate, PEM; empty: plain HTTP on this machine.
    pub authorities: Vec<u8>,
    /// What is asked for; `openid` is added.
    pub scopes: Vec<String>,
    /// Which claim says who somebody is.
    pub claim: String,
}

/// A provider at work.
#[derive(Debug)]
pub struct One {
    /// Code.
    pub id: String,
    /// What people call it.
    pub title: LangText,
    /// The way there and back.
    pub flow: Flow,
}

/// All that are configured, in the order of the configuration.
#[derive(Debug, Default)]
pub struct Providers(Vec<One>);

impl Providers {
    /// From providers that are at work already.
    pub fn of(all: Vec<One>) -> Self {
        Self(all)
    }

    /// From the configuration. `public` is where people open the console, such as `https://ioc.example.vn`.
    pub fn open(entries: Vec<Entry>, public: &str, seal: &SealKey, clock: &Arc<dyn Clock>) -> Result<Self, String> {
        let mut all: Vec<One> = Vec::new();
        for entry in entries {
            let id = entry.id.clone();
            let wrong = |what: String| format!("oidc '{id}': {what}");
            if all.iter().any(|one| one.id == id) {
                return Err(wrong("the id stands twice".to_owned()));
            }
            let started = entry.checked(public).and_then(|entry| entry.start(public, seal, clock));
            all.push(started.map_err(wrong)?);
        }
        Ok(Self(all))
    }

    /// All.
    pub fn all(&self) -> impl Iterator<Item = &One> {
        self.0.iter()
    }

    /// One by its code.
    pub fn get(&self, id: &str) -> Option<&One> {
        self.0.iter().find(|one| one.id == id)
    }
}

/// Where people come back to, from a provider.
pub fn back(public: &str, id: &str) -> String {
    format!("{}/api/v1/session/oidc/{id}/back", public.trim_end_matches('/'))
}

impl Entry {
    fn checked(mut self, public: &str) -> Result<Self, String> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(1..=32).contains(&self.id.len()) || !self.id.bytes().all(plain) {
            return Err("id has 1 to 32 of a-z, 0-9 and '-'".to_owned());
        }
        if self.title.vi.is_empty() || self.title.en.is_empty() {
            return Err("title has a text in Vietnamese (vi) and English (en)".to_owned());
        }
        let Some(issuer) = fit(&self.issuer).filter(|issuer| issuer.query().is_none()) else {
            return Err(
                "issuer is an https address, or http on this machine, exactly as the provider writes it".to_owned(),
            );
        };
        if issuer.scheme_str() == Some("https") && self.authorities.is_empty() {
            return Err("ca names a PEM file of the authorities that may sign the provider's certificate".to_owned());
        }
        if fit(public).is_none_or(|address| address.path() != "/" || address.query().is_some()) {
            let what =
                "http.public_url is where people open the console, such as https://ioc.example.vn, without a path";
            return Err(what.to_owned());
        }
        let word = |text: &str| !text.is_empty() && text.len() <= 255 && !text.chars().any(char::is_whitespace);
        if !word(&self.client) || !word(&self.claim) || !self.scopes.iter().all(|scope| word(scope)) {
            return Err("client, claim and each of scopes are words of 1 to 255 bytes without spaces".to_owned());
        }
        if !self.scopes.iter().any(|scope| scope == "openid") {
            self.scopes.insert(0, "openid".to_owned());
        }
        Ok(self)
    }

    fn start(self, public: &str, seal: &SealKey, clock: &Arc<dyn Clock>) -> Result<One, String> {
        let client = Client::new(&self.authorities, PATIENCE);
        let client = client.map_err(|what| format!("ca: {what}"))?;
        let us = Us {
            issuer: self.issuer.clone(),
            client: self.client.clone(),
            secret: self.secret,
        };
        let settings = Settings {
            back: back(public, &self.id),
            id: self.id.clone(),
            issuer: self.issuer,
            client: self.client,
            scopes: self.scopes,
            claim: self.claim,
        };
        let remote = Arc::new(Remote::new(us, client, Arc::clone(clock)));
        Ok(One {
            id: self.id,
            title: self.title,
            flow: Flow::new(settings, remote, seal.clone()),
        })
    }
}
