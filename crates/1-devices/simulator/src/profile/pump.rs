//! A drainage pump at a black spot: it stands until it is told to run, and then lowers the water there.

use crate::city::Scene;
use crate::city::device::Device;
use crate::moment::Moment;
use crate::senml::Reading;

/// What it moves when there is enough water, in m³/h, and what it draws then, in amperes.
const FULL_FLOW: f64 = 1_800.0;
const IDLE_A: f64 = 18.0;
const FULL_A: f64 = 62.0;

pub(crate) fn measure(device: &Device, scene: &Scene, moment: Moment, on: bool) -> Vec<Reading> {
    let (at, noise) = (moment.at.micros(), device.noise);
    let standing = scene.standing(device, moment.at);
    // what rains reaches the sump, too, when the road still drains
    let inflow = standing + scene.rain(device, moment.at) / 6.0;
    let share = if on { 1.0 - (-inflow / 5.0).exp() } else { 0.0 };
    let lively = 1.0 + 0.02 * noise.wave("flow", at, 120);
    let current = if on {
        (IDLE_A + (FULL_A - IDLE_A) * share) * lively
    } else {
        0.0
    };
    let level = 0.5 + 2.5 * (1.0 - (-inflow / 20.0).exp());
    vec![
        Reading::flag("running", on),
        Reading::number("flow", FULL_FLOW * share * lively, 0),
        Reading::number("current", current, 1),
        Reading::number("level", level, 2),
    ]
}
