//! Four square communes, two by two, each 0.01 degrees wide, and files that draw them well or badly.

use access::area::{Area, Areas};
use boundary::check::check;
use boundary::model::{Finding, Strictness};
use serde_json::{Value, json};

pub(crate) const WEST: f64 = 105.80;
pub(crate) const SOUTH: f64 = 21.00;
pub(crate) const SIDE: f64 = 0.01;
/// North-west is absent from no list: the communes by column and row.
pub(crate) const CODES: [&str; 4] = ["00001", "00002", "00003", "00004"];

pub(crate) fn areas() -> Areas {
    let area = |code: &str, lon, lat| Area {
        code: code.to_owned(),
        name: format!("Phường {code}"),
        kind: "Phường".to_owned(),
        population: 0,
        lon,
        lat,
    };
    let communes = CODES.iter().enumerate().map(|(at, code)| {
        let (lon, lat) = corner(at);
        area(code, lon + SIDE / 2.0, lat + SIDE / 2.0)
    });
    Areas::new(communes.chain([area("01", 105.81, 21.01)])).unwrap()
}

/// The south-west corner of a commune.
pub(crate) fn corner(at: usize) -> (f64, f64) {
    (WEST + SIDE * (at % 2) as f64, SOUTH + SIDE * (at / 2) as f64)
}

/// A ring around a box.
pub(crate) fn ring(west: f64, south: f64, east: f64, north: f64) -> Value {
    json!([
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south]
    ])
}

/// The ring of a commune as it should be.
pub(crate) fn square(at: usize) -> Value {
    let (west, south) = corner(at);
    ring(west, south, west + SIDE, south + SIDE)
}

pub(crate) fn feature(code: impl Into<Value>, geometry: Value) -> Value {
    json!({"type": "Feature", "properties": {"code": code.into()}, "geometry": geometry})
}

pub(crate) fn polygon(rings: Value) -> Value {
    json!({"type": "Polygon", "coordinates": rings})
}

/// The whole city as it should be.
pub(crate) fn good() -> Vec<Value> {
    CODES
        .iter()
        .enumerate()
        .map(|(at, code)| feature(*code, polygon(json!([square(at)]))))
        .collect()
}

pub(crate) fn file(features: &[Value]) -> String {
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

/// The good city with the rings of one commune replaced.
pub(crate) fn with(at: usize, rings: Value) -> String {
    let mut features = good();
    features[at] = feature(CODES[at], polygon(rings));
    file(&features)
}

pub(crate) fn found(text: &str) -> Vec<Finding> {
    check(text, &areas(), &Strictness::default()).1
}

/// Checks that exactly one thing is found, and where.
pub(crate) fn assert_one(text: &str, code: &str, feature: Option<usize>, says: &str) {
    let found = found(text);
    let [finding] = found.as_slice() else {
        panic!("{code}: {found:#?}");
    };
    assert_eq!((finding.code.as_str(), finding.feature), (code, feature), "{finding}");
    assert!(finding.to_string().contains(says), "{finding}");
    assert!(!finding.remedy.is_empty());
}
