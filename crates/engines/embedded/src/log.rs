//! A durable log of frames in segment files: one writer thread, one sync for all appends that wait, repair at the start.
//!
//! **Invariants.** A frame is acknowledged after its bytes, its segment's header and its segment's name were synced. A
//! number is never given to two frames of which one was acknowledged. After the first failed sync or write, other than
//! one for want of room, nothing is acknowledged any more.

use crate::disk::{Disk, port_error};
use async_trait::async_trait;
use bytes::Bytes;
use kernel::position::Position;
use parking_lot::{Mutex, RwLock};
use ports::error::{PortError, Result};
use ports::log::{Appending, Frame, Log, LogUsage};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use tokio::sync::watch;

pub(crate) mod copy;
mod format;
pub mod inspect;
mod pins;
mod queue;
mod read;
mod recover;
mod segment;
mod tail;
mod walk;
mod writer;

use pins::Pins;
use queue::Queue;
pub(crate) use read::blocking;
use segment::Segment;
use tail::Tail;
use writer::Writer;

/// How a log behaves.
#[derive(Clone, Debug)]
pub struct LogOptions {
    /// Its name in metrics.
    pub name: String,
    /// A segment that would grow beyond this is closed, in bytes; at most a quarter of `max_bytes` is used.
    pub segment_bytes: u64,
    /// Bytes after which appends are refused with [`PortError::Full`]; at least 64 KiB.
    pub max_bytes: u64,
    /// The largest frame, in bytes; at most 1 GiB.
    pub max_frame_bytes: usize,
    /// Frames that wait for the writer; further callers wait for a place.
    pub queue_frames: usize,
    /// Bytes that wait for the writer; further callers wait for a place.
    pub queue_bytes: usize,
    /// Bytes of the newest frames that are kept in memory for readers. Frames are kept as they were handed over: one
    /// that is a slice of something larger keeps all of it.
    pub tail_bytes: usize,
    /// After a restore: begin a new epoch above this one and above all that the log has seen (SEMANTICS 17).
    pub new_epoch_above: Option<u32>,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            name: "log".to_owned(),
            segment_bytes: 64 << 20,
            max_bytes: 20 << 30,
            max_frame_bytes: 32 << 20,
            queue_frames: 65_536,
            queue_bytes: 64 << 20,
            tail_bytes: 32 << 20,
            new_epoch_above: None,
        }
    }
}

/// What was found when a log was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenReport {
    /// Segment files.
    pub segments: usize,
    /// The last good frame.
    pub head: Position,
    /// The epoch of the frames to come.
    pub epoch: u32,
    /// Bytes after the last good frame that were cut off; a copy lies in the folder `quarantine`.
    pub torn_bytes: u64,
    /// Damaged places with good frames behind them, in the last segment; copies lie in the folder `quarantine`. Places
    /// in older segments are found when they are read.
    pub quarantined: u64,
    /// Segment headers of which a copy was damaged; mended where possible.
    pub damaged_headers: u64,
    /// The pins were damaged; nothing is released in this run.
    pub pins_lost: bool,
}

/// What the writer, the readers and the owner of a log share.
#[derive(Debug)]
struct Shared {
    name: String,
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    options: LogOptions,
    segments: RwLock<Vec<Arc<Segment>>>,
    tail: Mutex<Tail>,
    pins: Mutex<Pins>,
    head: watch::Sender<Position>,
    failed: watch::Sender<Option<String>>,
    used: AtomicU64,
    quarantined: AtomicU64,
    queue: Arc<Queue>,
}

/// A log in one folder. Dropping it writes what is queued, which may block for the time of a sync.
#[derive(Debug)]
pub struct EmbeddedLog {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
}

