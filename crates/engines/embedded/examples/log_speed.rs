//! How fast the log is on this machine: `cargo run -p embedded --example log_speed [folder]`.
//!
//! Prints frames and bytes per second for several sizes of frames and numbers of callers, the delay until an append is
//! durable, and what a sync of the disk costs. Takes about 15 s and 4 GB in the folder; removes what it wrote.

use bytes::Bytes;
use embedded::disk::{Disk, RealDisk};
use embedded::log::{EmbeddedLog, LogOptions};
use futures::StreamExt;
use kernel::position::Position;
use ports::log::Log;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn percentile(sorted: &[Duration], of_thousand: usize) -> u128 {
    sorted
        .get(sorted.len() * of_thousand / 1_000)
        .map_or(0, Duration::as_micros)
}

fn sync_cost(dir: &Path) -> Outcome<()> {
    for (name, zeros) in [("reserved", false), ("reserved and written once", true)] {
        let path = dir.join("sync");
        let file = RealDisk.create(&path)?;
        file.reserve(16 << 20)?;
        if zeros {
            file.write_at(0, &vec![0; 16 << 20])?;
        }
        file.sync_data()?;
        let mut delays = Vec::new();
        for number in 0..500_u64 {
            let started = Instant::now();
            file.write_at(number * 4_096, &[7; 4_096])?;
            file.sync_data()?;
            delays.push(started.elapsed());
        }
        delays.sort_unstable();
        let (median, slow) = (percentile(&delays, 500), percentile(&delays, 990));
        println!("write 4 KiB + fdatasync, {name}: p50 {median} us, p99 {slow} us");
        RealDisk.remove(&path)?;
    }
    Ok(())
}

/// `callers` tasks with `ahead` unanswered appends each, for about two seconds.
async fn appends(dir: &Path, frame: usize, callers: usize, ahead: usize) -> Outcome<()> {
    let dir = dir.join(format!("log-{frame}-{callers}"));
    let (log, _) = EmbeddedLog::open(Arc::new(RealDisk), &dir, LogOptions::default())?;
    let log = Arc::new(log);
    let until = Instant::now() + Duration::from_secs(2);
    let started = Instant::now();
    let tasks = (0..callers).map(|caller| {
        let log = log.clone();
        let content = Bytes::from(vec![caller as u8; frame]);
        tokio::spawn(async move {
            let appends = futures::stream::iter(std::iter::from_fn(|| (Instant::now() < until).then_some(())));
            let answers = appends.map(|()| {
                let (asked, appending) = (Instant::now(), log.append(content.clone()));
                async move { appending.await.map(|_| asked.elapsed()) }
            });
            answers.buffered(ahead).collect::<Vec<_>>().await
        })
    });
    let mut delays = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        for delay in task.await? {
            delays.push(delay?);
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    delays.sort_unstable();
    println!(
        "{frame} B, {callers} callers x {ahead}: {:.0} frames/s, {:.1} MB/s, durable after p50 {} us, p99 {} us",
        delays.len() as f64 / seconds,
        (delays.len() * frame) as f64 / seconds / 1e6,
        percentile(&delays, 500),
        percentile(&delays, 990),
    );
    let started = Instant::now();
    let (mut after, mut bytes) = (Position::START, 0);
    loop {
        let frames = log.read(after, 1 << 20).await?;
        let Some(last) = frames.last() else { break };
        after = last.position;
        bytes += frames.iter().map(|frame| frame.bytes.len()).sum::<usize>();
    }
    println!(
        "    read back: {:.0} MB/s",
        bytes as f64 / started.elapsed().as_secs_f64() / 1e6
    );
    drop(log);
    let started = Instant::now();
    let _log = EmbeddedLog::open(Arc::new(RealDisk), &dir, LogOptions::default())?;
    println!("    opened again in {} ms", started.elapsed().as_millis());
    std::fs::remove_dir_all(dir)?;
    Ok(())
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let base = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = base.join(format!("hanoi-ioc-log-speed-{}", std::process::id()));
    RealDisk.create_dir_all(&dir)?;
    sync_cost(&dir)?;
    for (frame, callers, ahead) in [
        (200, 1, 1),
        (200, 100, 1),
        (200, 1_000, 1),
        (200, 8, 1_000),
        (20_000, 8, 16),
        (500_000, 4, 4),
    ] {
        appends(&dir, frame, callers, ahead).await?;
    }
    std::fs::remove_dir_all(dir)?;
    Ok(())
}
