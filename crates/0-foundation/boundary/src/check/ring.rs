//! One boundary by itself: inside the city, rings closed, no line over another, holes inside.

use super::place::Plane;
use crate::model::Finding;
use crate::read::Feature;
use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Area, Coord, Line, LineString};

/// Smallest area of a ring in square metres; less is a point or a line.
const SMALLEST: f64 = 1.0;
/// Lines that lie on each other for less than this are one vertex, in metres.
const TOUCH_M: f64 = 0.01;

/// Everything that hinders; empty when the shape is sound.
pub(super) fn check(feature: &Feature, plane: &Plane) -> Vec<Finding> {
    let mut findings = Vec::new();
    let several = feature.shape.len() > 1;
    for (part, rings) in feature.shape.iter().enumerate() {
        for (at, ring) in rings.iter().enumerate() {
            let name = name(several.then_some(part), at);
            findings.extend(form(ring, &name, plane).map(|finding| finding.at(feature.index, Some(&feature.code))));
        }
    }
    if !findings.is_empty() {
        return findings;
    }
    for (part, polygon) in plane.shape(&feature.shape).iter().enumerate() {
        let rings: Vec<&LineString> = std::iter::once(polygon.exterior()).chain(polygon.interiors()).collect();
        let part = several.then_some(part);
        let found = crossing(&rings, part, plane)
            .or_else(|| flat(&rings, part))
            .or_else(|| misplaced(&rings, part));
        findings.extend(found.map(|finding| finding.at(feature.index, Some(&feature.code))));
    }
    findings
}

fn name(part: Option<usize>, ring: usize) -> String {
    let polygon = part.map(|part| format!(" of polygon {part}")).unwrap_or_default();
    match ring {
        0 => format!("the outer ring{polygon}"),
        hole => format!("hole {hole}{polygon}"),
    }
}

fn form(ring: &[[f64; 2]], name: &str, plane: &Plane) -> Option<Finding> {
    let outside = ring.iter().enumerate().find(|(_, position)| !plane.holds(**position));
    if let Some((at, [lon, lat])) = outside {
        let b = plane.bounds;
        let what = format!(
            "position {at} of {name} is {lon},{lat}, outside {:.2},{:.2} to {:.2},{:.2} where this city can be",
            b.west, b.south, b.east, b.north
        );
        let remedy = if plane.holds([*lat, *lon]) {
            "write degrees east first, then degrees north: these two are exchanged"
        } else if lon.abs() > 180.0 || lat.abs() > 90.0 {
            "these are no degrees (VN-2000 metres?): convert to WGS 84 with ogr2ogr -t_srs EPSG:4326"
        } else {
            "look at this position on a map; the limits follow from the centres in areas.csv"
        };
        return Some(Finding::new("outside_city", what, remedy));
    }
    if ring.len() < 4 {
        let what = format!("{name} has {} positions", ring.len());
        return Some(Finding::new(
            "ring_short",
            what,
            "a ring has at least four, the last like the first",
        ));
    }
    if ring.first() != ring.last() {
        let what = format!("{name} ends elsewhere than it begins");
        return Some(Finding::new("ring_open", what, "repeat its first position at the end"));
    }
    None
}

/// A ring that encloses nothing. Asked when no lines cross, because the two halves of a bow have no area together either.
fn flat(rings: &[&LineString], part: Option<usize>) -> Option<Finding> {
    let area = |ring: &LineString| geo::Polygon::new(ring.clone(), Vec::new()).unsigned_area();
    let areas = rings.iter().map(|ring| area(ring));
    let (at, area) = areas.enumerate().find(|(_, area)| *area < SMALLEST)?;
    let what = format!("{} has an area of {area:.2} m2", name(part, at));
    Some(Finding::new("ring_flat", what, "take it out, or draw it as it is"))
}

/// The first place where two lines of the polygon cross or lie on each other. Rings may touch in single points.
fn crossing(rings: &[&LineString], part: Option<usize>, plane: &Plane) -> Option<Finding> {
    let mut lines: Vec<(usize, Line)> = Vec::new();
    for (at, ring) in rings.iter().enumerate() {
        lines.extend(
            ring.lines()
                .filter(|line| line.start != line.end)
                .map(|line| (at, line)),
        );
    }
    let west = |line: &Line| line.start.x.min(line.end.x);
    let east = |line: &Line| line.start.x.max(line.end.x);
    lines.sort_by(|(_, a), (_, b)| west(a).total_cmp(&west(b)));
    for (at, (one, line)) in lines.iter().enumerate() {
        let reach = east(line);
        for (other, next) in lines[at + 1..].iter().take_while(|(_, next)| west(next) <= reach) {
            if let Some(place) = meets(*line, *next) {
                let what = if one == other {
                    format!(
                        "{} crosses or runs over itself at {}",
                        name(part, *one),
                        plane.degrees(place)
                    )
                } else {
                    let (one, other) = (name(part, *one.min(other)), name(part, *one.max(other)));
                    format!("{one} and {other} cross or share a line at {}", plane.degrees(place))
                };
                let remedy = "redraw the line there; make valid (QGIS: Fix geometries) does it for a whole file";
                return Some(Finding::new("ring_crosses", what, remedy));
            }
        }
    }
    None
}

/// Where two lines meet in more than a touch.
fn meets(a: Line, b: Line) -> Option<Coord> {
    let low = |line: Line| line.start.y.min(line.end.y);
    let high = |line: Line| line.start.y.max(line.end.y);
    if high(b) < low(a) || low(b) > high(a) {
        return None;
    }
    match line_intersection(a, b)? {
        LineIntersection::SinglePoint {
            intersection,
            is_proper,
        } => is_proper.then_some(intersection),
        LineIntersection::Collinear { intersection } => {
            let (dx, dy) = (intersection.dx(), intersection.dy());
            (dx.hypot(dy) > TOUCH_M).then_some(intersection.start)
        }
    }
}

/// A hole that lies outside the outer ring or inside another hole. No rings cross any more when this is asked.
fn misplaced(rings: &[&LineString], part: Option<usize>) -> Option<Finding> {
    let (outer, holes) = rings.split_first()?;
    for (at, hole) in holes.iter().enumerate() {
        let name = name(part, at + 1);
        if !lies_in(hole, outer) {
            let what = format!("{name} lies outside the outer ring");
            return Some(Finding::new(
                "hole_outside",
                what,
                "make it a polygon of its own, or take it out",
            ));
        }
        let around = holes
            .iter()
            .enumerate()
            .find(|(other, ring)| *other != at && lies_in(hole, ring));
        if let Some((other, _)) = around {
            let what = format!("{name} lies in hole {}", other + 1);
            return Some(Finding::new(
                "hole_outside",
                what,
                "make it a polygon of its own, or take it out",
            ));
        }
    }
    None
}

/// Whether a ring lies inside another that it does not cross: by its first position that is not on the other's line.
fn lies_in(ring: &LineString, around: &LineString) -> bool {
    let around = geo::Polygon::new(around.clone(), Vec::new());
    let mut places = ring.coords().map(|at| around.coordinate_position(at));
    places.find(|place| *place != CoordPos::OnBoundary) == Some(CoordPos::Inside)
}
