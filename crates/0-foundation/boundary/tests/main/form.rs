//! Codes and rings: what is wrong with one feature by itself.

use crate::city::{
    CODES, SIDE, SOUTH, WEST, assert_one, corner, feature, file, found, good, polygon, ring, square, with,
};
use serde_json::{Value, json};

#[test]
fn a_good_file_has_no_finding() {
    assert_eq!(found(&file(&good())), []);
}

#[test]
fn numbers_that_lost_their_zeros_heights_and_clockwise_rings_are_taken() {
    let mut features = good();
    let mut turned = square(1);
    turned.as_array_mut().unwrap().reverse();
    features[0] = feature(1, polygon(json!([square(0)])));
    features[1] = feature("00002", json!({"type": "MultiPolygon", "coordinates": [[turned]]}));
    let mut high = square(2);
    for position in high.as_array_mut().unwrap() {
        position.as_array_mut().unwrap().push(json!(12.5));
    }
    features[2] = feature("00003", polygon(json!([high])));
    assert_eq!(found(&file(&features)), []);
}

#[test]
fn what_is_no_collection_of_features_is_said() {
    for (text, code) in [
        ("", "not_json"),
        ("{\"type\": \"FeatureCollection\"", "not_json"),
        ("{\"type\": \"Feature\"}", "not_a_collection"),
        ("{\"type\": \"FeatureCollection\", \"features\": 7}", "not_a_collection"),
        (
            "{\"type\":\"FeatureCollection\",\"crs\":{\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::3405\"}},\"features\":[]}",
            "crs_other",
        ),
    ] {
        assert_one(text, code, None, "");
    }
    assert_one(&" ".repeat(boundary::read::MAX_FILE + 1), "too_large", None, "simplify");
}

#[test]
fn wrong_missing_and_double_codes_are_said_with_feature_and_area() {
    let shape = || polygon(json!([square(3)]));
    for (code, finding, says) in [
        (json!("99999"), "code_unknown", "'99999' is no commune"),
        (json!("01"), "code_unknown", "the city's own outline"),
        (json!("abc"), "code_unknown", "areas.csv"),
        (Value::Null, "code_absent", "--code-property"),
    ] {
        let mut features = good();
        features[3] = feature(code, shape());
        let all = found(&file(&features));
        assert_eq!(all.len(), 2, "{all:#?}");
        assert_eq!((all[0].code.as_str(), all[0].feature), (finding, Some(3)));
        assert!(all[0].to_string().contains(says), "{}", all[0]);
        assert_eq!(
            (all[1].code.as_str(), all[1].area.as_deref()),
            ("code_missing", Some("00004"))
        );
        assert!(all[1].what.contains("Phường 00004"), "{}", all[1]);
    }
    let mut features = good();
    features.push(feature("00002", shape()));
    assert_one(&file(&features), "code_twice", Some(4), "features[1] already");
}

#[test]
fn other_geometries_are_said() {
    for (geometry, code) in [
        (Value::Null, "geometry_kind"),
        (json!({"type": "Point", "coordinates": [105.8, 21.0]}), "geometry_kind"),
        (json!({"type": "Polygon", "coordinates": []}), "geometry_empty"),
        (json!({"type": "MultiPolygon", "coordinates": []}), "geometry_empty"),
        (
            json!({"type": "Polygon", "coordinates": [[105.8, 21.0]]}),
            "geometry_form",
        ),
        (
            json!({"type": "Polygon", "coordinates": [[["105.8", "21.0"]]]}),
            "geometry_form",
        ),
    ] {
        let mut features = good();
        features[2] = feature(CODES[2], geometry);
        assert_one(&file(&features), code, Some(2), "(00003)");
    }
}

#[test]
fn rings_are_closed_long_enough_and_inside_the_city() {
    let (west, south) = (WEST, SOUTH);
    let (east, north) = (west + SIDE, south + SIDE);
    for (rings, code, says) in [
        (
            json!([[[west, south], [east, south], [east, north], [west, north]]]),
            "ring_open",
            "repeat its first position",
        ),
        (
            json!([[[west, south], [east, south], [west, south]]]),
            "ring_short",
            "3 positions",
        ),
        (
            json!([[[west, south], [west, south], [west, south], [west, south]]]),
            "ring_flat",
            "0.00 m2",
        ),
        (
            json!([[[south, west], [south, east], [north, east], [south, west]]]),
            "outside_city",
            "exchanged",
        ),
        (
            json!([ring(586_000.0, 2_322_000.0, 587_000.0, 2_323_000.0)]),
            "outside_city",
            "VN-2000",
        ),
        (
            json!([ring(106.9, 21.0, 107.0, 21.1)]),
            "outside_city",
            "position 0 of the outer ring",
        ),
    ] {
        assert_one(&with(0, rings), code, Some(0), says);
    }
}

#[test]
fn lines_that_cross_are_said_with_their_place() {
    let (west, south) = corner(0);
    let (east, north) = (west + SIDE, south + SIDE);
    let bow = json!([[
        [west, south],
        [east, north],
        [east, south],
        [west, north],
        [west, south]
    ]]);
    assert_one(&with(0, bow), "ring_crosses", Some(0), "105.80500,21.00500");
    let spike = json!([[
        [west, south],
        [east, south],
        [east, north],
        [east, south],
        [west, north],
        [west, south]
    ]]);
    assert_one(&with(0, spike), "ring_crosses", Some(0), "runs over itself");
    let hole = ring(
        west + SIDE / 2.0,
        south + SIDE / 4.0,
        east + SIDE / 2.0,
        north - SIDE / 4.0,
    );
    assert_one(
        &with(0, json!([square(0), hole])),
        "ring_crosses",
        Some(0),
        "the outer ring and hole 1 cross",
    );
}

#[test]
fn holes_lie_inside() {
    let (west, south) = corner(3);
    let hole = |inset: f64| ring(west + inset, south + inset, west + SIDE - inset, south + SIDE - inset);
    let nested = json!([square(0), square(3)]);
    assert_one(
        &with(0, nested),
        "hole_outside",
        Some(0),
        "hole 1 lies outside the outer ring",
    );
    let nested = json!([square(3), hole(0.002), hole(0.004)]);
    assert_one(&with(3, nested), "hole_outside", Some(3), "hole 2 lies in hole 1");
}
