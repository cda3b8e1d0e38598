//! From the log to table `observations`: rows are gathered, written as files, and committed with the position reached.

use super::encode::encode;
use super::file::LakeFile;
use super::newest::Newest;
use super::rows::Rows;
use super::table::{Change, TableState, object_name};
use crate::error::{HistoryError, Result};
use crate::model::{Settings, TableName};
use bytes::Bytes;
use kernel::position::Position;
use kernel::time::Timestamp;
use ports::objects::Objects;
use ports::series::SeriesLog;
use std::sync::Arc;

/// Bytes of the log that are read at once.
const READ_BYTES: usize = 4 << 20;
/// Commits between two snapshots of the newest times.
const COMMITS_PER_SNAPSHOT: u64 = 32;

/// What waits for the next commit.
#[derive(Debug)]
pub(crate) struct Writer {
    log: SeriesLog,
    objects: Arc<dyn Objects>,
    /// What has been read; the table may be behind it.
    read: Position,
    rows: Rows,
    /// When the oldest waiting row was read, by the injected clock.
    since: Option<Timestamp>,
    newest: Newest,
    commits: u64,
}

/// What one commit brought.
#[derive(Debug)]
pub(crate) struct Flushed {
    /// Rows.
    pub rows: Rows,
    /// Files.
    pub files: Vec<LakeFile>,
}

impl Writer {
    /// Resumes where the table stands.
    pub(crate) async fn open(log: SeriesLog, objects: Arc<dyn Objects>, table: &TableState) -> Result<Self> {
        let newest = Newest::recover(&*objects, table.files.values(), table.position).await?;
        Ok(Self {
            log,
            objects,
            read: table.position,
            rows: Rows::default(),
            since: None,
            newest,
            commits: 0,
        })
    }

    /// Reads once from the log; `false` when nothing new is there or no more may be gathered.
    pub(crate) async fn gather(&mut self, settings: &Settings, now: Timestamp) -> Result<bool> {
        if self.rows.is_full(settings.commit_rows) {
            return Ok(false);
        }
        let blocks = self.log.read(self.read, READ_BYTES).await?;
        for (position, block) in &blocks {
            let expected = self.read.next();
            if *position != expected && position.epoch == expected.epoch {
                // Damaged frames were set aside by the log, which counts them.
                tracing::warn!(%expected, found = %position, "the log skips positions");
            }
            self.rows.take(*position, block);
            self.read = *position;
            self.since.get_or_insert(now);
        }
        Ok(!blocks.is_empty())
    }

    /// Whether it is time for a commit.
    pub(crate) fn is_due(&self, settings: &Settings, now: Timestamp) -> bool {
        let waited = self.since.map(|since| now.since(since));
        self.rows.is_full(settings.commit_rows) || waited.is_some_and(|waited| waited >= settings.commit_after)
    }

    /// Whether anything waits.
    pub(crate) fn is_waiting(&self) -> bool {
        self.since.is_some()
    }

    /// Rows that wait, and when the oldest arrived.
    pub(crate) fn waiting(&self) -> (u64, Option<Timestamp>) {
        let oldest = self.rows.oldest_received().map(Timestamp::from_micros);
        (self.rows.len() as u64, oldest)
    }

    /// What has been read of the log.
    pub(crate) fn position(&self) -> Position {
        self.read
    }

    /// Writes what waits. After an error everything has to be opened again: nobody knows what was stored.
    pub(crate) async fn flush(&mut self, table: &mut TableState, now: Timestamp) -> Result<Flushed> {
        let rows = std::mem::take(&mut self.rows);
        let mut files = Vec::new();
        for part in rows.parts(&self.newest) {
            let batch = rows.batch(&part)?;
            let (file, bytes) = encode(TableName::Observations, &[batch], part.about, now)?;
            put(&*self.objects, TableName::Observations, &file, bytes).await?;
            files.push(file);
        }
        let change = Change {
            add: files.clone(),
            position: Some(self.read),
            ..Change::default()
        };
        table.commit(change, now).await?;
        self.since = None;
        for (series, time) in rows.names() {
            self.newest.note(series, time);
        }
        self.commits += 1;
        if self.commits.is_multiple_of(COMMITS_PER_SNAPSHOT) {
            self.snapshot().await?;
        }
        Ok(Flushed { rows, files })
    }

    /// Keeps the newest times, so that the next start reads fewer files. Only when nothing waits.
    pub(crate) async fn snapshot(&self) -> Result<()> {
        match self.rows.is_empty() && self.since.is_none() {
            true => self.newest.store(&*self.objects, self.read).await,
            false => Ok(()),
        }
    }
}

/// Stores a new file of a table.
pub(crate) async fn put(objects: &dyn Objects, table: TableName, file: &LakeFile, bytes: Vec<u8>) -> Result<()> {
    let name = object_name(table, &file.path);
    if objects.put_if_absent(&name, Bytes::from(bytes)).await? {
        Ok(())
    } else {
        Err(HistoryError::table(
            table.as_str(),
            "a file has the name of another",
            name,
        ))
    }
}
