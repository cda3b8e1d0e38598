//! The trace of accesses on the embedded engine: before the answer, or no answer.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "main/ground.rs"]
mod ground;
#[path = "main/layer.rs"]
mod layer;
#[path = "main/log.rs"]
mod log;
