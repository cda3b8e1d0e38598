//! The slice on the real embedded engine: a log, records and a journal on disk, and a clock that stands until it is moved.
//! The ports towards `history` and `observation` stand on the same real log; the true ones are met in tests/e2e.

use crate::pack::library;
use access::area::{Area, Areas};
use async_trait::async_trait;
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use indicator::error::IndicatorError;
use indicator::model::{Hour, HourMean};
use indicator::reconcile::{Computing, Turned};
use indicator::service::Indicators;
use indicator::store::Store;
use indicator::store::ground::{Catalogue, HourlyMeans, Lineage, Outlet};
use indicator::store::stations::Stations;
use kernel::actor::{Actor, ActorId, Grant, Scope};
use kernel::area::AreaCode;
use kernel::batch::Batch;
use kernel::block::{Block, Run};
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::{DeviceId, OrgId, PersonId, ProfileId, TenantId};
use kernel::place::Point;
use kernel::position::Position;
use kernel::quality::{Doubt, Grade, Quality};
use kernel::series::{Contract, SeriesId, SeriesInfo};
use kernel::text::LangText;
use kernel::time::Timestamp;
use kernel::unit::Unit;
use kernel::value::{Value, ValueKind};
use ports::error::PortError;
use ports::series::SeriesLog;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::clock::VirtualClock;
use uuid::Uuid;

/// Midnight in Hà Nội: 2026-11-21 00:00 +07:00.
pub(crate) fn midnight() -> Timestamp {
    Timestamp::parse("2026-11-21T00:00:00+07:00").unwrap()
}

/// The hour that begins so many hours after midnight.
pub(crate) fn hour(number: i64) -> Hour {
    Hour::of(midnight()).plus(number)
}

pub(crate) fn tenant() -> TenantId {
    TenantId::new("government").unwrap()
}

/// Floors 3 and 4 in small: series, and values in the real log.
#[derive(Debug)]
pub(crate) struct Road {
    log: SeriesLog,
    series: Mutex<Vec<Arc<SeriesInfo>>>,
    pub(crate) lineage: Mutex<BTreeMap<SeriesId, Lineage>>,
    /// When set, computed rows are not taken.
    pub(crate) closed: AtomicBool,
}

impl Road {
    fn find(&self, device: &str, name: &str) -> Option<Arc<SeriesInfo>> {
        let series = self.series.lock().unwrap();
        series
            .iter()
            .find(|info| info.device.as_str() == device && &*info.name == name)
            .cloned()
    }

    fn add(&self, mut info: SeriesInfo) -> Arc<SeriesInfo> {
        if let Some(known) = self.find(info.device.as_str(), &info.name) {
            return known;
        }
        let mut series = self.series.lock().unwrap();
        info.id = SeriesId(series.len() as u32);
        series.push(Arc::new(info));
        Arc::clone(series.last().unwrap())
    }

    async fn append(&self, batch: Batch) {
        let run = Run {
            sender: "test".into(),
            received: midnight(),
            rows: batch.len() as u32,
            mark: None,
        };
        let block = Block { runs: vec![run], batch };
        self.log.append(&block).await.unwrap();
    }

    /// All values as they count now: the newest of each series and time.
    pub(crate) async fn values(&self) -> BTreeMap<(SeriesId, Timestamp), (Value, Quality)> {
        let blocks = self.log.read(Position::START, usize::MAX).await.unwrap();
        let rows = blocks.iter().flat_map(|(_, block)| {
            let batch = &block.batch;
            (0..batch.len()).map(|row| {
                (
                    (batch.series[row], batch.time[row]),
                    (batch.value(row), batch.quality[row]),
                )
            })
        });
        rows.collect()
    }
}

impl Catalogue for Road {
    fn series(&self, first: u32, limit: usize) -> Vec<Arc<SeriesInfo>> {
        let series = self.series.lock().unwrap();
        series.iter().skip(first as usize).take(limit).cloned().collect()
    }
}

