//! The devices of a simulation and what each of them reports at a moment.

mod build;
pub(crate) mod device;

use crate::basin::Basin;
use crate::command::{Answer, Command, Panel};
use crate::moment::Moment;
use crate::senml::Pack;
use crate::sky::Sky;
use device::Device;
use kernel::time::Timestamp;

pub use crate::senml::{Measured, Reading};

/// A simulated city. Asked twice for the same moment it answers the same, as long as nobody switches a pump.
#[derive(Debug)]
pub struct City {
    devices: Vec<Device>,
    /// For whom a device speaks, itself first; nobody when another one speaks for it.
    speaks_for: Vec<Vec<usize>>,
    scene: Scene,
    panel: Panel,
}

/// What all devices share: the weather and the black spots.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) sky: Sky,
    pub(crate) basins: Vec<Basin>,
}

impl Scene {
    /// Rain where a device stands, in mm/h.
    pub(crate) fn rain(&self, device: &Device, at: Timestamp) -> f64 {
        self.sky.rain(device.place, at)
    }

    /// Depth at the black spot of a device in metres; 0 where there is none.
    pub(crate) fn depth(&self, device: &Device, at: Timestamp) -> f64 {
        let basin = device.basin.and_then(|basin| self.basins.get(basin));
        basin.map_or(0.0, |basin| basin.depth(&self.sky, at))
    }

    /// Millimetres that stand at the black spot of a device.
    pub(crate) fn standing(&self, device: &Device, at: Timestamp) -> f64 {
        let basin = device.basin.and_then(|basin| self.basins.get(basin));
        basin.map_or(0.0, |basin| basin.standing(&self.sky, at))
    }
}

impl City {
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

    /// Place of a device by its id.
    pub fn index(&self, id: &str) -> Option<usize> {
        self.devices.iter().position(|device| device.id.as_str() == id)
    }

    /// For whom a device speaks when it connects, itself first; empty when a gateway speaks for it.
    ///
    /// # Panics
    /// If `index` is not below [`City::len`].
    pub fn speaks_for(&self, index: usize) -> &[usize] {
        &self.speaks_for[index]
    }

    /// Seconds between two reports of a device, in the time in which it lives.
    ///
    /// # Panics
    /// If `index` is not below [`City::len`].
    pub fn interval_s(&self, index: usize) -> u64 {
        self.devices[index].interval_s
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
        let seen = device.fault.seen(moment);
        let on = self.panel.is_on(index);
        let children = self.speaks_for[index].len().saturating_sub(1);
        let mut readings = device.profile.measure(device, &self.scene, seen, on, children);
        device.fault.spoil(device.noise, moment, &mut readings);
        Some(readings)
    }

    /// Lets every device look at its surroundings once.
    pub(crate) fn measure_all(&self, moment: Moment) {
        for index in 0..self.len() {
            let _ = self.measure(index, moment);
        }
    }

    /// The report of a device, and of those for whom it speaks, as SenML JSON; `None` while it has nothing to say.
    ///
    /// # Panics
    /// If `index` is not below [`City::len`].
    pub fn report(&self, index: usize, moment: Moment) -> Option<Vec<u8>> {
        let mut pack = Pack::new(4 * self.speaks_for[index].len());
        for one in &self.speaks_for[index] {
            if let Some(readings) = self.measure(*one, moment) {
                let stamp = self.devices[*one].fault.stamp(moment.at);
                pack.add(self.id(*one), stamp, &readings);
            }
        }
        (!pack.is_empty()).then(|| pack.finish())
    }

    /// Whether a device keeps its reports to itself now because it is out of reach.
    ///
    /// # Panics
    /// If `index` is not below [`City::len`].
    pub fn is_away(&self, index: usize, moment: Moment) -> bool {
        let device = &self.devices[index];
        device.fault.is_away(device.noise, moment)
    }

    /// Whether a device takes commands.
    ///
    /// # Panics
    /// If `index` is not below [`City::len`].
    pub fn takes_commands(&self, index: usize) -> bool {
        self.devices[index].profile.takes_commands()
    }

    /// A device carries out a command, or says why not. The same command twice is carried out once.
    ///
    /// # Panics
    /// If `index` is not below [`City::len`].
    pub fn obey(&self, index: usize, command: &Command, at: Timestamp) -> Answer {
        let device = &self.devices[index];
        self.panel.obey(index, command, at, |on| {
            if let Some(basin) = device.basin.and_then(|basin| self.scene.basins.get(basin)) {
                basin.switch(at, on);
            }
        })
    }

    /// A trait of a device for what surrounds it, 0 to below 1: when it begins, how it backs off.
    pub(crate) fn temper(&self, index: usize, what: &str) -> f64 {
        self.devices[index].noise.fixed(what)
    }
}
