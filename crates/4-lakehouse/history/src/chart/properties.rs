//! What holds for every series, whatever its values.

use super::{Columns, Point, Stored, gaps, lttb, mean, merge, minmax, steps};
use proptest::strategy::Strategy;
use proptest::{prop_assert, prop_assert_eq, prop_assume, proptest};

fn series() -> impl Strategy<Value = Columns> {
    proptest::collection::vec((1_i64..1_000_000, -1e6..1e6_f64, 0_u8..3), 0..400).prop_map(|steps| {
        let (mut rows, mut time) = (Columns::default(), -5_000_000);
        for (step, value, quality) in steps {
            time += step;
            rows.push(time, value, quality);
        }
        rows
    })
}

fn sorted(points: &[Point]) -> bool {
    points.windows(2).all(|pair| pair[0].time < pair[1].time)
}

proptest! {
    #[test]
    fn never_more_than_asked_always_sorted_and_only_what_was_measured(rows in series(), limit in 0_usize..120) {
        for points in [minmax(&rows, limit), lttb(&rows, limit), steps(&rows, limit)] {
            prop_assert!(points.len() <= limit.max(rows.len().min(limit)));
            prop_assert!(sorted(&points));
            for point in points {
                let row = rows.time.binary_search(&point.time);
                prop_assert!(row.is_ok_and(|row| rows.value[row] == point.value));
            }
        }
    }

    #[test]
    fn the_smallest_and_the_largest_of_each_stretch_survive(rows in series(), limit in 2_usize..120) {
        let points = minmax(&rows, limit);
        prop_assume!(rows.len() > limit);
        let stretches = (limit / 2) as i128;
        let first = i128::from(rows.time[0]);
        let width = i128::from(rows.time[rows.len() - 1]) - first + 1;
        for stretch in 0..stretches {
            let inside = |time: i64| (i128::from(time) - first) * stretches / width == stretch;
            let all = || (0..rows.len()).filter(|row| inside(rows.time[*row])).map(|row| rows.value[row]);
            let kept: Vec<f64> = points.iter().filter(|point| inside(point.time)).map(|point| point.value).collect();
            if let Some(min) = all().reduce(f64::min) {
                prop_assert!(kept.contains(&min) && all().reduce(f64::max).is_some_and(|max| kept.contains(&max)));
            }
        }
    }

    #[test]
    fn lttb_keeps_both_ends_and_uses_its_points(rows in series(), limit in 2_usize..120) {
        prop_assume!(!rows.is_empty());
        let points = lttb(&rows, limit);
        prop_assert_eq!(points[0].time, rows.time[0]);
        prop_assert!(rows.len() < 2 || points[points.len() - 1].time == rows.time[rows.len() - 1]);
        prop_assert_eq!(points.len(), rows.len().min(limit));
    }

    #[test]
    fn means_lie_between_their_ends_and_count_every_row(rows in series(), bucket in 1_i64..5_000_000) {
        let points = mean(&rows, bucket, 0);
        prop_assert!(sorted(&points));
        let mut counted = 0;
        for point in points {
            let held = point.bucket.unwrap();
            prop_assert!(held.min <= point.value && point.value <= held.max);
            prop_assert_eq!(point.time.rem_euclid(bucket), 0);
            counted += held.count;
        }
        prop_assert_eq!(counted, rows.len() as u64);
    }

    #[test]
    fn gaps_lie_inside_the_range_in_order_and_hold_no_row(rows in series(), expected in 1_i64..500_000) {
        let (from, to) = (-4_000_000, 100_000_000);
        for gap in gaps(&rows.time, expected, from, to, i64::MAX) {
            prop_assert!(from <= gap.from && gap.from < gap.to && gap.to <= to);
            prop_assert!(!rows.time.iter().any(|time| gap.from < *time && *time < gap.to));
        }
    }

    #[test]
    fn merging_in_any_order_gives_the_same(mut rows in proptest::collection::vec((0_i64..20, 0_u64..50), 0..60)) {
        rows.sort_unstable();
        rows.dedup();
        let stored = |(time, position): &(i64, u64)| Stored { time: *time, value: *position as f64, quality: 0, position: (0, *position) };
        let forward = merge(rows.iter().map(stored).collect());
        let backward = merge(rows.iter().rev().map(stored).collect());
        prop_assert_eq!(&forward, &backward);
        for (row, time) in forward.time.iter().enumerate() {
            let highest = rows.iter().filter(|(at, _)| at == time).map(|(_, position)| *position).max();
            prop_assert_eq!(highest.map(|position| position as f64), Some(forward.value[row]));
        }
    }
}
