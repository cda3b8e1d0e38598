//! Records and facts as tables of SQL: what each slice's own service lets the actor see, read at the moment of the question.

use async_trait::async_trait;
use history::query::tables::{Cell, CellKind, Described, DescribedColumn, Tables};
use kernel::actor::Actor;
use kernel::error::{Classified, ErrorKind};
use kernel::place::Point;
use kernel::text::LangText;
use observation::service::Observations;
use ports::error::PortError;
use ports::journal::Journal;
use serde::Deserialize;
use std::collections::VecDeque;
use std::fmt::Display;
use std::sync::{Arc, LazyLock};

#[derive(Deserialize)]
struct Words {
    table: Vec<TableWords>,
}

#[derive(Deserialize)]
struct TableWords {
    name: String,
    vi: String,
    en: String,
    columns: Vec<(String, String, String, String)>,
}

static TABLES: LazyLock<Vec<TableWords>> = LazyLock::new(|| {
    let words: Result<Words, _> = toml::from_str(include_str!("../../resources/sql_tables.toml"));
    words.map(|words| words.table).unwrap_or_default()
});

/// Records are read in pages of this size.
const PAGE: usize = 1_000;

/// Devices, alerts, incidents and facts.
#[derive(Debug)]
pub(crate) struct RecordTables {
    pub(crate) devices: device::service::Devices,
    pub(crate) alerts: alert::service::Alerts,
    pub(crate) incidents: incident::service::Incidents,
    pub(crate) observations: Observations,
    pub(crate) journal: Arc<dyn Journal>,
}

#[async_trait]
impl Tables for RecordTables {
    fn describe(&self) -> Vec<Described> {
        TABLES.iter().map(described).collect()
    }

    async fn rows(&self, actor: &Actor, table: &str, limit: usize) -> Result<Vec<Vec<Cell>>, PortError> {
        match table {
            "devices" => self.devices(actor, limit).await,
            "alerts" => self.alerts(actor, limit).await,
            "incidents" => self.incidents(actor, limit).await,
            "facts" => self.facts(actor, limit).await,
            other => Err(PortError::Misuse(format!("there is no table {other}"))),
        }
    }
}

impl RecordTables {
    async fn devices(&self, actor: &Actor, limit: usize) -> Result<Vec<Vec<Cell>>, PortError> {
        let (mut rows, mut after) = (Vec::new(), None);
        let filter = device::service::Filter::default();
        loop {
            let page = self.devices.list(actor, &filter, after, PAGE).await.map_err(failed)?;
            rows.extend(page.0.iter().map(|device| {
                let contact = self.observations.last_contact(device.id.as_str());
                vec![
                    text(&device.id),
                    text(&device.title.vi),
                    text(&device.title.en),
                    text(&device.profile),
                    text(&device.org),
                    list(&device.areas),
                    word(&device.state),
                    longitude(device.place),
                    latitude(device.place),
                    contact.map_or(Cell::Absent, Cell::Time),
                ]
            }));
            after = page.1;
            if after.is_none() || rows.len() >= limit {
                return Ok(rows);
            }
        }
    }

    async fn alerts(&self, actor: &Actor, limit: usize) -> Result<Vec<Vec<Cell>>, PortError> {
        let (mut rows, mut after) = (Vec::new(), None);
        let filter = alert::store::Filter::default();
        loop {
            let page = self.alerts.list(actor, &filter, after, PAGE).await.map_err(failed)?;
            rows.extend(page.0.iter().map(|stored| {
                let alert = &stored.alert;
                vec![
                    text(&alert.id),
                    text(&alert.face.code),
                    text(&alert.face.title.vi),
                    text(&alert.face.title.en),
                    Cell::Integer(i64::from(alert.severity.level())),
                    text(&alert.phase.code()),
                    alert.face.device.as_ref().map_or(Cell::Absent, text),
                    list(&alert.areas),
                    Cell::Time(alert.raised_at),
                    Cell::Time(alert.updated_at),
                    Cell::Integer(i64::try_from(alert.signals).unwrap_or(i64::MAX)),
                    Cell::Integer(i64::from(alert.raises)),
                ]
            }));
            after = page.1;
            if after.is_none() || rows.len() >= limit {
                return Ok(rows);
            }
        }
    }

