//! What the rules need of the house: the trees of areas and organisations, and what a thing of any slice is.

use crate::assemble::House;
use crate::city::Parsed;
use access::explain::{Known, Things};
use async_trait::async_trait;
use kernel::actor::Actor;
use kernel::area::AreaCode;
use kernel::id::OrgId;
use policy::post::Ground;
use policy::tree::Tree;

/// The trees of the pack. The wards lie under the one area of two digits.
pub(crate) fn ground(pack: &Parsed) -> Ground {
    let codes: Vec<AreaCode> = pack
        .areas
        .all()
        .filter_map(|area| AreaCode::new(&area.code).ok())
        .collect();
    let top = codes.iter().find(|code| code.as_str().len() == 2).cloned();
    let areas = codes.iter().map(|code| {
        let above = top.clone().filter(|top| top != code);
        (code.clone(), above)
    });
    let orgs = pack.orgs.all().filter_map(|org| {
        let above = org.parent.as_deref().and_then(|above| OrgId::new(above).ok());
        Some((OrgId::new(&org.code).ok()?, above))
    });
    Ground {
        areas: Tree::new(areas),
        orgs: Tree::new(orgs),
    }
}

/// Looks into the slices for whoever asks why something is not shown.
#[derive(Clone, Debug)]
pub(crate) struct AllThings {
    devices: device::service::Devices,
    alerts: alert::service::Alerts,
    incidents: incident::service::Incidents,
    house: Actor,
}

impl AllThings {
    /// Over the slices of a house.
    pub(crate) fn of(house: &House) -> Self {
        Self {
            devices: house.devices.clone(),
            alerts: house.alerts.clone(),
            incidents: house.incidents.clone(),
            house: Actor::service("access", &house.tenant),
        }
    }
}

#[async_trait]
impl Things for AllThings {
    async fn find(&self, kind: &str, id: &str) -> Option<Known> {
        match kind {
            "alert" => {
                let found = self.alerts.one(&self.house, id.parse().ok()?).await.ok()?.alert;
                Some(Known {
                    areas: found.areas,
                    classification: found.classification,
                    ..Known::default()
                })
            }
            "incident" => {
                let found = self.incidents.one(&self.house, id.parse().ok()?).await.ok()?.incident;
                Some(Known {
                    areas: found.areas,
                    classification: found.classification,
                    ..Known::default()
                })
            }
            "device" => {
                let found = self.devices.get(&self.house, id).await.ok()?;
                Some(Known {
                    owner: Some(found.org),
                    areas: found.areas,
                    classification: found.classification,
                    purposes: Vec::new(),
                })
            }
            _ => None,
        }
    }
}
