//! What travels from the caller's task into the pipeline.

use crate::error::IntakeFailure;
use kernel::batch::Batch;
use kernel::submission::{IdempotencyKey, Receipt};
use kernel::time::Timestamp;
use std::sync::Arc;
use tokio::sync::oneshot;

/// A submission whose names are resolved and whose rows fit their contracts; duplicates are not looked for yet.
#[derive(Debug)]
pub struct Checked {
    /// Device id of the sender.
    pub sender: Arc<str>,
    /// When it arrived.
    pub received: Timestamp,
    /// Rows that may be stored.
    pub batch: Batch,
    /// Counts and list of what was kept aside; the pipeline fills in the rest.
    pub receipt: Receipt,
    /// The client's name for the request.
    pub key: Option<IdempotencyKey>,
    /// Where the answer goes.
    pub reply: oneshot::Sender<Result<Receipt, IntakeFailure>>,
}

/// Limits of the intake. Every queue has a size.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Submissions that may wait.
    pub queue: usize,
    /// Rows that may wait or be on their way to the disk; more answers `intake_busy`.
    pub rows: usize,
    /// Rows of one block.
    pub block_rows: usize,
    /// Blocks on their way to the disk at once.
    pub in_flight: usize,
    /// Bytes of log between two snapshots of the state.
    pub snapshot_bytes: u64,
    /// Oldest accepted phenomenon time, before now, in seconds.
    pub max_age_s: u64,
    /// Largest accepted lead of a sender's clock, in seconds; above 5 s the row is suspect.
    pub max_ahead_s: u64,
    /// Items that one device may have in quarantine per hour; beyond, they are only counted.
    pub quarantine_per_hour: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue: 8_192,
            rows: 1_000_000,
            block_rows: 65_536,
            in_flight: 4,
            snapshot_bytes: 32 << 20,
            max_age_s: 400 * 86_400,
            max_ahead_s: 600,
            quarantine_per_hour: 1_000,
        }
    }
}
