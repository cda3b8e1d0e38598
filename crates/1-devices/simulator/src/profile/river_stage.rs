//! Level of a river: a mean of the dry season, the tide of the Gulf of Tonkin (once a day) and slow change.

use super::battery;
use crate::city::Device;
use crate::moment::Moment;
use crate::senml::Reading;

/// The lunar day, in seconds.
const TIDE_S: f64 = 24.84 * 3_600.0;

/// Between 1.5 and 4.5 m: below every alarm level I of the decision 05/2020/QĐ-TTg in the pack, whose lowest is 5.5 m.
pub(crate) fn measure(device: &Device, moment: Moment) -> Vec<Reading> {
    let at = moment.at.micros();
    let noise = device.noise;
    let mean = 2.2 + 1.6 * noise.fixed("stage");
    let phase = at as f64 / 1e6 / TIDE_S + noise.fixed("tide");
    let level = mean + 0.3 * (phase * std::f64::consts::TAU).sin() + 0.2 * noise.wave("level", at, 6 * 3_600);
    vec![Reading::number("level", level, 3), battery::measure(device, moment)]
}