impl EmbeddedLog {
    /// Opens or creates the log in `dir`, which no other log may use; blocks while the last segment is read. Fails with
    /// [`PortError::Misuse`] on wrong options and on files of a newer format, with [`PortError::Unavailable`] when the
    /// disk does not answer. Damage and a full disk are no reasons to fail.
    pub fn open(disk: Arc<dyn Disk>, dir: &Path, mut options: LogOptions) -> Result<(Self, OpenReport)> {
        if options.max_bytes < 64 << 10 || options.max_frame_bytes > 1 << 30 {
            return Err(PortError::Misuse(format!(
                "the log in {} needs max_bytes of at least 65536 and max_frame_bytes of at most 1073741824, not {} and {}",
                dir.display(),
                options.max_bytes,
                options.max_frame_bytes
            )));
        }
        options.segment_bytes = options
            .segment_bytes
            .clamp(4_096, (options.max_bytes / 4).min(u64::from(u32::MAX)));
        disk.create_dir_all(dir)
            .map_err(|error| port_error("cannot create", dir, &error))?;
        let pins = Pins::load(&*disk, dir)?;
        let recovered = recover::recover(&*disk, dir, &options, &pins)?;
        let used = recovered.segments.iter().map(|segment| segment.end()).sum();
        let shared = Arc::new(Shared {
            name: options.name.clone(),
            dir: dir.to_owned(),
            segments: RwLock::new(recovered.segments),
            tail: Mutex::new(Tail::new(recovered.head, options.tail_bytes)),
            pins: Mutex::new(pins),
            head: watch::Sender::new(recovered.head),
            failed: watch::Sender::new(None),
            used: AtomicU64::new(used),
            quarantined: AtomicU64::new(recovered.report.quarantined),
            queue: Arc::new(Queue::new(options.queue_frames, options.queue_bytes)),
            disk,
            options,
        });
        let mut writer = Writer::new(shared.clone(), recovered.next, recovered.salt);
        let begun = if recovered.begin { writer.begin() } else { Ok(()) };
        match begun {
            Ok(()) => {
                if let Some((segment, end)) = recovered.cut {
                    let cut = segment.file.set_len(end).and_then(|()| segment.file.sync_data());
                    cut.map_err(|error| port_error("cannot cut", &segment.path, &error))?;
                }
            }
            // The next start finds the same end and comes to the same next number. A restore has to know.
            Err(PortError::Full(_)) if shared.options.new_epoch_above.is_none() => {}
            Err(error) => return Err(error),
        }
        let thread = std::thread::Builder::new()
            .name(format!("log {}", shared.name))
            .spawn(move || writer.run());
        let thread = thread.map_err(|error| port_error("cannot start the writer of", dir, &error))?;
        Ok((
            Self {
                shared,
                writer: Some(thread),
            },
            recovered.report,
        ))
    }

    /// Becomes `Some` with the reason when the log stops acknowledging for good; the program should then end.
    pub fn failed(&self) -> watch::Receiver<Option<String>> {
        self.shared.failed.subscribe()
    }
}

impl Drop for EmbeddedLog {
    fn drop(&mut self) {
        self.shared.queue.stop();
        if let Some(writer) = self.writer.take() {
            // A panic of the writer was reported by its guard.
            let _ = writer.join();
        }
    }
}

#[async_trait]
impl Log for EmbeddedLog {
    fn append(&self, frame: Bytes) -> Appending {
        let limit = self.shared.options.max_frame_bytes;
        if frame.len() > limit {
            let text = format!(
                "a frame of {} bytes is above the limit of {limit}; split it",
                frame.len()
            );
            return Box::pin(std::future::ready(Err(PortError::Misuse(text))));
        }
        Box::pin(self.shared.queue.push(frame))
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.shared.head.subscribe()
    }

    async fn read(&self, after: Position, max_bytes: usize) -> Result<Vec<Frame>> {
        if after >= *self.shared.head.borrow() {
            return Ok(Vec::new());
        }
        if let Some(frames) = self.shared.tail.lock().read(after, max_bytes) {
            return Ok(frames);
        }
        let shared = self.shared.clone();
        blocking(move || shared.read_disk(after, max_bytes)).await
    }

    async fn pin(&self, consumer: &str, position: Position) -> Result<()> {
        let (shared, consumer) = (self.shared.clone(), consumer.to_owned());
        blocking(move || shared.pin(&consumer, position)).await
    }

    async fn pins(&self) -> Result<Vec<(String, Position)>> {
        Ok(self.shared.pins.lock().list())
    }

    async fn release(&self, position: Position) -> Result<u64> {
        let shared = self.shared.clone();
        blocking(move || shared.release(position)).await
    }

    fn usage(&self) -> LogUsage {
        LogUsage {
            bytes: self.shared.used.load(Ordering::Relaxed),
            max_bytes: self.shared.options.max_bytes,
            quarantined: self.shared.quarantined.load(Ordering::Relaxed),
        }
    }
}
