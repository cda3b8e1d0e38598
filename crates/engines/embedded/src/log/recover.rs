//! What happens when a log is opened: headers, the end of the last segment, the next number. No length of any segment
//! and no damage keeps a log from opening; only a newer format and a disk that does not answer do.

use super::format::{FORMAT, HEADER, Header, decode_header, encode_header, parse_segment_name};
use super::pins::Pins;
use super::segment::Segment;
use super::walk::{Step, Walk};
use super::{LogOptions, OpenReport};
use crate::disk::{Disk, File, port_error, read_full};
use kernel::position::Position;
use ports::error::{PortError, Result};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;
use std::sync::Arc;

/// A log as it was found.
#[derive(Debug)]
pub(crate) struct Recovered {
    pub(crate) segments: Vec<Arc<Segment>>,
    pub(crate) head: Position,
    pub(crate) next: Position,
    pub(crate) salt: u64,
    /// The next number must be made durable before anything else: it cannot be told from the frames.
    pub(crate) begin: bool,
    /// Where the last segment is to be cut, once the next number is durable.
    pub(crate) cut: Option<(Arc<Segment>, u64)>,
    pub(crate) report: OpenReport,
}

struct Found {
    epoch: u32,
    first: u64,
    file: Arc<dyn File>,
    size: u64,
    header: Option<Header>,
    damaged: bool,
}

/// Opens what lies in `dir` and sets damage aside.
pub(crate) fn recover(disk: &dyn Disk, dir: &Path, options: &LogOptions, pins: &Pins) -> Result<Recovered> {
    let found = find(disk, dir)?;
    let known_salt = found
        .iter()
        .rev()
        .find_map(|found| found.header)
        .map(|header| header.salt);
    let salt = known_salt.unwrap_or_else(random);
    let mut report = OpenReport {
        pins_lost: pins.lost(),
        ..OpenReport::default()
    };
    let mut segments = Vec::with_capacity(found.len());
    let mut unreadable_last = false;
    for found in found {
        unreadable_last = false;
        let known = Header {
            epoch: found.epoch,
            first: found.first,
            salt: found.header.map_or(salt, |own| own.salt),
        };
        // Shorter than its header: its creation was cut short, and no frame can be in it.
        let length = found.size.max(HEADER as u64);
        let segment = Segment::new(dir, known, found.file.clone(), length);
        if found.damaged && found.size > HEADER as u64 && !is_empty(&found)? {
            report.damaged_headers += 1;
            if found.header.is_some() || known_salt.is_some() {
                segment.quarantine(disk, 0, HEADER as u64);
                let mended = found
                    .file
                    .write_at(0, &encode_header(known))
                    .and_then(|()| found.file.sync_data());
                tracing::warn!(segment = %segment.path.display(), ?mended, "the header of a log segment was damaged");
            } else {
                unreadable_last = true;
                segment.quarantine(disk, 0, found.size);
                report.quarantined += 1;
                segment.set_end(HEADER as u64);
            }
        }
        report.segments += 1;
        segments.push(Arc::new(segment));
    }
    let mut recovered = Recovered {
        segments,
        head: Position::START,
        next: Position::START.next(),
        salt,
        begin: false,
        cut: None,
        report,
    };
    recovered.find_end(disk)?;
    if unreadable_last {
        // Its copy in quarantine may be missing: leave it as it is.
        recovered.cut = None;
    }
    recovered.find_next(options, pins, unreadable_last)?;
    recovered.report.head = recovered.head;
    recovered.report.epoch = recovered.next.epoch;
    Ok(recovered)
}

fn random() -> u64 {
    // Keyed by the operating system's randomness, anew for each call.
    RandomState::new().build_hasher().finish()
}

