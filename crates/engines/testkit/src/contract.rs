//! Contracts of facts: their JSON Schema, and the comparison with what is committed in `contracts`.
//!
//! With `UPDATE_CONTRACTS` set, a comparison writes the file first; a published version is never changed except by adding.

#![allow(clippy::unwrap_used)]

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use utoipa::ToSchema;

const CONTRACTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../contracts");

/// JSON Schema of a fact: the envelope of CloudEvents 1.0 with our extension attributes, and `T` as `data`. `subject` is the
/// schema of the member of that name.
pub fn schema<T: ToSchema>(kind: &str, meaning: &str, source: &str, subject: Value) -> Value {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    let definitions: Map<String, Value> = parts
        .into_iter()
        .map(|(name, part)| (name, serde_json::to_value(part).unwrap()))
        .collect();
    let text = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind,
        "description": meaning,
        "type": "object",
        "required": ["specversion", "id", "type", "source", "subject", "time", "tenant", "actor", "classification", "areas", "data"],
        "properties": {
            "specversion": { "const": "1.0" },
            "id": { "type": "string", "format": "uuid" },
            "type": { "const": kind },
            "source": { "const": source },
            "subject": subject,
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
            "data": T::schema(),
        },
        "$defs": definitions,
    });
    let text = text.to_string().replace("#/components/schemas/", "#/$defs/");
    serde_json::from_str(&text).unwrap()
}

/// Fails when the file `name` in `contracts` is not `now`.
#[track_caller]
pub fn compare(name: &str, now: &Value) {
    let path = Path::new(CONTRACTS).join(name);
    if std::env::var_os("UPDATE_CONTRACTS").is_some() {
        std::fs::write(&path, format!("{now:#}\n")).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        serde_json::from_str::<Value>(&committed).ok().as_ref() == Some(now),
        "{name} differs; see the head of this test's file, then look at the difference"
    );
}

/// Fails when `value` has not exactly the members that `contract` promises, those of `absent` excepted.
#[track_caller]
pub fn same_members(value: &Value, contract: &Value, absent: &[&str]) {
    let mut promised = members(&contract["properties"]);
    promised.retain(|name| !absent.contains(&name.as_str()));
    assert_eq!(members(value), promised);
}

/// Names of the members of an object.
pub fn members(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}
