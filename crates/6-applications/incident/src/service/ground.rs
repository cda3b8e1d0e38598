//! What incidents stand on: areas and organisations that exist, and alerts that the actor may see.

use super::Wish;
use crate::decide::act::Command;
use crate::decide::{MAX_AREAS, MAX_AT_ONCE, check_count};
use crate::error::IncidentError;
use crate::model::Seen;
use access::area::Areas;
use access::org::Orgs;
use alert::model::Alert;
use alert::service::Alerts;
use kernel::actor::{Actor, Grant};
use kernel::area::AreaCode;
use kernel::id::{AlertId, OrgId};
use std::sync::Arc;

/// What is known around incidents.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The areas of the city; when there are none, every code counts.
    pub areas: Arc<Areas>,
    /// The organisations.
    pub orgs: Arc<Orgs>,
    /// The alerts.
    pub alerts: Alerts,
    /// In whose register a person's incident is numbered unless another one is named.
    pub register: OrgId,
}

impl Ground {
    /// The alerts as they are now; one that the actor may not see is refused like one that is not there.
    pub(super) async fn seen(&self, actor: &Actor, ids: &[AlertId]) -> Result<Vec<Seen>, IncidentError> {
        check_count("alerts", ids.len(), MAX_AT_ONCE)?;
        let mut seen: Vec<Seen> = Vec::new();
        for id in ids {
            if seen.iter().any(|other| other.alert == *id) {
                continue;
            }
            let stored = self.alerts.one(actor, *id).await?;
            seen.push(see(stored.alert, stored.version));
        }
        Ok(seen)
    }

    pub(super) fn check_wish(&self, wish: &Wish) -> Result<(), IncidentError> {
        match wish {
            Wish::Act(Command::Assign { org, .. }) => self.check_org("org", org),
            Wish::Act(_) | Wish::Link(_) => Ok(()),
        }
    }

    pub(super) fn check_org(&self, field: &'static str, org: &OrgId) -> Result<(), IncidentError> {
        if self.orgs.get(org).is_some() {
            return Ok(());
        }
        let what = format!("{org} is not an organisation of this instance; see /api/v1/orgs");
        Err(IncidentError::Invalid { field, what })
    }

    /// Areas must exist, and the actor must be allowed to act in each of them.
    pub(super) fn check_areas(&self, actor: &Actor, areas: &[AreaCode]) -> Result<(), IncidentError> {
        check_count("areas", areas.len(), MAX_AREAS)?;
        for area in areas {
            if !self.areas.is_empty() && self.areas.get(area).is_none() {
                let what = format!("{area} is not an area of this instance; see /api/v1/areas");
                return Err(IncidentError::Invalid { field: "areas", what });
            }
            if !actor.scope.areas.holds(area) {
                return Err(IncidentError::ForeignArea(area.clone()));
            }
        }
        let whole_city = areas.is_empty() && !matches!(actor.scope.areas, Grant::All);
        if whole_city {
            Err(IncidentError::WholeCity)
        } else {
            Ok(())
        }
    }
}

fn see(alert: Alert, version: u64) -> Seen {
    let over = !alert.is_open();
    Seen {
        alert: alert.id,
        code: alert.face.code,
        title: alert.face.title,
        severity: alert.severity,
        over,
        group: alert.group,
        entity: alert.face.cause.entity,
        areas: alert.areas,
        place: alert.face.place,
        classification: alert.classification,
        version,
    }
}
