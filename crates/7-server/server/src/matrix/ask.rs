//! What is sent on each route, so that the answer tells whether one was let in and nothing is changed by asking.

use serde_json::{Value, json};

/// What a route is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// One thing of this kind, named in the path.
    One(&'static str),
    /// A list of such things; `field` of an item has the id.
    List(&'static str, &'static str),
    /// Nothing in particular.
    AtAll,
    /// The door of devices, which knows no sessions.
    Devices,
    /// The answer goes on and on; only its head is read.
    Stream,
}

/// What a route is about.
pub(super) fn about(method: &str, path: &str) -> About {
    match (method, path) {
        ("POST", "/api/v1/observations" | "/.well-known/est/simpleenroll" | "/.well-known/est/simplereenroll") => {
            About::Devices
        }
        ("GET", "/api/v1/events" | "/api/v1/observations/stream") => About::Stream,
        ("GET", "/api/v1/alerts") => About::List("alert", "id"),
        ("GET", "/api/v1/incidents") => About::List("incident", "id"),
        ("GET", "/api/v1/devices") => About::List("device", "id"),
        ("GET", "/api/v1/observations/latest") => About::List("device", "device"),
        ("GET", "/api/v1/people") => About::List("person", "account"),
        (_, path) if path.starts_with("/api/v1/alerts/{id}") => About::One("alert"),
        (_, path) if path.starts_with("/api/v1/incidents/{id}") => About::One("incident"),
        (_, path) if path.starts_with("/api/v1/devices/{id}") => About::One("device"),
        (_, path) if path.starts_with("/api/v1/people/{account}") => About::One("person"),
        _ => About::AtAll,
    }
}

/// The path with the thing in it; other names in it are ids that do not exist.
pub(super) fn path(template: &str, thing: Option<&str>) -> String {
    let nothing = "00000000-0000-7000-8000-000000000000";
    let (mut path, mut thing) = (template.to_owned(), thing);
    while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
        path.replace_range(from..=to, thing.take().unwrap_or(nothing));
    }
    let query = match template {
        "/api/v1/alerts"
        | "/api/v1/incidents"
        | "/api/v1/devices"
        | "/api/v1/observations/latest"
        | "/api/v1/people" => "?limit=1000",
        "/api/v1/access/explain" => "?action=alert.read",
        "/api/v1/observations/history" => "?series=0&from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00Z",
        _ => "",
    };
    path + query
}

/// A body that its route can read, and that changes nothing: acts upon alerts and incidents go with an `If-Match` of a
/// version that never was; others name what does not exist.
pub(super) fn body(method: &str, template: &str) -> Option<Value> {
    if method == "GET" {
        return None;
    }
    Some(match template.rsplit('/').next().unwrap_or_default() {
        "comment" => json!({ "comment": "x" }),
        "acknowledge" | "unshelve" | "work" => json!({}),
        "shelve" => json!({ "reason": "x", "until": "2099-01-01T00:00:00Z" }),
        "clear" => json!({ "reason": "x" }),
        "note" | "reopen" => json!({ "text": "x" }),
        "assign" => json!({ "org": "so-y-te" }),
        "severity" => json!({ "severity": 3, "text": "x" }),
        "link" => json!({ "alerts": ["00000000-0000-7000-8000-000000000000"] }),
        "close" => json!({ "reason": "resolved", "text": "x" }),
        "incidents" => json!({ "title": "x", "kind": "Not A Kind", "severity": 3, "areas": ["00070"] }),
        "state" if template.contains("devices") => json!({ "state": "active" }),
        "state" => json!({ "ended": false }),
        "commands" => json!({ "name": "no.such" }),
        "enrolment" => json!({ "hours": 0 }),
        "revoke" => json!({ "certificate": "none", "reason": "superseded" }),
        "devices" => json!({ "id": "-", "title": { "vi": "x" }, "profile": "none", "org": "none" }),
        "sql" => json!({ "sql": "SELECT 1" }),
        "session" => json!({ "account": "nobody-here", "password": "x" }),
        "password" if method == "PUT" => json!({ "old": "x", "new": "x" }),
        "post" => json!({ "post": 99 }),
        "tokens" => json!({ "title": "", "actions": [], "expires": "2099-01-01T00:00:00Z" }),
        "second-factor" => json!({ "code": "000000" }),
        "links" => json!({ "provider": "none", "subject": "x" }),
        "clearance" => json!({ "clearance": "internal" }),
        "rights" => json!({ "role": "no_such_role" }),
        "unlock" => json!({ "reason": "short" }),
        // a person without a name is refused, whoever may write
        "details" => json!({ "full_name": "" }),
        "people" => json!({ "account": "nobody-yet", "rights": [{ "role": "no_such_role" }] }),
        _ => json!({}),
    })
}
