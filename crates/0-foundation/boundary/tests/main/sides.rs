//! Boundaries beside each other: overlaps, gaps, islands, exchanged codes.

use crate::city::{CODES, SIDE, areas, assert_one, corner, feature, file, found, good, polygon, ring, square, with};
use boundary::check::check;
use boundary::model::Strictness;
use serde_json::json;

/// About a metre, in degrees.
const METRE: f64 = 1.0 / 104_000.0;

/// The last commune, its western edge moved by so many metres.
fn moved(metres: f64) -> String {
    let (west, south) = corner(3);
    with(
        3,
        json!([ring(west + metres * METRE, south, west + SIDE, south + SIDE)]),
    )
}

#[test]
fn what_two_claim_is_said_once_with_both() {
    assert_one(&moved(-100.0), "overlap", Some(3), "with 00003 (features[2])");
    let says = found(&moved(-100.0))[0].what.clone();
    let area: f64 = says
        .split("shares ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!((100_000.0..125_000.0).contains(&area), "100 m by 1.1 km: {area}");
}

#[test]
fn a_strip_that_is_narrower_than_the_tolerance_is_noise() {
    for metres in [-0.4, 0.4] {
        assert_eq!(found(&moved(metres)), [], "{metres}");
    }
    let loose = Strictness {
        tolerance_m: 150.0,
        ..Strictness::default()
    };
    assert_eq!(check(&moved(-100.0), &areas(), &loose).1, []);
}

#[test]
fn what_nobody_claims_is_said_with_its_neighbours() {
    let (west, south) = corner(3);
    let hole = ring(west + 0.004, south + 0.004, west + 0.006, south + 0.006);
    assert_one(
        &with(3, json!([square(3), hole])),
        "gap",
        None,
        "belong to nobody, between 00004",
    );
    // the four corners in the middle of the city are cut off: a diamond between all of them
    let cut = 0.002;
    let features: Vec<_> = (0..4)
        .map(|at| {
            let (middle_lon, middle_lat) = corner(3);
            let (west, south) = corner(at);
            let (toward_lon, toward_lat) = (
                if at % 2 == 0 { -cut } else { cut },
                if at / 2 == 0 { -cut } else { cut },
            );
            let far_lon = if at % 2 == 0 { west } else { west + SIDE };
            let far_lat = if at / 2 == 0 { south } else { south + SIDE };
            let line = json!([
                [middle_lon + toward_lon, middle_lat],
                [far_lon, middle_lat],
                [far_lon, far_lat],
                [middle_lon, far_lat],
                [middle_lon, middle_lat + toward_lat],
                [middle_lon + toward_lon, middle_lat]
            ]);
            feature(CODES[at], polygon(json!([line])))
        })
        .collect();
    assert_one(&file(&features), "gap", None, "between 00001, 00002, 00003, 00004");
}

#[test]
fn what_hangs_together_with_nothing_is_said() {
    let (west, south) = corner(3);
    let away = ring(west + 0.001, south + 0.001, west + SIDE, south + SIDE);
    assert_one(&with(3, json!([away])), "apart", None, "00004 lie");
}

#[test]
fn polygons_of_one_commune_may_lie_apart_but_not_over_each_other() {
    let (west, south) = corner(3);
    let half = ring(west, south, west + 0.006, south + SIDE);
    let other = |from: f64| ring(west + from, south, west + SIDE, south + SIDE);
    let city = |from| {
        let mut features = good();
        features[3] = feature(
            "00004",
            json!({"type": "MultiPolygon", "coordinates": [[half], [other(from)]]}),
        );
        file(&features)
    };
    assert_eq!(found(&city(0.006)), []);
    assert_one(&city(0.005), "parts_overlap", Some(3), "polygons 0 and 1 share");
}

#[test]
fn a_centre_far_outside_is_only_a_warning() {
    // one commune is 0.04 degrees high, its centre in the list lies in the lower part; moving the list shows an exchange
    let mut list: Vec<_> = areas().all().cloned().collect();
    for area in list.iter_mut().filter(|area| area.code == "00001") {
        area.lon += 0.1;
    }
    let list = access::area::Areas::new(list).unwrap();
    let (boundaries, findings) = check(&file(&good()), &list, &Strictness::default());
    assert_eq!(boundaries.len(), 4);
    let [finding] = findings.as_slice() else {
        panic!("{findings:#?}");
    };
    assert!(
        finding.warning && finding.code == "centre_outside" && finding.feature == Some(0),
        "{finding}"
    );
}
