//! Ordinary rain: cells that are born, drift over the communes and fade.

use super::STRONGEST;
use crate::noise::Noise;
use crate::place::Place;
use std::f64::consts::{PI, TAU};

/// Cells are drawn by lots for each hour.
const SLOT_US: i64 = 3_600_000_000;
/// Most cells that are born in an hour.
const CELLS: usize = 3;
/// A cell lives at most so many slots after the one in which it was born.
const LIVES: i64 = 3;
const NAMES: [&str; CELLS] = ["cell-a", "cell-b", "cell-c"];
/// The day of the year with the most rain, counted from the epoch (late July), and the length of a year.
const WETTEST_DAY: f64 = 205.0;
const YEAR: f64 = 365.25;

/// Rain rate in mm/h, never above [`STRONGEST`].
pub(super) fn rain(chance: Noise, place: Place, at_us: i64) -> f64 {
    let slot = at_us.div_euclid(SLOT_US);
    let mut sum = 0.0;
    for born in slot - LIVES..=slot {
        for name in NAMES {
            sum += cell(chance, name, born, place, at_us);
        }
    }
    // the edge of a cell is dry
    let sum = (sum - 0.3).max(0.0);
    STRONGEST * (1.0 - (-sum / STRONGEST).exp())
}

/// Probability that a lot becomes a cell: rain falls mostly in summer, and not on every day of it.
fn wet(chance: Noise, slot: i64) -> f64 {
    let day = slot.div_euclid(24);
    let season = 0.5 + 0.5 * ((day as f64 - WETTEST_DAY) / YEAR * TAU).cos();
    (0.12 + 0.6 * season) * (0.4 + 1.2 * chance.point("wet-day", day))
}

fn cell(chance: Noise, name: &str, slot: i64, place: Place, at_us: i64) -> f64 {
    // eight lots of one cell lie beside each other on its curve
    let lot = |number: i64| chance.point(name, slot.wrapping_mul(8).wrapping_add(number));
    if lot(0) >= wet(chance, slot) {
        return 0.0;
    }
    let born = slot * SLOT_US + (lot(1) * SLOT_US as f64) as i64;
    let life_h = 1.0 + lot(2);
    let age_h = (at_us - born) as f64 / SLOT_US as f64;
    if !(0.0..life_h).contains(&age_h) {
        return 0.0;
    }
    let heading = lot(3) * TAU;
    let speed = 12.0 + 15.0 * lot(4);
    let centre = Place {
        east: -65.0 + 85.0 * lot(5) + speed * heading.cos() * age_h,
        north: -50.0 + 90.0 * lot(6) + speed * heading.sin() * age_h,
    };
    let (size, strength) = (4.0 + 6.0 * lot(7), 10.0 + 30.0 * chance.point("strength", slot));
    let bell = (-place.distance2(centre) / (2.0 * size * size)).exp();
    let ripe = (PI * age_h / life_h).sin();
    strength * bell * ripe * ripe
}
