//! Reading the journal: in order, at least once, woken by news, and resuming where the last effect was committed.

use async_trait::async_trait;
use ports::journal::{Entry, Journal};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What is done with facts.
#[async_trait]
pub trait React: Send + Sync {
    /// The name under which the cursor is kept.
    fn name(&self) -> &'static str;
    /// Beginnings of the fact types that it wants; empty for all.
    fn kinds(&self) -> &'static [&'static str];
    /// Works off some entries and commits its effect together with the cursor, which is the number of the last entry
    /// (SEMANTICS 20). An error leaves the cursor; the same entries come again.
    async fn react(&self, entries: Vec<Entry>) -> Result<(), ports::error::PortError>;
}

/// Entries given at once.
const BATCH: usize = 1_000;

/// Feeds a consumer until told to stop.
pub async fn run(journal: Arc<dyn Journal>, consumer: Arc<dyn React>, stop: CancellationToken) {
    let name = consumer.name();
    let mut head = journal.head();
    let mut position = None;
    let mut pause = Duration::ZERO;
    loop {
        let turn = async {
            let after = match position {
                Some(after) => after,
                None => journal.cursor(name).await?,
            };
            let entries = journal.read(after, consumer.kinds(), BATCH).await?;
            let last = entries.last().map(|entry| entry.number);
            if last.is_some() {
                consumer.react(entries).await?;
            }
            Ok::<_, ports::error::PortError>((after, last))
        };
        head.mark_unchanged();
        match turn.await {
            Ok((after, last)) => {
                pause = Duration::ZERO;
                position = Some(last.unwrap_or(after));
                if last.is_some() {
                    metrics::gauge!("hanoi_ioc_consumer_position", "consumer" => name).set(last.unwrap_or(0) as f64);
                    if stop.is_cancelled() {
                        return;
                    }
                    continue;
                }
            }
            Err(error) => {
                position = None;
                pause = (pause * 2).clamp(Duration::from_millis(50), Duration::from_secs(10));
                metrics::counter!("hanoi_ioc_consumer_errors_total", "consumer" => name).increment(1);
                tracing::warn!(consumer = name, %error, "consumer failed; the same entries come again");
            }
        }
        if pause > Duration::ZERO {
            tokio::select! { () = stop.cancelled() => return, () = tokio::time::sleep(pause) => {} }
        } else {
            tokio::select! {
                () = stop.cancelled() => return,
                changed = head.changed() => if changed.is_err() { return },
            }
        }
    }
}
