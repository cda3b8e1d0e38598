//! Vehicles on a road: many and slow in the rush hours, few and faster at night; rain slows them, water stops them.

use crate::city::Scene;
use crate::city::device::Device;
use crate::moment::{Moment, nearness};
use crate::senml::Reading;
use crate::sky::STRONGEST;

/// Water of this depth in metres begins to slow traffic; by so much more it has slowed it to `CRAWL` of its speed.
const WET_M: f64 = 0.08;
const SPAN_M: f64 = 0.3;
const CRAWL: f64 = 0.12;

/// On ordinary days speed stays above 13 km/h: the rule of the pack begins at 10.
pub(crate) fn measure(device: &Device, scene: &Scene, moment: Moment) -> Vec<Reading> {
    let (at, hour, noise) = (moment.at.micros(), moment.hour(), device.noise);
    let rain = scene.rain(device, moment.at);
    let cautious = 0.1 * (1.0 - (-rain / 30.0).exp()) + 0.25 * ((rain - STRONGEST) / 60.0).clamp(0.0, 1.0);
    let flooded = ((scene.depth(device, moment.at) - WET_M) / SPAN_M).clamp(0.0, 1.0);
    let day = nearness(hour, 13.0, 4.5);
    let rush = nearness(hour, 7.4, 0.8).max(nearness(hour, 17.7, 1.0));
    let load = (0.04 + 0.45 * day + 0.5 * rush).min(1.0);
    let lively = 1.0 + 0.1 * noise.wave("intensity", at, 180);
    let road = 2_000.0 + 5_000.0 * noise.fixed("road");
    let free = 36.0 + 12.0 * noise.fixed("free");
    let dry = free * (1.0 - 0.5 * load) + 3.0 * noise.wave("speed", at, 150);
    let speed = dry * (1.0 - cautious) * (1.0 - (1.0 - CRAWL) * flooded);
    vec![
        Reading::number("speed", speed, 1),
        Reading::number(
            "intensity",
            road * load * lively * (1.0 - 0.3 * cautious - 0.6 * flooded),
            0,
        ),
    ]
}
