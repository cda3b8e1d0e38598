//! A question to the past in SQL, and what came of it.

use crate::account::Person;
use crate::http::Client;
use anyhow::Result;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What came of a question.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: u16,
    /// The problem's code, or `rows=N`.
    pub(crate) what: String,
    pub(crate) took: Duration,
}

/// Asks on a connection of its own.
pub(crate) async fn ask(at: SocketAddr, person: &Person, sql: &str) -> Result<Outcome> {
    let headers = format!("{}Content-Type: application/json\r\n", person.headers());
    let body = json!({ "sql": sql }).to_string();
    let mut client = Client::connect(at).await?;
    let began = Instant::now();
    let answer = client.ask("POST", "/api/v1/sql", &headers, body.as_bytes()).await?;
    let took = began.elapsed();
    let said: Value = answer.json()?;
    let what = match said["rows"].as_array() {
        Some(rows) => format!("rows={}{}", rows.len(), if said["more"] == true { "+" } else { "" }),
        None => said["code"].as_str().unwrap_or("?").to_owned(),
    };
    Ok(Outcome {
        status: answer.status,
        what,
        took,
    })
}
