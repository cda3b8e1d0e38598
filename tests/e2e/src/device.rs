//! A device that sends over HTTP.

use crate::answer::{self, Answer};
use crate::server::Server;
use anyhow::Result;
use serde_json::{Value, json};

/// SenML in JSON.
pub const SENML: &str = "application/senml+json";
/// Line protocol.
pub const LINE: &str = "text/plain";

/// A registered device with its token.
#[derive(Clone, Debug)]
pub struct Device {
    client: reqwest::Client,
    url: String,
    /// Its id.
    pub id: String,
    /// Its token.
    pub token: String,
}

impl Device {
    /// A device that sends to this server.
    pub fn new(server: &Server, id: &str, token: &str) -> Result<Self> {
        Ok(Self {
            client: answer::client()?,
            url: server.url("/api/v1/observations"),
            id: id.to_owned(),
            token: token.to_owned(),
        })
    }

    /// The same device, sending to another server.
    pub fn at(&self, server: &Server) -> Result<Self> {
        Self::new(server, &self.id, &self.token)
    }

    /// A request of ingest with its token.
    pub fn request(&self, content_type: &str, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        let request = self.client.post(&self.url).bearer_auth(&self.token);
        request.header("Content-Type", content_type).body(body)
    }

    /// Sends a payload.
    pub async fn send(&self, content_type: &str, body: impl Into<reqwest::Body>) -> Result<Answer> {
        Answer::of(self.request(content_type, body)).await
    }

    /// Sends one depth in metres; gives the receipt.
    pub async fn depth(&self, time_s: i64, metres: f64) -> Result<Value> {
        self.send(SENML, depth(time_s, metres)).await?.json(200)
    }
}

/// SenML of one depth in metres.
pub fn depth(time_s: i64, metres: f64) -> String {
    json!([{ "n": "depth", "u": "m", "t": time_s, "v": metres }]).to_string()
}
