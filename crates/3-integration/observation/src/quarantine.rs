//! Keeping aside what does not fit: durable before it is acknowledged, with a quota per device (SEMANTICS 10).

use crate::record::{FORMAT, QuarantineRecord};
use crate::store::Store;
use kernel::id::{DeviceId, QuarantineId};
use kernel::reject::Rejected;
use kernel::time::Timestamp;
use parking_lot::Mutex;
use ports::error::PortError;
use rustc_hash::FxHashMap;
use std::time::Instant;

/// The place for bad items of one tenant.
#[derive(Debug)]
pub struct Quarantine {
    store: Store,
    per_hour: u32,
    /// Items kept per sender in the hour that is counted, in hours since the start: a limit of rate goes by the time of the
    /// machine, whatever the instance's clock shows (SEMANTICS 31).
    kept: Mutex<(u64, FxHashMap<DeviceId, u32>)>,
    since: Instant,
}

impl Quarantine {
    /// At most `per_hour` items of one sender are stored in an hour; beyond, they are only counted.
    pub fn new(store: Store, per_hour: u32) -> Self {
        Self {
            store,
            per_hour,
            kept: Mutex::default(),
            since: Instant::now(),
        }
    }

    /// Keeps items; durable when it answers.
    pub async fn keep(&self, sender: &DeviceId, at: Timestamp, items: &[Rejected]) -> Result<(), PortError> {
        count(items);
        let room = self.reserve(sender, items.len());
        if room < items.len() {
            metrics::counter!("hanoi_ioc_quarantine_over_quota_total").increment((items.len() - room) as u64);
        }
        let records: Vec<QuarantineRecord> = items[..room].iter().map(|item| record(sender, at, item)).collect();
        for chunk in records.chunks(500) {
            self.store.put_quarantine(chunk).await?;
        }
        Ok(())
    }

    fn reserve(&self, sender: &DeviceId, wanted: usize) -> usize {
        let hour = self.since.elapsed().as_secs() / 3_600;
        let mut kept = self.kept.lock();
        if kept.0 != hour {
            *kept = (hour, FxHashMap::default());
        }
        let used = kept.1.entry(sender.clone()).or_default();
        let room = (self.per_hour.saturating_sub(*used) as usize).min(wanted);
        *used += room as u32;
        room
    }
}

/// Counts items that were not stored.
pub(crate) fn count(items: &[Rejected]) {
    for item in items {
        metrics::counter!("hanoi_ioc_observation_rejected_total", "reason" => item.reason.code()).increment(1);
    }
}

/// An item as it is kept.
pub(crate) fn record(sender: &DeviceId, at: Timestamp, item: &Rejected) -> QuarantineRecord {
    QuarantineRecord {
        format: FORMAT,
        id: QuarantineId(uuid::Uuid::now_v7()),
        at,
        sender: sender.to_string(),
        device: item.device.clone().unwrap_or_else(|| sender.to_string()),
        item: item.item,
        reason: item.reason,
        detail: item.detail.clone(),
        raw: String::from_utf8_lossy(&item.raw).into_owned(),
        replay_of: None,
        replayed: None,
    }
}
