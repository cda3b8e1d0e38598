//! The true boundaries of the areas: read from a GeoJSON file, judged, and kept in place of the pack's approximate cells.
//!
//! # Invariants
//! - Either all communes have a boundary here or none has: [`check`] refuses a file that leaves one out.
//! - What was refused changes nothing; what was taken is durable together with its fact.
//! - [`service::Boundaries::collection`] is the only way in which boundaries leave this crate, and it has no `note`: the words
//!   "địa giới xấp xỉ" belong to the cells alone.
//!
//! The geometry itself is computed by `geo`, which no other crate of the house imports.

pub mod check;
pub mod error;
pub mod fact;
pub mod model;
pub mod read;
pub mod record;
pub mod service;
pub mod store;
