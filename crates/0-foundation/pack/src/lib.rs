//! The city pack as versioned records: what a pack brings is the base, what people change in the console lies over it.
//!
//! A pack is a folder of files. Each file is one *item*, named by its kind and id, such as `rule/flood-depth`. An item has a
//! *base*, the text that the newest pack brought, and perhaps an *overlay*, the text that a person put in its place. The
//! overlay counts while it is there. A newer pack is compared in three ways ([`decide::upgrade`]): the base on which the
//! overlay stands, the new base, and the overlay. Where both have changed, the overlay goes on counting and the item is a
//! *conflict* until a person chooses.
//!
//! # Invariants
//! - An upgrade never changes or removes an overlay; only a person does.
//! - Every text that ever counted stays readable as a [`model::Version`], with who brought it and when.
//! - What changes an item is one transaction with its fact.
//! - What the city cannot use is refused before it is stored: [`service::city::City::check`] judges the whole pack as it would be.
//!
//! # Boundary
//! This crate does not know what a rule or a profile is. Whoever does joins [`service::city::City`] in the server.

pub mod decide;
pub mod error;
pub mod fact;
pub mod http;
pub mod merge;
pub mod model;
pub mod record;
pub mod service;
pub mod store;
pub mod wire;

pub use http::{PackState, mount};
