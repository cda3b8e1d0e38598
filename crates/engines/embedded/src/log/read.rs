//! Reading frames back, pins and release: everything that may touch the disk runs where blocking is allowed.

use super::Shared;
use super::segment::{Segment, frame};
use super::walk::Step;
use kernel::position::Position;
use metrics::counter;
use ports::error::{PortError, Result};
use ports::log::Frame;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A reader gets at most this much at once, whatever it asks for.
const MAX_READ: usize = 64 << 20;
const MIN_CHUNK: usize = 64 << 10;
const MAX_CHUNK: usize = 1 << 20;

/// Runs a blocking piece of work off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let joined = tokio::task::spawn_blocking(work).await;
    joined.unwrap_or_else(|error| {
        Err(PortError::Unavailable(format!(
            "a task of the storage engine ended: {error}"
        )))
    })
}

impl Shared {
    /// Frames after a position, from the disk.
    pub(crate) fn read_disk(&self, after: Position, max_bytes: usize) -> Result<Vec<Frame>> {
        let max_bytes = max_bytes.min(MAX_READ);
        let segments = self.segments.read().clone();
        let from = segments
            .partition_point(|segment| segment.start() <= after)
            .saturating_sub(1);
        let mut frames = Vec::new();
        let mut size = 0;
        for segment in &segments[from..] {
            let sequence = if segment.epoch == after.epoch {
                after.sequence
            } else {
                0
            };
            self.read_segment(segment, sequence, max_bytes, &mut size, &mut frames)
                .map_err(|error| self.trouble("cannot read", &segment.path, &error))?;
            if !frames.is_empty() && size >= max_bytes {
                break;
            }
        }
        Ok(frames)
    }

    fn read_segment(
        &self,
        segment: &Arc<Segment>,
        after: u64,
        max_bytes: usize,
        size: &mut usize,
        frames: &mut Vec<Frame>,
    ) -> io::Result<()> {
        let mut walk = segment.walk_after(after, max_bytes.clamp(MIN_CHUNK, MAX_CHUNK));
        loop {
            match walk.next()? {
                Step::Frame {
                    offset,
                    sequence,
                    bytes,
                } => {
                    segment.note(sequence, offset);
                    if sequence > after {
                        *size += bytes.len();
                        frames.push(frame(segment, sequence, bytes));
                        if *size >= max_bytes {
                            return Ok(());
                        }
                    }
                }
                Step::Damaged { offset, end } => self.set_aside(segment, offset, end),
                Step::End {
                    offset, garbage_end, ..
                } => {
                    if garbage_end > offset {
                        self.set_aside(segment, offset, garbage_end);
                    }
                    return Ok(());
                }
            }
        }
    }

    /// Copies damaged bytes into quarantine and counts them, once.
    pub(crate) fn set_aside(&self, segment: &Segment, from: u64, to: u64) {
        if segment.quarantine(&*self.disk, from, to) {
            self.quarantined.fetch_add(1, Ordering::Relaxed);
            counter!("hanoi_ioc_embedded_log_quarantined_total", "log" => self.name.clone()).increment(1);
        }
    }

    /// Stores a pin.
    pub(crate) fn pin(&self, consumer: &str, position: Position) -> Result<()> {
        let mut pins = self.pins.lock();
        if pins.list().iter().any(|(name, at)| name == consumer && *at == position) {
            return Ok(());
        }
        let changed = pins.with(consumer, position)?;
        changed
            .store(&*self.disk, &self.dir)
            .map_err(|error| self.trouble("cannot store pins in", &self.dir, &error))?;
        *pins = changed;
        Ok(())
    }

    /// Removes whole segments that nobody needs.
    pub(crate) fn release(&self, position: Position) -> Result<u64> {
        let pins = self.pins.lock();
        let Some(limit) = pins.limit(position) else {
            return Ok(0);
        };
        let mut freed = 0;
        let outcome = loop {
            let (oldest, next) = match &self.segments.read()[..] {
                // The newest stays: its name is how the log knows its next number.
                [oldest, next, ..] => (oldest.clone(), next.clone()),
                _ => break Ok(()),
            };
            match is_before(&oldest, &next, limit) {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(error) => break Err(self.trouble("cannot read", &oldest.path, &error)),
            }
            match self.disk.remove(&oldest.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    break Err(self.trouble("cannot remove", &oldest.path, &error));
                }
                _ => {}
            }
            freed += oldest.end();
            self.used.fetch_sub(oldest.end(), Ordering::Relaxed);
            self.segments.write().retain(|segment| !Arc::ptr_eq(segment, &oldest));
        };
        if freed > 0 {
            self.disk
                .sync_dir(&self.dir)
                .map_err(|error| self.trouble("cannot sync", &self.dir, &error))?;
        }
        outcome.map(|()| freed)
    }
}

/// Whether all frames of a segment lie at or before a position.
fn is_before(segment: &Segment, next: &Segment, limit: Position) -> io::Result<bool> {
    if limit >= next.start() && (segment.epoch == next.epoch || limit.epoch > segment.epoch) {
        return Ok(true);
    }
    if limit.epoch != segment.epoch || segment.epoch == next.epoch {
        return Ok(false);
    }
    // The last segment of an old epoch: only its frames tell where it ends.
    Ok(segment.last()?.is_none_or(|last| last <= limit.sequence))
}
