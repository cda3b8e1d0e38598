//! The main road: readings come in by name, are checked against their series' contract, made durable, and fanned out.
//!
//! Walkthrough of one submission: [`service`] resolves names to series ([`series`]) and checks each row ([`decide`]) on the
//! caller's task; what does not fit goes to [`quarantine`]; the [`pipeline`] (one thread) drops duplicates ([`seen`]),
//! appends a block to the log, and only when it is durable updates the latest values ([`latest`]), answers the sender and
//! feeds the rules, whose signals go to the journal. Out of quarantine a person sends content in again ([`replay`]).
//! **Invariant:** no receipt exists before its rows are durable. After a crash the state is the newest snapshot plus the
//! rest of the log, so it is the same state.

pub mod decide;
pub mod derived;
pub mod error;
pub mod http;
pub mod keys;
pub mod latest;
pub mod model;
pub mod pipeline;
pub mod quarantine;
mod rate;
pub mod reconcile;
pub mod record;
pub mod replay;
pub mod seen;
pub mod series;
pub mod service;
pub mod store;
pub mod stream;
pub mod wire;
