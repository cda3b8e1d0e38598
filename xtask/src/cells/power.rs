//! A power diagram whose cells have given areas: weights found by damped Newton steps.
//!
//! Each site's cell is the outline cut by one half-plane per other site. The derivative of a cell's area by a
//! neighbour's weight is minus the shared edge's length over twice the distance of the sites, so one Newton step is
//! one linear system (Kitagawa, Mérigot, Thibert: "Convergence of a Newton algorithm for semi-discrete optimal
//! transport", 2019).

use crate::cells::polygon::{Point, area, clip, distance2};

/// Label of an edge on the outline.
const OUTSIDE: usize = usize::MAX;

/// The cells of the diagram, in the order of the sites; each ring is convex and counter-clockwise.
pub(crate) struct Diagram {
    rings: Vec<Vec<(Point, usize)>>,
}

impl Diagram {
    /// Cuts the convex outline among the sites.
    pub(crate) fn new(outline: &[Point], sites: &[Point], weights: &[f64]) -> Self {
        let whole: Vec<_> = outline.iter().map(|&p| (p, OUTSIDE)).collect();
        let rings = (0..sites.len()).map(|own| cell(&whole, sites, weights, own)).collect();
        Self { rings }
    }

    /// Area of each cell.
    pub(crate) fn areas(&self) -> Vec<f64> {
        (0..self.rings.len()).map(|at| area(&self.ring(at))).collect()
    }

    /// The points of one cell.
    pub(crate) fn ring(&self, at: usize) -> Vec<Point> {
        self.rings[at].iter().map(|&(p, _)| p).collect()
    }
}

/// One site's cell. Near sites cut first, which keeps the ring small from the start.
fn cell(whole: &[(Point, usize)], sites: &[Point], weights: &[f64], own: usize) -> Vec<(Point, usize)> {
    let [x, y] = sites[own];
    let mut others: Vec<usize> = (0..sites.len()).filter(|&other| other != own).collect();
    others.sort_by(|&a, &b| distance2(sites[own], sites[a]).total_cmp(&distance2(sites[own], sites[b])));
    let mut ring = whole.to_vec();
    for other in others {
        let [ox, oy] = sites[other];
        let limit = ox * ox + oy * oy - x * x - y * y + weights[own] - weights[other];
        ring = clip(&ring, [2.0 * (ox - x), 2.0 * (oy - y)], limit, other);
        if ring.is_empty() {
            break;
        }
    }
    ring
}

/// Weights under which each cell has its target area, to about a millionth; the targets must sum to the outline's area.
pub(crate) fn solve(outline: &[Point], sites: &[Point], targets: &[f64], start: Vec<f64>) -> Vec<f64> {
    let mut weights = start;
    let mut diagram = Diagram::new(outline, sites, &weights);
    let mut areas = diagram.areas();
    if areas.iter().any(|&a| a <= 0.0) {
        weights = vec![0.0; sites.len()];
        diagram = Diagram::new(outline, sites, &weights);
        areas = diagram.areas();
    }
    let smallest = |areas: &[f64]| areas.iter().copied().fold(f64::INFINITY, f64::min);
    let floor = smallest(&areas).min(smallest(targets)) / 2.0;
    for _ in 0..60 {
        let wrong = misfit(&areas, targets);
        if wrong < 1e-6 {
            break;
        }
        let step = newton(&diagram, sites, &areas, targets);
        let mut share = 1.0;
        loop {
            let tried: Vec<f64> = weights.iter().zip(&step).map(|(w, s)| w + share * s).collect();
            let next = Diagram::new(outline, sites, &tried);
            let got = next.areas();
            let better = misfit(&got, targets) <= (1.0 - share / 2.0) * wrong;
            if (smallest(&got) >= floor && better) || share < 1e-4 {
                (weights, diagram, areas) = (tried, next, got);
                break;
            }
            share /= 2.0;
        }
    }
    weights
}

/// Euclidean norm of the areas' errors.
fn misfit(areas: &[f64], targets: &[f64]) -> f64 {
    areas
        .iter()
        .zip(targets)
        .map(|(a, t)| (a - t) * (a - t))
        .sum::<f64>()
        .sqrt()
}

/// The Newton step: solves the weighted graph Laplacian of the shared edges, the last site's weight held.
fn newton(diagram: &Diagram, sites: &[Point], areas: &[f64], targets: &[f64]) -> Vec<f64> {
    let size = sites.len();
    let mut rows = vec![vec![0.0; size + 1]; size];
    for (own, ring) in diagram.rings.iter().enumerate() {
        for (at, &(here, other)) in ring.iter().enumerate() {
            if other == OUTSIDE {
                continue;
            }
            let (next, _) = ring[(at + 1) % ring.len()];
            let slope = distance2(here, next).sqrt() / (2.0 * distance2(sites[own], sites[other]).sqrt());
            rows[own][own] += slope;
            rows[own][other] -= slope;
        }
        rows[own][size] = targets[own] - areas[own];
    }
    let held = size - 1;
    rows[held] = vec![0.0; size + 1];
    rows[held][held] = 1.0;
    eliminate(rows)
}

/// Gaussian elimination with pivoting; a column without a pivot gets 0.
fn eliminate(mut rows: Vec<Vec<f64>>) -> Vec<f64> {
    let size = rows.len();
    for column in 0..size {
        let best = (column..size).max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()));
        rows.swap(column, best.unwrap_or(column));
        let (above, below) = rows.split_at_mut(column + 1);
        let pivot = &above[column];
        if pivot[column].abs() < 1e-15 {
            continue;
        }
        for row in below.iter_mut().filter(|row| row[column] != 0.0) {
            let factor = row[column] / pivot[column];
            for at in column..=size {
                row[at] -= factor * pivot[at];
            }
        }
    }
    let mut found = vec![0.0; size];
    for at in (0..size).rev() {
        let known: f64 = (at + 1..size).map(|k| rows[at][k] * found[k]).sum();
        found[at] = if rows[at][at].abs() < 1e-15 {
            0.0
        } else {
            (rows[at][size] - known) / rows[at][at]
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Diagram, solve};

    #[test]
    fn the_cells_get_the_areas_they_were_promised() {
        let outline = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]];
        let sites = [[2.0, 2.0], [8.0, 2.0], [5.0, 5.0], [3.0, 8.0]];
        let targets = [10.0, 40.0, 5.0, 45.0];
        let weights = solve(&outline, &sites, &targets, vec![0.0; 4]);
        let areas = Diagram::new(&outline, &sites, &weights).areas();
        for (area, target) in areas.iter().zip(targets) {
            assert!((area - target).abs() < 1e-5, "{areas:?}");
        }
    }
}
