//! The clock of the machine: for sessions, tokens and audit always, for everything else when no virtual clock is injected.

use kernel::clock::Clock;
use kernel::time::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};

/// Reads the machine's real-time clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::EPOCH.plus(since)
    }
}
