//! Looking at the files of a log without opening it: nothing is mended, cut or locked, and everything odd is told.

use super::format::{FORMAT, HEADER, Header, decode_header, encode_header, parse_segment_name};
use super::walk::{Step, Walk};
use crate::disk::{Disk, port_error, read_full};
use kernel::position::Position;
use ports::error::{PortError, Result};
use ports::log::Frame;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

/// What comes next in the files of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A frame whose checksums are right.
    Frame {
        /// Name of its file.
        file: String,
        /// The frame.
        frame: Frame,
    },
    /// Bytes that are not what the log wrote.
    Odd {
        /// Name of the file.
        file: String,
        /// Where it begins.
        from: u64,
        /// Where it ends.
        to: u64,
        /// What is wrong.
        what: &'static str,
    },
}

/// All frames of a log in their order, and everything odd between them. It holds one segment open at a time.
#[derive(Debug)]
pub struct Inspection<'a> {
    disk: &'a dyn Disk,
    dir: PathBuf,
    files: VecDeque<(u32, u64, String)>,
    salt: Option<u64>,
    walk: Option<(Walk, u32, String)>,
    waiting: VecDeque<Piece>,
}

impl<'a> Inspection<'a> {
    /// Begins at the oldest segment in `dir`.
    pub fn begin(disk: &'a dyn Disk, dir: &Path) -> Result<Self> {
        let entries = disk.list(dir).map_err(|error| port_error("cannot list", dir, &error))?;
        let files = entries.into_iter().filter(|entry| !entry.is_dir);
        let mut files: Vec<_> = files
            .filter_map(|entry| parse_segment_name(&entry.name).map(|(epoch, first)| (epoch, first, entry.name)))
            .collect();
        files.sort();
        Ok(Self {
            disk,
            dir: dir.to_owned(),
            files: files.into(),
            salt: None,
            walk: None,
            waiting: VecDeque::new(),
        })
    }

    /// The next piece; `None` at the end.
    pub fn next_piece(&mut self) -> Result<Option<Piece>> {
        loop {
            if let Some(piece) = self.waiting.pop_front() {
                return Ok(Some(piece));
            }
            let Some((walk, epoch, file)) = &mut self.walk else {
                match self.files.pop_front() {
                    Some((epoch, first, file)) => self.open(epoch, first, file)?,
                    None => return Ok(None),
                }
                continue;
            };
            let failed = |error| port_error("cannot read", &self.dir.join(&*file), &error);
            let odd = |from, to, what| Piece::Odd {
                file: file.clone(),
                from,
                to,
                what,
            };
            match walk.next().map_err(failed)? {
                Step::Frame { sequence, bytes, .. } => {
                    let position = Position {
                        epoch: *epoch,
                        sequence,
                    };
                    let frame = Frame { position, bytes };
                    let file = file.clone();
                    return Ok(Some(Piece::Frame { file, frame }));
                }
                Step::Damaged { offset, end } => return Ok(Some(odd(offset, end, "these bytes are no record"))),
                Step::End {
                    offset, garbage_end, ..
                } => {
                    if garbage_end > offset {
                        let what = "behind the last record are bytes that are no record";
                        self.waiting.push_back(odd(offset, garbage_end, what));
                    }
                    self.walk = None;
                }
            }
        }
    }

    fn open(&mut self, epoch: u32, first: u64, name: String) -> Result<()> {
        let path = self.dir.join(&name);
        let failed = |error| port_error("cannot read", &path, &error);
        let file = match self.disk.open(&path) {
            // released since the folder was listed
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            other => other.map_err(failed)?,
        };
        let size = file.size().map_err(failed)?;
        let mut bytes = [0; HEADER];
        let read = read_full(&*file, 0, &mut bytes).map_err(failed)?;
        let found = decode_header(&bytes[..read]).map_err(|format| {
            PortError::Misuse(format!(
                "{} has format {format}, this program reads up to {FORMAT}; use a newer version of the program",
                path.display()
            ))
        })?;
        let salt = found.header.map(|header| header.salt).or(self.salt);
        let known = Header {
            epoch,
            first,
            salt: salt.unwrap_or_default(),
        };
        let as_written = encode_header(known) == bytes && *self.salt.get_or_insert(known.salt) == known.salt;
        // an empty file is what a power cut leaves of a segment that was about to begin
        if !as_written && size > 0 {
            self.waiting.push_back(Piece::Odd {
                file: name.clone(),
                from: 0,
                to: size.min(HEADER as u64),
                what: "the head of this file is not as it was written",
            });
        }
        if size > HEADER as u64 {
            let begin = HEADER as u64;
            let walk = Walk::new(file, known.salt, begin, size, first.saturating_sub(1), 1 << 20);
            self.walk = Some((walk, epoch, name));
        }
        Ok(())
    }
}
