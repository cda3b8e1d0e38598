//! One segment file in memory: where it stands, how far it is durable, a sparse index, and what was found damaged.

use super::format::{HEADER, Header, encode_header, segment_name};
use super::walk::{Step, Walk};
use crate::disk::{Disk, File, is_full, read_full};
use bytes::Bytes;
use kernel::position::Position;
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes between two entries of the sparse index.
const STRIDE: u64 = 64 << 10;
/// A reservation below this is not worth it.
const MIN_RESERVE: u64 = 64 << 10;
const QUARANTINE: &str = "quarantine";

/// A segment of a log.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) epoch: u32,
    pub(crate) first: u64,
    pub(crate) salt: u64,
    pub(crate) path: PathBuf,
    pub(crate) file: Arc<dyn File>,
    end: AtomicU64,
    index: Mutex<BTreeMap<u64, u64>>,
    damaged: Mutex<BTreeSet<u64>>,
}

impl Segment {
    /// A segment whose bytes up to `end` are durable.
    pub(crate) fn new(dir: &Path, header: Header, file: Arc<dyn File>, end: u64) -> Self {
        Self {
            epoch: header.epoch,
            first: header.first,
            salt: header.salt,
            path: dir.join(segment_name(header.epoch, header.first)),
            file,
            end: AtomicU64::new(end),
            index: Mutex::default(),
            damaged: Mutex::default(),
        }
    }

    /// Creates the file durably, header and name, with `reserve` bytes of room if the disk has them, else with less.
    /// Returns the segment and the reserved length. After a failure no file is left if that was possible.
    pub(crate) fn create(disk: &dyn Disk, dir: &Path, header: Header, reserve: u64) -> io::Result<(Self, u64)> {
        let path = dir.join(segment_name(header.epoch, header.first));
        let (file, is_new) = match disk.create(&path) {
            // Left by a run that wrote no frame into it: what its name says is what we need.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let file = disk.open(&path)?;
                file.set_len(0)?;
                (file, false)
            }
            other => (other?, true),
        };
        let fill = || {
            let mut room = reserve;
            while room >= MIN_RESERVE {
                match file.reserve(room) {
                    Ok(()) => break,
                    Err(error) if is_full(&error) => room /= 2,
                    Err(error) => return Err(error),
                }
            }
            file.write_at(0, &encode_header(header))?;
            file.sync_data()?;
            disk.sync_dir(dir)?;
            Ok(if room >= MIN_RESERVE { room } else { HEADER as u64 })
        };
        match fill() {
            Ok(room) => Ok((Self::new(dir, header, file, HEADER as u64), room)),
            Err(error) => {
                if is_full(&error) {
                    // What may remain is an empty segment, which every start understands. One that was there before
                    // stays, because its name may be all that tells the next number.
                    let _ = file.set_len(0);
                    if is_new {
                        let _ = disk.remove(&path);
                    }
                }
                Err(error)
            }
        }
    }

    /// The position before its first frame, from which its name begins.
    pub(crate) fn start(&self) -> Position {
        Position {
            epoch: self.epoch,
            sequence: self.first.saturating_sub(1),
        }
    }

    /// Where its durable frames end.
    pub(crate) fn end(&self) -> u64 {
        self.end.load(Ordering::Acquire)
    }

    /// Moves the durable end.
    pub(crate) fn set_end(&self, end: u64) {
        self.end.store(end, Ordering::Release);
    }

    /// Remembers where a frame lies, if no neighbour is remembered.
    pub(crate) fn note(&self, sequence: u64, offset: u64) {
        let mut index = self.index.lock();
        let near = |other: Option<(&u64, &u64)>| other.is_some_and(|(_, at)| at.abs_diff(offset) < STRIDE);
        if !near(index.range(..=sequence).next_back()) && !near(index.range(sequence..).next()) {
            index.insert(sequence, offset);
        }
    }

    /// A walk over its durable frames from one at or before `sequence + 1`.
    pub(crate) fn walk_after(&self, sequence: u64, chunk: usize) -> Walk {
        let near = self
            .index
            .lock()
            .range(..=sequence.saturating_add(1))
            .next_back()
            .map(|(s, offset)| (*s, *offset));
        let (previous, at) = match near {
            Some((known, offset)) => (known - 1, offset),
            None => (self.first.saturating_sub(1), HEADER as u64),
        };
        Walk::new(self.file.clone(), self.salt, at, self.end(), previous, chunk)
    }

    /// The highest sequence number of a good frame; `None` if there is none.
    pub(crate) fn last(&self) -> io::Result<Option<u64>> {
        let mut walk = self.walk_after(u64::MAX - 1, 1 << 20);
        let mut last = None;
        loop {
            match walk.next()? {
                Step::Frame { sequence, .. } => last = Some(sequence),
                Step::Damaged { .. } => {}
                Step::End { .. } => return Ok(last),
            }
        }
    }

    /// Copies damaged bytes into the folder `quarantine`, once per place. `true` if this place was not known yet.
    pub(crate) fn quarantine(&self, disk: &dyn Disk, from: u64, to: u64) -> bool {
        if !self.damaged.lock().insert(from) {
            return false;
        }
        let copy = || -> io::Result<()> {
            let dir = self.path.parent().unwrap_or(Path::new(".")).join(QUARANTINE);
            disk.create_dir_all(&dir)?;
            let name = format!("{:08x}-{:016x}-{from:08x}.bad", self.epoch, self.first);
            let target = match disk.create(&dir.join(name)) {
                // Set aside by an earlier run.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
                other => other?,
            };
            let mut piece = vec![0; 1 << 20];
            let mut at = from;
            while at < to {
                let wanted = piece.len().min(usize::try_from(to - at).unwrap_or(usize::MAX));
                let read = read_full(&*self.file, at, &mut piece[..wanted])?;
                if read == 0 {
                    break;
                }
                target.write_at(at - from, &piece[..read])?;
                at += read as u64;
            }
            target.sync_data()?;
            disk.sync_dir(&dir)
        };
        let copied = copy();
        tracing::error!(segment = %self.path.display(), from, to, ?copied, "damaged bytes in a log were set aside");
        true
    }
}

/// A good frame or the bytes of a damaged one, for readers.
pub(crate) fn frame(segment: &Segment, sequence: u64, bytes: Bytes) -> ports::log::Frame {
    ports::log::Frame {
        position: Position {
            epoch: segment.epoch,
            sequence,
        },
        bytes,
    }
}
