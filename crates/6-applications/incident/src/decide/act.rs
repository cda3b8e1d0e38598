//! What a person may do with an incident.

use super::hear::{link_up, weigh};
use super::{Deed, MAX_ASSIGNED, MAX_AT_ONCE, MAX_LINES, MAX_LINKED, MAX_WORDS, check_count, tell, text, words};
use crate::error::IncidentError;
use crate::fact::{Happened, SOURCE};
use crate::model::timeline::{Act, Joined};
use crate::model::{Assigned, Closing, Incident, Phase, Reason, Seen, Witness};
use kernel::id::{OrgId, PersonId, derived};
use kernel::severity::Severity;

/// What a person wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Write something down.
    Note {
        /// In own words.
        text: String,
    },
    /// Give work to an organisation, or a person of it.
    Assign {
        /// Which; the caller knows that it exists.
        org: OrgId,
        /// Who there.
        person: Option<PersonId>,
        /// Whether it shall answer for the incident; the first one does in any case.
        lead: bool,
        /// In own words.
        text: Option<String>,
    },
    /// Take work back.
    Withdraw {
        /// From which.
        org: OrgId,
        /// From whom there.
        person: Option<PersonId>,
        /// In own words.
        text: Option<String>,
    },
    /// Judge the severity.
    SetSeverity {
        /// How grave.
        severity: Severity,
        /// Why.
        text: String,
    },
    /// Begin to work on it.
    Start {
        /// In own words.
        text: Option<String>,
    },
    /// End it.
    Close {
        /// Why.
        reason: Reason,
        /// The same in own words.
        text: String,
    },
    /// It was not over after all.
    Reopen {
        /// Why.
        text: String,
    },
    /// Let alerts belong to it; the caller knows that no other active incident holds them.
    Link {
        /// Which.
        alerts: Vec<Seen>,
    },
}

/// Decides. An error leaves the incident as it was.
pub fn act(incident: &mut Incident, command: Command, deed: Deed) -> Result<Vec<Happened>, IncidentError> {
    match (&command, incident.is_active()) {
        (Command::Reopen { .. }, true) => return Err(wrong(incident, "only a closed incident can be reopened")),
        (Command::Reopen { .. }, false) | (_, true) => {}
        (_, false) => return Err(wrong(incident, "reopen it first, with a reason")),
    }
    if is_full(incident) && !matches!(command, Command::Close { .. }) {
        let advice = "its timeline is full; close it, and open another one for what goes on";
        return Err(wrong(incident, advice));
    }
    let Deed { at, by, .. } = deed.clone();
    let act = match command {
        Command::Link { alerts } => return link(incident, alerts, deed),
        Command::Note { text: note } => Act::Noted {
            text: text("text", &note)?,
        },
        Command::Assign {
            org,
            person,
            lead,
            text,
        } => assign(incident, org, person, lead, text, &deed)?,
        Command::Withdraw { org, person, text } => withdraw(incident, org, person, text)?,
        Command::SetSeverity { severity, text: why } => {
            let from = incident.severity;
            if from == severity {
                let what = format!("is {} already; write another level", from.level());
                return Err(IncidentError::Invalid {
                    field: "severity",
                    what,
                });
            }
            let text = Some(text("text", &why)?);
            incident.severity = severity;
            Act::SeveritySet {
                from,
                to: severity,
                text,
            }
        }
        Command::Start { text } => {
            if !matches!(incident.phase, Phase::Open(_)) {
                return Err(wrong(incident, "somebody works on it already"));
            }
            let text = words("text", text.as_deref())?;
            incident.phase = Phase::InProgress(Witness { by, at });
            Act::Started { text }
        }
        Command::Close { reason, text: why } => {
            let text = text("text", &why)?;
            incident.phase = Phase::Closed(Closing {
                by,
                at,
                reason,
                text: text.clone(),
            });
            Act::Closed { reason, text }
        }
        Command::Reopen { text: why } => {
            let text = text("text", &why)?;
            incident.phase = Phase::Open(Witness { by, at });
            incident.reopens = incident.reopens.saturating_add(1);
            Act::Reopened { text }
        }
    };
    Ok(vec![tell(incident, deed, act)])
}

