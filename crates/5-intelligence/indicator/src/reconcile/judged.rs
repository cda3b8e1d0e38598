//! Levels of the present: signals and facts of the hours that are fresh enough to concern anybody.

use super::work::Fresh;
use super::{Computing, State};
use crate::decide::level::{Seen, Standing, judge};
use crate::error::IndicatorError;
use crate::fact::Told;
use crate::model::definition::Definition;
use crate::model::library::Library;
use crate::service::Span;
use crate::wire::Value;
use kernel::severity::Severity;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// An hour that ended longer ago says nothing about the present; it raises and clears nothing.
const FRESH: Duration = Duration::from_secs(3 * 3_600);

impl Computing {
    /// Judges fresh hours in their order; levels and facts are committed together. Answers how many facts were told.
    pub(super) async fn judge(
        &self,
        state: &mut State,
        library: &Library,
        definition: &Definition,
        mut fresh: Vec<Fresh>,
    ) -> Result<usize, IndicatorError> {
        let now = self.indicators.clock.now();
        fresh.retain(|fresh| matches!(fresh.span, Span::Hour(_)) && now.since(fresh.span.end()) <= FRESH);
        fresh.sort_by_key(|fresh| fresh.span.start());
        let mut newest: BTreeMap<Arc<str>, Standing> = BTreeMap::new();
        let mut facts = Vec::new();
        for Fresh { station, span, index } in &fresh {
            let entity: Arc<str> = station.entity.as_str().into();
            let edition = library.air_index(definition, span.start())?;
            let table = &edition.table;
            let Some(place) = table.bands.iter().position(|band| index.value <= band.to) else {
                continue;
            };
            if !state.standings.contains_key(&entity) {
                let stored = self.store.level(&self.actor, &definition.id, &entity).await?;
                state.standings.insert(Arc::clone(&entity), stored);
            }
            let before = newest
                .get(&entity)
                .or_else(|| state.standings.get(&entity).and_then(Option::as_ref));
            let band = &table.bands[place];
            let seen = Seen {
                indicator: &definition.id,
                entity: &entity,
                hour: span.start(),
                index: index.value,
                band: &band.code,
                severity: severity(definition, &band.code),
            };
            let Some(verdict) = judge(before, seen) else {
                continue;
            };
            if let Some(item) = Value::of_station(station, index, edition, &span.when(definition)) {
                let told = Told {
                    definition,
                    station,
                    verdict: &verdict,
                    item: &item,
                    begins: table.begins(place),
                    now,
                    tenant: self.store.tenant(),
                };
                facts.extend(told.facts());
            }
            newest.insert(entity, verdict.standing);
        }
        if newest.is_empty() {
            return Ok(0);
        }
        let (count, standings) = (facts.len(), newest.values().cloned().collect::<Vec<_>>());
        self.store.put_levels(&self.actor, &standings, facts).await?;
        for (entity, standing) in newest {
            state.standings.insert(entity, Some(standing));
        }
        metrics::counter!("hanoi_ioc_indicator_facts_total").increment(count as u64);
        Ok(count)
    }
}

fn severity(definition: &Definition, band: &str) -> Option<Severity> {
    definition.signal.as_ref()?.severity.get(band).copied()
}
