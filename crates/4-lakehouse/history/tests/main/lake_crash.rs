//! Crashes between any two steps, failing storage and power cuts: every acknowledged row once, in the table or in the log.

use crate::lake_ground::{Engine, House, Row, block, buckets, current, expected, row, stored, tail};
use embedded::disk::SimDisk;
use history::lake::LakeState;
use history::lake::store::LakeStore;
use history::reconcile::Keeper;
use kernel::time::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use testkit::fault::CrashPoint;
use testkit::faulty_objects::{FaultyObjects, ObjectsFaults};
use testkit::seed;

const MINUTE: i64 = 60_000_000;

/// Acknowledged rows by (packed position, row).
pub(crate) type Acknowledged = BTreeMap<(i64, i32), Row>;

fn start() -> i64 {
    Timestamp::parse("2026-01-01T00:00:00Z").unwrap().micros()
}

/// A house whose upkeep is always due, so that few steps go through all kinds of work.
fn busy(mut house: House) -> House {
    house.settings.checkpoint_commits = 3;
    house.settings.compact_files = 3;
    house.settings.upkeep_every = Duration::from_secs(600);
    house.settings.vacuum_after = Duration::from_secs(900);
    house.settings.hot_window = Duration::from_secs(600);
    house.settings.cpu_percent = 100;
    house
}

async fn append(engine: &Engine, known: &mut Acknowledged, rows: &[Row]) {
    let now = Timestamp::from_micros(start());
    if let Ok(position) = engine.log.append(&block(rows, now)).await {
        let packed = history::lake::schema::pack(position);
        known.extend(rows.iter().enumerate().map(|(at, row)| ((packed, at as i32), *row)));
    }
}

/// The rows of step `step`: new ones, a late one and a correction.
pub(crate) fn rows_of(step: i64) -> Vec<Row> {
    let time = start() + step * 4 * MINUTE;
    let mut rows: Vec<Row> = (0..6).map(|series| row(series, time, (step * 10) as f64)).collect();
    if step > 2 {
        rows.push(row(1, time - 6 * MINUTE, -1.0));
        rows.push(row(2, time - 8 * MINUTE, 0.5));
    }
    rows
}

/// Appends and lets time pass; ends early when the lake fails.
async fn work(
    house: &House,
    engine: &Engine,
    keeper: &mut Keeper,
    known: &mut Acknowledged,
    steps: std::ops::Range<i64>,
) {
    for step in steps {
        append(engine, known, &rows_of(step)).await;
        if house.pass(keeper, Duration::from_secs(240)).await.is_err() {
            return;
        }
    }
}

/// What is wrong with the lake and the log, in words.
pub(crate) async fn faults(engine: &Engine, known: &Acknowledged) -> Vec<String> {
    let mut wrong = Vec::new();
    let state = match LakeState::open(&LakeStore::new(Arc::clone(&engine.objects))).await {
        Ok(state) => state,
        Err(error) => return vec![format!("the tables cannot be opened: {error}")],
    };
    let mut found = BTreeMap::new();
    for row in stored(&*engine.objects, &state).await {
        let value = (row.series as u32, row.time, row.number.unwrap_or(f64::NAN));
        if found.insert((row.position, row.row), value).is_some() {
            wrong.push(format!("twice in the table: {row:?}"));
        }
    }
    for (position, at, row) in tail(&engine.log, state.observations.position).await {
        if found
            .insert((position, at), (row.series, row.time, row.value))
            .is_some()
        {
            wrong.push(format!("in the table and in its tail: {row:?}"));
        }
    }
    for (name, row) in known {
        match found.get(name) {
            None => wrong.push(format!("lost: {row:?}")),
            Some(value) if *value != (row.series, row.time, row.value) => wrong.push(format!("changed: {row:?}")),
            Some(_) => {}
        }
    }
    // An append that was cut off may be stored; it was not acknowledged.
    wrong
}

