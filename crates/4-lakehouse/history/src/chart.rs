//! What a chart needs of a series: fewer points that look the same, gaps shown as gaps, one value per instant.
//!
//! Pure functions over columns. Nothing here knows where rows come from.

mod gap;
mod lttb;
mod mean;
mod merge;
mod minmax;
mod step;

#[cfg(test)]
mod properties;

pub use gap::{Gap, expected_interval, gaps};
pub use lttb::lttb;
pub use mean::mean;
pub use merge::{Stored, merge};
pub use minmax::minmax;
pub use step::steps;

/// Rows of one series: ascending times, no time twice, columns of equal length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// Microseconds since the epoch.
    pub time: Vec<i64>,
    /// Numbers; a boolean is 0 or 1.
    pub value: Vec<f64>,
    /// Stored quality bytes.
    pub quality: Vec<u8>,
}

impl Columns {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.time.len()
    }
    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }
    /// Appends a row.
    pub fn push(&mut self, time: i64, value: f64, quality: u8) {
        self.time.push(time);
        self.value.push(value);
        self.quality.push(quality);
    }
    /// A row as a point of a chart.
    fn point(&self, row: usize) -> Point {
        Point {
            time: self.time[row],
            value: self.value[row],
            quality: self.quality[row],
            bucket: None,
        }
    }
    /// All rows as points.
    pub fn points(&self) -> Vec<Point> {
        (0..self.len()).map(|row| self.point(row)).collect()
    }
}

/// One point of a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Microseconds since the epoch; the begin of its bucket when it stands for one.
    pub time: i64,
    /// The value, or the mean of the bucket.
    pub value: f64,
    /// Quality byte; of a bucket the worst of its rows.
    pub quality: u8,
    /// What the bucket holds, when the point stands for one.
    pub bucket: Option<Bucket>,
}

/// The rows that a point stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Number of rows.
    pub count: u64,
}

/// The byte with the worse grade; of two with the same grade the first.
fn worse(one: u8, other: u8) -> u8 {
    if other & 3 > one & 3 { other } else { one }
}
