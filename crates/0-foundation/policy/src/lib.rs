//! Who may do what: roles, actions and policies as data, one engine that decides, and what is compiled from it.
//!
//! The folder `rules/` is all that a reviewer has to read: `roles.toml` (who there is), `schema.cedarschema` (which
//! actions there are), `policies.cedar` (who may do what, and the bounds that hold for everybody) and `cells.toml`
//! (which route is which action). Everything that no policy permits is refused.
//!
//! [`engine::Engine`] asks Cedar about single acts and says why. [`compiled`] and [`kernel::actor::Scope`] are the same
//! rules in the form that lists, streams, counts and SQL are filtered by; a property test holds the two together.
//! Nothing here does I/O.

pub mod action;
pub mod cell;
pub mod compiled;
pub mod engine;
pub mod error;
pub mod explain;
pub mod post;
pub mod principal;
pub mod role;
pub mod tree;
