//! Failed sign-ins by address: who tries many accounts from one place has to wait, whatever the accounts are.

use kernel::time::Timestamp;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::time::Duration;

/// Failures of one address within [`WINDOW`] after which it waits.
pub const MAX_FAILURES: u32 = 60;
/// How long failures count.
pub const WINDOW: Duration = Duration::from_secs(60);
/// Most addresses that are remembered; the one that began longest ago gives way.
const MAX_ADDRESSES: usize = 10_000;

/// Failures by address. In memory only: a restart forgives, and rests of accounts are stored.
#[derive(Debug, Default)]
pub struct Attempts {
    by_address: Mutex<HashMap<String, (Timestamp, u32)>>,
}

impl Attempts {
    /// Whether an address may try. An unknown one always may.
    pub fn may(&self, address: &str, now: Timestamp) -> bool {
        let known = self.by_address.lock();
        let counted = known.get(address).filter(|(since, _)| now.since(*since) < WINDOW);
        counted.is_none_or(|(_, failures)| *failures < MAX_FAILURES)
    }

    /// Counts a failure.
    pub fn failed(&self, address: &str, now: Timestamp) {
        if address.is_empty() {
            return;
        }
        let mut known = self.by_address.lock();
        if known.len() >= MAX_ADDRESSES && !known.contains_key(address) {
            known.retain(|_, (since, _)| now.since(*since) < WINDOW);
            if known.len() >= MAX_ADDRESSES {
                let oldest = known.iter().min_by_key(|(_, (since, _))| *since);
                let oldest = oldest.map(|(address, _)| address.clone());
                oldest.and_then(|address| known.remove(&address));
            }
        }
        let (since, failures) = known.entry(address.to_owned()).or_insert((now, 0));
        if now.since(*since) >= WINDOW {
            (*since, *failures) = (now, 0);
        }
        *failures = failures.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_after_many_failures_and_others_do_not() {
        let attempts = Attempts::default();
        let at = Timestamp::from_seconds;
        for _ in 0..MAX_FAILURES {
            assert!(attempts.may("10.0.0.1", at(0)));
            attempts.failed("10.0.0.1", at(0));
            attempts.failed("", at(0));
        }
        assert!(!attempts.may("10.0.0.1", at(59)));
        assert!(attempts.may("10.0.0.2", at(59)) && attempts.may("", at(59)));
        assert!(attempts.may("10.0.0.1", at(60)));
        attempts.failed("10.0.0.1", at(60));
        assert!(attempts.may("10.0.0.1", at(61)), "a new minute begins at nothing");
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = Attempts::default();
        for number in 0..MAX_ADDRESSES + 10 {
            attempts.failed(&number.to_string(), Timestamp::EPOCH);
        }
        assert_eq!(attempts.by_address.lock().len(), MAX_ADDRESSES);
    }
}
