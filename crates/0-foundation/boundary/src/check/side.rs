//! All boundaries beside each other: what two claim, what nobody claims, what hangs together with nothing.

use super::place::Plane;
use crate::model::Finding;
use crate::read::Feature;
use access::area::Areas;
use geo::{
    Area, BooleanOps, BoundingRect, Contains, Coord, Distance, Euclidean, InteriorPoint, Intersects, Length,
    MultiPolygon, Polygon, unary_union,
};

/// How far outside its own boundary the official centre of a commune may lie before it is said, in metres.
const CENTRE_M: f64 = 3_000.0;
/// Codes that a finding about a gap names.
const NAMED: usize = 6;

/// A commune on the plane.
struct Side<'a> {
    feature: &'a Feature,
    shape: MultiPolygon,
}

/// Overlaps, gaps, islands, and centres that lie elsewhere.
pub(super) fn check(features: &[&Feature], plane: &Plane, areas: &Areas, tolerance_m: f64) -> Vec<Finding> {
    let sides: Vec<Side> = features
        .iter()
        .map(|feature| Side {
            feature,
            shape: plane.shape(&feature.shape),
        })
        .collect();
    let mut findings = Vec::new();
    for (at, side) in sides.iter().enumerate() {
        findings.extend(parts(side, plane, tolerance_m));
        findings.extend(
            sides[..at]
                .iter()
                .filter_map(|before| overlap(before, side, plane, tolerance_m)),
        );
        findings.extend(centre(side, plane, areas));
    }
    // Overlapping polygons make the union say more than is wrong.
    if findings.iter().all(|finding| finding.warning) {
        findings.extend(whole(&sides, plane, tolerance_m));
    }
    findings
}

/// The polygons of one commune may not lie over each other.
fn parts(side: &Side, plane: &Plane, tolerance_m: f64) -> Option<Finding> {
    let polygons = &side.shape.0;
    for (at, polygon) in polygons.iter().enumerate() {
        for (before, other) in polygons[..at]
            .iter()
            .enumerate()
            .filter(|(_, other)| near(*other, polygon))
        {
            if let Some((area, place)) = wide(&other.intersection(polygon), tolerance_m) {
                let place = plane.degrees(place);
                let what = format!("polygons {before} and {at} share {area:.0} m2 around {place}");
                let finding = Finding::new("parts_overlap", what, "join the two into one polygon");
                return Some(finding.at(side.feature.index, Some(&side.feature.code)));
            }
        }
    }
    None
}

fn overlap(before: &Side, side: &Side, plane: &Plane, tolerance_m: f64) -> Option<Finding> {
    if !near(&before.shape, &side.shape) {
        return None;
    }
    let (area, place) = wide(&before.shape.intersection(&side.shape), tolerance_m)?;
    let (code, index) = (&before.feature.code, before.feature.index);
    let what = format!(
        "it shares {area:.0} m2 with {code} (features[{index}]), most of it around {}",
        plane.degrees(place)
    );
    let remedy = "let both use the same line there; --tolerance takes wider strips as noise";
    Some(Finding::new("overlap", what, remedy).at(side.feature.index, Some(&side.feature.code)))
}

/// Codes that were exchanged put the official centre of a commune into another one.
fn centre(side: &Side, plane: &Plane, areas: &Areas) -> Option<Finding> {
    let area = areas.get(&side.feature.code)?;
    let point = geo::Point(plane.metres([area.lon, area.lat]));
    if side.shape.contains(&point) {
        return None;
    }
    let far = Euclidean.distance(&point, &side.shape);
    (far > CENTRE_M).then(|| {
        let what = format!(
            "the centre of {} in areas.csv lies {:.1} km outside",
            area.name,
            far / 1_000.0
        );
        let mut finding = Finding::new("centre_outside", what, "look whether codes were exchanged");
        finding.warning = true;
        finding.at(side.feature.index, Some(&side.feature.code))
    })
}

/// Holes of the union are gaps; more than one piece means that something hangs together with nothing.
fn whole(sides: &[Side], plane: &Plane, tolerance_m: f64) -> Vec<Finding> {
    let union = unary_union(sides.iter().map(|side| &side.shape));
    let mut findings = Vec::new();
    for hole in union.iter().flat_map(Polygon::interiors) {
        let gap = MultiPolygon::new(vec![Polygon::new(hole.clone(), Vec::new())]);
        if let Some((area, place)) = wide(&gap, tolerance_m) {
            let around: Vec<String> = touching(sides, &gap.0[0], tolerance_m);
            let what = format!(
                "{area:.0} m2 around {} belong to nobody, between {}",
                plane.degrees(place),
                around.join(", ")
            );
            let remedy = "let the neighbours use the same line; --tolerance takes wider strips as noise";
            findings.push(Finding::new("gap", what, remedy));
        }
    }
    let largest = union.iter().map(Polygon::unsigned_area).fold(0.0, f64::max);
    for piece in union.iter().filter(|piece| piece.unsigned_area() < largest) {
        let others = union.iter().filter(|other| *other != piece);
        let away = others
            .map(|other| Euclidean.distance(piece, other))
            .fold(f64::INFINITY, f64::min);
        if away > tolerance_m {
            let codes = touching(sides, piece, 0.0);
            let what = format!("{} lie {away:.0} m away from all others", codes.join(", "));
            findings.push(Finding::new(
                "apart",
                what,
                "look whether a part is missing or stands at the wrong place",
            ));
        }
    }
    findings
}

/// The area in square metres of what is wider than the tolerance in the mean, and a point in the largest piece.
fn wide(found: &MultiPolygon, tolerance_m: f64) -> Option<(f64, Coord)> {
    let wide = |piece: &&Polygon| {
        let around = Euclidean.length(piece.exterior());
        around > 0.0 && 2.0 * piece.unsigned_area() / around > tolerance_m
    };
    let pieces: Vec<&Polygon> = found.iter().filter(wide).collect();
    let largest = pieces
        .iter()
        .max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))?;
    let area = pieces.iter().map(|piece| piece.unsigned_area()).sum();
    Some((area, largest.interior_point()?.0))
}

fn near<'a, A, B>(a: &'a A, b: &'a B) -> bool
where
    A: BoundingRect<f64, Output: Into<Option<geo::Rect>>>,
    B: BoundingRect<f64, Output: Into<Option<geo::Rect>>>,
{
    match (a.bounding_rect().into(), b.bounding_rect().into()) {
        (Some(a), Some(b)) => a.intersects(&b),
        _ => false,
    }
}

/// Codes of the communes that a polygon touches, the first few.
fn touching(sides: &[Side], polygon: &Polygon, within_m: f64) -> Vec<String> {
    let close = sides.iter().filter(|side| near(&side.shape, polygon));
    let close = close.filter(|side| {
        side.shape
            .iter()
            .any(|part| Euclidean.distance(part, polygon) <= within_m)
    });
    close.take(NAMED).map(|side| side.feature.code.to_string()).collect()
}
