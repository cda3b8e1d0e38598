//! Whether a file may replace the boundaries: each polygon by itself, then all of them beside each other.

mod place;
mod ring;
mod side;

use crate::model::{Boundary, Finding, Strictness};
use crate::read::{Feature, read};
use access::area::Areas;
use place::Plane;

/// Judges a text. The boundaries are complete and may be used if no finding hinders.
pub fn check(text: &str, areas: &Areas, strictness: &Strictness) -> (Vec<Boundary>, Vec<Finding>) {
    let (features, mut findings) = read(text, areas, strictness);
    let Some(plane) = Plane::around(areas) else {
        let what = "the city pack lists no commune";
        findings.push(Finding::new(
            "areas_absent",
            what,
            "load a city pack with areas.csv first",
        ));
        return (Vec::new(), findings);
    };
    let mut sound: Vec<&Feature> = Vec::new();
    for feature in &features {
        let found = ring::check(feature, &plane);
        if found.is_empty() {
            sound.push(feature);
        }
        findings.extend(found);
    }
    // Neighbours of what is missing or broken would all be reported as gaps, so the whole is looked at when each part is right.
    if findings.iter().all(|finding| finding.warning) {
        findings.extend(side::check(&sound, &plane, areas, strictness.tolerance_m));
    }
    let boundaries = features.into_iter().map(|feature| Boundary {
        code: feature.code,
        shape: feature.shape,
    });
    (boundaries.collect(), findings)
}
