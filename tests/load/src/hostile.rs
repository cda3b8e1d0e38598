//! `load hostile`: statements that would take the machine down, all at once, again and again, beside ingest. Each must be
//! refused or answered within its limits, memory must stay bounded, and ingest must keep its pace.

mod statements;

use crate::account::Person;
use crate::bench::body::Format;
use crate::bench::disk;
use crate::fleet;
use crate::ingest::{Ingest, Offer};
use crate::latency::{Latencies, Millis};
use crate::proc;
use crate::server::Site;
use crate::sql::{self, Outcome};
use crate::trend::Trend;
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep;

#[derive(Args)]
pub(crate) struct HostileArgs {
    /// Observations per second beside it
    #[arg(long, default_value_t = 200_000)]
    rate: u64,
    /// Observations that are stored before
    #[arg(long, default_value_t = 10_000_000)]
    history: u64,
    /// Seconds of ingest alone, to compare with
    #[arg(long, default_value_t = 20)]
    alone: u64,
    /// Rounds; in each, every statement is asked once, all at the same time
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Folder below which the data lies
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// Longest answer that is believed: the limit of time, a place in the queue, and what a busy machine adds.
const PATIENCE: Duration = Duration::from_secs(240);

/// Measures and prints.
pub(crate) async fn run(args: HostileArgs) -> Result<()> {
    let site = Site::new(args.dir.as_deref())?
        .with("LOG_MAX_MIB", 1_024)
        .with("SQL_WAITING", 64);
    let server = site.start().await?;
    let at = server.addresses.http;
    let person = Person::first(at, &server.password.clone().context("no first password")?).await?;
    let (series, token) = fleet::settle(&site, 20_000).await?;
    let offer = |rate| Offer {
        format: Format::Line,
        rate,
        rows: 5_000,
        connections: 4,
    };
    let mut all = Ingest::start(at, &series, &token, offer(0))?;
    while all.rows() < args.history {
        sleep(Duration::from_millis(50)).await;
        all.check()?;
    }
    drop(all);

    let mut ingest = Ingest::start(at, &series, &token, offer(args.rate))?;
    sleep(Duration::from_secs(2)).await;
    let pid = server.pid()?;
    let mut alone = Stretch::begin(&ingest);
    let until = Instant::now() + Duration::from_secs(args.alone);
    while Instant::now() < until {
        alone.look(pid)?;
        ingest.check()?;
    }
    alone.end(&ingest);
    let mut beside = Stretch::begin(&ingest);
    let mut outcomes: BTreeMap<&str, Vec<Outcome>> = BTreeMap::new();
    for _ in 0..args.rounds {
        let mut asking = JoinSet::new();
        for (name, statement) in statements::all() {
            let person = person.clone();
            asking.spawn(async move { anyhow::Ok((name, sql::ask(at, &person, &statement).await?)) });
        }
        let began = Instant::now();
        while !asking.is_empty() {
            beside.look(pid)?;
            ingest.check()?;
            while let Some(ended) = asking.try_join_next() {
                let (name, outcome) = ended??;
                outcomes.entry(name).or_default().push(outcome);
            }
            ensure!(began.elapsed() < PATIENCE, "{} statements have no answer", asking.len());
        }
    }
    beside.end(&ingest);
    for (name, outcomes) in &outcomes {
        let said: Vec<String> = outcomes
            .iter()
            .map(|outcome| format!("{} {} in {}", outcome.status, outcome.what, Millis(outcome.took)))
            .collect();
        println!("hostile: {name:<22} {}", said.join("; "));
    }
    for (name, outcomes) in &outcomes {
        for outcome in outcomes {
            ensure!([200, 422, 429].contains(&outcome.status), "{name}: {outcome:?}");
        }
    }
    println!(
        "hostile: {} statements in {} rounds; ingest alone {}, beside them {}; fdatasync beside it {}",
        outcomes.len(),
        args.rounds,
        alone.summary(),
        beside.summary(),
        disk::sync_latency(args.dir.as_deref())?.summary()
    );
    drop(ingest);
    // everything that was asked has ended, so that an ordered end takes its usual time
    server.stop().await
}

/// Some seconds of ingest.
struct Stretch {
    began: Instant,
    rows: u64,
    rate: f64,
    memory: Trend,
    answers: Latencies,
}

impl Stretch {
    fn begin(ingest: &Ingest) -> Self {
        ingest.answers();
        Self {
            began: Instant::now(),
            rows: ingest.rows(),
            rate: 0.0,
            memory: Trend::default(),
            answers: Latencies::default(),
        }
    }

    /// Waits a moment and looks at the memory.
    fn look(&mut self, pid: u32) -> Result<()> {
        std::thread::sleep(Duration::from_millis(20));
        self.memory
            .add(self.began.elapsed().as_secs_f64(), proc::memory_mib(pid)?.0);
        Ok(())
    }

    fn end(&mut self, ingest: &Ingest) {
        self.rate = (ingest.rows() - self.rows) as f64 / self.began.elapsed().as_secs_f64();
        self.answers = ingest.answers();
    }

    fn summary(&mut self) -> String {
        let (least, _, most) = self.memory.range();
        format!(
            "{:.0} obs/s (answer {}), server {least:.0} to {most:.0} MiB",
            self.rate,
            self.answers.summary()
        )
    }
}
