//! A small past on the real engine: a registry, a log, a lake that commits only when a test says so.

use audit::store::AuditLog;
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use history::lake::Lake;
use history::lake::store::LakeStore;
use history::model::{SeriesSource, Settings};
use history::query::error::QueryError;
use history::query::range::{Method, QualityFilter, RangeAnswer, RangeAsk};
use history::query::rows::Format;
use history::query::sql::{Answer, SqlLimits, Statement};
use history::query::tables::Tables;
use history::reconcile::{self, Keeper};
use history::service::{History, Parts};
use kernel::actor::{Actor, ActorId, Grant, Scope};
use kernel::area::AreaCode;
use kernel::batch::Batch;
use kernel::block::{Block, Run};
use kernel::classification::Classification;
use kernel::id::{DeviceId, OrgId, ProfileId, TenantId};
use kernel::quality::Quality;
use kernel::series::{Contract, SeriesId, SeriesInfo};
use kernel::text::LangText;
use kernel::time::Timestamp;
use kernel::unit::Unit;
use kernel::value::ValueKind;
use observation::series::SeriesRegistry;
use observation::store::Store;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use testkit::clock::VirtualClock;

/// Two areas; even series lie in the first, odd ones in the second.
pub(crate) const AREAS: [&str; 2] = ["00070", "00004"];

#[derive(Debug)]
struct Source(Arc<SeriesRegistry>);

impl SeriesSource for Source {
    fn all(&self) -> Vec<Arc<SeriesInfo>> {
        self.0.from(0, usize::MAX)
    }
}

/// Everything that a test of reading needs.
pub(crate) struct Past {
    pub(crate) engine: EmbeddedTenant,
    pub(crate) clock: VirtualClock,
    pub(crate) history: History,
    keeper: Keeper,
    _dir: tempfile::TempDir,
}

pub(crate) fn start() -> Timestamp {
    Timestamp::parse("2026-11-21T00:00:00Z").unwrap()
}

/// An instant so many seconds after the start.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(start().micros() + seconds * 1_000_000)
}

fn info(number: u32) -> SeriesInfo {
    let device = format!("gauge-{number:03}");
    SeriesInfo {
        id: SeriesId(number),
        entity: format!("urn:ngsi-ld:WaterObserved:hanoi:{device}").into(),
        attribute: "waterDepth".into(),
        device: DeviceId::new(&device).unwrap(),
        name: "depth".into(),
        unit: Unit::new("m"),
        kind: ValueKind::Number,
        contract: Contract {
            interval_s: Some(60),
            ..Contract::default()
        },
        profile: ProfileId::new("gauge").unwrap(),
        org: OrgId::new("ioc").unwrap(),
        areas: vec![AreaCode::new(AREAS[number as usize % 2]).unwrap()],
        place: None,
        title: LangText::new(format!("Trạm {number}"), format!("Gauge {number}")),
        classification: Classification::Internal,
    }
}

fn actor(roles: &[&str], areas: Grant<AreaCode>) -> Actor {
    Actor {
        id: ActorId::Service("test".to_owned()),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        scope: Scope {
            tenant: TenantId::new("government").unwrap(),
            orgs: Grant::All,
            areas,
            max_classification: Classification::Restricted,
            purposes: Grant::All,
        },
    }
}

/// One who sees everything.
pub(crate) fn chief() -> Actor {
    actor(&["data_steward"], Grant::All)
}

/// One who sees the first area only: even series.
pub(crate) fn ward() -> Actor {
    actor(
        &["duty_officer"],
        Grant::Only(BTreeSet::from([AreaCode::new(AREAS[0]).unwrap()])),
    )
}

/// One without a role.
pub(crate) fn stranger() -> Actor {
    actor(&[], Grant::All)
}

impl Past {
    pub(crate) async fn open(series: u32) -> Self {
        Self::open_with(series, SqlLimits::default(), Vec::new()).await
    }

