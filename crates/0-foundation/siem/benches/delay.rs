//! How long a record takes from its append to a real rsyslog behind TLS, with the settings of a new installation: `cargo bench
//! -p siem`. Then the same with a receiver that dies and comes back: how long until it is level again, and what it missed.
#![allow(clippy::unwrap_used, clippy::panic, dead_code, missing_docs)]

#[path = "../tests/main/daemon.rs"]
mod daemon;
#[path = "../tests/main/ground.rs"]
mod ground;

use audit::note::Signer;
use audit::seal::Seals;
use audit::shelf::Shelf;
use audit::store::AuditLog;
use audit::trail::Trail;
use audit::tree::{LEVEL, Tree};
use daemon::Rsyslog;
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use ground::{Papers, access};
use kernel::clock::Clock;
use kernel::id::TenantId;
use kernel::time::Timestamp;
use siem::export::{Export, Options};
use siem::format::Format;
use siem::format::syslog::Header;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// `audit.checkpoint_s`: so often the tree follows the log, and only what is in the tree is sent.
const PERIOD: Duration = Duration::from_secs(2);
/// How long the receiver is dead, and how long it is there before and after.
const AWAY: Duration = Duration::from_secs(10);
const THERE: Duration = Duration::from_secs(20);

#[derive(Debug)]
struct Wall;

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        Timestamp::EPOCH.plus(SystemTime::now().duration_since(UNIX_EPOCH).unwrap())
    }
}

/// A trail that is sealed as the server does it.
struct House {
    audit: AuditLog,
    seals: Arc<Seals>,
    export: Arc<Export>,
    _engine: EmbeddedTenant,
}

impl House {
    async fn open(dir: &Path, port: u16, papers: &Papers, format: Format) -> Self {
        let engine = EmbeddedTenant::open(&dir.join("data"), TenantOptions::default()).unwrap();
        let (log, objects) = (Arc::clone(&engine.audit), Arc::clone(&engine.objects));
        let tree = Tree::open(Arc::clone(&log), Arc::clone(&objects), LEVEL).await.unwrap();
        let trail = Trail::new(Arc::clone(&log), objects, tree.clone());
        let signer = Signer::new("hanoi-ioc/bench/gov", &[7; 32]).unwrap();
        let shelves = vec![Shelf::new(&dir.join("own"))];
        let header = Header {
            host: "ioc.test".to_owned(),
            version: "0.1.0".to_owned(),
        };
        let options = Options::new(format, header);
        Self {
            audit: AuditLog::new(log, TenantId::new("gov").unwrap(), Arc::new(Wall)),
            seals: Arc::new(Seals::new(tree, signer, Arc::new(Wall), shelves)),
            export: Arc::new(Export::new(trail, papers.target(port), options, Arc::new(Wall))),
            _engine: engine,
        }
    }

