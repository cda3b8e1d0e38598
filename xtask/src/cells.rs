//! `cargo xtask cells`: draws approximate borders of the 126 communes from their centres and areas.
//!
//! The true borders may not be copied into the project, so each commune gets a convex cell of its official area around
//! its official centre. The rest of a wider outline is filled with nameless cells, so that the city need not be convex.
//! The same input gives the same file, byte for byte.

pub(crate) mod polygon;
pub(crate) mod power;

use crate::repo::Repo;
use anyhow::{Context, Result, bail};
use polygon::{Point, area, buffer, centroid, distance2};
use power::{Diagram, solve};
use serde::{Deserialize, Serialize};
use std::fs;

/// Kilometres per degree of latitude, and of longitude at 21° north.
const KM: Point = [103.927, 110.721];
/// The corner from which the plane's kilometres are counted: longitude and latitude.
const ORIGIN: Point = [105.7, 21.0];
/// How far the wider outline lies outside the hull of the centres, in kilometres.
const MARGIN: f64 = 4.0;
/// Distance of the nameless cells, in kilometres.
const GRID: f64 = 4.0;
/// How often the sites move so that the cells' centres fall onto the communes' centres; the best round is taken.
const ROUNDS: usize = 12;

/// The label that goes with the cells wherever they are shown.
const NOTE_VI: &str = "Địa giới xấp xỉ, tính từ tâm và diện tích; không dùng để điều động hay cho mục đích pháp lý";
/// The same in English.
const NOTE_EN: &str = "Approximate borders, computed from centre and area; not for dispatch or any legal use";

/// One row of `areas.csv`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Area {
    /// Code of the statistics office.
    pub(crate) code: String,
    /// Vietnamese name with its kind in front.
    pub(crate) name: String,
    /// `Thành phố`, `Phường` or `Xã`.
    pub(crate) kind: String,
    /// Longitude of the centre, WGS 84.
    pub(crate) lon: f64,
    /// Latitude of the centre, WGS 84.
    pub(crate) lat: f64,
    /// Official area.
    pub area_km2: f64,
}

/// Reads the communes and wards of the pack, without the city itself.
pub(crate) fn communes(repo: &Repo) -> Result<Vec<Area>> {
    let path = repo.path("city/hanoi/areas.csv");
    let mut reader = csv::Reader::from_path(&path).with_context(|| format!("cannot open {}", path.display()))?;
    let rows: Vec<Area> = reader.deserialize().collect::<Result<_, _>>()?;
    Ok(rows.into_iter().filter(|row| row.kind != "Thành phố").collect())
}

/// Writes `city/hanoi/areas/cells.geojson`.
pub(crate) fn run(repo: &Repo) -> Result<()> {
    let communes = communes(repo)?;
    if communes.is_empty() {
        bail!("city/hanoi/areas.csv has no commune or ward; add the rows first");
    }
    let path = repo.path("city/hanoi/areas/cells.geojson");
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&path, text(&communes, &draw(&communes))?)?;
    println!(
        "wrote {} approximate cells to city/hanoi/areas/cells.geojson",
        communes.len()
    );
    Ok(())
}

/// Into the plane, in kilometres.
fn plane(lon: f64, lat: f64) -> Point {
    [(lon - ORIGIN[0]) * KM[0], (lat - ORIGIN[1]) * KM[1]]
}

/// Out of the plane, rounded to five digits (about a metre).
fn globe(p: Point) -> Point {
    let round = |degrees: f64| (degrees * 1e5).round() / 1e5;
    [round(p[0] / KM[0] + ORIGIN[0]), round(p[1] / KM[1] + ORIGIN[1])]
}

/// One ring per commune, in degrees, counter-clockwise, without a repeated last point.
pub(crate) fn draw(communes: &[Area]) -> Vec<Vec<Point>> {
    let centres: Vec<Point> = communes.iter().map(|c| plane(c.lon, c.lat)).collect();
    let outline = buffer(&centres, MARGIN);
    let total: f64 = communes.iter().map(|c| c.area_km2).sum();
    let fillers = fillers(communes, &centres, &outline, area(&outline) - total);
    let share = (area(&outline) - total) / fillers.len().max(1) as f64;
    let targets: Vec<f64> = communes
        .iter()
        .map(|c| c.area_km2)
        .chain(fillers.iter().map(|_| share))
        .collect();
    let mut sites: Vec<Point> = centres.iter().chain(&fillers).copied().collect();
    let mut weights = solve(&outline, &sites, &targets, vec![0.0; sites.len()]);
    let mut best = (f64::INFINITY, Vec::new());
    for _ in 0..ROUNDS {
        let diagram = Diagram::new(&outline, &sites, &weights);
        let rings: Vec<_> = (0..sites.len()).map(|at| diagram.ring(at)).collect();
        let drift: f64 = rings
            .iter()
            .zip(&centres)
            .map(|(ring, c)| distance2(centroid(ring), *c))
            .sum();
        if drift < best.0 {
            best = (drift, rings[..communes.len()].to_vec());
        }
        for (at, ring) in rings.iter().enumerate() {
            let now = centroid(ring);
            sites[at] = match centres.get(at) {
                Some(wanted) => [0, 1].map(|axis| sites[at][axis] + 0.5 * (wanted[axis] - now[axis])),
                None => now,
            };
        }
        weights = solve(&outline, &sites, &targets, weights);
    }
    snap(&best.1)
}

