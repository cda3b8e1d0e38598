//! The rules as a whole: Cedar and what is compiled from it say the same, and explanations are understood.
#![allow(clippy::unwrap_used)]

#[path = "main/agree.rs"]
mod agree;
#[path = "main/ground.rs"]
mod ground;
#[path = "main/rights.rs"]
mod rights;
#[path = "main/why.rs"]
mod why;
