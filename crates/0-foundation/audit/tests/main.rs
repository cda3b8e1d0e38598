//! The trace of accesses on the embedded engine: before the answer, or no answer.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "main/ground.rs"]
mod ground;
#[path = "main/keep.rs"]
mod keep;
#[path = "main/layer.rs"]
mod layer;
#[path = "main/log.rs"]
mod log;
#[path = "main/routes.rs"]
mod routes;
#[path = "main/sealed.rs"]
mod sealed;
#[path = "main/tamper.rs"]
mod tamper;
#[path = "main/tree.rs"]
mod tree;