#[async_trait]
impl HourlyMeans for Road {
    async fn hourly(&self, series: &[SeriesId], from: Hour, until: Hour) -> Result<Vec<HourMean>, PortError> {
        let mut hours: BTreeMap<(SeriesId, Hour), Vec<f64>> = BTreeMap::new();
        for ((id, time), (value, quality)) in self.values().await {
            let hour = Hour::of(time);
            if let Value::Number(value) = value
                && series.contains(&id)
                && quality.grade() != Grade::Bad
                && (from..until).contains(&hour)
            {
                hours.entry((id, hour)).or_default().push(value);
            }
        }
        let means = hours.into_iter().map(|((series, hour), values)| HourMean {
            series,
            hour,
            mean: values.iter().sum::<f64>() / values.len() as f64,
            count: values.len() as u32,
        });
        Ok(means.collect())
    }
}

#[async_trait]
impl Outlet for Road {
    async fn series(&self, wanted: Vec<(SeriesInfo, Lineage)>) -> Result<Vec<Arc<SeriesInfo>>, IndicatorError> {
        let made = wanted.into_iter().map(|(info, lineage)| {
            let info = self.add(info);
            self.lineage.lock().unwrap().insert(info.id, lineage);
            info
        });
        Ok(made.collect())
    }

    async fn write(&self, rows: Batch) -> Result<u32, IndicatorError> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(IndicatorError::Refused("closed by the test".into()));
        }
        let known = self.values().await;
        let mut new = Batch::default();
        for row in 0..rows.len() {
            let name = (rows.series[row], rows.time[row]);
            if known.get(&name).is_some_and(|(value, _)| *value == rows.value(row)) {
                continue;
            }
            match rows.kind[row] {
                ValueKind::Text => new.push_bytes(name.0, name.1, ValueKind::Text, rows.bytes(row), Quality::GOOD),
                kind => new.push_bits(name.0, name.1, kind, rows.bits[row], Quality::GOOD),
            }
        }
        let count = new.len() as u32;
        if count > 0 {
            self.append(new).await;
        }
        Ok(count)
    }
}

pub(crate) struct Stage {
    pub(crate) engine: Arc<EmbeddedTenant>,
    pub(crate) clock: VirtualClock,
    pub(crate) road: Arc<Road>,
    pub(crate) indicators: Indicators,
    pub(crate) computing: Computing,
    _folder: tempfile::TempDir,
}

impl Stage {
    /// Stands at midnight.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = TenantOptions {
            reserve_bytes: 4_096,
            ..TenantOptions::default()
        };
        let engine = Arc::new(EmbeddedTenant::open(folder.path(), options).unwrap());
        let road = Arc::new(Road {
            log: engine.series.clone(),
            series: Mutex::default(),
            lineage: Mutex::default(),
            closed: AtomicBool::new(false),
        });
        let clock = VirtualClock::at(midnight());
        let (indicators, computing) = life(&engine, &road, &clock);
        Self {
            engine,
            clock,
            road,
            indicators,
            computing,
            _folder: folder,
        }
    }

    /// Forgets everything in memory, as a restart does.
    pub(crate) fn restart(&mut self) {
        (self.indicators, self.computing) = life(&self.engine, &self.road, &self.clock);
    }

    /// So many minutes after midnight.
    pub(crate) fn at(&self, minutes: i64) {
        self.clock
            .set(midnight().plus(Duration::from_secs(60 * minutes as u64)));
    }

    /// Values of a station in the middle of their hours.
    pub(crate) async fn report(&self, station: &str, name: &str, first: i64, values: &[f64]) {
        self.report_as(station, name, first, values, Quality::GOOD).await;
    }

    pub(crate) async fn report_bad(&self, station: &str, name: &str, first: i64, values: &[f64]) {
        let bad = Quality::new(Grade::Bad, Doubt::Sender);
        self.report_as(station, name, first, values, bad).await;
    }

    async fn report_as(&self, station: &str, name: &str, first: i64, values: &[f64], quality: Quality) {
        let info = self.road.add(info(station, name));
        let mut batch = Batch::default();
        for (number, value) in (first..).zip(values) {
            let time = hour(number).start().plus(Duration::from_secs(1_800));
            batch.push_bits(info.id, time, ValueKind::Number, value.to_bits(), quality);
        }
        self.road.append(batch).await;
    }

    pub(crate) async fn turn(&self) -> Turned {
        self.computing.turn().await.unwrap()
    }

    /// A computed value at the beginning of an hour.
    pub(crate) async fn computed(&self, owner: &str, name: &str, number: i64) -> Option<Value> {
        let info = self.road.find(owner, name)?;
        let values = self.road.values().await;
        values
            .get(&(info.id, hour(number).start()))
            .map(|(value, _)| value.clone())
    }

    pub(crate) async fn index(&self, owner: &str, number: i64) -> Option<f64> {
        match self.computed(owner, "vn-aqi.hour", number).await {
            Some(Value::Number(index)) => Some(index),
            _ => None,
        }
    }

    pub(crate) fn inputs(&self, owner: &str, name: &str) -> Vec<String> {
        let info = self.road.find(owner, name).unwrap();
        let lineage = self.road.lineage.lock().unwrap()[&info.id].clone();
        let series = self.road.series.lock().unwrap();
        lineage
            .inputs
            .iter()
            .map(|id| format!("{}/{}", series[id.0 as usize].device, series[id.0 as usize].name))
            .collect()
    }

    pub(crate) fn info(&self, owner: &str, name: &str) -> Arc<SeriesInfo> {
        self.road.find(owner, name).unwrap()
    }

    /// All facts in the journal, oldest first.
    pub(crate) async fn told(&self) -> Vec<Fact> {
        let entries = self.engine.journal.read(0, &[], 1_000).await.unwrap();
        entries.into_iter().map(|entry| entry.fact).collect()
    }
}

