//! How an incident begins: by a grave alert, from alerts that a person chose, or by hand.

use super::hear::{Heard, deed_of};
use super::{Deed, MAX_AREAS, MAX_AT_ONCE, check_count, tell, words};
use crate::error::IncidentError;
use crate::fact::{Happened, Kind, SOURCE};
use crate::model::number::Number;
use crate::model::timeline::Act;
use crate::model::{Incident, Linked, Phase, Seen, Witness};
use kernel::actor::ActorId;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{IncidentId, OrgId, derived};
use kernel::place::Point;
use kernel::severity::Severity;
use kernel::text::LangText;
use uuid::Uuid;

/// Longest title in one language, in characters.
pub const MAX_TITLE: usize = 300;
/// Version of these rules; a part of every derived id (SEMANTICS 9). Raise it when the same facts shall mean something else
/// than before.
pub(super) const RULES: &[u8] = b"1";

/// What a person opens. What is left out is taken from the gravest of the alerts.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    /// What it is about.
    pub title: Option<LangText>,
    /// What kind of thing.
    pub kind: Option<String>,
    /// How grave.
    pub severity: Option<Severity>,
    /// Areas beside those of the alerts.
    pub areas: Vec<AreaCode>,
    /// Where.
    pub place: Option<Point>,
    /// In own words.
    pub text: Option<String>,
    /// The alerts that it is opened from.
    pub alerts: Vec<Seen>,
    /// In whose register it is numbered.
    pub register: OrgId,
}

/// Opens by hand. The number is given before, and counts only when all of it is committed.
pub fn by_hand(
    opening: Opening,
    number: Number,
    id: IncidentId,
    deed: Deed,
) -> Result<(Incident, Happened), IncidentError> {
    check_count("alerts", opening.alerts.len(), MAX_AT_ONCE)?;
    check_count("areas", opening.areas.len(), MAX_AREAS)?;
    let gravest = opening.alerts.iter().max_by_key(|seen| seen.severity).cloned();
    let missing = |field, example| IncidentError::Invalid {
        field,
        what: format!("is missing; write {example}, or name alerts to take it from"),
    };
    let title = match (opening.title, &gravest) {
        (Some(title), _) => check_title(title)?,
        (None, Some(seen)) => seen.title.clone(),
        (None, None) => return Err(missing("title", "what it is about")),
    };
    let kind = match (opening.kind, &gravest) {
        (Some(kind), _) => check_kind(kind)?,
        (None, Some(seen)) => seen.code.clone(),
        (None, None) => return Err(missing("kind", "a code such as flood_depth")),
    };
    let severity = opening.severity.or(gravest.as_ref().map(|seen| seen.severity));
    let severity = severity.ok_or_else(|| missing("severity", "1, 2, 3, 4 or 5"))?;
    let text = words("text", opening.text.as_deref())?;
    let blank = Blank {
        id,
        number,
        title,
        kind,
        severity,
        areas: opening.areas,
        place: opening.place,
        entity: gravest.map(|seen| seen.entity),
    };
    let mut incident = blank.begin(&deed);
    for seen in &opening.alerts {
        take(&mut incident, seen, 0, &deed);
    }
    let alerts = u32::try_from(incident.linked.len()).unwrap_or(u32::MAX);
    let act = Act::Opened { severity, alerts, text };
    let happened = tell(&mut incident, deed, act);
    Ok((incident, happened))
}

/// Its id follows from the fact that opens it, so that the same fact can never open two.
pub(super) fn id_of(heard: &Heard) -> IncidentId {
    IncidentId(derived(&[SOURCE.as_bytes(), RULES, heard.fact.as_bytes()]))
}

