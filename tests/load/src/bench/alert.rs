//! Sensor to screen: from the PUBACK of a reading over its limit to the alert on the event stream, under load.

use super::body::Format;
use super::disk;
use crate::account::Person;
use crate::fleet;
use crate::http::Client;
use crate::ingest::{Ingest, Offer};
use crate::latency::Latencies;
use crate::sensor::{Sensors, gauges};
use crate::server::{Server, Site};
use crate::sql::{self, Outcome};
use anyhow::{Context, Result};
use clap::Args;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio::time::sleep;

#[derive(Args)]
pub(crate) struct AlertArgs {
    /// Alerts that are raised, each by a gauge of its own
    #[arg(long, default_value_t = 300)]
    samples: usize,
    /// Observations per second beside it
    #[arg(long, default_value_t = 20_000)]
    background: u64,
    /// The lake commits, packs and rolls up all the time, and a heavy question to the past runs always
    #[arg(long)]
    compaction: bool,
}

impl Default for AlertArgs {
    fn default() -> Self {
        Self {
            samples: 300,
            background: 20_000,
            compaction: false,
        }
    }
}

/// Observations that the lake has before the measurement, so that packing and questions have work.
const HISTORY: u64 = 5_000_000;
/// What is asked beside it: every row, sorted by value, twice.
const HEAVY: &str = "select s.attribute, count(*), avg(o.number), median(o.number) from observations o \
     join series s on o.series = s.series group by s.attribute order by 1";

/// Measures and prints.
pub(crate) async fn run(args: &AlertArgs, dir: Option<&Path>) -> Result<()> {
    let mut site = Site::new(dir)?;
    if args.compaction {
        for (name, value) in [
            ("HISTORY_COMMIT_S", 1),
            ("HISTORY_ROLLUP_S", 1),
            ("HISTORY_ROLLUP_GRACE_S", 0),
            ("HISTORY_UPKEEP_S", 1),
            ("HISTORY_COMPACT_FILES", 2),
        ] {
            site.set(name, value);
        }
    }
    let server = site.start().await?;
    let at = server.addresses;
    let person = Person::first(at.http, &server.password.clone().context("no first password")?).await?;
    let (series, token) = fleet::settle(&site, 20_000).await?;
    gauges(&site, args.samples).await?;
    if args.compaction {
        let mut all = Ingest::start(at.http, &series, &token, offer(0))?;
        while all.rows() < HISTORY {
            sleep(Duration::from_millis(50)).await;
            all.check()?;
        }
    }
    let mut load = Ingest::start(at.http, &series, &token, offer(args.background))?;
    let asking = args.compaction.then(|| tokio::spawn(ask(at.http, person.clone())));

    let mut sensors = Sensors::connect(at, &person, &token).await?;
    for number in 0..args.samples {
        sensors.prepare(number).await?;
    }
    sleep(Duration::from_secs(2)).await;
    let (began, before, rows) = (Instant::now(), work(&server, &person).await?, load.rows());
    let mut latencies = Latencies::default();
    for number in 0..args.samples {
        latencies.add(sensors.raise(number).await?);
        load.check()?;
        // with compaction: long enough that every kind of work comes by
        let pause = if args.compaction { 90 } else { 5 };
        sleep(Duration::from_millis(pause + number as u64 % 17)).await;
    }
    let took = began.elapsed().as_secs_f64();
    println!(
        "alert: PUBACK to alert on the event stream {} ({} alerts in {took:.0} s, {:.0} obs/s beside it); fdatasync beside it {}",
        latencies.summary(),
        args.samples,
        (load.rows() - rows) as f64 / took,
        disk::sync_latency(dir)?.summary()
    );
    if args.compaction {
        let after = work(&server, &person).await?;
        println!(
            "alert: beside it {} versions of the tables, of which the lake says: {}; {} heavy questions answered",
            after.0 - before.0,
            after.1,
            asking.map_or(0, |asking: JoinHandle<()>| {
                asking.abort();
                after.2
            })
        );
    }
    drop(load);
    server.stop().await
}

fn offer(rate: u64) -> Offer {
    let beats = 10;
    Offer {
        format: Format::Line,
        rate,
        rows: if rate == 0 {
            5_000
        } else {
            (rate / beats).max(1) as usize
        },
        connections: 1,
    }
}

/// Asks again and again.
async fn ask(at: SocketAddr, person: Person) {
    while let Ok(Outcome { .. }) = sql::ask(at, &person, HEAVY).await {}
}

/// Versions of all tables, what packing and roll-up said last, and questions answered.
async fn work(server: &Server, person: &Person) -> Result<(u64, String, u64)> {
    let mut client = Client::connect(server.addresses.http).await?;
    let lake = person.get(&mut client, "/api/v1/lake").await?;
    let versions = lake["tables"].as_array().into_iter().flatten();
    let versions = versions.filter_map(|table| table["version"].as_u64()).sum();
    let jobs = lake["jobs"].as_array().into_iter().flatten();
    let said: Vec<String> = jobs
        .filter(|job| ["compact", "rollup", "commit"].contains(&job["name"].as_str().unwrap_or("")))
        .map(|job| {
            format!(
                "{} {}",
                job["name"].as_str().unwrap_or(""),
                job["detail"].as_str().unwrap_or("")
            )
        })
        .collect();
    let answered = server.metric("hanoi_ioc_history_sql_total").await?;
    Ok((versions, said.join(", "), answered as u64))
}
