//! Accounts, sessions and their HTTP API on the embedded engine.
#![allow(clippy::unwrap_used)]

#[path = "main/areas.rs"]
mod areas;
#[path = "main/ground.rs"]
mod ground;
#[path = "main/http.rs"]
mod http;
#[path = "main/orgs.rs"]
mod orgs;
#[path = "main/session.rs"]
mod session;
#[path = "main/sign_in.rs"]
mod sign_in;
#[path = "main/trace.rs"]
mod trace;
