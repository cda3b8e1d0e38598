//! The contracts of commands: `contracts/facts/command.*.v1.json` and the stored form. `UPDATE_CONTRACTS=1 cargo test -p device
//! contracts` rewrites the former; a published version is never changed except by adding.

use crate::script::play;
use device::fact::command::Kind;
use device::record::command::{FORMAT, read, write};
use device::wire::command::CommandView;
use kernel::error::Classified;
use ports::records::Document;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use utoipa::{PartialSchema, ToSchema};

fn path(kind: Kind) -> PathBuf {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../contracts/facts"));
    folder.join(format!("{}.json", kind.fact_type()))
}

/// JSON Schema of a fact: the envelope of CloudEvents 1.0 with our extension attributes, and the command as `data`.
fn schema(kind: Kind) -> Value {
    let mut parts = Vec::new();
    CommandView::schemas(&mut parts);
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
            "source": { "const": "/device" },
            "subject": { "type": "string", "format": "uuid", "description": "Id of the command." },
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
            "data": CommandView::schema(),
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
    let stories = [
        "0 order; 1 send; 5 ok",
        "0 order; 1 block",
        "0 order; 1 long",
        "0 order; 31 tick; 40 no",
    ];
    let facts: Vec<_> = stories.iter().flat_map(|story| play(story).0.told).collect();
    let kinds: BTreeSet<&str> = facts.iter().map(|fact| fact.kind.as_str()).collect();
    assert_eq!(kinds.len(), Kind::ALL.len(), "{kinds:?}");
    for fact in &facts {
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| kind.fact_type() == fact.kind)
            .unwrap();
        let contract = schema(kind);
        let value = serde_json::to_value(fact).unwrap();
        same_members(&value, &contract, &[]);
        same_members(&value["data"], &contract["properties"]["data"], &["timeline"]);
        assert_eq!(value["data"]["id"], value["subject"]);
    }
}

fn same_members(value: &Value, contract: &Value, absent: &[&str]) {
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    let mut promised = names(&contract["properties"]);
    promised.retain(|name| !absent.contains(&name.as_str()));
    assert_eq!(names(value), promised);
}

/// A command as format 1 wrote it. Never edit it: write a second fixture beside it when a new format comes.
const V1: &str = include_str!("../../../../../contracts/records/command.v1.json");

fn document(body: &str) -> Document {
    Document {
        key: "k".into(),
        version: 4,
        body: body.into(),
    }
}

#[test]
fn format_1_is_read_for_ever_and_is_what_this_build_writes() {
    let (world, ..) = play("0 order; 1 send; 2 send; 31 tick; 40 no");
    let written: Value = serde_json::from_slice(&write(&world.command.unwrap()).unwrap()).unwrap();
    let fixture: Value = serde_json::from_str(V1).unwrap();
    assert_eq!(
        written, fixture,
        "the stored form has changed: raise FORMAT, add a fixture and an arm to `read`; written: {written:#}"
    );
    let stored = read(&document(V1)).unwrap();
    assert_eq!((stored.version, stored.command.phase.code()), (4, "expired"));
    assert_eq!(stored.command.timeline.len(), 5);
}

#[test]
fn what_is_newer_or_broken_is_refused_with_the_reason() {
    let newer = V1.replacen("\"format\": 1", &format!("\"format\": {}", FORMAT + 1), 1);
    for (body, says) in [
        (newer.as_str(), "start the release that wrote it"),
        ("{}", "format"),
        ("[", "EOF"),
    ] {
        let error = read(&document(body)).unwrap_err();
        assert_eq!(error.code(), "storage_corrupt");
        assert!(error.to_string().contains(says), "{error}");
    }
}
