//! Background work without input: what was kept aside leaves when its time is over or when there is too much of it.

use crate::error::ObservationError;
use crate::store::Store;
use kernel::clock::Clock;
use std::sync::Arc;
use std::time::Duration;

/// How often to look, in wall time.
pub const PERIOD: Duration = Duration::from_secs(600);

/// Items that leave in one transaction; between two of them others may write.
const PAGE: usize = 500;

/// Empties the quarantine from its old end.
#[derive(Clone, Debug)]
pub struct Emptying {
    store: Store,
    clock: Arc<dyn Clock>,
    days: u32,
    most: u64,
}

impl Emptying {
    /// Items stay for `days` days, and never more than `most` of them.
    pub fn new(store: Store, clock: Arc<dyn Clock>, days: u32, most: u64) -> Self {
        Self {
            store,
            clock,
            days,
            most,
        }
    }

    /// One turn; answers how many items left.
    pub async fn turn(&self) -> Result<u64, ObservationError> {
        let now = self.clock.now();
        let oldest = now.micros().saturating_sub(i64::from(self.days) * 86_400_000_000);
        let mut over = self.store.count_quarantine().await?.saturating_sub(self.most);
        let mut gone = 0;
        loop {
            let page = self.store.oldest_quarantine(PAGE).await?;
            let leaving: Vec<_> = page
                .iter()
                .enumerate()
                .take_while(|(index, item)| (*index as u64) < over || item.at.micros() < oldest)
                .map(|(_, item)| item.id)
                .collect();
            self.store.drop_quarantine(&leaving).await?;
            over = over.saturating_sub(leaving.len() as u64);
            gone += leaving.len() as u64;
            if leaving.len() < PAGE {
                break;
            }
        }
        metrics::counter!("hanoi_ioc_quarantine_expired_total").increment(gone);
        Ok(gone)
    }
}
