//! The stored form of an incident: JSON with a format version. Every older format stays readable for ever (SEMANTICS 16).

use crate::decide::join::places;
use crate::error::IncidentError;
use crate::model::Incident;
use crate::model::number::Register;
use kernel::place::Bounds;
use ports::document;
use ports::query::{Index, IndexKind, IndexValue};
use ports::records::{Collection, Document};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Incidents by id.
pub const INCIDENTS: Collection = Collection {
    name: "incident",
    indexes: &[
        // the code of the phase, and `active` beside it while the incident is not closed
        equal("state"),
        equal("severity"),
        equal("kind"),
        equal("area"),
        // the lead and everybody who is assigned
        equal("org"),
        // every linked alert, whatever the state
        equal("alert"),
        // groups of the linked alerts, while the incident is active: what joins by group
        equal("group"),
        // `kind/commune`, while the incident is active: what joins by kind and place
        equal("nearby"),
        // number, title, kind and titles of the first alerts, as people search
        Index {
            name: "words",
            kind: IndexKind::Text,
        },
        Index {
            name: "place",
            kind: IndexKind::Place,
        },
        range("opened_at"),
        range("updated_at"),
        // active before closed, then by severity, then newest: the order of every list, largest first
        range("rank"),
        range("classification"),
    ],
};

const fn equal(name: &'static str) -> Index {
    Index {
        name,
        kind: IndexKind::Equal,
    }
}

const fn range(name: &'static str) -> Index {
    Index {
        name,
        kind: IndexKind::Range,
    }
}

/// The one document of numbers given, see [`Register`].
pub const REGISTERS: Collection = Collection {
    name: "incident_register",
    indexes: &[],
};
/// Its key.
pub const REGISTER: &str = "register";

/// The format that this build writes.
pub const FORMAT: u32 = 1;

/// Titles of linked alerts that are searched.
const SEARCHED: usize = 20;

/// An incident and the version under which it is stored; 0 while it is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The incident.
    pub incident: Incident,
    /// Grows by one at each change; the ETag of the API.
    pub version: u64,
}

/// The stored form of an incident.
pub fn write(incident: &Incident) -> Result<Vec<u8>, IncidentError> {
    written(&incident.id.to_string(), incident)
}

/// The stored form of the register.
pub fn write_register(register: &Register) -> Result<Vec<u8>, IncidentError> {
    written(REGISTER, register)
}

/// Reads every format up to [`FORMAT`].
pub fn read(document: &Document) -> Result<Stored, IncidentError> {
    Ok(Stored {
        incident: read_body(document)?,
        version: document.version,
    })
}

/// Reads every format of the register, and the version it is stored under.
pub fn read_register(document: &Document) -> Result<(Register, u64), IncidentError> {
    Ok((read_body(document)?, document.version))
}

fn written<T: Serialize>(key: &str, what: &T) -> Result<Vec<u8>, IncidentError> {
    document::write(FORMAT, what).map_err(|error| unreadable(key, error))
}

fn read_body<T: DeserializeOwned>(document: &Document) -> Result<T, IncidentError> {
    document::read(document, FORMAT).map_err(|why| unreadable(&document.key, why))
}

fn unreadable(key: &str, why: impl std::fmt::Display) -> IncidentError {
    IncidentError::Unreadable {
        key: key.to_owned(),
        why: why.to_string(),
    }
}

/// What an incident says to each index.
pub fn indexes(incident: &Incident) -> Vec<(&'static str, IndexValue)> {
    let equal = |name, value: &str| (name, IndexValue::Equal(value.to_owned()));
    let mut values = vec![
        equal("state", incident.phase.code()),
        equal("severity", &incident.severity.level().to_string()),
        equal("kind", &incident.kind),
        ("words", IndexValue::Text(words(incident))),
        ("opened_at", IndexValue::Range(incident.opened_at.micros())),
        ("updated_at", IndexValue::Range(incident.updated_at.micros())),
        ("rank", IndexValue::Range(rank(incident))),
        ("classification", IndexValue::Range(incident.classification as i64)),
    ];
    values.extend(incident.areas.iter().map(|area| equal("area", area.as_str())));
    values.extend(
        incident
            .linked
            .iter()
            .map(|linked| equal("alert", &linked.alert.to_string())),
    );
    let mut orgs: Vec<&str> = incident.assigned.iter().map(|assigned| assigned.org.as_str()).collect();
    orgs.extend(incident.lead.as_ref().map(|lead| lead.as_str()));
    orgs.sort_unstable();
    orgs.dedup();
    values.extend(orgs.into_iter().map(|org| equal("org", org)));
    if incident.is_active() {
        values.push(equal("state", "active"));
        let mut groups: Vec<&str> = incident.linked.iter().map(|linked| linked.group.as_str()).collect();
        groups.sort_unstable();
        groups.dedup();
        values.extend(groups.into_iter().map(|group| equal("group", group)));
        values.extend(places(&incident.kind, &incident.areas).map(|place| equal("nearby", &place)));
    }
    values.extend(
        incident
            .place
            .map(|point| ("place", IndexValue::Place(Bounds::of(point)))),
    );
    values
}

fn words(incident: &Incident) -> String {
    let mut words = vec![incident.number.to_string(), incident.kind.clone()];
    words.extend([incident.title.vi.clone(), incident.title.en.clone()]);
    for linked in incident.linked.iter().take(SEARCHED) {
        words.extend([linked.title.vi.clone(), linked.title.en.clone()]);
    }
    words.join(" ")
}

/// Active before closed, then the gravest, then the newest: one number, so that one index orders every list.
pub fn rank(incident: &Incident) -> i64 {
    const MICROS: u32 = 53; // enough until the year 2255
    let opened = incident.opened_at.micros().clamp(0, (1 << MICROS) - 1);
    i64::from(incident.is_active()) << (MICROS + 3) | i64::from(incident.severity.level()) << MICROS | opened
}
