//! From the start to the ready line, and what an idle server holds in memory.

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
}

impl Default for StartArgs {
    fn default() -> Self {
        Self { times: 10 }
    }
}

/// How long the server idles before its memory is read.
const IDLE: Duration = Duration::from_secs(5);

/// Measures and prints.
pub(crate) async fn run(args: &StartArgs, dir: Option<&Path>) -> Result<()> {
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
