//! What somebody captured and sends a thousand times: nothing is stored, given or enrolled by it (S4 of RELIABILITY.md).

mod command;
mod enrolment;
mod observation;
mod sealed;

use anyhow::Result;
use e2e::answer::{self, Answer};
use e2e::relay::{Relay, replay_request};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// How often each capture is sent again.
const TIMES: usize = 1_000;

/// Sends a request past the relay, by a real client.
async fn through(relay: &Relay, request: reqwest::RequestBuilder) -> Result<Answer> {
    let mut request = request.build()?;
    // an address has a port
    let _ = request.url_mut().set_port(Some(relay.address.port()));
    Answer::of(reqwest::RequestBuilder::from_parts(answer::client()?, request)).await
}

/// Sends a captured request [`TIMES`] times, twenty at once; counts the answers by status and what `mark` makes of the body.
async fn again(door: SocketAddr, capture: &[u8], mark: impl Fn(&str) -> String) -> Result<BTreeMap<String, usize>> {
    let mut counts = BTreeMap::new();
    for _ in 0..TIMES / 20 {
        let sent = (0..20).map(|_| replay_request(door, capture));
        for answer in futures::future::try_join_all(sent).await? {
            *counts.entry(format!("{} {}", answer.0, mark(&answer.1))).or_default() += 1;
        }
    }
    Ok(counts)
}

/// All replays had this one answer.
fn only(counts: &BTreeMap<String, usize>, answer: &str) {
    assert_eq!(counts.get(answer), Some(&TIMES), "{counts:?}");
}

/// What is not looked at.
fn nothing(_: &str) -> String {
    String::new()
}

/// A field of a JSON body, as text.
fn field<'a>(name: &'a str) -> impl Fn(&str) -> String + 'a {
    move |body| {
        let read: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        match &read[name] {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}
