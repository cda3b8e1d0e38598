//! Random rows, late ones, corrections, bad ones and restarts: the roll-ups are what the rows come to.

use crate::lake_ground::{House, Row, block, buckets, current, expected, stored};
use kernel::quality::Grade;
use kernel::time::Timestamp;
use rand::Rng;
use rand::rngs::StdRng;
use std::time::Duration;
use testkit::clock::VirtualClock;
use testkit::seed;

const SECOND: i64 = 1_000_000;

fn random_rows(random: &mut StdRng, now: i64) -> Vec<Row> {
    let count = random.random_range(1..30);
    let mut rows = Vec::with_capacity(count);
    for _ in 0..count {
        // mostly the last minutes, sometimes hours ago, sometimes the day before; on a grid, so that names repeat
        let back = match random.random_range(0..10) {
            0..=6 => random.random_range(0..300),
            7 | 8 => random.random_range(0..3 * 3_600),
            _ => random.random_range(0..40 * 3_600),
        };
        let grade = match random.random_range(0..8) {
            0 => Grade::Suspect,
            1 => Grade::Bad,
            _ => Grade::Good,
        };
        rows.push(Row {
            series: random.random_range(0..4),
            time: (now - back * SECOND).div_euclid(20 * SECOND) * 20 * SECOND,
            value: f64::from(random.random_range(-50..50)),
            grade,
        });
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn roll_ups_are_what_the_rows_come_to() {
    for seed in seed::seeds(6) {
        let mut random = seed::rng_of(seed);
        let dir = tempfile::tempdir().unwrap();
        let mut house = House::real(dir.path());
        house.clock = VirtualClock::at(Timestamp::parse("2026-01-01T22:00:00Z").unwrap());
        house.settings.commit_rows = 100;
        house.settings.compact_files = 3;
        house.settings.checkpoint_commits = 7;
        house.settings.upkeep_every = Duration::from_secs(1_800);
        let engine = house.open().unwrap();
        let mut keeper = house.keeper(&engine).await.unwrap().0;
        let mut sent = 0;
        for _ in 0..random.random_range(30..70) {
            let now = kernel::clock::Clock::now(&house.clock);
            let rows = random_rows(&mut random, now.micros());
            sent += rows.len();
            engine.log.append(&block(&rows, now)).await.unwrap();
            if random.random_bool(0.1) {
                keeper = house.keeper(&engine).await.unwrap().0;
            }
            let by = Duration::from_secs(random.random_range(0..400));
            house.pass(&mut keeper, by).await.unwrap();
            // whatever the roll-ups say before their positions is already right
            assert!(keeper.state().rollup_1h.position <= keeper.state().rollup_5m.position);
            assert!(keeper.state().rollup_5m.position <= keeper.state().observations.position);
        }
        house.pass(&mut keeper, Duration::from_secs(7_200)).await.unwrap();
        house.pass(&mut keeper, Duration::from_secs(7_200)).await.unwrap();
        let rows = stored(&*engine.objects, keeper.state()).await;
        assert_eq!(rows.len(), sent, "seed {seed}");
        let current = current(&rows);
        for (width, table) in [
            (300 * SECOND, &keeper.state().rollup_5m),
            (3_600 * SECOND, &keeper.state().rollup_1h),
        ] {
            assert_eq!(
                buckets(&*engine.objects, table).await,
                expected(&current, width),
                "seed {seed}"
            );
            assert_eq!(table.position, keeper.state().observations.position, "seed {seed}");
        }
    }
}
