//! Who people are and how far they may see: accounts, sessions, and the tree of areas.
//!
//! This is the final seam with a thin inside: a first account signs in and every request carries a full
//! [`kernel::actor::Actor`]. Roles by organisation and area, tokens, OIDC and the policy engine come with the access issue.

pub mod area;
pub mod decide;
pub mod error;
pub mod http;
pub mod model;
pub mod org;
pub mod password;
pub mod record;
pub mod service;
pub mod session;
pub mod signed;
pub mod store;
pub mod wire;