/// Sites of the nameless cells: the grid points farthest from all communes, measured in the communes' own radii.
fn fillers(communes: &[Area], centres: &[Point], outline: &[Point], room: f64) -> Vec<Point> {
    let ring: Vec<(Point, usize)> = outline.iter().map(|&p| (p, 0)).collect();
    let inside =
        |p: Point| polygon::pairs(outline).all(|(a, b)| (b[0] - a[0]) * (p[1] - a[1]) > (b[1] - a[1]) * (p[0] - a[0]));
    let reach = |axis: usize| {
        let values = ring.iter().map(move |(p, _)| p[axis]);
        (
            values.clone().fold(f64::INFINITY, f64::min),
            values.fold(f64::NEG_INFINITY, f64::max),
        )
    };
    let ((west, east), (south, north)) = (reach(0), reach(1));
    let count = |from: f64, to: f64| ((to - from) / GRID).ceil() as usize;
    let mut points = Vec::new();
    for row in 0..=count(south, north) {
        for column in 0..=count(west, east) {
            let offset = if row % 2 == 0 { 0.0 } else { GRID / 2.0 };
            let p = [west + column as f64 * GRID + offset, south + row as f64 * GRID];
            if inside(p) {
                let near = centres
                    .iter()
                    .zip(communes)
                    .map(|(c, area)| distance2(p, *c) / area.area_km2);
                points.push((near.fold(f64::INFINITY, f64::min), p));
            }
        }
    }
    points.sort_by(|a, b| b.0.total_cmp(&a.0));
    points.truncate((room / (GRID * GRID)).round() as usize);
    points.into_iter().map(|(_, p)| p).collect()
}

/// To degrees, with corners that several cells share made one and the same point.
fn snap(rings: &[Vec<Point>]) -> Vec<Vec<Point>> {
    let mut corners: Vec<Point> = Vec::new();
    let mut one = |p: Point| {
        let known = corners.iter().find(|c| distance2(**c, p) < 0.005 * 0.005).copied();
        known.unwrap_or_else(|| {
            corners.push(p);
            p
        })
    };
    let close = |ring: &Vec<Point>| {
        let mut points: Vec<Point> = ring.iter().map(|&p| globe(one(p))).collect();
        points.dedup();
        while points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        points
    };
    rings.iter().map(close).collect()
}

/// One commune as a GeoJSON feature (RFC 7946: counter-clockwise, closed).
#[derive(Serialize)]
struct Feature<'a> {
    r#type: &'static str,
    properties: Properties<'a>,
    geometry: Geometry,
}

/// What the map shows of a cell.
#[derive(Serialize)]
struct Properties<'a> {
    code: &'a str,
    name: &'a str,
    kind: &'a str,
}

/// A polygon of one ring.
#[derive(Serialize)]
struct Geometry {
    r#type: &'static str,
    coordinates: [Vec<Point>; 1],
}

/// The file's text: the label first, then one feature a line.
fn text(communes: &[Area], rings: &[Vec<Point>]) -> Result<String> {
    let mut lines = Vec::new();
    for (Area { code, name, kind, .. }, ring) in communes.iter().zip(rings) {
        let closed = ring.iter().chain(ring.first()).copied().collect();
        let geometry = Geometry {
            r#type: "Polygon",
            coordinates: [closed],
        };
        let properties = Properties { code, name, kind };
        lines.push(serde_json::to_string(&Feature {
            r#type: "Feature",
            properties,
            geometry,
        })?);
    }
    let note = format!("{{\"vi\":\"{NOTE_VI}\",\"en\":\"{NOTE_EN}\"}}");
    let features = lines.join(",\n");
    Ok(format!(
        "{{\"type\":\"FeatureCollection\",\"note\":{note},\"features\":[\n{features}\n]}}\n"
    ))
}

#[cfg(test)]
#[path = "cells_tests.rs"]
mod tests;
