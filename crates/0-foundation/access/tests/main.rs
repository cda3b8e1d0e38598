//! Accounts, sessions and their HTTP API on the embedded engine.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "main/areas.rs"]
mod areas;
#[path = "main/clearance.rs"]
mod clearance;
#[path = "main/contracts.rs"]
mod contracts;
#[path = "main/elsewhere.rs"]
mod elsewhere;
#[path = "main/forged.rs"]
mod forged;
#[path = "main/ground.rs"]
mod ground;
#[path = "main/guess.rs"]
mod guess;
#[path = "main/http.rs"]
mod http;
#[path = "main/oidc.rs"]
mod oidc;
#[path = "main/orgs.rs"]
mod orgs;
#[path = "main/own.rs"]
mod own;
#[path = "main/people.rs"]
mod people;
#[path = "main/provider.rs"]
mod provider;
#[path = "main/remote.rs"]
mod remote;
#[path = "main/session.rs"]
mod session;
#[path = "main/sign_in.rs"]
mod sign_in;
#[path = "main/trace.rs"]
mod trace;
#[path = "main/whole.rs"]
mod whole;
