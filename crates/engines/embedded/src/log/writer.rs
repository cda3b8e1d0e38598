//! The one thread that writes: all that is queued, one write, one sync, then all answers.

use super::Shared;
use super::format::{FRAME, HEADER, Header, encode_frame};
use super::queue::Item;
use super::segment::Segment;
use crate::disk::{is_full, port_error};
use bytes::Bytes;
use kernel::position::Position;
use metrics::{counter, gauge, histogram};
use ports::error::{PortError, Result};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;
use tokio::sync::oneshot;

/// A commit below this size also writes zeros ahead, so that the next small commits change only bytes that the file
/// system has placed already; that makes their sync a third faster.
const SMALL: usize = 64 << 10;
const ZEROS_AHEAD: u64 = 512 << 10;
/// Capacity of the write buffer that is kept between commits.
const BUFFER: usize = 4 << 20;

type Reply = oneshot::Sender<Result<Position>>;

/// A segment that is being filled.
#[derive(Debug)]
struct Active {
    segment: Arc<Segment>,
    /// Durable end, or the end of what is being written.
    end: u64,
    /// Length of the file.
    reserved: u64,
    /// Bytes before this were written at least once.
    written: u64,
}

/// State of the writer thread.
#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
    active: Option<Active>,
    next: Position,
    salt: u64,
    buffer: Vec<u8>,
    accepted: Vec<(Bytes, Reply)>,
}

/// Answers everybody if the writer thread ends in a way that nobody foresaw.
struct Guard(Arc<Shared>);

impl Drop for Guard {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.fail("the writer of the log broke down");
        }
    }
}

impl Writer {
    /// Writes from `next` on, into a new segment.
    pub(crate) fn new(shared: Arc<Shared>, next: Position, salt: u64) -> Self {
        Self {
            shared,
            active: None,
            next,
            salt,
            buffer: Vec::new(),
            accepted: Vec::new(),
        }
    }

    /// Creates the next segment before there is a frame for it, so that its epoch is durable.
    pub(crate) fn begin(&mut self) -> Result<()> {
        self.rotate(0)
            .map_err(|error| port_error("cannot begin a segment in", &self.shared.dir, &error))
    }

    /// The life of the writer thread.
    pub(crate) fn run(mut self) {
        let _guard = Guard(self.shared.clone());
        let mut batch = Vec::new();
        while self.shared.queue.take(&mut batch) {
            if let Err((what, error)) = self.commit(&mut batch) {
                let text = format!("{what} in {} failed: {error}", self.shared.dir.display());
                let unavailable = self.shared.fail(&text);
                let unanswered = self
                    .accepted
                    .drain(..)
                    .map(|(_, reply)| reply)
                    .chain(batch.drain(..).map(|i| i.reply));
                unanswered.for_each(|reply| answer(reply, Err(unavailable.clone())));
            }
        }
        if self.shared.failed.borrow().is_none()
            && let Err(error) = self.seal()
        {
            tracing::warn!(dir = %self.shared.dir.display(), %error, "the last segment of a log was not cut at its end");
        }
    }

    /// Stores a batch in as many groups as segments ask for. An error is one that ends the log.
    fn commit(&mut self, batch: &mut Vec<Item>) -> std::result::Result<(), (&'static str, io::Error)> {
        let mut items = std::mem::take(batch).into_iter();
        let outcome = self.commit_all(&mut items);
        // On failure: what is left is answered by the caller. On success nothing is left.
        batch.extend(items);
        outcome
    }

    fn commit_all(
        &mut self,
        items: &mut std::vec::IntoIter<Item>,
    ) -> std::result::Result<(), (&'static str, io::Error)> {
        let options = &self.shared.options;
        let (segment_bytes, max_bytes) = (options.segment_bytes, options.max_bytes);
        let mut no_segment: Option<PortError> = None;
        for item in items {
            if let Some(full) = &no_segment {
                self.refuse(item.reply, full.clone());
                continue;
            }
            let need = (FRAME + item.bytes.len()) as u64;
            if self
                .active
                .as_ref()
                .is_none_or(|active| active.end > HEADER as u64 && active.end + need > segment_bytes)
            {
                self.flush()?;
                if let Err(error) = self.rotate(need) {
                    if !is_full(&error) {
                        return Err(("beginning a segment", error));
                    }
                    let full = port_error("no room for a segment in", &self.shared.dir, &error);
                    self.refuse(item.reply, full.clone());
                    no_segment = Some(full);
                    continue;
                }
            }
            let used = self.shared.used.load(Ordering::Relaxed) + self.buffer.len() as u64;
            if used + need > max_bytes {
                let text = format!(
                    "the log in {} may take {max_bytes} bytes and holds {used}",
                    self.shared.dir.display()
                );
                self.refuse(item.reply, PortError::Full(text));
                continue;
            }
            let sequence = self.next.sequence + self.accepted.len() as u64;
            encode_frame(&mut self.buffer, sequence, self.salt, &item.bytes);
            if let Some(active) = &mut self.active {
                active.end += need;
            }
            self.accepted.push((item.bytes, item.reply));
        }
        self.flush()
    }

    fn refuse(&self, reply: Reply, error: PortError) {
        counter!("hanoi_ioc_embedded_log_refused_total", "log" => self.shared.name.clone()).increment(1);
        answer(reply, Err(error));
    }

