//! The trace of every access: one record, durable before the answer, in a log of its own.
//!
//! What a reader may rely on: if a request was answered, its record is in the log; if the record cannot be written, the
//! request is refused. Refusals of strangers are joined: the first from an address for a reason is a record at once, those
//! after it are counted and follow as one record at the next flush, so that nobody fills the log by knocking. Ingest is not recorded here: the header of each log block says who sent what (SEMANTICS 30).
//! The Merkle tree over these frames is the business of the later access slice; the frames and the seam are final.

pub mod http;
pub mod model;
pub mod store;
mod strangers;
