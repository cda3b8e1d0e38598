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
