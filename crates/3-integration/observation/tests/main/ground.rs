//! A small city on the real engine: two gauges, a gateway, one rule, a virtual clock.

use chassis::shutdown::Shutdown;
use device::model::{Device, DeviceState, Speaks};
use device::registry::Registry;
use device::service::Devices;
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::actor::Actor;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{DeviceId, OrgId, ProfileId, TenantId};
use kernel::submission::{IdempotencyKey, Readings, Sender, SpeaksFor, Submission};
use kernel::text::LangText;
use kernel::time::Timestamp;
use kernel::value::ValueKind;
use observation::latest::Latest;
use observation::model::Limits;
use observation::pipeline::{self, Ask, Ground, Recovered};
use observation::series::SeriesRegistry;
use observation::service::Observations;
use observation::store::Store;
use ports::log::Log;
use ports::records::Records;
use ports::series::SeriesLog;
use std::path::Path;
use std::sync::Arc;
use testkit::clock::VirtualClock;
use tokio::sync::{mpsc, oneshot, watch};

pub(crate) const PROFILE: &str = "
profile: gauge
version: 1
title: {vi: Trạm đo, en: Gauge}
entity_type: WaterObserved
bindings:
  - {name: depth, attribute: waterDepth, unit: m, kind: number, title: {vi: Độ sâu}, contract: {possible: {min: 0, max: 10}, expected: {max: 2}, max_rate: 0.5}}
  - {name: note, attribute: note, kind: text, title: {vi: Ghi chú}}
";

const RULE: &str = "
rule: deep
version: 1
title: {vi: Ngập, en: Deep}
code: deep
select: {attribute: waterDepth}
unit: m
when: [{severity: 3, above: 1.0}]
group: '{code}/{entity}'
assumed: true
tests:
  - {name: rises, steps: [{at: PT0S, value: 0.1}, {at: PT1M, value: 1.5, expect: {change: raised, severity: 3}}, {at: PT2M, value: 0.5, expect: {change: cleared, severity: 3}}]}
";

/// A running main road.
pub(crate) struct City {
    pub(crate) road: Observations,
    pub(crate) devices: Devices,
    pub(crate) engine: EmbeddedTenant,
    pub(crate) recovered: Recovered,
    asks: mpsc::Sender<Ask>,
    shutdown: Shutdown,
    ended: watch::Receiver<bool>,
}

pub(crate) fn start() -> Timestamp {
    Timestamp::parse("2026-11-21T01:00:00Z").unwrap()
}

fn options() -> TenantOptions {
    TenantOptions {
        reserve_bytes: 4_096,
        ..TenantOptions::default()
    }
}

pub(crate) fn gauge(id: &str, speaks: Speaks) -> Device {
    Device {
        id: DeviceId::new(id).unwrap(),
        title: LangText::new(format!("Trạm {id}"), ""),
        profile: ProfileId::new("gauge").unwrap(),
        org: OrgId::new("ioc").unwrap(),
        areas: vec![AreaCode::new("00070").unwrap()],
        place: None,
        state: DeviceState::Active,
        classification: Classification::Internal,
        speaks,
        gateway: None,
        token_hash: None,
    }
}

impl City {
    pub(crate) async fn open(dir: &Path) -> Self {
        Self::open_with(dir, |log| log).await
    }

    /// Opens with a decorated log.
    pub(crate) async fn open_with(dir: &Path, decorate: impl FnOnce(Arc<dyn Log>) -> Arc<dyn Log>) -> Self {
        Self::open_over(dir, decorate, |records| records).await
    }

