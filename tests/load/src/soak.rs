//! `load soak`: everything at once for a while, with the lake hurrying: bulk ingest, alerts, subscribers, questions. What is
//! looked at is whether memory grows.

use crate::account::Person;
use crate::bench::body::Format;
use crate::bench::disk;
use crate::fleet;
use crate::http::Client;
use crate::ingest::{Ingest, Offer};
use crate::latency::Latencies;
use crate::proc;
use crate::sensor::{Sensors, gauges};
use crate::server::Site;
use crate::sql;
use crate::trend::Trend;
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

#[derive(Args)]
pub(crate) struct SoakArgs {
    /// Minutes
    #[arg(long, default_value_t = 30)]
    minutes: u64,
    /// Observations per second
    #[arg(long, default_value_t = 20_000)]
    rate: u64,
    /// Alerts per second
    #[arg(long, default_value_t = 2)]
    alerts: u64,
    /// Subscribers of events and of live values, half and half
    #[arg(long, default_value_t = 20)]
    subscribers: usize,
    /// Folder below which the data lies
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// Between two looks at the memory.
const LOOK: Duration = Duration::from_secs(5);
/// Share of the time that is warm-up: caches fill, the first tables grow.
const WARM_UP: f64 = 1.0 / 3.0;
/// By how much the last third of the time may need more memory than the one before, in MiB: caches still fill a little.
const MOST_MIB: f64 = 64.0;
/// What is asked, in turn, with a pause after each.
const QUESTIONS: [&str; 4] = [
    "select count(*), avg(number) from observations where time > now() - interval '5 minutes'",
    "select s.attribute, count(*), avg(o.number) from observations o join series s on o.series = s.series \
     where o.time > now() - interval '10 minutes' group by 1 order by 1",
    "select bucket, sum(sum) / sum(count) from rollup_5m group by 1 order by 1",
    "select code, count(*) from alerts group by 1",
];
const BETWEEN: Duration = Duration::from_millis(500);

/// Runs and prints.
pub(crate) async fn run(args: SoakArgs) -> Result<()> {
    let length = Duration::from_secs(args.minutes * 60);
    let site = Site::new(args.dir.as_deref())?
        .with("LOG_MAX_MIB", 256)
        .with("HISTORY_COMMIT_S", 5)
        .with("HISTORY_ROLLUP_S", 10)
        .with("HISTORY_UPKEEP_S", 30);
    let server = site.start().await?;
    let at = server.addresses;
    let person = Person::first(at.http, &server.password.clone().context("no first password")?).await?;
    let (series, token) = fleet::settle(&site, 20_000).await?;
    // a gauge raises one alert
    let count = (args.minutes * 60 * args.alerts) as usize + 1;
    gauges(&site, count).await?;
    let offer = Offer {
        format: Format::Line,
        rate: args.rate,
        rows: (args.rate / 10).max(1) as usize,
        connections: 1,
    };
    let mut ingest = Ingest::start(at.http, &series, &token, offer)?;
    let (received, asked) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut beside = JoinSet::new();
    for number in 0..args.subscribers {
        let path = if number % 2 == 0 {
            "/api/v1/events?types=alert.,incident.,signal."
        } else {
            "/api/v1/observations/stream?device=bench-00000"
        };
        beside.spawn(subscribe(at.http, person.clone(), path, Arc::clone(&received)));
    }
    beside.spawn(questions(at.http, person.clone(), Arc::clone(&asked)));
    beside.spawn(charts(at.http, person.clone(), Arc::clone(&asked)));
    let mut alerts = tokio::spawn(raise(Sensors::connect(at, &person, &token).await?, count, args.alerts));

    let pid = server.pid()?;
    let (began, mut memory, mut minute) = (Instant::now(), Trend::default(), 0);
    let mut beat = interval(LOOK);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    println!("soak: minute   MiB   observations   events and values MiB   questions   log MiB   lag rows");
    while began.elapsed() < length {
        beat.tick().await;
        ingest.check()?;
        if let Some(ended) = beside.try_join_next() {
            ended?.context("a subscriber or a questioner ended before its time")?;
        }
        ensure!(!alerts.is_finished(), "the alerts ended: {:?}", (&mut alerts).await);
        let (second, held) = (began.elapsed().as_secs_f64(), proc::memory_mib(pid)?.0);
        memory.add(second, held);
        if second >= f64::from(minute) * 60.0 {
            let mut client = Client::connect(at.http).await?;
            let status = person.get(&mut client, "/api/v1/status").await?;
            let lake = person.get(&mut client, "/api/v1/lake").await?;
            println!(
                "soak: {minute:>6} {held:>5.0} {:>14} {:>23.0} {:>11} {:>9.1} {:>10}",
                ingest.rows(),
                received.load(Ordering::Relaxed) as f64 / f64::from(1 << 20),
                asked.load(Ordering::Relaxed),
                status["log"]["bytes"].as_f64().unwrap_or(0.0) / f64::from(1 << 20),
                lake["lag_rows"],
            );
            minute += 1;
        }
    }
    alerts.abort();
    beside.shutdown().await;
    let mut answers = ingest.answers();
    let warm = memory.after(length.as_secs_f64() * WARM_UP);
    let (least, middle, most) = warm.range();
    println!(
        "soak: {} min, {} observations ({} bodies refused), {} questions; after the first third {middle:.0} MiB in the middle \
         ({least:.0} to {most:.0}), growing by {:.1} MiB an hour; answer to ingest {}; fdatasync beside it {}",
        args.minutes,
        ingest.rows(),
        ingest.refused(),
        asked.load(Ordering::Relaxed),
        warm.slope() * 3_600.0,
        answers.summary(),
        disk::sync_latency(args.dir.as_deref())?.summary()
    );
    let third = length.as_secs_f64() / 3.0;
    let growth = memory.after(2.0 * third).range().1 - memory.between(third, 2.0 * third).range().1;
    println!("soak: the last third took {growth:.1} MiB more than the one before, in the middle");
    ensure!(growth <= MOST_MIB, "memory grows: {growth:.1} MiB in {third:.0} s");
    drop(ingest);
    server.stop().await
}

/// Raises one alert after the other.
async fn raise(mut sensors: Sensors, count: usize, rate: u64) -> Result<Latencies> {
    let mut latencies = Latencies::default();
    let mut beat = interval(Duration::from_secs_f64(1.0 / rate.max(1) as f64));
    for number in 0..count {
        beat.tick().await;
        sensors.prepare(number).await?;
        latencies.add(sensors.raise(number).await?);
    }
    std::future::pending().await
}

/// Reads a stream to its end, which must not come.
pub(crate) async fn subscribe(at: SocketAddr, person: Person, path: &'static str, bytes: Arc<AtomicU64>) -> Result<()> {
    let mut client = Client::connect(at).await?;
    client.send("GET", path, person.headers(), b"").await?;
    let (status, head) = client.head().await?;
    ensure!(status == 200, "{path}: {head}");
    while let Some(chunk) = client.chunk().await? {
        bytes.fetch_add(chunk.len() as u64, Ordering::Relaxed);
    }
    anyhow::bail!("{path} ended")
}

async fn questions(at: SocketAddr, person: Person, asked: Arc<AtomicU64>) -> Result<()> {
    loop {
        for question in QUESTIONS {
            let outcome = sql::ask(at, &person, question).await?;
            ensure!(outcome.status == 200, "{question}: {outcome:?}");
            asked.fetch_add(1, Ordering::Relaxed);
            sleep(BETWEEN).await;
        }
    }
}

/// Ranges as the charts ask for them.
async fn charts(at: SocketAddr, person: Person, asked: Arc<AtomicU64>) -> Result<()> {
    let mut client = Client::connect(at).await?;
    for series in (0..20_000).cycle().step_by(37) {
        let to = kernel::time::Timestamp::from_micros(crate::senders::now());
        let from = kernel::time::Timestamp::from_micros(to.micros() - 3_600_000_000);
        let path = format!("/api/v1/observations/history?series={series}&from={from}&to={to}&points=800");
        let headers = person.headers();
        let answer = client.ask("GET", &path, headers, b"").await?;
        // a series of that number need not exist
        ensure!([200, 404].contains(&answer.status), "{path}: {}", answer.status);
        asked.fetch_add(1, Ordering::Relaxed);
        sleep(BETWEEN / 5).await;
    }
    Ok(())
}
