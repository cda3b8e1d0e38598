//! The promises of every port as tests that each engine runs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod journal;
pub mod log;
pub mod objects;
pub mod records;