    /// Writes and syncs the group, then answers its callers.
    fn flush(&mut self) -> std::result::Result<(), (&'static str, io::Error)> {
        let Some(active) = self.active.as_mut().filter(|_| !self.accepted.is_empty()) else {
            return Ok(());
        };
        let shared = &self.shared;
        let length = self.buffer.len();
        let begin = active.segment.end();
        if length <= SMALL && active.end > active.written {
            let ahead = ZEROS_AHEAD.min(active.reserved.saturating_sub(active.end));
            self.buffer.resize(length + ahead as usize, 0);
        }
        let started = Instant::now();
        let outcome =
            (active.segment.file.write_at(begin, &self.buffer)).and_then(|()| active.segment.file.sync_data());
        let written = self.buffer.len() as u64;
        self.buffer.clear();
        self.buffer.shrink_to(BUFFER);
        match outcome {
            Ok(()) => {}
            Err(error) if is_full(&error) => {
                // Not a byte of these frames may come back after a crash, so the cut is made durable too.
                let file = &active.segment.file;
                file.set_len(begin)
                    .and_then(|()| file.sync_data())
                    .map_err(|error| ("taking back a write", error))?;
                (active.end, active.reserved, active.written) = (begin, begin, begin);
                let full = port_error("no room for frames in", &active.segment.path, &error);
                for (_, reply) in std::mem::take(&mut self.accepted) {
                    self.refuse(reply, full.clone());
                }
                return Ok(());
            }
            Err(error) => return Err(("writing or syncing", error)),
        }
        active.written = active.written.max(begin + written);
        active.reserved = active.reserved.max(active.end);
        let count = self.accepted.len() as u64;
        let frames = counter!("hanoi_ioc_embedded_log_frames_total", "log" => shared.name.clone());
        frames.increment(count);
        counter!("hanoi_ioc_embedded_log_bytes_total", "log" => shared.name.clone()).increment(length as u64);
        histogram!("hanoi_ioc_embedded_log_sync_seconds", "log" => shared.name.clone()).record(started.elapsed());
        let mut at = begin;
        let mut position = self.next;
        let mut tail = shared.tail.lock();
        for (bytes, _) in &self.accepted {
            active.segment.note(position.sequence, at);
            at += (FRAME + bytes.len()) as u64;
            tail.push(position, bytes.clone());
            position = position.next();
        }
        drop(tail);
        active.segment.set_end(active.end);
        shared.used.fetch_add(length as u64, Ordering::Relaxed);
        gauge!("hanoi_ioc_embedded_log_size_bytes", "log" => shared.name.clone())
            .set(shared.used.load(Ordering::Relaxed) as f64);
        let first = self.next;
        self.next = position;
        shared.head.send_replace(Position {
            epoch: first.epoch,
            sequence: position.sequence - 1,
        });
        for (number, (_, reply)) in self.accepted.drain(..).enumerate() {
            answer(
                reply,
                Ok(Position {
                    epoch: first.epoch,
                    sequence: first.sequence + number as u64,
                }),
            );
        }
        Ok(())
    }

    /// Cuts the active segment at its end and begins the next one, with room for at least `need` bytes.
    fn rotate(&mut self, need: u64) -> io::Result<()> {
        self.seal()?;
        let shared = &self.shared;
        let header = Header {
            epoch: self.next.epoch,
            first: self.next.sequence,
            salt: self.salt,
        };
        let reserve = shared.options.segment_bytes.max(HEADER as u64 + need);
        let (segment, reserved) = Segment::create(&*shared.disk, &shared.dir, header, reserve)?;
        let segment = Arc::new(segment);
        let (end, written) = (segment.end(), segment.end());
        let mut segments = shared.segments.write();
        // A segment without frames from the run before gives way to its successor of the same name.
        if segments.last().is_some_and(|last| last.path == segment.path) {
            segments.pop();
        } else {
            shared.used.fetch_add(end, Ordering::Relaxed);
        }
        segments.push(segment.clone());
        self.active = Some(Active {
            segment,
            end,
            reserved,
            written,
        });
        Ok(())
    }

    fn seal(&mut self) -> io::Result<()> {
        if let Some(active) = &self.active {
            active.segment.file.set_len(active.segment.end())?;
            active.segment.file.sync_data()?;
            self.active = None;
        }
        Ok(())
    }
}

fn answer(reply: Reply, result: Result<Position>) {
    // A caller that has gone does not want the answer.
    let _ = reply.send(result);
}

impl Shared {
    /// Ends the log: nothing is acknowledged any more (SEMANTICS 15).
    pub(crate) fn fail(&self, text: &str) -> PortError {
        let error = PortError::Unavailable(format!(
            "{text}; the log takes nothing more until the program is started anew"
        ));
        tracing::error!(log = %self.name, "{error}");
        counter!("hanoi_ioc_embedded_log_failed_total", "log" => self.name.clone()).increment(1);
        self.queue.fail(&error);
        self.failed.send_if_modified(|failed| {
            let first = failed.is_none();
            failed.get_or_insert_with(|| text.to_owned());
            first
        });
        error
    }

    /// What a reader or a pin hears of a failed disk.
    pub(crate) fn trouble(&self, what: &str, path: &Path, error: &io::Error) -> PortError {
        counter!("hanoi_ioc_embedded_log_troubles_total", "log" => self.name.clone()).increment(1);
        port_error(what, path, error)
    }
}
