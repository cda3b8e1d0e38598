//! Who people are and how far they may see: accounts, sessions, and the tree of areas.
//!
//! An account holds rights: a role, for an organisation and an area, until a date. Rights of one place are a post, and a
//! session acts in one post at a time. From the post follow the [`kernel::actor::Scope`] that filters rows and the
//! principal that the policy engine judges; what is permitted stands in the crate `policy`, never here.
//!
//! [`http::identify`] finds who asks, [`door::authorise`] asks whether the route's action is permitted,
//! [`door::end_with_rights`] ends open streams when rights change.

pub mod area;
pub mod attempts;
pub mod decide;
pub mod denied;
pub mod door;
pub mod error;
pub mod explain;
pub mod fact;
pub mod http;
pub mod model;
pub mod oidc;
pub mod org;
pub mod password;
pub mod record;
pub mod sealed;
pub mod service;
pub mod session;
pub mod signed;
pub mod store;
pub mod totp;
pub mod wire;
