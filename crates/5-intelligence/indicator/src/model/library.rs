//! Standards and indicators of one pack that fit together.

use crate::error::IndicatorError;
use crate::model::definition::Definition;
use crate::standard::air_index::AirIndex;
use crate::standard::legal::Edition;
use crate::standard::{Body, Standard, Standards};
use kernel::time::Timestamp;

/// The name of the one indicator that is computed today.
pub const VN_AQI: &str = "vn-aqi";
/// The attributes that are computed: index and level of an hour, index of a day. The first two are those of
/// AirQualityObserved (Smart Data Models), which has none for a day.
pub const ATTRIBUTES: [&str; 3] = ["airQualityIndex", "airQualityLevel", "airQualityIndexDay"];

/// Standards and indicators of one pack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Library {
    standards: Standards,
    indicators: Vec<Definition>,
}

impl Library {
    /// Takes both; each indicator must find its standard, and its signal the bands of it.
    pub fn new(
        standards: impl IntoIterator<Item = Standard>,
        indicators: impl IntoIterator<Item = Definition>,
    ) -> Result<Self, IndicatorError> {
        let standards = Standards::new(standards)?;
        let indicators: Vec<Definition> = indicators.into_iter().collect();
        for (place, indicator) in indicators.iter().enumerate() {
            check(&standards, indicator)?;
            if indicators.iter().take(place).any(|other| other.id == indicator.id) {
                return Err(wrong(indicator, "another indicator bears the same name", "rename one"));
            }
        }
        Ok(Self { standards, indicators })
    }

    /// The standards.
    pub fn standards(&self) -> &Standards {
        &self.standards
    }

    /// The indicators, in the order of the files.
    pub fn indicators(&self) -> &[Definition] {
        &self.indicators
    }

    /// An indicator by name.
    pub fn indicator(&self, id: &str) -> Result<&Definition, IndicatorError> {
        self.indicators
            .iter()
            .find(|indicator| indicator.id == id)
            .ok_or_else(|| IndicatorError::NoIndicator(id.to_owned()))
    }

    /// The air index that an indicator follows at an instant.
    pub fn air_index(&self, indicator: &Definition, at: Timestamp) -> Result<&Edition<AirIndex>, IndicatorError> {
        let standard = self.standards.get(&indicator.standard);
        standard
            .ok_or_else(|| IndicatorError::NoIndicator(indicator.id.clone()))?
            .air_index(at)
    }
}

fn check(standards: &Standards, indicator: &Definition) -> Result<(), IndicatorError> {
    let Some(standard) = standards.get(&indicator.standard) else {
        let what = format!("there is no standard '{}'", indicator.standard);
        return Err(wrong(indicator, what, "add it to standards/, or name another"));
    };
    let Body::AirIndex(editions) = &standard.body else {
        let what = format!("the standard '{}' is no air_index", standard.id);
        return Err(wrong(indicator, what, "name one whose kind is air_index"));
    };
    let Some(signal) = &indicator.signal else {
        return Ok(());
    };
    for edition in editions {
        let bands = &edition.table.bands;
        let Some(first) = bands.iter().position(|band| band.code == signal.from) else {
            let codes: Vec<&str> = bands.iter().map(|band| band.code.as_str()).collect();
            let what = format!("signal.from '{}' is no band of {}", signal.from, edition.name);
            return Err(wrong(indicator, what, format!("write one of {}", codes.join(", "))));
        };
        if let Some(band) = bands[first..]
            .iter()
            .find(|band| !signal.severity.contains_key(&band.code))
        {
            let what = format!("signal.severity does not say how grave '{}' is", band.code);
            return Err(wrong(indicator, what, "add it, 1 to 5"));
        }
        if let Some(code) = signal
            .severity
            .keys()
            .find(|code| !bands[first..].iter().any(|band| band.code == **code))
        {
            let what = format!("signal.severity names '{code}', which is below signal.from or no band");
            return Err(wrong(indicator, what, "remove it"));
        }
    }
    Ok(())
}

fn wrong(indicator: &Definition, what: impl Into<String>, advice: impl Into<String>) -> IndicatorError {
    IndicatorError::Set {
        file: format!("indicators/{}.yaml", indicator.id),
        what: what.into(),
        advice: advice.into(),
    }
}
