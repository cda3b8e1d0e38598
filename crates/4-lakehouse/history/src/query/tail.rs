//! The rows that no table has yet: what the log holds after a position, decoded once and kept for the next question.

use super::error::QueryError;
use crate::lake::encode::About;
use crate::lake::file::Span;
use crate::lake::rows::{Part, Rows};
use arrow::array::RecordBatch;
use kernel::position::Position;
use kernel::time::Timestamp;
use ports::series::SeriesLog;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Most rows that are kept decoded. Beyond, answers tell an earlier `known_to`.
const MAX_ROWS: usize = 3_000_000;
/// Bytes of log that are read at once.
const READ_BYTES: usize = 8 << 20;

/// Rows after a position, up to another one.
#[derive(Clone, Debug)]
pub(crate) struct TailView {
    /// The rows, in the columns of the files of `observations`.
    pub(crate) parts: Vec<TailPart>,
    /// Arrival of the last row, when the log has more than was taken; `None` when this is all there is.
    pub(crate) cut: Option<Timestamp>,
}

/// Rows of some blocks of the log.
#[derive(Clone, Debug)]
pub(crate) struct TailPart {
    /// Position of the first and of the last block.
    from: Position,
    to: Position,
    /// Arrival of the last row.
    received: Timestamp,
    /// Times inside.
    pub(crate) time: Span,
    /// The rows.
    pub(crate) rows: RecordBatch,
}

/// Keeps the tail of one tenant's log.
#[derive(Debug)]
pub(crate) struct Tail {
    log: SeriesLog,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    parts: VecDeque<TailPart>,
    /// Everything between the first part and here is kept.
    position: Position,
    rows: usize,
}

impl Tail {
    pub(crate) fn new(log: SeriesLog) -> Self {
        Self {
            log,
            kept: Mutex::default(),
        }
    }

    /// The rows after `after`, which is the position of a table.
    pub(crate) async fn after(&self, after: Position) -> Result<TailView, QueryError> {
        let head = *self.log.head().borrow();
        let mut kept = self.kept.lock().await;
        kept.forget(after);
        let mut cut = false;
        while kept.position < head {
            if kept.rows >= MAX_ROWS {
                cut = true;
                break;
            }
            let position = kept.position;
            let blocks = self.log.read(position, READ_BYTES).await?;
            let Some((first, _)) = blocks.first() else { break };
            let from = *first;
            let mut rows = Rows::default();
            let (mut to, mut received) = (from, Timestamp::MIN);
            for (at, block) in &blocks {
                rows.take(*at, block);
                to = *at;
                received = block
                    .runs
                    .iter()
                    .map(|run| run.received)
                    .max()
                    .unwrap_or(received)
                    .max(received);
            }
            kept.position = to;
            if rows.is_empty() {
                continue;
            }
            let part = decode(&rows, from, to, received).await?;
            kept.rows += part.rows.num_rows();
            kept.parts.push_back(part);
        }
        let parts: Vec<TailPart> = kept.parts.iter().cloned().collect();
        let cut = cut.then(|| parts.last().map(|part| part.received)).flatten();
        Ok(TailView { parts, cut })
    }
}

impl Kept {
    /// Drops what lies at or before `after`; begins anew when rows before the first part are asked for, as by a reader of
    /// an older version.
    fn forget(&mut self, after: Position) {
        while self.parts.front().is_some_and(|part| part.to <= after) {
            if let Some(part) = self.parts.pop_front() {
                self.rows -= part.rows.num_rows();
            }
        }
        let split = self.parts.front().is_some_and(|part| part.from <= after);
        let behind = self.position < after;
        let begins_later = self.parts.front().is_none_or(|part| part.from > after.next()) && self.position > after;
        if split || behind || begins_later {
            *self = Self {
                position: after,
                ..Self::default()
            };
        }
    }
}

async fn decode(rows: &Rows, from: Position, to: Position, received: Timestamp) -> Result<TailPart, QueryError> {
    let time = rows.names().fold((i64::MAX, i64::MIN), |span, (_, time)| {
        (span.0.min(time), span.1.max(time))
    });
    let series = rows.names().fold((i64::MAX, i64::MIN), |span: Span, (series, _)| {
        (span.0.min(i64::from(series)), span.1.max(i64::from(series)))
    });
    let part = Part {
        about: About {
            day: 0,
            late: true,
            series,
            time,
            position: (0, 0),
        },
        rows: (0..rows.len() as u32).collect(),
    };
    let rows = rows.batch(&part)?;
    Ok(TailPart {
        from,
        to,
        received,
        time,
        rows,
    })
}

/// What questions read from.
pub(crate) type SharedTail = Arc<Tail>;
