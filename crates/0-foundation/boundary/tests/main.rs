//! Boundaries of a made-up city of four communes: good files, broken ones, and what is kept.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

#[path = "main/city.rs"]
mod city;
#[path = "main/form.rs"]
mod form;
#[path = "main/hanoi.rs"]
mod hanoi;
#[path = "main/kept.rs"]
mod kept;
#[path = "main/sides.rs"]
mod sides;
