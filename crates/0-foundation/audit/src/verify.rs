//! Does the trace still say what was signed? Reads everything, believes only the checkpoints, and says what is wrong, where,
//! and what to do. It changes nothing and needs no running instance.

mod log;
mod notes;
mod report;
mod tiles;

pub use report::{Fault, Finding, Report};

use crate::note::Verifier;
use crate::shelf::Shelf;
use bytes::Bytes;
use kernel::position::Position;
use ports::error::Result;

/// What comes next in the files of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A frame whose own checksums are right.
    Record {
        /// Name of the file that it is in.
        file: String,
        /// Its position.
        position: Position,
        /// Its bytes.
        bytes: Bytes,
    },
    /// Bytes that no log wrote so.
    Odd {
        /// Name of the file.
        file: String,
        /// First byte.
        from: u64,
        /// Behind the last byte.
        to: u64,
        /// What is wrong.
        what: &'static str,
    },
}

/// What is verified: the files of one tenant.
pub trait Evidence {
    /// The next piece of the log, oldest first.
    fn next_piece(&mut self) -> Result<Option<Piece>>;
    /// Names of the objects in a folder of names, sorted.
    fn names(&self, folder: &str) -> Result<Vec<String>>;
    /// A whole object.
    fn object(&self, name: &str) -> Result<Option<Bytes>>;
}

/// What is believed, and what is asked.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// The folders of checkpoints; the first is the own one, the others are mirrors.
    pub shelves: Vec<Shelf>,
    /// The key, if the one in the folders is not to be believed.
    pub key: Option<Verifier>,
    /// Text of a checkpoint that somebody kept elsewhere; records before it are not read again.
    pub from: Option<String>,
    /// Whether an instance writes meanwhile: then records behind the newest checkpoint are no fault.
    pub running: bool,
}

/// Verifies everything. Fails only when files cannot be read at all.
pub fn verify(evidence: &mut dyn Evidence, trust: &Trust) -> Result<Report> {
    let mut report = Report::default();
    let notes = notes::read(trust, &mut report)?;
    let from = notes.from.as_ref().map_or(0, |from| from.size);
    let tiles = tiles::names(evidence, &mut report)?;
    let walked = log::walk(evidence, &tiles, &notes, from, &mut report)?;
    walked.judge(evidence, trust, &notes, &mut report)?;
    report.finish();
    Ok(report)
}
