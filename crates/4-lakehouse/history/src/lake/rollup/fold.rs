//! What a bucket comes to.

use rustc_hash::FxHashMap;

/// Buckets by (series, start).
pub(crate) type Folds = FxHashMap<(u32, i64), Fold>;

/// One bucket of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fold {
    /// Rows that are good or suspect.
    pub count: i64,
    /// Rows that are good.
    pub good: i64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Sum of the values.
    pub sum: f64,
    /// Time and value of the earliest row.
    pub first: (i64, f64),
    /// Time and value of the latest row.
    pub last: (i64, f64),
    /// Highest packed position of all rows, bad ones included.
    pub position: i64,
}

impl Default for Fold {
    fn default() -> Self {
        Self {
            count: 0,
            good: 0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            sum: 0.0,
            first: (i64::MAX, 0.0),
            last: (i64::MIN, 0.0),
            position: 0,
        }
    }
}

/// Grade of a bad row in the tables.
const BAD: i8 = 2;

impl Fold {
    /// A row of the bucket; each (series, time) once.
    pub(crate) fn add(&mut self, time: i64, value: f64, quality: i8, position: i64) {
        self.position = self.position.max(position);
        if quality >= BAD || !value.is_finite() {
            return;
        }
        self.count += 1;
        self.good += i64::from(quality == 0);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.sum += value;
        if time < self.first.0 {
            self.first = (time, value);
        }
        if time > self.last.0 {
            self.last = (time, value);
        }
    }

    /// A smaller bucket inside this one.
    pub(crate) fn merge(&mut self, part: &Self) {
        self.position = self.position.max(part.position);
        if part.count == 0 {
            return;
        }
        self.count += part.count;
        self.good += part.good;
        self.min = self.min.min(part.min);
        self.max = self.max.max(part.max);
        self.sum += part.sum;
        if part.first.0 < self.first.0 {
            self.first = part.first;
        }
        if part.last.0 > self.last.0 {
            self.last = part.last;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_rows_leave_only_their_position() {
        let mut fold = Fold::default();
        fold.add(5, 2.0, 1, 1);
        fold.add(3, 4.0, 0, 2);
        fold.add(9, 100.0, 2, 3);
        fold.add(9, f64::NAN, 0, 1);
        assert_eq!((fold.count, fold.good, fold.position), (2, 1, 3));
        assert_eq!((fold.min, fold.max, fold.sum), (2.0, 4.0, 6.0));
        assert_eq!((fold.first, fold.last), ((3, 4.0), (5, 2.0)));
    }

    #[test]
    fn parts_make_the_whole() {
        let rows = [(1, 3.0, 0), (2, -1.0, 1), (3, 7.5, 0), (4, 2.0, 2), (5, 0.5, 0)];
        for cut in 0..=rows.len() {
            let (mut whole, mut left, mut right) = (Fold::default(), Fold::default(), Fold::default());
            for (at, (time, value, quality)) in rows.into_iter().enumerate() {
                whole.add(time, value, quality, time);
                let part = if at < cut { &mut left } else { &mut right };
                part.add(time, value, quality, time);
            }
            left.merge(&right);
            assert_eq!(left, whole);
        }
    }
}
