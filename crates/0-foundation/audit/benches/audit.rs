//! What the trace costs: records per second by group commit, with the tree and its seals following, and what a busy log of
//! observations loses by it. `cargo bench -p audit`; the folder of `TMPDIR` decides which disk is measured.
#![allow(clippy::unwrap_used, missing_docs)]

use audit::model::Outcome;
use audit::note::{Checkpoint, Signer};
use audit::seal::Seals;
use audit::shelf::Shelf;
use audit::store::{Access, AuditLog};
use audit::tree::{LEVEL, Tree};
use bytes::Bytes;
use chassis::wall::WallClock;
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::actor::ActorId;
use kernel::id::{PersonId, TenantId};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const SECONDS: u64 = 8;

fn access(number: u64) -> Access {
    Access {
        actor: ActorId::Person(PersonId(uuid::Uuid::from_u128(u128::from(number % 500)))),
        act: "GET /api/v1/observations/latest".to_owned(),
        target: format!(
            "/api/v1/observations/latest?device=flood-gauge-{:03}&limit=100",
            number % 900
        ),
        outcome: Outcome::Allowed,
        from: "10.20.30.40:51234".to_owned(),
        detail: BTreeMap::from([("status".to_owned(), "200".to_owned())]),
    }
}

struct House {
    engine: Arc<EmbeddedTenant>,
    audit: AuditLog,
    seals: Arc<Seals>,
    _dir: tempfile::TempDir,
}

impl House {
    async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let engine = Arc::new(EmbeddedTenant::open(&dir.path().join("data"), TenantOptions::default()).unwrap());
        let audit = AuditLog::new(
            Arc::clone(&engine.audit),
            TenantId::new("gov").unwrap(),
            Arc::new(WallClock),
        );
        let tree = Tree::open(Arc::clone(&engine.audit), Arc::clone(&engine.objects), LEVEL)
            .await
            .unwrap();
        let signer = Signer::new("hanoi-ioc/bench/gov", &[7; 32]).unwrap();
        let shelves = ["own", "mirror"]
            .map(|name| Shelf::new(&dir.path().join(name)))
            .to_vec();
        let seals = Arc::new(Seals::new(tree, signer, Arc::new(WallClock), shelves));
        Self {
            engine,
            audit,
            seals,
            _dir: dir,
        }
    }

    /// Writes for some seconds; `per_second` of 0 is as fast as it goes. Answers records per second and the p99 of a write.
    async fn write(&self, writers: u64, per_second: u64) -> (f64, Duration) {
        let (end, count) = (Arc::new(AtomicBool::default()), Arc::new(AtomicU64::default()));
        let started = Instant::now();
        let tasks = (0..writers).map(|_| {
            let (audit, end, count) = (self.audit.clone(), Arc::clone(&end), Arc::clone(&count));
            tokio::spawn(async move {
                let mut waits = Vec::new();
                while !end.load(Ordering::Relaxed) {
                    let number = count.fetch_add(1, Ordering::Relaxed);
                    if per_second > 0 {
                        let due = Duration::from_secs_f64(number as f64 / per_second as f64);
                        tokio::time::sleep(due.saturating_sub(started.elapsed())).await;
                    }
                    let began = Instant::now();
                    audit.write(access(number)).await.unwrap();
                    waits.push(began.elapsed());
                }
                waits
            })
        });
        let tasks: Vec<_> = tasks.collect();
        tokio::time::sleep(Duration::from_secs(SECONDS)).await;
        end.store(true, Ordering::Relaxed);
        let mut waits = Vec::new();
        for task in tasks {
            waits.extend(task.await.unwrap());
        }
        waits.sort();
        let rate = waits.len() as f64 / started.elapsed().as_secs_f64();
        (rate, waits[waits.len() * 99 / 100])
    }

    /// Appends blocks of 128 KiB to the log of observations, eight at a time; answers MiB per second.
    async fn ingest(&self) -> f64 {
        let log = self.engine.series.log();
        let block = Bytes::from(vec![7; 128 << 10]);
        let (started, mut blocks) = (Instant::now(), 0);
        while started.elapsed() < Duration::from_secs(SECONDS) {
            let eight = (0..8).map(|_| log.append(block.clone()));
            for done in futures::future::join_all(eight).await {
                done.unwrap();
                blocks += 1;
            }
        }
        f64::from(blocks) / 8.0 / started.elapsed().as_secs_f64()
    }
}

