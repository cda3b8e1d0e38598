//! What the table has and what the log has are one past: no row twice, none missing, the highest position counts.

use crate::read_ground::{Past, at, chief, points, range_of};
use history::query::range::{Method, QualityFilter, RangeAsk};
use kernel::quality::{Doubt, Grade, Quality};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(61);

#[tokio::test]
async fn the_border_between_table_and_log_moves_and_nothing_is_lost_or_doubled() {
    let mut past = Past::open(4).await;
    let chief = chief();
    let mut sent = 0;
    for round in 0..5 {
        for block in 0..3 {
            let seconds = (round * 3 + block) * 10;
            past.append(&[(0, seconds, seconds as f64), (1, seconds, 1.0), (2, seconds + 1, 2.0)])
                .await;
            sent += 3;
            let counted = past
                .rows(
                    &chief,
                    "select count(*), count(distinct series * 1000000 + extract(epoch from time)) from observations",
                )
                .await;
            assert_eq!(counted, json!([[sent, sent]]), "round {round}, block {block}");
            let answer = past.range(&chief, range_of(0, 0, 10_000)).await.unwrap();
            let expected: Vec<(i64, f64)> = (0..=round * 3 + block).map(|n| (n * 10, (n * 10) as f64)).collect();
            assert_eq!(points(&answer), expected);
        }
        let before = past.state().observations.position;
        past.commit(MINUTE).await;
        assert!(past.state().observations.position > before, "the border moved");
        assert_eq!(
            past.rows(&chief, "select count(*) from observations").await,
            json!([[sent]])
        );
    }
    let rows = past
        .rows(
            &chief,
            "select series, count(*) from observations group by series order by series",
        )
        .await;
    assert_eq!(rows, json!([[0, 15], [1, 15], [2, 15]]));
}

/// The rows of series 0 by SQL and by range.
async fn shown(past: &Past) -> (serde_json::Value, Vec<(i64, f64)>) {
    let sql = "select extract(epoch from time) - 1795219200, number from observations where series = 0 order by time";
    let range = past.range(&chief(), range_of(0, 0, 100)).await.unwrap();
    (past.rows(&chief(), sql).await, points(&range))
}

#[tokio::test]
async fn a_correction_wins_wherever_it_and_the_first_value_lie() {
    let mut past = Past::open(2).await;
    let chief = chief();
    // both in the log
    past.append(&[(0, 10, 1.0), (0, 20, 1.0), (0, 30, 1.0)]).await;
    past.append(&[(0, 10, 2.0)]).await;
    let agree = |(rows, points): (serde_json::Value, Vec<(i64, f64)>), expected: &[(i64, f64)]| {
        let rows: Vec<(f64, f64)> = serde_json::from_value(rows).unwrap();
        let rows: Vec<(i64, f64)> = rows.into_iter().map(|(time, value)| (time as i64, value)).collect();
        assert_eq!((rows.as_slice(), points.as_slice()), (expected, expected));
    };
    agree(shown(&past).await, &[(10, 2.0), (20, 1.0), (30, 1.0)]);
    // both in the table, of one commit
    past.commit(MINUTE).await;
    agree(shown(&past).await, &[(10, 2.0), (20, 1.0), (30, 1.0)]);
    // one in the table, one in the log
    past.append(&[(0, 20, 3.0)]).await;
    agree(shown(&past).await, &[(10, 2.0), (20, 3.0), (30, 1.0)]);
    // both in the table, of different commits
    past.commit(MINUTE).await;
    agree(shown(&past).await, &[(10, 2.0), (20, 3.0), (30, 1.0)]);
    // corrected again, in the log and then in the table; and back
    past.append(&[(0, 20, 4.0)]).await;
    past.append(&[(0, 10, 1.0)]).await;
    agree(shown(&past).await, &[(10, 1.0), (20, 4.0), (30, 1.0)]);
    past.commit(MINUTE).await;
    agree(shown(&past).await, &[(10, 1.0), (20, 4.0), (30, 1.0)]);
    assert_eq!(
        past.rows(&chief, "select count(*), sum(number) from observations")
            .await,
        json!([[3, 6.0]])
    );
}

#[tokio::test]
async fn a_late_value_of_a_year_ago_is_found() {
    let mut past = Past::open(2).await;
    let chief = chief();
    past.append(&[(0, 0, 1.0), (1, 0, 1.0)]).await;
    past.commit(MINUTE).await;
    let year = -365 * 86_400;
    past.append(&[(0, year, 9.0)]).await;
    let rows = "select number from observations where time < timestamp '2026-01-01T00:00:00Z'";
    assert_eq!(past.rows(&chief, rows).await, json!([[9.0]]));
    past.commit(MINUTE).await;
    assert_eq!(past.rows(&chief, rows).await, json!([[9.0]]));
    let answer = past.range(&chief, range_of(0, year - 60, year + 60)).await.unwrap();
    assert_eq!(points(&answer), [(year, 9.0)]);
}

