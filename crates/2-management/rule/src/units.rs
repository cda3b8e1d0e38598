//! Whether the unit of a rule fits what it selects, told from profiles before there is any device.

use crate::model::{Kind, Rule};
use kernel::id::ProfileId;
use kernel::unit::{accepted_for, conversion};
use kernel::value::ValueKind;
use std::collections::BTreeSet;

/// One value of a profile: what all series that come from it have in common.
#[derive(Clone, Copy, Debug)]
pub struct Prospect<'a> {
    /// The profile.
    pub profile: &'a ProfileId,
    /// Type of the entities.
    pub entity_type: &'a str,
    /// Attribute of the entities.
    pub attribute: &'a str,
    /// Type of the values.
    pub kind: ValueKind,
    /// Unit of the values (UCUM).
    pub unit: &'a str,
}

impl Rule {
    /// What is wrong with the rule's unit and what to do, when series that it selects could never be judged because their
    /// unit cannot be turned into the rule's. A selection by area, owner or device may mean the fitting ones among
    /// several, so it is wrong only when none fits.
    pub fn unit_mistake(&self, prospects: &[Prospect<'_>]) -> Option<String> {
        let watched: Vec<_> = prospects.iter().filter(|prospect| self.watches(prospect)).collect();
        let apart = |prospect: &&&Prospect<'_>| !self.reads(prospect.unit);
        let foreign: Vec<_> = watched.iter().filter(apart).collect();
        let select = &self.select;
        let narrowed = !(select.areas.is_empty() && select.orgs.is_empty() && select.devices.is_empty());
        if foreign.is_empty() || (narrowed && foreign.len() < watched.len()) {
            return None;
        }
        let places: BTreeSet<String> = foreign
            .iter()
            .map(|prospect| {
                format!(
                    "{} of {} is in '{}'",
                    prospect.attribute, prospect.profile, prospect.unit
                )
            })
            .collect();
        let places = places.into_iter().collect::<Vec<_>>().join(", ");
        let units: BTreeSet<&str> = foreign
            .iter()
            .flat_map(|prospect| accepted_for(prospect.unit))
            .collect();
        let units = units.into_iter().collect::<Vec<_>>().join(", ");
        let what = match self.unit.as_str() {
            "" => "the rule has no unit".to_owned(),
            unit => format!("the rule's unit '{unit}'"),
        };
        Some(format!(
            "{what} cannot be compared with what it selects: {places}; write one of {units}, or select other series"
        ))
    }

    fn watches(&self, prospect: &Prospect<'_>) -> bool {
        let Kind::Threshold(threshold) = &self.kind else {
            return false;
        };
        let select = &self.select;
        let is = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        !threshold.boolean
            && prospect.kind == ValueKind::Number
            && is(&select.attribute, prospect.attribute)
            && is(&select.entity_type, prospect.entity_type)
            && (select.profiles.is_empty() || select.profiles.contains(prospect.profile))
    }

    fn reads(&self, unit: &str) -> bool {
        unit == self.unit.as_str() || conversion(unit, self.unit.as_str()).is_some()
    }
}
