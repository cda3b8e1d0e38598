//! How many devices are connected, told to whoever started the simulation.

use parking_lot::Mutex;
use std::fmt::Display;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// How long all devices may take before the missing ones are told of, and how often they are told of then.
const PATIENCE: Duration = Duration::from_secs(15);
const REMINDER: Duration = Duration::from_secs(60);

/// Counts connections.
#[derive(Debug)]
pub(crate) struct Progress {
    total: usize,
    connected: AtomicUsize,
    complete: Notify,
    /// What went wrong last, with the device.
    trouble: Mutex<Option<String>>,
}

impl Progress {
    pub(crate) fn new(total: usize) -> Self {
        Self {
            total,
            connected: AtomicUsize::new(0),
            complete: Notify::new(),
            trouble: Mutex::new(None),
        }
    }

    /// One more is connected.
    pub(crate) fn connected(&self) {
        if self.connected.fetch_add(1, Ordering::Relaxed) + 1 == self.total {
            self.complete.notify_one();
        }
    }

    /// One that was connected is not any more.
    pub(crate) fn lost(&self) {
        self.connected.fetch_sub(1, Ordering::Relaxed);
    }

    /// An attempt or a connection failed.
    pub(crate) fn failed(&self, device: &str, error: &dyn Display) {
        tracing::debug!(device, %error, "the connection failed");
        *self.trouble.lock() = Some(format!("{device}: {error}"));
    }

    /// Prints one line when all are connected for the first time, and lines of warning while some are not for long.
    /// Never ends.
    pub(crate) async fn tell(&self) {
        let start = Instant::now();
        let mut reminder = interval_at(start + PATIENCE, REMINDER);
        reminder.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = false;
        loop {
            tokio::select! {
                () = self.complete.notified() => {
                    if !told {
                        told = true;
                        let seconds = start.elapsed().as_secs_f64();
                        eprintln!("  {} thiết bị mô phỏng đã kết nối / simulated devices are connected ({seconds:.1} s)", self.total);
                    }
                }
                _ = reminder.tick() => {
                    if let Some(line) = self.missing() {
                        eprintln!("{line}");
                    }
                }
            }
        }
    }

    /// What to say while some are missing.
    fn missing(&self) -> Option<String> {
        let connected = self.connected.load(Ordering::Relaxed);
        let total = self.total;
        (connected < total).then(|| {
            let trouble = self.trouble.lock();
            let trouble = trouble.as_deref().unwrap_or("chưa có trả lời / no answer yet");
            format!("  {connected}/{total} thiết bị mô phỏng đang kết nối / simulated devices are connected; gần nhất / last: {trouble}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_missing_are_counted_with_the_last_trouble() {
        let progress = Progress::new(2);
        progress.connected();
        assert!(progress.missing().unwrap().contains("1/2"));
        progress.failed("gauge", &"refused");
        assert!(progress.missing().unwrap().ends_with("gauge: refused"));
        progress.connected();
        assert_eq!(progress.missing(), None);
        progress.lost();
        assert!(progress.missing().unwrap().contains("1/2"));
    }
}
