//! Plane geometry for the cells: area, centroid, clipping by a half-plane, convex hull.

/// A point in the plane, in kilometres.
pub(crate) type Point = [f64; 2];

/// Signed area of a ring without a repeated last point; positive when it runs counter-clockwise.
pub(crate) fn area(ring: &[Point]) -> f64 {
    pairs(ring).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>() / 2.0
}

/// The ring's centre of mass; the mean of its points when it has no area.
pub(crate) fn centroid(ring: &[Point]) -> Point {
    let whole = area(ring);
    if whole.abs() < 1e-12 {
        let n = ring.len().max(1) as f64;
        return [
            ring.iter().map(|p| p[0]).sum::<f64>() / n,
            ring.iter().map(|p| p[1]).sum::<f64>() / n,
        ];
    }
    let mut sum = [0.0, 0.0];
    for (a, b) in pairs(ring) {
        let cross = a[0] * b[1] - b[0] * a[1];
        sum[0] += (a[0] + b[0]) * cross;
        sum[1] += (a[1] + b[1]) * cross;
    }
    [sum[0] / (6.0 * whole), sum[1] / (6.0 * whole)]
}

/// The edges of a ring, the closing one included.
pub(crate) fn pairs(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    ring.iter()
        .copied()
        .zip(ring.iter().copied().cycle().skip(1))
        .take(ring.len())
}

/// Square of the distance of two points.
pub(crate) fn distance2(a: Point, b: Point) -> f64 {
    let (x, y) = (a[0] - b[0], a[1] - b[1]);
    x * x + y * y
}

/// The part of a convex ring where `normal · x <= limit`. Each edge carries a label (which neighbour lies beyond
/// it); the new edge gets `label`.
pub(crate) fn clip(ring: &[(Point, usize)], normal: Point, limit: f64, label: usize) -> Vec<(Point, usize)> {
    let side = |p: Point| normal[0] * p[0] + normal[1] * p[1] - limit;
    let mut kept = Vec::with_capacity(ring.len() + 2);
    for (at, &(here, edge)) in ring.iter().enumerate() {
        let (next, _) = ring[(at + 1) % ring.len()];
        let (from, to) = (side(here), side(next));
        if from <= 0.0 {
            kept.push((here, edge));
        }
        if (from <= 0.0) != (to <= 0.0) {
            let share = from / (from - to);
            let cut = [
                here[0] + share * (next[0] - here[0]),
                here[1] + share * (next[1] - here[1]),
            ];
            // Leaving the half-plane, the cut opens the new edge; entering it, the rest of the old one.
            kept.push((cut, if from <= 0.0 { label } else { edge }));
        }
    }
    kept
}

/// Convex hull, counter-clockwise, without points on its edges.
pub(crate) fn hull(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    sorted.dedup();
    let mut ring = chain(sorted.iter());
    ring.extend(chain(sorted.iter().rev()));
    ring
}

/// One half of the hull, without its last point.
fn chain<'a>(points: impl Iterator<Item = &'a Point>) -> Vec<Point> {
    let mut half: Vec<Point> = Vec::new();
    for &p in points {
        while let [.., a, b] = half[..] {
            if (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0.0 {
                break;
            }
            half.pop();
        }
        half.push(p);
    }
    half.pop();
    half
}

/// The convex hull pushed outwards by `by`, its corners rounded with points of a 32-gon.
///
/// Directions come from square roots alone, which every machine rounds alike; sine and cosine are not so.
pub(crate) fn buffer(points: &[Point], by: f64) -> Vec<Point> {
    let (mut cos, mut sin) = (0.0_f64, 1.0_f64);
    for _ in 0..3 {
        (cos, sin) = (((1.0 + cos) / 2.0).sqrt(), ((1.0 - cos) / 2.0).sqrt());
    }
    let mut pushed = Vec::new();
    let mut toward = [1.0, 0.0];
    for _ in 0..32 {
        pushed.extend(
            hull(points)
                .iter()
                .map(|p| [p[0] + by * toward[0], p[1] + by * toward[1]]),
        );
        toward = [toward[0] * cos - toward[1] * sin, toward[0] * sin + toward[1] * cos];
    }
    hull(&pushed)
}

#[cfg(test)]
mod tests {
    use super::{area, buffer, centroid, clip, hull};

    const SQUARE: [[f64; 2]; 4] = [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]];

    #[test]
    fn a_square_has_its_area_and_centre() {
        assert_eq!(area(&SQUARE), 4.0);
        assert_eq!(centroid(&SQUARE), [1.0, 1.0]);
    }

    #[test]
    fn clipping_halves_a_square_and_labels_the_new_edge() {
        let ring: Vec<_> = SQUARE.iter().map(|&p| (p, 9)).collect();
        let half = clip(&ring, [1.0, 0.0], 1.0, 7);
        let points: Vec<_> = half.iter().map(|&(p, _)| p).collect();
        assert_eq!(area(&points), 2.0);
        assert_eq!(half.iter().filter(|&&(_, label)| label == 7).count(), 1);
        assert!(clip(&ring, [1.0, 0.0], -1.0, 7).is_empty());
    }

    #[test]
    fn the_hull_drops_inner_points_and_its_buffer_grows() {
        let ring = hull(&[[0.0, 0.0], [1.0, 1.0], [2.0, 0.0], [1.0, 0.0], [2.0, 2.0], [0.0, 2.0]]);
        assert_eq!(ring, SQUARE);
        let wider = area(&buffer(&SQUARE, 1.0));
        assert!(
            wider > 4.0 + 8.0 + 3.0 && wider < 4.0 + 8.0 + std::f64::consts::PI,
            "{wider}"
        );
    }
}
