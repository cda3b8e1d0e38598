//! Where it rains and how hard: one field over the whole city, from which water, traffic and air follow.
//!
//! **Invariant:** rain is a function of seed, place and instant alone. Without a storm, showers never exceed
//! [`STRONGEST`], which the drains of the city take away.

mod shower;

use crate::noise::Noise;
use crate::place::Place;
use crate::storm::{Playing, Storm};
use kernel::time::Timestamp;

/// The strongest shower of an ordinary day in mm/h.
pub(crate) const STRONGEST: f64 = 34.0;

/// The weather.
#[derive(Debug)]
pub(crate) struct Sky {
    chance: Noise,
    storm: Option<Playing>,
}

impl Sky {
    /// Ordinary weather of a seed, or a storm.
    pub(crate) fn new(seed: u64, storm: Option<&Storm>) -> Self {
        let chance = Noise::new(seed, "sky");
        Self {
            chance,
            storm: storm.map(|storm| Playing::new(storm, chance)),
        }
    }

    /// Rain rate in mm/h.
    pub(crate) fn rain(&self, place: Place, at: Timestamp) -> f64 {
        match &self.storm {
            Some(storm) => storm.rain(self.chance, place, at),
            None => shower::rain(self.chance, place, at.micros()),
        }
    }

    /// When the first rain of a storm can fall; there was none before.
    pub(crate) fn dry_until(&self) -> Option<Timestamp> {
        self.storm.as_ref().map(Playing::from)
    }

    /// Rain of the last hours, the last ones counting most (mm/h times a weight that sums up to about ten).
    pub(crate) fn wetness(&self, place: Place, at: Timestamp) -> f64 {
        let step = |lag: i64| Timestamp::from_micros(at.micros().saturating_sub(lag * 600_000_000));
        (0..18)
            .map(|lag| self.rain(place, step(lag)) * (-(lag as f64) / 9.0).exp())
            .sum::<f64>()
    }
}
