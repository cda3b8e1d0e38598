//! The newest value of every series: a fold over the log, read by everybody, written by the pipeline only.

use crate::rate::Rate;
use kernel::batch::{Batch, value_of};
use kernel::position::Position;
use kernel::quality::Quality;
use kernel::series::SeriesId;
use kernel::time::Timestamp;
use kernel::value::{Value, ValueKind};
use parking_lot::RwLock;
use tokio::sync::watch;

/// The newest stored row of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct LatestRow {
    /// Phenomenon time.
    pub time: Timestamp,
    /// Type of the value.
    pub kind: ValueKind,
    /// The value as in [`Batch`]; for text and JSON the heap below is meant as a whole.
    pub bits: u64,
    /// Bytes of a text or JSON value.
    pub heap: Option<Box<[u8]>>,
    /// Grade and reason.
    pub quality: Quality,
    /// Arrival.
    pub received: Timestamp,
    /// Where it lies in the log.
    pub position: Position,
}

impl LatestRow {
    /// The value.
    pub fn value(&self) -> Value {
        match &self.heap {
            None => value_of(self.kind, self.bits, &[]),
            Some(heap) => value_of(self.kind, heap.len() as u64, heap),
        }
    }
}

/// Latest values, indexed by series number.
#[derive(Debug)]
pub struct Latest {
    rate: Rate,
    rows: RwLock<Vec<Option<LatestRow>>>,
    /// Position up to which the values are true; news of every change.
    position: watch::Sender<Position>,
}

impl Default for Latest {
    fn default() -> Self {
        Self {
            rate: Rate::default(),
            rows: RwLock::default(),
            position: watch::Sender::new(Position::START),
        }
    }
}

impl Latest {
    /// Takes the rows of a durable block that arrived at `received` (one instant per row).
    pub fn apply(&self, batch: &Batch, received: &mut dyn Iterator<Item = Timestamp>, position: Position) {
        let mut rows = self.rows.write();
        for (row, (series, received)) in batch.series.iter().zip(received).enumerate() {
            let index = series.0 as usize;
            if index >= rows.len() {
                rows.resize(index + 1, None);
            }
            let slot = &mut rows[index];
            // the highest position wins at the same time (SEMANTICS 7)
            if slot.as_ref().is_some_and(|known| known.time > batch.time[row]) {
                continue;
            }
            let kind = batch.kind[row];
            let heap = matches!(kind, ValueKind::Text | ValueKind::Json).then(|| batch.bytes(row).into());
            *slot = Some(LatestRow {
                time: batch.time[row],
                kind,
                bits: batch.bits[row],
                heap,
                quality: batch.quality[row],
                received,
                position,
            });
        }
        drop(rows);
        self.rate.count(batch.len() as u64);
        self.position.send_replace(position);
    }

    /// The newest row of a series.
    pub fn get(&self, series: SeriesId) -> Option<LatestRow> {
        self.rows.read().get(series.0 as usize).cloned().flatten()
    }

    /// Arrival of the newest row of a series.
    pub fn received(&self, series: SeriesId) -> Option<Timestamp> {
        self.rows
            .read()
            .get(series.0 as usize)?
            .as_ref()
            .map(|row| row.received)
    }

    /// Up to where the values are true.
    pub fn position(&self) -> watch::Receiver<Position> {
        self.position.subscribe()
    }

    /// Rows stored per second, over the last ten seconds of wall time.
    pub fn rate(&self) -> f64 {
        self.rate.get()
    }

    /// All rows, for the snapshot.
    pub fn all(&self) -> Vec<Option<LatestRow>> {
        self.rows.read().clone()
    }

    /// Puts back what a snapshot held.
    pub fn restore(&self, rows: Vec<Option<LatestRow>>, position: Position) {
        *self.rows.write() = rows;
        self.position.send_replace(position);
    }
}