/// Whether the timeline takes nothing more but a closing.
fn is_full(incident: &Incident) -> bool {
    let lines = &incident.timeline;
    let words = || {
        lines
            .iter()
            .filter_map(|line| line.act.text())
            .map(str::len)
            .sum::<usize>()
    };
    lines.len() >= MAX_LINES || words() > MAX_WORDS
}

fn assign(
    incident: &mut Incident,
    org: OrgId,
    person: Option<PersonId>,
    lead: bool,
    text: Option<String>,
    deed: &Deed,
) -> Result<Act, IncidentError> {
    let text = words("text", text.as_deref())?;
    let lead = incident.lead.as_ref() != Some(&org) && (lead || incident.lead.is_none());
    let is_new = !has(incident, &org, person);
    if !is_new && !lead {
        let what = format!("{org} is assigned already; withdraw it first, or assign a person of it");
        return Err(IncidentError::Invalid { field: "org", what });
    }
    if is_new && incident.assigned.len() >= MAX_ASSIGNED {
        let what = format!("{MAX_ASSIGNED} are assigned already; withdraw one of them first");
        return Err(IncidentError::Invalid { field: "org", what });
    }
    if is_new {
        incident.assigned.push(Assigned {
            org: org.clone(),
            person,
            at: deed.at,
        });
    }
    if lead {
        incident.lead = Some(org.clone());
    }
    Ok(Act::Assigned {
        org,
        person,
        lead,
        text,
    })
}

fn withdraw(
    incident: &mut Incident,
    org: OrgId,
    person: Option<PersonId>,
    text: Option<String>,
) -> Result<Act, IncidentError> {
    let text = words("text", text.as_deref())?;
    if !has(incident, &org, person) {
        let what = format!("{org} is not assigned like that; see `assigned` of the incident");
        return Err(IncidentError::Invalid { field: "org", what });
    }
    incident
        .assigned
        .retain(|assigned| (&assigned.org, assigned.person) != (&org, person));
    let rest = incident.assigned.iter().any(|assigned| assigned.org == org);
    if !rest && incident.lead.as_ref() == Some(&org) {
        incident.lead = None;
    }
    Ok(Act::Withdrawn { org, person, text })
}

fn has(incident: &Incident, org: &OrgId, person: Option<PersonId>) -> bool {
    let mut all = incident.assigned.iter();
    all.any(|assigned| (&assigned.org, assigned.person) == (org, person))
}

/// One line and one fact for each alert; what is linked already is passed over.
fn link(incident: &mut Incident, alerts: Vec<Seen>, deed: Deed) -> Result<Vec<Happened>, IncidentError> {
    let invalid = |what| IncidentError::Invalid { field: "alerts", what };
    check_count("alerts", alerts.len(), MAX_AT_ONCE)?;
    let mut new: Vec<Seen> = Vec::new();
    for seen in alerts {
        let known = incident.link_to(seen.alert).is_some() || new.iter().any(|other| other.alert == seen.alert);
        if !known {
            new.push(seen);
        }
    }
    if new.is_empty() {
        return Err(invalid(
            "all of them belong to this incident already; name others".to_owned(),
        ));
    }
    if incident.linked.len() + new.len() > MAX_LINKED {
        let room = MAX_LINKED - incident.linked.len();
        let what = format!("an incident takes at most {MAX_LINKED} alerts and this one has room for {room}");
        return Err(invalid(what));
    }
    if incident.timeline.len() + new.len() > MAX_LINES {
        return Err(invalid("the timeline has no room for so many; name fewer".to_owned()));
    }
    let mut happened = Vec::new();
    for seen in new {
        let part = |what: &[u8]| Deed {
            id: derived(&[SOURCE.as_bytes(), what, deed.id.as_bytes(), seen.alert.0.as_bytes()]),
            ..deed.clone()
        };
        happened.push(link_up(incident, &seen, 0, part(b"link"), Joined::ByHand));
        happened.extend(weigh(incident, seen.severity, part(b"weigh")));
    }
    Ok(happened)
}

fn wrong(incident: &Incident, advice: &'static str) -> IncidentError {
    let (by, at) = incident.phase.witness();
    IncidentError::WrongState {
        state: incident.phase.code(),
        by: by.clone(),
        at,
        advice,
    }
}
