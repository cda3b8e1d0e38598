//! The pack on the real embedded engine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

mod crash;
mod edit;
mod http;
mod laws;
mod stage;
mod start;
mod upgrade;
