//! The disk below: how long an fdatasync of a small write takes, because everything durable waits for it.

use crate::latency::Latencies;
use anyhow::Result;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Instant;

/// Writes and syncs 4 KiB, many times, inside a file that has its room.
pub(crate) fn sync_latency(dir: Option<&Path>) -> Result<Latencies> {
    const ROUNDS: u64 = 300;
    let file = match dir {
        Some(dir) => tempfile::tempfile_in(dir)?,
        None => tempfile::tempfile()?,
    };
    let page = [7; 4 << 10];
    for round in 0..ROUNDS {
        file.write_all_at(&page, round * page.len() as u64)?;
    }
    file.sync_all()?;
    let mut latencies = Latencies::default();
    for round in 0..ROUNDS {
        let began = Instant::now();
        file.write_all_at(&page, round * page.len() as u64)?;
        file.sync_data()?;
        latencies.add(began.elapsed());
    }
    Ok(latencies)
}
