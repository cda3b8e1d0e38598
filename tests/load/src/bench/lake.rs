//! The lake: a hundred million observations taken in through the door, then asked for, beside DuckDB on the same files.

mod ask;
mod fill;
mod questions;
mod wait;

use super::disk;
use crate::account::Person;
use crate::fleet;
use crate::http::Client;
use crate::latency::Millis;
use crate::proc;
use crate::server::{Server, Site};
use anyhow::{Context, Result, ensure};
use ask::{Question, Timed};
use clap::Args;
use fill::Fill;
use questions::About;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

#[derive(Args)]
pub(crate) struct LakeArgs {
    /// Observations
    #[arg(long, alias = "observations", default_value_t = 100_000_000)]
    rows: u64,
    /// Series over which they are spread; a tenth of them says yes or no instead of a number
    #[arg(long, default_value_t = 20_000)]
    series: usize,
    /// Seconds between two rows of a series
    #[arg(long, default_value_t = 300)]
    step: i64,
    /// How often each question is asked; the first time the files are cold
    #[arg(long, default_value_t = 7)]
    runs: usize,
    /// Threads of each side
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Only these questions, between commas
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Python with `duckdb` and `pyarrow` from PyPI (HANOI_IOC_PYTHON, else python3); without it DuckDB's column stays empty
    #[arg(long)]
    python: Option<OsString>,
    /// Script that asks DuckDB
    #[arg(long, default_value = "tests/load/peers/duckdb_lake.py")]
    peer: PathBuf,
}

/// How long the lake may take to catch up before something is wrong.
const PATIENCE: Duration = Duration::from_secs(1_800);
/// Seconds between two rounds of packing; when nothing changed in three of them, everything is packed.
const UPKEEP_S: u64 = 5;

/// Measures and prints.
pub(crate) async fn run(args: &LakeArgs, dir: Option<&Path>) -> Result<()> {
    let site = Site::new(dir)?
        .with("LOG_MAX_MIB", 2_048)
        .with("HISTORY_COMMIT_S", 5)
        .with("HISTORY_UPKEEP_S", UPKEEP_S)
        .with("HISTORY_CPU_PERCENT", 100)
        .with("SQL_THREADS", args.threads)
        .with("SQL_SECONDS", 600)
        .with("SQL_MAX_ROWS", ask::MAX_ROWS)
        .with("SQL_MEMORY_MIB", 2_048);
    let server = site.start().await?;
    let at = server.addresses.http;
    let person = Person::first(at, &server.password.clone().context("no first password")?).await?;
    let (mut series, token) = fleet::settle(&site, args.series - args.series / 10).await?;
    series.extend(fleet::doors(&site, args.series / 10).await?);
    let fill = Fill::new(args.rows, series.len() as u64, args.step)?;

    let began = Instant::now();
    let sent = fill.send(at, &series, &token).await?;
    let took = began.elapsed();
    println!(
        "lake: {sent} observations taken in, {:.0} per second, durable",
        sent as f64 / took.as_secs_f64()
    );
    let mut client = Client::connect(at).await?;
    wait::caught_up(&person, &mut client, sent, PATIENCE).await?;
    println!(
        "lake: all of them in the tables {:.1} s later",
        (began.elapsed() - took).as_secs_f64()
    );
    wait::rolled_up(&person, &mut client, &fill, PATIENCE).await?;
    println!("lake: rolled up {:.1} s later", (began.elapsed() - took).as_secs_f64());
    wait::packed(&person, &mut client, Duration::from_secs(3 * UPKEEP_S), PATIENCE).await?;
    println!("lake: packed {:.1} s later", (began.elapsed() - took).as_secs_f64());
    tables(&person, &mut client).await?;

    let mut twenty = Vec::new();
    for one in series.iter().step_by(series.len() / 20).take(20) {
        twenty.push(person.series_of(&mut client, one).await?);
    }
    let month = person.series_of(&mut client, &series[0]).await?;
    let about = About {
        fill,
        series: month,
        twenty,
    };
    let mut questions = about.questions();
    questions.retain(|question| args.only.is_empty() || args.only.iter().any(|name| name == question.name));
    side_by_side(args, &site, &server, (&person, &mut client), &questions).await?;

    if args.only.is_empty() || args.only.iter().any(|name| name == "corrected_day") {
        let began = Instant::now();
        let corrected = fill.correct(at, &series, &token).await?;
        println!(
            "lake: {corrected} rows corrected, {:.0} per second",
            corrected as f64 / began.elapsed().as_secs_f64()
        );
        wait::caught_up(&person, &mut client, sent + corrected, PATIENCE).await?;
        wait::packed(&person, &mut client, Duration::from_secs(3 * UPKEEP_S), PATIENCE).await?;
        side_by_side(args, &site, &server, (&person, &mut client), &[about.corrected()]).await?;
    }
    let (memory, highest) = proc::memory_mib(server.pid()?)?;
    println!(
        "lake: server has {memory:.0} MiB, at most {highest:.0} MiB; fdatasync beside it {}",
        disk::sync_latency(dir)?.summary()
    );
    server.stop().await
}

