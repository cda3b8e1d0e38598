//! The answers of ingest as they are written on the wire.

use kernel::reject::Rejected;
use kernel::submission::Receipt;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Parameters of ingest.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct IngestQuery {
    /// Unit of the timestamps of line protocol: `ns` (default), `us`, `ms` or `s`.
    #[serde(default)]
    pub precision: Option<String>,
}

/// What became of a payload; it is answered only when everything in it is durable.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct IngestReceipt {
    /// Where the rows lie in the log; absent when nothing new was stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<LogPosition>,
    /// Rows stored, corrections included.
    pub accepted: u32,
    /// Rows that were there already with the same value.
    pub duplicates: u32,
    /// Rows that replace an earlier value of the same time.
    pub corrections: u32,
    /// Number of items kept in quarantine, listed or not.
    pub rejected: u32,
    /// The first 100 of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<RejectedItem>,
    /// Whether this answer was given before and is repeated for the same Idempotency-Key.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub repeated: bool,
}

/// A place in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LogPosition {
    /// Grows at each restore from a backup.
    pub epoch: u32,
    /// Number of the frame in the epoch.
    pub sequence: u64,
}

/// One item that was kept in quarantine.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RejectedItem {
    /// Number of the item in the payload, from 0: array index, row, or line number minus 1.
    pub item: u32,
    /// Reason code, such as `wrong_unit`.
    pub reason: &'static str,
    /// What was found and what is allowed, in English.
    pub detail: String,
    /// The device it speaks of, when that much could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

impl From<Rejected> for RejectedItem {
    fn from(rejected: Rejected) -> Self {
        Self {
            item: rejected.item,
            reason: rejected.reason.code(),
            detail: rejected.detail,
            device: rejected.device,
        }
    }
}

impl From<Receipt> for IngestReceipt {
    fn from(receipt: Receipt) -> Self {
        Self {
            position: receipt.position.map(|at| LogPosition {
                epoch: at.epoch,
                sequence: at.sequence,
            }),
            accepted: receipt.accepted,
            duplicates: receipt.duplicates,
            corrections: receipt.corrections,
            rejected: receipt.rejected,
            items: receipt.items.into_iter().map(RejectedItem::from).collect(),
            repeated: receipt.repeated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::position::Position;
    use kernel::reject::Reason;

    #[test]
    fn the_wire_form_of_a_receipt_is_the_kernels() {
        let receipt = Receipt {
            position: Some(Position { epoch: 1, sequence: 7 }),
            accepted: 3,
            corrections: 1,
            rejected: 1,
            items: vec![Rejected {
                item: 2,
                reason: Reason::WrongUnit,
                detail: "V is no length".into(),
                raw: vec![1],
                device: Some("g1".into()),
            }],
            repeated: true,
            ..Receipt::default()
        };
        let kernel = serde_json::to_value(&receipt).unwrap();
        assert_eq!(serde_json::to_value(IngestReceipt::from(receipt)).unwrap(), kernel);
    }
}
