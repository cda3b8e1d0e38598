//! A street lamp: on from dusk to dawn in Hà Nội, each a little earlier or later.

use crate::city::device::Device;
use crate::moment::Moment;
use crate::senml::Reading;

/// On at the latest at 18:10, off at the earliest at 05:15: the rule of the pack judges from 18:30 to 05:00.
pub(crate) fn measure(device: &Device, moment: Moment) -> Vec<Reading> {
    let noise = device.noise;
    let (dusk, dawn) = (17.75 + 0.4 * noise.fixed("dusk"), 5.25 + 0.4 * noise.fixed("dawn"));
    let on = moment.hour() >= dusk || moment.hour() < dawn;
    let burning = 0.5 + 0.2 * noise.fixed("lamp") + 0.02 * noise.wave("lamp", moment.at.micros(), 600);
    vec![
        Reading::number("lamp", if on { burning } else { 0.0 }, 2),
        Reading::flag("state", on),
    ]
}
