//! The real list of 126 communes: the approximate cells of the pack stand in for true boundaries.

use access::area::{Area, Areas};
use boundary::check::check;
use boundary::model::Strictness;
use serde_json::{Value, json};

fn areas() -> Areas {
    let text = include_str!("../../../../../city/hanoi/areas.csv");
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = |name: &str| names.iter().position(|known| *known == name).unwrap();
    let area = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        Area {
            code: cells[column("code")].to_owned(),
            name: cells[column("name")].to_owned(),
            kind: cells[column("kind")].to_owned(),
            population: 0,
            lon: cells[column("lon")].parse().unwrap(),
            lat: cells[column("lat")].parse().unwrap(),
        }
    };
    Areas::new(lines.map(area)).unwrap()
}

fn cells() -> Value {
    serde_json::from_str(include_str!("../../../../../city/hanoi/areas/cells.geojson")).unwrap()
}

/// Cells with the official areas of communes cannot fill the city without a rest: three gaps of 16 km2 are known.
#[test]
fn the_approximate_cells_of_hanoi_would_not_pass_as_boundaries() {
    let (boundaries, findings) = check(&cells().to_string(), &areas(), &Strictness::default());
    let hindering: Vec<&str> = findings
        .iter()
        .filter(|f| !f.warning)
        .map(|f| f.code.as_str())
        .collect();
    assert_eq!((boundaries.len(), hindering), (126, vec!["gap"; 3]), "{findings:#?}");
    let first = findings.iter().find(|f| !f.warning).unwrap().to_string();
    assert!(first.contains("between 09772, 09910, 09955, 09982, 10003"), "{first}");
}

#[test]
fn two_exchanged_polygons_of_hanoi_are_noticed() {
    let mut cells = cells();
    let last = cells["features"].as_array().unwrap().len() - 1;
    let (one, other) = (
        cells["features"][0]["geometry"].clone(),
        cells["features"][last]["geometry"].clone(),
    );
    cells["features"][0]["geometry"] = other;
    cells["features"][last]["geometry"] = one;
    let (_, findings) = check(&cells.to_string(), &areas(), &Strictness::default());
    let noticed: Vec<_> = findings
        .iter()
        .filter(|f| f.code == "centre_outside")
        .map(|f| f.feature)
        .collect();
    assert_eq!(noticed, [Some(0), Some(last)], "{findings:#?}");
    cells["features"][0]["properties"]["code"] = json!("00000");
    assert!(
        check(&cells.to_string(), &areas(), &Strictness::default())
            .1
            .iter()
            .any(|f| f.code == "code_unknown")
    );
}
