//! From rows in the log to computed series, levels and signals: on time, late, twice, after a crash.

use crate::stage::{Stage, hour, midnight};
use crate::vectors::PM25;
use indicator::record::{PROGRESS, Progress, read};
use kernel::fact::SIGNAL;
use kernel::signal::{Change, Signal};
use kernel::value::Value;
use std::sync::atomic::Ordering;

async fn example(stage: &Stage) {
    stage.report("st-1", "pm25", 0, &PM25).await;
    stage.report("st-1", "o3", 11, &[136.1]).await;
    stage.report("st-1", "no2", 11, &[118.7]).await;
}

#[tokio::test]
async fn the_example_of_the_decision_becomes_computed_series() {
    let stage = Stage::new();
    example(&stage).await;
    // the hour is over, but not settled
    stage.at(12 * 60);
    stage.turn().await;
    assert_eq!(stage.index("st-1", 11).await, None);
    assert_eq!(stage.index("st-1", 10).await, Some(40.0));
    stage.at(12 * 60 + 1);
    stage.turn().await;
    assert_eq!(stage.index("st-1", 11).await, Some(59.0));
    let level = stage.computed("st-1", "vn-aqi.level", 11).await;
    assert_eq!(level, Some(Value::Text("trung_binh".into())));
    // the first hour has no Nowcast: two of three are needed
    assert_eq!(stage.index("st-1", 0).await, None);
    assert_eq!(stage.index("area-00070", 11).await, Some(59.0));
    let inputs = ["st-1/pm25", "st-1/o3", "st-1/no2"];
    assert_eq!(stage.inputs("st-1", "vn-aqi.hour"), inputs);
    assert_eq!(stage.inputs("area-00070", "vn-aqi.hour"), inputs);
    let info = stage.info("st-1", "vn-aqi.hour");
    assert_eq!((&*info.attribute, info.unit.as_str()), ("airQualityIndex", "1"));
    assert_eq!(&*info.entity, "urn:ngsi-ld:AirQualityObserved:hanoi:st-1");
    let ward = stage.info("area-00070", "vn-aqi.hour");
    assert_eq!(&*ward.entity, "urn:ngsi-ld:AirQualityObserved:hanoi:area-00070");
    assert_eq!(ward.title.vi, "Phường Hoàn Kiếm");
}

#[tokio::test]
async fn a_repeated_turn_and_a_restart_store_and_tell_nothing_twice() {
    let mut stage = Stage::new();
    stage.report("st-1", "pm25", 0, &[200.0; 12]).await;
    stage.at(12 * 60 + 1);
    let first = stage.turn().await;
    assert!(first.stored > 0 && first.told > 0, "{first:?}");
    let (rows, facts) = (stage.road.values().await, stage.told().await);
    let again = stage.turn().await;
    assert_eq!((again.computed, again.stored, again.told), (0, 0, 0));
    stage.restart();
    let after = stage.turn().await;
    assert!(
        after.computed > 0,
        "the hours around the last instant are looked at again"
    );
    assert_eq!((after.stored, after.told), (0, 0));
    assert_eq!(stage.road.values().await, rows);
    assert_eq!(stage.told().await, facts);
}

#[tokio::test]
async fn a_lost_progress_makes_the_same_again() {
    let mut stage = Stage::new();
    stage.report("st-1", "pm25", 0, &[200.0; 12]).await;
    stage.at(12 * 60 + 1);
    stage.turn().await;
    let (rows, facts) = (stage.road.values().await, stage.told().await);
    // levels and progress are gone, as if the program had died before it wrote them
    for collection in [PROGRESS, indicator::record::LEVEL] {
        let all = stage
            .engine
            .records
            .query(collection, ports::query::Query::all(1_000))
            .await
            .unwrap();
        let changes = all
            .documents
            .into_iter()
            .map(|document| ports::records::Change::Delete {
                collection,
                key: document.key,
                expect: ports::records::Expect::Any,
            });
        let transaction = ports::records::Transaction {
            changes: changes.collect(),
            ..Default::default()
        };
        stage.engine.records.commit(transaction).await.unwrap();
    }
    stage.restart();
    let again = stage.turn().await;
    assert!(again.computed > 0 && again.stored == 0, "{again:?}");
    assert_eq!(stage.road.values().await, rows);
    // the ids follow from the cause, so the journal has each fact once
    assert_eq!(stage.told().await, facts);
}

