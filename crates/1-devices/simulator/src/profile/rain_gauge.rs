//! Rain rate: what the field of rain says at its place, with a little unrest of its own.

use super::battery;
use crate::city::Scene;
use crate::city::device::Device;
use crate::moment::Moment;
use crate::senml::Reading;

pub(crate) fn measure(device: &Device, scene: &Scene, moment: Moment) -> Vec<Reading> {
    let unrest = 1.0 + 0.05 * device.noise.wave("rain", moment.at.micros(), 120);
    let rain = scene.rain(device, moment.at) * unrest;
    vec![Reading::number("rain", rain, 1), battery::measure(device, moment)]
}
