//! An ambulance: from one place of call to the next around its base, with some minutes of rest at each.

use crate::city::device::Device;
use crate::moment::Moment;
use crate::place::Place;
use crate::senml::Reading;

/// Length of one drive with the rest after it, and of the drive alone.
const TRIP_US: i64 = 1_200_000_000;
const DRIVE_US: i64 = 960_000_000;
/// How far from its base it is called, in kilometres each way.
const REACH_KM: f64 = 3.5;

pub(crate) fn measure(device: &Device, moment: Moment) -> Vec<Reading> {
    let at = moment.at.micros() + (device.noise.fixed("shift") * TRIP_US as f64) as i64;
    let (trip, into) = (at.div_euclid(TRIP_US), at.rem_euclid(TRIP_US));
    let (from, to) = (call(device, trip), call(device, trip + 1));
    let along = (into as f64 / DRIVE_US as f64).min(1.0);
    let ease = along * along * (3.0 - 2.0 * along);
    let here = Place {
        east: from.east + (to.east - from.east) * ease,
        north: from.north + (to.north - from.north) * ease,
    };
    let hours = DRIVE_US as f64 / 3.6e9;
    let speed = from.distance2(to).sqrt() / hours * 6.0 * along * (1.0 - along);
    let (lon, lat) = here.degrees();
    vec![
        Reading::point("position", lon, lat),
        Reading::number("speed", speed, 1),
        // every other drive is one to a patient
        Reading::flag("siren", along < 1.0 && trip % 2 == 0),
    ]
}

/// Where a trip begins.
fn call(device: &Device, trip: i64) -> Place {
    let away = |what| (2.0 * device.noise.point(what, trip) - 1.0) * REACH_KM;
    Place {
        east: device.place.east + away("east"),
        north: device.place.north + away("north"),
    }
}
