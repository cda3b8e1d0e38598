//! Rain rate: showers that pass over the city from west to east.

use super::battery;
use crate::city::Device;
use crate::moment::Moment;
use crate::noise::Noise;
use crate::senml::Reading;

/// Length of wet and dry stretches, in seconds.
const SHOWER_S: u32 = 1_500;
/// Seconds that a shower takes for one degree of longitude.
const DRIFT_S: f64 = 6_000.0;
/// The sky is dry below this point of its curve.
const DRY: f64 = 0.35;
/// The strongest shower in mm/h; the rule of the pack begins at 50.
const STRONGEST: f64 = 32.0;

pub(crate) fn measure(device: &Device, sky: Noise, moment: Moment) -> Vec<Reading> {
    let at = moment.at.micros();
    let west = (device.lon - 105.0).clamp(-10.0, 10.0);
    let cloud = sky.wave("shower", at - (west * DRIFT_S * 1e6) as i64, SHOWER_S);
    let here = 0.9 + 0.1 * device.noise.wave("rain", at, 120);
    let rain = STRONGEST * here * ((cloud - DRY) / (1.0 - DRY)).max(0.0);
    vec![Reading::number("rain", rain, 1), battery::measure(device, moment)]
}
