//! From the start to the ready line, and what an idle server holds in memory.

use super::body::Format;
use crate::fleet;
use crate::ingest::{Ingest, Offer};
use crate::latency::Latencies;
use crate::proc;
use crate::server::Site;
use anyhow::Result;
use clap::Args;
use std::path::Path;
use std::time::Duration;
use tokio::time::sleep;

#[derive(Args)]
pub(crate) struct StartArgs {
    /// How often it is started
    #[arg(long, default_value_t = 10)]
    times: u32,
    /// Observations in the log that neither the lake nor a snapshot has when the server is killed, before
    /// each start; 0: ordered ends, nothing waits
    #[arg(long, default_value_t = 0)]
    backlog: u64,
}

impl Default for StartArgs {
    fn default() -> Self {
        Self { times: 10, backlog: 0 }
    }
}

/// How long the server idles before its memory is read.
const IDLE: Duration = Duration::from_secs(5);

/// Measures and prints.
pub(crate) async fn run(args: &StartArgs, dir: Option<&Path>) -> Result<()> {
    if args.backlog > 0 {
        return after_kills(args, dir).await;
    }
    let site = Site::new(dir)?;
    let first = site.start().await?;
    println!(
        "start: first start, which makes keys and the first account: {:.0} ms",
        first.took.as_secs_f64() * 1e3
    );
    first.stop().await?;
    let mut took = Latencies::default();
    for _ in 0..args.times {
        let server = site.start().await?;
        took.add(server.took);
        server.stop().await?;
    }
    let server = site.start().await?;
    sleep(IDLE).await;
    let (now, most) = proc::memory_mib(server.pid()?)?;
    println!(
        "start: to ready {}; idle memory {now:.0} MiB, at most {most:.0} MiB",
        took.summary()
    );
    server.stop().await
}

/// Starts after SIGKILL with so much in the log that was not yet anywhere else.
async fn after_kills(args: &StartArgs, dir: Option<&Path>) -> Result<()> {
    // the lake takes nothing, so that all of it waits
    let site = Site::new(dir)?
        .with("HISTORY_COMMIT_ROWS", u32::MAX)
        .with("HISTORY_COMMIT_S", 86_400)
        .with("LOG_MAX_MIB", 4_096);
    let mut server = site.start().await?;
    let (series, token) = fleet::settle(&site, 20_000).await?;
    let offer = Offer {
        format: Format::Arrow,
        rate: 0,
        rows: 5_000,
        connections: 4,
    };
    let mut took = Latencies::default();
    for number in 0..args.times {
        // all of it before the first kill, and a little before each other one
        let wanted = if number == 0 { args.backlog } else { args.backlog / 100 };
        let mut ingest = Ingest::start(server.addresses.http, &series, &token, offer)?;
        while ingest.rows() < wanted {
            sleep(Duration::from_millis(20)).await;
            ingest.check()?;
        }
        drop(ingest);
        server.kill().await?;
        server = site.start().await?;
        took.add(server.took);
    }
    let log = site.data().join("tenants/government");
    println!(
        "start: after SIGKILL with {} observations that the lake does not have ({} MiB in all below the tenant): to ready {}",
        args.backlog,
        size(&log)? >> 20,
        took.summary()
    );
    server.kill().await
}

/// Bytes of all files below a folder.
fn size(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        sum += if entry.file_type()?.is_dir() {
            size(&entry.path())?
        } else {
            entry.metadata()?.len()
        };
    }
    Ok(sum)
}
