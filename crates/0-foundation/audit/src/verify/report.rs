//! What a verification says: what is wrong, where, and what to do.

use crate::note::Checkpoint;
use serde::Serialize;
use std::fmt;

/// Kinds of what can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// A record is not the one that was signed.
    Changed,
    /// Records that were signed are not there.
    Missing,
    /// A record or an object that nobody signed.
    Foreign,
    /// Bytes of the log that are no records.
    Damaged,
    /// Records stand in another order than they were written.
    Order,
    /// A tile of the tree is missing, damaged or forged.
    Tile,
    /// A checkpoint is missing, forged, or not the newest.
    Checkpoint,
    /// What is there does not give the root that was signed.
    Root,
    /// Records behind the newest checkpoint while nothing runs.
    Uncovered,
    /// Records that outlive their neighbours are missing or changed.
    Kept,
}

impl Fault {
    /// What to do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Changed | Self::Order | Self::Foreign | Self::Root => {
                "copy the data directory as evidence before anything else, tell the officer for information security, and \
                 compare with the last good backup and with what the security centre received"
            }
            Self::Missing => {
                "copy the data directory as evidence; if you restored a backup, that is what was lost since it: write it \
                 into the protocol. Else the records were removed; the security centre may have received them"
            }
            Self::Damaged => {
                "copy the data directory as evidence; if the disk is well, somebody wrote into the file. What lies there may \
                 be in a backup or at the security centre"
            }
            Self::Tile => {
                "copy the tile as evidence; while its records are still in the log, remove this tile and all later ones and \
                 start the instance: they are computed anew. Else bring it back from a backup"
            }
            Self::Checkpoint => {
                "copy the folder as evidence and compare it with its mirror and with checkpoints that auditors kept; do not \
                 write checkpoints by hand"
            }
            Self::Uncovered => {
                "after a power cut or kill this is expected: start and stop the instance once and verify again. Else records \
                 were added by another hand: copy the data directory as evidence"
            }
            Self::Kept => "copy the objects as evidence and bring them back from a backup",
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind.
    pub fault: Fault,
    /// Where: file, record, position.
    pub place: String,
    /// What was found.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// The result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Records in the tree.
    pub records: u64,
    /// Records that were read and are as they were signed.
    pub sound: u64,
    /// Records that were dropped after their time, as a signed record says.
    pub dropped: u64,
    /// Tiles that were read.
    pub tiles: u64,
    /// Checkpoints whose signature and root are right.
    pub checkpoints: u64,
    /// The newest of them.
    pub newest: Option<Checkpoint>,
    /// What is wrong; empty when all is well.
    pub findings: Vec<Finding>,
    /// Findings beyond those that are listed.
    pub more: u64,
    /// What is no fault and still worth knowing.
    pub remarks: Vec<String>,
}

const LISTED: usize = 1_000;

impl Report {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    pub(super) fn find(&mut self, fault: Fault, place: impl Into<String>, what: impl Into<String>) {
        if self.findings.len() >= LISTED {
            self.more += 1;
            return;
        }
        let (place, what) = (place.into(), what.into());
        self.findings.push(Finding { fault, place, what });
    }

    pub(super) fn finish(&mut self) {
        self.findings
            .sort_by(|a, b| (a.fault, &a.place).cmp(&(b.fault, &b.place)));
    }
}
