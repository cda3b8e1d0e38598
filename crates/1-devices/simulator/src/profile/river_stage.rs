//! Level of a river: a mean of the season, the tide of the Gulf of Tonkin (once a day), and what a storm brings hours later.

use super::battery;
use crate::city::Scene;
use crate::city::device::Device;
use crate::moment::Moment;
use crate::senml::Reading;
use kernel::time::Timestamp;

/// The lunar day, in seconds.
const TIDE_S: f64 = 24.84 * 3_600.0;
/// Rain of a day and a half counts, looked at each quarter of an hour; that of twelve hours ago counts most.
const QUARTERS: i64 = 144;
const MOST: f64 = 48.0;
/// The most that rain adds, in metres; the rest below the alarm levels is the decision's own margin.
const SWELL_M: f64 = 0.9;
/// Millimetres (weighted) at which two thirds of that are reached.
const SWOLLEN_MM: f64 = 150.0;

/// Between 1.5 and 5.4 m: below every alarm level I of the decision 05/2020/QĐ-TTg in the pack, whose lowest is 5.5 m.
pub(crate) fn measure(device: &Device, scene: &Scene, moment: Moment) -> Vec<Reading> {
    let at = moment.at.micros();
    let noise = device.noise;
    let mean = 2.2 + 1.6 * noise.fixed("stage");
    let phase = at as f64 / 1e6 / TIDE_S + noise.fixed("tide");
    let calm = mean + 0.3 * (phase * std::f64::consts::TAU).sin() + 0.2 * noise.wave("level", at, 6 * 3_600);
    let level = calm + SWELL_M * (1.0 - (-fallen(device, scene, moment.at) / SWOLLEN_MM).exp());
    vec![Reading::number("level", level, 3), battery::measure(device, moment)]
}

/// The rain of the last day and a half around the station, in weighted millimetres.
fn fallen(device: &Device, scene: &Scene, at: Timestamp) -> f64 {
    let quarter = |ago: i64| {
        let then = Timestamp::from_micros(at.micros().saturating_sub(ago * 900_000_000));
        let age = ago as f64 / MOST;
        scene.rain(device, then) / 4.0 * age * (1.0 - age).exp()
    };
    (1..QUARTERS).map(quarter).sum()
}
