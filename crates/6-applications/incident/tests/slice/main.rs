//! The slice seen from outside: decisions as tables and laws, then the whole on the real embedded engine with real alerts.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

mod act;
mod contracts;
mod crash;
mod hear;
mod http;
mod join;
mod laws;
mod react;
mod record;
mod script;
mod service;
mod stage;
