//! Server-sent events, read one by one.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;

/// How long to wait for an event.
const PATIENCE: Duration = Duration::from_secs(30);

/// One event.
#[derive(Clone, Debug)]
pub struct Event {
    /// Journal number.
    pub id: String,
    /// Type of the fact.
    pub kind: String,
    /// The data as JSON.
    pub data: Value,
}

/// An open stream.
#[derive(Debug)]
pub struct Events {
    response: reqwest::Response,
    buffer: Vec<u8>,
}

impl Events {
    /// Opens a stream and waits for the head of its answer.
    pub async fn open(request: reqwest::RequestBuilder) -> Result<Self> {
        let response = request.send().await?;
        let kind = response
            .headers()
            .get("content-type")
            .and_then(|kind| kind.to_str().ok());
        if response.status() != 200 || kind != Some("text/event-stream") {
            bail!("no stream but {} of type {kind:?}", response.status());
        }
        Ok(Self {
            response,
            buffer: Vec::new(),
        })
    }

    /// The next event; `None` when the server ended the stream in good order. Comments are skipped; they keep a stream open
    /// and are nothing to wait for.
    pub async fn next(&mut self) -> Result<Option<Event>> {
        timeout(PATIENCE, self.read()).await.context("no event came in time")?
    }

    async fn read(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|two| two == b"\n\n") {
                let block: Vec<u8> = self.buffer.drain(..end + 2).collect();
                match event(&String::from_utf8(block)?)? {
                    Some(event) => return Ok(Some(event)),
                    None => continue,
                }
            }
            match self.response.chunk().await.context("the stream broke")? {
                Some(chunk) => self.buffer.extend_from_slice(&chunk),
                None => return Ok(None),
            }
        }
    }

    /// The next event of a type; others are skipped.
    pub async fn next_of(&mut self, kind: &str) -> Result<Event> {
        let mut skipped = Vec::new();
        while let Some(event) = self.next().await? {
            if event.kind == kind {
                return Ok(event);
            }
            skipped.push(event.kind);
        }
        bail!("the stream ended before {kind}; it had {skipped:?}")
    }
}

fn event(block: &str) -> Result<Option<Event>> {
    let of = |name: &str| {
        let lines = block.lines().filter_map(|line| line.split_once(": "));
        let lines: Vec<&str> = lines.filter(|(key, _)| *key == name).map(|(_, value)| value).collect();
        lines.join("\n")
    };
    let data = of("data");
    if data.is_empty() {
        return Ok(None);
    }
    Ok(Some(Event {
        id: of("id"),
        kind: of("event"),
        data: serde_json::from_str(&data).with_context(|| format!("no JSON in {block}"))?,
    }))
}
