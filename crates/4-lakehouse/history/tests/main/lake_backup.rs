//! A backup that is taken while the lake is written holds tables and log that fit each other.

use crate::lake_crash::{Acknowledged, faults, rows_of};
use crate::lake_ground::{Engine, House, block, stored};
use embedded::backup::restore;
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

fn options() -> TenantOptions {
    let mut options = TenantOptions {
        reserve_bytes: 4_096,
        ..TenantOptions::default()
    };
    options.log.segment_bytes = 4_096;
    options
}

fn engine_of(tenant: &EmbeddedTenant) -> Engine {
    Engine {
        log: tenant.series.clone(),
        objects: Arc::clone(&tenant.objects),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_and_log_of_a_backup_fit_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let mut house = House::real(&dir.path().join("unused"));
    house.settings.checkpoint_commits = 3;
    house.settings.compact_files = 3;
    house.settings.upkeep_every = Duration::from_secs(600);
    house.settings.hot_window = Duration::from_secs(600);
    let tenant = Arc::new(EmbeddedTenant::open(&dir.path().join("live"), options()).unwrap());
    let stop = Arc::new(AtomicBool::new(false));
    let mut known = Acknowledged::new();
    let writing = {
        let (house, tenant, stop) = (house.clone(), Arc::clone(&tenant), Arc::clone(&stop));
        tokio::spawn(async move {
            let engine = engine_of(&tenant);
            let mut keeper = house.keeper(&engine).await.unwrap().0;
            while !stop.load(Ordering::Relaxed) {
                house.pass(&mut keeper, Duration::from_secs(60)).await.unwrap();
                tokio::task::yield_now().await;
            }
        })
    };
    for round in 0..6 {
        for step in 0..15 {
            let rows = rows_of(round * 15 + step);
            let position = tenant.series.append(&block(&rows, Timestamp::EPOCH)).await.unwrap();
            let packed = history::lake::schema::pack(position);
            known.extend(rows.iter().enumerate().map(|(at, row)| ((packed, at as i32), *row)));
        }
        let copy = dir.path().join(format!("copy-{round}"));
        let manifest = tenant.backup("test", Timestamp::EPOCH, &copy).await.unwrap();
        assert!(!manifest.files.keys().any(|name| name.contains("_last_checkpoint")));
        let back = dir.path().join(format!("back-{round}"));
        restore(&copy, &back, 0).await.unwrap();
        let restored = EmbeddedTenant::open(&back, options()).unwrap();
        let engine = engine_of(&restored);
        assert_eq!(faults(&engine, &known).await, Vec::<String>::new(), "round {round}");
        // it goes on, in a new epoch
        let rows = rows_of(1_000 + round);
        let position = engine.log.append(&block(&rows, Timestamp::EPOCH)).await.unwrap();
        assert!(position.epoch > 0);
        let mut keeper = house.keeper(&engine).await.unwrap().0;
        house.pass(&mut keeper, Duration::from_secs(60)).await.unwrap();
        assert_eq!(keeper.state().observations.position, position);
        let all = stored(&*engine.objects, keeper.state()).await;
        assert_eq!(all.len(), known.len() + rows.len(), "round {round}");
    }
    stop.store(true, Ordering::Relaxed);
    writing.await.unwrap();
}
