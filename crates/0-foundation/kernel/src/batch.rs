//! Observations as columns. This is the only form in which observations travel inside the house.

use crate::place::Point;
use crate::quality::Quality;
use crate::series::SeriesId;
use crate::time::Timestamp;
use crate::value::{Value, ValueKind};

/// Rows of resolved series. All columns have the same length.
///
/// `bits` holds a number's `f64::to_bits`, a boolean's 0 or 1, a point's [`Point::to_bits`], and for text and JSON
/// the start (high 32 bits) and length (low 32 bits) inside `heap`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Which series.
    pub series: Vec<SeriesId>,
    /// Phenomenon time.
    pub time: Vec<Timestamp>,
    /// Type of the value.
    pub kind: Vec<ValueKind>,
    /// The value, see above.
    pub bits: Vec<u64>,
    /// Grade and reason.
    pub quality: Vec<Quality>,
    /// Bytes of text and JSON values.
    pub heap: Vec<u8>,
}

impl Batch {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.series.len()
    }
    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }
    /// Room for `rows` more rows in each column.
    pub fn reserve(&mut self, rows: usize) {
        self.series.reserve(rows);
        self.time.reserve(rows);
        self.kind.reserve(rows);
        self.bits.reserve(rows);
        self.quality.reserve(rows);
    }
    /// Appends a row whose value needs no heap (number, boolean, point).
    pub fn push_bits(&mut self, series: SeriesId, time: Timestamp, kind: ValueKind, bits: u64, quality: Quality) {
        self.series.push(series);
        self.time.push(time);
        self.kind.push(kind);
        self.bits.push(bits);
        self.quality.push(quality);
    }
    /// Appends a row whose value lies in the heap (text, JSON).
    pub fn push_bytes(&mut self, series: SeriesId, time: Timestamp, kind: ValueKind, bytes: &[u8], quality: Quality) {
        let bits = (self.heap.len() as u64) << 32 | bytes.len() as u64;
        self.heap.extend_from_slice(bytes);
        self.push_bits(series, time, kind, bits, quality);
    }
    /// The bytes of a text or JSON row; empty for other kinds or when the row's range is broken.
    pub fn bytes(&self, row: usize) -> &[u8] {
        heap_slice(&self.heap, self.bits[row])
    }
    /// The value of a row.
    pub fn value(&self, row: usize) -> Value {
        value_of(self.kind[row], self.bits[row], &self.heap)
    }
    /// Forgets all rows and keeps the memory.
    pub fn clear(&mut self) {
        self.series.clear();
        self.time.clear();
        self.kind.clear();
        self.bits.clear();
        self.quality.clear();
        self.heap.clear();
    }
}

/// The part of `heap` that `bits` points to; empty when it points outside.
pub fn heap_slice(heap: &[u8], bits: u64) -> &[u8] {
    let start = (bits >> 32) as usize;
    let end = start.saturating_add((bits & 0xffff_ffff) as usize);
    heap.get(start..end).unwrap_or(&[])
}

/// Unpacks one column cell.
pub fn value_of(kind: ValueKind, bits: u64, heap: &[u8]) -> Value {
    match kind {
        ValueKind::Number => Value::Number(f64::from_bits(bits)),
        ValueKind::Boolean => Value::Boolean(bits != 0),
        ValueKind::Point => Value::Point(Point::from_bits(bits)),
        ValueKind::Text => Value::Text(String::from_utf8_lossy(heap_slice(heap, bits)).into_owned()),
        ValueKind::Json => {
            Value::Json(serde_json::from_slice(heap_slice(heap, bits)).unwrap_or(serde_json::Value::Null))
        }
    }
}
