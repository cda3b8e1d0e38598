//! Asking a question again and again, and how long its answers took: from the first byte of the question to the last of the
//! answer. What the asker makes of the text afterwards is not ours.

use crate::account::Person;
use crate::fleet::Series;
use crate::http::Client;
use crate::proc;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Rows of an answer that are asked for at most.
pub(super) const MAX_ROWS: usize = 100_000;

/// A question to both sides.
pub(super) struct Question {
    pub(super) name: &'static str,
    pub(super) way: Way,
    /// The same in DuckDB's words.
    pub(super) peer: String,
    /// Whether both answers have the same rows, so that they can be compared.
    pub(super) same: bool,
}

/// How our side is asked.
pub(super) enum Way {
    /// A route, page after page.
    Pages(String),
    /// A range of one series.
    Range(String),
    /// A statement.
    Sql(String),
}

/// How long the answers took.
#[derive(Debug)]
pub(super) struct Timed {
    times: Vec<Duration>,
    pub(super) rows: usize,
    /// Sum of the last column.
    pub(super) check: f64,
    /// Bytes that the first answer read.
    pub(super) read: u64,
}

impl Question {
    /// Asks again and again; before the first time `evict` makes the files cold.
    pub(super) async fn ask(
        &self,
        person: &Person,
        client: &mut Client,
        runs: usize,
        server: u32,
        evict: impl Fn() -> Result<()>,
    ) -> Result<Timed> {
        let mut timed = Timed {
            times: Vec::new(),
            rows: 0,
            check: 0.0,
            read: 0,
        };
        for run in 0..runs.max(1) {
            if run == 0 {
                evict()?;
            }
            let before = proc::read_bytes(server)?;
            let mut clock = Clocked::default();
            let numbers = match &self.way {
                Way::Pages(path) => pages(person, client, path, &mut clock).await?,
                Way::Range(path) => {
                    let answer = clock.ask(client, "GET", path, person.headers(), b"").await?;
                    let points = answer["items"][0]["points"].as_array().cloned().unwrap_or_default();
                    points
                        .iter()
                        .map(|point| point["value"].as_f64().unwrap_or(0.0))
                        .collect()
                }
                Way::Sql(sql) => statement(person, client, sql, &mut clock).await?,
            };
            timed.times.push(clock.took);
            timed.rows = numbers.len();
            timed.check = numbers.iter().sum();
            if run == 0 {
                timed.read = proc::read_bytes(server)? - before;
            }
        }
        Ok(timed)
    }
}

/// Counts the time in which an answer was awaited.
#[derive(Default)]
struct Clocked {
    took: Duration,
}

impl Clocked {
    async fn ask(
        &mut self,
        client: &mut Client,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> Result<Value> {
        let began = Instant::now();
        let answer = client.ask(method, path, headers, body).await?;
        self.took += began.elapsed();
        if answer.status != 200 {
            let said = String::from_utf8_lossy(&answer.body);
            bail!("{method} {path}: {} {said}", answer.status);
        }
        answer.json()
    }
}

async fn pages(person: &Person, client: &mut Client, path: &str, clock: &mut Clocked) -> Result<Vec<f64>> {
    let (mut numbers, mut next) = (Vec::new(), String::new());
    loop {
        let page = clock
            .ask(client, "GET", &format!("{path}{next}"), person.headers(), b"")
            .await?;
        let items = page["items"].as_array().context("no items")?;
        numbers.extend(items.iter().map(|item| item["value"].as_f64().unwrap_or(0.0)));
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return Ok(numbers),
        }
    }
}

async fn statement(person: &Person, client: &mut Client, sql: &str, clock: &mut Clocked) -> Result<Vec<f64>> {
    let headers = format!("{}Content-Type: application/json\r\n", person.headers());
    let body = json!({ "sql": sql, "limit": MAX_ROWS }).to_string();
    let answer = clock
        .ask(client, "POST", "/api/v1/sql", &headers, body.as_bytes())
        .await?;
    let rows = answer["rows"].as_array().context("no rows")?;
    let last = |row: &Value| row.as_array().and_then(|cells| cells.last()).and_then(Value::as_f64);
    Ok(rows.iter().map(|row| last(row).unwrap_or(0.0)).collect())
}

impl Person {
    /// The number of a series.
    pub(super) async fn series_of(&self, client: &mut Client, series: &Series) -> Result<u32> {
        let page = self
            .get(client, &format!("/api/v1/observations/latest?device={}", series.device))
            .await?;
        let items = page["items"].as_array().context("no items")?;
        let found = items.iter().find(|item| item["name"] == series.name);
        let number = found
            .and_then(|item| item["series"].as_u64())
            .context("the series is not there")?;
        Ok(u32::try_from(number)?)
    }
}

impl Timed {
    /// As the peer's script tells.
    pub(super) fn of(told: &Value) -> Option<Self> {
        let times = told["seconds"].as_array()?;
        Some(Self {
            times: times
                .iter()
                .filter_map(Value::as_f64)
                .map(Duration::from_secs_f64)
                .collect(),
            rows: usize::try_from(told["rows"].as_u64()?).ok()?,
            check: told["check"].as_f64()?,
            read: told["read"].as_u64().unwrap_or(0),
        })
    }

    /// Whether both have the same rows, and the same sum but for the order of adding.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let close = (other.check - self.check).abs() <= 1e-6 * self.check.abs().max(1.0);
        other.rows == self.rows && close
    }

    /// The first answer: no page of the files was in memory.
    pub(super) fn first(&self) -> Duration {
        self.times.first().copied().unwrap_or_default()
    }

    /// The one in the middle of the others.
    pub(super) fn median(&self) -> Duration {
        let mut sorted: Vec<Duration> = self
            .times
            .iter()
            .skip(usize::from(self.times.len() > 1))
            .copied()
            .collect();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }
}
