//! OCSF 1.3 as one line of JSON in ASCII: everything else is written as `\u....`, which every reader of JSON undoes.

use super::Event;
use audit::model::Outcome;
use kernel::actor::ActorId;
use serde_json::{Map, Value, json};

/// Version of the schema.
pub const VERSION: &str = "1.3.0";

/// Names of `severity_id`.
const SEVERITIES: [&str; 5] = ["Unknown", "Informational", "Low", "Medium", "High"];

/// Class, activity and what is special to the class.
struct Kind {
    category: u32,
    class: u32,
    class_name: &'static str,
    activity: u32,
    activity_name: &'static str,
    own: Value,
}

/// The event as JSON without any line break.
pub fn write(event: &Event) -> String {
    let record = &event.record;
    let kind = kind(event);
    let (source, port) = event.source();
    let mut endpoint = Map::new();
    if source.is_empty() {
        endpoint.insert("name".to_owned(), json!("local"));
    } else if source.parse::<std::net::IpAddr>().is_ok() {
        endpoint.insert("ip".to_owned(), json!(source));
    } else {
        endpoint.insert("name".to_owned(), json!(source));
    }
    if let Some(port) = port {
        endpoint.insert("port".to_owned(), json!(port));
    }
    let severity = event.severity();
    let mut whole = json!({
        "category_uid": kind.category,
        "class_uid": kind.class,
        "class_name": kind.class_name,
        "activity_id": kind.activity,
        "activity_name": kind.activity_name,
        "type_uid": kind.class * 100 + kind.activity,
        "time": record.at.millis(),
        "severity_id": severity,
        "severity": SEVERITIES[usize::from(severity.min(4))],
        "status_id": if record.outcome == Outcome::Allowed { 1 } else { 2 },
        "status": if record.outcome == Outcome::Allowed { "Success" } else { "Failure" },
        "status_detail": record.outcome,
        "message": record.act,
        "actor": { "user": user(&record.actor) },
        "src_endpoint": endpoint,
        "metadata": {
            "version": VERSION,
            "uid": event.uid(),
            "sequence": event.index,
            "correlation_uid": record.id.to_string(),
            "log_name": "audit",
            "event_code": record.act,
            "tenant_uid": record.tenant.as_str(),
            "product": { "name": "hanoi-ioc", "vendor_name": "HaNoi IOC", "version": env!("CARGO_PKG_VERSION") },
        },
        "unmapped": { "target": record.target, "detail": record.detail, "class": record.class() },
    });
    if let Some(status) = record.detail.get("status") {
        whole["status_code"] = json!(status);
    }
    if let (Value::Object(whole), Value::Object(own)) = (&mut whole, kind.own) {
        whole.extend(own);
    }
    ascii(&whole.to_string())
}

fn kind(event: &Event) -> Kind {
    let record = &event.record;
    if event.is_finding() {
        let own = json!({
            "finding_info": {
                "uid": record.id.to_string(),
                "title": record.act,
                "desc": record.target,
                "created_time": record.at.millis(),
                "types": [record.outcome],
            },
            "count": record.detail.get("more").and_then(|more| more.parse::<u64>().ok()).unwrap_or(1),
        });
        return Kind {
            category: 2,
            class: 2_004,
            class_name: "Detection Finding",
            activity: 1,
            activity_name: "Create",
            own,
        };
    }
    let (method, route) = event.request().unwrap_or(("", record.act.as_str()));
    let changes = !matches!(method, "GET" | "HEAD" | "OPTIONS");
    if route.contains("/password") && changes {
        return account(event, 3, "Password Change");
    }
    if changes && (route.starts_with("/api/v1/session") || route.starts_with("session.")) {
        let ends = method == "DELETE" || route == "session.ended";
        return Kind {
            category: 3,
            class: 3_002,
            class_name: "Authentication",
            activity: if ends { 2 } else { 1 },
            activity_name: if ends { "Logoff" } else { "Logon" },
            own: json!({ "user": user(&record.actor), "service": { "name": "hanoi-ioc" }, "is_remote": true }),
        };
    }
    let accounts = [
        "/api/v1/accounts",
        "/api/v1/people",
        "/api/v1/roles",
        "/api/v1/access",
        "account.",
    ];
    if changes && accounts.iter().any(|begin| route.starts_with(begin)) {
        return match method {
            "POST" if route.matches('/').count() == 3 => account(event, 1, "Create"),
            "DELETE" => account(event, 6, "Delete"),
            _ => account(event, 99, "Other"),
        };
    }
    let (activity, activity_name) = match method {
        "POST" => (1, "Create"),
        "GET" | "HEAD" | "OPTIONS" => (2, "Read"),
        "PUT" | "PATCH" => (3, "Update"),
        "DELETE" => (4, "Delete"),
        _ => (99, "Other"),
    };
    let mut own = json!({
        "api": {
            "operation": record.act,
            "request": { "uid": record.id.to_string() },
            "service": { "name": "hanoi-ioc" },
        },
        "resources": [{ "name": record.target, "type": "api" }],
    });
    if !method.is_empty() {
        own["http_request"] = json!({ "http_method": method, "url": { "path": record.target } });
    }
    Kind {
        category: 6,
        class: 6_003,
        class_name: "API Activity",
        activity,
        activity_name,
        own,
    }
}

fn account(event: &Event, activity: u32, activity_name: &'static str) -> Kind {
    let record = &event.record;
    Kind {
        category: 3,
        class: 3_001,
        class_name: "Account Change",
        activity,
        activity_name,
        own: json!({ "user": { "uid": record.target, "type": "Unknown", "type_id": 0 } }),
    }
}

fn user(actor: &ActorId) -> Value {
    let (uid, kind, kind_id) = match actor {
        ActorId::Person(id) => (id.to_string(), "User", 1),
        ActorId::Device(id) => (id.to_string(), "System", 3),
        ActorId::Service(name) => (name.clone(), "System", 3),
        ActorId::Anonymous => ("anonymous".to_owned(), "Unknown", 0),
    };
    json!({ "uid": uid, "type": kind, "type_id": kind_id })
}

/// JSON with everything beyond ASCII, and DEL, as escapes; in JSON such signs stand in strings only.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for sign in json.chars() {
        if sign.is_ascii() && sign != '\u{7f}' {
            text.push(sign);
        } else {
            for unit in sign.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}
