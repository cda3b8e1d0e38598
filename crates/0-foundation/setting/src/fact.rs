//! The fact that this crate tells: that the program was started with other settings, and which.

use crate::model::Version;
use kernel::actor::ActorId;
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::{FactId, TenantId};
use serde_json::json;
use uuid::Uuid;

/// The program was started with other settings than before.
pub const CHANGED: &str = "setting.changed.v1";

/// Tells a version: number and keys, without values.
pub fn changed(version: &Version, by: &ActorId, tenant: &TenantId) -> Fact {
    let keys: Vec<&str> = version.changes.iter().map(|change| change.key.as_str()).collect();
    Fact {
        specversion: "1.0".to_owned(),
        id: FactId(Uuid::now_v7()),
        kind: CHANGED.to_owned(),
        source: "/setting".to_owned(),
        subject: version.number.to_string(),
        time: version.at,
        tenant: tenant.clone(),
        actor: by.clone(),
        classification: Classification::Restricted,
        areas: Vec::new(),
        data: json!({ "version": version.number, "keys": keys }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Starter;
    use kernel::time::Timestamp;
    use serde_json::Value;

    #[test]
    fn the_fact_has_exactly_the_members_of_its_contract() {
        let contract = include_str!("../../../../contracts/facts/setting.changed.v1.json");
        let contract: Value = serde_json::from_str(contract).unwrap();
        let version = Version {
            number: 1,
            at: Timestamp::EPOCH,
            by: Starter {
                uid: 0,
                account: None,
                program: "0".to_owned(),
                file: None,
            },
            changes: Vec::new(),
        };
        let told = changed(
            &version,
            &ActorId::Service("setting".into()),
            &TenantId::new("gov").unwrap(),
        );
        let told = serde_json::to_value(told).unwrap();
        let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&told), names(&contract["properties"]));
        assert_eq!(
            names(&told["data"]),
            names(&contract["properties"]["data"]["properties"])
        );
        for constant in ["type", "source", "specversion"] {
            assert_eq!(told[constant], contract["properties"][constant]["const"]);
        }
    }
}
