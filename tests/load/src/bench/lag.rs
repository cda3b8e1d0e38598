//! Ingest with rules and lake: does the lake keep up, or does what waits for it grow?

use super::body::Format;
use super::disk;
use crate::account::Person;
use crate::fleet;
use crate::http::Client;
use crate::ingest::{Ingest, Offer};
use crate::latency::Latencies;
use crate::proc;
use crate::server::Site;
use crate::trend::Trend;
use anyhow::{Context, Result};
use clap::Args;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval};

#[derive(Args)]
pub(crate) struct LagArgs {
    /// Seconds that are measured
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// Observations per second that are offered; 0: as many as are taken
    #[arg(long, default_value_t = 1_000_000)]
    rate: u64,
    /// Connections that send at the same time
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Series over which the rows are spread
    #[arg(long, default_value_t = 20_000)]
    series: usize,
    /// Rows of a body
    #[arg(long, default_value_t = 5_000)]
    rows: usize,
    /// How the bodies are written
    #[arg(long, value_enum, default_value_t = Format::Arrow)]
    format: Format,
    /// Log after which observations are refused, in MiB
    #[arg(long, default_value_t = 4_096)]
    log: u64,
}

/// Lines of the table that is printed.
const LINES: u64 = 20;

/// Measures and prints.
pub(crate) async fn run(args: &LagArgs, dir: Option<&Path>) -> Result<()> {
    let site = Site::new(dir)?.with("LOG_MAX_MIB", args.log);
    let server = site.start().await?;
    let at = server.addresses.http;
    let person = Person::first(at, &server.password.clone().context("no first password")?).await?;
    let (series, token) = fleet::settle(&site, args.series).await?;
    let mut client = Client::connect(at).await?;
    let offer = Offer {
        format: args.format,
        rate: args.rate,
        rows: args.rows,
        connections: args.connections,
    };
    let (pid, began) = (server.pid()?, Instant::now());
    let mut ingest = Ingest::start(at, &series, &token, offer)?;
    let cpu = proc::cpu_seconds(pid)?;
    let (mut waiting, mut age, mut memory) = (Trend::default(), Trend::default(), Trend::default());
    let (mut answers, mut before) = (Latencies::default(), (0, Instant::now()));
    let mut beat = interval(Duration::from_secs(1));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    println!("lag:   second     obs/s   waiting rows   age s   log MiB   server MiB   files   refused");
    let mut printed = 0;
    while began.elapsed() < Duration::from_secs(args.seconds) {
        beat.tick().await;
        ingest.check()?;
        let second = began.elapsed().as_secs_f64();
        let lake = person.get(&mut client, "/api/v1/lake").await?;
        let held = proc::memory_mib(pid)?.0;
        waiting.add(second, lake["lag_rows"].as_f64().unwrap_or(0.0));
        age.add(second, lake["lag_s"].as_f64().unwrap_or(0.0));
        memory.add(second, held);
        let due = (second * LINES as f64 / args.seconds as f64) as u64;
        if due > printed {
            printed = due;
            answers.extend(ingest.answers());
            let status = person.get(&mut client, "/api/v1/status").await?;
            let (rows, took) = (ingest.rows(), before.1.elapsed().as_secs_f64());
            println!(
                "lag:   {second:>6.0} {:>9.0} {:>14} {:>7} {:>9.0} {held:>12.0} {:>7} {:>9}",
                (rows - before.0) as f64 / took,
                lake["lag_rows"],
                lake["lag_s"],
                status["log"]["bytes"].as_f64().unwrap_or(0.0) / f64::from(1 << 20),
                lake["tables"][0]["files"],
                ingest.refused(),
            );
            before = (rows, Instant::now());
        }
    }
    let took = began.elapsed().as_secs_f64();
    let (rows, cpu) = (ingest.rows(), proc::cpu_seconds(pid)? - cpu);
    answers.extend(ingest.answers());
    let refused = ingest.refused();
    drop(ingest);
    let half = took / 2.0;
    let (later_waiting, later_age) = (waiting.after(half), age.after(half));
    println!(
        "lag: {:.0} obs/s acknowledged ({rows} in {took:.0} s, offered {}, {refused} bodies refused and sent again); answer {}; \
         in the second half {:.0} rows waited in the middle ({:.0} to {:.0}), growing by {:.0} a second; the oldest was {:.0} s \
         old in the middle, at most {:.0}, growing by {:.3} a second; server {:.2} cores, {:.0} MiB at the end; \
         fdatasync beside it {}",
        rows as f64 / took,
        args.rate,
        answers.summary(),
        later_waiting.range().1,
        later_waiting.range().0,
        later_waiting.range().2,
        later_waiting.slope(),
        later_age.range().1,
        later_age.range().2,
        later_age.slope(),
        cpu / took,
        memory.after(took - 5.0).range().1,
        disk::sync_latency(dir)?.summary()
    );
    for job in person.get(&mut client, "/api/v1/lake").await?["jobs"]
        .as_array()
        .into_iter()
        .flatten()
    {
        println!(
            "lag: {}: {}",
            job["name"].as_str().unwrap_or(""),
            job["detail"].as_str().unwrap_or("")
        );
    }
    server.kill().await
}
