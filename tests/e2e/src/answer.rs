//! An answer of the HTTP API, and a client that asks.

use anyhow::{Context, Result, bail};
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::time::Duration;

/// Status, headers and body.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// Sends a request and reads the whole answer.
    pub async fn of(request: reqwest::RequestBuilder) -> Result<Self> {
        let response = request.send().await.context("the server gave no answer")?;
        Ok(Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await?,
        })
    }

    /// The body as JSON, if the status is this one.
    pub fn json(&self, status: u16) -> Result<Value> {
        if self.status != status {
            bail!("status {} where {status} was expected: {}", self.status, self.text);
        }
        serde_json::from_str(&self.text).with_context(|| format!("no JSON: {}", self.text))
    }

    /// The problem's code, if the answer is problem+json with this status.
    pub fn problem(&self, status: u16) -> Result<String> {
        let body = self.json(status)?;
        let kind = self.headers.get("content-type").and_then(|kind| kind.to_str().ok());
        if kind != Some("application/problem+json") || body["status"] != status || body["title_en"].is_null() {
            bail!(
                "an answer of type {kind:?} is no problem with status and titles: {}",
                self.text
            );
        }
        Ok(body["code"].as_str().context("a problem without code")?.to_owned())
    }
}

/// A client without proxy and cookies; every answer comes within half a minute. Event streams use it too: the limit is on
/// reading, not on the whole.
pub fn client() -> Result<reqwest::Client> {
    with_tls(reqwest::Client::builder())
}

/// The same with what TLS needs.
pub fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::Client> {
    // the first client of the process installs it, the others find it
    let _ = rustls::crypto::ring::default_provider().install_default();
    let patience = Duration::from_secs(30);
    Ok(builder
        .no_proxy()
        .read_timeout(patience)
        .connect_timeout(patience)
        .build()?)
}
