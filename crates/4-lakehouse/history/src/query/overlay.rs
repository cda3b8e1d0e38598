//! Rows that may replace others, resolved: of each name the one with the highest position (SEMANTICS 7).

use super::error::QueryError;
use super::visible::Visible;
use super::wanted::Wanted;
use arrow::array::{AsArray, BooleanArray, RecordBatch, UInt32Array};
use arrow::buffer::BooleanBuffer;
use arrow::compute::{concat_batches, filter_record_batch, take_record_batch};
use arrow::datatypes::{Int32Type, Int64Type, SchemaRef, TimestampMicrosecondType};
use rustc_hash::{FxHashMap, FxHashSet};

/// Most rows that may replace others in one question.
pub(crate) const MAX_ROWS: usize = 4_000_000;

/// What lies over the rows of files that replace nothing.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    /// The rows that count, in the columns of the files.
    pub(crate) rows: Vec<RecordBatch>,
    /// Their names; rows of other files with one of these names do not count.
    pub(crate) names: FxHashSet<(i32, i64)>,
    /// Their times, sorted.
    times: Vec<i64>,
}

/// The two columns that name a row.
pub(crate) struct Names<'a> {
    pub(crate) series: &'a [i32],
    pub(crate) time: &'a [i64],
}

impl<'a> Names<'a> {
    /// Finds them; `None` when a batch lacks one.
    pub(crate) fn of(batch: &'a RecordBatch, time_column: &str) -> Option<Self> {
        let series = batch.column_by_name("series")?.as_primitive_opt::<Int32Type>()?;
        let time = batch
            .column_by_name(time_column)?
            .as_primitive_opt::<TimestampMicrosecondType>()?;
        Some(Self {
            series: series.values(),
            time: time.values(),
        })
    }
}

impl Overlay {
    /// Resolves rows of any order.
    pub(crate) fn of(
        schema: &SchemaRef,
        batches: Vec<RecordBatch>,
        wanted: &Wanted,
        visible: &Visible,
    ) -> Result<Self, QueryError> {
        let mut kept = Vec::with_capacity(batches.len());
        for batch in batches {
            let Some(names) = Names::of(&batch, "time") else {
                return Err(QueryError::Engine("rows without series and time".to_owned()));
            };
            let mask = BooleanBuffer::collect_bool(batch.num_rows(), |row| {
                let series = names.series[row];
                wanted.holds(i64::from(series), names.time[row]) && visible.holds(series as u32)
            });
            let all = mask.count_set_bits() == batch.num_rows();
            if mask.count_set_bits() > 0 {
                kept.push(if all { batch } else { filter(&batch, mask)? });
            }
        }
        let count: usize = kept.iter().map(RecordBatch::num_rows).sum();
        if count > MAX_ROWS {
            return Err(QueryError::TooLarge(format!(
                "{count} rows of this time are late or not yet in the tables, more than the {MAX_ROWS} that one question can \
                 sort out; ask for a shorter time or fewer series"
            )));
        }
        let all = concat_batches(schema, &kept).map_err(engine)?;
        drop(kept);
        Self::resolve(&all)
    }

    fn resolve(all: &RecordBatch) -> Result<Self, QueryError> {
        if all.num_rows() == 0 {
            return Ok(Self::default());
        }
        let column = |name: &str| {
            all.column_by_name(name)
                .ok_or_else(|| QueryError::Engine(format!("rows without {name}")))
        };
        let positions = column("position")?.as_primitive::<Int64Type>();
        let rows = column("row")?.as_primitive::<Int32Type>();
        let Some(names) = Names::of(all, "time") else {
            return Err(QueryError::Engine("rows without series and time".to_owned()));
        };
        let place = |row: usize| (positions.value(row), rows.value(row));
        let mut winners: FxHashMap<(i32, i64), u32> = FxHashMap::default();
        winners.reserve(all.num_rows());
        for row in 0..all.num_rows() {
            let name = (names.series[row], names.time[row]);
            let winner = winners.entry(name).or_insert(row as u32);
            if place(row) > place(*winner as usize) {
                *winner = row as u32;
            }
        }
        let mut order: Vec<u32> = winners.values().copied().collect();
        order.sort_unstable();
        let mut times: Vec<i64> = order.iter().map(|row| names.time[*row as usize]).collect();
        times.sort_unstable();
        times.dedup();
        let names = winners.into_keys().collect();
        let rows = if order.len() == all.num_rows() {
            all.clone()
        } else {
            take_record_batch(all, &UInt32Array::from(order)).map_err(engine)?
        };
        Ok(Self {
            rows: vec![rows],
            names,
            times,
        })
    }

    /// Whether a row of it has a time within these.
    pub(crate) fn meets(&self, time: (i64, i64)) -> bool {
        let first = self.times.partition_point(|held| *held < time.0);
        self.times.get(first).is_some_and(|held| *held <= time.1)
    }

    /// Bytes that it takes.
    pub(crate) fn bytes(&self) -> usize {
        let rows: usize = self.rows.iter().map(RecordBatch::get_array_memory_size).sum();
        rows + self.names.capacity() * 24 + self.times.capacity() * 8
    }
}

/// Keeps the rows whose bit is set.
pub(crate) fn filter(batch: &RecordBatch, mask: BooleanBuffer) -> Result<RecordBatch, QueryError> {
    filter_record_batch(batch, &BooleanArray::new(mask, None)).map_err(engine)
}

fn engine(error: arrow::error::ArrowError) -> QueryError {
    QueryError::Engine(error.to_string())
}
