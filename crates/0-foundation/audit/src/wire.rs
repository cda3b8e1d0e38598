//! The trace as the API gives it.

use crate::model::{AuditRecord, Class, Outcome};
use crate::trail::Entry;
use kernel::actor::ActorId;
use kernel::id::AuditId;
use kernel::time::Timestamp;
use policy::cell::{Cells, Met};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A page of records, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// The records; a page may be empty although there are more.
    pub items: Vec<AuditItem>,
    /// Give this as `cursor` to go on; absent at the first record of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Records in the tree when the page was read.
    pub size: u64,
}

/// One access.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditItem {
    /// Its number in the tree, from 0.
    pub index: u64,
    /// Its id.
    #[schema(value_type = String)]
    pub id: AuditId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who.
    #[schema(value_type = Object)]
    pub actor: ActorId,
    /// What, such as `GET /api/v1/alerts/{id}`.
    pub act: String,
    /// The action of its route, such as `alert.read`; absent where no route was asked, or one that is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<&'static str>,
    /// On what.
    pub target: String,
    /// How it ended: `allowed`, `denied` or `failed`.
    #[schema(value_type = String)]
    pub outcome: Outcome,
    /// `read`, `change` or `security`.
    #[schema(value_type = String)]
    pub class: Class,
    /// Address of the other end.
    pub from: String,
    /// Further figures.
    pub detail: BTreeMap<String, String>,
}

impl AuditItem {
    pub(crate) fn of(entry: &Entry, record: AuditRecord) -> Self {
        Self {
            index: entry.index,
            class: record.class(),
            action: action(&record.act),
            id: record.id,
            at: record.at,
            actor: record.actor,
            act: record.act,
            target: record.target,
            outcome: record.outcome,
            from: record.from,
            detail: record.detail,
        }
    }
}

/// By the cell of its route as it is now; records keep what was asked, not what it was called.
fn action(act: &str) -> Option<&'static str> {
    let (method, route) = act.split_once(' ')?;
    match Cells::here().meet(method, route) {
        Met::Action(action) => Some(action.code()),
        Met::OtherMethod | Met::Nothing => None,
    }
}

/// Shows that a record is in the tree of a checkpoint (RFC 6962 section 2.1.1).
#[derive(Debug, Serialize, ToSchema)]
pub struct InclusionProof {
    /// Number of the record.
    pub index: u64,
    /// Size of the tree that the checkpoint signs.
    pub size: u64,
    /// SHA-256 of a zero byte and the entry, base64.
    pub leaf: String,
    /// The record's bytes as they are in the tree; absent when the record was dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Hashes from the leaf's neighbour up, base64.
    pub proof: Vec<String>,
    /// The signed checkpoint (C2SP tlog-checkpoint).
    pub checkpoint: String,
}

/// Shows that the tree of the newest checkpoint begins with an older one (RFC 6962 section 2.1.2).
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsistencyProof {
    /// Size of the older tree.
    pub from: u64,
    /// Size of the newer tree.
    pub size: u64,
    /// Hashes, base64.
    pub proof: Vec<String>,
    /// The signed checkpoint of the newer tree.
    pub checkpoint: String,
}

#[cfg(test)]
mod tests {
    use super::action;

    #[test]
    fn an_act_upon_a_route_has_the_action_of_its_cell() {
        for (act, wanted) in [
            ("GET /api/v1/alerts/{id}", Some("alert.read")),
            ("HEAD /api/v1/alerts", Some("alert.read")),
            ("DELETE /api/v1/people/{account}/sessions/{id}", Some("session.keep")),
            // no route: an act of a part of the program, a path that nobody serves, a method that nobody takes
            ("device.refused", None),
            ("GET ?", None),
            ("DELETE /api/v1/alerts", None),
        ] {
            assert_eq!(action(act), wanted, "{act}");
        }
    }
}
