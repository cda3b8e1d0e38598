//! What the API of replays takes and gives.

use crate::record::Replayed;
use kernel::actor::ActorId;
use kernel::id::QuarantineId;
use kernel::reject::Rejected;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// How an item of quarantine is sent again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// The mended content as SenML in JSON, at most 100 rows and 64 KiB; left out: the content as it came.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    pub payload: Option<Box<RawValue>>,
}

/// What became of an item that was sent again; it is answered only when everything is durable.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReplayReceipt {
    /// Where the rows lie in the log; absent when nothing new was stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<ReplayPosition>,
    /// Rows stored, corrections included.
    pub accepted: u32,
    /// Rows that were there already with the same value.
    pub duplicates: u32,
    /// Rows that replace an earlier value of the same time.
    pub corrections: u32,
    /// Number of items that were wrong again.
    pub rejected: u32,
    /// What was wrong with each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ReplayRejected>,
}

/// A place in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReplayPosition {
    /// Grows at each restore from a backup.
    pub epoch: u32,
    /// Number of the frame in the epoch.
    pub sequence: u64,
}

/// One item that was wrong again.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReplayRejected {
    /// Number of the item in what was sent, from 0.
    pub item: u32,
    /// Reason code, such as `wrong_unit`.
    pub reason: &'static str,
    /// What was found and what is allowed, in English.
    pub detail: String,
    /// The device it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The new item of quarantine that holds it.
    #[schema(format = "uuid")]
    pub kept: String,
}

/// A replay of which something was taken.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Replayed)]
pub struct ReplayedView {
    /// When (RFC 3339).
    pub at: String,
    /// Who: a person by the bare id, everything else with its kind.
    pub by: String,
    /// Whether the content was mended before.
    pub mended: bool,
    /// What came of it.
    pub receipt: ReplayReceipt,
}

impl From<Replayed> for ReplayReceipt {
    fn from(replayed: Replayed) -> Self {
        let Replayed { receipt, kept, .. } = replayed;
        Self {
            position: receipt.position.map(|at| ReplayPosition {
                epoch: at.epoch,
                sequence: at.sequence,
            }),
            accepted: receipt.accepted,
            duplicates: receipt.duplicates,
            corrections: receipt.corrections,
            rejected: receipt.rejected,
            items: receipt.items.into_iter().zip(kept).map(wrong_again).collect(),
        }
    }
}

fn wrong_again((bad, kept): (Rejected, QuarantineId)) -> ReplayRejected {
    ReplayRejected {
        item: bad.item,
        reason: bad.reason.code(),
        detail: bad.detail,
        device: bad.device,
        kept: kept.to_string(),
    }
}

impl From<Replayed> for ReplayedView {
    fn from(replayed: Replayed) -> Self {
        Self {
            at: replayed.at.to_string(),
            by: id_of(&replayed.by),
            mended: replayed.mended,
            receipt: ReplayReceipt::from(replayed),
        }
    }
}

/// How the API names an actor: a person by the bare id, everything else with its kind.
pub fn id_of(actor: &ActorId) -> String {
    match actor {
        ActorId::Person(id) => id.to_string(),
        other => other.to_string(),
    }
}
