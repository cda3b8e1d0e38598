//! The files of the pack as they are committed: what they say, and which version is in force on which day.

use indicator::model::definition;
use indicator::model::library::{Library, VN_AQI};
use indicator::standard::air_index::AirIndex;
use indicator::standard::legal::Confidence;
use indicator::standard::limits::Period;
use indicator::standard::{self, Standard};
use kernel::severity::Severity;
use kernel::time::Timestamp;
use std::sync::LazyLock;

const CITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../city/hanoi");

pub(crate) fn text(name: &str) -> String {
    std::fs::read_to_string(format!("{CITY}/{name}")).unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn standards() -> Vec<Standard> {
    let folder = std::fs::read_dir(format!("{CITY}/standards")).unwrap();
    let names = folder.map(|entry| format!("standards/{}", entry.unwrap().file_name().to_string_lossy()));
    names
        .map(|name| standard::parse(&name, &text(&name)).unwrap_or_else(|error| panic!("{error}")))
        .collect()
}

pub(crate) fn library() -> Library {
    let name = "indicators/vn-aqi.yaml";
    let indicator = definition::parse(name, &text(name)).unwrap_or_else(|error| panic!("{error}"));
    Library::new(standards(), [indicator]).unwrap()
}

pub(crate) fn air_index() -> AirIndex {
    static INDEX: LazyLock<AirIndex> = LazyLock::new(|| {
        let library = library();
        let definition = library.indicator(VN_AQI).unwrap();
        let edition = library.air_index(definition, at("2026-11-21T00:00:00Z")).unwrap();
        edition.table.clone()
    });
    INDEX.clone()
}

#[test]
fn every_edition_names_its_source_and_only_official_ones_are_not_assumed() {
    let standards = standards();
    let names: Vec<&str> = standards.iter().map(|standard| standard.id.as_str()).collect();
    for name in ["vn-aqi", "qcvn-05", "qcvn-08", "flood-levels", "disaster-colours"] {
        assert!(names.contains(&name), "{name} is missing");
    }
}

#[test]
fn the_limit_of_pm25_follows_its_days() {
    let library = library();
    let qcvn = library.standards().get("qcvn-05").unwrap();
    for (day, edition, limit) in [
        ("2023-09-11T23:59:59+07:00", "QCVN 05:2013/BTNMT", 50.0),
        ("2023-09-12T00:00:00+07:00", "QCVN 05:2023/BTNMT", 50.0),
        ("2025-12-31T23:59:59+07:00", "QCVN 05:2023/BTNMT", 50.0),
        ("2026-01-01T00:00:00+07:00", "QCVN 05:2023/BTNMT", 45.0),
    ] {
        let found = qcvn.limits(at(day)).unwrap();
        assert_eq!(found.name, edition, "{day}");
        let value = found
            .table
            .value("pm25", Some(Period::Day), None, qcvn.day(at(day)))
            .unwrap();
        assert!(value.bound.holds(limit) && !value.bound.holds(limit + 0.1), "{day}");
    }
}

#[test]
fn a_cell_that_nobody_has_seen_is_absent() {
    let library = library();
    let qcvn = library.standards().get("qcvn-05").unwrap();
    let today = at("2026-11-21T00:00:00Z");
    let now = qcvn.limits(today).unwrap();
    assert_eq!(now.confidence, Confidence::A);
    assert_eq!(now.table.value("pm10", Some(Period::Day), None, qcvn.day(today)), None);
    let water = library.standards().get("qcvn-08").unwrap();
    let edition = water.limits(today).unwrap();
    assert!(edition.assumed);
    let cell = |name, class| edition.table.value(name, None, Some(class), water.day(today));
    for (name, class) in [("do", "A"), ("tss", "B"), ("toc", "C"), ("cod", "D")] {
        assert_eq!(cell(name, class), None, "{name} {class}");
    }
    assert!(cell("ph", "A").unwrap().bound.holds(8.5) && !cell("ph", "A").unwrap().bound.holds(6.4));
    assert!(cell("ph", "D").unwrap().bound.holds(5.9) && !cell("ph", "D").unwrap().bound.holds(7.0));
    assert!(cell("do", "B").unwrap().bound.holds(5.0) && !cell("do", "B").unwrap().bound.holds(4.9));
}

#[test]
fn before_a_standard_there_is_none_and_the_error_lists_what_there_is() {
    let library = library();
    let definition = library.indicator(VN_AQI).unwrap();
    assert!(library.air_index(definition, at("2019-11-12T00:00:00+07:00")).is_ok());
    let error = library
        .air_index(definition, at("2019-11-11T23:00:00+07:00"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "no version of vn-aqi is in force on 2019-11-11; the pack lists 1459/QĐ-TCMT (2019-11-12 to …)"
    );
}

#[test]
fn rivers_reach_their_alarm_levels_and_unknown_levels_are_not_reached() {
    let library = library();
    let standard = library.standards().get("flood-levels").unwrap();
    let stages = &standard.stages(at("2026-11-21T00:00:00Z")).unwrap().table;
    for (code, water, level) in [
        ("hong-ha-noi", 9.49, 0),
        ("hong-ha-noi", 9.5, 1),
        ("hong-ha-noi", 10.5, 2),
        ("hong-ha-noi", 11.5, 3),
        ("day-ba-tha", 7.5, 3),
        ("ca-lo-manh-tan", 7.9, 0),
        ("ca-lo-manh-tan", 8.0, 3),
    ] {
        assert_eq!(stages.station(code).unwrap().level(water), level, "{code} {water}");
    }
    assert!(stages.station("ca-lo-manh-tan").unwrap().assumed);
}

#[test]
fn levels_of_disaster_are_raised_as_far_as_the_decision_allows() {
    let library = library();
    let standard = library.standards().get("disaster-colours").unwrap();
    let levels = &standard.levels(at("2021-07-01T00:00:00+07:00")).unwrap().table;
    let colours: Vec<&str> = levels.levels.iter().map(|level| level.colour.en.as_str()).collect();
    assert_eq!(colours, ["Light blue", "Light yellow", "Orange", "Red", "Violet"]);
    for (from, two, life, to) in [
        (2, false, false, 2),
        (2, true, false, 3),
        (2, false, true, 4),
        (4, true, true, 5),
    ] {
        let from = Severity::try_from(from).unwrap();
        assert_eq!(levels.raised(from, two, life).level(), to);
    }
    assert!(standard.levels(at("2021-06-30T23:00:00+07:00")).is_err());
}

#[test]
fn bands_bear_the_names_and_colours_of_the_decision() {
    let index = air_index();
    let bands: Vec<_> = index
        .bands
        .iter()
        .enumerate()
        .map(|(place, band)| (index.begins(place), band.to, band.title.vi.as_str(), band.rgb))
        .collect();
    assert_eq!(
        bands,
        [
            (0, 50, "Tốt", [0, 228, 0]),
            (51, 100, "Trung bình", [255, 255, 0]),
            (101, 150, "Kém", [255, 126, 0]),
            (151, 200, "Xấu", [255, 0, 0]),
            (201, 300, "Rất xấu", [143, 63, 151]),
            (301, 500, "Nguy hại", [126, 0, 35]),
        ]
    );
}
