//! From the log to the tables: rows, late rows, roll-ups, packing, checkpoints, vacuum, release.

use crate::lake_ground::{House, block, buckets, current, expected, row, stored};
use history::lake::LakeState;
use history::lake::store::LakeStore;
use kernel::position::Position;
use kernel::quality::{Grade, Quality};
use kernel::series::SeriesId;
use kernel::time::Timestamp;
use kernel::value::ValueKind;
use std::collections::BTreeSet;
use std::time::Duration;

const MINUTE: i64 = 60_000_000;
const FIVE: i64 = 5 * MINUTE;
const HOUR: i64 = 60 * MINUTE;

fn start() -> i64 {
    Timestamp::parse("2026-01-01T00:00:00Z").unwrap().micros()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_to_the_table_after_a_minute_and_to_the_roll_ups_when_their_bucket_is_over() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::real(dir.path());
    let engine = house.open().unwrap();
    let (mut keeper, lake) = house.keeper(&engine).await.unwrap();
    let now = Timestamp::from_micros(start());
    let rows = [
        row(3, start() + 1, 1.5),
        row(1, start() + 2, 2.5),
        row(3, start() + FIVE, -4.0),
    ];
    let last = engine.log.append(&block(&rows, now)).await.unwrap();
    house.pass(&mut keeper, Duration::from_secs(59)).await.unwrap();
    assert_eq!(lake.status(now).position, Position::START);
    assert_eq!(lake.status(now).lag_rows, 3);
    house.pass(&mut keeper, Duration::from_secs(60)).await.unwrap();
    let status = lake.status(now);
    assert_eq!((status.position, status.lag_rows), (last, 0));
    let found = stored(&*engine.objects, keeper.state()).await;
    let plain: Vec<_> = found
        .iter()
        .map(|row| (row.series, row.time - start(), row.number, row.late))
        .collect();
    assert_eq!(
        plain,
        [
            (1, 2, Some(2.5), false),
            (3, 1, Some(1.5), false),
            (3, FIVE, Some(-4.0), false)
        ]
    );
    assert!(keeper.state().rollup_5m.files.is_empty());
    house.pass(&mut keeper, Duration::from_secs(300)).await.unwrap();
    let five = buckets(&*engine.objects, &keeper.state().rollup_5m).await;
    assert_eq!(five.len(), 2, "the second bucket is not over");
    assert_eq!(five[&(3, start())], (1, 1, 1.5, 1.5, 1.5, 1.5, 1.5));
    house.pass(&mut keeper, Duration::from_secs(3_600)).await.unwrap();
    let hour = buckets(&*engine.objects, &keeper.state().rollup_1h).await;
    assert_eq!(hour[&(3, start())], (2, 2, -4.0, 1.5, -2.5, 1.5, -4.0));
    assert_eq!(keeper.state().rollup_1h.position, last);
}

