//! The profiles that can be played; each file below says how one kind of device behaves.

mod air_station;
mod ambulance;
mod battery;
mod flood_gauge;
mod gateway;
mod power_meter;
mod pump;
mod rain_gauge;
mod river_stage;
mod street_light;
mod traffic_counter;

use crate::city::Scene;
use crate::city::device::Device;
use crate::moment::Moment;
use crate::senml::Reading;

/// A kind of device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    AirStation,
    Ambulance,
    FloodGauge,
    Gateway,
    PowerMeter,
    Pump,
    RainGauge,
    RiverStage,
    StreetLight,
    TrafficCounter,
}

impl Profile {
    pub(crate) const ALL: [Self; 10] = [
        Self::AirStation,
        Self::Ambulance,
        Self::FloodGauge,
        Self::Gateway,
        Self::PowerMeter,
        Self::Pump,
        Self::RainGauge,
        Self::RiverStage,
        Self::StreetLight,
        Self::TrafficCounter,
    ];

    /// The name in the pack.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AirStation => "air-station",
            Self::Ambulance => "ambulance",
            Self::FloodGauge => "flood-gauge",
            Self::Gateway => "gateway",
            Self::PowerMeter => "power-meter",
            Self::Pump => "pump",
            Self::RainGauge => "rain-gauge",
            Self::RiverStage => "river-stage",
            Self::StreetLight => "street-light",
            Self::TrafficCounter => "traffic-counter",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }

    /// Whether the water of a black spot nearby concerns it.
    pub(crate) fn stands_at_water(self) -> bool {
        matches!(self, Self::Pump | Self::TrafficCounter)
    }

    /// Whether it can be told to do something.
    pub(crate) fn takes_commands(self) -> bool {
        self == Self::Pump
    }

    /// What a device of this kind measures in its surroundings; `on` is its switch, `children` those that it speaks for.
    pub(crate) fn measure(
        self,
        device: &Device,
        scene: &Scene,
        moment: Moment,
        on: bool,
        children: usize,
    ) -> Vec<Reading> {
        match self {
            Self::AirStation => air_station::measure(device, scene, moment),
            Self::Ambulance => ambulance::measure(device, moment),
            Self::FloodGauge => flood_gauge::measure(device, scene, moment),
            Self::Gateway => gateway::measure(device, moment, children),
            Self::PowerMeter => power_meter::measure(device, moment),
            Self::Pump => pump::measure(device, scene, moment, on),
            Self::RainGauge => rain_gauge::measure(device, scene, moment),
            Self::RiverStage => river_stage::measure(device, scene, moment),
            Self::StreetLight => street_light::measure(device, moment),
            Self::TrafficCounter => traffic_counter::measure(device, scene, moment),
        }
    }
}
