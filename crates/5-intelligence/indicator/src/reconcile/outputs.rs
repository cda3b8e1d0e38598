//! The computed series: which there are, what they are called, and what they are made from.

use crate::error::IndicatorError;
use crate::model::Station;
use crate::model::definition::Definition;
use crate::store::ground::{Lineage, Outlet};
use kernel::classification::Classification;
use kernel::id::{DeviceId, ProfileId};
use kernel::place::Point;
use kernel::series::{Contract, Range, SeriesId, SeriesInfo};
use kernel::text::LangText;
use kernel::unit::Unit;
use kernel::value::ValueKind;
use std::collections::HashMap;
use std::sync::Arc;

/// What is computed of a station or an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Output {
    /// The index of an hour.
    Hour,
    /// Code of its band.
    Level,
    /// The index of a day.
    Day,
}

impl Output {
    const fn attribute(self) -> &'static str {
        let [hour, level, day] = crate::model::library::ATTRIBUTES;
        match self {
            Self::Hour => hour,
            Self::Level => level,
            Self::Day => day,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Level => "level",
            Self::Day => "day",
        }
    }

    const fn kind(self) -> ValueKind {
        match self {
            Self::Level => ValueKind::Text,
            Self::Hour | Self::Day => ValueKind::Number,
        }
    }
}

/// A station or an area that has values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Owner {
    /// What people call it, where it is, whose it is, how far it may travel, and the inputs.
    pub(super) station: Station,
}

impl Owner {
    /// A station itself.
    pub(super) fn station(station: &Station) -> Self {
        Self {
            station: station.clone(),
        }
    }

    /// An area with the stations inside. `None` when its code cannot name a series.
    pub(super) fn area(area: &access::area::Area, inside: &[Arc<Station>]) -> Option<Self> {
        let first = inside.first()?;
        let (before, _) = first.entity.rsplit_once(':')?;
        let name = format!("area-{}", area.code);
        let code = kernel::area::AreaCode::new(&area.code).ok()?;
        let most = inside.iter().map(|station| station.classification).max();
        Some(Self {
            station: Station {
                entity: format!("{before}:{name}"),
                device: DeviceId::new(&name).ok()?,
                title: LangText::new(&area.name, &area.name),
                org: first.org.clone(),
                areas: vec![code],
                place: Point::new(area.lon, area.lat),
                classification: most.unwrap_or(Classification::Internal),
                inputs: inside.iter().flat_map(|station| station.inputs.clone()).collect(),
            },
        })
    }

    fn info(&self, output: Output, definition: &Definition) -> Result<SeriesInfo, IndicatorError> {
        let Station {
            entity,
            device,
            title,
            org,
            areas,
            place,
            classification,
            ..
        } = self.station.clone();
        let profile = ProfileId::new(&definition.id).map_err(|error| IndicatorError::Refused(error.to_string()))?;
        let possible = Range {
            min: Some(0.0),
            max: None,
        };
        Ok(SeriesInfo {
            id: SeriesId(0),
            entity: entity.into(),
            attribute: output.attribute().into(),
            device,
            name: format!("{}.{}", definition.id, output.name()).into(),
            unit: match output.kind() {
                ValueKind::Number => Unit::new("1"),
                _ => Unit::none(),
            },
            kind: output.kind(),
            // no interval: that the station is silent is said by its own series
            contract: Contract {
                possible,
                ..Contract::default()
            },
            profile,
            org,
            areas,
            place,
            title,
            classification,
        })
    }

    fn lineage(&self, definition: &Definition) -> Lineage {
        let mut inputs: Vec<SeriesId> = self.station.inputs.iter().map(|input| input.series).collect();
        inputs.sort_unstable();
        inputs.dedup();
        Lineage {
            by: format!("{}/{}", crate::fact::SOURCE, definition.id),
            version: definition.version,
            inputs,
        }
    }
}

/// Numbers of the computed series that were asked for already.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    known: HashMap<(String, Output), Known>,
}

#[derive(Debug)]
struct Known {
    owner: Owner,
    version: u32,
    series: SeriesId,
}

impl Outputs {
    /// The number of a computed series, if it was made ready.
    pub(super) fn get(&self, owner: &Owner, output: Output) -> Option<SeriesId> {
        let known = self.known.get(&(owner.station.entity.clone(), output))?;
        Some(known.series)
    }

    /// Makes computed series ready, and brings those up to date whose station has changed.
    pub(super) async fn ready(
        &mut self,
        outlet: &dyn Outlet,
        definition: &Definition,
        wanted: impl IntoIterator<Item = (&Owner, Output)>,
    ) -> Result<(), IndicatorError> {
        let mut missing: Vec<(&Owner, Output)> = wanted
            .into_iter()
            .filter(|(owner, output)| {
                let known = self.known.get(&(owner.station.entity.clone(), *output));
                known.is_none_or(|known| known.owner != **owner || known.version != definition.version)
            })
            .collect();
        missing.sort_by(|a, b| (&a.0.station.entity, a.1).cmp(&(&b.0.station.entity, b.1)));
        missing.dedup_by(|a, b| (&a.0.station.entity, a.1) == (&b.0.station.entity, b.1));
        if missing.is_empty() {
            return Ok(());
        }
        let asked = missing
            .iter()
            .map(|(owner, output)| Ok((owner.info(*output, definition)?, owner.lineage(definition))))
            .collect::<Result<Vec<_>, IndicatorError>>()?;
        let made = outlet.series(asked).await?;
        if made.len() != missing.len() {
            return Err(IndicatorError::Refused(format!(
                "{} computed series were asked for and {} came",
                missing.len(),
                made.len()
            )));
        }
        for ((owner, output), info) in missing.into_iter().zip(made) {
            let known = Known {
                owner: owner.clone(),
                version: definition.version,
                series: info.id,
            };
            self.known.insert((owner.station.entity.clone(), output), known);
        }
        Ok(())
    }
}
