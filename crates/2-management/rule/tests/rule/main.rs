//! Tests of the rule crate from outside: files, state machine, snapshots, reload.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may stop a test")]

mod broken;
mod city;
mod machine;
mod reload;
mod semantics;
mod stage;
mod units;
