//! `load crash`: SIGKILL at random instants during ingest by HTTP and MQTT; then every acknowledged row is counted.

use crate::account::Person;
use crate::check::{dump, self_test, settle};
use crate::http::Client;
use crate::latency::{Latencies, Millis};
use crate::senders::Senders;
use crate::server::{Server, Site};
use anyhow::{Context, Result, bail};
use clap::Args;
use kernel::time::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::sleep;

#[derive(Args)]
pub(crate) struct CrashArgs {
    /// How often the server is killed
    #[arg(long, default_value_t = 20)]
    kills: u32,
    /// The same seed gives the same waiting times
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder below which the data lies; it decides which disk is used
    #[arg(long)]
    dir: Option<PathBuf>,
    /// After the kills: plant a loss, a duplicate and a ghost, and see whether the checker finds them
    #[arg(long)]
    self_test: bool,
}

/// Longest time from start to ready after a crash.
pub(crate) const READY: Duration = Duration::from_secs(5);

/// Share of restarts that are interrupted.
pub(crate) const EARLY: f64 = 0.3;

/// Kills of one round; a round has a data directory of its own, because its senders run out of values.
const ROUND: u32 = 25;

/// Runs the kills, round by round; the first finding ends it.
pub(crate) async fn run(args: CrashArgs) -> Result<()> {
    let mut done = 0;
    while done < args.kills {
        let kills = ROUND.min(args.kills - done);
        let seed = args.seed + u64::from(done / ROUND);
        round(CrashArgs {
            kills,
            seed,
            dir: args.dir.clone(),
            self_test: args.self_test && done == 0,
        })
        .await?;
        done += kills;
    }
    println!("{done} kills in all: lost 0, duplicated 0, ghost 0");
    Ok(())
}

async fn round(args: CrashArgs) -> Result<()> {
    // small snapshots, so that kills also hit their writing
    let site = Site::new(args.dir.as_deref())?.with("LOG_SNAPSHOT_MIB", 1);
    let site = hurried(site).with("LOG_MAX_MIB", 16);
    let mut random = StdRng::seed_from_u64(args.seed);
    let mut server = site.start().await?;
    let password = server.password.clone().context("the first start showed no password")?;
    let person = Person::first(server.addresses.http, &password).await?;
    let mut senders = Senders::register(&site, args.seed).await?;
    let mut ready = Latencies::default();
    for kill in 1..=args.kills {
        senders.server_is(Some(server.addresses));
        sleep(Duration::from_micros(random.random_range(100_000..400_000))).await;
        server.kill().await?;
        senders.server_is(None);
        senders.check()?;
        // now and then the next blow comes before the server is up again
        if random.random_bool(EARLY) {
            let launched = site.launch(&[])?;
            sleep(Duration::from_micros(random.random_range(1_000..150_000))).await;
            launched.kill().await?;
        }
        server = site
            .start()
            .await
            .with_context(|| format!("the start after kill {kill}"))?;
        ready.add(server.took);
        remembers(&server, &person, &senders)
            .await
            .with_context(|| format!("after kill {kill}"))?;
    }
    senders.server_is(Some(server.addresses));
    let records = senders.finish().await?;
    server.stop().await?;
    let slowest = ready.quantile(1.0);
    let [half, most] = [0.5, 0.99].map(|share| Millis(ready.quantile(share)));
    settle(
        &site,
        &records,
        &format!("{} kills", args.kills),
        &format!(", ready p50 {half} p99 {most}"),
    )
    .await?;
    if args.self_test {
        self_test(&records, &dump(&site).await?)?;
    }
    if slowest > READY {
        bail!("a restart took {}, more than {}", Millis(slowest), Millis(READY));
    }
    Ok(())
}

/// The lake takes rows every moment, packs and rolls up all the time, so that whatever comes hits its work too; and the log
/// is given back as soon as it is half full.
pub(crate) fn hurried(site: Site) -> Site {
    site.with("HISTORY_COMMIT_S", 0)
        .with("HISTORY_ROLLUP_S", 1)
        .with("HISTORY_ROLLUP_GRACE_S", 0)
        .with("HISTORY_UPKEEP_S", 1)
        .with("HISTORY_COMPACT_FILES", 3)
        .with("HISTORY_CHECKPOINT_COMMITS", 4)
}

/// Before any device speaks again: the newest value of each device is as new as the newest acknowledged one.
pub(crate) async fn remembers(server: &Server, person: &Person, senders: &Senders) -> Result<()> {
    let mut client = Client::connect(server.addresses.http).await?;
    for (device, acknowledged) in senders.newest() {
        let page = person
            .get(
                &mut client,
                &format!("/api/v1/observations/latest?device={device}&limit=10"),
            )
            .await?;
        let items = page["items"].as_array().map(Vec::as_slice).unwrap_or(&[]);
        let times = items
            .iter()
            .filter_map(|item| Timestamp::parse(item["time"].as_str()?).ok());
        let newest = times.map(Timestamp::micros).max().unwrap_or(0);
        if newest < acknowledged {
            bail!("{device}: a row of {acknowledged} us was acknowledged, the newest value is of {newest} us");
        }
    }
    Ok(())
}
