//! Table `series` follows the registry, and rows of a class leave when their time is up.

use crate::lake_ground::{House, block, buckets, row, stored};
use arrow::array::AsArray;
use history::lake::table::object_name;
use history::model::{SeriesSource, TableName};
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{DeviceId, OrgId, ProfileId};
use kernel::place::Point;
use kernel::series::{Contract, SeriesId, SeriesInfo};
use kernel::text::LangText;
use kernel::time::Timestamp;
use kernel::unit::Unit;
use kernel::value::ValueKind;
use parking_lot::Mutex;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::sync::Arc;
use std::time::Duration;

const DAY: i64 = 86_400_000_000;

#[derive(Debug, Default)]
struct Registry(Mutex<Vec<Arc<SeriesInfo>>>);

impl SeriesSource for Registry {
    fn all(&self) -> Vec<Arc<SeriesInfo>> {
        self.0.lock().clone()
    }
}

fn info(number: u32, classification: Classification) -> Arc<SeriesInfo> {
    Arc::new(SeriesInfo {
        id: SeriesId(number),
        entity: format!("urn:ngsi-ld:WaterObserved:hanoi:gauge-{number}").into(),
        attribute: "waterLevel".into(),
        device: DeviceId::new(&format!("gauge-{number}")).unwrap(),
        name: "level".into(),
        unit: Unit::new("m"),
        kind: ValueKind::Number,
        contract: Contract::default(),
        profile: ProfileId::new("gauge").unwrap(),
        org: OrgId::new("ioc").unwrap(),
        areas: vec![AreaCode::new("00070").unwrap(), AreaCode::new("00097").unwrap()],
        place: Point::new(105.85, 21.03),
        title: LangText::new(format!("Trạm {number}"), format!("Gauge {number}")),
        classification,
    })
}

fn start() -> i64 {
    Timestamp::parse("2026-01-01T00:00:00Z").unwrap().micros()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_registry_is_a_table_and_is_replaced_when_it_changes() {
    let dir = tempfile::tempdir().unwrap();
    let mut house = House::real(dir.path());
    let registry = Arc::new(Registry::default());
    house.series = registry.clone();
    let engine = house.open().unwrap();
    let (mut keeper, _) = house.keeper(&engine).await.unwrap();
    let mut versions = Vec::new();
    for count in [0, 2, 2, 3] {
        *registry.0.lock() = (0..count).map(|number| info(number, Classification::Public)).collect();
        house.pass(&mut keeper, Duration::from_secs(700)).await.unwrap();
        let table = &keeper.state().series;
        versions.push(table.version());
        assert_eq!(table.files.len(), usize::from(count > 0));
        assert_eq!(table.status().rows, u64::from(count));
    }
    assert_eq!(versions[1], versions[2], "what is the same is not written again");
    assert!(versions[3] > versions[2]);
    let file = keeper.state().series.files.values().next().unwrap().clone();
    let name = object_name(TableName::Series, &file.path);
    let bytes = engine.objects.get(&name).await.unwrap().unwrap();
    let mut reader = ParquetRecordBatchReaderBuilder::try_new(bytes)
        .unwrap()
        .build()
        .unwrap();
    let batch = reader.next().unwrap().unwrap();
    let text = |column: &str| {
        batch
            .column_by_name(column)
            .unwrap()
            .as_string::<i32>()
            .value(2)
            .to_owned()
    };
    assert_eq!(
        (text("title_vi"), text("unit"), text("kind")),
        ("Trạm 2".into(), "m".into(), "number".into())
    );
    assert_eq!(
        (text("areas"), text("classification")),
        ("00070 00097".into(), "public".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_class_leave_after_their_days_and_their_roll_ups_stay() {
    let dir = tempfile::tempdir().unwrap();
    let mut house = House::real(dir.path());
    let classes = [Classification::Public, Classification::Restricted];
    let series: Vec<_> = (0..).zip(classes).map(|(number, class)| info(number, class)).collect();
    house.series = Arc::new(Registry(Mutex::new(series)));
    house.settings.keep_days.insert(Classification::Restricted, 3);
    let engine = house.open().unwrap();
    let (mut keeper, _) = house.keeper(&engine).await.unwrap();
    for day in 0..6 {
        let rows: Vec<_> = (0..2).map(|series| row(series, start() + day * DAY + 5, 1.0)).collect();
        engine.log.append(&block(&rows, Timestamp::EPOCH)).await.unwrap();
        house.pass(&mut keeper, Duration::from_secs(86_400)).await.unwrap();
    }
    house.pass(&mut keeper, Duration::from_secs(700)).await.unwrap();
    let days = |rows: &[crate::lake_ground::Stored], series: i32| -> Vec<i64> {
        let of = rows.iter().filter(|row| row.series == series);
        let mut days: Vec<i64> = of.map(|row| (row.time - start()) / DAY).collect();
        days.sort_unstable();
        days
    };
    // It is the seventh day: three whole days before it stay.
    let rows = stored(&*engine.objects, keeper.state()).await;
    assert_eq!(days(&rows, 0), [0, 1, 2, 3, 4, 5]);
    assert_eq!(days(&rows, 1), [3, 4, 5]);
    assert_eq!(buckets(&*engine.objects, &keeper.state().rollup_5m).await.len(), 12);
    // A late row for a day that has run out goes with the next round and does not spoil the roll-up.
    engine
        .log
        .append(&block(&[row(1, start() + 6, 99.0)], Timestamp::EPOCH))
        .await
        .unwrap();
    house.pass(&mut keeper, Duration::from_secs(700)).await.unwrap();
    house.pass(&mut keeper, Duration::from_secs(700)).await.unwrap();
    let rows = stored(&*engine.objects, keeper.state()).await;
    assert_eq!(days(&rows, 1), [3, 4, 5]);
    let five = buckets(&*engine.objects, &keeper.state().rollup_5m).await;
    assert_eq!((five.len(), five[&(1, start())].3), (12, 1.0));
}
