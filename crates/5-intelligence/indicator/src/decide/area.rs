//! The value of an area: from the stations inside, else from the nearest one, marked as assumed.

use crate::model::Station;
use crate::model::definition::{AreaRule, Join};
use crate::model::round;
use kernel::area::AreaCode;
use kernel::place::Point;

/// Where the value of an area comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen<T> {
    /// The index.
    pub value: u16,
    /// What came with the stations that count; with [`Join::Maximum`] the worst one first.
    pub from: Vec<T>,
    /// Whether the station stands outside of the area.
    pub assumed: bool,
}

/// The value of an area from stations with a value. Stations inside win; without one the nearest within `nearest_km` of the
/// centre stands in.
pub fn area<'a, T: Clone>(
    rule: AreaRule,
    code: &AreaCode,
    centre: Option<Point>,
    known: impl IntoIterator<Item = (&'a Station, u16, T)>,
) -> Option<Chosen<T>> {
    let known: Vec<(&Station, u16, T)> = known.into_iter().collect();
    let mut inside: Vec<&(&Station, u16, T)> = known
        .iter()
        .filter(|(station, ..)| station.areas.contains(code))
        .collect();
    // the worst first; equals by name, so that the answer does not depend on the order of the question
    inside.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.entity.cmp(&b.0.entity)));
    if let Some(worst) = inside.first() {
        let value = match rule.rule {
            Join::Maximum => worst.1,
            Join::Mean => {
                round(inside.iter().map(|(_, value, _)| f64::from(*value)).sum::<f64>() / inside.len() as f64)
            }
        };
        return Some(Chosen {
            value,
            from: inside.iter().map(|(.., with)| with.clone()).collect(),
            assumed: false,
        });
    }
    let centre = centre?;
    let near = known.iter().filter_map(|(station, value, with)| {
        let distance = kilometres(centre, station.place?);
        (distance <= rule.nearest_km).then_some((distance, station, *value, with))
    });
    let (_, _, value, with) = near.min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.entity.cmp(&b.1.entity)))?;
    Some(Chosen {
        value,
        from: vec![with.clone()],
        assumed: true,
    })
}

/// Distance on a sphere of 6,371 km.
pub fn kilometres(a: Point, b: Point) -> f64 {
    let (lat_a, lat_b) = (a.lat.to_radians(), b.lat.to_radians());
    let (north, east) = ((lat_b - lat_a) / 2.0, (b.lon - a.lon).to_radians() / 2.0);
    let chord = north.sin().powi(2) + lat_a.cos() * lat_b.cos() * east.sin().powi(2);
    2.0 * 6_371.0 * chord.sqrt().clamp(0.0, 1.0).asin()
}