    async fn incidents(&self, actor: &Actor, limit: usize) -> Result<Vec<Vec<Cell>>, PortError> {
        let (mut rows, mut after) = (Vec::new(), None);
        let filter = incident::store::Filter::default();
        loop {
            let page = self.incidents.list(actor, &filter, after, PAGE).await.map_err(failed)?;
            rows.extend(page.0.iter().map(|stored| {
                let incident = &stored.incident;
                vec![
                    text(&incident.id),
                    text(&incident.number),
                    text(&incident.title.vi),
                    text(&incident.title.en),
                    text(&incident.kind),
                    Cell::Integer(i64::from(incident.severity.level())),
                    text(&incident.phase.code()),
                    list(&incident.areas),
                    incident.lead.as_ref().map_or(Cell::Absent, text),
                    Cell::Integer(incident.linked.len() as i64),
                    Cell::Time(incident.opened_at),
                    Cell::Time(incident.updated_at),
                ]
            }));
            after = page.1;
            if after.is_none() || rows.len() >= limit {
                return Ok(rows);
            }
        }
    }

    /// The newest ones, within scope; the journal is read from as many entries before its end.
    async fn facts(&self, actor: &Actor, limit: usize) -> Result<Vec<Vec<Cell>>, PortError> {
        let head = *self.journal.head().borrow();
        let mut after = head.saturating_sub(limit as u64);
        let mut rows: VecDeque<Vec<Cell>> = VecDeque::new();
        loop {
            let entries = self.journal.read(after, &[], PAGE).await?;
            let Some(last) = entries.last() else { break };
            after = last.number;
            for entry in &entries {
                let fact = &entry.fact;
                let may = policy::action::reading(&fact.kind);
                let may = may.is_some_and(|read| policy::compiled::permits(actor, read));
                if !may || !actor.scope.sees(&fact.areas, fact.classification) {
                    continue;
                }
                rows.push_front(vec![
                    Cell::Integer(i64::try_from(entry.number).unwrap_or(i64::MAX)),
                    text(&fact.id),
                    text(&fact.kind),
                    text(&fact.source),
                    text(&fact.subject),
                    Cell::Time(fact.time),
                    text(&fact.actor),
                    list(&fact.areas),
                    text(&fact.data),
                ]);
            }
            if entries.len() < PAGE || after >= head {
                break;
            }
        }
        rows.truncate(limit);
        Ok(rows.into())
    }
}

fn described(words: &'static TableWords) -> Described {
    let columns = words.columns.iter().map(|(name, kind, vi, en)| {
        let kind = match kind.as_str() {
            "integer" => CellKind::Integer,
            "number" => CellKind::Number,
            "boolean" => CellKind::Boolean,
            "time" => CellKind::Time,
            _ => CellKind::Text,
        };
        DescribedColumn::new(name, kind, vi, en)
    });
    Described {
        name: &words.name,
        title: LangText::new(&words.vi, &words.en),
        columns: columns.collect(),
    }
}

/// What a slice says, as the port's error.
fn failed<E: Classified>(error: E) -> PortError {
    match error.kind() {
        ErrorKind::Corrupt => PortError::Corrupt(error.to_string()),
        _ => PortError::Unavailable(error.to_string()),
    }
}

fn text(value: &(impl Display + ?Sized)) -> Cell {
    Cell::Text(value.to_string())
}

fn word(value: &impl serde::Serialize) -> Cell {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Cell::Text(word),
        _ => Cell::Absent,
    }
}

fn list(values: &[impl Display]) -> Cell {
    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
    Cell::Text(values.join(" "))
}

fn longitude(place: Option<Point>) -> Cell {
    place.map_or(Cell::Absent, |place| Cell::Number(place.lon))
}

fn latitude(place: Option<Point>) -> Cell {
    place.map_or(Cell::Absent, |place| Cell::Number(place.lat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_columns_and_words_in_both_languages() {
        assert_eq!(TABLES.len(), 4);
        for words in TABLES.iter() {
            let described = described(words);
            assert!(described.columns.len() >= 9, "{}", described.name);
            assert!(!described.title.vi.is_empty() && !described.title.en.is_empty());
            for column in described.columns {
                assert!(
                    !column.title.vi.is_empty() && !column.title.en.is_empty(),
                    "{}",
                    column.name
                );
            }
        }
    }
}
