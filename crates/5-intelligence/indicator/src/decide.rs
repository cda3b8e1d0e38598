//! What follows from hourly means: the index of an hour, of a day, of an area, and whether it is worth a signal. Pure.

pub mod area;
pub mod daily;
pub mod hourly;
pub mod level;
pub mod nowcast;
pub mod scale;

use crate::model::{Index, Part, Pollutant, round};
use std::collections::{BTreeMap, BTreeSet};

/// The index of several parts: the largest of them, if one of the compulsory ones is there.
fn join(parts: BTreeMap<Pollutant, Part>, needs_one_of: &BTreeSet<Pollutant>) -> Option<Index> {
    if !needs_one_of.is_empty() && !needs_one_of.iter().any(|pollutant| parts.contains_key(pollutant)) {
        return None;
    }
    let mut worst: Option<(Pollutant, f64)> = None;
    for (pollutant, part) in &parts {
        if worst.is_none_or(|(_, most)| part.exact > most) {
            worst = Some((*pollutant, part.exact));
        }
    }
    let (main, exact) = worst?;
    Some(Index {
        value: round(exact),
        main,
        parts,
    })
}
