//! The contracts of certificates: `contracts/facts/certificate.*.v1.json` and the stored forms. `UPDATE_CONTRACTS=1 cargo test -p
//! device contracts` rewrites the former; a published version is never changed except by adding.

use crate::certificates::{der, show};
use crate::ground::{Ground, administrator, gauge};
use device::fact::certificate::Happened;
use device::model::certificate::{Certificate, Invitation, Reason};
use device::record::certificate::{FORMAT, read, write};
use device::wire::certificate::CertificateView;
use kernel::error::Classified;
use ports::records::Document;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use utoipa::{PartialSchema, ToSchema};

fn path(happened: Happened) -> PathBuf {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../contracts/facts"));
    folder.join(format!("{}.json", happened.fact_type()))
}

fn schema(happened: Happened) -> Value {
    let mut parts = Vec::new();
    CertificateView::schemas(&mut parts);
    let definitions: Map<String, Value> = parts
        .into_iter()
        .map(|(name, part)| (name, serde_json::to_value(part).unwrap()))
        .collect();
    let text = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": happened.fact_type(),
        "description": happened.meaning(),
        "type": "object",
        "required": ["specversion", "id", "type", "source", "subject", "time", "tenant", "actor", "classification", "areas", "data"],
        "properties": {
            "specversion": { "const": "1.0" },
            "id": { "type": "string", "format": "uuid" },
            "type": { "const": happened.fact_type() },
            "source": { "const": "/device" },
            "subject": { "type": "string", "description": "Id of the device." },
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
            "data": CertificateView::schema(),
        },
        "$defs": definitions,
    });
    let text = text.to_string().replace("#/components/schemas/", "#/$defs/");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn facts_of_certificates_are_as_their_contracts_say() {
    for happened in Happened::ALL {
        let now = format!("{:#}\n", schema(happened));
        let path = path(happened);
        if std::env::var_os("UPDATE_CONTRACTS").is_some() {
            std::fs::write(&path, &now).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            serde_json::from_str::<Value>(&committed).ok() == serde_json::from_str(&now).ok(),
            "{} differs; see the head of this file, then look at the difference",
            path.display()
        );
    }
}

fn names(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

#[tokio::test]
async fn a_real_fact_of_a_certificate_has_only_the_members_of_its_contract() {
    let ground = Ground::with([gauge("gauge-001", &["00070"])]).await;
    let boss = administrator();
    let made = ground.certificates.issue(&boss, "gauge-001", None).await.unwrap();
    show(&ground, der(&made.certificate)).await.unwrap();
    ground
        .certificates
        .revoke(&boss, "gauge-001", None, Reason::PrivilegeWithdrawn)
        .await
        .unwrap();
    let told = ground.tenant.journal.read(0, &["certificate."], 10).await.unwrap();
    assert_eq!(told.len(), Happened::ALL.len());
    for entry in told {
        let contract = schema(Happened::parse(&entry.fact.kind).unwrap());
        let value = serde_json::to_value(&entry.fact).unwrap();
        assert_eq!(names(&value), names(&contract["properties"]));
        let promised = names(&contract["properties"]["data"]["properties"]);
        assert!(names(&value["data"]).is_subset(&promised), "{value}");
        assert_eq!(value["data"]["device"], value["subject"]);
        assert_eq!(value["areas"], json!(["00070"]));
        assert!(!value.to_string().contains("PRIVATE"));
    }
}

/// As format 1 wrote them. Never edit them: write a second fixture beside each when a new format comes.
const CERTIFICATE: &str = include_str!("../../../../../contracts/records/certificate.v1.json");
const INVITATION: &str = include_str!("../../../../../contracts/records/invitation.v1.json");

fn document(body: &str) -> Document {
    Document {
        key: "k".into(),
        version: 4,
        body: body.into(),
    }
}

#[test]
fn format_1_of_certificates_is_read_for_ever() {
    let certificate = read::<Certificate>(&document(CERTIFICATE)).unwrap();
    assert_eq!((certificate.version, certificate.one.device.as_str()), (4, "gauge-001"));
    let written: Value = serde_json::from_slice(&write(&certificate.one).unwrap()).unwrap();
    assert_eq!(written, serde_json::from_str::<Value>(CERTIFICATE).unwrap());
    let invitation = read::<Invitation>(&document(INVITATION)).unwrap();
    let written: Value = serde_json::from_slice(&write(&invitation.one).unwrap()).unwrap();
    assert_eq!(written, serde_json::from_str::<Value>(INVITATION).unwrap());
    let newer = CERTIFICATE.replacen("\"format\": 1", &format!("\"format\": {}", FORMAT + 1), 1);
    for (body, says) in [
        (newer.as_str(), "start the release that wrote it"),
        ("{}", "format"),
        ("[", "EOF"),
    ] {
        let error = read::<Certificate>(&document(body)).unwrap_err();
        assert_eq!(error.code(), "storage_corrupt");
        assert!(error.to_string().contains(says), "{error}");
    }
}
