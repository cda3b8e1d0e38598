//! The questions, and how long their answers took.

use super::fill::Fill;
use crate::account::Person;
use crate::fleet::Series;
use crate::http::Client;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A question to our side.
pub(crate) struct Question {
    pub(crate) name: &'static str,
    /// The question of the peer's script that it is compared with.
    pub(crate) peer: &'static str,
    /// Whether both answers have the same rows, so that they can be compared.
    pub(crate) same: bool,
    way: Way,
}

enum Way {
    /// A route, page after page.
    Pages(String),
    /// A range of one series.
    Range(String),
    /// A statement.
    Sql(String),
}

/// How long the answers took.
#[derive(Debug)]
pub(crate) struct Timed {
    times: Vec<Duration>,
    pub(crate) rows: usize,
    /// Sum of the last column.
    pub(crate) check: f64,
}

impl Question {
    /// All of them. `series` has a month of rows.
    pub(crate) fn all(fill: &Fill, series: u32) -> Vec<Self> {
        let text = |micros: i64| format!("to_timestamp_micros({micros})");
        let query = |micros: i64| kernel::time::Timestamp::from_micros(micros).to_string();
        let (month_from, month_to) = fill.month();
        let (day_from, day_to) = fill.day();
        let inside = |column: &str| format!("{column} >= {} and {column} < {}", text(day_from), text(day_to));
        let question = |name, peer, same, way| Self { name, peer, same, way };
        vec![
            question(
                "count",
                "count",
                false,
                Way::Sql("select count(*) from observations".to_owned()),
            ),
            question(
                "latest",
                "latest",
                false,
                Way::Pages("/api/v1/observations/latest?limit=1000".to_owned()),
            ),
            question(
                "month",
                "month",
                true,
                Way::Range(format!(
                    "/api/v1/observations/history?series={series}&from={}&to={}&method=mean&bucket=PT1H",
                    query(month_from),
                    query(month_to)
                )),
            ),
            question(
                "month_rolled",
                "month_rolled",
                true,
                Way::Sql(format!(
                    "select bucket, sum / count from rollup_1h where series = {series} and bucket >= {} and bucket < {} order by 1",
                    text(month_from),
                    text(month_to)
                )),
            ),
            question(
                "city_day",
                "city_day",
                true,
                Way::Sql(format!(
                    "select date_bin(interval '5 minutes', time) as bucket, avg(number) from observations where {} group by 1 order by 1",
                    inside("time")
                )),
            ),
            question(
                "city_day_rolled",
                "city_day_rolled",
                true,
                Way::Sql(format!(
                    "select bucket, sum(sum) / sum(count) from rollup_5m where {} group by 1 order by 1",
                    inside("bucket")
                )),
            ),
        ]
    }

    /// Asks again and again.
    pub(crate) async fn ask(&self, person: &Person, client: &mut Client, runs: usize) -> Result<Timed> {
        let mut timed = Timed {
            times: Vec::new(),
            rows: 0,
            check: 0.0,
        };
        for _ in 0..runs.max(1) {
            let began = Instant::now();
            let numbers = match &self.way {
                Way::Pages(path) => pages(person, client, path).await?,
                Way::Range(path) => {
                    let answer = person.get(client, path).await?;
                    let points = answer["items"][0]["points"].as_array().cloned().unwrap_or_default();
                    points
                        .iter()
                        .map(|point| point["value"].as_f64().unwrap_or(0.0))
                        .collect()
                }
                Way::Sql(sql) => statement(person, client, sql).await?,
            };
            timed.times.push(began.elapsed());
            timed.rows = numbers.len();
            timed.check = numbers.iter().sum();
        }
        Ok(timed)
    }
}

async fn pages(person: &Person, client: &mut Client, path: &str) -> Result<Vec<f64>> {
    let (mut numbers, mut next) = (Vec::new(), String::new());
    loop {
        let page = person.get(client, &format!("{path}{next}")).await?;
        let items = page["items"].as_array().context("no items")?;
        numbers.extend(items.iter().map(|item| item["value"].as_f64().unwrap_or(0.0)));
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return Ok(numbers),
        }
    }
}

async fn statement(person: &Person, client: &mut Client, sql: &str) -> Result<Vec<f64>> {
    let headers = format!("{}Content-Type: application/json\r\n", person.headers());
    let body = json!({ "sql": sql, "limit": 10_000 }).to_string();
    let answer = client.ask("POST", "/api/v1/sql", &headers, body.as_bytes()).await?;
    if answer.status != 200 {
        bail!("{sql}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
    }
    let answer = answer.json()?;
    let rows = answer["rows"].as_array().context("no rows")?;
    let last = |row: &Value| row.as_array().and_then(|cells| cells.last()).and_then(Value::as_f64);
    Ok(rows.iter().map(|row| last(row).unwrap_or(0.0)).collect())
}

impl Person {
    /// The number of a series.
    pub(crate) async fn series_of(&self, client: &mut Client, series: &Series) -> Result<u32> {
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
    pub(crate) fn of(told: &Value) -> Option<Self> {
        let times = told["seconds"].as_array()?;
        Some(Self {
            times: times
                .iter()
                .filter_map(Value::as_f64)
                .map(Duration::from_secs_f64)
                .collect(),
            rows: usize::try_from(told["rows"].as_u64()?).ok()?,
            check: told["check"].as_f64()?,
        })
    }

    /// The first answer: nothing was read before.
    pub(crate) fn first(&self) -> Duration {
        self.times.first().copied().unwrap_or_default()
    }

    /// The one in the middle.
    pub(crate) fn median(&self) -> Duration {
        let mut sorted = self.times.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }
}
