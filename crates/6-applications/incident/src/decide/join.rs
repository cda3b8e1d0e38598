//! Which incident an alert joins: one with an alert of the same group, or one of the same kind in the same commune.

use crate::model::timeline::Joined;
use crate::model::{Incident, Seen};
use kernel::area::AreaCode;

/// `kind/commune` for every commune among the areas: the key under which things of a kind find each other. The city as a
/// whole is no commune, so what has no narrower area joins by group only.
pub fn places<'a>(kind: &'a str, areas: &'a [AreaCode]) -> impl Iterator<Item = String> + 'a {
    let communes = areas.iter().filter(|area| area.as_str().len() == 5);
    communes.map(move |commune| format!("{kind}/{commune}"))
}

/// Whether an alert belongs to an incident, and why.
pub fn fits(incident: &Incident, seen: &Seen) -> Option<Joined> {
    if !incident.is_active() {
        return None;
    }
    if incident.linked.iter().any(|linked| linked.group == seen.group) {
        return Some(Joined::SameGroup);
    }
    let near = incident.kind == seen.code
        && places(&incident.kind, &incident.areas).any(|place| places(&seen.code, &seen.areas).any(|own| own == place));
    near.then_some(Joined::SameKindNearby)
}

/// The incident that an alert joins: the group counts before kind and place, then the oldest incident. Answers its place in
/// the list.
pub fn choose<'a>(incidents: impl IntoIterator<Item = (usize, &'a Incident)>, seen: &Seen) -> Option<(usize, Joined)> {
    let fitting = incidents
        .into_iter()
        .filter_map(|(index, incident)| Some((index, fits(incident, seen)?, incident)));
    let best = fitting.min_by_key(|(_, why, incident)| (*why != Joined::SameGroup, incident.opened_at, incident.id));
    best.map(|(index, why, _)| (index, why))
}
