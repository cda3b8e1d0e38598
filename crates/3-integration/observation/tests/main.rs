//! The main road on the real engine: what is stored, what is told apart, and what survives.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall say where")]

#[path = "main/crash.rs"]
mod crash;
#[path = "main/derived.rs"]
mod derived;
#[path = "main/ground.rs"]
mod ground;
#[path = "main/intake.rs"]
mod intake;
#[path = "main/replay.rs"]
mod replay;
#[path = "main/series.rs"]
mod series;
#[path = "main/signals.rs"]
mod signals;
