//! Roll-ups: which buckets were touched, what they come to, and how they take the place of what stood there.
//!
//! Nothing is ever added to a bucket. A touched (series, bucket) is computed anew from all its rows when it is over, and
//! once more whenever a late row touches it (SEMANTICS 13). So each row in good order is read once for this.

mod dirty;
mod fold;
mod gather;
mod replace;

use super::LakeState;
use super::file::day_of;
use super::read::{Wanted, open};
use super::retention::Limits;
use super::schema::{pack, unpack};
use super::table::{Change, TableState};
use crate::error::{HistoryError, Result};
use crate::model::{Settings, TableName};
use arrow::array::AsArray;
use arrow::datatypes::{Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use dirty::{Dirty, Due};
use kernel::time::Timestamp;
use ports::objects::Objects;
use std::sync::Arc;

pub(crate) use gather::{from_rollups, from_rows};

/// Microseconds of a bucket of `rollup_5m`.
pub(crate) const FIVE_MINUTES: i64 = 300_000_000;
/// Microseconds of a bucket of `rollup_1h`.
pub(crate) const HOUR: i64 = 3_600_000_000;
/// Pairs of series and bucket that are computed at once.
const MAX_PAIRS: usize = 1_000_000;

/// What is touched and not yet rolled up.
#[derive(Debug)]
pub(crate) struct Rollups {
    objects: Arc<dyn Objects>,
    five: Dirty,
    hour: Dirty,
    last: Option<Timestamp>,
    /// The last run has left something that was over.
    more: bool,
    /// Rows that retention has taken away cannot be counted again: their buckets stay as they are.
    limits: Limits,
}

impl Rollups {
    /// After a start: everything that came after the roll-ups' positions is touched.
    pub(crate) async fn recover(objects: Arc<dyn Objects>, state: &LakeState, limits: Limits) -> Result<Self> {
        let mut rollups = Self {
            objects,
            five: Dirty::new(FIVE_MINUTES),
            hour: Dirty::new(HOUR),
            last: None,
            more: false,
            limits,
        };
        rollups.note_rows(state).await?;
        rollups.note_rollups(state).await?;
        Ok(rollups)
    }

    async fn note_rows(&mut self, state: &LakeState) -> Result<()> {
        let (table, after) = (&state.observations, pack(state.rollup_5m.position));
        let failed = |error| HistoryError::table("observations", "a file cannot be read", error);
        let wanted = Wanted {
            columns: &["series", "time", "number", "position"],
            ..Wanted::ALL
        };
        for file in table.files.values().filter(|file| file.position.1 > after) {
            for batch in open(&*self.objects, TableName::Observations, file, wanted).await? {
                let batch = batch.map_err(failed)?;
                let series = batch.column(0).as_primitive::<Int32Type>().values();
                let times = batch.column(1).as_primitive::<TimestampMicrosecondType>().values();
                let numbers = batch.column(2).as_primitive::<Float64Type>();
                let positions = batch.column(3).as_primitive::<Int64Type>().values();
                for row in 0..batch.num_rows() {
                    if positions[row] > after && arrow::array::Array::is_valid(numbers, row) {
                        self.touch(series[row] as u32, times[row], positions[row]);
                    }
                }
            }
        }
        Ok(())
    }

    async fn note_rollups(&mut self, state: &LakeState) -> Result<()> {
        let (table, after) = (&state.rollup_5m, pack(state.rollup_1h.position));
        let failed = |error| HistoryError::table("rollup_5m", "a file cannot be read", error);
        let wanted = Wanted {
            columns: &["series", "bucket", "position"],
            ..Wanted::ALL
        };
        for file in table.files.values().filter(|file| file.position.1 > after) {
            for batch in open(&*self.objects, TableName::Rollup5m, file, wanted).await? {
                let batch = batch.map_err(failed)?;
                let series = batch.column(0).as_primitive::<Int32Type>().values();
                let buckets = batch.column(1).as_primitive::<TimestampMicrosecondType>().values();
                let positions = batch.column(2).as_primitive::<Int64Type>().values();
                for row in 0..batch.num_rows() {
                    if positions[row] > after {
                        self.hour.touch(series[row] as u32, buckets[row], positions[row]);
                    }
                }
            }
        }
        Ok(())
    }

    /// A row has come to the table.
    pub(crate) fn touch(&mut self, series: u32, time: i64, position: i64) {
        if !self.limits.drops(series, day_of(time)) {
            self.five.touch(series, time, position);
            self.hour.touch(series, time, position);
        }
    }

    /// Time has passed: other days have run out.
    pub(crate) fn set_limits(&mut self, limits: Limits) {
        for dirty in [&mut self.five, &mut self.hour] {
            dirty.forget(|series, bucket| limits.drops(series, day_of(bucket)));
        }
        self.limits = limits;
    }

    /// Whether a run would bring something.
    pub(crate) fn is_due(&self, state: &LakeState, settings: &Settings, now: Timestamp) -> bool {
        let rested = self.last.is_none_or(|last| now.since(last) >= settings.rollup_every);
        let until = now.minus(settings.rollup_grace).micros();
        let behind = |dirty: &Dirty, table: &TableState| {
            dirty.is_due(until) || (dirty.is_empty() && table.position < state.observations.position)
        };
        self.more || rested && (behind(&self.five, &state.rollup_5m) || behind(&self.hour, &state.rollup_1h))
    }

    /// Computes what is over and replaces it; one commit per table, and at most [`MAX_PAIRS`] buckets of each: what is left
    /// is due again at once, so that rows of the log never wait for the whole of a long history. Returns the number of
    /// buckets.
    pub(crate) async fn run(&mut self, state: &mut LakeState, settings: &Settings, now: Timestamp) -> Result<usize> {
        self.last = Some(now);
        let until = now.minus(settings.rollup_grace).micros();
        let due = self.five.take(until, MAX_PAIRS);
        let folds = from_rows(&*self.objects, &state.observations, &due).await?;
        let mut done = folds.len();
        let position = self.five.before().map_or(state.observations.position, unpack);
        self.put(&mut state.rollup_5m, &due, folds, position, now).await?;
        self.more = self.five.is_due(until);
        // an hour is computed from its parts, so these come first
        if !self.more {
            let due = self.hour.take(until, MAX_PAIRS);
            let folds = from_rollups(&*self.objects, &state.rollup_5m, &due).await?;
            done += folds.len();
            let position = self.hour.before().map_or(state.observations.position, unpack);
            let position = position.min(state.rollup_5m.position);
            self.put(&mut state.rollup_1h, &due, folds, position, now).await?;
            self.more = self.hour.is_due(until);
        }
        Ok(done)
    }

    async fn put(
        &self,
        table: &mut TableState,
        due: &Due,
        folds: fold::Folds,
        position: kernel::position::Position,
        now: Timestamp,
    ) -> Result<()> {
        if folds.is_empty() && position <= table.position {
            return Ok(());
        }
        let mut change = Change {
            position: Some(position.max(table.position)),
            ..Change::default()
        };
        replace::replace(&*self.objects, table, due, folds, now, &mut change).await?;
        table.commit(change, now).await
    }
}
