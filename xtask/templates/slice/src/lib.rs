//! __Names__: say here in one line what this slice is for.
//!
//! The slice has the shape of `alert`; read that one first. `cargo xtask new-slice` wrote these files as a beginning: change
//! their nouns and rules into those of the domain, bottom to top, in the order in which the modules stand below.
//!
//! # Invariants
//! - What is closed has somebody who closed it, and is never changed again.
//! - A change and its fact are committed together, or neither is.
//! - Who may not see it gets the same answer as for what does not exist.

pub mod decide;
pub mod error;
pub mod fact;
pub mod http;
pub mod model;
pub mod record;
pub mod service;
pub mod store;
pub mod wire;

pub use http::{__Name__State, mount};