/// Opens all segments and reads their headers, oldest first.
fn find(disk: &dyn Disk, dir: &Path) -> Result<Vec<Found>> {
    let entries = disk.list(dir).map_err(|error| port_error("cannot list", dir, &error))?;
    let mut found = Vec::new();
    for entry in entries.into_iter().filter(|entry| !entry.is_dir) {
        let Some((epoch, first)) = parse_segment_name(&entry.name) else {
            continue;
        };
        let path = dir.join(&entry.name);
        let failed = |error| port_error("cannot read", &path, &error);
        let file = disk.open(&path).map_err(failed)?;
        let size = file.size().map_err(failed)?;
        let mut bytes = [0; HEADER];
        let read = read_full(&*file, 0, &mut bytes).map_err(failed)?;
        let header = decode_header(&bytes[..read]).map_err(|format| {
            PortError::Misuse(format!(
                "{} has format {format}, this program reads up to {FORMAT}; start a newer version of the program",
                path.display()
            ))
        })?;
        if let Some(header) = header
            .header
            .filter(|header| (header.epoch, header.first) != (epoch, first))
        {
            return Err(PortError::Corrupt(format!(
                "{} says that it begins at {}-{}; give it back the name that it had",
                path.display(),
                header.epoch,
                header.first
            )));
        }
        found.push(Found {
            epoch,
            first,
            file,
            size,
            header: header.header,
            damaged: header.damaged,
        });
    }
    found.sort_by_key(|found| (found.epoch, found.first));
    Ok(found)
}

/// Whether a file holds zeros only: reserved, and the power went before the header was stored.
fn is_empty(found: &Found) -> Result<bool> {
    let mut walk = Walk::new(found.file.clone(), 0, 0, found.size, 0, 1 << 20);
    match walk.next() {
        Ok(Step::End { garbage_end, .. }) => Ok(garbage_end == 0),
        Ok(_) => Ok(false),
        Err(error) => Err(PortError::Unavailable(format!("a log segment cannot be read: {error}"))),
    }
}

impl Recovered {
    /// Scans the last segment, and earlier ones as long as there is no frame.
    fn find_end(&mut self, disk: &dyn Disk) -> Result<()> {
        let Some(last) = self.segments.last().cloned() else {
            return Ok(());
        };
        let failed = |error| port_error("cannot read", &last.path, &error);
        self.next = Position {
            epoch: last.epoch,
            sequence: last.first,
        };
        let mut walk = last.walk_after(0, 1 << 20);
        let mut newest = None;
        loop {
            match walk.next().map_err(failed)? {
                Step::Frame { offset, sequence, .. } => {
                    last.note(sequence, offset);
                    newest = Some(sequence);
                    self.next.sequence = sequence + 1;
                }
                Step::Damaged { offset, end } => {
                    last.quarantine(disk, offset, end);
                    self.report.quarantined += 1;
                }
                Step::End {
                    offset,
                    garbage_end,
                    claimed,
                } => {
                    last.set_end(offset);
                    self.cut = Some((last.clone(), offset));
                    if garbage_end > offset {
                        // Most likely never acknowledged; but if it was, its number must not come again.
                        self.report.torn_bytes = garbage_end - offset;
                        last.quarantine(disk, offset, garbage_end);
                        self.next.sequence = claimed.max(self.next.sequence).saturating_add(1);
                        self.begin = true;
                    }
                    break;
                }
            }
        }
        self.head = last.start();
        if let Some(sequence) = newest {
            self.head = Position {
                epoch: last.epoch,
                sequence,
            };
            return Ok(());
        }
        for earlier in self.segments.iter().rev().skip(1) {
            if let Some(sequence) = earlier.last().map_err(failed)? {
                self.head = Position {
                    epoch: earlier.epoch,
                    sequence,
                };
                break;
            }
        }
        Ok(())
    }

    /// Moves the next position above everything that anybody has seen.
    fn find_next(&mut self, options: &LogOptions, pins: &Pins, unreadable_last: bool) -> Result<()> {
        if let Some(pinned) = pins
            .highest()
            .filter(|pinned| *pinned >= self.next && pinned.sequence < u64::MAX)
        {
            self.next = pinned.next();
            self.begin = true;
        }
        let above = if unreadable_last { Some(self.next.epoch) } else { None };
        let above = above.max(options.new_epoch_above.map(|epoch| epoch.max(self.next.epoch)));
        if let Some(above) = above {
            let epoch = above
                .checked_add(1)
                .ok_or_else(|| PortError::Misuse("no epoch is left for this log".to_owned()))?;
            self.next = Position { epoch, sequence: 1 };
            self.begin = true;
        }
        Ok(())
    }
}
