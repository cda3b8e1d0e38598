//! An index of air quality: bands with colours, breakpoints, and how means are taken.

use super::read::Source;
use crate::error::IndicatorError;
use crate::model::Pollutant;
use kernel::text::LangText;
use serde::Deserialize;
use serde_saphyr::{Location, Spanned};
use std::collections::{BTreeMap, BTreeSet};

/// The figures of an air index.
#[derive(Clone, Debug, PartialEq)]
pub struct AirIndex {
    /// UCUM unit of all breakpoints.
    pub unit: String,
    /// The bands, best first; the last one ends at the largest index.
    pub bands: Vec<Band>,
    /// Concentration and index at each step of a pollutant, in rising order.
    pub steps: BTreeMap<Pollutant, Vec<Step>>,
    /// The steps of the 8-hour mean of ozone.
    pub o3_8h: Vec<Step>,
    /// Without one of these there is no index (QĐ 1459/QĐ-TCMT, 2.1 b).
    pub needs_one_of: BTreeSet<Pollutant>,
    /// Weighted mean of the last hours.
    pub nowcast: Nowcast,
    /// Means of a day.
    pub day: DayRule,
}

/// One point of the broken line from concentration to index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Concentration, in the unit of the index.
    pub concentration: f64,
    /// Index there.
    pub index: f64,
}

/// A stretch of the index with one meaning.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Stable code, such as `xau`.
    pub code: String,
    /// Largest index in it; it begins one above the band before.
    pub to: u16,
    /// Colour.
    pub rgb: [u8; 3],
    /// What people read.
    pub title: LangText,
}

/// How the weighted mean of the last hours is taken (QĐ 1459/QĐ-TCMT, 2.2.1 a).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nowcast {
    /// For which pollutants.
    pub pollutants: BTreeSet<Pollutant>,
    /// How many hours back.
    pub hours: usize,
    /// Among so many of the newest hours ...
    pub recent: usize,
    /// ... at least so many must have a value.
    pub recent_needed: usize,
    /// Smallest factor between one hour and the one before.
    pub least_weight: f64,
}

/// How the values of a day are taken (QĐ 1459/QĐ-TCMT, 2.2.2); what is no mean is the largest hourly mean.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayRule {
    /// Pollutants of which the 24-hour mean counts.
    pub mean: BTreeSet<Pollutant>,
    /// Fewer hourly means make no day.
    pub min_hours: usize,
    /// Fewer hourly means make no 8-hour mean.
    pub min_hours_of_8: usize,
    /// Above this 8-hour mean of ozone only its hourly maximum counts.
    pub o3_8h_up_to: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    unit: String,
    index: Spanned<Vec<u16>>,
    bands: Spanned<Vec<Band>>,
    breakpoints: Spanned<Breakpoints>,
    needs_one_of: BTreeSet<Pollutant>,
    nowcast: Spanned<Nowcast>,
    day: Spanned<DayRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Breakpoints {
    pm25: Spanned<Vec<f64>>,
    pm10: Spanned<Vec<f64>>,
    o3: Spanned<Vec<f64>>,
    o3_8h: Spanned<Vec<f64>>,
    no2: Spanned<Vec<f64>>,
    so2: Spanned<Vec<f64>>,
    co: Spanned<Vec<f64>>,
}

