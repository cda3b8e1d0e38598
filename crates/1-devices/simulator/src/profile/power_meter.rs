//! Mains power at a metering point of 220 V: voltage sags a little when current rises.

use crate::city::device::Device;
use crate::moment::{Moment, nearness};
use crate::senml::Reading;

/// Real power as a share of apparent power.
const POWER_FACTOR: f64 = 0.95;

/// Voltage stays between 205 and 233 V: the rule of the pack wants 198 to 242.
pub(crate) fn measure(device: &Device, moment: Moment) -> Vec<Reading> {
    let (at, hour, noise) = (moment.at.micros(), moment.hour(), device.noise);
    let load = (0.2 + 0.4 * nearness(hour, 11.0, 3.0) + 0.6 * nearness(hour, 19.5, 2.0)).min(1.0);
    let current = (30.0 + 90.0 * noise.fixed("size")) * load * (1.0 + 0.15 * noise.wave("current", at, 120));
    let voltage = 223.0 - 6.0 * load + 5.0 * noise.wave("grid", at, 1_200) + 2.0 * noise.wave("voltage", at, 60);
    vec![
        Reading::number("voltage", voltage, 1),
        Reading::number("current", current, 2),
        Reading::number("power", voltage * current * POWER_FACTOR / 1_000.0, 2),
    ]
}
