//! A durable, ordered log of frames: the ground under the hot series log and the audit log.

use crate::error::Result;
use async_trait::async_trait;
use bytes::Bytes;
use kernel::position::Position;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use tokio::sync::watch;

/// One frame as read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Where it lies.
    pub position: Position,
    /// What was appended.
    pub bytes: Bytes,
}

/// How full a log is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogUsage {
    /// Bytes on disk.
    pub bytes: u64,
    /// Bytes after which appends are refused.
    pub max_bytes: u64,
    /// Frames that were found damaged and set aside since the log was opened.
    pub quarantined: u64,
}

/// Appends frames durably. Concurrent appends share one fsync; positions follow the order of the calls.
#[async_trait]
pub trait Log: Send + Sync + fmt::Debug {
    /// Queues a frame now, in the order of calls, and resolves when it is durable. [`crate::error::PortError::Full`]
    /// means that nothing of it was stored. Dropping the returned future does not undo the append; only a frame that still
    /// waits for a place in a full queue goes with its caller.
    fn append(&self, frame: Bytes) -> Appending;

    /// The last durable position; changes are announced. [`Position::START`] when the log is empty.
    fn head(&self) -> watch::Receiver<Position>;

    /// Durable frames after `after`, oldest first, at least one if there is any, about `max_bytes` in all. An empty
    /// answer means that the head is reached. Released frames are passed over: compare the first position with `after`.
    async fn read(&self, after: Position, max_bytes: usize) -> Result<Vec<Frame>>;

    /// Keeps everything after `position` for `consumer`, durably, until it pins a later position.
    async fn pin(&self, consumer: &str, position: Position) -> Result<()>;

    /// All pins.
    async fn pins(&self) -> Result<Vec<(String, Position)>>;

    /// Gives back whole segments that lie at or before both `position` and every pin. Returns the freed bytes.
    async fn release(&self, position: Position) -> Result<u64>;

    /// How full it is.
    fn usage(&self) -> LogUsage;
}

/// Resolves when the frame is durable, with its position.
pub type Appending = Pin<Box<dyn Future<Output = Result<Position>> + Send + 'static>>;