#[tokio::test]
async fn late_and_corrected_values_change_the_hours_that_they_touch() {
    let stage = Stage::new();
    stage.report("st-1", "pm25", 0, &[25.0; 3]).await;
    stage.report("st-1", "pm25", 4, &[25.0; 8]).await;
    stage.at(14 * 60);
    stage.turn().await;
    // one hour of 12 is missing: the same value, for w = 1 and a gap
    assert_eq!(stage.index("st-1", 11).await, Some(50.0));
    assert_eq!(
        stage.index("st-1", 3).await,
        Some(50.0),
        "two of the newest three are there"
    );
    // the missing hour comes late and is bad
    stage.report("st-1", "pm25", 3, &[150.0]).await;
    let late = stage.turn().await;
    assert!(late.stored > 0);
    // w = 1/2: 1/2·150 + (1/4 + 1/8 + 1/16)·25 = 85.9375, between 80 (150) and 150 (200)
    assert_eq!(stage.index("st-1", 3).await, Some(154.0));
    assert_eq!(stage.index("st-1", 2).await, Some(50.0), "hours before are not touched");
    // ... and is corrected
    stage.report("st-1", "pm25", 3, &[25.0]).await;
    assert!(stage.turn().await.stored > 0);
    assert_eq!(stage.index("st-1", 3).await, Some(50.0));
}

#[tokio::test]
async fn the_hours_after_a_value_are_computed_when_they_come() {
    let mut stage = Stage::new();
    stage.report("st-1", "pm25", 0, &[25.0, 25.0]).await;
    stage.at(2 * 60 + 1);
    stage.turn().await;
    assert_eq!(stage.index("st-1", 1).await, Some(50.0));
    // nothing more comes, also over a restart: hour 2 still has two of its newest three, hour 3 has one
    stage.restart();
    stage.at(6 * 60);
    stage.turn().await;
    assert_eq!(stage.index("st-1", 2).await, Some(50.0));
    assert_eq!(stage.index("st-1", 3).await, None);
}

#[tokio::test]
async fn a_day_has_a_value_when_it_is_over_and_its_ozone_may_come_from_the_evening_before() {
    let stage = Stage::new();
    stage.report("st-1", "pm25", 0, &[55.7; 24]).await;
    stage.report("st-1", "o3", -7, &[390.0; 8]).await;
    stage.report("st-1", "o3", 1, &[10.0; 23]).await;
    stage.at(24 * 60);
    stage.turn().await;
    assert_eq!(stage.computed("st-1", "vn-aqi.day", 0).await, None);
    stage.at(24 * 60 + 1);
    stage.turn().await;
    // the mean of eight hours that ends at 01:00 is 390
    assert_eq!(
        stage.computed("st-1", "vn-aqi.day", 0).await,
        Some(Value::Number(295.0))
    );
    assert_eq!(
        stage.computed("area-00070", "vn-aqi.day", 0).await,
        Some(Value::Number(295.0))
    );
    // a late correction of the evening before counts for this day
    stage.report("st-1", "o3", -7, &[10.0; 8]).await;
    stage.turn().await;
    assert_eq!(
        stage.computed("st-1", "vn-aqi.day", 0).await,
        Some(Value::Number(110.0))
    );
}

#[tokio::test]
async fn an_area_takes_the_worst_of_its_stations_whichever_was_touched() {
    let stage = Stage::new();
    stage.report("st-1", "pm25", 0, &[80.0; 3]).await;
    stage.report("st-2", "pm25", 0, &[25.0; 3]).await;
    stage.report("st-3x", "pm25", 0, &[500.0; 3]).await;
    stage.at(3 * 60 + 1);
    stage.turn().await;
    assert_eq!(stage.index("area-00070", 2).await, Some(150.0));
    assert_eq!(stage.index("area-00082", 2).await, Some(500.0));
    // Phường Hồng Hà has none: nothing is stored for it
    assert_eq!(stage.index("area-00097", 2).await, None);
    // only the better one changes, and the worst one still counts
    stage.report("st-2", "pm25", 2, &[30.0]).await;
    stage.turn().await;
    assert_eq!(stage.index("area-00070", 2).await, Some(150.0));
    assert_eq!(stage.inputs("area-00070", "vn-aqi.hour"), ["st-1/pm25", "st-2/pm25"]);
    // the worst one becomes better
    stage.report("st-1", "pm25", 0, &[25.0; 3]).await;
    stage.turn().await;
    assert!(stage.index("area-00070", 2).await < Some(70.0));
}

