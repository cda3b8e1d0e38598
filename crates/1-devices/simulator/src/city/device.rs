//! A simulated device as the profiles see it.

use crate::fault::Fault;
use crate::noise::Noise;
use crate::place::Place;
use crate::profile::Profile;
use kernel::id::DeviceId;

/// One device.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    pub(crate) profile: Profile,
    pub(crate) fault: Fault,
    /// Chance of its own.
    pub(crate) noise: Noise,
    pub(crate) place: Place,
    /// Seconds between two reports.
    pub(crate) interval_s: u64,
    /// The black spot where it stands, if it stands at one.
    pub(crate) basin: Option<usize>,
    /// Seconds after the start at which water begins to rise here, whatever the weather.
    pub(crate) flood_after_s: Option<u64>,
}