/// Asks both sides and prints what they took.
async fn side_by_side(
    args: &LakeArgs,
    site: &Site,
    server: &Server,
    (person, client): (&Person, &mut Client),
    questions: &[Question],
) -> Result<()> {
    let objects = site.data().join("tenants/government/objects");
    let evict_all = || evict(&objects.join("lake"));
    let mut ours = Vec::new();
    for question in questions {
        let timed = question.ask(person, client, args.runs, server.pid()?, evict_all).await;
        ours.push(timed.with_context(|| question.name)?);
    }
    let peer = duckdb(args, &objects, questions).await?;
    println!(
        "lake: {:<16} {:>12} {:>12} {:>12} {:>12} {:>7} {:>7} {:>9} {:>9}",
        "question", "cold", "warm", "DuckDB cold", "DuckDB warm", "cold/", "warm/", "read MiB", "DuckDB"
    );
    for (question, mine) in questions.iter().zip(&ours) {
        let theirs = peer.as_ref().and_then(|peer| Timed::of(peer.get(question.name)?));
        if let Some(theirs) = theirs.as_ref().filter(|_| question.same)
            && !mine.agrees(theirs)
        {
            // the house writes too, such as indices of a full hour, and may have done so between the two answers
            wait::packed(person, client, Duration::from_secs(3 * UPKEEP_S), PATIENCE).await?;
            let mine = question.ask(person, client, 1, server.pid()?, evict_all).await?;
            let theirs = duckdb(args, &objects, std::slice::from_ref(question)).await?;
            let theirs = theirs.and_then(|peer| Timed::of(peer.get(question.name)?));
            let theirs = theirs.context("DuckDB did not answer again")?;
            ensure!(
                mine.agrees(&theirs),
                "{}: the answers differ, twice: {} rows, sum {} against {} rows, sum {}",
                question.name,
                mine.rows,
                mine.check,
                theirs.rows,
                theirs.check
            );
        }
        let show = |time: Option<Duration>| time.map_or("-".to_owned(), |time| Millis(time).to_string());
        let ratio = |of: fn(&Timed) -> Duration| {
            theirs.as_ref().map_or("-".to_owned(), |theirs| {
                format!("{:.2}", of(mine).as_secs_f64() / of(theirs).as_secs_f64())
            })
        };
        let mib = |bytes: u64| format!("{:.2}", bytes as f64 / f64::from(1 << 20));
        println!(
            "lake: {:<16} {:>12} {:>12} {:>12} {:>12} {:>7} {:>7} {:>9} {:>9}",
            question.name,
            show(Some(mine.first())),
            show(Some(mine.median())),
            show(theirs.as_ref().map(Timed::first)),
            show(theirs.as_ref().map(Timed::median)),
            ratio(Timed::first),
            ratio(Timed::median),
            mib(mine.read),
            theirs.as_ref().map_or("-".to_owned(), |theirs| mib(theirs.read)),
        );
    }
    Ok(())
}

/// What the tables hold.
async fn tables(person: &Person, client: &mut Client) -> Result<()> {
    let lake = person.get(client, "/api/v1/lake").await?;
    for table in lake["tables"].as_array().into_iter().flatten() {
        println!(
            "lake: {} has {} rows in {} files, {:.1} bytes each",
            table["name"].as_str().unwrap_or_default(),
            table["rows"],
            table["files"],
            table["bytes"].as_f64().unwrap_or(0.0) / table["rows"].as_f64().unwrap_or(1.0).max(1.0)
        );
    }
    Ok(())
}

/// Asks the kernel to forget the pages of all files below a folder.
fn evict(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            evict(&path)?;
        } else if let Ok(file) = std::fs::File::open(&path) {
            rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
        }
    }
    Ok(())
}

/// Asks DuckDB; `None` without it.
async fn duckdb(args: &LakeArgs, objects: &Path, questions: &[Question]) -> Result<Option<Value>> {
    let python = args
        .python
        .clone()
        .or_else(|| std::env::var_os("HANOI_IOC_PYTHON"))
        .unwrap_or_else(|| "python3".into());
    let has = Command::new(&python)
        .args(["-c", "import duckdb, pyarrow"])
        .output()
        .await;
    if !has.is_ok_and(|output| output.status.success()) {
        println!(
            "lake: no DuckDB beside it: {} has no duckdb and pyarrow; install them from PyPI",
            python.to_string_lossy()
        );
        return Ok(None);
    }
    let asked: Vec<Value> = questions
        .iter()
        .map(|question| json!({ "name": question.name, "sql": question.peer }))
        .collect();
    let request = json!({ "threads": args.threads, "runs": args.runs, "questions": asked }).to_string();
    let mut child = Command::new(&python)
        .arg(&args.peer)
        .arg(objects)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut input = child.stdin.take().context("the peer takes no questions")?;
    input.write_all(request.as_bytes()).await?;
    drop(input);
    let output = child.wait_with_output().await?;
    ensure!(
        output.status.success(),
        "DuckDB failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    println!("lake: beside DuckDB {}", answer["version"].as_str().unwrap_or_default());
    Ok(Some(answer))
}
