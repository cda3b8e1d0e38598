//! A gateway: it speaks for lamps or meters that have no connection of their own, and says how many it reaches.

use super::battery;
use crate::city::device::Device;
use crate::moment::Moment;
use crate::senml::Reading;

pub(crate) fn measure(device: &Device, moment: Moment, children: usize) -> Vec<Reading> {
    vec![
        Reading::number("reachable", children as f64, 0),
        battery::measure(device, moment),
    ]
}
