//! What the tests of the log stand on: small logs on real and simulated disks, and what they hold.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use bytes::Bytes;
use embedded::disk::{Disk, RealDisk, SimDisk};
use embedded::log::{EmbeddedLog, LogOptions, OpenReport};
use kernel::position::Position;
use ports::conformance::log::read_all;
use ports::log::{Frame, Log};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A log with small segments, so that few frames fill many.
pub(crate) fn small() -> LogOptions {
    LogOptions {
        segment_bytes: 16 << 10,
        max_bytes: 64 << 20,
        queue_frames: 64,
        queue_bytes: 64 << 10,
        tail_bytes: 4 << 10,
        ..LogOptions::default()
    }
}

/// Opens a log on the real disk.
pub(crate) fn open_real(dir: &Path, options: LogOptions) -> (EmbeddedLog, OpenReport) {
    EmbeddedLog::open(Arc::new(RealDisk), dir, options).unwrap()
}

/// Opens the log `/log` of a simulated disk.
pub(crate) fn open_sim(disk: &SimDisk, options: LogOptions) -> ports::error::Result<(EmbeddedLog, OpenReport)> {
    EmbeddedLog::open(Arc::new(disk.clone()), Path::new("/log"), options)
}

/// Appends `contents` one after the other.
pub(crate) async fn append_all(log: &dyn Log, contents: impl IntoIterator<Item = Vec<u8>>) -> Vec<Position> {
    let appending: Vec<_> = contents
        .into_iter()
        .map(|content| log.append(Bytes::from(content)))
        .collect();
    let mut positions = Vec::new();
    for appending in appending {
        positions.push(appending.await.unwrap());
    }
    positions
}

/// Everything in a log.
pub(crate) async fn everything(log: &dyn Log) -> Vec<Frame> {
    read_all(log, Position::START, 5_000).await
}

/// A content that tells its number and has a length of its own.
pub(crate) fn content(number: u64) -> Vec<u8> {
    let mut bytes = number.to_le_bytes().to_vec();
    let length = 8 + (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize;
    bytes.resize(length, number as u8);
    bytes
}

/// The segment files in a folder, oldest first.
pub(crate) fn segments(dir: &Path) -> Vec<PathBuf> {
    let entries = RealDisk.list(dir).unwrap();
    let names = entries
        .into_iter()
        .map(|entry| entry.name)
        .filter(|name| name.ends_with(".log"));
    names.map(|name| dir.join(name)).collect()
}