fn life(engine: &EmbeddedTenant, road: &Arc<Road>, clock: &VirtualClock) -> (Indicators, Computing) {
    let area = |code: &str, name: &str, lon| Area {
        code: code.into(),
        name: name.into(),
        kind: "Phường".into(),
        population: 1,
        lon,
        lat: 21.03,
    };
    let areas = Areas::new([
        area("00070", "Phường Hoàn Kiếm", 105.85),
        area("00082", "Phường Cửa Nam", 105.84),
        area("00097", "Phường Hồng Hà", 106.80),
    ]);
    let indicators = Indicators::new(
        library(),
        Stations::new(Arc::clone(road) as Arc<dyn Catalogue>),
        Arc::new(areas.unwrap()),
        Arc::clone(road) as Arc<dyn HourlyMeans>,
        Arc::new(clock.clone()),
    );
    let store = Store::new(Arc::clone(&engine.records), tenant());
    let outlet = Arc::clone(road) as Arc<dyn Outlet>;
    let computing = Computing::new(indicators.clone(), engine.series.clone(), outlet, store);
    (indicators, computing)
}

/// A series of a station in Phường Hoàn Kiếm; one whose name ends in `x` lies in Cửa Nam.
fn info(station: &str, name: &str) -> SeriesInfo {
    let (attribute, unit) = name.split_once('@').unwrap_or((name, "ug/m3"));
    let area = if station.ends_with('x') { "00082" } else { "00070" };
    SeriesInfo {
        id: SeriesId(0),
        entity: format!("urn:ngsi-ld:AirQualityObserved:hanoi:{station}").into(),
        attribute: attribute.into(),
        device: DeviceId::new(station).unwrap(),
        name: name.into(),
        unit: Unit::new(unit),
        kind: ValueKind::Number,
        contract: Contract::default(),
        profile: ProfileId::new("air-station").unwrap(),
        org: OrgId::new("ioc").unwrap(),
        areas: vec![AreaCode::new(area).unwrap()],
        place: Point::new(105.851, 21.031),
        title: LangText::new(format!("Trạm {station}"), format!("Station {station}")),
        classification: Classification::Internal,
    }
}

/// Somebody with a role and areas (`None`: the whole city).
pub(crate) fn somebody(role: &str, areas: Option<&[&str]>) -> Actor {
    let areas = areas.map_or(Grant::All, |codes| {
        Grant::Only(codes.iter().map(|code| AreaCode::new(code).unwrap()).collect())
    });
    let scope = Scope {
        tenant: tenant(),
        orgs: Grant::All,
        areas,
        max_classification: Classification::Restricted,
        purposes: Grant::All,
    };
    Actor {
        id: ActorId::Person(PersonId(Uuid::from_u128(42))),
        roles: BTreeSet::from([role.to_owned()]),
        scope,
    }
}
