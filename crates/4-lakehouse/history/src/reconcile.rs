//! The lake's own thread: from the log to the tables, roll-ups, packing, checkpoints, vacuum and retention.
//!
//! It runs at low priority on one processor at most (SEMANTICS 38), and nothing else in the house waits for it. After any
//! failure everything is opened again, as after a restart; so there is one way of recovery, and it is always in use.

mod keeper;
mod upkeep;

use crate::error::Result;
use crate::lake::Lake;
use crate::lake::store::LakeStore;
use crate::model::{SeriesSource, Settings};
use kernel::clock::Clock;
use ports::objects::Objects;
use ports::series::SeriesLog;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use keeper::Keeper;

/// The name of the lake's pin in the log.
pub const PIN: &str = "history";
/// Between two looks at the log (wall time).
const TICK: Duration = Duration::from_millis(500);
/// After a failure, before everything is opened again (wall time).
const REST: Duration = Duration::from_secs(5);
/// Priority of the threads, from -20 to 19; higher is lower.
const NICE: i32 = 10;
/// Threads that read and write files for it. Each keeps some memory of its own, and packing opens many files at once.
const FILE_THREADS: usize = 4;

/// What the lake stands on.
#[derive(Debug)]
pub struct Ground {
    /// The hot log.
    pub log: SeriesLog,
    /// Where the tables lie.
    pub objects: Arc<dyn Objects>,
    /// The clock that says when something is due.
    pub clock: Arc<dyn Clock>,
    /// The registry of series.
    pub series: Arc<dyn SeriesSource>,
    /// Consumers of the log without whose pins nothing is released.
    pub waits_for: Vec<&'static str>,
    /// Whether the disk is full. The lake then only gives room back (SEMANTICS 15).
    pub is_full: watch::Receiver<bool>,
    /// How the lake is kept.
    pub settings: Settings,
}

/// Starts the thread. It ends after `stop`, when what had been acknowledged by then is in the tables or a commit has
/// failed; the receiver then says so.
pub fn start(ground: Ground, stop: CancellationToken) -> std::io::Result<(Lake, watch::Receiver<bool>)> {
    let lake = Lake::new(LakeStore::new(Arc::clone(&ground.objects)));
    let (ended, has_ended) = watch::channel(false);
    let told = lake.clone();
    std::thread::Builder::new().name("lake".to_owned()).spawn(move || {
        lower_priority();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(FILE_THREADS)
            .thread_name("lake")
            .on_thread_start(lower_priority)
            .enable_all()
            .build();
        match runtime {
            Ok(runtime) => runtime.block_on(run(Arc::new(ground), told, stop)),
            Err(error) => tracing::error!(%error, "the lake's thread cannot start; the log is not released"),
        }
        ended.send_replace(true);
    })?;
    Ok((lake, has_ended))
}

fn lower_priority() {
    // On Linux this concerns the calling thread only.
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "the priority of a thread of the lake stays as it is");
    }
}

async fn run(ground: Arc<Ground>, lake: Lake, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match session(&ground, &lake, &stop).await {
            Ok(()) => return,
            Err(error) => {
                metrics::counter!("hanoi_ioc_history_failures_total").increment(1);
                tracing::warn!(%error, "the lake is opened again after a failure");
                lake.tell_job("commit", ground.clock.now(), Err(error.to_string()));
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(REST) => {}
        }
    }
}

/// From opening to the end, or to the first failure.
async fn session(ground: &Arc<Ground>, lake: &Lake, stop: &CancellationToken) -> Result<()> {
    let mut keeper = Keeper::open(Arc::clone(ground), lake.clone()).await?;
    loop {
        let again = keeper.turn().await?;
        if stop.is_cancelled() {
            return keeper.end().await;
        }
        if !again {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }
}
