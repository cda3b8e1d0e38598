//! What news of an alert does to an incident that it belongs to, or begins to belong to.

use super::open::{RULES, add_areas, take};
use super::{Deed, MAX_LINKED, tell};
use crate::fact::{Happened, Kind, SOURCE};
use crate::model::timeline::{Act, Joined};
use crate::model::{Incident, Linked, Seen};
use kernel::actor::ActorId;
use kernel::id::derived;
use kernel::severity::Severity;
use kernel::time::Timestamp;
use uuid::Uuid;

/// What happened to an alert, as far as incidents care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It began.
    Raised,
    /// It became graver.
    Escalated,
    /// It ended.
    Cleared,
    /// It began again.
    Reopened,
}

/// A fact of an alert with its number in the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// Grows from fact to fact.
    pub number: u64,
    /// Id of the fact.
    pub fact: Uuid,
    /// When it happened.
    pub at: Timestamp,
    /// What.
    pub news: News,
    /// The alert right after.
    pub seen: Seen,
}

/// Whether a link knows this already: the fact was taken in here, or whoever linked the alert by hand saw it after the fact.
pub(super) fn is_known(linked: &Linked, heard: &Heard) -> bool {
    heard.number <= linked.heard || linked.heard == 0 && heard.seen.version <= linked.version
}

/// News of a linked alert. `None`: nothing changed. A closed incident keeps book without a word, for the case that somebody
/// reopens it.
pub(super) fn follow(incident: &mut Incident, heard: &Heard) -> Option<Vec<Happened>> {
    let active = incident.is_active();
    let nothing_went_on = incident.going_on() == 0;
    let linked = incident
        .linked
        .iter_mut()
        .find(|linked| linked.alert == heard.seen.alert)?;
    if is_known(linked, heard) {
        return None;
    }
    linked.heard = heard.number;
    linked.severity = linked.severity.max(heard.seen.severity);
    linked.over = heard.news == News::Cleared;
    incident.heard = incident.heard.max(heard.number);
    incident.classification = incident.classification.max(heard.seen.classification);
    if !active {
        return Some(Vec::new());
    }
    add_areas(incident, &heard.seen.areas);
    let nothing_goes_on = incident.going_on() == 0;
    let severity = heard.seen.severity;
    let mut happened = Vec::new();
    if nothing_goes_on && !nothing_went_on {
        happened.push(tell(incident, deed_of(heard, Kind::Noted), Act::AlertsOver));
    } else if nothing_went_on && !nothing_goes_on {
        let act = Act::AlertBack {
            alert: heard.seen.alert,
            severity,
        };
        happened.push(tell(incident, deed_of(heard, Kind::Noted), act));
    }
    if heard.news != News::Cleared {
        happened.extend(weigh(incident, severity, deed_of(heard, Kind::SeveritySet)));
    }
    Some(happened)
}

/// An alert joins by rule. A full incident only counts it.
pub(super) fn join(incident: &mut Incident, heard: &Heard, why: Joined) -> Vec<Happened> {
    if incident.linked.len() >= MAX_LINKED {
        incident.heard = incident.heard.max(heard.number);
        incident.unlinked = incident.unlinked.saturating_add(1);
        metrics::counter!("hanoi_ioc_incident_unlinked_total").increment(1);
        return Vec::new();
    }
    let link = deed_of(heard, Kind::Linked);
    let mut happened = vec![link_up(incident, &heard.seen, heard.number, link, why)];
    happened.extend(weigh(incident, heard.seen.severity, deed_of(heard, Kind::SeveritySet)));
    happened
}

/// Links an alert and tells it. The severity is weighed by the caller, against what was the worst before.
pub(super) fn link_up(incident: &mut Incident, seen: &Seen, heard: u64, deed: Deed, why: Joined) -> Happened {
    let worst = incident.worst;
    take(incident, seen, heard, &deed);
    incident.worst = worst;
    let act = Act::Linked {
        alert: seen.alert,
        severity: seen.severity,
        why,
    };
    tell(incident, deed, act)
}

/// Only what is graver than everything heard before raises the severity by itself: so a person who has lowered it is not
/// overruled by the same news.
pub(super) fn weigh(incident: &mut Incident, severity: Severity, deed: Deed) -> Option<Happened> {
    if severity <= incident.worst {
        return None;
    }
    incident.worst = severity;
    let from = incident.severity;
    if severity <= from {
        return None;
    }
    incident.severity = severity;
    let act = Act::SeveritySet {
        from,
        to: severity,
        text: None,
    };
    Some(tell(incident, deed, act))
}

/// What follows from a fact has an id that follows from it: the same fact can never tell the same twice.
pub(super) fn deed_of(heard: &Heard, kind: Kind) -> Deed {
    let moment = heard.at.micros().to_be_bytes();
    let parts = [
        SOURCE.as_bytes(),
        RULES,
        heard.fact.as_bytes(),
        kind.fact_type().as_bytes(),
        &moment,
    ];
    Deed {
        id: derived(&parts),
        at: heard.at,
        by: ActorId::Service(SOURCE.to_owned()),
    }
}
