//! Background work without input: on a timer, and at once when nudged.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Calls `work` every `period` (wall time) and after each nudge, never twice at once, until told to stop. Errors are
/// logged with `name` and counted; the next turn tries again.
pub async fn run<W, F, E>(
    name: &'static str,
    period: Duration,
    nudge: Arc<Notify>,
    stop: CancellationToken,
    mut work: W,
) where
    W: FnMut() -> F + Send,
    F: Future<Output = Result<(), E>> + Send,
    E: std::fmt::Display,
{
    let mut timer = tokio::time::interval(period);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = nudge.notified() => {}
            _ = timer.tick() => {}
        }
        if let Err(error) = work().await {
            metrics::counter!("hanoi_ioc_reconcile_errors_total", "name" => name).increment(1);
            tracing::warn!(name, %error, "reconciler failed; it will be tried again");
        }
    }
}
