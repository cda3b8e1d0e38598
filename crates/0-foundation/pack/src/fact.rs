//! The facts of this crate: an item has a new version, and an item waits for a choice.

use crate::decide::act::Done;
use crate::model::{Applies, Item};
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::{FactId, TenantId};
use serde_json::{Value, json};
use uuid::Uuid;

/// An item has a new version. A published version of a fact is never changed.
pub const ITEM_CHANGED: &str = "pack.item_changed.v1";
/// A newer pack changes what a person has changed, too.
pub const CONFLICT: &str = "pack.conflict.v1";

/// An item has a new version. What counts is the text with this checksum; none when the item no longer counts.
pub fn item_changed(done: &Done, effective: Option<&str>, applies: Applies, tenant: &TenantId) -> Fact {
    let Done { item, version } = done;
    let data = json!({
        "kind": item.name.kind,
        "id": item.name.id(),
        "file": item.name.path(),
        "version": version.number,
        "change": version.change,
        "state": item.state(),
        "sha256": effective.map(crate::model::sha256),
        "applies": applies,
    });
    fact(ITEM_CHANGED, done, data, tenant)
}

/// An item waits for somebody to choose between the overlay, which goes on counting, and the newer base.
pub fn conflict(done: &Done, proposal: bool, tenant: &TenantId) -> Fact {
    let Item {
        name, base, overlay, ..
    } = &done.item;
    let data = json!({
        "kind": name.kind,
        "id": name.id(),
        "file": name.path(),
        "version": done.version.number,
        "base": base,
        "overlay": overlay.map(|overlay| overlay.version),
        "on": overlay.and_then(|overlay| overlay.on),
        "proposal": proposal,
    });
    fact(CONFLICT, done, data, tenant)
}

fn fact(kind: &str, done: &Done, data: Value, tenant: &TenantId) -> Fact {
    Fact {
        specversion: "1.0".to_owned(),
        id: FactId(Uuid::now_v7()),
        kind: kind.to_owned(),
        source: "/pack".to_owned(),
        subject: done.item.name.to_string(),
        time: done.version.at,
        tenant: tenant.clone(),
        actor: done.version.by.clone(),
        classification: Classification::Internal,
        areas: Vec::new(),
        data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::act::{Deed, put};
    use crate::model::name::Name;
    use kernel::actor::ActorId;
    use kernel::time::Timestamp;

    #[test]
    fn the_facts_have_exactly_the_members_of_their_contracts() {
        let deed = Deed {
            by: ActorId::Service("operator".into()),
            at: Timestamp::from_seconds(0),
        };
        let item = Item {
            name: Name::of_path("rules/flood-depth.yaml").unwrap(),
            base: Some(1),
            overlay: None,
            latest: 1,
        };
        let done = put(&item, Some("a"), "b", &deed);
        let tenant = TenantId::new("gov").unwrap();
        for (fact, contract) in [
            (
                item_changed(&done, Some("b"), Applies::Now, &tenant),
                include_str!("../../../../contracts/facts/pack.item_changed.v1.json"),
            ),
            (
                conflict(&done, true, &tenant),
                include_str!("../../../../contracts/facts/pack.conflict.v1.json"),
            ),
        ] {
            let contract: Value = serde_json::from_str(contract).unwrap();
            let fact = serde_json::to_value(fact).unwrap();
            let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(&fact), names(&contract["properties"]));
            let promised = &contract["properties"]["data"]["properties"];
            assert_eq!(names(&fact["data"]), names(promised));
            for constant in ["type", "source", "specversion"] {
                assert_eq!(fact[constant], contract["properties"][constant]["const"]);
            }
            for (name, value) in fact["data"].as_object().unwrap() {
                if let Some(allowed) = promised[name]["enum"].as_array() {
                    assert!(allowed.contains(value), "{name}: {value}");
                }
            }
        }
    }
}
