//! The trace of every access: one record, durable before the answer, in a log of its own, under a signed Merkle tree.
//!
//! What a reader may rely on: if a request was answered, its record is in the log; if the record cannot be written, the
//! request is refused. Refusals of strangers are joined: the first from an address for a reason is a record at once, those
//! after it are counted and follow as one record at the next flush, so that nobody fills the log by knocking. Ingest is not recorded here: the header of each log block says who sent what (SEMANTICS 30).
//!
//! Over the records grows the tree of RFC 6962 ([`merkle`], [`tree`]); every few seconds its root is signed ([`note`],
//! [`seal`]) and kept apart from the log ([`shelf`]). So [`verify`] finds whatever was changed, removed or moved later.
//! When records go after their time ([`keep`]), the tree stays.

pub mod api;
pub mod http;
pub mod keep;
pub mod merkle;
pub mod model;
pub mod note;
pub mod query;
pub mod seal;
pub mod shelf;
pub mod store;
mod strangers;
pub mod tile;
pub mod trail;
pub mod tree;
pub mod verify;
pub mod wire;
