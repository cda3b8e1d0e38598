//! The contracts of commands: `contracts/facts/command.*.v1.json` and the stored form. `UPDATE_CONTRACTS=1 cargo test -p device
//! contracts` rewrites the former; a published version is never changed except by adding.

use crate::script::play;
use device::fact::command::Kind;
use device::record::command::{FORMAT, read, write};
use device::wire::command::CommandView;
use kernel::error::Classified;
use ports::records::Document;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::contract::{self, same_members};

fn schema(kind: Kind) -> Value {
    let subject = json!({ "type": "string", "format": "uuid", "description": "Id of the command." });
    contract::schema::<CommandView>(kind.fact_type(), kind.meaning(), "/device", subject)
}

#[test]
fn facts_are_as_their_contracts_say() {
    for kind in Kind::ALL {
        contract::compare(&format!("facts/{}.json", kind.fact_type()), &schema(kind));
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