#[tokio::test]
async fn units_are_converted_and_bad_or_foreign_rows_do_not_count() {
    let stage = Stage::new();
    stage.report("st-1", "pm25@mg/m3", 0, &[0.025; 3]).await;
    stage.report_bad("st-1", "pm25@mg/m3", 2, &[0.5]).await;
    stage.report("st-1", "o3@Cel", 0, &[900.0; 3]).await;
    stage.report("st-1", "noise", 0, &[900.0; 3]).await;
    stage.at(3 * 60 + 1);
    stage.turn().await;
    // hour 2 has no usable value any more, hours 0 and 1 have
    assert_eq!(stage.index("st-1", 2).await, Some(50.0));
    assert_eq!(stage.inputs("st-1", "vn-aqi.hour"), ["st-1/pm25@mg/m3"]);
    // only gases: no index and no series of one
    stage.report("st-2", "no2", 0, &[900.0; 3]).await;
    stage.turn().await;
    assert_eq!(stage.index("st-2", 2).await, None);
}

#[tokio::test]
async fn a_bad_level_is_a_signal_until_it_is_over() {
    let stage = Stage::new();
    // hour by hour: poor, bad, bad, hazardous, good
    for (number, value) in [60.0, 60.0, 140.0, 140.0, 480.0, 1.0, 1.0, 1.0].into_iter().enumerate() {
        stage.report("st-1", "pm25", number as i64, &[value]).await;
        stage.at(60 * (number as i64 + 1) + 1);
        stage.turn().await;
    }
    let told = stage.told().await;
    let signals: Vec<Signal> = told.iter().filter_map(|fact| fact.signal()).collect();
    let lines: Vec<(Change, u8, u64)> = signals
        .iter()
        .map(|signal| {
            (
                signal.change,
                signal.severity.level(),
                signal.params["value"].as_u64().unwrap(),
            )
        })
        .collect();
    let found: Vec<(Change, u8)> = lines.iter().map(|(change, level, _)| (*change, *level)).collect();
    assert_eq!(
        found,
        [
            (Change::Raised, 3),
            (Change::Renewed, 3),
            (Change::Raised, 5),
            (Change::Raised, 3),
            (Change::Cleared, 3)
        ],
        "{lines:?}"
    );
    let first = &signals[0];
    assert_eq!(
        (first.code.as_str(), first.source.as_str()),
        ("vn_aqi", "indicator/vn-aqi")
    );
    assert_eq!(first.group, "vn_aqi/urn:ngsi-ld:AirQualityObserved:hanoi:st-1");
    assert_eq!(
        first.title.vi,
        "Chỉ số chất lượng không khí (VN_AQI), mức Xấu: Trạm st-1"
    );
    assert_eq!((first.at, first.params["limit"].as_u64()), (hour(2).start(), Some(151)));
    let bands: Vec<_> = told
        .iter()
        .filter(|fact| fact.kind != SIGNAL)
        .map(|fact| {
            (
                fact.data["before"].as_str().map(str::to_owned),
                fact.data["level"]["code"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let named = |from: Option<&str>, to: &str| (from.map(str::to_owned), to.to_owned());
    assert_eq!(bands[0], named(None, "kem"));
    assert_eq!(bands[1], named(Some("kem"), "xau"));
    assert_eq!(bands[2], named(Some("xau"), "nguy_hai"));
}

#[tokio::test]
async fn an_old_hour_that_comes_now_is_computed_but_raises_nothing() {
    let stage = Stage::new();
    stage.at(30 * 60);
    stage.report("st-1", "pm25", 0, &[480.0; 3]).await;
    stage.turn().await;
    assert_eq!(stage.index("st-1", 2).await, Some(487.0));
    assert!(stage.told().await.is_empty());
}

#[tokio::test]
async fn what_could_not_be_stored_is_stored_by_the_next_turn() {
    let stage = Stage::new();
    example(&stage).await;
    stage.at(12 * 60 + 1);
    stage.road.closed.store(true, Ordering::SeqCst);
    assert!(stage.computing.turn().await.is_err());
    assert!(stage.told().await.is_empty(), "nothing is told before it is stored");
    let document = stage.engine.records.get(PROGRESS, "vn-aqi").await.unwrap();
    assert!(document.is_none(), "nothing is said to be done");
    stage.road.closed.store(false, Ordering::SeqCst);
    stage.turn().await;
    assert_eq!(stage.index("st-1", 11).await, Some(59.0));
    let document = stage.engine.records.get(PROGRESS, "vn-aqi").await.unwrap().unwrap();
    let progress: Progress = read(&document).unwrap();
    assert!(progress.at > midnight());
    // the log is kept from there on
    let pins = stage.engine.series.log().pins().await.unwrap();
    assert!(pins.contains(&("indicator".to_owned(), progress.position)), "{pins:?}");
}
