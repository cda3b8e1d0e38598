//! The profiles that can be played; each file below says how one kind of device behaves.

mod air_station;
mod battery;
mod flood_gauge;
mod power_meter;
mod rain_gauge;
mod river_stage;
mod street_light;
mod traffic_counter;

use crate::city::Device;
use crate::moment::Moment;
use crate::noise::Noise;
use crate::senml::Reading;

/// A kind of device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    AirStation,
    FloodGauge,
    PowerMeter,
    RainGauge,
    RiverStage,
    StreetLight,
    TrafficCounter,
}

impl Profile {
    pub(crate) const ALL: [Self; 7] = [
        Self::AirStation,
        Self::FloodGauge,
        Self::PowerMeter,
        Self::RainGauge,
        Self::RiverStage,
        Self::StreetLight,
        Self::TrafficCounter,
    ];

    /// The name in the pack.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AirStation => "air-station",
            Self::FloodGauge => "flood-gauge",
            Self::PowerMeter => "power-meter",
            Self::RainGauge => "rain-gauge",
            Self::RiverStage => "river-stage",
            Self::StreetLight => "street-light",
            Self::TrafficCounter => "traffic-counter",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }

    /// What a device of this kind measures; `sky` is the weather of the city.
    pub(crate) fn measure(self, device: &Device, sky: Noise, moment: Moment) -> Vec<Reading> {
        match self {
            Self::AirStation => air_station::measure(device, moment),
            Self::FloodGauge => flood_gauge::measure(device, moment),
            Self::PowerMeter => power_meter::measure(device, moment),
            Self::RainGauge => rain_gauge::measure(device, sky, moment),
            Self::RiverStage => river_stage::measure(device, moment),
            Self::StreetLight => street_light::measure(device, moment),
            Self::TrafficCounter => traffic_counter::measure(device, moment),
        }
    }
}
