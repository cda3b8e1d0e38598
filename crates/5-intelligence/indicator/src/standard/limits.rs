//! Limits of single parameters, such as the national technical regulations on air and water.

use super::legal::{Day, day, within};
use super::read::Source;
use crate::error::IndicatorError;
use serde::Deserialize;
use serde_saphyr::Spanned;

/// The known cells of a table of limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// In the order of the file.
    pub values: Vec<LimitValue>,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitValue {
    /// What is measured, such as `pm25`.
    pub parameter: String,
    /// Over which time the mean is taken; absent for single samples.
    pub period: Option<Period>,
    /// Class of the thing, such as `A` of a river; absent when there are none.
    pub class: Option<String>,
    /// UCUM unit.
    pub unit: String,
    /// What is allowed, or for a class, what belongs to it.
    pub bound: Bound,
    from: Option<Day>,
    to: Option<Day>,
}

/// Over which time a mean is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Period {
    /// One hour.
    #[serde(rename = "PT1H")]
    Hour,
    /// Eight hours.
    #[serde(rename = "PT8H")]
    EightHours,
    /// 24 hours.
    #[serde(rename = "P1D")]
    Day,
    /// A year.
    #[serde(rename = "P1Y")]
    Year,
}

/// Which values fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// The limit or less.
    AtMost(f64),
    /// The limit or more.
    AtLeast(f64),
    /// More than the limit.
    Above(f64),
    /// Both ends included.
    Between(f64, f64),
    /// Below the first or above the second.
    Outside(f64, f64),
}

impl Bound {
    /// Whether a value fits.
    pub fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
            Self::Above(limit) => value > limit,
            Self::Between(low, high) => (low..=high).contains(&value),
            Self::Outside(low, high) => value < low || value > high,
        }
    }
}

impl Limits {
    /// The cell of a parameter that counts on a day; `None` when it is not known.
    pub fn value(&self, parameter: &str, period: Option<Period>, class: Option<&str>, day: Day) -> Option<&LimitValue> {
        self.values.iter().find(|value| {
            value.parameter == parameter
                && value.period == period
                && value.class.as_deref() == class
                && within(value.from, value.to, day)
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    values: Spanned<Vec<Spanned<WrittenValue>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenValue {
    parameter: String,
    #[serde(default)]
    period: Option<Period>,
    #[serde(default)]
    class: Option<String>,
    unit: String,
    #[serde(default)]
    at_most: Option<f64>,
    #[serde(default)]
    at_least: Option<f64>,
    #[serde(default)]
    above: Option<f64>,
    #[serde(default)]
    between: Option<[f64; 2]>,
    #[serde(default)]
    outside: Option<[f64; 2]>,
    #[serde(default)]
    from: Option<Spanned<String>>,
    #[serde(default)]
    to: Option<Spanned<String>>,
}

pub(super) fn check(source: Source<'_>, written: Spanned<Written>) -> Result<Limits, IndicatorError> {
    let list = written.value.values;
    if list.value.is_empty() {
        return Err(source.wrong(
            list.referenced,
            "the table is empty",
            "list the known cells, or leave the edition out",
        ));
    }
    let mut values: Vec<LimitValue> = Vec::new();
    for written in list.value {
        let at = written.referenced;
        let value = one(source, written)?;
        let same = |known: &&LimitValue| {
            known.parameter == value.parameter && known.period == value.period && known.class == value.class
        };
        let overlaps = |known: &&LimitValue| {
            let before =
                |end: Option<Day>, start: Option<Day>| matches!((end, start), (Some(end), Some(start)) if end < start);
            !before(known.to, value.from) && !before(value.to, known.from)
        };
        if values.iter().filter(same).any(|known| overlaps(&known)) {
            let what = format!("'{}' has two limits for the same days", value.parameter);
            return Err(source.wrong(at, what, "keep one, or give them 'from' and 'to' that do not touch"));
        }
        values.push(value);
    }
    Ok(Limits { values })
}

fn one(source: Source<'_>, written: Spanned<WrittenValue>) -> Result<LimitValue, IndicatorError> {
    let at = written.referenced;
    let value = written.value;
    if !kernel::id::is_name(&value.parameter) || value.unit.is_empty() {
        let advice = "write a short name such as pm25 and a UCUM unit such as ug/m3";
        return Err(source.wrong(at, "the cell does not say what is measured in which unit", advice));
    }
    let given = [
        value.at_most.map(Bound::AtMost),
        value.at_least.map(Bound::AtLeast),
        value.above.map(Bound::Above),
        value.between.map(|[low, high]| Bound::Between(low, high)),
        value.outside.map(|[low, high]| Bound::Outside(low, high)),
    ];
    let mut given = given.into_iter().flatten();
    let (Some(bound), None) = (given.next(), given.next()) else {
        let advice = "give exactly one of at_most, at_least, above (a number), between, outside (two numbers)";
        return Err(source.wrong(at, "this cell has no limit, or several", advice));
    };
    let sound = match bound {
        Bound::AtMost(limit) | Bound::AtLeast(limit) | Bound::Above(limit) => limit.is_finite(),
        Bound::Between(low, high) | Bound::Outside(low, high) => low.is_finite() && high.is_finite() && low <= high,
    };
    if !sound {
        return Err(source.wrong(
            at,
            "the limit is no number, or its ends are swapped",
            "write finite numbers, the smaller one first",
        ));
    }
    Ok(LimitValue {
        parameter: value.parameter,
        period: value.period,
        class: value.class,
        unit: value.unit,
        bound,
        from: day(source, value.from)?,
        to: day(source, value.to)?,
    })
}
