//! Air: dust and fumes follow the rush hours, ozone, temperature and humidity follow the sun, and rain washes it.

use crate::city::Scene;
use crate::city::device::Device;
use crate::moment::{Moment, nearness, swing};
use crate::senml::Reading;

/// The share of dust that long heavy rain takes out of the air, and of gases that dissolve.
const WASHED: f64 = 0.65;
const DISSOLVED: f64 = 0.4;
/// Wetness (see `Scene`) at which two thirds of that are reached.
const SOAKED: f64 = 60.0;

/// PM2.5 stays below 41 ug/m3: the rules of the pack begin at 45 for a day and at 50 for an hour.
pub(crate) fn measure(device: &Device, scene: &Scene, moment: Moment) -> Vec<Reading> {
    let (at, hour, noise) = (moment.at.micros(), moment.hour(), device.noise);
    let wet = 1.0 - (-scene.sky.wetness(device.place, moment.at) / SOAKED).exp();
    let rush = nearness(hour, 7.5, 1.5) + nearness(hour, 19.0, 2.0);
    let sun = swing(hour, 14.5);
    let (dust, gas) = (1.0 - WASHED * wet, 1.0 - DISSOLVED * wet);
    let pm25 = dust * (20.0 + 8.0 * rush + 5.0 * noise.fixed("dust") + 5.0 * noise.wave("pm25", at, 1_800));
    let pm10 = pm25 * (1.4 + 0.3 * noise.fixed("coarse")) + dust * 4.0 * noise.wave("pm10", at, 1_200);
    let no2 = gas * (22.0 + 26.0 * rush + 6.0 * noise.wave("no2", at, 1_800));
    let so2 = gas * (11.0 + 4.0 * noise.fixed("so2") + 3.0 * noise.wave("so2", at, 3_600));
    let co = 600.0 + 500.0 * rush + 200.0 * noise.fixed("co") + 80.0 * noise.wave("co", at, 1_800);
    // clouds dim the sun, and fresh fumes eat ozone
    let ozone = 42.0 + 48.0 * sun.max(0.0) * (1.0 - 0.7 * wet) - 10.0 * rush + 8.0 * noise.wave("o3", at, 2_400);
    let warmth = 0.5 * noise.wave("temperature", at, 1_800) + noise.fixed("warmth");
    let temperature = 26.0 + 4.5 * sun + warmth - 3.0 * wet;
    let humidity = 74.0 - 12.0 * sun - 2.0 * warmth + 3.0 * noise.wave("humidity", at, 2_400) + 12.0 * wet;
    vec![
        Reading::number("pm25", pm25.max(0.0), 1),
        Reading::number("pm10", pm10.max(0.0), 1),
        Reading::number("no2", no2.max(0.0), 1),
        Reading::number("so2", so2.max(0.0), 1),
        Reading::number("co", co.max(0.0), 0),
        Reading::number("o3", ozone.max(0.0), 1),
        Reading::number("temperature", temperature, 2),
        Reading::number("humidity", humidity.clamp(0.0, 100.0), 1),
    ]
}
