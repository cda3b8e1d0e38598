//! Reading the journal: in order, at least once, woken by news, and resuming where the last effect was committed.

use async_trait::async_trait;
use ports::error::PortError;
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
    async fn react(&self, entries: Vec<Entry>) -> Result<(), PortError>;
}

/// Entries given at once.
const BATCH: usize = 1_000;
/// Wait after a first error; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// Longest wait after errors.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Feeds a consumer until told to stop; a batch that is being worked off is finished first.
pub async fn run(journal: Arc<dyn Journal>, consumer: Arc<dyn React>, stop: CancellationToken) {
    let name = consumer.name();
    let mut head = journal.head();
    let mut position = None;
    let mut pause = Duration::ZERO;
    while !stop.is_cancelled() {
        head.mark_unchanged();
        let turn = async {
            let after = match position {
                Some(after) => after,
                None => journal.cursor(name).await?,
            };
            let entries = journal.read(after, consumer.kinds(), BATCH).await?;
            let (count, last) = (entries.len(), entries.last().map_or(after, |entry| entry.number));
            if count > 0 {
                consumer.react(entries).await?;
            }
            Ok::<_, PortError>((count, last))
        };
        match turn.await {
            Ok((count, last)) => {
                position = Some(last);
                pause = Duration::ZERO;
                metrics::gauge!("hanoi_ioc_consumer_position", "consumer" => name).set(last as f64);
                if count == BATCH {
                    continue;
                }
            }
            Err(error) => {
                position = None;
                pause = (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
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
