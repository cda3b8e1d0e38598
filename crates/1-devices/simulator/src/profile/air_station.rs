//! Air: dust follows the rush hours, temperature and humidity follow the sun.

use crate::city::Device;
use crate::moment::{Moment, nearness, swing};
use crate::senml::Reading;

/// PM2.5 stays below 41 ug/m3: the rules of the pack begin at 45 for a day and at 50 for an hour.
pub(crate) fn measure(device: &Device, moment: Moment) -> Vec<Reading> {
    let (at, hour, noise) = (moment.at.micros(), moment.hour(), device.noise);
    let rush = nearness(hour, 7.5, 1.5) + nearness(hour, 19.0, 2.0);
    let pm25 = 20.0 + 8.0 * rush + 5.0 * noise.fixed("dust") + 5.0 * noise.wave("pm25", at, 1_800);
    let pm10 = pm25 * (1.4 + 0.3 * noise.fixed("coarse")) + 4.0 * noise.wave("pm10", at, 1_200);
    let sun = swing(hour, 14.5);
    let warmth = 0.5 * noise.wave("temperature", at, 1_800) + noise.fixed("warmth");
    let temperature = 26.0 + 4.5 * sun + warmth;
    let humidity = 76.0 - 13.0 * sun - 2.0 * warmth + 3.0 * noise.wave("humidity", at, 2_400);
    vec![
        Reading::number("pm25", pm25, 1),
        Reading::number("pm10", pm10, 1),
        Reading::number("temperature", temperature, 2),
        Reading::number("humidity", humidity.clamp(0.0, 100.0), 1),
    ]
}
