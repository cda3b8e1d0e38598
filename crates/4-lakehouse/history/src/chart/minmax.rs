//! Min-max decimation: of each stretch of time the smallest and the largest value, so that no peak is lost.

use super::{Columns, Point};

/// At most `limit` points between the first and the last row. Time is cut into `limit / 2` equal stretches, and each gives
/// its smallest and its largest value in the order in which they came. Values that are not numbers are left out.
/// With at most `limit` rows, all of them.
pub fn minmax(rows: &Columns, limit: usize) -> Vec<Point> {
    if rows.len() <= limit {
        return rows.points();
    }
    let stretches = (limit / 2) as i128;
    let (Some(first), Some(last)) = (rows.time.first(), rows.time.last()) else {
        return Vec::new();
    };
    if stretches == 0 {
        return Vec::new();
    }
    let width = i128::from(*last) - i128::from(*first) + 1;
    let mut points = Vec::with_capacity(limit);
    let mut present: Option<Extremes> = None;
    for (row, time) in rows.time.iter().enumerate() {
        let value = rows.value[row];
        if value.is_nan() {
            continue;
        }
        let stretch = (i128::from(*time) - i128::from(*first)) * stretches / width;
        match &mut present {
            Some(extremes) if extremes.stretch == stretch => {
                if value < rows.value[extremes.min] {
                    extremes.min = row;
                }
                if value > rows.value[extremes.max] {
                    extremes.max = row;
                }
            }
            _ => {
                let begun = Extremes {
                    stretch,
                    min: row,
                    max: row,
                };
                if let Some(ended) = present.replace(begun) {
                    ended.give(rows, &mut points);
                }
            }
        }
    }
    if let Some(ended) = present {
        ended.give(rows, &mut points);
    }
    points
}

/// Rows of the smallest and the largest value of a stretch.
struct Extremes {
    stretch: i128,
    min: usize,
    max: usize,
}

impl Extremes {
    fn give(&self, rows: &Columns, points: &mut Vec<Point>) {
        let (early, late) = (self.min.min(self.max), self.min.max(self.max));
        points.push(rows.point(early));
        if late != early {
            points.push(rows.point(late));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(values: &[f64]) -> Columns {
        let mut rows = Columns::default();
        for (time, value) in values.iter().enumerate() {
            rows.push(time as i64, *value, 0);
        }
        rows
    }

    fn kept(values: &[f64], limit: usize) -> Vec<(i64, f64)> {
        minmax(&rows(values), limit)
            .iter()
            .map(|point| (point.time, point.value))
            .collect()
    }

    #[test]
    fn peaks_and_dips_stay_in_the_order_in_which_they_came() {
        for (values, limit, expected) in [
            (&[1.0, 2.0][..], 2, &[(0, 1.0), (1, 2.0)][..]),
            (&[1.0, 9.0, 0.0, 5.0], 2, &[(1, 9.0), (2, 0.0)]),
            (&[1.0, 9.0, 0.0, 5.0], 3, &[(1, 9.0), (2, 0.0)]),
            (
                &[3.0, 1.0, 2.0, 7.0, 8.0, 6.0],
                4,
                &[(0, 3.0), (1, 1.0), (4, 8.0), (5, 6.0)],
            ),
            (&[4.0, 4.0, 4.0, 4.0], 2, &[(0, 4.0)]),
            (&[f64::NAN, 1.0, f64::NAN, 2.0], 2, &[(1, 1.0), (3, 2.0)]),
            (&[f64::NAN, f64::NAN, f64::NAN], 2, &[]),
            (&[1.0, 2.0], 1, &[]),
            (&[], 0, &[]),
        ] {
            assert_eq!(kept(values, limit), expected, "{values:?} to {limit}");
        }
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        let mut rows = Columns::default();
        for time in [i64::MIN, 0, i64::MAX] {
            rows.push(time, time as f64, 0);
        }
        assert_eq!(minmax(&rows, 2).len(), 2);
    }
}
