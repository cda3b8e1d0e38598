//! Nouns of the lake: its tables, how it is kept, and how it does.

use kernel::classification::Classification;
use kernel::position::Position;
use kernel::series::SeriesInfo;
use kernel::time::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The tables of the lake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableName {
    /// All observations.
    Observations,
    /// Roll-ups over five minutes.
    Rollup5m,
    /// Roll-ups over an hour.
    Rollup1h,
    /// The registry of series.
    Series,
}

impl TableName {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Observations, Self::Rollup5m, Self::Rollup1h, Self::Series];

    /// The name in SQL, in folders and in commits.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observations => "observations",
            Self::Rollup5m => "rollup_5m",
            Self::Rollup1h => "rollup_1h",
            Self::Series => "series",
        }
    }

    /// The column of its time, if it has one.
    pub const fn time_column(self) -> &'static str {
        match self {
            Self::Observations => "time",
            Self::Rollup5m | Self::Rollup1h => "bucket",
            Self::Series => "",
        }
    }

    /// The column by which it is partitioned.
    pub const fn partition(self) -> Option<&'static str> {
        match self {
            Self::Observations | Self::Rollup5m => Some("day"),
            Self::Rollup1h => Some("month"),
            Self::Series => None,
        }
    }
}

/// How the lake is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Rows that are gathered for one commit.
    pub commit_rows: usize,
    /// Longest wait of a row for its commit, by the injected clock.
    pub commit_after: Duration,
    /// How long after its end a bucket is rolled up; rows that come later cost a replacement.
    pub rollup_grace: Duration,
    /// Least time between two runs of the roll-up.
    pub rollup_every: Duration,
    /// Commits between two checkpoints of a table.
    pub checkpoint_commits: u64,
    /// How long files live that no version needs any more; longer than the longest query.
    pub vacuum_after: Duration,
    /// Least time between two runs of compaction, vacuum and retention.
    pub upkeep_every: Duration,
    /// Small files of one partition from which on they are packed.
    pub compact_files: usize,
    /// Size that packed files shall have, in bytes.
    pub file_bytes: u64,
    /// Part of one processor that compaction may use, in percent.
    pub cpu_percent: u32,
    /// How long the log is kept although the lake has everything, so that late duplicates are recognised (SEMANTICS 7). It is
    /// given up when the log is half full or the disk is full.
    pub hot_window: Duration,
    /// Days that observations are kept, by classification; absent: for ever. Roll-ups stay.
    pub keep_days: BTreeMap<Classification, u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            commit_rows: 1_000_000,
            commit_after: Duration::from_secs(60),
            rollup_grace: Duration::from_secs(60),
            rollup_every: Duration::from_secs(60),
            checkpoint_commits: 100,
            vacuum_after: Duration::from_secs(24 * 3_600),
            upkeep_every: Duration::from_secs(600),
            compact_files: 16,
            file_bytes: 64 << 20,
            cpu_percent: 50,
            hot_window: Duration::from_secs(48 * 3_600),
            keep_days: BTreeMap::new(),
        }
    }
}

/// How the lake does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LakeStatus {
    /// The tables.
    pub tables: Vec<TableStatus>,
    /// Durable rows that no table has yet.
    pub lag_rows: u64,
    /// Age of the oldest of them, in seconds.
    pub lag_s: u64,
    /// All rows up to here are in table `observations`.
    pub position: Position,
    /// Background work.
    pub jobs: Vec<JobStatus>,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableStatus {
    /// Its name.
    pub name: &'static str,
    /// Delta version.
    pub version: u64,
    /// Files of that version.
    pub files: u64,
    /// Bytes in them.
    pub bytes: u64,
    /// Rows in them.
    pub rows: u64,
}

/// One kind of background work.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JobStatus {
    /// `commit`, `rollup`, `compact`, `checkpoint`, `vacuum`, `retention`, `series`.
    pub name: &'static str,
    /// When it last ran.
    pub last_run: Option<Timestamp>,
    /// When it last ran without a failure.
    pub last_ok: Option<Timestamp>,
    /// What it did, or why it failed.
    pub detail: String,
}

/// The series as they are now, for table `series` and for retention by class.
pub trait SeriesSource: Send + Sync + std::fmt::Debug {
    /// All of them, by number.
    fn all(&self) -> Vec<Arc<SeriesInfo>>;
}