    pub(crate) async fn open_with(series: u32, limits: SqlLimits, tables: Vec<Arc<dyn Tables>>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = TenantOptions {
            reserve_bytes: 4_096,
            ..TenantOptions::default()
        };
        let engine = EmbeddedTenant::open(dir.path(), options).unwrap();
        let store = Store::new(Arc::clone(&engine.records));
        let infos: Vec<SeriesInfo> = (0..series).map(info).collect();
        for chunk in infos.chunks(1_000) {
            store.put_series(chunk).await.unwrap();
        }
        let registry = Arc::new(SeriesRegistry::new(Arc::default(), store));
        registry.load().await.unwrap();
        let clock = VirtualClock::at(start());
        let tenant = TenantId::new("government").unwrap();
        let audit = AuditLog::new(Arc::clone(&engine.audit), tenant, Arc::new(clock.clone()));
        let ground = Arc::new(reconcile::Ground {
            log: engine.series.clone(),
            objects: Arc::clone(&engine.objects),
            clock: Arc::new(clock.clone()),
            series: Arc::new(Source(Arc::clone(&registry))),
            waits_for: Vec::new(),
            is_full: engine.read_only(),
            settings: Settings {
                commit_rows: usize::MAX,
                ..Settings::default()
            },
        });
        let lake = Lake::new(LakeStore::new(Arc::clone(&engine.objects)));
        let keeper = Keeper::open(ground, lake.clone()).await.unwrap();
        let history = History::new(Parts {
            lake,
            log: engine.series.clone(),
            registry,
            clock: Arc::new(clock.clone()),
            audit,
            tables,
            limits,
        });
        Self {
            engine,
            clock,
            history,
            keeper,
            _dir: dir,
        }
    }

    /// Appends rows (series, seconds after the start, value) as one durable block.
    pub(crate) async fn append(&self, rows: &[(u32, i64, f64)]) {
        let rows: Vec<_> = rows
            .iter()
            .map(|(series, seconds, value)| (*series, *seconds, *value, Quality::GOOD))
            .collect();
        self.append_graded(&rows).await;
    }

    pub(crate) async fn append_graded(&self, rows: &[(u32, i64, f64, Quality)]) {
        let mut batch = Batch::default();
        for (series, seconds, value, quality) in rows {
            batch.push_bits(
                SeriesId(*series),
                at(*seconds),
                ValueKind::Number,
                value.to_bits(),
                *quality,
            );
        }
        let run = Run {
            sender: "gauge".into(),
            received: kernel::clock::Clock::now(&self.clock),
            rows: rows.len() as u32,
            mark: None,
        };
        self.engine
            .series
            .append(&Block { runs: vec![run], batch })
            .await
            .unwrap();
    }

    /// Lets the lake take what the log has, and do whatever else is due after `wait`.
    pub(crate) async fn commit(&mut self, wait: Duration) {
        // what waits is first seen, then grows old
        self.keeper.turn().await.unwrap();
        self.clock.advance(wait);
        while self.keeper.turn().await.unwrap() {}
    }

    pub(crate) fn statement(sql: &str) -> Statement {
        Statement {
            sql: sql.to_owned(),
            limit: 1_000,
            format: Format::Json,
        }
    }

    pub(crate) async fn ask(&self, actor: &Actor, sql: &str) -> Result<Answer, QueryError> {
        self.history
            .sql_until(actor, Self::statement(sql), std::future::pending())
            .await
    }

    /// The rows of an answer.
    pub(crate) async fn rows(&self, actor: &Actor, sql: &str) -> serde_json::Value {
        let answer = self
            .ask(actor, sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        rows_of(&answer)
    }

    pub(crate) async fn range(&self, actor: &Actor, ask: RangeAsk) -> Result<RangeAnswer, QueryError> {
        self.history.range(actor, ask).await
    }

    pub(crate) fn state(&self) -> &history::lake::LakeState {
        self.keeper.state()
    }
}

pub(crate) fn rows_of(answer: &Answer) -> serde_json::Value {
    let mut text = b"[".to_vec();
    text.extend_from_slice(&answer.rows);
    text.push(b']');
    serde_json::from_slice(&text).unwrap()
}

/// A range of one series, seconds after the start.
pub(crate) fn range_of(series: u32, from: i64, to: i64) -> RangeAsk {
    RangeAsk {
        series: vec![SeriesId(series)],
        from: at(from),
        to: at(to),
        points: 10_000,
        method: Method::MinMax,
        bucket: None,
        quality: QualityFilter::Usable,
        zone_offset_s: 25_200,
    }
}

/// (seconds after the start, value) of the points of the first series.
pub(crate) fn points(answer: &RangeAnswer) -> Vec<(i64, f64)> {
    let points = answer.items[0].points.iter();
    points
        .map(|point| ((point.time - start().micros()) / 1_000_000, point.value))
        .collect()
}
