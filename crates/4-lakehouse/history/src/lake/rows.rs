//! Rows on their way from the log to files: gathered as columns, put in order, cut by day.

use super::encode::{About, file_schema};
use super::file::day_of;
use super::newest::Newest;
use super::schema::pack;
use crate::error::{HistoryError, Result};
use crate::model::TableName;
use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int8Array, Int32Array, Int64Array, RecordBatch, StringBuilder,
    TimestampMicrosecondArray,
};
use kernel::batch::heap_slice;
use kernel::block::Block;
use kernel::place::Point;
use kernel::position::Position;
use kernel::quality::{Doubt, Grade, Quality};
use kernel::value::ValueKind;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// Bytes of texts that are gathered for one commit.
const MAX_HEAP: usize = 128 << 20;

/// Rows of consecutive blocks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    series: Vec<u32>,
    time: Vec<i64>,
    kind: Vec<ValueKind>,
    bits: Vec<u64>,
    quality: Vec<Quality>,
    received: Vec<i64>,
    position: Vec<i64>,
    row: Vec<i32>,
    heap: Vec<u8>,
}

/// The rows of one file to be, in order.
#[derive(Debug)]
pub(crate) struct Part {
    /// What the file will say of itself.
    pub about: About,
    /// Numbers of rows.
    pub rows: Vec<u32>,
}

impl Rows {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.series.len()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// Whether no more text may come.
    pub(crate) fn is_full(&self, rows: usize) -> bool {
        self.len() >= rows || self.heap.len() >= MAX_HEAP
    }

    /// Takes the rows of a block.
    pub(crate) fn take(&mut self, at: Position, block: &Block) {
        let batch = &block.batch;
        let base = (self.heap.len() as u64) << 32;
        let packed = pack(at);
        let mut received = block
            .runs
            .iter()
            .flat_map(|run| std::iter::repeat_n(run.received.micros(), run.rows as usize));
        let mut last = 0;
        for row in 0..batch.len() {
            last = received.next().unwrap_or(last);
            let long = matches!(batch.kind[row], ValueKind::Text | ValueKind::Json);
            self.series.push(batch.series[row].0);
            self.time.push(batch.time[row].micros());
            self.kind.push(batch.kind[row]);
            self.bits.push(batch.bits[row] + if long { base } else { 0 });
            self.quality.push(batch.quality[row]);
            self.received.push(last);
            self.position.push(packed);
            self.row.push(row as i32);
        }
        self.heap.extend_from_slice(&batch.heap);
    }

    /// Arrival of the oldest row, in microseconds.
    pub(crate) fn oldest_received(&self) -> Option<i64> {
        self.received.first().copied()
    }

    /// Series and time of each row, in the order of arrival.
    pub(crate) fn names(&self) -> impl Iterator<Item = (u32, i64)> {
        self.series.iter().copied().zip(self.time.iter().copied())
    }

    /// Series, time and packed position of the rows that roll-ups are made of.
    pub(crate) fn countable(&self) -> impl Iterator<Item = (u32, i64, i64)> {
        let countable = |row: &usize| matches!(self.kind[*row], ValueKind::Number | ValueKind::Boolean);
        let rows = (0..self.len()).filter(countable);
        rows.map(|row| (self.series[row], self.time[row], self.position[row]))
    }

    /// Cuts the rows into files by day, and by whether a row may replace one that came before (`newest` says what came).
    pub(crate) fn parts(&self, newest: &Newest) -> Vec<Part> {
        let order = self.order();
        let mut parts: BTreeMap<(i32, bool), Part> = BTreeMap::new();
        let mut before = None;
        for row in order {
            let at = row as usize;
            let (series, time) = (self.series[at], self.time[at]);
            let late = before == Some((series, time)) || time <= newest.of(series);
            before = Some((series, time));
            let position = self.position[at];
            let day = day_of(time);
            let part = parts.entry((day, late)).or_insert_with(|| Part {
                about: About {
                    day,
                    late,
                    series: (i64::MAX, i64::MIN),
                    time: (i64::MAX, i64::MIN),
                    position: (i64::MAX, i64::MIN),
                },
                rows: Vec::new(),
            });
            let widen = |span: &mut (i64, i64), value: i64| *span = (span.0.min(value), span.1.max(value));
            widen(&mut part.about.series, i64::from(series));
            widen(&mut part.about.time, time);
            widen(&mut part.about.position, position);
            part.rows.push(row);
        }
        parts.into_values().collect()
    }

