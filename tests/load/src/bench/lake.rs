//! The lake: a hundred million observations taken in through the door, then asked for, beside DuckDB on the same files.

mod ask;
mod fill;

use super::disk;
use crate::account::Person;
use crate::fleet;
use crate::http::Client;
use crate::latency::Millis;
use crate::proc;
use crate::server::Site;
use anyhow::{Context, Result, bail, ensure};
use ask::{Question, Timed};
use clap::Args;
use fill::Fill;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::process::Command;
use tokio::time::sleep;

#[derive(Args)]
pub(crate) struct LakeArgs {
    /// Observations
    #[arg(long, default_value_t = 100_000_000)]
    observations: u64,
    /// Series over which they are spread, each with a row per minute
    #[arg(long, default_value_t = 20_000)]
    series: usize,
    /// How often each question is asked
    #[arg(long, default_value_t = 7)]
    runs: usize,
    /// Threads of each side
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Python with `duckdb` from PyPI (HANOI_IOC_PYTHON, else python3); without it DuckDB's column stays empty
    #[arg(long)]
    python: Option<OsString>,
    /// Script that asks DuckDB
    #[arg(long, default_value = "tests/load/peers/duckdb_lake.py")]
    peer: std::path::PathBuf,
}

/// How long the lake may take to catch up before something is wrong.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// Measures and prints.
pub(crate) async fn run(args: &LakeArgs, dir: Option<&Path>) -> Result<()> {
    let site = Site::new(dir)?
        .with("LOG_MAX_MIB", 64 << 10)
        .with("SQL_THREADS", args.threads)
        .with("SQL_SECONDS", 600)
        .with("SQL_MEMORY_MIB", 2_048);
    let server = site.start().await?;
    let at = server.addresses.http;
    let person = Person::first(at, &server.password.clone().context("no first password")?).await?;
    let (series, token) = fleet::settle(&site, args.series).await?;
    let fill = Fill::new(args.observations, series.len() as u64)?;

    let began = Instant::now();
    let sent = fill.send(at, &series, &token).await?;
    let took = began.elapsed().as_secs_f64();
    println!(
        "lake: {sent} observations taken in, {:.0} per second, durable",
        sent as f64 / took
    );
    let mut client = Client::connect(at).await?;
    let behind = Instant::now();
    caught_up(&person, &mut client, sent).await?;
    println!(
        "lake: all of them in the tables {:.1} s later, rolled up {:.1} s later",
        began.elapsed().as_secs_f64() - took,
        {
            rolled_up(&person, &mut client, &fill).await?;
            behind.elapsed().as_secs_f64()
        }
    );
    for table in person.get(&mut client, "/api/v1/lake").await?["tables"]
        .as_array()
        .into_iter()
        .flatten()
    {
        println!(
            "lake: {} has {} rows in {} files, {:.1} bytes each",
            table["name"].as_str().unwrap_or_default(),
            table["rows"],
            table["files"],
            table["bytes"].as_f64().unwrap_or(0.0) / table["rows"].as_f64().unwrap_or(1.0).max(1.0)
        );
    }

    let month = person.series_of(&mut client, &series[0]).await?;
    let questions = Question::all(&fill, month);
    let mut ours: BTreeMap<&str, Timed> = BTreeMap::new();
    for question in &questions {
        let timed = question.ask(&person, &mut client, args.runs).await;
        ours.insert(question.name, timed.with_context(|| question.name)?);
    }
    let (memory, highest) = proc::memory_mib(server.pid()?)?;
    println!(
        "lake: server has {memory:.0} MiB, at most {highest:.0} MiB; fdatasync beside it {}",
        disk::sync_latency(dir)?.summary()
    );
    server.stop().await?;

    let peer = duckdb(args, &site, &fill, month).await?;
    println!(
        "lake: {:<16} {:>14} {:>14} {:>14} {:>14} {:>7}",
        "question", "first", "median", "DuckDB first", "DuckDB median", "ratio"
    );
    for question in &questions {
        let mine = &ours[question.name];
        let theirs = peer.as_ref().and_then(|peer| Timed::of(peer.get(question.peer)?));
        if let (Some(theirs), true) = (&theirs, question.same) {
            let close = (theirs.check - mine.check).abs() <= 1e-6 * mine.check.abs().max(1.0);
            ensure!(
                theirs.rows == mine.rows && close,
                "{}: the answers differ: {} rows, sum {} against {} rows, sum {}",
                question.name,
                mine.rows,
                mine.check,
                theirs.rows,
                theirs.check
            );
        }
        let show = |time: Option<Duration>| time.map_or("-".to_owned(), |time| Millis(time).to_string());
        let ratio = theirs.as_ref().map_or("-".to_owned(), |theirs| {
            format!("{:.2}", mine.median().as_secs_f64() / theirs.median().as_secs_f64())
        });
        println!(
            "lake: {:<16} {:>14} {:>14} {:>14} {:>14} {:>7}",
            question.name,
            show(Some(mine.first())),
            show(Some(mine.median())),
            show(theirs.as_ref().map(Timed::first)),
            show(theirs.as_ref().map(Timed::median)),
            ratio
        );
    }
    Ok(())
}