    /// Opens with a decorated log, and decorated records for series and quarantine.
    pub(crate) async fn open_over(
        dir: &Path,
        decorate: impl FnOnce(Arc<dyn Log>) -> Arc<dyn Log>,
        before: impl FnOnce(Arc<dyn Records>) -> Arc<dyn Records>,
    ) -> Self {
        let engine = EmbeddedTenant::open(dir, options()).unwrap();
        let clock = Arc::new(VirtualClock::at(start()));
        let tenant = TenantId::new("government").unwrap();
        let registry = Arc::new(Registry::default());
        registry.set_profiles([device::profile::parse("gauge.yaml", PROFILE).unwrap()]);
        let devices = Devices::new(Arc::clone(&engine.records), Arc::clone(&registry), clock.clone());
        devices.load().await.unwrap();
        let actor = Actor::service("test", &tenant);
        let all = vec![
            gauge("g1", Speaks::Itself),
            gauge("g2", Speaks::Itself),
            gauge("gate", Speaks::Everyone),
        ];
        devices.import(&actor, all).await.unwrap();

        let store = Store::new(before(Arc::clone(&engine.records)));
        let series = Arc::new(SeriesRegistry::new(registry, store.clone()));
        series.load().await.unwrap();
        let limits = Limits {
            snapshot_bytes: 1 << 30,
            ..Limits::default()
        };
        let latest = Arc::new(Latest::default());
        let (queue, jobs) = mpsc::channel(limits.queue);
        let (asks, asked) = mpsc::channel(1);
        let road = Observations::new(Arc::clone(&series), Arc::clone(&latest), store, limits, queue);
        let shutdown = Shutdown::default();
        let ground = Ground {
            log: SeriesLog::new(decorate(engine.series.log())),
            objects: Arc::clone(&engine.objects),
            records: Arc::clone(&engine.records),
            registry: series,
            latest,
            clock: clock.clone(),
            limits,
            tenant,
        };
        let rules = vec![rule::parse::parse("deep.yaml", RULE).unwrap()];
        let stop = shutdown.pipelines.token();
        let (recovered, ended) = pipeline::start(ground, rules, jobs, asked, stop).await.unwrap();
        Self {
            road,
            devices,
            engine,
            recovered,
            asks,
            shutdown,
            ended,
        }
    }

    /// Ends like a crash as far as the state is concerned: no snapshot is needed to come back.
    pub(crate) async fn close(self) {
        self.shutdown.pipelines.token().cancel();
        let mut ended = self.ended;
        ended.wait_for(|ended| *ended).await.unwrap();
    }

    pub(crate) async fn snapshot(&self) {
        let (reply, done) = oneshot::channel();
        self.asks.send(Ask::Snapshot(reply)).await.unwrap();
        done.await.unwrap();
    }

    /// All rows in the log: series, seconds after the start, value.
    pub(crate) async fn stored(&self) -> Vec<(u32, i64, f64)> {
        let blocks = self
            .engine
            .series
            .read(kernel::position::Position::START, usize::MAX)
            .await
            .unwrap();
        let rows = blocks.iter().flat_map(|(_, block)| {
            let batch = &block.batch;
            (0..batch.len()).map(|row| {
                let seconds = (batch.time[row].micros() - start().micros()) / 1_000_000;
                (batch.series[row].0, seconds, f64::from_bits(batch.bits[row]))
            })
        });
        rows.collect()
    }
}

/// A payload of numbers: (device, name, seconds after the start, value).
pub(crate) fn payload(sender: &str, rows: &[(&str, &str, i64, f64)]) -> Submission {
    let mut readings = Readings::default();
    for (item, (device, name, seconds, value)) in rows.iter().enumerate() {
        let key = readings.add_key(device, name, "");
        let time = Timestamp::from_micros(start().micros() + seconds * 1_000_000);
        readings.push(key, Some(time), ValueKind::Number, value.to_bits(), item as u32);
    }
    submission(sender, readings)
}

pub(crate) fn submission(sender: &str, readings: Readings) -> Submission {
    let device = DeviceId::new(sender).unwrap();
    let tenant = TenantId::new("government").unwrap();
    let speaks_for = if sender == "gate" {
        SpeaksFor::Everyone
    } else {
        SpeaksFor::Itself
    };
    let actor = Arc::new(Actor::device(&device, &tenant));
    let sender = Sender {
        shown: kernel::submission::Shown::Nothing,
        device,
        speaks_for: Arc::new(speaks_for),
        actor,
    };
    Submission {
        sender,
        received: start(),
        readings,
        rejected: Vec::new(),
        key: None,
    }
}

pub(crate) fn keyed(mut submission: Submission, key: &str, body: u8) -> Submission {
    submission.key = Some(IdempotencyKey {
        key: key.into(),
        body: [body; 32],
    });
    submission
}
