//! The logs of a sealed tenant: refused, because what is in a log is never written again and its key could not be destroyed.

use async_trait::async_trait;
use bytes::Bytes;
use kernel::position::Position;
use ports::error::{PortError, Result};
use ports::log::{Appending, Frame, Log, LogUsage};
use tokio::sync::watch;

/// A log that takes and gives nothing.
#[derive(Clone, Debug)]
pub struct NoLog {
    tenant: String,
    head: watch::Sender<Position>,
}

impl NoLog {
    /// For a tenant, whose name stands in the refusals.
    pub fn new(tenant: &str) -> Self {
        let (tenant, head) = (tenant.to_owned(), watch::Sender::new(Position::START));
        Self { tenant, head }
    }

    fn refused(&self) -> PortError {
        PortError::Misuse(format!(
            "tenant {} is sealed and keeps no log of observations: frames of a log stay under the key of their day; send \
             observations to another tenant",
            self.tenant
        ))
    }
}

#[async_trait]
impl Log for NoLog {
    fn append(&self, _frame: Bytes) -> Appending {
        let refused = self.refused();
        Box::pin(async move { Err(refused) })
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
    }

    async fn read(&self, _after: Position, _max_bytes: usize) -> Result<Vec<Frame>> {
        Err(self.refused())
    }

    async fn pin(&self, _consumer: &str, _position: Position) -> Result<()> {
        Err(self.refused())
    }

    async fn pins(&self) -> Result<Vec<(String, Position)>> {
        Err(self.refused())
    }

    async fn release(&self, _position: Position) -> Result<u64> {
        Err(self.refused())
    }

    fn usage(&self) -> LogUsage {
        LogUsage::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn observations_are_refused_with_the_reason() {
        let log = NoLog::new("party");
        let refused = log.append(Bytes::from_static(b"1")).await.unwrap_err();
        assert!(
            matches!(&refused, PortError::Misuse(text) if text.contains("tenant party is sealed")),
            "{refused}"
        );
        assert_eq!(log.read(Position::START, 1).await, Err(refused));
    }
}
