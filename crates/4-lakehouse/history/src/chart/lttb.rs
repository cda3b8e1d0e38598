//! Largest-Triangle-Three-Buckets: the points that keep the look of a line (Sveinn Steinarsson, "Downsampling Time Series
//! for Visual Representation", University of Iceland, 2013, section 4.2).

use super::{Columns, Point};

/// At most `limit` rows, the first and the last among them. Between them the rows are cut into buckets of equal size; of
/// each bucket that row is kept which spans the largest triangle with the row kept before and the mean of the next bucket.
/// Rows that are no numbers are left out first. With at most `limit` rows, all of them.
pub fn lttb(rows: &Columns, limit: usize) -> Vec<Point> {
    let usable: Vec<usize> = (0..rows.len()).filter(|row| rows.value[*row].is_finite()).collect();
    let (Some(first), Some(last)) = (usable.first(), usable.last()) else {
        return Vec::new();
    };
    if usable.len() <= limit {
        return usable.iter().map(|row| rows.point(*row)).collect();
    }
    match limit {
        0 => return Vec::new(),
        1 => return vec![rows.point(*first)],
        2 => return vec![rows.point(*first), rows.point(*last)],
        _ => {}
    }
    // times are counted from the first row, so that the triangles keep their precision
    let origin = rows.time[*first];
    let x = |row: usize| rows.time[row].wrapping_sub(origin) as f64;
    let buckets = limit - 2;
    let inner = usable.len() - 2;
    let begin = |bucket: usize| 1 + bucket * inner / buckets;

    let mut points = Vec::with_capacity(limit);
    points.push(rows.point(*first));
    let mut kept = *first;
    for bucket in 0..buckets {
        let candidates = &usable[begin(bucket)..begin(bucket + 1)];
        let next = if bucket + 1 == buckets {
            &usable[usable.len() - 1..]
        } else {
            &usable[begin(bucket + 1)..begin(bucket + 2)]
        };
        let count = next.len() as f64;
        let mean_x = next.iter().map(|row| x(*row)).sum::<f64>() / count;
        let mean_y = next.iter().map(|row| rows.value[*row] / count).sum::<f64>();
        let area = |row: usize| {
            let (ax, ay) = (x(kept), rows.value[kept]);
            ((ax - mean_x) * (rows.value[row] - ay) - (ax - x(row)) * (mean_y - ay)).abs()
        };
        let mut best = candidates[0];
        let mut largest = area(best);
        for row in &candidates[1..] {
            let candidate = area(*row);
            if candidate > largest {
                (best, largest) = (*row, candidate);
            }
        }
        points.push(rows.point(best));
        kept = best;
    }
    points.push(rows.point(*last));
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(values: &[f64], limit: usize) -> Vec<i64> {
        let mut rows = Columns::default();
        for (time, value) in values.iter().enumerate() {
            rows.push(time as i64, *value, 0);
        }
        lttb(&rows, limit).iter().map(|point| point.time).collect()
    }

    #[test]
    fn the_corner_that_shapes_the_line_is_kept() {
        for (values, limit, expected) in [
            (&[0.0, 0.0, 9.0, 0.0, 0.0][..], 3, &[0, 2, 4][..]),
            (&[0.0, 0.0, -9.0, 0.0, 0.0], 3, &[0, 2, 4]),
            (&[0.0, 5.0, 0.0, 0.0, 0.0, 7.0, 0.0, 0.0], 4, &[0, 1, 5, 7]),
            (&[1.0, 2.0, 3.0], 3, &[0, 1, 2]),
            (&[1.0, 2.0, 3.0], 2, &[0, 2]),
            (&[1.0, 2.0, 3.0], 1, &[0]),
            (&[1.0, 2.0, 3.0], 0, &[]),
            (&[], 5, &[]),
            (&[f64::NAN, 2.0, f64::INFINITY, 3.0], 2, &[1, 3]),
        ] {
            assert_eq!(kept(values, limit), expected, "{values:?} to {limit}");
        }
    }
}
