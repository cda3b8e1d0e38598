//! Device profiles: what a kind of device reports, under which names, in which units, within which limits.

use kernel::id::{ProfileId, is_name};
use kernel::series::Contract;
use kernel::text::LangText;
use kernel::value::ValueKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A kind of device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name.
    pub profile: ProfileId,
    /// Grows with every change.
    pub version: u32,
    /// What people call it.
    pub title: LangText,
    /// NGSI-LD type of the thing observed, such as `WaterObserved` (Smart Data Models).
    pub entity_type: String,
    /// Seconds between two reports, as promised.
    #[serde(default)]
    pub interval_s: Option<u32>,
    /// The values that it reports.
    pub bindings: Vec<Binding>,
    /// Whether its figures are our assumption and not a published interface.
    #[serde(default)]
    pub assumed: bool,
    /// Where its figures come from.
    #[serde(default)]
    pub source: Option<String>,
}

/// One value of a profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// Name in the payload.
    pub name: String,
    /// Attribute of the entity (Smart Data Models).
    pub attribute: String,
    /// UCUM unit in which it is kept.
    #[serde(default)]
    pub unit: String,
    /// Type of its values.
    pub kind: ValueKind,
    /// What people call it.
    pub title: LangText,
    /// What is promised about its values.
    #[serde(default)]
    pub contract: Contract,
}

/// What is wrong with a profile file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{file}: {what}")]
pub struct ProfileError {
    /// File, with line and column where known.
    pub file: String,
    /// What was found, what is allowed.
    pub what: String,
}

/// Most values of one profile.
pub const MAX_BINDINGS: usize = 200;

/// Reads a profile file.
pub fn parse(file: &str, text: &str) -> Result<Profile, ProfileError> {
    let profile: Profile = serde_saphyr::from_str(text).map_err(|error| ProfileError {
        file: file.to_owned(),
        what: error.to_string(),
    })?;
    check(&profile).map_err(|what| ProfileError {
        file: file.to_owned(),
        what,
    })?;
    Ok(profile)
}

fn check(profile: &Profile) -> Result<(), String> {
    if profile.bindings.is_empty() || profile.bindings.len() > MAX_BINDINGS {
        let found = profile.bindings.len();
        return Err(format!(
            "bindings: there are {found}; a profile has 1 to {MAX_BINDINGS}"
        ));
    }
    if !profile.entity_type.bytes().all(|b| b.is_ascii_alphanumeric()) || profile.entity_type.is_empty() {
        return Err(format!(
            "entity_type: '{}' must be letters and digits, such as WaterObserved",
            profile.entity_type
        ));
    }
    let mut names = BTreeSet::new();
    let mut attributes = BTreeSet::new();
    for binding in &profile.bindings {
        let name = &binding.name;
        if !is_name(name) {
            return Err(format!(
                "bindings: name '{name}' must be 1 to 64 of a-z A-Z 0-9 . _ - and begin with a letter or digit"
            ));
        }
        if !names.insert(name) {
            return Err(format!(
                "bindings: name '{name}' stands twice; each payload name is bound once"
            ));
        }
        if !attributes.insert(&binding.attribute) {
            return Err(format!(
                "bindings: attribute '{}' stands twice; each attribute is bound once",
                binding.attribute
            ));
        }
        if !is_name(&binding.attribute) {
            return Err(format!(
                "bindings: {name}: attribute '{}' must be a name of the data model, such as waterDepth",
                binding.attribute
            ));
        }
        check_contract(&binding.contract).map_err(|what| format!("bindings: {name}: {what}"))?;
        if binding.kind == ValueKind::Number && binding.unit.is_empty() {
            return Err(format!(
                "bindings: {name}: a number needs a UCUM unit; write unit: \"1\" for a pure number"
            ));
        }
    }
    Ok(())
}

fn check_contract(contract: &Contract) -> Result<(), String> {
    for (what, range) in [("possible", contract.possible), ("expected", contract.expected)] {
        if [range.min, range.max].into_iter().flatten().any(|end| !end.is_finite()) {
            return Err(format!("{what} has an end that is no number; leave an open end out"));
        }
        if let (Some(min), Some(max)) = (range.min, range.max)
            && min > max
        {
            return Err(format!("{what}.min {min} is above {what}.max {max}; swap them"));
        }
    }
    if contract.max_rate.is_some_and(|rate| !rate.is_finite() || rate <= 0.0) {
        return Err("max_rate must be above 0, per second; leave it out when any change is usual".to_owned());
    }
    if contract.interval_s == Some(0) {
        return Err("interval_s is 0; write the seconds between two observations".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "
profile: flood-gauge
version: 1
title: {vi: Trạm đo ngập, en: Flood gauge}
entity_type: WaterObserved
bindings:
  - {name: depth, attribute: waterDepth, unit: m, kind: number, title: {vi: Độ sâu, en: Depth}, contract: {possible: {min: 0, max: 10}}}
";

    #[test]
    fn a_profile_is_read() {
        let profile = parse("flood-gauge.yaml", GOOD).unwrap();
        assert_eq!(profile.bindings[0].contract.possible.max, Some(10.0));
    }

    #[test]
    fn mistakes_are_named() {
        for (from, to, says) in [
            ("unit: m", "unit: ''", "needs a UCUM unit"),
            ("min: 0, max: 10", "min: 11, max: 10", "swap them"),
            ("name: depth", "name: 'a b'", "must be 1 to 64"),
            ("min: 0, max: 10", "min: .nan", "no number"),
            ("max: 10}", "max: 10}, max_rate: 0", "max_rate must be above 0"),
            ("max: 10}", "max: 10}, interval_s: 0", "interval_s is 0"),
            ("attribute: waterDepth", "attribute: ''", "waterDepth"),
            ("kind: number", "kind: nummer", "nummer"),
            ("version: 1", "versoin: 1", "versoin"),
        ] {
            let error = parse("flood-gauge.yaml", &GOOD.replace(from, to)).unwrap_err();
            assert!(
                error.to_string().starts_with("flood-gauge.yaml") && error.what.contains(says),
                "{error}"
            );
        }
    }
}
