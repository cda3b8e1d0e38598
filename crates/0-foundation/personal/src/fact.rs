//! The facts that this crate tells: that details were changed or erased, never what they are.

use kernel::actor::ActorId;
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::{FactId, PersonId, TenantId};
use kernel::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

/// Details of a person were written.
pub const CHANGED: &str = "personal.changed.v1";
/// Details of a person were erased, and their key destroyed.
pub const ERASED: &str = "personal.erased.v1";

/// A fact about a person, with the id alone.
pub fn fact(kind: &str, person: PersonId, by: &ActorId, tenant: &TenantId, now: Timestamp) -> Fact {
    Fact {
        specversion: "1.0".to_owned(),
        id: FactId(Uuid::now_v7()),
        kind: kind.to_owned(),
        source: "/personal".to_owned(),
        subject: person.to_string(),
        time: now,
        tenant: tenant.clone(),
        actor: by.clone(),
        classification: Classification::Restricted,
        areas: Vec::new(),
        data: json!({ "person": person }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn facts_have_exactly_the_members_of_their_contracts() {
        let contracts = [
            (
                CHANGED,
                include_str!("../../../../contracts/facts/personal.changed.v1.json"),
            ),
            (
                ERASED,
                include_str!("../../../../contracts/facts/personal.erased.v1.json"),
            ),
        ];
        for (kind, contract) in contracts {
            let contract: Value = serde_json::from_str(contract).unwrap();
            let (person, by) = (PersonId(Uuid::from_u128(1)), ActorId::Service("personal".into()));
            let told = fact(kind, person, &by, &TenantId::new("gov").unwrap(), Timestamp::EPOCH);
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
}
