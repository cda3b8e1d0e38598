//! Alarm levels I, II and III of river gauges.

use super::read::Source;
use crate::error::IndicatorError;
use serde::Deserialize;
use serde_saphyr::Spanned;

/// The known alarm levels.
#[derive(Clone, Debug, PartialEq)]
pub struct Stages {
    /// UCUM unit of all levels.
    pub unit: String,
    /// The gauges.
    pub stations: Vec<Station>,
}

/// A gauge; a level that is not known is absent.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Station {
    /// Short name.
    pub code: String,
    /// River; empty when the source does not name it.
    pub river: String,
    /// Place of the gauge.
    pub place: String,
    /// Level I.
    #[serde(default)]
    pub i: Option<f64>,
    /// Level II.
    #[serde(default)]
    pub ii: Option<f64>,
    /// Level III.
    #[serde(default)]
    pub iii: Option<f64>,
    /// Whether these figures are less certain than the edition.
    #[serde(default)]
    pub assumed: bool,
}

impl Stages {
    /// A gauge by its short name.
    pub fn station(&self, code: &str) -> Option<&Station> {
        self.stations.iter().find(|station| station.code == code)
    }
}

impl Station {
    /// The highest alarm level that the water has reached, 1 to 3; 0 below all that are known.
    pub fn level(&self, water: f64) -> u8 {
        let reached = |limit: Option<f64>| limit.is_some_and(|limit| water >= limit);
        match (reached(self.iii), reached(self.ii), reached(self.i)) {
            (true, ..) => 3,
            (_, true, _) => 2,
            (_, _, true) => 1,
            _ => 0,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    unit: String,
    stations: Spanned<Vec<Spanned<Station>>>,
}

pub(super) fn check(source: Source<'_>, written: Spanned<Written>) -> Result<Stages, IndicatorError> {
    let Written { unit, stations } = written.value;
    let mut known: Vec<Station> = Vec::new();
    for station in stations.value {
        let at = station.referenced;
        let station = station.value;
        let levels: Vec<f64> = [station.i, station.ii, station.iii].into_iter().flatten().collect();
        let sound = !levels.is_empty() && levels.iter().all(|level| level.is_finite());
        if !sound || !levels.is_sorted_by(|low, high| low < high) {
            let what = format!("the levels of '{}' do not rise", station.code);
            return Err(source.wrong(at, what, "write i < ii < iii; leave out a level that is not known"));
        }
        if !kernel::id::is_name(&station.code) || known.iter().any(|other| other.code == station.code) {
            let what = format!("the code '{}'", station.code);
            return Err(source.wrong(
                at,
                what,
                "give each station a short name of its own, such as hong-ha-noi",
            ));
        }
        known.push(station);
    }
    if known.is_empty() || unit.is_empty() {
        return Err(source.wrong(
            stations.referenced,
            "no station is listed, or no unit",
            "list the known ones, in metres",
        ));
    }
    Ok(Stages { unit, stations: known })
}
