//! How many rows come in per second, for the eyes of operators.

use parking_lot::Mutex;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The stretch over which the rate is meant.
const STRETCH: Duration = Duration::from_secs(10);
/// Rows that come within this time share one mark.
const STEP: Duration = Duration::from_millis(250);

/// Counts rows over the last ten seconds; at most 42 marks.
#[derive(Debug, Default)]
pub(crate) struct Rate {
    marks: Mutex<VecDeque<(Instant, u64)>>,
}

impl Rate {
    /// Rows have come.
    pub(crate) fn count(&self, rows: u64) {
        let now = Instant::now();
        let mut marks = self.marks.lock();
        match marks.back_mut() {
            Some((since, count)) if now.duration_since(*since) < STEP => *count += rows,
            _ => marks.push_back((now, rows)),
        }
        while marks
            .front()
            .is_some_and(|(since, _)| now.duration_since(*since) > STRETCH)
        {
            marks.pop_front();
        }
    }

    /// Rows per second.
    pub(crate) fn get(&self) -> f64 {
        let now = Instant::now();
        let marks = self.marks.lock();
        let recent = marks.iter().filter(|(since, _)| now.duration_since(*since) <= STRETCH);
        let rows: u64 = recent.map(|(_, count)| count).sum();
        rows as f64 / STRETCH.as_secs_f64()
    }
}