    /// Row numbers by (series, time, arrival).
    fn order(&self) -> Vec<u32> {
        let rows = self.len() as u32;
        let width = self.series.iter().max().map_or(0, |max| *max as usize + 1);
        let mut order: Vec<u32>;
        if width <= 4 * self.len() + 1_000_000 {
            // Series are numbered without gaps, so they are counted instead of compared.
            let mut start = vec![0_u32; width + 1];
            for series in &self.series {
                start[*series as usize + 1] += 1;
            }
            for series in 0..width {
                start[series + 1] += start[series];
            }
            order = vec![0; self.len()];
            let mut next = start.clone();
            for row in 0..rows {
                let series = self.series[row as usize] as usize;
                order[next[series] as usize] = row;
                next[series] += 1;
            }
            for series in 0..width {
                let run = &mut order[start[series] as usize..start[series + 1] as usize];
                if !run.is_sorted_by_key(|row| self.time[*row as usize]) {
                    run.sort_by_key(|row| self.time[*row as usize]);
                }
            }
        } else {
            order = (0..rows).collect();
            order.sort_by_key(|row| (self.series[*row as usize], self.time[*row as usize]));
        }
        order
    }

    /// The rows of a part as columns of its file.
    pub(crate) fn batch(&self, part: &Part) -> Result<RecordBatch> {
        let rows = || part.rows.iter().map(|row| *row as usize);
        if i32::try_from(part.about.series.1).is_err() {
            let text = format!("series {} is above {}", part.about.series.1, i32::MAX);
            return Err(HistoryError::Unfit(text));
        }
        let times = |column: &[i64]| -> ArrayRef {
            Arc::new(TimestampMicrosecondArray::from_iter_values(rows().map(|row| column[row])).with_timezone("UTC"))
        };
        let grade = |row: usize| match self.quality[row].grade() {
            Grade::Good => 0,
            Grade::Suspect => 1,
            Grade::Bad => 2,
        };
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Int32Array::from_iter_values(rows().map(|row| self.series[row] as i32))),
            times(&self.time),
            Arc::new(Int8Array::from_iter_values(rows().map(|row| self.kind[row] as i8))),
            Arc::new(Float64Array::from_iter(rows().map(|row| self.number(row)))),
            self.texts(part),
            Arc::new(Int8Array::from_iter_values(rows().map(grade))),
            Arc::new(Int8Array::from_iter_values(rows().map(|row| doubt(self.quality[row])))),
            times(&self.received),
            Arc::new(Int64Array::from_iter_values(rows().map(|row| self.position[row]))),
            Arc::new(Int32Array::from_iter_values(rows().map(|row| self.row[row]))),
            Arc::new(BooleanArray::from(vec![part.about.late; part.rows.len()])),
        ];
        RecordBatch::try_new(file_schema(TableName::Observations), columns)
            .map_err(|error| HistoryError::Unfit(error.to_string()))
    }

    fn number(&self, row: usize) -> Option<f64> {
        match self.kind[row] {
            ValueKind::Number => Some(f64::from_bits(self.bits[row])),
            ValueKind::Boolean => Some(if self.bits[row] == 0 { 0.0 } else { 1.0 }),
            _ => None,
        }
    }

    fn texts(&self, part: &Part) -> ArrayRef {
        let mut texts = StringBuilder::new();
        let mut wkt = String::new();
        for row in &part.rows {
            let row = *row as usize;
            match self.kind[row] {
                ValueKind::Text | ValueKind::Json => {
                    texts.append_value(String::from_utf8_lossy(heap_slice(&self.heap, self.bits[row])));
                }
                ValueKind::Point => {
                    let point = Point::from_bits(self.bits[row]);
                    wkt.clear();
                    let _ = write!(wkt, "POINT({} {})", point.lon, point.lat);
                    texts.append_value(&wkt);
                }
                ValueKind::Number | ValueKind::Boolean => texts.append_null(),
            }
        }
        Arc::new(texts.finish())
    }
}

fn doubt(quality: Quality) -> i8 {
    match quality.doubt() {
        Doubt::None => 0,
        Doubt::Range => 1,
        Doubt::Rate => 2,
        Doubt::Skew => 3,
        Doubt::Untimed => 4,
        Doubt::Sender => 5,
    }
}
