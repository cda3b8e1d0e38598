//! The hot log of observations: a [`Log`] whose frames are blocks of columns.

use crate::error::{PortError, Result};
use crate::log::{Log, LogUsage};
use bytes::Bytes;
use kernel::block::{Block, decode, encode};
use kernel::position::Position;
use std::sync::Arc;
use tokio::sync::watch;

/// The hot log of one tenant. History beyond it is the lakehouse's business (SEMANTICS 11).
#[derive(Clone, Debug)]
pub struct SeriesLog {
    log: Arc<dyn Log>,
}

impl SeriesLog {
    /// Stands on any log.
    pub fn new(log: Arc<dyn Log>) -> Self {
        Self { log }
    }

    /// The log below.
    pub fn log(&self) -> Arc<dyn Log> {
        Arc::clone(&self.log)
    }

    /// Queues a block now and resolves when it is durable.
    pub fn append(&self, block: &Block) -> crate::log::Appending {
        let mut bytes = Vec::new();
        encode(block, &mut bytes);
        self.log.append(Bytes::from(bytes))
    }

    /// The last durable position, with news of every change.
    pub fn head(&self) -> watch::Receiver<Position> {
        self.log.head()
    }

    /// Durable blocks after `after`, oldest first; empty at the head.
    pub async fn read(&self, after: Position, max_bytes: usize) -> Result<Vec<(Position, Block)>> {
        let frames = self.log.read(after, max_bytes).await?;
        frames
            .into_iter()
            .map(|frame| {
                let block = decode(&frame.bytes)
                    .map_err(|error| PortError::Corrupt(format!("position {}: {error}", frame.position)))?;
                Ok((frame.position, block))
            })
            .collect()
    }

    /// Keeps everything after `position` for `consumer`.
    pub async fn pin(&self, consumer: &str, position: Position) -> Result<()> {
        self.log.pin(consumer, position).await
    }

    /// Gives back what lies at or before `position` and every pin.
    pub async fn release(&self, position: Position) -> Result<u64> {
        self.log.release(position).await
    }

    /// How full it is.
    pub fn usage(&self) -> LogUsage {
        self.log.usage()
    }
}
