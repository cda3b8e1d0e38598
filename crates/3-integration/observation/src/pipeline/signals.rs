//! From transitions of rules to facts in the journal: in order, retried until durable; ids are derived, so a repeat is harmless.

use crate::series::SeriesRegistry;
use kernel::actor::ActorId;
use kernel::fact::Fact;
use kernel::id::TenantId;
use kernel::signal::Signal;
use ports::error::PortError;
use ports::records::{Records, Transaction};
use rule::transition::Transition;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Signals that may wait; when it is full, the pipeline waits too.
const QUEUE: usize = 16_384;
/// How long a snapshot waits for the journal before it is put off.
const PATIENCE: Duration = Duration::from_secs(2);
/// Signals of one transaction.
const BATCH: usize = 500;

/// The pipeline's end.
pub(super) struct Publisher {
    queue: mpsc::Sender<Signal>,
    sent: u64,
    published: watch::Receiver<u64>,
}

/// The journal's end.
pub(super) struct Signals {
    queue: mpsc::Receiver<Signal>,
    published: watch::Sender<u64>,
}

pub(super) fn channel() -> (Publisher, Signals) {
    let (sender, queue) = mpsc::channel(QUEUE);
    let (published, watch) = watch::channel(0);
    (
        Publisher {
            queue: sender,
            sent: 0,
            published: watch,
        },
        Signals { queue, published },
    )
}

impl Publisher {
    /// Queues the signals of transitions; waits while the queue is full.
    pub(super) async fn send(&mut self, transitions: &[Transition], registry: &SeriesRegistry) {
        for transition in transitions {
            let Some(info) = registry.info(transition.series) else {
                continue;
            };
            if self.queue.send(transition.signal(&info)).await.is_ok() {
                self.sent += 1;
            }
        }
    }

    /// Whether everything sent so far is durable in the journal, after waiting for it at most [`PATIENCE`].
    pub(super) async fn flushed(&mut self) -> bool {
        let sent = self.sent;
        let all = self.published.wait_for(|published| *published >= sent);
        matches!(tokio::time::timeout(PATIENCE, all).await, Ok(Ok(_)))
    }
}

/// Publishes until the pipeline's end is dropped and the queue is empty.
pub(super) async fn publish(records: Arc<dyn Records>, tenant: TenantId, mut signals: Signals) {
    let actor = ActorId::Service("rule".to_owned());
    let mut batch = Vec::new();
    while signals.queue.recv_many(&mut batch, BATCH).await > 0 {
        let count = batch.len() as u64;
        let facts = batch
            .drain(..)
            .map(|signal| Fact::from_signal(&signal, &tenant, actor.clone()))
            .collect();
        let transaction = Transaction {
            facts,
            ..Transaction::default()
        };
        let mut pause = Duration::from_millis(20);
        while let Err(error) = records.commit(transaction.clone()).await {
            metrics::counter!("hanoi_ioc_signal_publish_errors_total").increment(1);
            tracing::warn!(%error, count, "signals cannot be published; they are tried again");
            if matches!(error, PortError::Unavailable(_)) && signals.queue.is_closed() {
                // the program is ending and storage has gone: the state before these signals is replayed at the next start
                return;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
        metrics::counter!("hanoi_ioc_signals_published_total").increment(count);
        signals.published.send_modify(|published| *published += count);
    }
}
