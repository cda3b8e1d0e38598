//! The contracts of the facts: `contracts/facts/alert.*.v1.json`. `UPDATE_CONTRACTS=1 cargo test -p alert contracts` rewrites
//! them; a published version is never changed except by adding.

use crate::script::play;
use alert::fact::Kind;
use alert::wire::Alert;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use utoipa::{PartialSchema, ToSchema};

fn path(kind: Kind) -> PathBuf {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../contracts/facts"));
    folder.join(format!("{}.json", kind.fact_type()))
}

/// JSON Schema of a fact: the envelope of CloudEvents 1.0 with our extension attributes, and the alert as `data`.
fn schema(kind: Kind) -> Value {
    let mut parts = Vec::new();
    Alert::schemas(&mut parts);
    let definitions: Map<String, Value> = parts
        .into_iter()
        .map(|(name, part)| (name, serde_json::to_value(part).unwrap()))
        .collect();
    let text = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.fact_type(),
        "description": kind.meaning(),
        "type": "object",
        "required": ["specversion", "id", "type", "source", "subject", "time", "tenant", "actor", "classification", "areas", "data"],
        "properties": {
            "specversion": { "const": "1.0" },
            "id": { "type": "string", "format": "uuid" },
            "type": { "const": kind.fact_type() },
            "source": { "const": "/alert" },
            "subject": { "type": "string", "format": "uuid", "description": "Id of the alert." },
            "time": { "type": "string", "format": "date-time" },
            "tenant": { "type": "string" },
            "actor": {
                "type": "object",
                "required": ["kind"],
                "properties": {
                    "kind": { "enum": ["person", "device", "service", "anonymous"] },
                    "id": { "type": "string" }
                }
            },
            "classification": { "enum": ["public", "internal", "restricted", "confidential", "secret", "top_secret"] },
            "areas": { "type": "array", "items": { "type": "string" } },
            "data": Alert::schema(),
        },
        "$defs": definitions,
    });
    let text = text.to_string().replace("#/components/schemas/", "#/$defs/");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn facts_are_as_their_contracts_say() {
    for kind in Kind::ALL {
        let now = format!("{:#}\n", schema(kind));
        let path = path(kind);
        if std::env::var_os("UPDATE_CONTRACTS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &now).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == now,
            "{} differs; see the head of this file, then look at the difference",
            path.display()
        );
    }
}

#[test]
fn a_real_fact_has_exactly_the_members_of_its_contract() {
    let (world, ..) = play("0 a+3; 60 a~3; 70 b+5; 80 b-; 90 a-; 100 a+3; 110 shelve; 120 a+5");
    let mut kinds: Vec<&str> = world.told.iter().map(|fact| fact.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 7, "{kinds:?}");
    for fact in &world.told {
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| kind.fact_type() == fact.kind)
            .unwrap();
        let contract = schema(kind);
        let value = serde_json::to_value(fact).unwrap();
        same_members(&value, &contract, &[]);
        same_members(
            &value["data"],
            &contract["properties"]["data"],
            &["held_by", "timeline"],
        );
        assert_eq!(value["data"]["id"], value["subject"]);
    }
}

fn same_members(value: &Value, contract: &Value, absent: &[&str]) {
    let names = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<std::collections::BTreeSet<_>>()
    };
    let mut promised = names(&contract["properties"]);
    promised.retain(|name| !absent.contains(&name.as_str()));
    assert_eq!(names(value), promised);
}
