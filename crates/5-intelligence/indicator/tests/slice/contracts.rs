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
use serde_json::{Value, json};
use testkit::contract::{self, compare, members, same_members};

const CONTRACTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../contracts");

fn schema() -> Value {
    let subject = json!({ "type": "string", "description": "NGSI-LD id of the station." });
    let mut contract = contract::schema::<wire::Value>(LEVEL_CHANGED, MEANING, "/indicator", subject);
    let data = &mut contract["properties"]["data"]["properties"];
    data["indicator"] = json!({ "type": "string", "description": "Name of the indicator." });
    data["before"] =
        json!({ "type": ["string", "null"], "description": "Code of the band before; null when this is the first." });
    contract
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
    same_members(&value, &contract, &[]);
    let data = members(&value["data"]);
    let promised = members(&contract["properties"]["data"]["properties"]);
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
