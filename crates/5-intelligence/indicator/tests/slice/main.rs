//! The slice seen from outside: the decision's own vectors, laws, files of standards, then the whole on the real engine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

mod areas;
mod broken;
mod computing;
mod contracts;
mod http;
mod laws;
mod levels;
mod pack;
mod stage;
mod vectors;
