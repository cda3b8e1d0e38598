//! One access as it is written down.

use kernel::actor::ActorId;
use kernel::id::{AuditId, TenantId};
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the stored form of [`AuditRecord`].
pub const AUDIT_FORMAT: u32 = 1;

/// How an access ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was allowed and carried out.
    Allowed,
    /// It was refused.
    Denied,
    /// It was allowed and failed.
    Failed,
}

/// Who did what to which thing, when, from where, and how it ended. No personal fields (SEMANTICS 29).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// [`AUDIT_FORMAT`].
    pub format: u32,
    /// UUIDv7.
    pub id: AuditId,
    /// Wall time.
    pub at: Timestamp,
    /// In which tenant.
    pub tenant: TenantId,
    /// Who.
    pub actor: ActorId,
    /// What, such as `GET /api/v1/alerts/{id}` or `device.refused`.
    pub act: String,
    /// On what: the path with its query, or an id.
    pub target: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Address of the other end.
    pub from: String,
    /// Further figures, such as the HTTP status or the number of events of a stream.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub detail: BTreeMap<String, String>,
}

/// How long a record is kept is settled by its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Somebody looked at something.
    Read,
    /// Somebody changed something.
    Change,
    /// Sign-ins, refusals, rights, and the trace itself.
    Security,
}

/// Beginnings of acts, without method, that concern security whatever came of them.
const SECURITY: [&str; 12] = [
    "/api/v1/session",
    "/api/v1/account",
    "/api/v1/people",
    "/api/v1/emergency",
    "/api/v1/audit",
    "/api/v1/access",
    "/api/v1/settings",
    "setting.",
    "session.",
    "audit.",
    "device.refused",
    "certificate.",
];

impl AuditRecord {
    /// Its class, which follows from what was done and how it ended.
    pub fn class(&self) -> Class {
        let (method, path) = self.act.split_once(' ').unwrap_or(("", &self.act));
        if self.outcome == Outcome::Denied || SECURITY.iter().any(|begin| path.starts_with(begin)) {
            return Class::Security;
        }
        let reads =
            matches!(method, "GET" | "HEAD" | "OPTIONS") || path.starts_with("sql.") || path.starts_with("stream.");
        if reads { Class::Read } else { Class::Change }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_has_its_class() {
        let record = |act: &str, outcome| AuditRecord {
            format: AUDIT_FORMAT,
            id: AuditId(uuid::Uuid::nil()),
            at: Timestamp::EPOCH,
            tenant: TenantId::new("gov").unwrap(),
            actor: ActorId::Anonymous,
            act: act.to_owned(),
            target: String::new(),
            outcome,
            from: String::new(),
            detail: BTreeMap::new(),
        };
        for (act, outcome, class) in [
            ("GET /api/v1/alerts", Outcome::Allowed, Class::Read),
            ("GET /api/v1/alerts", Outcome::Failed, Class::Read),
            ("GET /api/v1/alerts", Outcome::Denied, Class::Security),
            ("POST /api/v1/alerts/{id}/acknowledge", Outcome::Allowed, Class::Change),
            ("POST /api/v1/session", Outcome::Allowed, Class::Security),
            ("GET /api/v1/audit", Outcome::Allowed, Class::Security),
            // who may what is changed there, and one who looks there looks at people
            (
                "POST /api/v1/people/{account}/rights",
                Outcome::Allowed,
                Class::Security,
            ),
            ("GET /api/v1/people", Outcome::Allowed, Class::Security),
            ("POST /api/v1/emergency/unlock", Outcome::Allowed, Class::Security),
            ("sql.asked", Outcome::Allowed, Class::Read),
            ("stream.ended", Outcome::Allowed, Class::Read),
            ("audit.released", Outcome::Allowed, Class::Security),
            ("setting.changed", Outcome::Allowed, Class::Security),
            ("device.refused", Outcome::Denied, Class::Security),
            ("certificate.enrolled", Outcome::Allowed, Class::Security),
            ("thing.done", Outcome::Allowed, Class::Change),
        ] {
            assert_eq!(record(act, outcome).class(), class, "{act}");
        }
    }
}
