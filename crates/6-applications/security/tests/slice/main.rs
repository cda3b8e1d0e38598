//! The slice seen from outside, on the real embedded engine with real accounts and a real audit log.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

mod alerts;
mod asking;
mod contracts;
mod crash;
mod flaws;
mod http;
mod measures;
mod objects;
mod reports;
mod stage;
mod usage;
