//! Waiting until the lake has done its work.

use super::fill::Fill;
use crate::account::Person;
use crate::http::Client;
use anyhow::{Result, bail};
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::time::sleep;

const BETWEEN: Duration = Duration::from_millis(500);

/// Looks at the lake until it is as wanted.
async fn until(
    person: &Person,
    client: &mut Client,
    what: &str,
    patience: Duration,
    mut is_so: impl FnMut(&Value) -> bool,
) -> Result<()> {
    let began = Instant::now();
    loop {
        let lake = person.get(client, "/api/v1/lake").await?;
        if is_so(&lake) {
            return Ok(());
        }
        if began.elapsed() > patience {
            bail!("{what}: not after {} s: {lake}", patience.as_secs());
        }
        sleep(BETWEEN).await;
    }
}

fn of(lake: &Value, name: &str, what: &str) -> u64 {
    let mut tables = lake["tables"].as_array().into_iter().flatten();
    let table = tables.find(|table| table["name"] == name);
    table.and_then(|table| table[what].as_u64()).unwrap_or(0)
}

/// Every row is in table `observations`.
pub(super) async fn caught_up(person: &Person, client: &mut Client, rows: u64, patience: Duration) -> Result<()> {
    let is_so = |lake: &Value| of(lake, "observations", "rows") >= rows && lake["lag_rows"] == 0;
    until(person, client, "all rows are in the tables", patience, is_so).await
}

/// The roll-ups hold every bucket of what was sent, which lies in the past as a whole.
pub(super) async fn rolled_up(person: &Person, client: &mut Client, fill: &Fill, patience: Duration) -> Result<()> {
    let is_so = |lake: &Value| {
        of(lake, "rollup_5m", "rows") >= fill.buckets(300) && of(lake, "rollup_1h", "rows") >= fill.buckets(3_600)
    };
    until(person, client, "the roll-ups are complete", patience, is_so).await
}

/// No table has changed for a while, so nothing waits to be packed.
pub(super) async fn packed(person: &Person, client: &mut Client, quiet: Duration, patience: Duration) -> Result<()> {
    let (mut last, mut since) = (Value::Null, Instant::now());
    let is_so = |lake: &Value| {
        let versions: Value = lake["tables"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|table| table["version"].clone())
            .collect();
        if versions != last {
            (last, since) = (versions, Instant::now());
        }
        since.elapsed() >= quiet
    };
    until(person, client, "everything is packed", patience, is_so).await
}