/// Opens by a grave alert.
pub(super) fn by_alert(heard: &Heard, number: Number) -> (Incident, Happened) {
    let (seen, deed) = (&heard.seen, deed_of(heard, Kind::Opened));
    let blank = Blank {
        id: id_of(heard),
        number,
        title: seen.title.clone(),
        kind: seen.code.clone(),
        severity: seen.severity,
        areas: Vec::new(),
        place: seen.place,
        entity: Some(seen.entity.clone()),
    };
    let mut incident = blank.begin(&deed);
    take(&mut incident, seen, heard.number, &deed);
    let act = Act::Opened {
        severity: seen.severity,
        alerts: 1,
        text: None,
    };
    let happened = tell(&mut incident, deed, act);
    (incident, happened)
}

struct Blank {
    id: IncidentId,
    number: Number,
    title: LangText,
    kind: String,
    severity: Severity,
    areas: Vec<AreaCode>,
    place: Option<Point>,
    entity: Option<String>,
}

impl Blank {
    fn begin(self, deed: &Deed) -> Incident {
        let Deed { at, by, .. } = deed.clone();
        let mut incident = Incident {
            id: self.id,
            number: self.number,
            title: self.title,
            kind: self.kind,
            severity: self.severity,
            worst: Severity::ONE,
            phase: Phase::Open(Witness { by: by.clone(), at }),
            entity: self.entity,
            areas: Vec::new(),
            place: self.place,
            classification: Classification::Internal,
            linked: Vec::new(),
            unlinked: 0,
            lead: None,
            assigned: Vec::new(),
            opened_at: at,
            opened_by: by,
            updated_at: at,
            reopens: 0,
            heard: 0,
            asked: None,
            timeline: Vec::new(),
            unlisted: 0,
        };
        add_areas(&mut incident, &self.areas);
        incident
    }
}

/// Links an alert: areas, classification and place come with it. Without a line: the caller tells what it means.
pub(super) fn take(incident: &mut Incident, seen: &Seen, heard: u64, deed: &Deed) {
    incident.classification = incident.classification.max(seen.classification);
    incident.worst = incident.worst.max(seen.severity);
    incident.heard = incident.heard.max(heard);
    incident.place = incident.place.or(seen.place);
    add_areas(incident, &seen.areas);
    incident.linked.push(Linked {
        alert: seen.alert,
        code: seen.code.clone(),
        title: seen.title.clone(),
        group: seen.group.clone(),
        severity: seen.severity,
        over: seen.over,
        version: seen.version,
        heard,
        at: deed.at,
    });
}

/// What was opened for some areas and is later found to reach further, grows; beyond the limit it keeps what it has.
pub(super) fn add_areas(incident: &mut Incident, areas: &[AreaCode]) {
    for area in areas {
        if !incident.areas.contains(area) && incident.areas.len() < MAX_AREAS {
            incident.areas.push(area.clone());
        }
    }
}

/// The id of an incident that a person opens: with an Idempotency-Key it follows from person and key, so that asking again
/// finds what was opened before.
pub fn asked_id(by: &ActorId, key: &str) -> Uuid {
    derived(&[SOURCE.as_bytes(), b"asked", by.to_string().as_bytes(), key.as_bytes()])
}

fn check_title(title: LangText) -> Result<LangText, IncidentError> {
    let title = LangText::new(title.vi.trim(), title.en.trim());
    let longest = title.vi.chars().count().max(title.en.chars().count());
    let control = title.vi.chars().chain(title.en.chars()).any(char::is_control);
    let what = if title.vi.is_empty() {
        "is empty in Vietnamese; write at least one word".to_owned()
    } else if longest > MAX_TITLE {
        format!("has {longest} characters; write at most {MAX_TITLE}")
    } else if control {
        "holds control characters; write plain text in one line".to_owned()
    } else {
        return Ok(title);
    };
    Err(IncidentError::Invalid { field: "title", what })
}

fn check_kind(kind: String) -> Result<String, IncidentError> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if (1..=64).contains(&kind.len()) && kind.bytes().all(fits) {
        return Ok(kind);
    }
    let shown: String = kind.chars().take(80).collect();
    let what = format!("is '{shown}'; write a code of 1 to 64 letters a-z, digits and _ such as flood_depth");
    Err(IncidentError::Invalid { field: "kind", what })
}
