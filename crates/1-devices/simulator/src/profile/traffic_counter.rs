//! Vehicles on a road: many and slow in the rush hours, few and faster at night.

use crate::city::Device;
use crate::moment::{Moment, nearness};
use crate::senml::Reading;

/// Speed stays above 14 km/h: the rule of the pack begins at 10.
pub(crate) fn measure(device: &Device, moment: Moment) -> Vec<Reading> {
    let (at, hour, noise) = (moment.at.micros(), moment.hour(), device.noise);
    let day = nearness(hour, 13.0, 4.5);
    let rush = nearness(hour, 7.4, 0.8).max(nearness(hour, 17.7, 1.0));
    let load = (0.04 + 0.45 * day + 0.5 * rush).min(1.0);
    let lively = 1.0 + 0.1 * noise.wave("intensity", at, 180);
    let road = 2_000.0 + 5_000.0 * noise.fixed("road");
    let free = 36.0 + 12.0 * noise.fixed("free");
    let speed = free * (1.0 - 0.5 * load) + 3.0 * noise.wave("speed", at, 150);
    vec![
        Reading::number("speed", speed, 1),
        Reading::number("intensity", road * load * lively, 0),
    ]
}
