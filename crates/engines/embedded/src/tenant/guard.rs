//! What a full disk changes: observations are refused, and the reserved room is given to what must still be written.

use crate::disk::Reserve;
use crate::log::EmbeddedLog;
use crate::records::EmbeddedRecords;
use async_trait::async_trait;
use bytes::Bytes;
use kernel::position::Position;
use parking_lot::Mutex;
use ports::error::{PortError, Result};
use ports::log::{Appending, Frame, Log, LogUsage};
use ports::query::Query;
use ports::records::{Collection, Committed, Document, Page, Records, Transaction};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Time between two attempts to take the reserved room back.
const ATTEMPTS: Duration = Duration::from_secs(1);

/// The reserved room and whether it is given up.
#[derive(Debug)]
pub(super) struct Room {
    reserve: Reserve,
    read_only: watch::Sender<bool>,
    tried: Mutex<Option<Instant>>,
}

impl Room {
    /// Takes the room, or begins in read-only mode if the disk is full already.
    pub(super) fn new(reserve: Reserve) -> Self {
        let taken = reserve.take();
        if let Err(error) = &taken {
            tracing::warn!(%error, "no room could be reserved; observations are refused until there is some");
        }
        Self {
            reserve,
            read_only: watch::Sender::new(taken.is_err()),
            tried: Mutex::new(None),
        }
    }

    pub(super) fn read_only(&self) -> watch::Receiver<bool> {
        self.read_only.subscribe()
    }

    fn is_read_only(&self) -> bool {
        *self.read_only.borrow()
    }

    /// The disk is full: gives the room to what must still be written.
    async fn give_up(self: &Arc<Self>) {
        let room = Arc::clone(self);
        let released = tokio::task::spawn_blocking(move || room.reserve.release()).await;
        self.read_only.send_if_modified(|read_only| {
            let changed = !*read_only;
            if changed {
                tracing::error!(
                    ?released,
                    "the disk is full: observations are refused, the reserved room is in use"
                );
                metrics::counter!("hanoi_ioc_embedded_disk_full_total").increment(1);
            }
            *read_only = true;
            changed
        });
    }

    /// Tries to take the room back, at most once a second. `true` when writing may go on.
    async fn recover(self: &Arc<Self>) -> bool {
        if !self.is_read_only() {
            return true;
        }
        {
            let mut tried = self.tried.lock();
            if tried.is_some_and(|tried| tried.elapsed() < ATTEMPTS) {
                return false;
            }
            *tried = Some(Instant::now());
        }
        let room = Arc::clone(self);
        let taken = tokio::task::spawn_blocking(move || room.reserve.take_back()).await;
        let there = matches!(taken, Ok(Ok(())));
        if there {
            tracing::info!("there is room on the disk again: observations are accepted");
            self.read_only.send_replace(false);
        }
        there
    }
}

/// A log that knows of the room.
#[derive(Debug)]
pub(super) struct GuardedLog {
    log: Arc<EmbeddedLog>,
    room: Arc<Room>,
    /// Whether it may use the reserved room.
    essential: bool,
}

impl GuardedLog {
    /// Refuses appends while the disk is full.
    pub(super) fn refused_when_full(log: Arc<EmbeddedLog>, room: Arc<Room>) -> Self {
        Self {
            log,
            room,
            essential: false,
        }
    }

    /// Uses the reserved room while the disk is full.
    pub(super) fn with_reserve(log: Arc<EmbeddedLog>, room: Arc<Room>) -> Self {
        Self {
            log,
            room,
            essential: true,
        }
    }
}

/// Whether the log itself is full, by its own limit and not by the disk's.
fn at_its_limit(log: &EmbeddedLog, frame: usize) -> bool {
    let usage = log.usage();
    // a frame's head, a new segment's header and the reservation granularity
    usage.bytes.saturating_add(frame as u64).saturating_add(128 << 10) >= usage.max_bytes
}