#[tokio::test]
async fn quality_decides_which_rows_are_shown() {
    let past = Past::open(1).await;
    let grade = |grade| Quality::new(grade, Doubt::Range);
    past.append_graded(&[
        (0, 0, 1.0, Quality::GOOD),
        (0, 60, 2.0, grade(Grade::Suspect)),
        (0, 120, 3.0, grade(Grade::Bad)),
    ])
    .await;
    for (quality, expected) in [
        (QualityFilter::Good, vec![(0, 1.0)]),
        (QualityFilter::Usable, vec![(0, 1.0), (60, 2.0)]),
        (QualityFilter::All, vec![(0, 1.0), (60, 2.0), (120, 3.0)]),
    ] {
        let ask = RangeAsk {
            quality,
            ..range_of(0, 0, 1_000)
        };
        let answer = past.range(&chief(), ask).await.unwrap();
        assert_eq!(points(&answer), expected);
    }
}

#[tokio::test]
async fn silence_is_a_gap_and_the_future_is_not() {
    let past = Past::open(1).await;
    past.append(&[(0, 0, 1.0), (0, 60, 1.0), (0, 600, 1.0)]).await;
    past.clock.set(at(700));
    let answer = past.range(&chief(), range_of(0, 0, 86_400)).await.unwrap();
    let gaps: Vec<(i64, i64)> = answer.items[0].gaps.iter().map(|gap| (gap.from, gap.to)).collect();
    assert_eq!(gaps, [(at(60).micros(), at(600).micros())]);
    assert_eq!(answer.known_to, at(700));
}

/// Means as anybody would compute them.
fn means(rows: &BTreeMap<i64, f64>, bucket: i64) -> Vec<(i64, f64, u64)> {
    let mut found: BTreeMap<i64, (f64, u64)> = BTreeMap::new();
    for (time, value) in rows {
        let held = found.entry(time.div_euclid(bucket) * bucket).or_default();
        *held = (held.0 + value, held.1 + 1);
    }
    found
        .into_iter()
        .map(|(time, (sum, count))| (time, sum / count as f64, count))
        .collect()
}

#[tokio::test]
async fn means_from_roll_ups_are_those_of_the_rows_while_rows_still_come() {
    let mut past = Past::open(2).await;
    let chief = chief();
    let mut rows: BTreeMap<i64, f64> = BTreeMap::new();
    let mean = |bucket: u64| RangeAsk {
        method: Method::Mean,
        bucket: Some(Duration::from_secs(bucket)),
        ..range_of(0, 0, 6 * 3_600)
    };
    for hour in 0..5_i64 {
        for minute in 0..60 {
            let seconds = hour * 3_600 + minute * 60;
            let value = ((seconds * 7_919) % 1_000) as f64;
            rows.insert(seconds, value);
            past.append(&[(0, seconds, value), (1, seconds, -1.0)]).await;
        }
        // a correction of the hour before, and a value that comes late
        if hour > 0 {
            let seconds = (hour - 1) * 3_600 + 120;
            rows.insert(seconds, 5_000.0);
            rows.insert(seconds + 1, 6_000.0);
            past.append(&[(0, seconds, 5_000.0), (0, seconds + 1, 6_000.0)]).await;
        }
        for committed in [false, true] {
            if committed {
                past.clock.set(at((hour + 1) * 3_600));
                past.commit(Duration::from_secs(130)).await;
                past.commit(Duration::from_secs(130)).await;
            }
            for bucket in [300, 900, 3_600, 7_200] {
                let answer = past.range(&chief, mean(bucket)).await.unwrap();
                let found: Vec<(i64, f64, u64)> = answer.items[0]
                    .points
                    .iter()
                    .zip(points(&answer))
                    .map(|(point, (time, value))| (time, value, point.bucket.unwrap().count))
                    .collect();
                let expected = means(&rows, bucket as i64);
                assert_eq!(
                    found.len(),
                    expected.len(),
                    "hour {hour} committed {committed} bucket {bucket}"
                );
                for (found, expected) in found.iter().zip(&expected) {
                    assert_eq!(
                        (found.0, found.2),
                        (expected.0, expected.2),
                        "hour {hour} committed {committed} bucket {bucket}"
                    );
                    assert!((found.1 - expected.1).abs() < 1e-9, "{found:?} {expected:?}");
                }
            }
        }
    }
    let rolled = past.rows(&chief, "select count(*) from rollup_5m").await;
    assert!(
        rolled[0][0].as_u64().unwrap() > 50,
        "the roll-ups were in use: {rolled}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Rows in any order, corrected at any time, committed at any moment: reading always gives the newest value of each
    /// instant, as a plain map does.
    #[test]
    fn reading_is_a_map(steps in prop::collection::vec((0_u32..3, 0_i64..40, -9_i32..9, 0_u8..12), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut past = Past::open(3).await;
            let chief = chief();
            let mut map: BTreeMap<(u32, i64), f64> = BTreeMap::new();
            for (series, slot, value, act) in steps {
                // two instants of two days, so that partitions take part
                let seconds = (slot % 2) * 86_400 + slot * 30;
                past.append(&[(series, seconds, f64::from(value))]).await;
                map.insert((series, seconds), f64::from(value));
                if act == 0 {
                    past.commit(MINUTE).await;
                }
            }
            let sql = "select series, cast(extract(epoch from time) - 1795219200 as bigint), number from observations order by 1, 2";
            let rows: Vec<(u32, i64, f64)> = serde_json::from_value(past.rows(&chief, sql).await).unwrap();
            let expected: Vec<(u32, i64, f64)> = map.into_iter().map(|((series, time), value)| (series, time, value)).collect();
            assert_eq!(rows, expected);
        });
    }
}
