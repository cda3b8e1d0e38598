//! The fact that boundaries were replaced.

use crate::model::Origin;
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::{FactId, TenantId};
use serde_json::json;
use uuid::Uuid;

/// Its type. A published version is never changed.
pub const REPLACED: &str = "boundary.replaced.v1";

/// Boundaries of `areas` areas came into use; with 0 the approximate cells of the pack are in use again.
pub fn replaced(origin: &Origin, areas: usize, tenant: &TenantId) -> Fact {
    Fact {
        specversion: "1.0".to_owned(),
        id: FactId(Uuid::now_v7()),
        kind: REPLACED.to_owned(),
        source: "/boundary".to_owned(),
        subject: "boundaries".to_owned(),
        time: origin.at,
        tenant: tenant.clone(),
        actor: origin.by.clone(),
        classification: Classification::Public,
        areas: Vec::new(),
        data: json!({ "file": origin.file, "areas": areas }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::actor::ActorId;
    use kernel::time::Timestamp;
    use serde_json::Value;

    #[test]
    fn the_fact_has_exactly_the_members_of_its_contract() {
        let contract = include_str!("../../../../contracts/facts/boundary.replaced.v1.json");
        let contract: Value = serde_json::from_str(contract).unwrap();
        let origin = Origin {
            file: "hanoi.geojson".into(),
            by: ActorId::Service("operator".into()),
            at: Timestamp::from_seconds(0),
        };
        let fact = serde_json::to_value(replaced(&origin, 126, &TenantId::new("gov").unwrap())).unwrap();
        let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&fact), names(&contract["properties"]));
        assert_eq!(
            names(&fact["data"]),
            names(&contract["properties"]["data"]["properties"])
        );
        for constant in ["type", "source", "subject", "specversion"] {
            assert_eq!(fact[constant], contract["properties"][constant]["const"]);
        }
    }
}
