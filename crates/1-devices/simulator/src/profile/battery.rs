//! A battery that falls slowly and is changed about every ninety days, long before it is empty.

use crate::city::device::Device;
use crate::moment::Moment;
use crate::senml::Reading;

const LIFE_S: f64 = 90.0 * 86_400.0;
const FULL: f64 = 100.0;
/// What is left when it is changed, in percent.
const CHANGED_AT: f64 = 40.0;

/// Charge in percent.
pub(crate) fn measure(device: &Device, moment: Moment) -> Reading {
    let age = moment.at.micros() as f64 / 1e6 / LIFE_S + device.noise.fixed("battery");
    Reading::number("battery", FULL - (FULL - CHANGED_AT) * age.rem_euclid(1.0), 1)
}
