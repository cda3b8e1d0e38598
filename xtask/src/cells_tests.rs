//! The drawn cells against the promises of the pack: 126, no overlap, true areas, near their centres.

use crate::cells::polygon::{Point, area, centroid, distance2, pairs};
use crate::cells::{Area, communes, draw, plane, text};
use crate::repo::Repo;
use std::collections::BTreeMap;

fn drawn() -> (Vec<Area>, Vec<Vec<Point>>) {
    let communes = communes(&Repo::find().unwrap()).unwrap();
    let rings = draw(&communes);
    (communes, rings)
}

/// In one test because drawing takes seconds in a debug build.
#[test]
fn the_cells_of_hanoi_keep_their_promises() {
    let (communes, rings) = drawn();
    assert_eq!(rings.len(), 126);
    let flat: Vec<Vec<Point>> = rings
        .iter()
        .map(|r| r.iter().map(|p| plane(p[0], p[1])).collect())
        .collect();

    // Areas: rounding to a metre is the only error.
    let mut errors: Vec<f64> = flat
        .iter()
        .zip(&communes)
        .map(|(ring, c)| (area(ring) - c.area_km2).abs() / c.area_km2)
        .collect();
    errors.sort_by(f64::total_cmp);
    assert!(errors[63] < 0.05, "median area error {}", errors[63]);
    assert!(errors[125] < 0.05, "largest area error {}", errors[125]);

    // Each cell lies around its centre.
    for (ring, c) in flat.iter().zip(&communes) {
        let centre = plane(c.lon, c.lat);
        let inside = pairs(ring).all(|(a, b)| (b[0] - a[0]) * (centre[1] - a[1]) >= (b[1] - a[1]) * (centre[0] - a[0]));
        let radius = (c.area_km2 / std::f64::consts::PI).sqrt();
        let drift = distance2(centroid(ring), centre).sqrt();
        assert!(
            inside || drift < radius,
            "{}: {drift:.2} km away, radius {radius:.2} km",
            c.name
        );
    }

    // No overlap: each directed edge occurs once, so neighbours run along the same edge in opposite directions.
    let key = |p: Point| ((p[0] * 1e5).round() as i64, (p[1] * 1e5).round() as i64);
    let mut edges = BTreeMap::new();
    for (ring, c) in rings.iter().zip(&communes) {
        assert!(
            ring.len() >= 3 && area(ring) > 0.0,
            "{} has no area or runs clockwise",
            c.name
        );
        for (a, b) in pairs(ring) {
            let before = edges.insert((key(a), key(b)), &c.name);
            assert!(
                before.is_none(),
                "{} and {before:?} lie on the same side of an edge",
                c.name
            );
        }
    }

    // The committed file is what the generator writes.
    let path = Repo::find().unwrap().path("city/hanoi/areas/cells.geojson");
    let committed = std::fs::read_to_string(path).unwrap();
    assert_eq!(
        committed,
        text(&communes, &rings).unwrap(),
        "stale: run `cargo xtask cells`"
    );
}

#[test]
fn the_areas_have_two_levels_and_no_district() {
    let text = std::fs::read_to_string(Repo::find().unwrap().path("city/hanoi/areas.csv")).unwrap();
    let mut kinds = BTreeMap::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.unwrap();
        let (code, kind, parent) = (&row[0], &row[2], &row[3]);
        let whole = kind == "Thành phố" && code == "01" && parent.is_empty();
        let part = (kind == "Phường" || kind == "Xã") && code.len() == 5 && parent == "01";
        assert!(whole || part, "{code} is neither the city nor directly in it");
        assert!(row[1].starts_with(kind), "{} does not begin with its kind", &row[1]);
        *kinds.entry(kind.to_owned()).or_insert(0) += 1;
    }
    let expected = [("Phường", 51), ("Thành phố", 1), ("Xã", 75)].map(|(kind, n)| (kind.to_owned(), n));
    assert_eq!(kinds, BTreeMap::from(expected), "NQ 1656/NQ-UBTVQH15: 51 phường, 75 xã");
}
