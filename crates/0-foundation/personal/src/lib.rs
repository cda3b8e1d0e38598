//! Names, telephones, e-mails and units of people, apart from their accounts: sealed under a key of each person (SEMANTICS 29).
//!
//! # Invariants
//! - Facts, audit and every other record know a person by id only. What stands here is read through [`service::People`].
//! - The key of a person is wrapped by the instance's seal key and lies in a record of its own. Who erases destroys the key:
//!   nothing that was sealed with it opens again, wherever it is copied.
//! - An erasure is written down apart from records and backups ([`grave::Graves`]) before it is done, and is done again after a
//!   backup of before it was restored.
//!
//! # Boundary
//! Passwords, rights and sessions are of `access`. Which fields there are and what for stands in `resources/inventory.toml`.

pub mod error;
pub mod fact;
pub mod grave;
pub mod http;
pub mod inventory;
pub mod model;
pub mod record;
pub mod service;
pub mod store;
pub mod wire;

pub use http::{PersonalState, mount};
