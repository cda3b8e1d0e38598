//! Depth of water on the road: what the rain leaves at a black spot, and the one flood that the demo orders.

use super::battery;
use crate::city::Scene;
use crate::city::device::Device;
use crate::moment::Moment;
use crate::senml::Reading;

/// How fast the ordered flood rises, in m/s: as fast as the profile lets water rise, with a margin (`max_rate` 0.01).
const RISE: f64 = 0.009;
/// How long it rises, in seconds: to 0.45 m.
const RISES_S: f64 = 50.0;
/// How fast it recedes, in m/s: gone after a quarter of an hour.
const FALL: f64 = 0.0005;

pub(crate) fn measure(device: &Device, scene: &Scene, moment: Moment) -> Vec<Reading> {
    let water = scene.depth(device, moment.at);
    let flood = device
        .flood_after_s
        .map_or(0.0, |after| flood(moment.running_s() - after as f64));
    vec![
        Reading::number("depth", water.max(flood), 3),
        battery::measure(device, moment),
    ]
}

/// Depth in metres, so many seconds after the water began to rise.
fn flood(seconds: f64) -> f64 {
    let peak = RISE * RISES_S;
    (RISE * seconds).clamp(0.0, peak) - (FALL * (seconds - RISES_S)).clamp(0.0, peak)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flood_rises_to_its_peak_and_recedes() {
        for (second, depth) in [
            (-5.0, 0.0),
            (0.0, 0.0),
            (25.0, 0.225),
            (50.0, 0.45),
            (350.0, 0.3),
            (750.0, 0.1),
            (950.0, 0.0),
            (1e6, 0.0),
        ] {
            assert!((flood(second) - depth).abs() < 1e-9, "{second} s: {}", flood(second));
        }
    }
}
