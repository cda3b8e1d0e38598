//! A clock that moves only when a test says so.

use kernel::clock::Clock;
use kernel::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A clock under the test's control; clones show the same time.
#[derive(Clone, Debug)]
pub struct VirtualClock {
    micros: Arc<AtomicI64>,
}

impl VirtualClock {
    /// Stands at an instant.
    pub fn at(now: Timestamp) -> Self {
        Self {
            micros: Arc::new(AtomicI64::new(now.micros())),
        }
    }

    /// Goes forward; returns the new time.
    pub fn advance(&self, by: Duration) -> Timestamp {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        let step = |micros: i64| Some(micros.saturating_add(by));
        let before = self.micros.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step);
        Timestamp::from_micros(before.map_or_else(|same| same, |before| before.saturating_add(by)))
    }

    /// Jumps to an instant, backwards too: real clocks do.
    pub fn set(&self, now: Timestamp) {
        self.micros.store(now.micros(), Ordering::SeqCst);
    }
}

impl Default for VirtualClock {
    /// Stands at 2026-01-01T00:00:00Z, so that tests without a wish agree.
    fn default() -> Self {
        Self::at(Timestamp::from_seconds(1_767_225_600))
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.micros.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_only_on_demand_and_for_all_clones() {
        let clock = VirtualClock::default();
        let clone = clock.clone();
        assert_eq!(clock.now(), Timestamp::parse("2026-01-01T00:00:00Z").unwrap());
        let later = clock.advance(Duration::from_secs(90));
        assert_eq!((clone.now(), later), (clock.now(), clock.now()));
        assert_eq!(later, Timestamp::parse("2026-01-01T00:01:30Z").unwrap());
        clock.set(Timestamp::EPOCH);
        assert_eq!(clone.now(), Timestamp::EPOCH);
    }
}