/// Waits until every row is in table `observations`.
async fn caught_up(person: &Person, client: &mut Client, rows: u64) -> Result<()> {
    let began = Instant::now();
    loop {
        let lake = person.get(client, "/api/v1/lake").await?;
        let have = lake["tables"][0]["rows"].as_u64().unwrap_or(0);
        if have >= rows && lake["lag_rows"] == 0 {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            bail!(
                "the lake has {have} of {rows} rows after {} s: {lake}",
                PATIENCE.as_secs()
            );
        }
        sleep(Duration::from_millis(500)).await;
    }
}

/// Waits until the roll-ups hold every bucket of what was sent, which lies in the past as a whole.
async fn rolled_up(person: &Person, client: &mut Client, fill: &Fill) -> Result<()> {
    let began = Instant::now();
    loop {
        let lake = person.get(client, "/api/v1/lake").await?;
        let rows = |name: &str| {
            let tables = lake["tables"].as_array().into_iter().flatten();
            tables
                .clone()
                .find(|table| table["name"] == name)
                .and_then(|table| table["rows"].as_u64())
                .unwrap_or(0)
        };
        if rows("rollup_5m") >= fill.buckets(300) && rows("rollup_1h") >= fill.buckets(3_600) {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            bail!("the roll-ups are not complete after {} s: {lake}", PATIENCE.as_secs());
        }
        sleep(Duration::from_millis(500)).await;
    }
}

/// Asks DuckDB; `None` without it.
async fn duckdb(args: &LakeArgs, site: &Site, fill: &Fill, month: u32) -> Result<Option<Value>> {
    let python = args
        .python
        .clone()
        .or_else(|| std::env::var_os("HANOI_IOC_PYTHON"))
        .unwrap_or_else(|| "python3".into());
    let has = Command::new(&python).args(["-c", "import duckdb"]).output().await;
    if !has.is_ok_and(|output| output.status.success()) {
        println!(
            "lake: no DuckDB beside it: {} has no duckdb; install it from PyPI",
            python.to_string_lossy()
        );
        return Ok(None);
    }
    let (month_from, month_to) = fill.month();
    let (day_from, day_to) = fill.day();
    let numbers = [
        args.threads as i64,
        args.runs as i64,
        i64::from(month),
        month_from,
        month_to,
        day_from,
        day_to,
    ];
    let output = Command::new(&python)
        .arg(&args.peer)
        .arg(site.data().join("tenants/government/objects"))
        .args(numbers.map(|number| number.to_string()))
        .output()
        .await?;
    ensure!(
        output.status.success(),
        "DuckDB failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    println!("lake: beside DuckDB {}", answer["version"].as_str().unwrap_or_default());
    Ok(Some(answer))
}
