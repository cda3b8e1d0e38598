//! What one frame of the hot log carries: rows, and who sent them. `block/codec.rs` turns it into bytes and back.

mod codec;

pub use codec::{BLOCK_FORMAT, BlockError, decode, encode};

use crate::batch::Batch;
use crate::time::Timestamp;
use std::sync::Arc;

/// Rows that became durable together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// The submissions in the order of their rows; this is also the audit of ingest: who sent what and when.
    pub runs: Vec<Run>,
    /// The rows.
    pub batch: Batch,
}

/// The part of a block that came from one submission.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Device id of the sender.
    pub sender: Arc<str>,
    /// When it arrived.
    pub received: Timestamp,
    /// How many of the block's rows are its own; the runs' rows follow each other.
    pub rows: u32,
    /// What makes a retry recognisable after a crash (SEMANTICS 8).
    pub mark: Option<Mark>,
}

/// Commits in the same fsync as the data.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// An HTTP Idempotency-Key with the hash of its body and the answer that was given.
    Key {
        /// The client's key.
        key: Arc<str>,
        /// SHA-256 of the body.
        body: [u8; 32],
        /// The receipt as JSON.
        answer: Vec<u8>,
    },
    /// A QoS 2 publish.
    Packet {
        /// MQTT session.
        session: Arc<str>,
        /// MQTT packet identifier.
        packet: u16,
    },
}
