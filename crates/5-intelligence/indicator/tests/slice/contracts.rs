//! Contracts of facts and records: `contracts/facts/indicator.*.json`, `contracts/records/indicator_*.v1.json`.
//! `UPDATE_CONTRACTS=1 cargo test -p indicator contracts` rewrites them; a published version is never changed except by adding.

use crate::stage::Stage;
use indicator::decide::level::Standing;
use indicator::fact::{LEVEL_CHANGED, MEANING};
use indicator::record::{FORMAT, LEVEL, PROGRESS, Progress, read};
use indicator::wire;
use kernel::error::Classified;
use kernel::position::Position;
use kernel::severity::Severity;
use kernel::time::Timestamp;
use ports::records::Document;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use utoipa::{PartialSchema, ToSchema};

const CONTRACTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../contracts");

/// JSON Schema of the fact: the envelope of CloudEvents 1.0 with our extension attributes, and the value as `data`.
fn schema() -> Value {
    let mut parts = Vec::new();
    wire::Value::schemas(&mut parts);
    let definitions: Map<String, Value> = parts
        .into_iter()
        .map(|(name, part)| (name, serde_json::to_value(part).unwrap()))
        .collect();
    let mut data = serde_json::to_value(wire::Value::schema()).unwrap();
    data["properties"]["indicator"] = json!({ "type": "string", "description": "Name of the indicator." });
    data["properties"]["before"] =
        json!({ "type": ["string", "null"], "description": "Code of the band before; null when this is the first." });
    let text = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": LEVEL_CHANGED,
        "description": MEANING,
        "type": "object",
        "required": ["specversion", "id", "type", "source", "subject", "time", "tenant", "actor", "classification", "areas", "data"],
        "properties": {
            "specversion": { "const": "1.0" },
            "id": { "type": "string", "format": "uuid" },
            "type": { "const": LEVEL_CHANGED },
            "source": { "const": "/indicator" },
            "subject": { "type": "string", "description": "NGSI-LD id of the station." },
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
            "data": data,
        },
        "$defs": definitions,
    });
    let text = text.to_string().replace("#/components/schemas/", "#/$defs/");
    serde_json::from_str(&text).unwrap()
}

fn compare(name: &str, now: &Value) {
    let path = format!("{CONTRACTS}/{name}");
    let now = format!("{now:#}\n");
    if std::env::var_os("UPDATE_CONTRACTS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == now,
        "{name} differs; see the head of this file, then look at the difference"
    );
}

#[test]
fn the_fact_is_as_its_contract_says() {
    compare(&format!("facts/{LEVEL_CHANGED}.json"), &schema());
}

#[tokio::test]
async fn a_real_fact_has_only_members_of_its_contract() {
    let stage = Stage::new();
    stage.report("st-1", "pm25", 0, &[140.0; 3]).await;
    stage.at(3 * 60 + 1);
    stage.turn().await;
    let told = stage.told().await;
    let fact = told.iter().find(|fact| fact.kind == LEVEL_CHANGED).unwrap();
    let (value, contract) = (serde_json::to_value(fact).unwrap(), schema());
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&value), names(&contract["properties"]));
    let data = names(&value["data"]);
    let promised = names(&contract["properties"]["data"]["properties"]);
    assert!(data.is_subset(&promised), "{:?}", data.difference(&promised));
    let required = contract["properties"]["data"]["required"].as_array().unwrap();
    for name in required {
        assert!(data.contains(name.as_str().unwrap()), "{name}");
    }
}

fn documents() -> [(&'static str, Value); 2] {
    let standing = Standing {
        indicator: "vn-aqi".into(),
        entity: "urn:ngsi-ld:AirQualityObserved:hanoi:st-1".into(),
        hour: Timestamp::parse("2026-11-21T04:00:00Z").unwrap(),
        index: 180,
        band: "xau".into(),
        raised: Some(Severity::THREE),
        told: 7,
    };
    let progress = Progress {
        position: Position { epoch: 1, sequence: 42 },
        at: Timestamp::parse("2026-11-21T05:01:00Z").unwrap(),
    };
    let json = |bytes: Vec<u8>| serde_json::from_slice(&bytes).unwrap();
    [
        (LEVEL.name, json(indicator::record::write("k", &standing).unwrap())),
        (PROGRESS.name, json(indicator::record::write("k", &progress).unwrap())),
    ]
}

/// The stored form of format 1. When it must change: raise FORMAT, keep these files, add new ones and an arm to `read`.
#[test]
fn stored_documents_are_as_their_fixtures() {
    for (name, now) in documents() {
        compare(&format!("records/{name}.v{FORMAT}.json"), &now);
    }
}

#[test]
fn format_1_is_read_for_ever_and_what_is_newer_or_broken_is_refused() {
    let document = |body: String| Document {
        key: "k".into(),
        version: 1,
        body: body.into_bytes(),
    };
    let fixture = |name: &str| std::fs::read_to_string(format!("{CONTRACTS}/records/{name}.v1.json")).unwrap();
    let level: Standing = read(&document(fixture(LEVEL.name))).unwrap();
    assert_eq!((level.index, level.band.as_str(), level.told), (180, "xau", 7));
    let progress: Progress = read(&document(fixture(PROGRESS.name))).unwrap();
    assert_eq!(progress.position.to_string(), "1-42");
    let newer = fixture(PROGRESS.name).replace("\"format\": 1", &format!("\"format\": {}", FORMAT + 1));
    for (body, says) in [
        (newer, "start the release that wrote it"),
        ("{}".to_owned(), "format"),
        ("[".to_owned(), "EOF"),
    ] {
        let error = read::<Progress>(&document(body)).unwrap_err();
        assert_eq!(error.code(), "storage_corrupt");
        assert!(error.to_string().contains(says), "{error}");
    }
}
