//! Each format against values that want to break out of it, and the classes of OCSF.

#[path = "formats/injection.rs"]
mod injection;
#[path = "formats/payloads.rs"]
mod payloads;
#[path = "formats/readers.rs"]
mod readers;
#[path = "formats/through.rs"]
mod through;

use audit::model::{AUDIT_FORMAT, AuditRecord, Outcome};
use kernel::actor::ActorId;
use kernel::id::{AuditId, DeviceId, PersonId, TenantId};
use kernel::time::Timestamp;
use serde_json::Value;
use siem::format::syslog::{Header, message};
use siem::format::{Event, Format};
use std::collections::BTreeMap;

fn event(act: &str, outcome: Outcome) -> Event {
    let record = AuditRecord {
        format: AUDIT_FORMAT,
        id: AuditId(uuid::Uuid::nil()),
        at: Timestamp::from_micros(1_795_000_000_123_456),
        tenant: TenantId::new("gov").unwrap(),
        actor: ActorId::Person(PersonId(uuid::Uuid::nil())),
        act: act.to_owned(),
        target: "/api/v1/alerts?limit=10".to_owned(),
        outcome,
        from: "10.1.2.3:4711".to_owned(),
        detail: BTreeMap::from([("status".to_owned(), "200".to_owned())]),
    };
    Event { index: 41, record }
}

fn header() -> Header {
    Header {
        host: "ioc.test".to_owned(),
        version: "0.1.0".to_owned(),
    }
}

#[test]
fn a_message_has_the_form_of_rfc_5424() {
    let whole = message(&header(), &event("GET /api/v1/alerts", Outcome::Allowed), Format::Cef);
    let expected = "<110>1 2026-11-18T11:06:40.123456Z ioc.test hanoi-ioc - 41 [origin software=\"hanoi-ioc\" swVersion=\"0.1.0\"]\
                    [meta sequenceId=\"42\"] \u{feff}CEF:0|HaNoi IOC|";
    assert!(whole.starts_with(expected), "{whole}");
    for (act, outcome, priority) in [
        ("GET /api/v1/alerts", Outcome::Failed, 109),
        ("GET /api/v1/alerts", Outcome::Denied, 84),
        ("POST /api/v1/session", Outcome::Allowed, 86),
        ("device.refused", Outcome::Denied, 83),
    ] {
        let whole = message(&header(), &event(act, outcome), Format::Cef);
        assert!(whole.starts_with(&format!("<{priority}>1 ")), "{act}: {whole}");
    }
}

#[test]
fn every_act_has_its_class_of_ocsf() {
    for (act, outcome, class, activity, severity) in [
        ("POST /api/v1/session", Outcome::Allowed, 3_002, 1, 1),
        ("POST /api/v1/session", Outcome::Denied, 3_002, 1, 3),
        ("DELETE /api/v1/session", Outcome::Allowed, 3_002, 2, 1),
        ("GET /api/v1/session", Outcome::Allowed, 6_003, 2, 1),
        ("PUT /api/v1/session/password", Outcome::Allowed, 3_001, 3, 1),
        ("POST /api/v1/accounts", Outcome::Allowed, 3_001, 1, 1),
        ("DELETE /api/v1/accounts/{id}", Outcome::Allowed, 3_001, 6, 1),
        ("PUT /api/v1/accounts/{id}", Outcome::Failed, 3_001, 99, 2),
        ("GET /api/v1/alerts", Outcome::Allowed, 6_003, 2, 1),
        ("POST /api/v1/alerts/{id}/acknowledge", Outcome::Allowed, 6_003, 1, 1),
        ("sql.asked", Outcome::Allowed, 6_003, 99, 1),
        ("device.refused", Outcome::Denied, 2_004, 1, 4),
    ] {
        let json: Value = serde_json::from_str(&Format::Ocsf.write(&event(act, outcome))).unwrap();
        assert_eq!(
            (&json["class_uid"], &json["activity_id"]),
            (&class.into(), &activity.into()),
            "{act}"
        );
        assert_eq!(json["type_uid"], class * 100 + activity, "{act}");
        assert_eq!(json["category_uid"], class / 1_000, "{act}");
        assert_eq!(json["severity_id"], severity, "{act}");
        assert_eq!(
            json["status_id"],
            if outcome == Outcome::Allowed { 1 } else { 2 },
            "{act}"
        );
        assert_eq!(
            (&json["metadata"]["uid"], &json["metadata"]["sequence"]),
            (&"gov-41".into(), &41.into())
        );
        assert_eq!(
            (&json["src_endpoint"]["ip"], &json["src_endpoint"]["port"]),
            (&"10.1.2.3".into(), &4_711.into())
        );
        let needs = match class {
            3_001 | 3_002 => &["user"][..],
            6_003 => &["api"],
            _ => &["finding_info"],
        };
        assert!(needs.iter().all(|name| !json[*name].is_null()), "{act}: {json}");
    }
    let mut knocks = event("GET /api/v1/alerts", Outcome::Denied);
    knocks.record.actor = ActorId::Device(DeviceId::new("gauge-001").unwrap());
    knocks.record.detail.insert("more".to_owned(), "999".to_owned());
    let json: Value = serde_json::from_str(&Format::Ocsf.write(&knocks)).unwrap();
    assert_eq!((&json["class_uid"], &json["count"]), (&2_004.into(), &999.into()));
}

#[test]
fn other_alphabets_come_back_as_they_were() {
    let mut event = event("GET /x", Outcome::Allowed);
    event.record.target = "Trần Phú 🚦".to_owned();
    let read: Value = serde_json::from_str(&Format::Ocsf.write(&event)).unwrap();
    assert_eq!(read["unmapped"]["target"], "Trần Phú 🚦");
    assert!(Format::Cef.write(&event).contains("request=Trần Phú 🚦 "));
}
