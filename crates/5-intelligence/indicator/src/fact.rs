//! What this slice tells: the level of a station has changed, and signals when it is bad enough.

use crate::decide::level::Verdict;
use crate::model::Station;
use crate::model::definition::Definition;
use crate::wire;
use kernel::actor::ActorId;
use kernel::fact::Fact;
use kernel::id::{FactId, SignalId, TenantId, derived};
use kernel::signal::Signal;
use kernel::text::LangText;
use kernel::time::Timestamp;
use std::collections::BTreeMap;

/// Who says these facts.
pub const SOURCE: &str = "indicator";
/// Type of the fact that a station has moved to another band.
pub const LEVEL_CHANGED: &str = "indicator.level_changed.v1";
/// What it means, for the contract.
pub const MEANING: &str = "The index of a station has moved into another band, or was computed for the first time. Told for fresh hours only.";

/// Everything about a verdict that its facts carry.
#[derive(Debug)]
pub struct Told<'a> {
    /// The indicator.
    pub definition: &'a Definition,
    /// The station.
    pub station: &'a Station,
    /// What was decided.
    pub verdict: &'a Verdict,
    /// The value as the API shows it.
    pub item: &'a wire::Value,
    /// First index of the band.
    pub begins: u16,
    /// When it was noticed.
    pub now: Timestamp,
    /// Whose fact it is.
    pub tenant: &'a TenantId,
}

impl Told<'_> {
    /// The facts of the verdict: the signal, the change of level, both or none. Their ids follow from the cause
    /// (SEMANTICS 9).
    pub fn facts(&self) -> Vec<Fact> {
        let signal = self
            .signal()
            .map(|signal| Fact::from_signal(&signal, self.tenant, ActorId::Service(SOURCE.to_owned())));
        signal.into_iter().chain(self.moved()).collect()
    }

    fn id(&self, kind: &str) -> uuid::Uuid {
        let standing = &self.verdict.standing;
        derived(&[
            SOURCE.as_bytes(),
            kind.as_bytes(),
            standing.indicator.as_bytes(),
            &self.definition.version.to_be_bytes(),
            standing.entity.as_bytes(),
            &standing.hour.micros().to_be_bytes(),
            &standing.told.to_be_bytes(),
        ])
    }

    fn moved(&self) -> Option<Fact> {
        let before = self.verdict.moved.as_ref()?;
        let mut data = serde_json::to_value(self.item).unwrap_or_default();
        if let Some(members) = data.as_object_mut() {
            members.insert("indicator".to_owned(), self.definition.id.clone().into());
            members.insert("before".to_owned(), before.clone().into());
        }
        Some(Fact {
            specversion: "1.0".to_owned(),
            id: FactId(self.id(LEVEL_CHANGED)),
            kind: LEVEL_CHANGED.to_owned(),
            source: format!("/{SOURCE}"),
            subject: self.station.entity.clone(),
            time: self.now,
            tenant: self.tenant.clone(),
            actor: ActorId::Service(SOURCE.to_owned()),
            classification: self.station.classification,
            areas: self.station.areas.clone(),
            data,
        })
    }

    fn signal(&self) -> Option<Signal> {
        let (change, severity) = self.verdict.signal?;
        let (station, standing) = (self.station, &self.verdict.standing);
        let code = self.definition.id.replace('-', "_");
        let level = &self.item.level;
        let title = LangText::new(
            format!(
                "{}, mức {}: {}",
                self.definition.title.vi, level.title.vi, station.title.vi
            ),
            format!("{}, {}: {}", self.definition.title.en, level.title.en, station.title.en),
        );
        let params: [(&str, serde_json::Value); 6] = [
            ("value", standing.index.into()),
            ("limit", self.begins.into()),
            ("unit", "1".into()),
            ("level", level.code.clone().into()),
            ("main", self.item.main.into()),
            ("hour", standing.hour.to_string().into()),
        ];
        Some(Signal {
            id: SignalId(self.id("signal")),
            source: format!("{SOURCE}/{}", self.definition.id),
            version: self.definition.version,
            group: format!("{code}/{}", station.entity),
            code,
            change,
            severity,
            at: standing.hour,
            noticed: self.now,
            title,
            entity: station.entity.clone(),
            device: Some(station.device.clone()),
            series: None,
            org: Some(station.org.clone()),
            areas: station.areas.clone(),
            place: station.place,
            classification: station.classification,
            params: BTreeMap::from(params.map(|(name, value)| (name.to_owned(), value))),
        })
    }
}
