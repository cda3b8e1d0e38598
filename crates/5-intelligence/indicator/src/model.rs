//! The nouns of this slice: pollutants, hours, hourly means, an index with its parts. Pure data.

pub mod definition;
pub mod library;

use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{DeviceId, OrgId};
use kernel::place::Point;
use kernel::series::SeriesId;
use kernel::text::LangText;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the air index is made of (QĐ 1459/QĐ-TCMT, 2.1 b). The code is also the attribute of Smart Data Models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pollutant {
    /// Particles up to 2.5 µm.
    Pm25,
    /// Particles up to 10 µm.
    Pm10,
    /// Ozone.
    O3,
    /// Nitrogen dioxide.
    No2,
    /// Sulphur dioxide.
    So2,
    /// Carbon monoxide.
    Co,
}

impl Pollutant {
    /// All of them; the first wins when two are equally bad.
    pub const ALL: [Self; 6] = [Self::Pm25, Self::Pm10, Self::O3, Self::No2, Self::So2, Self::Co];

    /// Its code, which is also the name of the attribute.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pm25 => "pm25",
            Self::Pm10 => "pm10",
            Self::O3 => "o3",
            Self::No2 => "no2",
            Self::So2 => "so2",
            Self::Co => "co",
        }
    }

    /// The pollutant of an attribute.
    pub fn of(attribute: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pollutant| pollutant.code() == attribute)
    }
}

const HOUR: i64 = 3_600_000_000;

/// A whole hour in UTC, by its number since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(i64);

impl Hour {
    /// The hour that holds an instant.
    pub const fn of(at: Timestamp) -> Self {
        Self(at.micros().div_euclid(HOUR))
    }
    /// Its first instant.
    pub const fn start(self) -> Timestamp {
        Timestamp::from_micros(self.0.saturating_mul(HOUR))
    }
    /// The first instant after it.
    pub const fn end(self) -> Timestamp {
        self.plus(1).start()
    }
    /// So many hours later; earlier when negative.
    pub const fn plus(self, hours: i64) -> Self {
        Self(self.0.saturating_add(hours))
    }
    /// So many hours from `self` up to `end`, which is excluded.
    pub fn until(self, end: Self) -> impl Iterator<Item = Self> {
        (self.0..end.0).map(Self)
    }
}

/// The mean of the usable values of one hour of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HourMean {
    /// Which series.
    pub series: SeriesId,
    /// Which hour; values with `start <= time < end` belong to it.
    pub hour: Hour,
    /// Arithmetic mean, in the unit of the series.
    pub mean: f64,
    /// Of how many values.
    pub count: u32,
}

/// Hourly means of one station, in the unit of the index; an hour without usable values is absent.
pub type Means = BTreeMap<Pollutant, BTreeMap<Hour, f64>>;

/// What one pollutant contributes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// The concentration that counted: hourly mean, Nowcast, largest hourly or 8-hour mean, 24-hour mean.
    pub concentration: f64,
    /// The index of the pollutant, before rounding.
    pub exact: f64,
}

impl Part {
    /// The index of the pollutant as it is shown.
    pub fn index(&self) -> u16 {
        round(self.exact)
    }
}

/// Half goes up, as in "làm tròn thành số nguyên" (QĐ 1459/QĐ-TCMT, 2.2.1 c).
pub(crate) fn round(exact: f64) -> u16 {
    exact.round().clamp(0.0, f64::from(u16::MAX)) as u16
}

/// An index with its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// The largest of the parts, rounded.
    pub value: u16,
    /// The pollutant that gave it.
    pub main: Pollutant,
    /// All parts.
    pub parts: BTreeMap<Pollutant, Part>,
}

/// One series that a station contributes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Input {
    /// Which series.
    pub series: SeriesId,
    /// What it measures.
    pub pollutant: Pollutant,
    /// Into the unit of the index: times this.
    pub factor: f64,
    /// Then plus this.
    pub offset: f64,
}

/// A place where pollutants are measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Station {
    /// NGSI-LD id.
    pub entity: String,
    /// The device that reports.
    pub device: DeviceId,
    /// What people call it.
    pub title: LangText,
    /// Owner.
    pub org: OrgId,
    /// Most specific areas.
    pub areas: Vec<AreaCode>,
    /// Where.
    pub place: Option<Point>,
    /// The highest of its inputs (SEMANTICS 26).
    pub classification: Classification,
    /// What it contributes, by pollutant.
    pub inputs: Vec<Input>,
}

/// Over which time an index is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// One hour.
    Hour,
    /// One local day.
    Day,
}
