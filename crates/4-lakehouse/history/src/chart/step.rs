//! Switches: a boolean series is drawn as steps, so only its changes matter.

use super::{Columns, Point, minmax};

/// The rows at which the value changes, the first and the last; at most `limit` of them. When there are more changes than
/// that, each stretch of time keeps both states that occurred in it.
pub fn steps(rows: &Columns, limit: usize) -> Vec<Point> {
    let mut kept = Columns::default();
    for row in 0..rows.len() {
        let changed = row == 0 || rows.value[row] != rows.value[row - 1];
        if changed || row + 1 == rows.len() {
            kept.push(rows.time[row], rows.value[row], rows.quality[row]);
        }
    }
    minmax(&kept, limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_and_the_ends_are_kept() {
        for (values, limit, expected) in [
            (
                &[0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0][..],
                10,
                &[(0, 0.0), (3, 1.0), (5, 0.0), (6, 0.0)][..],
            ),
            (&[1.0], 10, &[(0, 1.0)]),
            (&[1.0, 1.0, 1.0], 10, &[(0, 1.0), (2, 1.0)]),
            (
                &[0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0],
                4,
                &[(0, 0.0), (1, 1.0), (4, 0.0), (5, 1.0)],
            ),
            (&[], 10, &[]),
        ] {
            let mut rows = Columns::default();
            for (time, value) in values.iter().enumerate() {
                rows.push(time as i64, *value, 0);
            }
            let kept: Vec<_> = steps(&rows, limit)
                .iter()
                .map(|point| (point.time, point.value))
                .collect();
            assert_eq!(kept, expected, "{values:?}");
        }
    }
}