#[tokio::test(flavor = "multi_thread")]
async fn corrections_and_late_rows_replace_buckets_and_stand_apart() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::real(dir.path());
    let engine = house.open().unwrap();
    let (mut keeper, _) = house.keeper(&engine).await.unwrap();
    let now = Timestamp::from_micros(start());
    let first: Vec<_> = (0..120)
        .map(|minute| row(1, start() + minute * MINUTE, minute as f64))
        .collect();
    engine.log.append(&block(&first, now)).await.unwrap();
    house.pass(&mut keeper, Duration::from_secs(4 * 3_600)).await.unwrap();
    // a correction, a correction of it, one to a bad value, and a row of a year ago
    let year = 365 * 24 * HOUR;
    let mut bad = row(1, start() + 7 * MINUTE, 1e9);
    bad.grade = Grade::Bad;
    for late in [
        vec![row(1, start() + MINUTE, 1_000.0), bad],
        vec![row(1, start() + MINUTE, 50.0), row(1, start() - year, 8.0)],
    ] {
        engine.log.append(&block(&late, now)).await.unwrap();
        house.pass(&mut keeper, Duration::from_secs(120)).await.unwrap();
    }
    let rows = stored(&*engine.objects, keeper.state()).await;
    assert_eq!(rows.len(), 124);
    assert_eq!(rows.iter().filter(|row| row.late).count(), 4);
    let current = current(&rows);
    assert_eq!(current.len(), 121);
    for (width, table) in [(FIVE, &keeper.state().rollup_5m), (HOUR, &keeper.state().rollup_1h)] {
        let found = buckets(&*engine.objects, table).await;
        assert_eq!(found, expected(&current, width));
    }
    let five = buckets(&*engine.objects, &keeper.state().rollup_5m).await;
    assert_eq!(five[&(1, start())].0, 5);
    assert_eq!(five[&(1, start())].3, 50.0);
    assert_eq!(five[&(1, start() + FIVE)].0, 4, "a bad value does not count");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_value_has_its_column() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::real(dir.path());
    let engine = house.open().unwrap();
    let (mut keeper, _) = house.keeper(&engine).await.unwrap();
    let time = Timestamp::from_micros(start());
    let mut one = block(&[row(0, start(), 0.5)], time);
    let point = kernel::place::Point::new(105.85, 21.03).unwrap();
    let good = Quality::GOOD;
    one.batch.push_bits(SeriesId(1), time, ValueKind::Boolean, 1, good);
    one.batch
        .push_bytes(SeriesId(2), time, ValueKind::Text, "ngập".as_bytes(), good);
    one.batch
        .push_bits(SeriesId(3), time, ValueKind::Point, point.to_bits(), good);
    one.batch
        .push_bytes(SeriesId(4), time, ValueKind::Json, b"{\"a\":1}", good);
    one.runs[0].rows = 5;
    engine.log.append(&one).await.unwrap();
    engine.log.append(&one).await.unwrap();
    house.pass(&mut keeper, Duration::from_secs(1)).await.unwrap();
    house.pass(&mut keeper, Duration::from_secs(60)).await.unwrap();
    let rows = stored(&*engine.objects, keeper.state()).await;
    assert_eq!(rows.len(), 10);
    let found: Vec<_> = rows
        .iter()
        .filter(|row| row.late)
        .map(|row| (row.number, row.text.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            (Some(0.5), None),
            (Some(1.0), None),
            (None, Some("ngập")),
            (None, Some("POINT(105.85 21.03)")),
            (None, Some("{\"a\":1}")),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn packing_checkpoints_and_vacuum_change_no_row() {
    let dir = tempfile::tempdir().unwrap();
    let mut house = House::real(dir.path());
    house.settings.checkpoint_commits = 5;
    house.settings.compact_files = 4;
    house.settings.upkeep_every = Duration::from_secs(1_200);
    // rests are measured in work that was done, and this clock does not move while there is work
    house.settings.cpu_percent = 100;
    let engine = house.open().unwrap();
    let (mut keeper, _) = house.keeper(&engine).await.unwrap();
    let mut before = 0;
    for minute in 0..90_i64 {
        let time = start() + minute * 2 * MINUTE;
        let rows: Vec<_> = (0..20).map(|series| row(series, time, minute as f64)).collect();
        engine
            .log
            .append(&block(&rows, Timestamp::from_micros(time)))
            .await
            .unwrap();
        house.pass(&mut keeper, Duration::from_secs(60)).await.unwrap();
        house.pass(&mut keeper, Duration::from_secs(60)).await.unwrap();
        before = before.max(keeper.state().observations.files.len());
    }
    house.pass(&mut keeper, Duration::from_secs(7_200)).await.unwrap();
    assert!(before <= 30, "packing goes on while rows come: {before} files");
    let names = |list: Vec<String>| list.iter().filter(|name| name.ends_with(".parquet")).count();
    let many = names(engine.objects.list("lake/").await.unwrap());
    house.pass(&mut keeper, Duration::from_secs(25 * 3_600)).await.unwrap();
    house.pass(&mut keeper, Duration::from_secs(25 * 3_600)).await.unwrap();
    let few = names(engine.objects.list("lake/").await.unwrap());
    assert!(few < many, "{few} of {many} files are left");
    let rows = stored(&*engine.objects, keeper.state()).await;
    assert_eq!(rows.len(), 1_800);
    let current = current(&rows);
    for (width, table) in [(FIVE, &keeper.state().rollup_5m), (HOUR, &keeper.state().rollup_1h)] {
        assert_eq!(buckets(&*engine.objects, table).await, expected(&current, width));
        assert!(table.files.len() < 4, "{} files", table.files.len());
    }
    let log = engine.objects.list("lake/observations/_delta_log/").await.unwrap();
    assert!(log.iter().any(|name| name.ends_with(".checkpoint.parquet")), "{log:?}");
    let commits = log.iter().filter(|name| name.ends_with(".json")).count();
    assert!(commits < 20, "{commits} commits are left");
    // what is on the disk says the same as what is remembered
    let opened = LakeState::open(&LakeStore::new(engine.objects.clone())).await.unwrap();
    assert_eq!(opened.observations.position, keeper.state().observations.position);
    assert_eq!(opened.observations.files.len(), keeper.state().observations.files.len());
    for (path, file) in opened.observations.files.iter() {
        assert_eq!(Some(file), keeper.state().observations.files.get(path));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_released_after_the_hot_window_and_never_before_the_commit() {
    let dir = tempfile::tempdir().unwrap();
    let mut house = House::real(dir.path());
    house.settings.hot_window = Duration::from_secs(600);
    let engine = house.open().unwrap();
    let (mut keeper, _) = house.keeper(&engine).await.unwrap();
    let mut all = 0;
    for step in 0..60_i64 {
        let value =
            |series: u32| f64::from_bits(0x3ff0_0000_0000_0000 | (u64::from(series) * step as u64 * 0x9e37_79b9) << 8);
        let rows: Vec<_> = (0..50)
            .map(|series| row(series, start() + step * MINUTE, value(series)))
            .collect();
        let before = engine.log.usage().bytes;
        engine
            .log
            .append(&block(&rows, Timestamp::from_micros(start())))
            .await
            .unwrap();
        all += engine.log.usage().bytes - before;
        house.pass(&mut keeper, Duration::from_secs(60)).await.unwrap();
        let pins = engine.log.log().pins().await.unwrap();
        assert_eq!(pins, [("history".to_owned(), keeper.state().observations.position)]);
    }
    // whole segments go, so a few blocks more than ten minutes are left
    let left = engine.log.usage().bytes * 60 / all;
    assert!(left < 40, "{left} of 60 blocks are still in the log");
    assert!(left >= 10, "the hot window is kept: {left} blocks");
    assert_eq!(stored(&*engine.objects, keeper.state()).await.len(), 60 * 50);
}

/// A full disk: the reserve comes back only if the lake does not take what was made free, and the log gives what is in the
/// tables, although its hot window has not passed.
#[tokio::test(flavor = "multi_thread")]
async fn while_the_disk_is_full_the_lake_gives_room_and_takes_none() {
    let dir = tempfile::tempdir().unwrap();
    let mut house = House::real(dir.path());
    house.settings.compact_files = 2;
    let engine = house.open().unwrap();
    let (mut keeper, _) = house.keeper(&engine).await.unwrap();
    let minute = async |step: i64| {
        let rows: Vec<_> = (0..200)
            .map(|series| row(series, start() + step * MINUTE, step as f64))
            .collect();
        let block = block(&rows, Timestamp::from_micros(start()));
        engine.log.append(&block).await.unwrap();
    };
    for step in 0..20 {
        minute(step).await;
        house.clock.advance(house.settings.commit_after);
        keeper.turn().await.unwrap();
    }
    let kept = engine.log.usage().bytes;
    let written = engine.objects.list("").await.unwrap();
    house.is_full.send_replace(true);
    minute(20).await;
    for _ in 0..20 {
        house.pass(&mut keeper, Duration::from_secs(60)).await.unwrap();
    }
    assert!(
        engine.log.usage().bytes < kept / 2,
        "{kept} bytes, and still {}",
        engine.log.usage().bytes
    );
    let now: BTreeSet<_> = engine.objects.list("").await.unwrap().into_iter().collect();
    let new: Vec<_> = now.iter().filter(|name| !written.contains(name)).collect();
    assert!(new.is_empty(), "written while the disk was full: {new:?}");
    assert!(now.len() < written.len(), "what was replaced 15 minutes ago is gone");
    house.is_full.send_replace(false);
    house.pass(&mut keeper, house.settings.commit_after).await.unwrap();
    assert_eq!(stored(&*engine.objects, keeper.state()).await.len(), 21 * 200);
}