pub(super) fn check(source: Source<'_>, written: Spanned<Written>) -> Result<AirIndex, IndicatorError> {
    let written = written.value;
    let index = &written.index;
    if index.value.len() < 2 || index.value.len() > 20 || index.value[0] != 0 || !rises(&index.value) {
        let advice = "list 2 to 20 rising whole numbers that begin with 0";
        return Err(source.wrong(
            index.referenced,
            "the index has no scale that can be walked along",
            advice,
        ));
    }
    let bands = &written.bands;
    let ends: Vec<u16> = bands.value.iter().map(|band| band.to).collect();
    let codes: BTreeSet<&str> = bands.value.iter().map(|band| band.code.as_str()).collect();
    if ends.is_empty()
        || !rises(&ends)
        || ends.last() != index.value.last()
        || codes.len() != ends.len()
        || codes.iter().any(|code| !kernel::id::is_name(code))
    {
        let advice = "give each band its own code, order them by 'to', and let the last one end with the index";
        return Err(source.wrong(bands.referenced, "the bands do not cover the index", advice));
    }
    let nowcast = &written.nowcast;
    let known = &nowcast.value;
    let sound = (1..=48).contains(&known.hours)
        && (1..=known.hours).contains(&known.recent)
        && (1..=known.recent).contains(&known.recent_needed)
        && known.least_weight > 0.0
        && known.least_weight < 1.0;
    if !sound {
        let advice =
            "hours 1 to 48, recent 1 to hours, recent_needed 1 to recent, least_weight between 0 and 1 (both excluded)";
        return Err(source.wrong(
            nowcast.referenced,
            "the Nowcast cannot be computed from these figures",
            advice,
        ));
    }
    let day = &written.day;
    if !(1..=24).contains(&day.value.min_hours)
        || !(1..=8).contains(&day.value.min_hours_of_8)
        || day.value.o3_8h_up_to.is_nan()
    {
        let advice = "min_hours 1 to 24, min_hours_of_8 1 to 8, o3_8h_up_to a concentration";
        return Err(source.wrong(
            day.referenced,
            "the values of a day cannot be taken by these figures",
            advice,
        ));
    }
    if kernel::unit::conversion("ug/m3", &written.unit).is_none() {
        let what = format!("the unit '{}'", written.unit);
        return Err(source.wrong(
            written.breakpoints.referenced,
            what,
            "write ug/m3 or mg/m3 under 'unit'",
        ));
    }
    let points = written.breakpoints.value;
    let whole = |points: Spanned<Vec<f64>>| steps(source, points, &index.value, false);
    Ok(AirIndex {
        unit: written.unit,
        steps: BTreeMap::from([
            (Pollutant::Pm25, whole(points.pm25)?),
            (Pollutant::Pm10, whole(points.pm10)?),
            (Pollutant::O3, whole(points.o3)?),
            (Pollutant::No2, whole(points.no2)?),
            (Pollutant::So2, whole(points.so2)?),
            (Pollutant::Co, whole(points.co)?),
        ]),
        o3_8h: steps(source, points.o3_8h, &index.value, true)?,
        bands: written.bands.value,
        needs_one_of: written.needs_one_of,
        nowcast: written.nowcast.value,
        day: written.day.value,
    })
}

fn rises<T: PartialOrd>(values: &[T]) -> bool {
    values.is_sorted_by(|a, b| a < b)
}

/// A row of the table against the scale; a short one is defined only as far as it goes.
fn steps(
    source: Source<'_>,
    points: Spanned<Vec<f64>>,
    index: &[u16],
    short: bool,
) -> Result<Vec<Step>, IndicatorError> {
    let at: Location = points.referenced;
    let points = points.value;
    let fits = points.len() == index.len() || (short && (2..index.len()).contains(&points.len()));
    if !fits || points.first() != Some(&0.0) || !rises(&points) {
        let what = format!("these {} breakpoints do not go with the index", points.len());
        let advice = format!("write {} rising numbers that begin with 0", index.len());
        return Err(source.wrong(at, what, advice));
    }
    let pairs = points.into_iter().zip(index);
    Ok(pairs
        .map(|(concentration, index)| Step {
            concentration,
            index: f64::from(*index),
        })
        .collect())
}

impl AirIndex {
    /// The band of an index.
    pub fn band(&self, index: u16) -> Option<&Band> {
        self.bands.iter().find(|band| index <= band.to)
    }

    /// The first index of a band, by its place among the bands.
    pub fn begins(&self, band: usize) -> u16 {
        band.checked_sub(1)
            .and_then(|before| self.bands.get(before))
            .map_or(0, |before| before.to + 1)
    }
}
