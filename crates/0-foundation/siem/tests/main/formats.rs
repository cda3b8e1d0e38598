//! Each format against values that want to break out of it, and the classes of OCSF.

use audit::model::{AUDIT_FORMAT, AuditRecord, Outcome};
use kernel::actor::ActorId;
use kernel::id::{AuditId, DeviceId, PersonId, TenantId};
use kernel::time::Timestamp;
use serde_json::Value;
use siem::format::syslog::{Header, frame, message};
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

const SIGNS: [&str; 16] = [
    "a\r\nb",
    "a\nCEF:0|x",
    "a\u{85}b",
    "a\u{2028}b",
    "a\u{2029}b",
    "a\u{0}b",
    "a\u{1b}[31mred",
    "a\u{7f}b",
    "a\u{9b}31m",
    "a\u{202e}txt.exe",
    "a\u{2066}b\u{200b}\u{feff}",
    "a\"b",
    "a]b",
    "a\\b\\\\",
    "a|b",
    "a=b cs1=c",
];

fn hostile(text: &str) -> Event {
    let mut event = event("GET /api/v1/alerts", Outcome::Allowed);
    event.record.act = format!("GET /{text}");
    event.record.target = text.to_owned();
    event.record.from = text.to_owned();
    event.record.actor = ActorId::Service(text.to_owned());
    event.record.detail = BTreeMap::from([(text.to_owned(), text.to_owned()), ("more".to_owned(), text.to_owned())]);
    event
}

/// Nothing in a message ends a line, steers a terminal or hides; the mark of UTF-8 in front is the only exception.
fn is_harmless(message: &str) -> bool {
    let body: Vec<&str> = message.splitn(2, '\u{feff}').collect();
    body.iter().all(|part| {
        part.chars().all(|sign| {
            !sign.is_control() && !matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        })
    })
}

#[test]
fn no_value_breaks_out_of_its_field() {
    for text in SIGNS {
        let event = hostile(text);
        let header = Header {
            host: text.to_owned(),
            version: text.to_owned(),
        };
        for format in [Format::Ocsf, Format::Cef] {
            let whole = message(&header, &event, format);
            assert!(is_harmless(&whole), "{format:?} {text:?}: {whole:?}");
            let fields: Vec<&str> = whole.splitn(7, ' ').collect();
            assert_eq!((fields[3], fields[4], fields[5]), ("hanoi-ioc", "-", "41"), "{whole}");
            assert_eq!(elements(fields[6]).0, 2, "{whole}");
            let mut bytes = Vec::new();
            frame(&mut bytes, &whole);
            let (first, rest) = crate::sink::unframe(&bytes).unwrap();
            assert!(first == whole && rest.is_empty());
        }
    }
}

/// Counts the elements of structured data by the grammar of RFC 5424; with what follows them.
fn elements(text: &str) -> (usize, &str) {
    let (mut count, mut quoted, mut escaped, mut inside) = (0, false, false, false);
    for (at, sign) in text.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => inside = true,
            ']' if !quoted => {
                inside = false;
                count += 1;
            }
            ' ' if !inside => return (count, &text[at + 1..]),
            _ => {}
        }
    }
    (count, "")
}

#[test]
fn json_gives_every_value_back_exactly() {
    for text in SIGNS {
        let event = hostile(text);
        let json = Format::Ocsf.write(&event);
        assert!(
            json.is_ascii() && !json.contains('\n') && !json.contains('\u{7f}'),
            "{json}"
        );
        let read: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["unmapped"]["target"], text);
        assert_eq!(read["unmapped"]["detail"][text], text);
        assert_eq!(read["actor"]["user"]["uid"], text);
    }
    let mut event = event("GET /x", Outcome::Allowed);
    event.record.target = "Trần Phú 🚦".to_owned();
    let read: Value = serde_json::from_str(&Format::Ocsf.write(&event)).unwrap();
    assert_eq!(read["unmapped"]["target"], "Trần Phú 🚦");
}

/// Splits a CEF line as a receiver does: seven fields, then pairs.
fn cef(line: &str) -> (Vec<String>, BTreeMap<String, String>) {
    let (mut fields, mut field, mut escaped, mut rest) = (Vec::new(), String::new(), false, "");
    for (at, sign) in line.char_indices() {
        match sign {
            _ if std::mem::take(&mut escaped) => field.push(sign),
            '\\' => escaped = true,
            '|' => {
                fields.push(std::mem::take(&mut field));
                if fields.len() == 7 {
                    rest = &line[at + 1..];
                    break;
                }
            }
            sign => field.push(sign),
        }
    }
    // a key is the word before an equals sign that no backslash escapes
    let mut equals = Vec::new();
    let mut escaped = false;
    for (at, sign) in rest.char_indices() {
        match sign {
            _ if std::mem::take(&mut escaped) => {}
            '\\' => escaped = true,
            '=' => equals.push(at),
            _ => {}
        }
    }
    let key_of = |at: usize| rest[..at].rfind(' ').map_or(0, |space| space + 1);
    let mut pairs = BTreeMap::new();
    for (number, at) in equals.iter().enumerate() {
        let end = equals
            .get(number + 1)
            .map_or(rest.len(), |next| key_of(*next).saturating_sub(1));
        let value = rest[at + 1..end.max(at + 1)].replace("\\=", "=").replace("\\\\", "\\");
        pairs.insert(rest[key_of(*at)..*at].to_owned(), value);
    }
    (fields, pairs)
}

#[test]
fn cef_keeps_its_fields_whatever_stands_in_them() {
    for text in SIGNS {
        let line = Format::Cef.write(&hostile(text));
        let (fields, pairs) = cef(&line);
        assert_eq!(fields.len(), 7, "{line}");
        assert_eq!(&fields[..3], ["CEF:0", "HaNoi IOC", "hanoi-ioc"]);
        let keys: Vec<&str> = pairs.keys().map(String::as_str).collect();
        assert_eq!(
            keys,
            [
                "act",
                "cs1",
                "cs1Label",
                "externalId",
                "msg",
                "outcome",
                "request",
                "rt",
                "src",
                "suser"
            ],
            "{line}"
        );
        assert_eq!(pairs["externalId"], "gov-41");
    }
    let (_, pairs) = cef(&Format::Cef.write(&hostile("a=b cs1=c")));
    assert_eq!(pairs["request"], "a=b cs1=c");
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