    /// Writes at a steady rate, each record when it is due; answers how many.
    async fn write(&self, per_second: u64, lasts: Duration) -> u64 {
        let (began, mut writes, mut count) = (Instant::now(), JoinSet::new(), 0);
        while began.elapsed() < lasts {
            let due = (began.elapsed().as_secs_f64() * per_second as f64) as u64;
            for number in count..due {
                let audit = self.audit.clone();
                writes.spawn(async move { audit.write(access(number)).await.map(drop) });
            }
            count = due;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        writes.join_all().await.into_iter().for_each(|written| written.unwrap());
        count
    }
}

/// A record as it was first received: when it was written, and when it came.
struct Arrival {
    written: Timestamp,
    came: Timestamp,
}

impl Arrival {
    fn delay(&self) -> Duration {
        self.came.since(self.written)
    }
}

/// First arrivals in order of the records; what comes twice counts once.
fn arrivals(received: &[(String, String)]) -> Vec<Arrival> {
    let mut first = BTreeMap::new();
    for (came, message) in received {
        let fields: Vec<&str> = message.splitn(7, ' ').collect();
        let (written, id): (_, u64) = (Timestamp::parse(fields[1]).unwrap(), fields[5].parse().unwrap());
        let came = Timestamp::parse(came).unwrap();
        first.entry(id).or_insert(Arrival { written, came });
    }
    assert!(first.keys().copied().eq(0..first.len() as u64), "none is missing");
    first.into_values().collect()
}

fn row(what: &str, delays: impl Iterator<Item = Duration>, more: &str) {
    let mut delays: Vec<Duration> = delays.collect();
    delays.sort_unstable();
    let at = |part: f64| {
        delays
            .get(((delays.len().max(1) - 1) as f64 * part) as usize)
            .copied()
            .unwrap_or_default()
    };
    println!(
        "| {what} | {} | {:.2} s | {:.2} s | {:.2} s | {more} |",
        delays.len(),
        at(0.5).as_secs_f64(),
        at(0.99).as_secs_f64(),
        at(1.0).as_secs_f64()
    );
}

/// One run; `dies`: the receiver is killed in the middle and started again.
async fn run(format: Format, per_second: u64, dies: bool) {
    let (dir, papers) = (tempfile::tempdir().unwrap(), Papers::new());
    let mut rsyslog = Rsyslog::new(&dir.path().join("rsyslog"), &papers);
    let port = rsyslog.start(0);
    let house = House::open(dir.path(), port, &papers, format).await;
    let stop = CancellationToken::new();
    let (seals, export) = (Arc::clone(&house.seals), Arc::clone(&house.export));
    let (one, two) = (stop.clone(), stop.clone());
    tokio::spawn(async move { seals.run(PERIOD, one).await });
    let sends = tokio::spawn(async move { export.run(two).await });
    let mut back = None;
    let count = if dies {
        let dies = async {
            tokio::time::sleep(THERE).await;
            rsyslog.kill();
            let killed = Wall.now();
            tokio::time::sleep(AWAY).await;
            rsyslog.start(port);
            back = Some((killed, Wall.now()));
        };
        tokio::join!(house.write(per_second, THERE + AWAY + THERE + THERE), dies).0
    } else {
        house.write(per_second, THERE + AWAY).await
    };
    let mut progress = house.export.progress();
    let all = progress.wait_for(|progress| progress.behind == 0 && progress.sent >= count);
    all.await.unwrap();
    stop.cancel();
    sends.await.unwrap();
    rsyslog.end();

    let received = rsyslog.received();
    let arrivals = arrivals(&received);
    assert_eq!(arrivals.len() as u64, count, "none is lost");
    let what = format!("{format:?}, {per_second}/s");
    let Some((killed, back)) = back else {
        return row(
            &what,
            arrivals.iter().map(Arrival::delay),
            &format!("{} messages", received.len()),
        );
    };
    // what comes in order is level when it comes as quickly as before
    let before = arrivals
        .iter()
        .filter(|one| one.came < killed)
        .map(Arrival::delay)
        .max()
        .unwrap_or_default();
    let level = arrivals.iter().find(|one| one.came >= back && one.delay() <= before);
    let level = level.map_or("not level".to_owned(), |one| {
        format!("level {:.1} s after its start", one.came.since(back).as_secs_f64())
    });
    let more = format!(
        "away {:.1} s, {level}, {} messages",
        back.since(killed).as_secs_f64(),
        received.len()
    );
    row(
        &format!("{what}, killed and back"),
        arrivals.iter().map(Arrival::delay),
        &more,
    );
}

#[tokio::main]
async fn main() {
    if !daemon::installed() {
        return;
    }
    println!("| from append to rsyslog over TLS | records | p50 | p99 | slowest | |\n|---|---|---|---|---|---|");
    run(Format::Ocsf, 1_000, false).await;
    run(Format::Cef, 1_000, false).await;
    run(Format::Ocsf, 5_000, false).await;
    run(Format::Ocsf, 1_000, true).await;
}