/// A line of the table; what was not asked for stays empty.
fn row(what: &str, records: Option<(f64, Duration)>, ingest: Option<f64>, more: &str) {
    let (rate, p99) = records.map_or(Default::default(), |(rate, p99)| {
        (format!("{rate:.0}"), format!("{:.2} ms", p99.as_secs_f64() * 1_000.0))
    });
    let ingest = ingest.map(|rate| format!("{rate:.0} MiB/s")).unwrap_or_default();
    println!("| {what} | {rate} | {p99} | {ingest} | {more} |");
}

/// The tree follows and is sealed as in the server, every `audit.checkpoint_s`.
fn follow(house: &House) -> (CancellationToken, tokio::task::JoinHandle<()>) {
    let (stop, seals) = (CancellationToken::new(), Arc::clone(&house.seals));
    let token = stop.clone();
    (
        stop,
        tokio::spawn(async move { seals.run(Duration::from_secs(2), token).await }),
    )
}

/// Records as fast as they go, with tree and seals behind; then what the tree has still to take.
async fn followed(writers: u64) {
    let house = House::open().await;
    let (stop, follows) = follow(&house);
    let records = house.write(writers, 0).await;
    let (before, began) = (house.seals.tree().size(), Instant::now());
    stop.cancel();
    follows.await.unwrap();
    house.seals.turn().await.unwrap();
    let (behind, took) = (house.seals.tree().size() - before, began.elapsed().as_secs_f64());
    let more = format!("{behind} not in the tree at the end, taken in {took:.2} s");
    row(
        &format!("with tree and seals, {writers} writers"),
        Some(records),
        None,
        &more,
    );
}

/// Observations beside records at a rate; 0 is as fast as they go.
async fn beside(writers: u64, per_second: u64) {
    let house = House::open().await;
    let (stop, follows) = follow(&house);
    let (records, ingest) = tokio::join!(house.write(writers, per_second), house.ingest());
    stop.cancel();
    follows.await.unwrap();
    let offered = match per_second {
        0 => "as many as go".to_owned(),
        some => format!("{some}/s offered"),
    };
    row(
        &format!("with all that beside ingest, {offered}"),
        Some(records),
        Some(ingest),
        "",
    );
}

#[tokio::main]
async fn main() {
    println!("| records of the trail | records/s | p99 of a write | ingest | |\n|---|---|---|---|---|");
    for writers in [1, 64, 512] {
        let records = House::open().await.write(writers, 0).await;
        row(&format!("alone, {writers} writers"), Some(records), None, "");
    }
    for writers in [64, 512] {
        followed(writers).await;
    }
    row("none, ingest alone", None, Some(House::open().await.ingest().await), "");
    beside(256, 5_000).await;
    beside(512, 60_000).await;
    beside(512, 0).await;
    println!();
    parts();
}

/// What one leaf and one signature cost.
fn parts() {
    let entry = vec![b'x'; 420];
    let began = Instant::now();
    let mut peaks = audit::merkle::Peaks::default();
    for _ in 0..1_000_000 {
        peaks.push(audit::merkle::leaf(std::hint::black_box(&entry)));
    }
    println!(
        "one leaf of 420 bytes with its share of the tree: {:?}",
        began.elapsed() / 1_000_000
    );
    let signer = Signer::new("hanoi-ioc/bench/gov", &[7; 32]).unwrap();
    let checkpoint = Checkpoint {
        origin: signer.origin().to_owned(),
        size: peaks.size(),
        root: peaks.root(),
        number: 1,
        at: kernel::time::Timestamp::EPOCH,
        epoch: 0,
    };
    let began = Instant::now();
    (0..10_000).for_each(|_| drop(std::hint::black_box(signer.sign(&checkpoint))));
    println!("one signature: {:?}", began.elapsed() / 10_000);
}
