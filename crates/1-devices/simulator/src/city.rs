//! The devices of a simulation and what each of them reports at a moment.

use crate::error::SimulatorError;
use crate::fault::Fault;
use crate::manifest::Manifest;
use crate::moment::Moment;
use crate::noise::Noise;
use crate::profile::Profile;
use crate::senml;
use kernel::id::DeviceId;
use std::collections::HashSet;

pub use crate::senml::{Measured, Reading};

/// The longest time between two reports, in seconds.
const MAX_INTERVAL_S: u64 = 86_400;

/// A simulated city. It has no state: asked twice for the same moment it answers the same.
#[derive(Debug)]
pub struct City {
    devices: Vec<Device>,
    /// Chance that all devices see, such as the weather.
    sky: Noise,
}

/// A simulated device as the profiles see it.
#[derive(Debug)]
pub(crate) struct Device {
    id: DeviceId,
    profile: Profile,
    fault: Fault,
    /// Chance of its own.
    pub(crate) noise: Noise,
    /// Degrees east.
    pub(crate) lon: f64,
    /// Seconds after the start at which water begins to rise here.
    pub(crate) flood_after_s: Option<u64>,
}

impl City {
    /// Reads who takes part.
    ///
    /// # Errors
    /// A manifest with no devices, a bad or repeated id, a profile that cannot be played, or an interval out of range.
    pub fn new(manifest: &Manifest) -> Result<Self, SimulatorError> {
        if !(1..=MAX_INTERVAL_S).contains(&manifest.interval_s) {
            return Err(SimulatorError::BadInterval(manifest.interval_s));
        }
        if manifest.devices.is_empty() {
            return Err(SimulatorError::Empty);
        }
        let mut seen = HashSet::new();
        let mut devices = Vec::with_capacity(manifest.devices.len());
        for (index, simulated) in manifest.devices.iter().enumerate() {
            let id = DeviceId::new(&simulated.id).map_err(|error| SimulatorError::BadId {
                number: index + 1,
                reason: error.to_string(),
            })?;
            if !seen.insert(simulated.id.as_str()) {
                return Err(SimulatorError::Twice(simulated.id.clone()));
            }
            let profile = Profile::named(&simulated.profile).ok_or_else(|| SimulatorError::UnknownProfile {
                device: simulated.id.clone(),
                profile: simulated.profile.clone(),
                known: Profile::ALL.map(Profile::name).join(", "),
            })?;
            devices.push(Device {
                noise: Noise::new(manifest.seed, &simulated.id),
                lon: simulated.lon,
                flood_after_s: None,
                fault: Fault::None,
                id,
                profile,
            });
        }
        if let Some(first) = devices.iter_mut().find(|device| device.profile == Profile::FloodGauge) {
            first.flood_after_s = manifest.flood_after_s;
        }
        spoil_last(&mut devices, Profile::RainGauge, Fault::Overflow);
        spoil_last(&mut devices, Profile::TrafficCounter, Fault::Pause);
        Ok(Self {
            devices,
            sky: Noise::new(manifest.seed, ""),
        })
    }

    /// How many devices there are.
    pub fn len(&self) -> usize {
        self.devices.len()
    }

    /// Whether nobody lives here; [`City::new`] makes no such city.
    pub fn is_empty(&self) -> bool {
        self.devices.is_empty()
    }

    /// Id of a device.
    ///
    /// # Panics
    /// If `index` is not below [`City::len`].
    pub fn id(&self, index: usize) -> &str {
        self.devices[index].id.as_str()
    }

    /// What a device measures; `None` while it is silent.
    ///
    /// # Panics
    /// If `index` is not below [`City::len`].
    pub fn measure(&self, index: usize, moment: Moment) -> Option<Vec<Reading>> {
        let device = &self.devices[index];
        if device.fault.is_silent(moment) {
            return None;
        }
        let mut readings = device.profile.measure(device, self.sky, moment);
        device.fault.spoil(device.noise, moment, &mut readings);
        Some(readings)
    }

    /// The report of a device as SenML JSON; `None` while it is silent.
    ///
    /// # Panics
    /// If `index` is not below [`City::len`].
    pub fn report(&self, index: usize, moment: Moment) -> Option<Vec<u8>> {
        let readings = self.measure(index, moment)?;
        Some(senml::write(self.id(index), moment.at, &readings))
    }

    /// A trait of a device for what surrounds it, 0 to below 1: when it begins, how it backs off.
    pub(crate) fn temper(&self, index: usize, what: &str) -> f64 {
        self.devices[index].noise.fixed(what)
    }
}

/// Gives the last of several devices of a profile a fault; a single one stays healthy.
fn spoil_last(devices: &mut [Device], profile: Profile, fault: Fault) {
    let mut of_profile = devices.iter_mut().filter(|device| device.profile == profile);
    if of_profile.next().is_some()
        && let Some(last) = of_profile.last()
    {
        last.fault = fault;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::manifest;
    use kernel::time::Timestamp;

    #[test]
    fn a_bad_manifest_is_named() {
        let of = |profile: &str| manifest(&[("a", profile)]);
        let mut never = of("rain-gauge");
        never.interval_s = 0;
        let mut rarely = of("rain-gauge");
        rarely.interval_s = 86_401;
        for (manifest, said) in [
            (manifest(&[]), "no devices"),
            (never, "interval_s of the manifest is 0"),
            (rarely, "1 to 86400"),
            (of("toaster"), "it knows: air-station, flood-gauge"),
            (
                manifest(&[("a", "rain-gauge"), ("b c", "rain-gauge")]),
                "device 2 of the manifest",
            ),
            (
                manifest(&[("a", "rain-gauge"), ("a", "rain-gauge")]),
                "'a' stands twice",
            ),
        ] {
            let error = City::new(&manifest).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn only_the_first_flood_gauge_rises_and_only_the_last_of_several_fail() {
        let mut manifest = manifest(&[
            ("r1", "rain-gauge"),
            ("f1", "flood-gauge"),
            ("r2", "rain-gauge"),
            ("f2", "flood-gauge"),
            ("t1", "traffic-counter"),
        ]);
        manifest.flood_after_s = Some(10);
        let city = City::new(&manifest).unwrap();
        let seen: Vec<_> = city
            .devices
            .iter()
            .map(|device| (device.fault, device.flood_after_s))
            .collect();
        assert_eq!(
            seen,
            [
                (Fault::None, None),
                (Fault::None, Some(10)),
                (Fault::Overflow, None),
                (Fault::None, None),
                (Fault::None, None),
            ]
        );
    }

    #[test]
    fn the_same_seed_says_the_same_and_another_seed_does_not() {
        let names: Vec<_> = Profile::ALL
            .map(Profile::name)
            .into_iter()
            .map(|name| (name, name))
            .collect();
        let one = manifest(&names);
        let mut two = one.clone();
        two.seed += 1;
        let (city, same, other) = (
            City::new(&one).unwrap(),
            City::new(&one).unwrap(),
            City::new(&two).unwrap(),
        );
        let moment = Moment::new(
            Timestamp::EPOCH,
            Timestamp::parse("2026-03-01T21:17:03.5+07:00").unwrap(),
        );
        for index in 0..city.len() {
            let report = city.report(index, moment).unwrap();
            assert_eq!(report, same.report(index, moment).unwrap());
            assert_ne!(report, other.report(index, moment).unwrap(), "{}", city.id(index));
        }
    }
}
