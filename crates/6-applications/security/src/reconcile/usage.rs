//! What was counted is stored every minute and at the end; old days are forgotten.

use crate::service::usage::Usage;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two stores.
pub const PERIOD: Duration = Duration::from_secs(60);

/// Stores every minute until `stop`, then a last time.
pub async fn run(usage: Usage, stop: CancellationToken) {
    loop {
        let ends = tokio::time::timeout(PERIOD, stop.cancelled()).await.is_ok();
        if let Err(error) = usage.store().await {
            metrics::counter!("hanoi_ioc_reconcile_errors_total", "name" => "security_usage").increment(1);
            tracing::warn!(%error, "the use of the interfaces cannot be stored; it is tried again");
        }
        if ends {
            return;
        }
        if let Err(error) = usage.forget().await {
            tracing::warn!(%error, "old figures of use cannot be forgotten; it is tried again");
        }
    }
}
