//! Means of equal buckets of time, each with its smallest and largest value and its number of rows.

use super::{Bucket, Columns, Point, worse};

/// One point per bucket that has a number in it. Buckets begin at whole multiples of `bucket` microseconds after the epoch,
/// less `offset` (so that 5 minutes and hours fall together with those of the roll-ups, and days with those of people);
/// `bucket` below 1 counts as 1.
pub fn mean(rows: &Columns, bucket: i64, offset: i64) -> Vec<Point> {
    let bucket = bucket.max(1);
    let mut points: Vec<Point> = Vec::new();
    let mut sum = Sum::default();
    for (row, time) in rows.time.iter().enumerate() {
        let value = rows.value[row];
        if value.is_nan() {
            continue;
        }
        let begin = time
            .saturating_add(offset)
            .div_euclid(bucket)
            .saturating_mul(bucket)
            .saturating_sub(offset);
        let fresh = points.last().is_none_or(|point| point.time != begin);
        if fresh {
            sum = Sum::default();
            points.push(Point {
                time: begin,
                value,
                quality: rows.quality[row],
                bucket: Some(Bucket {
                    min: value,
                    max: value,
                    count: 0,
                }),
            });
        }
        sum.add(value);
        if let Some(point) = points.last_mut()
            && let Some(held) = &mut point.bucket
        {
            held.count += 1;
            held.min = held.min.min(value);
            held.max = held.max.max(value);
            // rounding never carries a mean out of what was measured
            point.value = (sum.total() / held.count as f64).clamp(held.min, held.max);
            point.quality = worse(point.quality, rows.quality[row]);
        }
    }
    points
}

/// A sum with its lost low bits (Neumaier 1974), so that the mean of a million equal values is that value.
#[derive(Default)]
struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    fn add(&mut self, value: f64) {
        let total = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() {
            (self.sum - total) + value
        } else {
            (value - total) + self.sum
        };
        self.sum = total;
    }
    fn total(&self) -> f64 {
        let total = self.sum + self.lost;
        if total.is_nan() { self.sum } else { total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_begin_at_whole_multiples_and_empty_ones_are_left_out() {
        let mut rows = Columns::default();
        for (time, value, quality) in [(-1, 5.0, 0), (0, 1.0, 0), (9, 3.0, 1), (10, f64::NAN, 0), (25, 7.0, 2)] {
            rows.push(time, value, quality);
        }
        let points = mean(&rows, 10, 0);
        let shown: Vec<_> = points
            .iter()
            .map(|point| {
                (
                    point.time,
                    point.value,
                    point.quality,
                    point.bucket.map(|bucket| (bucket.min, bucket.max, bucket.count)),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (-10, 5.0, 0, Some((5.0, 5.0, 1))),
                (0, 2.0, 1, Some((1.0, 3.0, 2))),
                (20, 7.0, 2, Some((7.0, 7.0, 1))),
            ]
        );
    }

    #[test]
    fn days_begin_at_local_midnight() {
        const HOUR: i64 = 3_600_000_000;
        let mut rows = Columns::default();
        for hour in [16, 17, 40, 41] {
            rows.push(hour * HOUR, hour as f64, 0);
        }
        let points = mean(&rows, 24 * HOUR, 7 * HOUR);
        let begins: Vec<i64> = points.iter().map(|point| point.time / HOUR).collect();
        assert_eq!(begins, [-7, 17, 41]);
    }

    #[test]
    fn the_mean_of_equal_values_is_that_value() {
        let mut rows = Columns::default();
        for time in 0..100_000 {
            rows.push(time, 0.1, 0);
        }
        assert_eq!(mean(&rows, 1_000_000, 0)[0].value, 0.1);
    }
}