/// After everything is done: the table alone holds all rows, and the roll-ups are what its rows come to.
async fn settle(house: &House, engine: &Engine, known: &Acknowledged, what: &str) {
    let (mut keeper, _) = house.keeper(engine).await.unwrap();
    house.pass(&mut keeper, Duration::from_secs(2 * 3_600)).await.unwrap();
    house.pass(&mut keeper, Duration::from_secs(2 * 3_600)).await.unwrap();
    assert_eq!(faults(engine, known).await, Vec::<String>::new(), "{what}");
    let state = keeper.state();
    let rows = stored(&*engine.objects, state).await;
    assert!(rows.len() >= known.len(), "{what}");
    // No two rows that are not late share a name, and a late row is never older than one that is not.
    let mut plain = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.late) {
        assert_eq!(
            plain.insert((row.series, row.time), row.position),
            None,
            "{what}: {row:?}"
        );
    }
    for late in rows.iter().filter(|row| row.late) {
        if let Some(position) = plain.get(&(late.series, late.time)) {
            assert!(*position <= late.position, "{what}: {late:?}");
        }
    }
    let current = current(&rows);
    for (width, table) in [(300_000_000, &state.rollup_5m), (3_600_000_000, &state.rollup_1h)] {
        assert_eq!(
            buckets(&*engine.objects, table).await,
            expected(&current, width),
            "{what}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_write_loses_and_doubles_nothing() {
    // each write in the long proofs, every seventh else
    let stride = if seed::seeds(1).len() > 1 { 1 } else { 7 };
    let mut number = 0;
    loop {
        number += stride;
        let mut reached = false;
        for point in [CrashPoint::BeforeStoring, CrashPoint::BeforeAnswering] {
            let dir = tempfile::tempdir().unwrap();
            let house = busy(House::real(dir.path()));
            let what = format!("crash at write {number}, {point:?}");
            let mut known = Acknowledged::new();
            let engine = house.open().unwrap();
            let faults_at = ObjectsFaults {
                crash: Some((number, point)),
                ..ObjectsFaults::default()
            };
            let faulty = Arc::new(FaultyObjects::new(Arc::clone(&engine.objects), 0, faults_at));
            let failing = Engine {
                log: engine.log.clone(),
                objects: faulty.clone(),
            };
            if let Ok((mut keeper, _)) = house.keeper(&failing).await {
                work(&house, &failing, &mut keeper, &mut known, 0..9).await;
            }
            reached |= faulty.has_crashed();
            assert_eq!(faults(&engine, &known).await, Vec::<String>::new(), "{what}");
            if let Ok((mut keeper, _)) = house.keeper(&engine).await {
                work(&house, &engine, &mut keeper, &mut known, 9..11).await;
            }
            settle(&house, &engine, &known, &what).await;
        }
        if !reached {
            break;
        }
    }
    assert!(number > 40, "only {number} writes were tried");
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_that_fails_now_and_then_only_delays() {
    for seed in seed::seeds(6) {
        let dir = tempfile::tempdir().unwrap();
        let house = busy(House::real(dir.path()));
        let engine = house.open().unwrap();
        let mut known = Acknowledged::new();
        let faults_at = ObjectsFaults {
            write_error: 0.05,
            write_full: 0.05,
            lost_answer: 0.1,
            read_error: 0.02,
            crash: None,
        };
        let faulty = Arc::new(FaultyObjects::new(Arc::clone(&engine.objects), seed, faults_at));
        let failing = Engine {
            log: engine.log.clone(),
            objects: faulty,
        };
        for step in 0..12 {
            append(&failing, &mut known, &rows_of(step)).await;
            // a failure opens everything again, as the thread of the lake does
            if let Ok((mut keeper, _)) = house.keeper(&failing).await {
                let _ = house.pass(&mut keeper, Duration::from_secs(240)).await;
            }
        }
        settle(&house, &engine, &known, &format!("seed {seed}")).await;
    }
}

/// Rounds of work on a disk whose power goes off; what is wrong afterwards.
async fn cut(seed: u64, lying: bool) -> Vec<String> {
    use rand::Rng;
    let mut random = seed::rng_of(seed);
    let disk = SimDisk::new(seed);
    disk.lie_about_sync(lying);
    let house = busy(House::on(Arc::new(disk.clone()), Path::new("/tenant")));
    let mut known = Acknowledged::new();
    for round in 0..3 {
        disk.switch_off_after(random.random_range(20..400));
        if let Ok(engine) = house.open()
            && let Ok((mut keeper, _)) = house.keeper(&engine).await
        {
            work(&house, &engine, &mut keeper, &mut known, round * 6..round * 6 + 6).await;
        }
        disk.power_cut(random.random());
        let Ok(engine) = house.open() else {
            return vec!["the engine does not open".to_owned()];
        };
        let wrong = faults(&engine, &known).await;
        if !wrong.is_empty() {
            return wrong;
        }
    }
    if !lying {
        let engine = house.open().unwrap();
        settle(&house, &engine, &known, &format!("seed {seed}")).await;
    }
    Vec::new()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_during_the_hand_over_loses_and_doubles_nothing() {
    for seed in seed::seeds(12) {
        assert_eq!(cut(seed, false).await, Vec::<String>::new(), "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_lies_about_syncs_is_found_out() {
    let mut found = 0;
    for seed in 0..6 {
        let cut = tokio::spawn(cut(seed, true));
        // tables that cannot be read at all end the round with a panic
        found += u32::from(cut.await.map_or(true, |wrong| !wrong.is_empty()));
    }
    assert!(found > 0, "the test would not notice a loss");
}