#[async_trait]
impl Log for GuardedLog {
    fn append(&self, frame: Bytes) -> Appending {
        let (log, room, essential) = (Arc::clone(&self.log), Arc::clone(&self.room), self.essential);
        if !essential && room.is_read_only() {
            return Box::pin(async move {
                if room.recover().await {
                    return log.append(frame).await;
                }
                Err(PortError::Full(
                    "the disk is full; observations are accepted again when there is room".to_owned(),
                ))
            });
        }
        let (again, length) = (essential.then(|| frame.clone()), frame.len());
        let appending = self.log.append(frame);
        Box::pin(async move {
            let answer = appending.await;
            if !matches!(answer, Err(PortError::Full(_))) || at_its_limit(&log, length) {
                return answer;
            }
            room.give_up().await;
            match again {
                Some(frame) => log.append(frame).await,
                None => answer,
            }
        })
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.log.head()
    }

    async fn read(&self, after: Position, max_bytes: usize) -> Result<Vec<Frame>> {
        self.log.read(after, max_bytes).await
    }

    async fn pin(&self, consumer: &str, position: Position) -> Result<()> {
        self.log.pin(consumer, position).await
    }

    async fn pins(&self) -> Result<Vec<(String, Position)>> {
        self.log.pins().await
    }

    async fn release(&self, position: Position) -> Result<u64> {
        self.log.release(position).await
    }

    fn usage(&self) -> LogUsage {
        self.log.usage()
    }
}

/// Records that give up the room when the disk is full; the caller's next attempt finds it.
#[derive(Debug)]
pub(super) struct GuardedRecords {
    records: EmbeddedRecords,
    room: Arc<Room>,
}

impl GuardedRecords {
    pub(super) fn new(records: EmbeddedRecords, room: Arc<Room>) -> Self {
        Self { records, room }
    }
}

#[async_trait]
impl Records for GuardedRecords {
    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Document>> {
        self.records.get(collection, key).await
    }

    async fn query(&self, collection: Collection, query: Query) -> Result<Page> {
        self.records.query(collection, query).await
    }

    async fn count(&self, collection: Collection, query: Query) -> Result<u64> {
        self.records.count(collection, query).await
    }

    async fn commit(&self, transaction: Transaction) -> Result<Committed> {
        let answer = self.records.commit(transaction).await;
        if matches!(answer, Err(PortError::Full(_))) {
            self.room.give_up().await;
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::{Disk, SimDisk};
    use crate::log::LogOptions;
    use std::path::{Path, PathBuf};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_full_disk_refuses_observations_lets_audit_go_on_and_recovers() {
        let disk = SimDisk::new(1);
        disk.set_capacity(Some(2 << 20));
        let shared: Arc<dyn Disk> = Arc::new(disk.clone());
        let room = Arc::new(Room::new(Reserve::new(
            shared.clone(),
            PathBuf::from("/reserve"),
            1 << 20,
        )));
        let open = |dir: &str| {
            Arc::new(
                EmbeddedLog::open(shared.clone(), Path::new(dir), LogOptions::default())
                    .unwrap()
                    .0,
            )
        };
        let series = GuardedLog::refused_when_full(open("/log"), Arc::clone(&room));
        let audit = GuardedLog::with_reserve(open("/audit"), Arc::clone(&room));
        let frame = Bytes::from(vec![1; 50_000]);
        let mut refused = false;
        for _ in 0..60 {
            refused |= series.append(frame.clone()).await.is_err();
        }
        assert!(refused && room.is_read_only());
        assert!(matches!(series.append(frame.clone()).await, Err(PortError::Full(_))));
        audit.append(Bytes::from_static(b"signed in")).await.unwrap();
        disk.set_capacity(None);
        *room.tried.lock() = None;
        series.append(frame.clone()).await.unwrap();
        assert!(!room.is_read_only() && room.reserve.is_held());
    }
}
